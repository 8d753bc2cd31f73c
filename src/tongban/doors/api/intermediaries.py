"""Intermediary services (中介服务) and agencies (中介机构): the published lists, open to everybody, as of any day."""

from datetime import date, datetime, time
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, BeforeValidator, Field

from tongban.doors.api.schemas import REFUSALS, BasicItemCode, Limit, PlaceCode, Refused
from tongban.doors.api.tags import tagged
from tongban.offers.publicinfo import queries
from tongban.offers.publicinfo.queries import DocumentView
from tongban.offers.publicinfo.rules.intermediaries import Payer, Pricing

router = Router(tags=["public information"])
CHINA = ZoneInfo("Asia/Shanghai")


class Listed(BaseModel):
    """An entry of a list (清单条目): which edition of it this is."""

    id: UUID
    number: int
    organ_name: str
    name: str
    notes: str
    digest: str
    published_at: datetime


class CitedOut(BaseModel):
    """A law and its articles (依据)."""

    title: str
    article: str


class ServiceOut(Listed):
    """An intermediary service (中介服务). ``items``: codes of basic items; ``alone``: whether an applicant may do it himself; ``notes``: conduct."""

    items: list[str]
    basis: list[CitedOut]
    alone: bool
    payer: Payer
    pricing: Pricing
    charge: str
    days: int
    result: str


class Services(BaseModel):
    """The intermediary services (中介服务清单), by name."""

    services: list[ServiceOut]


class QualificationOut(BaseModel):
    """A qualification (资质); ``valid_to`` is its last day, null for good."""

    name: str
    number: str
    valid_to: Annotated[date | None, BeforeValidator(lambda kept: kept or None)]


class AgencyOut(Listed):
    """An agency (中介机构). ``services``: ids of services; ``places``: codes of the places that it serves."""

    credit_code: str
    qualifications: list[QualificationOut]
    services: list[UUID]
    places: list[str]
    address: str
    phone: str
    charge: str
    since: date


class Removed(BaseModel):
    """An agency taken off the list (移出名录), with the reason."""

    id: UUID
    name: str
    removed_at: datetime
    reason: str


class Agencies(BaseModel):
    """The agencies (中介机构名录), by name; ``removed``: the last that were taken off the list, where no day is asked for."""

    agencies: list[AgencyOut]
    removed: list[Removed] = Field(default_factory=list)


def _told(document: DocumentView) -> dict[str, object]:
    return {
        "id": document.id,
        "number": document.number,
        "organ_name": document.organ_name,
        "name": document.title,
        "notes": document.body,
        "digest": document.digest,
        "published_at": document.published_at,
        **document.facts,
    }


def _end_of(day: date | None) -> datetime | None:
    """The last moment of a day in China (当日最后时刻), or None for today as it stands."""
    return None if day is None else datetime.combine(day, time.max, CHINA)


@router.get(
    "/intermediaries",
    response={200: Services, REFUSALS: Refused},
    auth=None,
    summary="Intermediary services 中介服务",
)
def intermediaries(
    request: HttpRequest,
    item: BasicItemCode | None = None,
    as_of: Annotated[date | None, Query()] = None,
) -> HttpResponse:
    """The services on the list, of a basic item or all, as they stood at the end of ``as_of``; what was withdrawn since is left out."""
    found = queries.services(item=item or "", at=_end_of(as_of))
    told = [ServiceOut.model_validate(_told(each.document)) for each in found]
    return tagged(request, Services(services=told).model_dump_json().encode())


@router.get("/agencies", response={200: Agencies, REFUSALS: Refused}, auth=None, summary="Agencies 中介机构")
def agencies(
    request: HttpRequest,
    service: Annotated[UUID | None, Query()] = None,
    place: PlaceCode | None = None,
    after: Annotated[UUID | None, Query()] = None,
    limit: Limit = 30,
    as_of: Annotated[date | None, Query()] = None,
) -> HttpResponse:
    """The agencies of a service, serving a place, following the agency ``after``, as they stood at the end of ``as_of``."""
    found = queries.agencies(service=service, place=place or "", at=_end_of(as_of), after=after, limit=limit)
    removed = [] if as_of or after else queries.removed_agencies()
    told = Agencies(
        agencies=[AgencyOut.model_validate(_told(each.document)) for each in found],
        removed=[
            Removed(id=gone.id, name=gone.title, removed_at=gone.ended_at, reason=gone.reason)
            for gone in removed
            if gone.ended_at
        ],
    )
    return tagged(request, told.model_dump_json().encode())
