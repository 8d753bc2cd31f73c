"""The working calendar (工作日历): current edition, covered years, holidays and make-up days; open to everybody."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel

from tongban.base.calendar import queries
from tongban.base.errors import NotFound
from tongban.doors.api.schemas import REFUSALS, Refused
from tongban.doors.api.tags import tagged
from tongban.doors.web.templatetags.tongban import translated
from tongban.standards.text import msg
from tongban.standards.workdays import DayKind

router = Router(tags=["calendar"])


class CalendarEditionOut(BaseModel):
    """An edition of the calendar (日历版本). ``id``, ``imported_at``: absent for the table shipped with the platform."""

    id: UUID | None
    name: str
    digest: str
    first: date
    last: date
    imported_at: datetime | None


class SpecialDay(BaseModel):
    """A day that is not what its weekday says (特殊日期). ``in_lieu``: off only because another day is worked instead."""

    date: date
    kind: DayKind
    name: str
    in_lieu: bool
    workday: bool


class CalendarOut(BaseModel):
    """The current edition, and the special days of the year asked for (当前日历); no days where none was."""

    edition: CalendarEditionOut
    year: int | None
    days: list[SpecialDay]


class CalendarEditions(BaseModel):
    """Editions, the current one first (日历版本)."""

    editions: list[CalendarEditionOut]


@router.get(
    "/calendar",
    response={200: CalendarOut, REFUSALS: Refused},
    auth=None,
    summary="The working calendar 工作日历",
)
def calendar(request: HttpRequest, year: Annotated[int | None, Query(ge=1, le=9999)] = None) -> HttpResponse:
    """What counts as a working day beyond Monday to Friday in ``year``; 404 for a year that was not announced."""
    edition = queries.edition_of_calendar(queries.current_id())
    if year is not None and not edition.first.year <= year <= edition.last.year:
        raise NotFound(
            "calendar.year",
            msg("日历里没有这一年。现有 %(first)s 年到 %(last)s 年。"),
            {"first": edition.first.year, "last": edition.last.year},
        )
    days = [] if year is None else queries.special_days(queries.calendar_of(edition.id), year)
    told = CalendarOut(
        edition=CalendarEditionOut.model_validate(edition, from_attributes=True),
        year=year,
        days=[
            SpecialDay(
                date=one.day,
                kind=one.kind,
                name=translated(one.name),
                in_lieu=one.in_lieu,
                workday=one.is_workday,
            )
            for one in days
        ],
    )
    return tagged(request, told.model_dump_json().encode())


@router.get(
    "/calendar/editions",
    response={200: CalendarEditions, REFUSALS: Refused},
    auth=None,
    summary="Editions of the working calendar 日历版本",
)
def editions(request: HttpRequest, limit: Annotated[int, Query(ge=1, le=100)] = 30) -> HttpResponse:
    """Editions that ever were current, the current one first: what an old date was computed by."""
    found = [CalendarEditionOut.model_validate(one, from_attributes=True) for one in queries.editions(limit)]
    return tagged(request, CalendarEditions(editions=found).model_dump_json().encode())
