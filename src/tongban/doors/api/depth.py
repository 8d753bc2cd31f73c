"""Depth online (网上办理深度): how far the items in force can be done online; open to everybody."""

from datetime import UTC, date, datetime
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router
from pydantic import BaseModel, StringConstraints

from tongban.doors.api.schemas import REFUSALS, Limit, PlaceCode, Refused
from tongban.doors.api.tags import tagged
from tongban.doors.web.counted import depth_counts
from tongban.offers.catalogue import queries as catalogue

router = Router(tags=["catalogue"])
Online = Literal["none", "accept", "full"]
AfterCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{0,33}$")]


class DepthCount(BaseModel):
    """How many items of a place have a depth (深度统计). ``no_visit``: those among them that need no visit."""

    place: str
    place_name: str
    online: str
    items: int
    no_visit: int


class Depths(BaseModel):
    """Items in force on a day by place and depth (深度统计表)."""

    as_of: date
    counts: list[DepthCount]


class DepthLine(BaseModel):
    """How far one item can be done online (事项深度)."""

    code: str
    name: str
    organ: str
    place: str
    place_name: str
    online: str
    visits: int


class DepthLines(BaseModel):
    """Items with their depth (逐项深度), by code."""

    as_of: date
    items: list[DepthLine]


def _day(as_of: date | None) -> date:
    return as_of or timezone.localdate(datetime.now(UTC))


@router.get("/depth", response={200: Depths, REFUSALS: Refused}, auth=None, summary="Depth online 办事深度")
def depth(request: HttpRequest, as_of: Annotated[date | None, Query()] = None) -> HttpResponse:
    """How many items in force on ``as_of`` (today where it is absent) have which depth, by place; under a strong ETag."""
    day = _day(as_of)
    counts = [
        DepthCount.model_validate(each, from_attributes=True) for each in depth_counts(day, datetime.now(UTC))
    ]
    return tagged(request, Depths(as_of=day, counts=counts).model_dump_json().encode())


@router.get(
    "/depth/items",
    response={200: DepthLines, REFUSALS: Refused},
    auth=None,
    summary="Depth item by item 逐项深度",
)
def depth_items(
    request: HttpRequest,
    place: PlaceCode | None = None,
    online: Online | None = None,
    after: AfterCode = "",
    limit: Limit = 30,
    as_of: Annotated[date | None, Query()] = None,
) -> HttpResponse:
    """Item by item, by code, following the code ``after``; of one place, of one depth; under a strong ETag."""
    day = _day(as_of)
    found = catalogue.depth_lines(day, place=place or "", online=online or "", after=after, limit=limit)
    items = [DepthLine.model_validate(each, from_attributes=True) for each in found]
    return tagged(request, DepthLines(as_of=day, items=items).model_dump_json().encode())
