import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.standards.iso7064 import mod11_2, mod37_36, mod37_36_holds

ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
digits = st.text("0123456789", min_size=1, max_size=30)
words = st.text(ALPHANUMERIC, min_size=1, max_size=60)


def test_mod11_2_agrees_with_published_identifiers():
    assert mod11_2("0794") == "0"  # the standard's example
    assert mod11_2("079") == "X"
    assert mod11_2("000000021825009") == "7"  # ORCID's example
    assert mod11_2("000000021694233") == "X"
    assert mod11_2("11010519491231002") == "X"  # GB 11643


def test_mod37_36_agrees_with_published_identifiers():
    assert mod37_36("A12425GABC1234002") == "M"  # GRid's example
    assert mod37_36("11100000000013338W03211220000013544541J2430599001") == "F"


def mod11_2_sum(text):
    return sum((10 if c == "X" else int(c)) * pow(2, i, 11) for i, c in enumerate(reversed(text))) % 11


@given(digits)
def test_mod11_2_leaves_the_weighted_sum_one(text):
    assert mod11_2_sum(text + mod11_2(text)) == 1


@given(words)
def test_mod37_36_holds_for_what_it_makes(text):
    assert mod37_36_holds(text + mod37_36(text))


@given(words, st.data())
def test_mod37_36_catches_every_single_substitution(text, data):
    whole = text + mod37_36(text)
    place = data.draw(st.integers(0, len(whole) - 1))
    for other in ALPHANUMERIC.replace(whole[place], ""):
        assert not mod37_36_holds(whole[:place] + other + whole[place + 1 :])


@pytest.mark.parametrize("text", ["", "a", "1 2", "١", "-", "X"])
def test_mod11_2_refuses_anything_but_ascii_digits(text):
    with pytest.raises(ValueError, match="MOD 11-2"):
        mod11_2(text)


@pytest.mark.parametrize("text", ["", "a", "A B", "É"])
def test_mod37_36_refuses_other_characters(text):
    with pytest.raises(ValueError, match="MOD 37,36"):
        mod37_36(text)
    assert not mod37_36_holds(text + "A")
