import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.standards.codes import BadCode
from tongban.standards.licence_id import LicenceId, check, make, parse

REAL = "1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.001.F"
DEFINER, ISSUER = "11100000000013338W", "11220000013544541J"
CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

made = st.builds(
    make,
    definer=st.just(DEFINER),
    type=st.text(CHARACTERS, min_size=3, max_size=3),
    issuer=st.just(ISSUER),
    serial=st.text(CHARACTERS, min_size=1, max_size=64),
    version=st.integers(1, 999),
)


def test_a_real_identifier_holds_and_is_made():
    found = parse(REAL)
    assert found == LicenceId(DEFINER, "032", ISSUER, "2430599", 1)
    assert found.check == "F"
    assert make(definer=DEFINER, type="032", issuer=ISSUER, serial="2430599") == REAL
    assert check(REAL)


@given(made)
def test_a_made_identifier_parses_back(text):
    assert check(text)
    assert str(parse(text)) == text


@given(made, st.data())
def test_every_single_substitution_is_caught(text, data):
    place = data.draw(st.integers(0, len(text) - 1))
    for other in (CHARACTERS + ".").replace(text[place], ""):
        assert not check(text[:place] + other + text[place + 1 :])


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "form"),
        (REAL.replace("3005", "3006"), "form"),
        (REAL.removeprefix("1.2.156.3005.2."), "form"),
        (REAL[:-1] + "G", "check"),
    ],
)
def test_a_refusal_tells_what_is_wrong(text, rule):
    with pytest.raises(BadCode) as caught:
        parse(text)
    assert caught.value.rule == f"licence_id.{rule}"
    assert not check(text)


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"serial": ""}, "form"),
        ({"serial": "A.B"}, "form"),
        ({"version": 0}, "form"),
        ({"version": 1000}, "form"),
        ({"type": "32"}, "form"),
        ({"issuer": "11220000013544541A"}, "organ"),
    ],
)
def test_parts_that_do_not_fit_are_refused(changed, rule):
    parts = {"definer": DEFINER, "type": "032", "issuer": ISSUER, "serial": "1", "version": 1}
    with pytest.raises(BadCode) as caught:
        make(**parts | changed)
    assert caught.value.rule == f"licence_id.{rule}"
