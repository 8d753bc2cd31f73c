"""Writing of guides as tables (写成表格): rows of every sheet for one item."""

from collections.abc import Iterator, Mapping

from tongban.offers.catalogue.rules.guide import said
from tongban.offers.catalogue.rules.sheets.cells import NOTHING
from tongban.offers.catalogue.rules.sheets.table import (
    FIELDS,
    ITEMS,
    LISTS,
    OPTIONS,
    REST,
    SECTIONS,
    Column,
    Path,
    Sheet,
)

Row = tuple[str, list[str]]
_BELOW = {SECTIONS.name: "fields", FIELDS.name: "options"}


def exchanged(body: Mapping[str, object]) -> dict[str, object]:
    """A body as it is exchanged (交换内容): what is empty inside an element says nothing; an empty element says "none here"."""
    told = {name: said(value) for name, value in body.items() if value is not None}
    return {name: value for name, value in told.items() if value != {}}


def rows_of(code: str, organ: str, body: Mapping[str, object]) -> Iterator[Row]:
    """(sheet, cells) of an item in every sheet that it has something to say in (事项各行)."""
    told = exchanged(body)
    yield ITEMS.name, [code, *(_cell(column, {**told, "organ": organ}) for column in ITEMS.columns)]
    for sheet in LISTS:
        if sheet in (SECTIONS, FIELDS, OPTIONS):
            continue
        (element,) = sheet.path
        entries = told.get(element)
        if not isinstance(entries, list):
            continue
        if not entries:
            yield sheet.name, [code, NOTHING, *("" for _ in sheet.columns)]
        yield from _numbered(code, sheet, [{"": entry} if sheet.texts else entry for entry in entries])
    yield from _form_rows(code, told.get("form"))


def _form_rows(code: str, form: object) -> Iterator[Row]:
    sections = form.get("sections", []) if isinstance(form, dict) else []
    yield from _numbered(code, SECTIONS, sections)
    fields = [(section.get("key", ""), field) for section in sections for field in section.get("fields", [])]
    yield from _numbered(code, FIELDS, [{**field, "section": key} for key, field in fields])
    options = [(field.get("key", ""), option) for _, field in fields for option in field.get("options", [])]
    yield from _numbered(code, OPTIONS, [{**option, "field": key} for key, option in options])


def _numbered(code: str, sheet: Sheet, entries: list[dict[str, object]]) -> Iterator[Row]:
    known = {column.path[0] for column in sheet.columns if column.path} | {_BELOW.get(sheet.name, "")}
    for number, entry in enumerate(entries, 1):
        rest = {key: value for key, value in entry.items() if key not in known} if REST in known else {}
        told = {**entry, REST: rest}
        yield sheet.name, [code, str(number), *(_cell(column, told) for column in sheet.columns)]


def _cell(column: Column, entry: Mapping[str, object]) -> str:
    value = _at(entry, column.path or ("",))
    return "" if value is None else column.cell.write(value)


def _at(entry: object, path: Path) -> object:
    for step in path:
        if not isinstance(entry, Mapping):
            return None
        entry = entry.get(step)
    return entry
