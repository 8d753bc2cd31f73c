"""The clock of a case as the API tells it (计时数据的形状)."""

from datetime import date

from pydantic import BaseModel


class ClockHappened(BaseModel):
    """What happened, and within which limits (计时事件与时限). ``events``: each what, on which day, for how many days, whose."""

    events: list[tuple[str, date, int, str]]
    limits: dict[str, int | str | None]
    departments: list[dict[str, object]]


class ClockCalendar(BaseModel):
    """The calendar that was counted by (所用日历). ``rows``: each date, type, name, in_lieu."""

    edition: str
    digest: str
    first: date
    last: date
    rows: list[tuple[date, str, str, str]]


class ClockDates(BaseModel):
    """The dates that follow (期限); ``departments``: of each whose turn it is."""

    act_by: date | None
    warn_on: date | None
    promised_on: date | None
    due_on: date | None
    provisional: bool
    departments: dict[str, date]


class Clock(BaseModel):
    """The clock of a case (计时数据), as scripts/recount.py reads it."""

    number: str | None
    item: str
    format: str
    clock: ClockHappened
    calendar: ClockCalendar
    dates: ClockDates
