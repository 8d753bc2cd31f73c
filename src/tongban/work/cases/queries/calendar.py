"""The calendar that cases are measured by (办件所用工作日历)."""

from tongban.base.calendar import queries
from tongban.standards.workdays import Calendar


def calendar() -> Calendar:
    """The working days (工作日历) as announced: the current edition, which is the one imported last. One statement."""
    return queries.current()
