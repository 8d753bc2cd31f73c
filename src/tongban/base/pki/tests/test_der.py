"""DER: one value has one encoding, and asn1crypto reads what we write."""

from datetime import UTC, datetime

import pytest
from asn1crypto import core
from hypothesis import given
from hypothesis import strategies as st

from tongban.base.pki import der, names
from tongban.base.pki.der import Malformed

moments = st.datetimes(datetime(1950, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- bounds are naive by their type


@given(st.integers(-(2**160), 2**160))
def test_numbers(value: int):
    assert der.read(der.integer(value)).number() == value
    assert core.Integer.load(der.integer(value)).native == value
    assert core.Integer(value).dump() == der.integer(value)


@given(st.tuples(st.integers(0, 1), st.integers(0, 39), st.integers(0, 2**40), st.integers(0, 300)))
def test_object_identifiers(arcs: tuple[int, ...]):
    dotted = ".".join(map(str, arcs))
    assert der.read(der.oid(dotted)).oid() == dotted
    assert core.ObjectIdentifier(dotted).dump() == der.oid(dotted)


@given(st.sets(st.integers(0, 20)))
def test_named_bits(numbers: set[int]):
    assert der.read(der.named_bits(numbers)).named_bits() == numbers


@given(moments)
def test_times(at: datetime):
    assert der.read(der.generalized_time(at)).time() == at
    assert core.GeneralizedTime.load(der.generalized_time(at)).native == at
    whole = at.replace(microsecond=0)
    assert der.read(der.time(whole)).time() == whole


@given(st.binary(max_size=400))
def test_garbage_is_malformed_or_one_value_that_is_written_the_same(content: bytes):
    try:
        found = der.read(content)
    except Malformed:
        return
    assert der.tlv(found.tag, found.body) == content


@pytest.mark.parametrize(
    "content",
    [b"", b"\x30", b"\x30\x80\x00\x00", b"\x30\x81\x01\x00", b"\x02\x82\x00\x01\x01", b"\x1f\x01\x00", b"\x05\x00\x00", b"\x04\x02a"],
)  # fmt: skip
def test_what_is_not_der_is_malformed(content: bytes):
    with pytest.raises(Malformed):
        der.read(content)


@pytest.mark.parametrize(
    ("content", "read"),
    [
        (b"\x02\x02\x00\x01", der.Value.number),
        (b"\x02\x00", der.Value.number),
        (b"\x01\x01\x01", der.Value.truth),
        (b"\x06\x02\x2a\x80", der.Value.oid),
        (b"\x06\x03\x2a\x80\x01", der.Value.oid),
        (b"\x03\x02\x01\x80", der.Value.bits),
        (b"\x03\x02\x06\x80", der.Value.named_bits),
        (b"\x17\x0b9901010000Z", der.Value.time),
        (b"\x18\x11" + b"20260101000000.0Z", der.Value.time),
        (b"\x18\x0f" + b"20261301000000Z", der.Value.time),
        (b"\x0c\x01\xff", der.Value.text),
    ],
)
def test_idle_and_impossible_content_is_malformed(content: bytes, read):
    with pytest.raises(Malformed):
        read(der.read(content))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(names.OIDS)),
            st.text(st.characters(codec="utf-8"), min_size=1, max_size=20),
        )
    )
)
def test_names_come_back(parts: list[tuple[str, str]]):
    assert names.read_name(names.build_name(parts)) == parts


def test_a_name_as_text():
    encoded = names.build_name([("C", "CN"), ("O", "海口市, 局"), ("CN", "王芳")])
    assert names.name_text(encoded) == "CN=王芳,O=海口市\\, 局,C=CN"
    assert names.part_of(encoded, "CN") == "王芳"
    assert names.part_of(encoded, "OU") is None
    with pytest.raises(ValueError, match="OU"):
        names.build_name([("OU", "")])
