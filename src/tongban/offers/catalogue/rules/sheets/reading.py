"""Reading of guides from tables (读表格): one item's rows to its body, and everything wrong to its sheet, row and column."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tongban.offers.catalogue.rules.sheets.cells import NOTHING, BadCell
from tongban.offers.catalogue.rules.sheets.table import (
    CODE,
    FIELDS,
    ITEMS,
    LISTS,
    OPTIONS,
    ORDER,
    REST,
    SECTIONS,
    SHEETS,
    Column,
    Sheet,
)
from tongban.standards.text import Message, msg

Body = dict[str, object]
JSON: Final = "JSON"  # what stands for a sheet in the report about such a file


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in a file (位置): sheet, row as a spreadsheet numbers it, column by its heading; empty or 0: the whole."""

    sheet: str = ""
    row: int = 0
    column: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What cannot be taken (问题), where, and whose item."""

    place: Place
    reason: str
    code: str = ""


@dataclass(slots=True)
class Line:
    """A row as it came (表行): its number, its cells by heading, and headings of cells that are no text, with the reason."""

    number: int
    cells: Mapping[str, str]
    faults: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Found:
    """An item in a file (读出的事项): its body, what is wrong with its rows, and where each entry of it stands.

    ``entry``: its number in a JSON file, whose places are paths; 0 in a workbook.
    """

    code: str
    body: Body = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    lines: dict[tuple[str | int, ...], tuple[str, int]] = field(default_factory=dict)
    entry: int = 0

    def place_of(self, location: Sequence[str | int]) -> Place:
        """Where the part of the guide at ``location`` stands in the file (查位置): the nearest thing that has a place."""
        if self.entry:
            return Place(JSON, self.entry, ".".join(["body", *map(str, location)]))
        steps = self._numbered(tuple(location))
        entry = next((steps[:end] for end in range(len(steps), 0, -1) if steps[:end] in self.lines), ())
        sheet, row = self.lines.get(entry, (ITEMS.name, 0))
        if entry == () and steps:
            listed = next((one for one in LISTS if one.path[0] == steps[0]), None)
            if listed is not None:
                return Place(listed.name)
        rest = tuple(step for step in steps[len(entry) :] if isinstance(step, str))
        return Place(sheet, row, _heading(SHEETS[sheet], rest))

    def _numbered(self, steps: tuple[str | int, ...]) -> tuple[str | int, ...]:
        """``steps`` with the number of an entry where they name it by its key or its name, as rules do."""
        listed = self.body.get(str(steps[0])) if len(steps) > 1 else None
        if not isinstance(listed, list) or isinstance(steps[1], int):
            return steps
        told = ("key", "name", "title", "kind", "label", "question")
        for place, entry in enumerate(listed):
            names = [entry.get(one) for one in told] if isinstance(entry, dict) else [entry]
            if steps[1] in names or steps[1] == str(place):
                return (steps[0], place, *steps[2:])
        return steps


def _heading(sheet: Sheet, path: tuple[str, ...]) -> str:
    for end in range(len(path), -1, -1):
        for column in sheet.columns:
            if column.path[: len(path[:end])] == path[:end] and (path[:end] or sheet.texts):
                return column.header
    return ""


def headers_of(name: str, header: Sequence[str]) -> list[Problem]:
    """What is wrong with the first row of a sheet (核对表头)."""
    sheet = SHEETS[name]
    given = [text.strip() for text in header]
    wanted = [heading for heading in sheet.header if heading not in _TOLD and heading != ORDER]
    found = [
        Problem(Place(name, 1, heading), msg("缺少这一列。")) for heading in wanted if heading not in given
    ]
    twice = {text for text in given if text and given.count(text) > 1}
    found += [Problem(Place(name, 1, text), msg("有两列是同一个表头。")) for text in sorted(twice)]
    known = set(sheet.header)
    found += [
        Problem(Place(name, 1, text[:40]), msg("不认识这一列，请照导出的表头写。"))
        for text in dict.fromkeys(given)
        if text and text not in known
    ]
    return found


_TOLD = {column.header for column in ITEMS.columns if column.told}


def read_item(code: str, sheets: Mapping[str, Sequence[Line]]) -> Found:
    """The body that an item's rows describe (读一个事项). What cannot be read is left out of it and told."""
    found = Found(code)
    own = sheets.get(ITEMS.name, ())
    if not own:
        first = next(((name, lines[0].number) for name, lines in sheets.items() if lines), ("", 0))
        found.problems.append(
            Problem(Place(*first, CODE), msg("“事项”表里没有这个编码，不知道这一行是谁的。"), code)
        )
        return found
    for line in own[1:]:
        found.problems.append(
            Problem(Place(ITEMS.name, line.number, CODE), msg("这个事项已经有一行了。"), code)
        )
    found.lines[()] = (ITEMS.name, own[0].number)
    found.body = _entry(found, ITEMS, own[0])
    for sheet in LISTS:
        if sheet not in (SECTIONS, FIELDS, OPTIONS) and (lines := sheets.get(sheet.name)):
            entries = _entries(found, sheet, lines)
            for place, (line, _) in enumerate(entries):
                found.lines[*sheet.path, place] = (sheet.name, line.number)
            found.body[sheet.path[0]] = [entry.get("", "") if sheet.texts else entry for _, entry in entries]
    form = _form(found, sheets)
    if form:
        found.body["form"] = form
    return found


