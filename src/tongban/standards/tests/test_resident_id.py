from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.standards.codes import BadCode
from tongban.standards.iso7064 import mod11_2
from tongban.standards.resident_id import Sex, masked, parse

EXAMPLE = "11010519491231002X"  # printed in GB 11643


@st.composite
def numbers(draw):
    division = draw(st.text("0123456789", min_size=6, max_size=6))
    born = draw(st.dates(date(1800, 1, 1), date(2999, 12, 31)))
    body = f"{division}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return body + mod11_2(body)


def rule_of(text, **more):
    with pytest.raises(BadCode) as caught:
        parse(text, **more)
    assert str(caught.value)
    return caught.value.rule


def test_examples_of_the_standard_hold():
    woman = parse(EXAMPLE)
    assert (woman.division6, woman.born, woman.sex) == ("110105", date(1949, 12, 31), Sex.FEMALE)
    assert woman.sex.label == "女"
    man = parse("440524188001010014")
    assert (man.born, man.sex, man.sex.label) == (date(1880, 1, 1), Sex.MALE, "男")


@pytest.mark.parametrize(
    "typed", ["11010519491231002x", " 11010519491231002X\u3000", "１１０１０５１９４９１２３１００２ｘ"]
)
def test_case_width_and_surrounding_space_are_mended(typed):
    assert str(parse(typed)) == EXAMPLE


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("", "length"),
        ("110105491231002", "length"),
        ("110105 19491231002X", "length"),
        ("1101051949123100XX", "characters"),
        ("11010519491231002A", "characters"),
        ("11010519491231００2·", "characters"),
        ("1101051949123100٢X", "characters"),
        ("11010519490230002X", "birth"),
        ("11010500001231002X", "birth"),
        ("110105194912310021", "check"),
    ],
)
def test_a_refusal_tells_what_is_wrong(typed, rule):
    assert rule_of(typed) == f"resident_id.{rule}"


def test_a_birth_in_the_future_is_refused_when_today_is_given():
    assert parse(EXAMPLE, today=date(1949, 12, 31)).number == EXAMPLE
    assert rule_of(EXAMPLE, today=date(1949, 12, 30)) == "resident_id.future"


@given(numbers())
def test_every_well_formed_number_parses_to_itself(number):
    found = parse(number)
    assert found.number == number
    assert f"{found.division6}{found.born.strftime('%Y%m%d')}" == number[:14]


@given(numbers(), st.integers(0, 17))
def test_every_single_substitution_is_caught(number, place):
    for other in "0123456789X".replace(number[place], ""):
        rule_of(number[:place] + other + number[place + 1 :])


@given(numbers(), st.integers(0, 16))
def test_every_swap_of_neighbours_is_caught(number, place):
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        rule_of(swapped)


def test_birth_digits_are_hidden():
    assert masked(EXAMPLE) == "110105********002X"
    assert masked("110105491231002") == "*" * 15
    assert masked("") == ""


def test_age_is_counted_in_full_years():
    person = parse(EXAMPLE)
    assert person.age_on(date(1967, 12, 30)) == 17
    assert person.age_on(date(1967, 12, 31)) == 18
