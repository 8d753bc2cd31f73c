"""Marks and months of the public results: what an address may say, and what is not read as anything."""

import uuid
from datetime import date

import pytest

from tongban.work.cases.rules.results import mark_of, mark_text, month_of, months_back

MARK = (date(2026, 11, 2), uuid.UUID("01a210c9-c894-7c0e-9b21-112151d82eb4"))


def test_a_mark_is_read_back_as_it_was_written():
    assert mark_of(mark_text(MARK)) == MARK


@pytest.mark.parametrize(
    "text", ["", "2026-02-30." + str(MARK[1]), "2026-11-02", mark_text(MARK) + "x", "x." + "-" * 36]
)
def test_what_is_no_mark_is_none(text):
    assert mark_of(text) is None


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-11", date(2026, 11, 1)),
        ("2026-13", None),
        ("0000-01", None),
        ("26-1", None),
        ("２026-11", None),
    ],
)
def test_a_month_is_read_or_is_none(text, month):
    assert month_of(text) == month


def test_months_go_back_over_the_turn_of_the_year():
    assert months_back(date(2027, 2, 28), 4) == [
        date(2027, 2, 1),
        date(2027, 1, 1),
        date(2026, 12, 1),
        date(2026, 11, 1),
    ]
