"""Workbooks (工作簿): named sheets of text cells as xlsx, or as csv files in one zip; written and read row by row.

Every cell is a text. What a spreadsheet would take for a formula stays one: xlsx says of each cell that it is text, csv
puts an apostrophe before it, and reading takes exactly that away again. A file from outside is bounded before it is read.
"""

import csv
import io
import json
import re
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO, Any, Final, Literal, TypeAlias
from xml.parsers import expat
from xml.sax.saxutils import escape

import openpyxl
from openpyxl.utils import get_column_letter

from tongban.base.errors import Invalid
from tongban.standards.text import msg

Kind: TypeAlias = Literal["xlsx", "csv"]

# [O] our own numbers: far above the whole catalogue of a province, far below what chokes a process.
MOST_PARTS = 200
MOST_COLUMNS = 100
_WIDEST = 1_000  # columns of a row that are looked at to see whether they are empty
MOST_ROWS = 5_000_000  # of all sheets together
LARGEST_UNPACKED = 2 * 1024 * 1024 * 1024  # bytes
MOST_RATIO = 200  # unpacked to packed, of a part above a megabyte
LONGEST_CELL = 32_767  # characters, the limit of the spreadsheets themselves

_ROWS_OF_SHEET: Final = 1_048_576  # ECMA-376: more rows go on in another sheet of the same name
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
_QUOTED: Final = re.compile(r"'+[=+\-@\t\r]")
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")  # ECMA-376 22.4.2.4, how XML says what it cannot hold
_ESCAPES: Final = re.compile(
    r"_(?=x[0-9A-Fa-f]{4}_)"
)  # an underscore that would be read as the beginning of one
_CONTINUED: Final = re.compile(r"(.+) \(([2-9]|[1-9][0-9])\)")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a sheet (表行): its number as a spreadsheet shows it, its cells; ``faults``: cells that are no text, and why."""

    number: int
    cells: list[str]
    faults: Mapping[int, str] = field(default_factory=dict)


def quoted(text: str) -> str:
    """``text`` as a csv cell that no spreadsheet takes for a formula (防公式)."""
    return f"'{text}" if _FORMULA.match(text) else text


def unquoted(text: str) -> str:
    """What :func:`quoted` was given (还原)."""
    return text[1:] if _QUOTED.match(text) else text


def csv_line(cells: Sequence[str]) -> str:
    """One line of a csv file (csv 行), formulas kept texts."""
    written = io.StringIO()
    csv.writer(written).writerow([quoted(cell) for cell in cells])
    return written.getvalue()


# --- writing -----------------------------------------------------------------------------------------------------------

_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# Style 1 is text ("@"), so that what somebody types into a cell later stays as it was typed; style 2 is a heading.
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_NAMESPACE}"><fonts count="2"><font><sz val="11"/><name val="等线"/></font>'
    '<font><b/><sz val="11"/><name val="等线"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" applyNumberFormat="1" applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf>'
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" applyNumberFormat="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="常规" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class Writer:
    """Writes one workbook (写工作簿): rows come in any order of sheets and wait on disk, so that memory stays small."""

    def __init__(self, kind: Kind, sheets: Mapping[str, Sequence[str]]) -> None:
        """``sheets``: name -> header, in the order of the workbook."""
        self._kind = kind
        self._sheets = {name: _Spool(kind, header) for name, header in sheets.items()}

    def add(self, sheet: str, cells: Sequence[str]) -> None:
        """One more row (加一行)."""
        self._sheets[sheet].add(cells)

    def finish(self) -> IO[bytes]:
        """The whole file, open at its beginning (成文件); gone from the disk when it is closed."""
        made: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 -- the caller reads and closes it
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as package:
            if self._kind == "csv":
                for name, spool in self._sheets.items():
                    _copy(package, f"{name}.csv", spool.parts()[0], b"\xef\xbb\xbf", b"")
            else:
                self._xlsx(package)
        made.seek(0)
        return made

    def _xlsx(self, package: zipfile.ZipFile) -> None:
        named = [
            (name if not place else f"{name} ({place + 1})", part, spool.reach(place))
            for name, spool in self._sheets.items()
            for place, part in enumerate(spool.parts())
        ]
        numbered = list(enumerate((name for name, _, _ in named), 1))
        package.writestr(
            _part("[Content_Types].xml"),
            f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
            + "".join(
                f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
                for n, _ in numbered
            )
            + "</Types>",
        )
        package.writestr(
            _part("_rels/.rels"),
            f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_OFFICE}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        package.writestr(
            _part("xl/workbook.xml"),
            f'{_HEAD}<workbook xmlns="{_NAMESPACE}" xmlns:r="{_OFFICE}"><sheets>'
            + "".join(f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in numbered)
            + "</sheets></workbook>",
        )
        package.writestr(
            _part("xl/_rels/workbook.xml.rels"),
            f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
            + "".join(
                f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
                for n, _ in numbered
            )
            + f'<Relationship Id="rId{len(named) + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        )
        package.writestr(_part("xl/styles.xml"), _STYLES)
        head = (
            f'{_HEAD}<worksheet xmlns="{_NAMESPACE}"><dimension ref="A1:%s"/><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
            'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
            f'<cols><col min="1" max="{MOST_COLUMNS}" width="18" style="1" customWidth="1"/></cols><sheetData>'
        )
        for number, (_, part, reach) in enumerate(named, 1):
            tail = b"</sheetData></worksheet>"
            _copy(package, f"xl/worksheets/sheet{number}.xml", part, (head % reach).encode(), tail)


def _part(name: str) -> zipfile.ZipInfo:
    """A part without a time of its own, so that the same rows always make the same bytes."""
    part = zipfile.ZipInfo(name)
    part.compress_type = zipfile.ZIP_DEFLATED
    return part


def _copy(package: zipfile.ZipFile, name: str, part: IO[bytes], head: bytes, tail: bytes) -> None:
    with package.open(_part(name), "w", force_zip64=True) as made, part:
        made.write(head)
        part.seek(0)
        while piece := part.read(1 << 20):
            made.write(piece)
        made.write(tail)


class _Spool:
    """The rows of one sheet, waiting on disk."""

    def __init__(self, kind: Kind, header: Sequence[str]) -> None:
        self._kind, self._header = kind, header
        self._letters = [get_column_letter(place) for place in range(1, len(header) + 1)]
        self._parts: list[IO[bytes]] = []
        self._begin()

    def _begin(self) -> None:
        self._parts.append(tempfile.SpooledTemporaryFile(1 << 20))  # noqa: SIM115 -- closed when it was copied
        self._rows = 0
        self._write(self._header, 2)

    def parts(self) -> list[IO[bytes]]:
        return self._parts

    def reach(self, part: int) -> str:
        """The last cell of a part, e.g. ``C12``: readers that are told need not look for it."""
        rows = self._rows if part == len(self._parts) - 1 else _ROWS_OF_SHEET
        return f"{self._letters[-1]}{rows}"

    def add(self, cells: Sequence[str]) -> None:
        if self._kind == "xlsx" and self._rows == _ROWS_OF_SHEET:
            self._begin()
        self._write(cells, 1)

    def _write(self, cells: Sequence[str], style: int) -> None:
        self._rows += 1
        self._parts[-1].write((csv_line(cells) if self._kind == "csv" else self._row(cells, style)).encode())

    def _row(self, cells: Sequence[str], style: int) -> str:
        told = "".join(
            f'<c r="{letter}{self._rows}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{_xml(text)}</t></is></c>'
            for letter, text in zip(self._letters, cells, strict=True)
            if text
        )
        return f'<row r="{self._rows}">{told}</row>'


def _xml(text: str) -> str:
    if "_x" in text:
        text = _ESCAPES.sub("_x005F_", text)
    return escape(text.replace("\r", "_x000D_"))


# --- reading -----------------------------------------------------------------------------------------------------------


class BadBook(Invalid):
    """A file that is no workbook that can be read (不是可读的工作簿)."""


def _bad(rule: str, message: str, **params: object) -> BadBook:
    return BadBook(f"workbooks.{rule}", message, params)


def package_of(file: IO[bytes]) -> zipfile.ZipFile:
    """The zip that ``file`` is, once its directory was found harmless (打开压缩包); raises BadBook.

    A part that unpacks to more than it says is cut off by zipfile itself, so what the directory says can be relied on.
    """
    try:
        package = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise _bad("kind", msg("打不开这个文件：不是 xlsx，也不是 csv 的压缩包，或者已经损坏。")) from error
    parts = package.infolist()
    if len(parts) > MOST_PARTS or len({part.filename for part in parts}) != len(parts):
        raise _bad("parts", msg("压缩包里的文件太多，或者有重名的文件。"))
    if any(part.flag_bits & 1 for part in parts):
        raise _bad("locked", msg("文件加了密码，请去掉密码再传。"))
    swollen = any(p.file_size > 1 << 20 and p.file_size > MOST_RATIO * p.compress_size for p in parts)
    if swollen or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise _bad("bomb", msg("压缩包展开以后大得不合常理，没有读取。"))
    return package


class _Seen(Exception):  # noqa: N818 -- a way out of the parser: the root element is there
    """Leaves the parser at the root element."""


def _ensure_plain_xml(package: zipfile.ZipFile) -> None:
    """Raise BadBook where a part of an xlsx declares a document type: entities are what XML bombs are made of, and no book needs them."""

    def refuse(*_: object) -> None:
        raise _bad("doctype", msg("文件里有不该有的内容（DOCTYPE），没有读取。"))

    def stop(*_: object) -> None:
        raise _Seen

    for part in package.infolist():
        if part.filename.lower().endswith((".xml", ".rels")):
            parser = expat.ParserCreate()
            parser.StartDoctypeDeclHandler = refuse
            parser.StartElementHandler = stop
            with suppress(_Seen, expat.ExpatError), package.open(part) as content:
                parser.ParseFile(content)


def unpacked_size(content: bytes) -> int:
    """How many bytes a file holds once it is unpacked (展开后大小), as far as it says so; how long reading it will take."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return sum(part.file_size for part in package.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return len(content)


