"""Items and their guides (事项与指南): open to everybody."""

import hashlib
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Annotated
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
)
from tongban.offers.catalogue import queries as catalogue

router = Router(tags=["catalogue"])


def _today() -> date:
    return timezone.localdate(datetime.now(UTC))


@router.get("/items/{code}", response={200: Item, REFUSALS: Refused}, auth=None, summary="Guide 办事指南")
def item(
    request: HttpRequest, code: Annotated[ItemCode, Path()], as_of: Annotated[date | None, Query()] = None
) -> HttpResponse:
    """The guide of the edition in force on ``as_of`` (today where it is absent), under a strong ETag."""
    body, tag = _rendered(catalogue.in_force(code, as_of or _today()).id)
    known = {given.strip() for given in request.headers.get("If-None-Match", "").split(",")}
    same = tag in known or "*" in known
    response = HttpResponse(
        b"" if same else body, status=304 if same else 200, content_type="application/json; charset=utf-8"
    )
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


@lru_cache(maxsize=1_000)
def _rendered(edition_id: UUID) -> tuple[bytes, str]:
    """(JSON, ETag) of an edition: it never changes, so neither does its text in this process."""
    body = Item.model_validate(catalogue.edition(edition_id)).model_dump_json().encode()
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'


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
