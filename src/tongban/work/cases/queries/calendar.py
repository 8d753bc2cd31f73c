"""The calendar that cases are measured by, and the clock of one case laid open (办件所用工作日历, 期限说明)."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tongban.base.actor import Actor
from tongban.base.calendar import queries
from tongban.base.calendar.queries import EditionView
from tongban.standards.workdays import Calendar
from tongban.work.cases.queries.files import CaseView, PartView, one
from tongban.work.cases.rules.clock import (
    Dates,
    DayTold,
    Happened,
    Stop,
    Terms,
    explain,
    explain_step,
    stops,
    terms,
)
from tongban.work.cases.rules.export import clock_body


def calendar() -> Calendar:
    """The working days (工作日历) as announced: the current edition, which is the one imported last. One statement."""
    return queries.current()


@dataclass(frozen=True, slots=True)
class PartClock:
    """A department's own clock (部门计时): its budget, the days that are booked to it alone, and until when."""

    part: PartView
    stops: tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class ClockView:
    """The clock of a case laid open (期限说明).

    ``days``: every day from acceptance to the last by law. ``step``, ``step_days``: what is owed now where that is not the
    decision. ``edition``: of the calendar. ``terms``: None before acceptance.
    """

    case: CaseView
    edition: EditionView
    calendar: Calendar
    terms: Terms | None
    days: tuple[DayTold, ...]
    step: Happened
    step_days: tuple[DayTold, ...]
    parts: tuple[PartClock, ...]


def clock(actor: Actor, case_id: uuid.UUID) -> ClockView:
    """The clock of a case that ``actor`` may read (期限说明); NotFound as in :func:`one`."""
    case = one(actor, case_id)
    edition_id = _calendar_id(case)
    found, limits = queries.calendar_of(edition_id), case.edition.guide.limits
    step, step_days = explain_step(case.clock, limits, found)
    return ClockView(
        case=case,
        edition=queries.edition_of_calendar(edition_id),
        calendar=found,
        terms=terms(case.clock, limits, found),
        days=explain(case.clock, limits, found),
        step=step,
        step_days=step_days,
        parts=tuple(PartClock(part, stops(case.clock, found, part.key)) for part in case.parts),
    )


def _calendar_id(case: CaseView) -> uuid.UUID | None:
    """The calendar that the case's dates rest on: the current one, or, once it is over, that of its last day."""
    return queries.current_id() if case.ended_at is None else queries.id_at(case.ended_at)


def clock_file(actor: Actor, case_id: uuid.UUID) -> dict[str, object]:
    """The clock of a case as a file (计时文件), from which ``scripts/recount.py`` derives the dates again."""
    case = one(actor, case_id)
    edition_id = _calendar_id(case)
    view = queries.edition_of_calendar(edition_id)
    guide = case.edition.guide
    told = Dates(case.act_by, case.warn_on, case.promised_on, case.due_on, case.provisional)
    body = clock_body(
        case.clock, guide.limits, guide.departments, _calendar_body(view, edition_id), told, _parts(case)
    )
    return {"number": case.number, "item": case.edition.item_code} | body


def _parts(case: CaseView) -> Mapping[str, date]:
    return {part.key: part.act_by for part in case.parts if part.act_by is not None}


def _calendar_body(view: EditionView, edition_id: uuid.UUID | None) -> dict[str, object]:
    return {
        "edition": view.name,
        "digest": view.digest,
        "first": view.first.isoformat(),
        "last": view.last.isoformat(),
        "rows": queries.rows_of_table(edition_id),
    }