def read(file: IO[bytes]) -> Iterator[tuple[str, Iterator[Line]]]:
    """(name, rows) of each sheet of an xlsx, or of a zip of csv files (读工作簿), in the order of the file; raises BadBook.

    Rows come one by one; those of a sheet must be used up before the next one is asked for. Wholly empty rows are left out.
    """
    package = package_of(file)
    names = package.namelist()
    if "xl/workbook.xml" in names:
        _ensure_plain_xml(package)
        yield from _read_xlsx(file)
    elif any(name.lower().endswith(".csv") for name in names):
        yield from _read_csv(package)
    else:
        raise _bad("kind", msg("打不开这个文件：不是 xlsx，也不是 csv 的压缩包，或者已经损坏。"))


class _Counter:
    rows = 0

    def __call__(self) -> None:
        self.rows += 1
        if self.rows > MOST_ROWS:
            raise _bad("rows", msg("表里的行太多，最多%(most)s行。"), most=MOST_ROWS)


def _read_csv(package: zipfile.ZipFile) -> Iterator[tuple[str, Iterator[Line]]]:
    counted = _Counter()
    for part in package.infolist():
        name = part.filename.rpartition("/")[2]
        if name.lower().endswith(".csv") and not name.startswith("."):
            yield name[:-4], _csv_rows(package, part, name, counted)


