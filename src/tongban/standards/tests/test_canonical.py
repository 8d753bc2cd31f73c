import hashlib
import json
from datetime import date
from enum import IntEnum, StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.standards.canonical import canonical, digest

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
awkward = st.sampled_from(
    ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\x80", "\u00f6", "\uffff", "\U00010000"]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts | awkward, inner, max_size=5),
    max_leaves=12,
)


def string_by_hand(text):
    short = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
    return '"' + "".join(short.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in text) + '"'


def by_hand(value):
    """RFC 8785 section 3.2, written out again."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return string_by_hand(value)
    if isinstance(value, list):
        return "[" + ",".join(map(by_hand, value)) + "]"
    keys = sorted(
        value,
        key=lambda k: [
            int.from_bytes(k.encode("utf-16-be")[i : i + 2]) for i in range(0, len(k.encode("utf-16-be")), 2)
        ],
    )
    return "{" + ",".join(f"{string_by_hand(key)}:{by_hand(value[key])}" for key in keys) + "}"


@given(values)
def test_it_is_what_the_standard_writes_out(value):
    assert canonical(value) == by_hand(value).encode()


@given(values)
def test_nothing_is_lost(value):
    assert json.loads(canonical(value)) == value


@given(st.dictionaries(texts | awkward, st.integers(0, 9), max_size=8), st.randoms())
def test_the_order_of_keys_does_not_matter(value, random):
    keys = list(value)
    random.shuffle(keys)
    assert canonical({key: value[key] for key in keys}) == canonical(value)


def test_keys_follow_utf16_as_in_the_example_of_the_standard():
    names = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\x80": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    assert list(json.loads(canonical([names]))[0].values()) == [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]


class Colour(StrEnum):
    RED = "red"


class Size(IntEnum):
    BIG = 3


def test_enums_count_by_their_value():
    assert canonical({"b": Size.BIG, "a": Colour.RED, Colour.RED: 1}) == b'{"a":"red","b":3,"red":1}'


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        (1,),
        {1: 2},
        {None: 1},
        {True: 1},
        b"x",
        {"a"},
        date(2026, 1, 1),
        object(),
        [{"a": [1.5]}],
    ],
)
def test_other_kinds_are_refused(value):
    with pytest.raises(TypeError):
        canonical(value)


@pytest.mark.parametrize("value", [2**53, -(2**53), "\ud800", {"\udfff": 1}, {"\U0001f600": 1, "\udfff": 1}])
def test_values_without_a_canonical_form_are_refused(value):
    with pytest.raises(ValueError, match=r"canonical|surrogates"):
        canonical(value)


def test_a_value_that_contains_itself_is_refused():
    circle = []
    circle.append(circle)
    with pytest.raises(ValueError, match="Circular"):
        canonical(circle)


def test_a_value_nested_too_deeply_is_refused():
    value = None
    for _ in range(100_000):
        value = [value]
    with pytest.raises(ValueError, match="deeply"):
        canonical(value)


def test_the_digest_is_sha256_in_hex():
    assert digest({"b": 1, "a": "中"}) == hashlib.sha256('{"a":"中","b":1}'.encode()).hexdigest()
