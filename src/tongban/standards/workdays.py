"""Working days (工作日): which days count, and where the n-th one falls.

Source: the yearly notices of the State Council's General Office on holidays and make-up days, as a table of rows
``date,type,name,in_lieu``; counting in working days without statutory holidays by the Administrative Licensing Law,
article 82. Sure for the years of the table: it agrees day by day with an independent package. A year that the table does
not hold is refused or clearly provisional: its holidays are announced only the autumn before.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import accumulate
from typing import Final

from tongban.standards.text import msg

_DAY: Final = timedelta(days=1)

HOLIDAY_NAMES: Final[Mapping[str, str]] = {
    "New Year's Day": msg("元旦"),
    "Spring Festival": msg("春节"),
    "Tomb-sweeping Day": msg("清明节"),
    "Labour Day": msg("劳动节"),
    "Dragon Boat Festival": msg("端午节"),
    "Mid-autumn Festival": msg("中秋节"),
    "National Day": msg("国庆节"),
    "Anti-Fascist 70th Day": msg("抗战胜利70周年纪念日"),
}


class BeyondCalendar(ValueError):  # noqa: N818 -- names the situation, as the domain speaks of it
    """A day outside the calendar was needed (超出日历): ``day``; covered are ``first`` to ``last``."""

    def __init__(self, day: date, first: date, last: date) -> None:
        super().__init__(day, first, last)
        self.day = day
        self.first = first
        self.last = last

    def __str__(self) -> str:
        return f"{self.day} lies outside the calendar of {self.first} to {self.last}"


class DayKind(StrEnum):
    """Why a day counts or not (日期类别)."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP = "workday_makeup"

    @property
    def is_workday(self) -> bool:
        """Whether such a day counts (是否工作日)."""
        return self in (DayKind.WORKDAY, DayKind.MAKEUP)

    @property
    def label(self) -> str:
        """The Chinese name (名称)."""
        return _KIND_NAMES[self]


