"""The calendar that cases are measured by (办件所用工作日历)."""

from functools import cache

from django.conf import settings

from tongban.standards.workdays import Calendar, rows_of


@cache
def calendar() -> Calendar:
    """The working days (工作日历) as announced, from the data shipped with this installation."""
    path = settings.DATA / "cn_holidays_2004_2026.csv"
    with path.open(encoding="utf-8") as lines:
        return Calendar.from_rows(rows_of(lines), edition=path.stem)
