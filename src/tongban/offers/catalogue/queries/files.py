"""Files of items (事项文件): xlsx, csv in a zip, or JSON; written from bodies and read back to the same bodies."""

import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, Literal, TypeAlias

from tongban.base import workbooks
from tongban.base.workbooks import BadBook
from tongban.offers.catalogue.rules import sheets
from tongban.offers.catalogue.rules.sheets import CODE, ITEMS, JSON, SHEETS, Found, Line, Place, Problem
from tongban.standards.text import Message, msg

Format: TypeAlias = Literal["xlsx", "csv", "json"]
Item: TypeAlias = tuple[str, str, dict[str, object]]  # code, name of the organ, body

MEDIA_TYPES: dict[Format, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "application/zip",
    "json": "application/json; charset=utf-8",
}
SUFFIXES: dict[Format, str] = {"xlsx": "xlsx", "csv": "zip", "json": "json"}
MOST_ITEMS = 100_000  # of one file; [O] our own number
_CHUNK = 1 << 16
_LONGEST_CODE = 40


def written(kind: Format, items: Iterable[Item]) -> Iterator[bytes]:
    """The file (导出文件) in pieces. JSON flows as the items come; a workbook waits on disk until all are there."""
    if kind == "json":
        yield from _json_pieces(items)
        return
    writer = workbooks.Writer(kind, {name: sheet.header for name, sheet in SHEETS.items()})
    for code, organ, body in items:
        for sheet, cells in sheets.rows_of(code, organ, body):
            writer.add(sheet, cells)
    with writer.finish() as made:
        while piece := made.read(_CHUNK):
            yield piece


def _json_pieces(items: Iterable[Item]) -> Iterator[bytes]:
    between = "[\n"
    for code, _, body in items:
        told = {"code": code, "body": sheets.exchanged(body)}
        yield (between + json.dumps(told, ensure_ascii=False, separators=(",", ":"))).encode()
        between = ",\n"
    yield b"[]\n" if between == "[\n" else b"\n]\n"


@dataclass(slots=True)
class ReadFile:
    """A file that was read (读出的文件): ``problems`` of the file as a whole, then its items one by one."""

    problems: list[Problem] = field(default_factory=list)
    _rows: workbooks.Collator | None = None
    _entries: list[Found] = field(default_factory=list)
    _codes: set[str] = field(default_factory=set)

    def items(self) -> Iterator[Found]:
        """Its items by code (逐事项), each with what is wrong with it."""
        if self._rows is None:
            yield from self._entries
            return
        for code, lines in self._rows.groups():
            told = {name: [_line(line) for line in rows] for name, rows in lines.items()}
            found = sheets.read_item(code, told)
            if not code:
                found.problems[:0] = [
                    Problem(Place(name, rows[0].number, CODE), msg("这一行没有事项编码。"))
                    for name, rows in told.items()
                ]
            yield found

    def close(self) -> None:
        """Forget what waits on disk (关闭)."""
        if self._rows is not None:
            self._rows.close()


