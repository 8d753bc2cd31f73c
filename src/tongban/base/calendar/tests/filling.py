"""Calendars for tests (测试日历). Everything about 2027 and later is INVENTED: no notice has said so."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

from tongban.base.actor import system
from tongban.base.calendar import actions
from tongban.base.calendar.actions import Taken

HEADS = "date,type,name,in_lieu\n"

# Plausible, and invented: the New Year's break begins in December, as that of 2023 did.
INVENTED_2027 = (
    HEADS
    + """2026-12-31,holiday,New Year's Day,1
2027-01-01,holiday,New Year's Day,0
2027-01-02,holiday,New Year's Day,0
2027-01-03,workday_makeup,New Year's Day,0
2027-02-05,holiday,Spring Festival,0
2027-02-06,holiday,Spring Festival,0
2027-02-07,holiday,Spring Festival,0
2027-02-08,holiday,Spring Festival,0
2027-02-09,holiday,Spring Festival,1
2027-02-20,workday_makeup,Spring Festival,0
2027-04-05,holiday,Tomb-sweeping Day,0
2027-05-01,holiday,Labour Day,0
2027-05-03,holiday,Labour Day,1
2027-05-08,workday_makeup,Labour Day,0
2027-06-09,holiday,Dragon Boat Festival,0
2027-09-15,holiday,Mid-autumn Festival,0
2027-10-01,holiday,National Day,0
2027-10-02,holiday,National Day,0
2027-10-03,holiday,National Day,0
2027-10-04,holiday,National Day,0
2027-10-05,holiday,National Day,0
"""
)

_tick = count()


def whole(year: int, *, shift: int = 0) -> str:
    """The least that makes an invented year whole; ``shift`` makes that many days of June holidays as well."""
    days = [(date(year, month, 1), "New Year's Day" if month == 1 else "Labour Day") for month in (1, 5, 10)]
    days += [(date(year, 6, 10) + timedelta(days=n), "Dragon Boat Festival") for n in range(shift)]
    return HEADS + "".join(f"{day},holiday,{name},0\n" for day, name in sorted(days))


def rows(text: str, since: date) -> list[str]:
    """The rows of a table from a day on."""
    return [line for line in text.splitlines()[1:] if line[:10] >= since.isoformat()]


def take_in(text: str, at: datetime | None = None) -> Taken:
    """Import a table, each a minute after the one before."""
    when = at or datetime(2026, 11, 2, 1, 30, tzinfo=UTC) + timedelta(minutes=next(_tick))
    return actions.take_in(actor=system("tests"), text=text, at=when)
