"""Rules of the working calendar (日历规则): what an import may be, and how it is joined to what is known. Pure.

Source: the yearly notices of the State Council's General Office; a notice speaks of one year as a whole, and of the last
days of the December before it where the break of the New Year reaches over the edge.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from tongban.standards.canonical import digest
from tongban.standards.workdays import Calendar, DayKind, Row

HEADS: Final = ("date", "type", "name", "in_lieu")
FIRST_YEAR, LAST_YEAR = 1950, 2199  # [O] a year outside of these is a slip of the pen
LONGEST_NAME: Final = 60  # characters of a holiday's name; [O]
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NEW_YEAR: Final = frozenset({"New Year's Day", "元旦"})
_FIXED: Final = {(1, 1): "1 January", (5, 1): "1 May", (10, 1): "1 October"}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line (行错误)."""

    line: int
    reason: str


class BadTable(ValueError):  # noqa: N818 -- named as the importer speaks of it
    """A table that cannot be taken in (坏表), with every line that is wrong."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"line {fault.line}: {fault.reason}" for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Line:
    """A row and where it stands (表行)."""

    number: int
    row: Row


@dataclass(frozen=True, slots=True)
class Difference:
    """A day that an import changes in a year that was covered already (日历差异); None: a plain day."""

    day: date
    before: Row | None
    after: Row | None

    @property
    def counts(self) -> bool:
        """Whether the day becomes a working day or stops being one (影响计算)."""
        return _works(self.day, self.before) != _works(self.day, self.after)

    def __str__(self) -> str:
        return f"{self.day}: {_told(self.day, self.before)} -> {_told(self.day, self.after)}"


@dataclass(frozen=True, slots=True)
class Joined:
    """The table after an import (合并结果). ``added``: years that were not covered; ``given``: all years of the file."""

    rows: tuple[Row, ...]
    given: tuple[int, ...]
    added: tuple[int, ...]
    differs: tuple[Difference, ...]


def notice_year(row: Row) -> int:
    """The year whose notice a row comes from (所属年度): a New Year's break in December belongs to the year after it."""
    return row.day.year + (row.day.month == 12 and row.name in _NEW_YEAR)


def read(text: str) -> tuple[Line, ...]:
    """The rows of a csv text with the heads :data:`HEADS`, in its own order (读入日历表).

    Raises :class:`BadTable` naming every line that does not fit, and every day that stands twice.
    """
    # Cut at line feeds only, so that lines are counted as an editor counts them.
    cut = text.removeprefix("\ufeff").removesuffix("\n").split("\n")
    reader = csv.reader((line + "\n" for line in cut), strict=True)
    lines: list[Line] = []
    faults: list[Fault] = []
    seen: dict[date, int] = {}
    try:
        if tuple(next(reader, ())) != HEADS:
            raise BadTable([Fault(1, f"the heads must be {','.join(HEADS)}")])
        for cells in reader:
            if not cells:
                continue
            found = _row(cells)
            if isinstance(found, str):
                faults.append(Fault(reader.line_num, found))
            elif found.day in seen:
                faults.append(Fault(reader.line_num, f"{found.day} stands on line {seen[found.day]} already"))
            else:
                seen[found.day] = reader.line_num
                lines.append(Line(reader.line_num, found))
    except csv.Error as error:
        faults.append(Fault(reader.line_num, f"not csv: {error}"))
    if not lines and not faults:
        faults.append(Fault(1, "the table has no rows"))
    if faults:
        raise BadTable(faults)
    return tuple(lines)


def _row(cells: Sequence[str]) -> Row | str:
    """The row, or what is wrong with it."""
    if len(cells) != len(HEADS):
        return f"{len(HEADS)} cells are wanted, {len(cells)} are there"
    said, kind, name, in_lieu = cells
    day = _day(said)
    if day is None:
        return f"{said[:40]!r} is no day between {FIRST_YEAR}-01-01 and {LAST_YEAR}-12-31 (YYYY-MM-DD)"
    weekend = day.weekday() >= 5
    if kind not in (DayKind.HOLIDAY, DayKind.MAKEUP):
        return f"type {kind[:40]!r} is neither {DayKind.HOLIDAY} nor {DayKind.MAKEUP}"
    if in_lieu not in ("0", "1"):
        return f"in_lieu {in_lieu[:40]!r} is neither 0 nor 1"
    if not name.strip() or name != name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        return f"the name must be 1 to {LONGEST_NAME} visible characters, without space around them"
    if kind == DayKind.MAKEUP and not weekend:
        return f"{day} is a {day:%A}, which is worked anyway: no make-up day"
    if in_lieu == "1" and (kind == DayKind.MAKEUP or weekend):
        return f"{day} cannot be off in lieu: only a holiday on Monday to Friday is"
    return Row(day, DayKind(kind), name, in_lieu == "1")