def _csv_rows(
    package: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, counted: _Counter
) -> Iterator[Line]:
    csv.field_size_limit(LONGEST_CELL * 40)
    number = 1
    try:
        with package.open(part) as raw, io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text:
            for number, cells in enumerate(csv.reader(text, strict=True), 1):
                counted()
                if len(cells) > MOST_COLUMNS:
                    raise _bad("columns", msg("“%(sheet)s”的列太多。"), sheet=name)
                if any(cells):
                    yield Line(number, [unquoted(cell) for cell in cells])
    except UnicodeDecodeError as error:
        raise _bad("utf8", msg("“%(sheet)s”不是 UTF-8 编码，请另存为“CSV UTF-8”。"), sheet=name) from error
    except (csv.Error, zipfile.BadZipFile, OSError, EOFError) as error:
        raise _bad("csv", msg("“%(sheet)s”第%(row)s行以后读不下去。"), sheet=name, row=number) from error


def _read_xlsx(file: IO[bytes]) -> Iterator[tuple[str, Iterator[Line]]]:
    counted = _Counter()
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
    except Exception as error:
        raise _bad("kind", msg("打不开这个文件：不是 xlsx，也不是 csv 的压缩包，或者已经损坏。")) from error
    for sheet in book.worksheets:
        yield sheet.title, _xlsx_rows(sheet, counted)


