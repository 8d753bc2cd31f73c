"""Bank card numbers, by examples that are public and by what the check digit must catch."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.standards.bank_card import check_digit, parse
from tongban.standards.codes import BadCode


@pytest.mark.parametrize("number", ["4111111111111111", "79927398713000000000"[:11] + "", "6222000000000017"])
def test_numbers_with_a_right_check_digit_are_taken(number: str):
    if len(number) < 12:
        assert check_digit(number[:-1]) == number[-1]  # the textbook example is shorter than a card
    else:
        assert parse(number) == number


def test_spaces_and_dashes_are_left_out():
    assert parse(" 4111 1111-1111 1111 ") == "4111111111111111"


@pytest.mark.parametrize(
    "typed", ["", "411111111111111", "4111111111111112", "4111x11111111111", "1" * 20, "\0" * 16]
)
def test_what_is_no_card_number_is_refused(typed: str):
    with pytest.raises(BadCode):
        parse(typed)


@given(st.text("0123456789", min_size=11, max_size=18), st.data())
def test_one_wrong_digit_is_always_noticed(digits: str, data: st.DataObject):
    number = digits + check_digit(digits)
    place = data.draw(st.integers(0, len(number) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[place]]))
    with pytest.raises(BadCode):
        parse(number[:place] + other + number[place + 1 :])
