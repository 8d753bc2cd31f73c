import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.standards.numerals import LARGEST, from_chinese, to_chinese


@given(st.integers(1, LARGEST))
def test_every_number_is_read_back_from_its_words(number: int):
    assert from_chinese(to_chinese(number)) == number


@given(st.text(alphabet="零一二三四五六七八九十百千", max_size=9))
def test_words_are_refused_or_are_the_one_spelling(words: str):
    try:
        number = from_chinese(words)
    except ValueError:
        return
    assert to_chinese(number) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "一"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (32, "三十二"),
        (100, "一百"),
        (101, "一百零一"),
        (110, "一百一十"),
        (112, "一百一十二"),
        (1001, "一千零一"),
        (1010, "一千零一十"),
        (1260, "一千二百六十"),
        (9999, "九千九百九十九"),
    ],
)
def test_numbers_are_spelled_as_laws_spell_them(number: int, words: str):
    assert to_chinese(number) == words


@pytest.mark.parametrize(
    "words", ["", "零", "一百十二", "一十二", "一百一", "百", "十十", "两", "32", "三 十", "一" * 5000]
)
def test_what_is_no_number_is_refused(words: str):
    with pytest.raises(ValueError, match="is no number"):
        from_chinese(words)


@pytest.mark.parametrize("number", [0, -1, LARGEST + 1])
def test_numbers_that_have_no_words_are_refused(number: int):
    with pytest.raises(ValueError, match="not between"):
        to_chinese(number)
