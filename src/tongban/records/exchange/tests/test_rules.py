"""What an envelope says, and what it must not."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.records.exchange.rules import LARGEST, Envelope, read, write
from tongban.standards import credit_code

ORGAN = credit_code.make("11460106MB1234567")
CONTENT = b"content"
GOOD = Envelope(
    sender="tb-1",
    to_organ=ORGAN,
    to_system="",
    media_type="application/json",
    digest=hashlib.sha256(CONTENT).hexdigest(),
    size=len(CONTENT),
    purpose="办理抵押登记",
    key="2026-0001",
)


def changed(**changes: object) -> bytes:
    told = json.loads(write(GOOD)) | changes
    return json.dumps({name: value for name, value in told.items() if value is not None}).encode()


def test_an_envelope_is_read_as_it_was_written():
    assert read(write(GOOD)) == (GOOD, {})


def test_it_holds_its_content_and_no_other():
    assert GOOD.holds(CONTENT)
    assert not GOOD.holds(b"Content")
    assert not GOOD.holds(CONTENT + b"\0")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"format": "tongban-message-2"}, "envelope"),
        ({"purpose": None}, "envelope"),
        ({"more": 1}, "envelope"),
        ({"from": ""}, "from"),
        ({"from": 7}, "from"),
        ({"to": {"organ": "11460106MB1234567X"}}, "to"),
        ({"to": {"organ": ORGAN, "system": "tb-2"}}, "to"),
        ({"to": "tb-2"}, "to"),
        ({"type": "text/plain; charset=utf-8"}, "type"),
        ({"digest": "AB" * 32}, "digest"),
        ({"size": 0}, "size"),
        ({"size": LARGEST + 1}, "size"),
        ({"size": True}, "size"),
        ({"purpose": "   "}, "purpose"),
        ({"purpose": "长" * 201}, "purpose"),
        ({"key": "一号"}, "key"),
        ({"key": ""}, "key"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(changes: dict[str, object], field: str):
    found, errors = read(changed(**changes))
    assert found is None
    assert set(errors) == {field}


def test_a_name_that_occurs_twice_makes_it_unreadable():
    twice = write(GOOD).replace(b'"size"', b'"key": "other", "size"')
    assert read(twice)[0] is None


@given(st.binary(max_size=300))
def test_whatever_comes_is_read_or_refused(envelope: bytes):
    found, errors = read(envelope)
    assert (found is None) == bool(errors)
