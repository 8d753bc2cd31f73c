import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.standards.codes import BadCode
from tongban.standards.plaintext import clean


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("\u3000 海口市\u00a0\n", "海口市"),
        ("e\u0301", "é"),
        ("张\ue000三", "张\ue000三"),
        ("𠮷野", "𠮷野"),
        ("\ufeff\u200b", ""),
    ],
)
def test_text_is_stored_in_one_spelling(typed, stored):
    assert clean(typed, limit=10) == stored


def test_line_ends_become_one():
    assert clean("甲\r\n乙\r丙\u2028丁\t戊\n", limit=20, multiline=True) == "甲\n乙\n丙\n丁\t戊"


def rule_of(text, **more):
    with pytest.raises(BadCode) as caught:
        clean(text, **{"limit": 100} | more)
    assert str(caught.value)
    return caught.value.rule


@pytest.mark.parametrize("bad", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\x9f", "\uffff", "\x0b"])
@pytest.mark.parametrize("multiline", [True, False])
def test_control_characters_are_refused(bad, multiline):
    assert rule_of(f"甲{bad}乙", multiline=multiline) == "plaintext.control"
    assert rule_of(f"甲{bad}", multiline=multiline) == "plaintext.control"


@pytest.mark.parametrize("bad", ["\n", "\t", "\r", "\u2029"])
def test_one_line_stays_one_line(bad):
    assert rule_of(f"甲{bad}乙") == "plaintext.control"


@pytest.mark.parametrize("bad", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_bidirectional_overrides_are_refused(bad):
    assert rule_of(f"甲{bad}乙") == "plaintext.bidi"


@pytest.mark.parametrize("bad", ["\ud800", "a\ud83d"])
def test_lone_surrogates_are_refused(bad):
    assert rule_of(bad) == "plaintext.surrogate"


def test_the_limit_counts_characters_after_cleaning():
    assert clean("  𠮷e\u0301  ", limit=2) == "𠮷é"
    with pytest.raises(BadCode) as caught:
        clean("一二三", limit=2)
    assert caught.value.rule == "plaintext.length"
    assert str(caught.value) == "最多2个字，现有3个字"


@given(st.text(), st.booleans())
def test_what_passes_is_clean_and_stays_as_it_is(text, multiline):
    try:
        cleaned = clean(text, limit=50, multiline=multiline)
    except BadCode:
        return
    assert clean(cleaned, limit=50, multiline=multiline) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert len(cleaned) <= 50
    cleaned.encode()
    allowed = "\n\t" if multiline else ""
    assert not [c for c in cleaned if unicodedata.category(c) == "Cc" and c not in allowed]