def _entries(found: Found, sheet: Sheet, lines: Sequence[Line]) -> list[tuple[Line, Body]]:
    """The entries of a list in the order that their numbers say; a single row of "none here" is an empty list."""
    empty = [line for line in lines if line.cells.get(ORDER, "") == NOTHING]
    if empty:
        if len(lines) > 1:
            told = msg("写了“（空）”的列表不能再有别的行。")
            found.problems.append(Problem(Place(sheet.name, empty[0].number, ORDER), told, found.code))
        return []
    ordered: list[tuple[int, int, Line]] = []
    for place, line in enumerate(lines, 1):
        told_order = line.cells.get(ORDER, "").strip()
        if told_order and not (told_order.isascii() and told_order.isdigit() and len(told_order) < 10):
            wrong = msg("序号要填整数，也可以不填。")
            found.problems.append(Problem(Place(sheet.name, line.number, ORDER), wrong, found.code))
            told_order = ""
        ordered.append((int(told_order) if told_order else place, place, line))
    return [(line, _entry(found, sheet, line)) for _, _, line in sorted(ordered, key=lambda one: one[:2])]


def _entry(found: Found, sheet: Sheet, line: Line) -> Body:
    """One row as an entry (读一行)."""
    entry: Body = {}
    for column in sheet.columns:
        if column.told:
            continue
        place = Place(sheet.name, line.number, column.header)
        if column.header in line.faults:
            found.problems.append(Problem(place, line.faults[column.header], found.code))
            continue
        cell = line.cells.get(column.header, "")
        if cell == "":
            if column.needed:
                found.problems.append(Problem(place, msg("这一格不能空。"), found.code))
            continue
        try:
            _put(entry, column, column.cell.read(cell))
        except BadCell as bad:
            found.problems.append(Problem(place, bad.args[0], found.code))
    return entry


def _put(entry: Body, column: Column, value: object) -> None:
    if column.header == REST:
        assert isinstance(value, dict)  # noqa: S101 -- the cell reads nothing else
        entry.update({key: told for key, told in value.items() if key not in entry})
        return
    *way, last = column.path or ("",)
    for step in way:
        inner = entry.setdefault(step, {})
        assert isinstance(inner, dict)  # noqa: S101 -- the columns are described so; a test walks them
        entry = inner
    entry[last] = value


def _form(found: Found, sheets: Mapping[str, Sequence[Line]]) -> Body:
    """The form, put together from its three sheets (读表单)."""
    sections = _entries(found, SECTIONS, sheets.get(SECTIONS.name, ()))
    by_section = _below(found, FIELDS, sheets.get(FIELDS.name, ()), "section", [one for _, one in sections])
    fields = [entry for _, entry in by_section]
    _below(found, OPTIONS, sheets.get(OPTIONS.name, ()), "field", fields)
    for place, (line, section) in enumerate(sections):
        found.lines["form", "sections", place] = (SECTIONS.name, line.number)
        for inner, field_ in enumerate(_listed(section.get("fields"))):
            own = next((one.number for one, entry in by_section if entry is field_), line.number)
            found.lines["form", "sections", place, "fields", inner] = (FIELDS.name, own)
    return {"sections": [section for _, section in sections]} if sections else {}


def _below(
    found: Found, sheet: Sheet, lines: Sequence[Line], by: str, above: Iterable[Body]
) -> list[tuple[Line, Body]]:
    """The entries of ``sheet``, each put below the entry of the sheet before it whose key its column ``by`` names."""
    known: dict[object, Body] = {}
    for one in above:
        known.setdefault(one.get("key"), one)
    entries = _entries(found, sheet, lines)
    for line, entry in entries:
        key = entry.pop(by, None)
        owner = known.get(key)
        if owner is None:
            if key is not None:
                place = Place(sheet.name, line.number, sheet.columns[0].header)
                told = Message(msg("没有标识是“%(key)s”的一行可以归属。"), {"key": str(key)[:60]})
                found.problems.append(Problem(place, told, found.code))
            continue
        below = owner.setdefault(sheet.path[-1], [])
        assert isinstance(below, list)  # noqa: S101 -- made on the line before
        below.append(entry)
    return entries


def _listed(value: object) -> Iterator[Body]:
    return iter(value) if isinstance(value, list) else iter(())


def problems_of(found: Found, wrong: Iterable[tuple[Sequence[str | int], str]]) -> list[Problem]:
    """Findings of other checks about the guide (其他检查的问题), each at its place in the file."""
    return [Problem(found.place_of(location), reason, found.code) for location, reason in wrong]
