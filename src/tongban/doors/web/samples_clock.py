"""A made-up clock for the living page (期限样例): make-up days, a holiday, a pause, an extension, and days that are provisional."""

from datetime import date, timedelta
from typing import Any

from tongban.doors.web import clock_page
from tongban.offers.catalogue.rules.guide import Limits
from tongban.standards.workdays import Calendar, DayKind, Row
from tongban.work.cases.rules.clock import Event, Happened, explain, terms

_SINCE, _TODAY = date(2026, 9, 17), date(2026, 10, 12)
_EVENTS = (
    Event(Happened.ACCEPTED, _SINCE),
    Event(Happened.STOPPED, date(2026, 10, 13), 3),
    Event(Happened.RESUMED, date(2026, 10, 16)),
    Event(Happened.EXTENDED, date(2026, 10, 19), 2),
)
_LIMITS = Limits(statutory_days=20, promised_days=10)


def _calendar() -> Calendar:
    days = [Row(date(2026, month, 1), DayKind.HOLIDAY, "Labour Day") for month in (1, 5)]
    days += [Row(date(2026, 10, 1) + timedelta(days=n), DayKind.HOLIDAY, "National Day") for n in range(7)]
    days += [Row(day, DayKind.MAKEUP, "National Day") for day in (date(2026, 9, 20), date(2026, 10, 10))]
    return Calendar.from_rows(days, edition="sample")


def clock() -> dict[str, Any]:
    """The sample (样例): days and months as ``clock_page.drawn`` gives them, and the legend."""
    calendar = _calendar()
    set_ = terms(_EVENTS, _LIMITS, calendar)
    marks = {} if set_ is None else {set_.promised_on: ["承诺"], set_.due_on: ["法定"]}
    drawn = clock_page.drawn(explain(_EVENTS, _LIMITS, calendar), "受理", marks, _TODAY, calendar)
    return drawn | {"legend": [{"kind": kind, "text": text} for kind, text in clock_page.LEGEND]}
