import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.standards.codes import BadCode
from tongban.standards.credit_code import ALPHABET, holds, make, parse

REAL = [
    "11110224000087812Y",
    "11320829014341463H",
    "11440232MB2D06811W",
    "11100000000013338W",
    "11220000013544541J",
]
bodies = st.builds(
    lambda head, division, tail: head + division + tail,
    st.text(ALPHABET, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=9, max_size=9),
)


@pytest.mark.parametrize("code", REAL)
def test_real_codes_of_organs_hold(code):
    assert parse(code).number == code
    assert make(code[:17]) == code


def test_parts_are_told():
    code = parse(" １1440232mb2d06811w ")
    assert (code.registrar, code.category, code.division6, code.organisation9) == (
        "1",
        "1",
        "440232",
        "MB2D06811",
    )


@given(bodies)
def test_a_made_code_holds(body):
    assert holds(make(body))


@given(bodies, st.integers(0, 17))
def test_every_single_substitution_is_caught(body, place):
    code = make(body)
    for other in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".replace(code[place], ""):
        assert not holds(code[:place] + other + code[place + 1 :])


@given(bodies, st.integers(0, 16))
def test_every_swap_of_neighbours_is_caught(body, place):
    code = make(body)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert swapped == code or not holds(swapped)


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("", "length"),
        (REAL[0][:17], "length"),
        ("11110224O00087812Y", "characters"),
        ("1111022A000087812Y", "division"),
        ("11110224000087812X", "check"),
        ("11110224000087812I", "check"),
    ],
)
def test_a_refusal_tells_what_is_wrong(typed, rule):
    with pytest.raises(BadCode) as caught:
        parse(typed)
    assert caught.value.rule == f"credit_code.{rule}"
    assert str(caught.value)


def test_holds_takes_the_stored_spelling_only():
    assert not holds(REAL[0].lower())
    with pytest.raises(BadCode):
        make("123")
