"""The clock of a case as a file (计时文件): what ``scripts/recount.py`` needs to derive every date again, without our code."""

from collections.abc import Sequence
from datetime import date

from tongban.offers.catalogue.rules.guide import Department, Limits
from tongban.standards.workdays import Calendar
from tongban.work.cases.rules.clock import History, dates, part_dates

FORMAT = "tongban.clock/1"


def clock_body(
    events: History,
    limits: Limits,
    departments: Sequence[Department],
    calendar: Calendar,
    rows: Sequence[Sequence[str]],
) -> dict[str, object]:
    """The clock, the calendar and the dates (计时文件内容). ``rows``: of the calendar, each ``date, type, name, in_lieu``."""
    found = dates(events, limits, calendar)
    open_ = {part: by for part in _parts(events) if (by := part_dates(events, part, calendar).act_by)}
    return {
        "format": FORMAT,
        "clock": {
            "events": [event.kept() for event in events],
            "limits": limits.model_dump(mode="json"),
            "departments": [one.model_dump(mode="json") for one in departments],
        },
        "calendar": {
            "edition": calendar.edition,
            "first": calendar.first.isoformat(),
            "last": calendar.last.isoformat(),
            "rows": [list(row) for row in rows],
        },
        "dates": {
            "act_by": _iso(found.act_by),
            "promised_on": _iso(found.promised_on),
            "due_on": _iso(found.due_on),
            "provisional": found.provisional,
            "departments": {part: by.isoformat() for part, by in open_.items()},
        },
    }


def _parts(events: History) -> list[str]:
    return sorted({event.part for event in events if event.part})


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