_KIND_NAMES: Final = {
    DayKind.WORKDAY: msg("工作日"),
    DayKind.WEEKEND: msg("周末"),
    DayKind.HOLIDAY: msg("放假"),
    DayKind.MAKEUP: msg("调休上班"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the holiday table (节假日行). ``in_lieu``: off only because another day is worked instead."""

    day: date
    kind: DayKind
    name: str
    in_lieu: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """What a day is and why (日期说明); ``name`` is the holiday's Chinese name, empty on plain days."""

    day: date
    kind: DayKind
    name: str = ""
    in_lieu: bool = False

    @property
    def is_workday(self) -> bool:
        """Whether the day counts (是否工作日)."""
        return self.kind.is_workday


def rows_of(lines: Iterable[str]) -> Iterator[Row]:
    """Rows from the lines of a csv with the heads date,type,name,in_lieu (读取节假日表), one at a time.

    ``ValueError`` tells the line that does not fit.
    """
    reader = csv.DictReader(lines, strict=True)
    try:
        for record in reader:
            yield _row(record)
    except (KeyError, TypeError, ValueError, csv.Error) as fault:
        raise ValueError(f"line {reader.line_num} of the holiday table does not fit: {fault!r}") from fault


def _row(record: Mapping[str, str]) -> Row:
    kind = DayKind(record["type"])
    if kind not in (DayKind.HOLIDAY, DayKind.MAKEUP):
        raise ValueError(f"type {kind} needs no row")
    return Row(
        day=date.fromisoformat(record["date"]),
        kind=kind,
        name=record["name"],
        in_lieu={"0": False, "1": True}[record["in_lieu"]],
    )


def _plain_kind(day: date) -> DayKind:
    return DayKind.WEEKEND if day.weekday() >= 5 else DayKind.WORKDAY


def _weekdays_through(day: date) -> int:
    """Days of Monday to Friday up to and with ``day`` since the calendar began (day 1 was a Monday)."""
    weeks, rest = divmod(day.toordinal(), 7)
    return 5 * weeks + min(rest, 5)


def _weekday_number(n: int) -> date:
    """The n-th day of Monday to Friday since the calendar began; undoes :func:`_weekdays_through`."""
    weeks, rest = divmod(n - 1, 5)
    return date.fromordinal(7 * weeks + rest + 1)


@dataclass(frozen=True, eq=False, slots=True)
class Calendar:
    """The working days of whole years (工作日历), from ``first`` to ``last``; ``edition`` names the table behind it.

    Build it with :meth:`from_rows`. Counts are prepared per day, so every question is one or two look-ups.
    """

    edition: str
    first: date
    last: date
    _special: Mapping[date, Row]
    _worked: tuple[int, ...]  # _worked[k]: working days among the first k days
    _workdays: tuple[int, ...]  # ordinals of all working days in order

    @classmethod
    def from_rows(cls, rows: Iterable[Row], *, edition: str) -> "Calendar":
        """A calendar of the years that ``rows`` hold in full (建立日历).

        A year is held in full when its 1 January, 1 May and 1 October are holidays; rows of a year at either end that is
        not (a New Year's break reaching over the edge) do not make it covered. ``ValueError`` when no year is complete, when
        one in between is not, or when a day appears twice.
        """
        special: dict[date, Row] = {}
        for row in rows:
            if row.day in special:
                raise ValueError(f"{row.day} appears twice in the holiday table")
            special[row.day] = row
        years = _complete_years(special)
        first, last = date(years[0], 1, 1), date(years[-1], 12, 31)
        days = [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
        works = [(special[day].kind if day in special else _plain_kind(day)).is_workday for day in days]
        return cls(
            edition=edition,
            first=first,
            last=last,
            _special=special,
            _worked=tuple(accumulate(works, initial=0)),
            _workdays=tuple(day.toordinal() for day, worked in zip(days, works, strict=True) if worked),
        )

    def covers(self, day: date) -> bool:
        """Whether ``day`` lies in a covered year (是否覆盖)."""
        return self.first <= day <= self.last

    def is_workday(self, day: date) -> bool:
        """Whether ``day`` is a working day (是否工作日); :class:`BeyondCalendar` outside the covered years."""
        return self.reason(day).is_workday

    def reason(self, day: date) -> Reason:
        """What ``day`` is and why (日期说明); :class:`BeyondCalendar` outside the covered years."""
        if not self.covers(day):
            raise BeyondCalendar(day, self.first, self.last)
        row = self._special.get(day)
        if row is None:
            return Reason(day, _plain_kind(day))
        return Reason(day, row.kind, HOLIDAY_NAMES.get(row.name, row.name), row.in_lieu)

    def add(self, day: date, n: int) -> date:
        """The n-th working day after ``day`` (顺延工作日), ``day`` itself not counted; before it when ``n`` is negative.

        ``n`` = 0 gives ``day`` back, whatever it is: nothing is counted then. :class:`BeyondCalendar` when the count leaves the
        covered years, with the first day that was missing.
        """
        if n == 0:
            return day
        index = self._worked_through(day) + n - 1 if n > 0 else self._worked_through(day - _DAY) + n
        if index < 0:
            raise BeyondCalendar(self.first - _DAY, self.first, self.last)
        if index >= len(self._workdays):
            raise BeyondCalendar(self.last + _DAY, self.first, self.last)
        return date.fromordinal(self._workdays[index])

    def between(self, start: date, end: date) -> int:
        """The working days after ``start`` up to and with ``end`` (间隔工作日); negative when ``end`` is earlier.

        :class:`BeyondCalendar` outside the covered years; the day before the first covered one may stand as an open bound.
        """
        return self._worked_through(end) - self._worked_through(start)

    def provisional_add(self, day: date, n: int) -> tuple[date, bool]:
        """As :meth:`add`, but past the last covered day it counts Monday to Friday and says so (暂定日期).

        Returns the date and whether it is provisional, that is, whether any day past the last covered one was counted: it
        may move when those holidays are announced. :class:`BeyondCalendar` when days before the first covered one are needed.
        """
        if n == 0:
            return day, False
        # One row of working days: those of the table, then Monday to Friday; the target is a place in that row.
        known = len(self._workdays)
        beyond = _weekdays_through(self.last)
        before = day if n > 0 else day - _DAY
        if before <= self.last:
            counted = self._worked_through(before)
        else:
            counted = known + _weekdays_through(before) - beyond
        target = counted + n if n > 0 else counted + n + 1
        if target > known:
            return _weekday_number(beyond + target - known), True
        if target < 1:
            raise BeyondCalendar(self.first - _DAY, self.first, self.last)
        return date.fromordinal(self._workdays[target - 1]), counted > known

    def provisional_between(self, start: date, end: date) -> tuple[int, bool]:
        """As :meth:`between`, but past the last covered day it counts Monday to Friday and says so (暂定间隔)."""
        counts = [
            self._worked_through(day)
            if day <= self.last
            else len(self._workdays) + _weekdays_through(day) - _weekdays_through(self.last)
            for day in (start, end)
        ]
        return counts[1] - counts[0], start != end and max(start, end) > self.last

    def first_difference(self, other: "Calendar") -> date | None:
        """The first day that counts otherwise, or is announced only, in ``other`` (最早差异日); None where nothing differs.

        What was counted without reaching that day is the same by both.
        """
        days = sorted({*self._special, *other._special})
        edges = {*days, min(self.first, other.first), min(self.last, other.last) + _DAY}
        return next((day for day in sorted(edges) if self._told(day) != other._told(day)), None)

    def _told(self, day: date) -> tuple[bool, bool]:
        known = self.covers(day)
        return known, self.reason(day).is_workday if known else day.weekday() < 5

    def _worked_through(self, day: date) -> int:
        """Working days from the first covered day up to and with ``day``."""
        index = day.toordinal() - self.first.toordinal() + 1
        if not 0 <= index < len(self._worked):
            raise BeyondCalendar(day, self.first, self.last)
        return self._worked[index]


def _complete_years(special: Mapping[date, Row]) -> range:
    """The covered years of a table; see :meth:`Calendar.from_rows`."""

    def complete(year: int) -> bool:
        fixed = (special.get(date(year, month, 1)) for month in (1, 5, 10))
        return all(row is not None and row.kind is DayKind.HOLIDAY for row in fixed)

    held = sorted({day.year for day in special if complete(day.year)})
    if not held:
        raise ValueError("the holiday table holds no complete year")
    years = range(held[0], held[-1] + 1)
    missing = [year for year in years if year not in held]
    if missing:
        raise ValueError(f"the holiday table has gaps: {missing}")
    return years
