"""Tables as files (表格下载): csv and xlsx that a spreadsheet opens as they are, and takes for nothing but text."""

import csv
import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_CELL = 32_767  # characters, of a cell in xlsx
_WIDTHS = (8, 60)  # characters, narrowest and widest column; [O] our own numbers
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Line = Sequence[str | int]


def csv_line(cells: Line) -> str:
    """One line of csv (一行); a cell that a spreadsheet would take for a formula is kept a text by an apostrophe."""
    written = io.StringIO()
    texts = (str(cell) for cell in cells)
    csv.writer(written).writerow([f"'{text}" if text.startswith(_FORMULA) else text for text in texts])
    return written.getvalue()


def csv_lines(lines: Iterable[Line]) -> Iterator[str]:
    """A csv file line by line (逐行), behind the mark by which spreadsheets know UTF-8."""
    yield "\ufeff"
    yield from map(csv_line, lines)


def csv_file(name: str, header: Line, lines: Iterable[Line]) -> HttpResponseBase:
    """A csv file to save (下载表格), streaming."""
    return handed_out(csv_lines(itertools.chain([header], lines)), name=name, media_type=CSV)


def xlsx(sheets: Sequence[tuple[str, Sequence[Line]]]) -> bytes:
    """A workbook (电子表格) of (title, lines) sheets, the first line of each its head; every text stays a text."""
    book = Workbook(write_only=True)
    for title, lines in sheets:
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        for place, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: len(lines[0]) if lines else 0]):
            longest = max(len(part) for line in lines for part in str(line[place]).split("\n"))
            sheet.column_dimensions[letter].width = min(max(2 * longest, _WIDTHS[0]), _WIDTHS[1])
        for number, line in enumerate(lines):
            sheet.append([_cell(sheet, value, head=number == 0) for value in line])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _cell(sheet: Any, value: str | int, *, head: bool) -> Any:
    cell = WriteOnlyCell(sheet, value=value if isinstance(value, int) else value[:LONGEST_CELL])
    if isinstance(value, str):
        cell.data_type = "s"  # the library takes what begins with = for a formula
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if head:
        cell.font = Font(bold=True)
    return cell


def handed_out(content: bytes | Iterator[str], *, name: str, media_type: str) -> HttpResponseBase:
    """A file to save (下载), under ``name``."""
    response: HttpResponseBase = (
        HttpResponse(content, content_type=media_type)
        if isinstance(content, bytes)
        else StreamingHttpResponse(content, content_type=media_type)
    )
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