def _line(line: workbooks.Line) -> Line:
    """A row as it waited: first its headings, then as many cells."""
    header, cells = line.cells[: len(line.cells) // 2], line.cells[len(line.cells) // 2 :]
    return Line(
        line.number,
        dict(zip(header, cells, strict=True)),
        {header[place]: why for place, why in line.faults.items()},
    )


def read_file(file: IO[bytes]) -> ReadFile:
    """Read a file (读文件) of whichever format its bytes are. What is wrong with it as a whole stands in ``problems``."""
    head = file.read(4)
    file.seek(0)
    try:
        if head[:2] == b"PK":
            return _read_package(file)
        return _read_json(file)
    except BadBook as bad:
        return ReadFile([Problem(Place(), Message(bad.message, bad.params))])


def _read_package(file: IO[bytes]) -> ReadFile:
    with workbooks.package_of(file) as package:
        entries = [part for part in package.infolist() if part.filename.lower().endswith(".json")]
        if len(entries) == 1 and len(package.infolist()) == 1:
            with package.open(entries[0]) as inner:
                return _read_json(inner)
    file.seek(0)
    read = ReadFile(_rows=workbooks.Collator())
    seen: set[str] = set()
    for title, lines in workbooks.read(file):
        name = workbooks.base_name(title)
        if name not in SHEETS:
            if any(lines):
                read.problems.append(Problem(Place(title[:40]), msg("不认识这个工作表，请照导出的名称写。")))
            continue
        seen.add(name)
        _take_sheet(read, name, lines)
    for name in SHEETS:
        if name not in seen:
            read.problems.append(Problem(Place(name), msg("缺少这个工作表；没有内容时也要留着表头。")))
    return read


def _take_sheet(read: ReadFile, name: str, lines: Iterator[workbooks.Line]) -> None:
    assert read._rows is not None  # noqa: S101 -- made by the caller
    header: list[str] | None = None
    items = 0
    for line in lines:
        if header is None:
            wrong = (
                sheets.headers_of(name, line.cells)
                if line.number == 1
                else [Problem(Place(name, 1), msg("第一行应当是表头。"))]
            )
            read.problems += wrong
            header = [cell.strip() for cell in line.cells]
            if wrong:
                break
            continue
        cells = (line.cells + [""] * len(header))[: len(header)]
        beyond = line.cells[len(header) :]
        if any(beyond):
            read.problems.append(Problem(Place(name, line.number), msg("这一行比表头多出了格子。")))
        told = dict(zip(header, cells, strict=True))
        items += name == ITEMS.name
        if items > MOST_ITEMS:
            read.problems.append(
                Problem(Place(name), Message(msg("最多%(most)s个事项。"), {"most": MOST_ITEMS}))
            )
            break
        code = told.get(CODE, "").strip().encode(errors="ignore").decode()[:_LONGEST_CODE]
        faults = {place: why for place, why in line.faults.items() if place < len(header)}
        read._rows.add(code, name, workbooks.Line(line.number, [*header, *cells], faults))
    if header is None:
        read.problems.append(Problem(Place(name, 1), msg("这个工作表是空的，至少要有表头。")))


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object whose keys stand once: the last of two would win in silence."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(msg("一个对象里有两个同名的键。"))
    return found


def _read_json(file: IO[bytes]) -> ReadFile:
    """A list of {code, body}, one by one; a wrong entry does not hide what is wrong with the others."""
    read = ReadFile()
    try:
        text = io.TextIOWrapper(file, encoding="utf-8-sig").read()
    except UnicodeDecodeError:
        return ReadFile(
            [Problem(Place(JSON), msg("打不开这个文件：不是 xlsx、csv 的压缩包，也不是 UTF-8 编码的 JSON。"))]
        )
    decoder = json.JSONDecoder(object_pairs_hook=_once)
    whitespace = " \t\r\n"
    at = len(text) - len(text.lstrip(whitespace))
    if text[at : at + 1] != "[":
        return ReadFile([Problem(Place(JSON), msg("JSON 文件应当是一个列表，每一项是 {code, body}。"))])
    at += 1
    number = 0
    try:
        while True:
            at = _past(text, at, whitespace)
            if text[at : at + 1] == "]" and (number == 0 or text[:at].rstrip(whitespace)[-1:] != ","):
                break
            number += 1
            if number > MOST_ITEMS:
                read.problems.append(
                    Problem(Place(JSON), Message(msg("最多%(most)s个事项。"), {"most": MOST_ITEMS}))
                )
                return read
            entry, at = decoder.raw_decode(text, at)
            _take_entry(read, number, entry)
            at = _past(text, at, whitespace)
            if text[at : at + 1] == ",":
                at += 1
            elif text[at : at + 1] != "]":
                raise ValueError
        if text[at + 1 :].strip(whitespace):
            raise ValueError
    except (ValueError, RecursionError):
        read.problems.append(Problem(Place(JSON, number), msg("从这一项起不是正确的 JSON，读不下去。")))
    return read


def _past(text: str, at: int, skipped: str) -> int:
    while at < len(text) and text[at] in skipped:
        at += 1
    return at


def _take_entry(read: ReadFile, number: int, entry: object) -> None:
    whole = isinstance(entry, dict) and set(entry) == {"code", "body"}
    if (
        not whole
        or not isinstance(entry, dict)
        or not isinstance(entry["code"], str)
        or not isinstance(entry["body"], dict)
    ):
        read.problems.append(
            Problem(Place(JSON, number), msg("每一项要有 code（文字）和 body（对象），没有别的。"))
        )
        return
    code = entry["code"].encode(errors="ignore").decode()[:_LONGEST_CODE]
    found = Found(code, dict(entry["body"]), entry=number)
    if code in read._codes:
        found.problems.append(Problem(Place(JSON, number, "code"), msg("这个事项已经有一项了。"), code))
    read._codes.add(code)
    read._entries.append(found)
