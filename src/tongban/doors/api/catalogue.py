"""Items and their guides (事项与指南): open to everybody."""

import json
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Path, Query, Router

from tongban.doors.api.auth import Request
from tongban.doors.api.caching import moved, tag_of, tagged
from tongban.doors.api.schemas import (
    REFUSALS,
    AnyItemCode,
    BasicItemCode,
    Compared,
    Item,
    ItemCode,
    Refused,
    SeenThrough,
)
from tongban.doors.api.schemas_open import DriftOut, Drifts, SightingOut, Sightings
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.rules.form import json_schema

router = Router(tags=["catalogue"])


def _today() -> date:
    return timezone.localdate(datetime.now(UTC))


@router.get("/items/{code}", response={200: Item, REFUSALS: Refused}, auth=None, summary="Guide 办事指南")
def item(
    request: HttpRequest, code: Annotated[AnyItemCode, Path()], as_of: Annotated[date | None, Query()] = None
) -> HttpResponse:
    """The guide of the edition in force on ``as_of`` (today where it is absent), under a strong ETag.

    An old code of 10 or 24 leads to the present one for good (301).
    """
    present = catalogue.code_of_alias(code) if len(code) in (10, 24) else None
    if present is not None:
        return moved(request, code, present)
    return tagged(request, *rendered(catalogue.in_force(code, as_of or _today()).id))


@router.get(
    "/items/{code}/form",
    response={200: dict[str, Any], REFUSALS: Refused},
    auth=None,
    summary="Form as JSON Schema 申请表单",
)
def form(
    request: HttpRequest, code: Annotated[ItemCode, Path()], as_of: Annotated[date | None, Query()] = None
) -> HttpResponse:
    """The form of the edition in force on ``as_of`` as JSON Schema 2020-12, under a strong ETag.

    Answers that are valid by it are complete by the check that every channel uses; ``x-`` annotations tell pages, units,
    conditions, prefill sources and code lists. Whether a place exists, and check characters, only the platform tells.
    """
    return tagged(request, *_form_of(catalogue.in_force(code, as_of or _today()).id))


@lru_cache(maxsize=1_000)
def rendered(edition_id: UUID) -> tuple[bytes, str]:
    """(JSON, ETag) of an edition (成文): it never changes, so neither does its text in this process."""
    body = Item.model_validate(catalogue.edition(edition_id)).model_dump_json().encode()
    return body, tag_of(body)


@lru_cache(maxsize=1_000)
def _form_of(edition_id: UUID) -> tuple[bytes, str]:
    """(JSON Schema, ETag) of an edition's form, as for the edition itself."""
    edition = catalogue.edition(edition_id)
    schema = json_schema(edition.guide.form, title=edition.guide.name)
    schema |= {"x-item": edition.item_code, "x-edition": edition.number, "x-digest": edition.digest}
    body = json.dumps(schema, ensure_ascii=False).encode()
    return body, tag_of(body)


@router.get("/catalogue/drift", response={200: Drifts, REFUSALS: Refused}, summary="Drift 同一事项不同标准")
def drift(
    request: Request,
    element: Compared | None = None,
    basic: BasicItemCode | None = None,
    as_of: Annotated[date | None, Query()] = None,
) -> dict[str, list[DriftOut]]:
    """Where editions in force of one basic item say different things; for editors, because it reads every edition."""
    catalogue.ensure_may_compare(request.auth)
    found = catalogue.drift(as_of or _today(), element=element or "", basic=basic or "")
    return {"items": [DriftOut.model_validate(one) for one in found]}


@router.get(
    "/catalogue/sightings",
    response={200: Sightings, REFUSALS: Refused},
    summary="Web against counter 网上和窗口对照",
)
def sightings(
    request: Request, channel: SeenThrough | None = None, item: ItemCode | None = None
) -> dict[str, list[SightingOut]]:
    """Where a counter, site, terminal or leaflet showed something else than the edition in force that day; for editors."""
    catalogue.ensure_may_compare(request.auth)
    found = catalogue.sightings(channel=channel or "", item_code=item or "")
    return {"items": [SightingOut.model_validate(one) for one in found]}
