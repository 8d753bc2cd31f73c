"""Items and their guides (事项与指南): open to everybody."""

import hashlib
import json
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Path, Query, Router

from tongban.doors.api.auth import Request
from tongban.doors.api.schemas import (
    REFUSALS,
    BasicItemCode,
    Compared,
    DriftOut,
    Drifts,
    Item,
    ItemCode,
    Refused,
    SeenThrough,
    SightingOut,
    Sightings,
)
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.rules.form import json_schema

router = Router(tags=["catalogue"])


def _today() -> date:
    return timezone.localdate(datetime.now(UTC))


@router.get("/items/{code}", response={200: Item, REFUSALS: Refused}, auth=None, summary="Guide 办事指南")
def item(
    request: HttpRequest, code: Annotated[ItemCode, Path()], as_of: Annotated[date | None, Query()] = None
) -> HttpResponse:
    """The guide of the edition in force on ``as_of`` (today where it is absent), under a strong ETag."""
    return _under_etag(request, *_rendered(catalogue.in_force(code, as_of or _today()).id))


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
    return _under_etag(request, *_form_of(catalogue.in_force(code, as_of or _today()).id))


def _under_etag(request: HttpRequest, body: bytes, tag: str) -> HttpResponse:
    known = {given.strip() for given in request.headers.get("If-None-Match", "").split(",")}
    same = tag in known or "*" in known
    response = HttpResponse(
        b"" if same else body, status=304 if same else 200, content_type="application/json; charset=utf-8"
    )
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


def _tagged(body: bytes) -> tuple[bytes, str]:
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'


@lru_cache(maxsize=1_000)
def _rendered(edition_id: UUID) -> tuple[bytes, str]:
    """(JSON, ETag) of an edition: it never changes, so neither does its text in this process."""
    return _tagged(Item.model_validate(catalogue.edition(edition_id)).model_dump_json().encode())


@lru_cache(maxsize=1_000)
def _form_of(edition_id: UUID) -> tuple[bytes, str]:
    """(JSON Schema, ETag) of an edition's form, as for the edition itself."""
    edition = catalogue.edition(edition_id)
    schema = json_schema(edition.guide.form, title=edition.guide.name)
    schema |= {"x-item": edition.item_code, "x-edition": edition.number, "x-digest": edition.digest}
    return _tagged(json.dumps(schema, ensure_ascii=False).encode())


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
