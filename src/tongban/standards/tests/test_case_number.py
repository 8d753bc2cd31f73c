from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.standards.case_number import make, parse
from tongban.standards.codes import BadCode
from tongban.standards.item_codes import ImplementationCode

REAL = "11440232MB2D06811W4000117051000202010200008"
CODE = REAL[:31]


def test_a_real_number_is_read_and_made():
    number = parse(REAL)
    assert (str(number.implementation), number.day, number.serial) == (CODE, date(2020, 10, 20), 8)
    assert make(CODE, date(2020, 10, 20), 8) == REAL
    assert make(ImplementationCode.parse(CODE), date(2020, 10, 20), 8) == REAL


@given(st.dates(), st.integers(1, 9999))
def test_a_made_number_parses_back(day, serial):
    text = make(CODE, day, serial)
    found = parse(text)
    assert (len(text), found.day, found.serial, str(found)) == (43, day, serial, text)


@pytest.mark.parametrize("serial", [-1, 0, 10_000])
def test_a_serial_out_of_range_is_refused(serial):
    with pytest.raises(BadCode) as caught:
        make(CODE, date(2026, 1, 5), serial)
    assert caught.value.rule == "case_number.serial"
    assert str(serial) in str(caught.value)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (REAL[:-1], "case_number.length"),
        (REAL[:-1] + "A", "case_number.characters"),
        (CODE + "202013010001", "case_number.day"),
        ("X" + REAL[1:], "item_codes.organ"),
    ],
)
def test_a_refusal_tells_what_is_wrong(text, rule):
    with pytest.raises(BadCode) as caught:
        parse(text)
    assert caught.value.rule == rule
