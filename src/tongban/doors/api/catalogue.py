"""Items and their guides (事项与指南): open to everybody."""

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Annotated
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
    DriftOut,
    Drifts,
    Hit,
    Hits,
    Item,
    Limit,
    PlaceCode,
    Refused,
    Words,
)
from tongban.offers.catalogue import queries as catalogue
from tongban.people.places.rules import PROVINCE

router = Router(tags=["catalogue"])


def _today() -> date:
    return timezone.localdate(datetime.now(UTC))


@router.get("/items", response={200: Hits, REFUSALS: Refused}, auth=None, summary="Search items 检索事项")
def search(
    request: HttpRequest, q: Words = "", place: PlaceCode = PROVINCE, limit: Limit = 30
) -> dict[str, list[Hit]]:
    """Items in force that speak of ``q``, those of ``place`` first; all of them where ``q`` is empty."""
    found = catalogue.search(q, place=place, on=_today(), limit=limit)
    return {"items": [Hit.model_validate(hit) for hit in found]}


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


@lru_cache(maxsize=1_000)
def rendered(edition_id: UUID) -> tuple[bytes, str]:
    """(JSON, ETag) of an edition (成文): it never changes, so neither does its text in this process."""
    body = Item.model_validate(catalogue.edition(edition_id)).model_dump_json().encode()
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
