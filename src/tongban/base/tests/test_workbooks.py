"""Workbooks: every text comes back as it was, and a file that means harm is refused before it is read."""

import io
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.base import workbooks
from tongban.base.workbooks import BadBook, Kind, Writer

# What texts of the platform may hold: no controls but tabs and line ends, no half characters.
TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
    | st.sampled_from("\t\n\r=+-@'_x0041"),
    max_size=30,
)  # fmt: skip -- one alphabet


def written(kind: Kind, rows: list[list[str]], header: tuple[str, ...] = ("甲", "乙")) -> io.BytesIO:
    writer = Writer(kind, {"表": header})
    for row in rows:
        writer.add("表", row)
    return io.BytesIO(writer.finish().read())


def read(file: io.BytesIO) -> list[list[str]]:
    return [line.cells for _, lines in workbooks.read(file) for line in lines]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@given(rows=st.lists(st.lists(TEXTS, min_size=2, max_size=2).filter(all), max_size=5))
def test_every_text_comes_back_as_it_was(kind: Kind, rows: list[list[str]]):
    assert read(written(kind, rows)) == [["甲", "乙"], *rows]


def test_the_same_rows_make_the_same_bytes():
    for kind in ("xlsx", "csv"):
        one, two = (written(kind, [["=1", "2"]]).getvalue() for _ in range(2))
        assert one == two


def test_a_spreadsheet_sees_texts_and_no_formula():
    sheet = openpyxl.load_workbook(written("xlsx", [["=1+1", "007"]])).active
    assert sheet is not None
    assert [(cell.value, cell.data_type, cell.number_format) for cell in sheet[2]] == [
        ("=1+1", "s", "@"),
        ("007", "s", "@"),
    ]
    with zipfile.ZipFile(written("csv", [["=1+1", "-7"]])) as package:
        assert package.read("表.csv").decode("utf-8-sig").splitlines()[1] == "'=1+1,'-7"


def test_numbers_days_and_formulas_that_somebody_typed_are_told_apart():
    from datetime import date

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([7, 7.0, 7.5, date(2026, 1, 2), True, None, "=1+1"])
    file = io.BytesIO()
    book.save(file)
    ((_, lines),) = workbooks.read(file)
    (line,) = lines
    assert line.cells[:6] == ["7", "7", "7.5", "2026-01-02", "是", ""]
    assert list(line.faults) == [6]


def changed(kind: Kind, change: Callable[[str, bytes], bytes]) -> io.BytesIO:
    made = io.BytesIO()
    with zipfile.ZipFile(written(kind, [["一", "二"]])) as before, zipfile.ZipFile(made, "w") as after:
        for name in before.namelist():
            after.writestr(name, change(name, before.read(name)), zipfile.ZIP_DEFLATED)
    return made


def refused(file: io.BytesIO) -> str:
    with pytest.raises(BadBook) as bad:
        read(file)
    return bad.value.rule


def test_a_document_type_is_refused_wherever_it_stands():
    bomb = b'<?xml version="1.0"?><!-- x --><!DOCTYPE a [<!ENTITY b "c">]>'
    for part in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml", "_rels/.rels"):
        file = changed("xlsx", lambda name, body, part=part: bomb + body[55:] if name == part else body)
        assert refused(file) == "workbooks.doctype", part


def test_what_unpacks_beyond_reason_is_refused():
    assert refused(changed("csv", lambda name, body: b"x," * 10_000_000)) == "workbooks.bomb"


def test_too_many_parts_columns_and_locked_files_are_refused():
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as package:
        for number in range(workbooks.MOST_PARTS + 1):
            package.writestr(f"{number}.csv", "a")
    assert refused(many) == "workbooks.parts"
    wide = ",".join("x" for _ in range(workbooks.MOST_COLUMNS + 1)).encode()
    assert refused(changed("csv", lambda name, body: wide)) == "workbooks.columns"
    cells = "".join(f'<c t="inlineStr"><is><t>{n}</t></is></c>' for n in range(workbooks.MOST_COLUMNS + 1))
    far = f'<sheetData><row r="1">{cells}</row>'.encode()
    file = changed("xlsx", lambda name, body: body.replace(b"<sheetData>", far))
    assert refused(file) == "workbooks.columns"
    locked = bytearray(written("csv", []).getvalue())
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    assert refused(io.BytesIO(bytes(locked))) == "workbooks.locked"


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"PK\x03\x04" + b"\x00" * 100, b"<html>", b"\xd0\xcf\x11\xe0"]
)
def test_what_is_no_workbook_is_refused_in_words(content: bytes):
    assert refused(io.BytesIO(content)) == "workbooks.kind"


def test_what_breaks_off_is_told_by_sheet_and_row():
    latin = changed("csv", lambda name, body: "甲,乙".encode("gb18030"))
    assert refused(latin) == "workbooks.utf8"
    broken = changed("xlsx", lambda name, body: body[:-60] if "sheet1" in name else body)
    assert refused(broken) == "workbooks.csv"


def test_rows_are_put_together_by_key_and_keep_their_order():
    collator = workbooks.Collator()
    for number, (key, sheet) in enumerate([("b", "一"), ("a", "一"), ("b", "二"), ("b", "一")]):
        collator.add(key, sheet, workbooks.Line(number, [str(number)], {0: "坏"}))
    found = {
        key: {s: [x.number for x in lines] for s, lines in told.items()} for key, told in collator.groups()
    }
    assert found == {"a": {"一": [1]}, "b": {"一": [0, 3], "二": [2]}}
    collator.close()
    collator.close()
