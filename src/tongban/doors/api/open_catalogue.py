"""The whole catalogue for reading (公开目录): lists page by page, basic items with their standard, histories, files; as of any day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from ninja import Path, Query, Router
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tongban.doors.api.caching import is_known, marked, moved, tag_of, tagged
from tongban.doors.api.catalogue import rendered
from tongban.doors.api.schemas import (
    LARGEST_INT,
    REFUSALS,
    AnyItemCode,
    BasicItemCode,
    Item,
    Limit,
    PlaceCode,
    Refused,
)
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.queries import listing, transfer
from tongban.offers.catalogue.queries.files import MEDIA_TYPES, SUFFIXES, Format, written
from tongban.offers.catalogue.rules.editions import EditionState
from tongban.offers.catalogue.rules.guide import Terms
from tongban.standards.item_codes import ItemType

router = Router(tags=["catalogue"])

_Code = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{1,33}$")]
_Organ = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{18}$")]
_Day = Annotated[date | None, Query(description="as of which day; today where it is absent")]
_Number = Annotated[int, Path(ge=1, le=LARGEST_INT)]
_BasicPath = Annotated[
    str, StringConstraints(pattern=r"^([0-9A-Z]{12}([0-9]{2})?|[0-9A-Z]{10}([0-9A-Z]{14})?)$"), Path()
]


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ListedItem(_Out):
    """An item in force in the list (列表事项)."""

    code: str
    name: str
    basic_code: str
    item_type: str
    level: str
    organ_name: str
    organ_code: str
    place: str
    place_name: str
    number: int
    starts_on: date
    digest: str


class ListedItems(_Out):
    """A page of items (事项列表页). ``next``: what to give as ``after`` for the next page; absent on the last one."""

    items: list[ListedItem]
    next: str | None


class BasicItemLine(_Out):
    """A basic item (基本目录事项)."""

    code: str
    name: str
    item_type: str
    department: str
    parent: str | None
    demonstration: bool


class BasicItemListed(BasicItemLine):
    """A basic item in the list (基本目录行); ``items``: implementations in force."""

    items: int


class BasicItems(_Out):
    """A page of basic items (基本目录页)."""

    items: list[BasicItemListed]
    next: str | None


class VersionOut(_Out):
    """A published edition in a history (公开版本)."""

    number: int
    state: EditionState
    starts_on: date
    ends_on: date | None
    reason: str
    approver: str
    digest: str
    published_at: datetime


class Versions(_Out):
    """The published editions (公开版本沿革), newest first."""

    editions: list[VersionOut]


class StandardOut(_Out):
    """The standard of a basic item (基本目录标准) on a day."""

    number: int
    starts_on: date
    ends_on: date | None
    digest: str
    terms: Terms


class BasicItemOut(BasicItemLine):
    """A basic item with its standard (基本目录事项与标准); ``standard`` is null where none is in force that day."""

    standard: StandardOut | None
    editions: list[VersionOut]


class _Chosen(BaseModel):
    """What of the catalogue is wanted (筛选条件)."""

    model_config = ConfigDict(extra="forbid")
    after: _Code | None = None
    basic: BasicItemCode | None = None
    place: PlaceCode | None = None
    organ: _Organ | None = None
    item_type: ItemType | None = None
    as_of: date | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100

    def wanted(self) -> listing.Wanted:
        """The same for the catalogue (筛选)."""
        return listing.Wanted(
            self.as_of or _today(),
            self.after or "",
            self.basic or "",
            self.place or "",
            self.organ or "",
            self.item_type or "",
        )


def _today() -> date:
    return timezone.localdate(datetime.now(UTC))


def _answer(request: HttpRequest, told: BaseModel) -> HttpResponse:
    body = told.model_dump_json().encode()
    return tagged(request, body, tag_of(body))


@router.get(
    "/catalogue/items",
    response={200: ListedItems, REFUSALS: Refused},
    auth=None,
    summary="All items 事项列表",
)
def items(request: HttpRequest, chosen: Annotated[_Chosen, Query()]) -> HttpResponse:
    """Items in force, by code, page by page: give ``next`` as ``after``. Nothing is skipped or told twice by what changes meanwhile."""
    found = listing.listed(chosen.wanted(), chosen.limit)
    more = found[-1].code if len(found) == chosen.limit else None
    told = ListedItems(items=[ListedItem.model_validate(one) for one in found], next=more)
    return _answer(request, told)


@router.get(
    "/catalogue/export",
    response={200: list[dict[str, object]], REFUSALS: Refused},
    auth=None,
    summary="The catalogue as a file 目录下载",
)
def export(
    request: HttpRequest,
    kind: Annotated[Literal["xlsx", "csv", "json"], Query(alias="format")] = "json",
    basic: BasicItemCode | None = None,
    place: PlaceCode | None = None,
    item_type: ItemType | None = None,
    as_of: _Day = None,
) -> HttpResponseBase:
    """The guides in force as JSON, as xlsx, or as csv in a zip, in the form that the import reads; in pieces, under a strong ETag."""
    on = as_of or _today()
    wanted = listing.Wanted(on, "", basic or "", place or "", "", item_type or "")
    tag = f'"{listing.stamp(wanted)[:32]}-{kind}"'
    if is_known(request, tag):
        return marked(HttpResponse(status=304), tag)
    pieces: Iterator[bytes] = written(
        kind, transfer.public_texts(on, place=place or "", basic=basic or "", item_type=item_type or "")
    )
    return _file(kind, pieces, tag, on)


def _file(kind: Format, pieces: Iterator[bytes], tag: str, on: date) -> HttpResponseBase:
    answer = StreamingHttpResponse(pieces, content_type=MEDIA_TYPES[kind])
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = "public, max-age=60"
    name = f"tongban-{on.isoformat()}.{SUFFIXES[kind]}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@router.get(
    "/items/{code}/editions",
    response={200: Versions, REFUSALS: Refused},
    auth=None,
    summary="Editions of an item 版本沿革",
)
def editions(request: HttpRequest, code: Annotated[AnyItemCode, Path()]) -> HttpResponse:
    """Every published edition with its days, its reason, who approved it, and its digest."""
    present = catalogue.code_of_alias(code) if len(code) in (10, 24) else None
    if present is not None:
        return moved(request, code, present)
    return _answer(
        request, Versions(editions=[VersionOut.model_validate(one) for one in listing.versions(code)])
    )


@router.get(
    "/items/{code}/editions/{number}",
    response={200: Item, REFUSALS: Refused},
    auth=None,
    summary="One edition 某一版本",
)
def edition(request: HttpRequest, code: Annotated[AnyItemCode, Path()], number: _Number) -> HttpResponse:
    """The guide of the published edition with this number; it never changes."""
    present = catalogue.code_of_alias(code) if len(code) in (10, 24) else None
    if present is not None:
        return moved(request, code, present)
    return tagged(request, *rendered(listing.version_id(code, number)))


@router.get(
    "/catalogue/basic-items",
    response={200: BasicItems, REFUSALS: Refused},
    auth=None,
    summary="Basic items 基本目录",
)
def basic_items(
    request: HttpRequest,
    after: _Code | None = None,
    item_type: ItemType | None = None,
    limit: Limit = 100,
    as_of: _Day = None,
) -> HttpResponse:
    """Basic items by code, page by page: give ``next`` as ``after``."""
    found = listing.basic_listed(as_of or _today(), after=after or "", item_type=item_type or "", limit=limit)
    more = found[-1].code if len(found) == limit else None
    return _answer(
        request, BasicItems(items=[BasicItemListed.model_validate(one) for one in found], next=more)
    )


@router.get(
    "/catalogue/basic-items/{code}",
    response={200: BasicItemOut, REFUSALS: Refused},
    auth=None,
    summary="A basic item 基本目录事项",
)
def basic_item(request: HttpRequest, code: _BasicPath, as_of: _Day = None) -> HttpResponse:
    """A basic item with the standard in force on ``as_of`` and every published edition of it. An old code leads to the present one."""
    present = catalogue.code_of_alias(code) if len(code) in (10, 24) else None
    if present is not None:
        return moved(request, code, present)
    line = listing.basic_line(code)
    standard = catalogue.basic_in_force(code, as_of or _today())
    told = BasicItemOut(
        **BasicItemLine.model_validate(line).model_dump(),
        standard=None if standard is None else StandardOut.model_validate(standard),
        editions=[VersionOut.model_validate(one) for one in listing.basic_versions(code)],
    )
    return _answer(request, told)