def _xlsx_rows(sheet: Any, counted: _Counter) -> Iterator[Line]:
    number = 0
    try:
        sheet.reset_dimensions()  # what a file says of its own size may be anything
        for number, row in enumerate(sheet.iter_rows(), 1):
            counted()
            if len(row) > _WIDEST or any(cell.value is not None for cell in row[MOST_COLUMNS:]):
                raise _bad("columns", msg("“%(sheet)s”的列太多。"), sheet=sheet.title)
            cells: list[str] = []
            faults: dict[int, str] = {}
            for place, cell in enumerate(row[:MOST_COLUMNS]):
                if cell.data_type in ("f", "e"):
                    faults[place] = msg("这一格是公式或者错误值，请改成文字。")
                cells.append("" if cell.value is None else _text(cell.value))
            if any(cells):
                yield Line(number, cells, faults)
    except Invalid:
        raise
    except Exception as error:
        raise _bad(
            "csv", msg("“%(sheet)s”第%(row)s行以后读不下去。"), sheet=sheet.title, row=number
        ) from error


def _text(value: object) -> str:
    """A cell of any type as the text that a person sees (单元格文字)."""
    if isinstance(value, str):
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value) if "_x" in value else value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def base_name(sheet: str) -> str:
    """The name of a sheet without the number of its continuation (工作表本名)."""
    found = _CONTINUED.fullmatch(sheet)
    return found[1] if found else sheet


# --- by key ------------------------------------------------------------------------------------------------------------


class Collator:
    """Rows of many sheets, put together by a key (按键归并), on disk: a file of any length costs little memory."""

    def __init__(self) -> None:
        self._rows = sqlite3.connect("")  # a temporary file of its own, gone with the connection
        self._rows.execute("PRAGMA journal_mode = OFF")
        self._rows.execute("CREATE TABLE line (key TEXT, sheet TEXT, number INT, told TEXT)")

    def add(self, key: str, sheet: str, line: Line) -> None:
        """One more row (加一行)."""
        told = json.dumps([line.cells, {str(place): why for place, why in line.faults.items()}])
        self._rows.execute("INSERT INTO line VALUES (?, ?, ?, ?)", (key, sheet, line.number, told))

    def groups(self) -> Iterator[tuple[str, dict[str, list[Line]]]]:
        """(key, rows by sheet), in the order of the keys (逐键)."""
        self._rows.execute("CREATE INDEX IF NOT EXISTS line_key ON line (key)")
        key: str | None = None
        found: dict[str, list[Line]] = {}
        for own, sheet, number, told in self._rows.execute("SELECT * FROM line ORDER BY key, rowid"):
            if own != key and key is not None:
                yield key, found
                found = {}
            key = own
            cells, faults = json.loads(told)
            found.setdefault(sheet, []).append(
                Line(number, cells, {int(p): why for p, why in faults.items()})
            )
        if key is not None:
            yield key, found

    def close(self) -> None:
        """Forget everything (关闭)."""
        with suppress(sqlite3.Error):
            self._rows.close()
