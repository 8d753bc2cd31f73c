import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.base import crypto

texts = st.text(st.characters(exclude_categories=["Cs"]))


@given(texts)
def test_what_was_encrypted_opens_to_the_same_text(text: str) -> None:
    assert crypto.decrypt("person.name", crypto.encrypt("person.name", text)) == text


def test_the_same_text_encrypts_differently_each_time_and_shows_nothing_of_itself() -> None:
    first, second = (crypto.encrypt("person.id", "46010619900307123X") for _ in range(2))
    assert first != second
    assert b"1990" not in first


def test_a_value_does_not_open_for_another_purpose() -> None:
    with pytest.raises(crypto.Unreadable):
        crypto.decrypt("person.phone", crypto.encrypt("person.id", "46010619900307123X"))


def test_one_altered_bit_anywhere_is_noticed() -> None:
    encrypted = crypto.encrypt("person.id", "王䶮")
    for place in range(len(encrypted)):
        altered = bytearray(encrypted)
        altered[place] ^= 1
        with pytest.raises(crypto.Unreadable):
            crypto.decrypt("person.id", bytes(altered))


@pytest.mark.parametrize("broken", [b"", b"\x01", b"\x01short", b"\x02" + bytes(40)])
def test_what_was_never_encrypted_is_refused(broken: bytes) -> None:
    with pytest.raises(crypto.Unreadable):
        crypto.decrypt("person.id", broken)


def test_another_master_secret_opens_nothing(settings) -> None:
    encrypted = crypto.encrypt("person.id", "46010619900307123X")
    settings.SECRET_KEY = "another"
    with pytest.raises(crypto.Unreadable):
        crypto.decrypt("person.id", encrypted)


def test_a_memoryview_from_the_database_opens() -> None:
    assert crypto.decrypt("person.id", memoryview(crypto.encrypt("person.id", "甲"))) == "甲"


def test_blind_index_is_stable_and_bound_to_its_purpose() -> None:
    assert crypto.blind_index("person.id", "甲") == crypto.blind_index("person.id", "甲")
    assert crypto.blind_index("person.id", "甲") != crypto.blind_index("person.phone", "甲")
    assert len(crypto.blind_index("person.id", "甲")) == 32


def test_token_digest_is_sha256() -> None:
    assert (
        crypto.token_digest("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
