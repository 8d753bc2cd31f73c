"""What the tests of the clock share (计时测试): the calendar that ships, one with an invented 2027, and a history in few words."""

from datetime import date
from functools import cache
from pathlib import Path

from tongban.base.calendar.rules import join, read
from tongban.base.calendar.tests.filling import INVENTED_2027
from tongban.offers.catalogue.rules.guide import Limits
from tongban.standards.workdays import Calendar, rows_of
from tongban.work.cases.rules.clock import Event, Happened, History

ROOT = Path(__file__).resolve().parents[5]
LIMITS = Limits(statutory_days=20, promised_days=12)


@cache
def announced() -> Calendar:
    """As it ships: 2004 to 2026."""
    return Calendar.from_rows(_shipped(), edition="cn_holidays_2004_2026")


@cache
def with_2027() -> Calendar:
    """The same after an import of 2027, which is INVENTED."""
    joined = join(_shipped(), range(2004, 2027), read(INVENTED_2027))
    return Calendar.from_rows(joined.rows, edition="invented")


def _shipped():
    with (ROOT / "data" / "cn_holidays_2004_2026.csv").open(encoding="utf-8") as lines:
        return tuple(rows_of(lines))


def limits(**changed: object) -> Limits:
    return LIMITS.model_copy(update=changed)


def told(*acts: tuple[object, ...]) -> History:
    """``("stopped", date(…), 10, "fire")``: what, on which day, for how many days, whose."""
    return tuple(Event(Happened(str(what)), on, *rest) for what, on, *rest in acts)  # type: ignore[arg-type] # days and part in order


def nov(day: int) -> date:
    """A day of November 2026: no holidays, no make-up days; the 2nd is a Monday."""
    return date(2026, 11, day)