def _day(said: str) -> date | None:
    if not _DAY.fullmatch(said):
        return None
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def join(before: Sequence[Row], covered: range, given: Sequence[Line]) -> Joined:
    """``given`` joined to the table ``before`` of the years ``covered`` (合并年度).

    Each year of ``given`` replaces that year as a whole; years it does not speak of stay. Raises :class:`BadTable` for a year that
    is not whole (1 January, 1 May and 1 October are holidays in every one), and for one that would leave a gap.
    """
    begins: dict[int, int] = {}
    for line in given:
        begins.setdefault(notice_year(line.row), line.number)
    faults = [Fault(begins[year], told) for year in sorted(begins) if (told := _lacking(year, given))]
    covers = begins.keys() | set(covered)
    for year in sorted(begins):
        if year - 1 not in covers and year > min(covers):
            faults.append(Fault(begins[year], f"{year} leaves a gap: {year - 1} is not covered"))
        if year + 1 not in covers and year < min(covered, default=year):
            faults.append(Fault(begins[year], f"{year} leaves a gap: {year + 1} is not covered"))
    kept = {row.day: row for row in before if notice_year(row) not in begins}
    faults += [
        Fault(
            line.number, f"{line.row.day} belongs to the notice of {notice_year(kept[line.row.day])} as well"
        )
        for line in given
        if line.row.day in kept
    ]
    if faults:
        raise BadTable(sorted(faults, key=lambda fault: fault.line))
    after = kept | {line.row.day: line.row for line in given}
    return Joined(
        rows=tuple(after[day] for day in sorted(after)),
        given=tuple(sorted(begins)),
        added=tuple(sorted(begins.keys() - set(covered))),
        differs=tuple(_differences({row.day: row for row in before}, after, covered)),
    )


def _lacking(year: int, given: Sequence[Line]) -> str:
    """What a year lacks to be whole, in words; empty where it lacks nothing."""
    off = {line.row.day for line in given if line.row.kind is DayKind.HOLIDAY}
    missing = [name for (month, day), name in _FIXED.items() if date(year, month, day) not in off]
    return f"{year} is not whole: {', '.join(missing)} must be a holiday" if missing else ""


def _differences(
    before: Mapping[date, Row], after: Mapping[date, Row], covered: range
) -> Iterator[Difference]:
    for day in sorted(before.keys() | after.keys()):
        if day.year in covered and before.get(day) != after.get(day):
            yield Difference(day, before.get(day), after.get(day))


def _works(day: date, row: Row | None) -> bool:
    return day.weekday() < 5 if row is None else row.kind.is_workday


def _told(day: date, row: Row | None) -> str:
    if row is None:
        return "plain working day" if _works(day, None) else "plain weekend"
    return f"{row.kind.value} ({row.name}{', in lieu' if row.in_lieu else ''})"


def text_of(rows: Iterable[Row]) -> str:
    """The table as csv (日历表文本), in the one order and spelling that is kept and handed out."""
    lines = [",".join(HEADS)]
    lines += [
        f"{row.day.isoformat()},{row.kind.value},{_cell(row.name)},{int(row.in_lieu)}"
        for row in sorted(rows, key=lambda row: row.day)
    ]
    return "\n".join(lines) + "\n"


def _cell(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if '"' in name or "," in name else name


def digest_of(name: str, text: str) -> str:
    """Digest of an edition (日历摘要): over its name and its table, so that a table that comes back is an edition of its own."""
    return digest({"name": name, "rows": text})


def name_of(calendar: Calendar, taken: Iterable[str]) -> str:
    """Name of an edition (版本名) by its years; the second one of the same years ends in ``_2``, and so on."""
    stem = f"cn_holidays_{calendar.first.year}_{calendar.last.year}"
    others = set(taken)
    names = (stem if n == 1 else f"{stem}_{n}" for n in range(1, len(others) + 2))
    return next(name for name in names if name not in others)
