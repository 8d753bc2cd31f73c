"""Files for spreadsheets: they open as they are, and nothing in them is taken for a formula."""

import csv
import io

import pytest
from openpyxl import load_workbook

from tongban.doors.web.downloads import LONGEST_CELL, csv_lines, xlsx

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]


def read_csv(lines: list[list[str]]) -> list[list[str]]:
    text = "".join(csv_lines(lines))
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def read_xlsx(lines: list[list[str | int]]) -> list[list[object]]:
    sheet = load_workbook(io.BytesIO(xlsx([("表", lines)])))["表"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_stays_a_text(text):
    assert read_csv([["头"], [text]]) == [["头"], [f"'{text}"]]
    (_, (kept,)) = read_xlsx([["头"], [text]])
    assert str(kept).strip() == text.strip()


def test_texts_come_back_as_they_were():
    lines = [["名称", "说明"], ["甲，乙", '第一行\n第二行"引"'], ["", "尾"]]
    assert read_csv(lines) == lines
    assert read_xlsx(lines) == [lines[0], lines[1], [None, "尾"]]


def test_figures_are_figures_and_a_cell_is_cut_where_the_format_ends():
    kept = read_xlsx([["头", "数"], ["字" * (LONGEST_CELL + 5), 42]])
    assert kept[1][1] == 42
    assert len(str(kept[1][0])) == LONGEST_CELL
