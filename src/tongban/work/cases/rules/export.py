"""The clock of a case as a file (计时文件): what ``scripts/recount.py`` needs to derive every date again, without our code."""

from collections.abc import Mapping, Sequence
from datetime import date

from tongban.offers.catalogue.rules.guide import Department, Limits
from tongban.work.cases.rules.clock import Dates, History, kept

FORMAT = "tongban.clock/1"


def clock_body(
    events: History,
    limits: Limits,
    departments: Sequence[Department],
    calendar: Mapping[str, object],
    told: Dates,
    parts: Mapping[str, date],
) -> dict[str, object]:
    """The clock, the calendar, and the dates that the platform tells (计时文件内容).

    ``calendar``: with its ``rows``, each ``date, type, name, in_lieu``. ``parts``: the last day of each department whose turn it is.
    """
    return {
        "format": FORMAT,
        "clock": {
            "events": kept(events),
            "limits": limits.model_dump(mode="json"),
            "departments": [one.model_dump(mode="json") for one in departments],
        },
        "calendar": dict(calendar),
        "dates": {
            "act_by": _iso(told.act_by),
            "warn_on": _iso(told.warn_on),
            "promised_on": _iso(told.promised_on),
            "due_on": _iso(told.due_on),
            "provisional": told.provisional,
            "departments": {part: by.isoformat() for part, by in sorted(parts.items())},
        },
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
