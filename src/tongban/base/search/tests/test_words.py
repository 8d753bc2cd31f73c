"""Words, spellings and slips (分词、拼音、错字): pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.base.search.rules import reading, words
from tongban.base.search.rules.reading import Hints
from tongban.base.search.rules.synonyms import read

ANY = st.text(alphabet=st.characters(exclude_categories=[]), max_size=120)
CHINESE = st.text(alphabet="社保卡饭馆理发店砍树许可证", min_size=3, max_size=8)


def test_the_index_keeps_pairs_characters_and_longer_words():
    assert {"理发", "发店", "理", "店", "理发店"} <= words.indexed("我想开个理发店")
    assert {"卫生", "许可证"} <= words.indexed("卫生许可证")


def test_a_question_asks_for_no_single_character_of_a_longer_run():
    assert words.asked("理发店") == {"理发", "发店", "理发店"}
    assert words.asked("树") == {"树"}


def test_marks_alone_are_no_words():
    assert words.indexed("，。？！ '\\ & | () <-> ～") == words.indexed("") == set()


@pytest.mark.parametrize("text", ["KTV", "ktv", "Ｋｔｖ", "ＫＴＶ"])
def test_letters_count_the_same_in_any_width_and_case(text: str):
    assert words.asked(text) == words.indexed(text) == {"ktv"}


def test_what_is_only_said_around_a_question_is_left_out_but_never_all_of_it():
    assert words.runs(words.said("我想开个理发店怎么办证")) == ["开个理发店", "证"]
    assert words.runs(words.said("怎么办")) == ["怎么办"]


@given(ANY)
def test_any_text_has_words_that_the_database_can_take(text: str):
    for word in (
        words.indexed(text) | words.asked(text) | set(words.phrase_keys(text)) | reading.candidates(text)
    ):
        word.encode()
        assert "\x00" not in word
        assert 0 < len(word) <= 200
    for found in reading.concepts(text, Hints()):
        assert found.alternatives


@given(ANY)
def test_what_is_asked_for_is_kept_of_the_same_text(text: str):
    assert words.asked(text) <= words.indexed(text)


def test_pinyin_initials_and_first_letters():
    assert words.spellings("社保卡") == ("shebaoka", "shbk", "sbk")


def test_a_phrase_is_found_from_its_beginning_its_words_its_pinyin_and_its_initials():
    assert {"社会保障卡换领", "换领", "shehuibaozhangkahuanling", "shhbzhkhl", "shbzkhl"} <= set(
        words.phrase_keys("社会保障卡换领")
    )


@pytest.mark.parametrize("typed", ["社包卡", "社保保卡", "社卡", "保卡", "社卡保", "保社卡", "社保卡证"])
def test_one_slip_meets_what_was_meant(typed: str):
    assert words.slip_keys(typed) & set(words.phrase_keys("社保卡"))
    assert words.is_slip_of(typed, "社保卡")


@pytest.mark.parametrize("typed", ["社保卡", "换社保证", "饭馆", "卡", ""])
def test_two_slips_or_none_are_no_slip(typed: str):
    assert not words.is_slip_of(typed, "社保卡")


def _changed(word: str, at: int, how: str, other: str) -> str:
    at %= len(word)
    if how == "wrong":
        return word[:at] + other + word[at + 1 :]
    if how == "missing":
        return word[:at] + word[at + 1 :]
    if how == "extra":
        return word[:at] + other + word[at:]
    return word[:at] + word[at : at + 2][::-1] + word[at + 2 :]


@given(
    CHINESE,
    st.integers(0, 20),
    st.sampled_from(["wrong", "missing", "extra", "swapped"]),
    st.sampled_from("人口手"),
)
def test_every_slip_is_one_slip_apart_and_shares_a_key(word: str, at: int, how: str, other: str):
    slipped = _changed(word, at, how, other)
    assert slipped == word or words.one_slip_apart(slipped, word)
    assert words.without_one(slipped) & words.without_one(word)


def test_the_longest_synonym_cuts_the_question():
    hints = Hints(synonyms={"社保": ["社会保险"], "社保卡": ["社会保障卡"]})
    found = reading.concepts("补社保卡", hints)
    assert [concept.text for concept in found] == ["补", "社保卡"]
    assert [way.text for way in found[1].alternatives] == ["社保卡", "社会保障卡"]


def test_a_slip_is_only_looked_for_where_the_index_knows_little():
    hints = Hints(slips={"社包卡": ["社保卡"]})
    found = reading.concepts("社包卡", hints)
    assert reading.told_mended(reading.mended(found, hints, {})) == "社保卡"
    assert reading.told_mended(reading.mended(found, hints, {"社包": 3, "包卡": 3})) is None


@pytest.mark.parametrize("typed", ["", " ，；", "饭" * 13, " ".join(map(str, range(41))), "a\x00b", "！！"])
def test_a_group_that_says_nothing_or_too_much_is_refused(typed: str):
    group, errors = read(typed, "食品经营许可")
    assert group is None
    assert errors["words"]


def test_a_group_is_read_from_spaces_commas_and_lines_each_word_once():
    group, errors = read("饭馆，饭店 饭馆\nＫＴＶ", "食品（含保健食品）经营许可;换领、换发")
    assert not errors
    assert group is not None
    assert group.words == ("饭馆", "饭店", "ktv")
    assert group.leads == ("食品(含保健食品)经营许可", "换领、换发")
