"""Which proofs give which level, how they are written, and what counts as an answer of a source. No database."""

import json
from datetime import UTC, datetime
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.people.identity.rules import Level
from tongban.people.identity.rules.proofs import (
    ONLINE,
    PROOF_LABELS,
    VALUE_HELP,
    VALUE_LABELS,
    ProofKind,
    clean_value,
    level_by,
    missing,
)
from tongban.people.identity.rules.sources import (
    Outcome,
    Question,
    Rubbish,
    answer_signature,
    read_answer,
    request_signature,
)
from tongban.standards.codes import BadCode

KEY = b"a key that both ends share"
ASKED = Question(id="7", kind="id_card", name="符晓明", number="460106190001010112")
SIGNED = request_signature(KEY, 1793582400, "/v1/checks", ASKED.body())


def test_every_kind_has_its_words():
    assert set(PROOF_LABELS) == set(ProofKind)
    assert set(VALUE_LABELS) == set(VALUE_HELP) == set(ONLINE)


@pytest.mark.parametrize("others", list(combinations(ONLINE, 2)), ids=str)
def test_the_identity_card_and_any_two_give_the_basic_level(others: tuple[ProofKind, ...]):
    assert level_by([ProofKind.ID_CARD, *others]) is Level.BASIC
    assert missing([ProofKind.ID_CARD, *others]) == 0


@pytest.mark.parametrize("kind", ONLINE)
def test_two_proofs_are_not_enough(kind: ProofKind):
    assert level_by([ProofKind.ID_CARD, kind]) is Level.UNPROVEN
    assert missing([ProofKind.ID_CARD, kind]) == 1


def test_without_the_identity_card_nothing_is_enough():
    assert level_by(ONLINE) is Level.UNPROVEN
    assert missing(ONLINE) == 1


def test_the_same_proof_twice_is_one():
    assert level_by([ProofKind.ID_CARD, ProofKind.PHONE, ProofKind.PHONE]) is Level.UNPROVEN


def test_who_was_seen_at_a_counter_is_proven_as_far_as_it_goes():
    assert level_by([ProofKind.COUNTER]) is Level.ADVANCED


@given(st.sets(st.sampled_from(list(ProofKind))), st.sampled_from(list(ProofKind)))
def test_one_proof_more_never_lowers_the_level(proofs: set[ProofKind], more: ProofKind):
    assert level_by(proofs | {more}) >= level_by(proofs)
    assert missing(proofs | {more}) <= missing(proofs)


@given(st.sets(st.sampled_from([ProofKind.ID_CARD, *ONLINE])))
def test_nothing_is_missing_exactly_where_the_basic_level_is_reached(proofs: set[ProofKind]):
    assert (missing(proofs) == 0) is (level_by(proofs) >= Level.BASIC)


@pytest.mark.parametrize(
    ("kind", "typed", "read"),
    [
        (ProofKind.PHONE, "+86 138 0013 8000", "13800138000"),
        (ProofKind.SOCIAL_SECURITY, " a0000 0001", "A00000001"),
        (ProofKind.BANK_CARD, "4111 1111 1111 1111", "4111111111111111"),
        (ProofKind.HOUSING_FUND, "4601-00000001", "460100000001"),
        (ProofKind.DRIVING_LICENCE, "460000000001", "460000000001"),
    ],
)
def test_what_is_on_the_card_is_read_in_one_spelling(kind: ProofKind, typed: str, read: str):
    assert clean_value(kind, typed) == read


@pytest.mark.parametrize("kind", ONLINE)
@given(typed=st.text(max_size=40))
def test_whatever_is_typed_is_read_or_told_at_its_field(kind: ProofKind, typed: str):
    try:
        read = clean_value(kind, typed)
    except BadCode:
        return
    assert read.isascii()
    assert clean_value(kind, read) == read


# ── answers ──


def answer(**changed: object) -> bytes:
    told = {
        "id": "7",
        "outcome": "match",
        "source": "人口库",
        "reference": "x",
        "at": "2026-11-02T09:30:00+08:00",
    }
    return json.dumps({**told, **changed}).encode()


def test_an_answer_that_fits_is_read():
    body = answer()
    found = read_answer(KEY, ASKED, SIGNED, body, answer_signature(KEY, SIGNED, body))
    assert (found.outcome, found.source) == (Outcome.MATCH, "人口库")
    assert found.at == datetime(2026, 11, 2, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"<html>",
        b"\xff\xfe",
        b"[" * 100_000,
        answer(id="8"),
        answer(outcome="certainly"),
        answer(at="yesterday"),
        answer(at="2026-11-02T09:30:00"),
        answer(at=None),
        answer(source=""),
        json.dumps({"id": "7"}).encode(),
    ],
    ids=lambda body: body[:20],
)
def test_signed_rubbish_is_no_answer(body: bytes):
    with pytest.raises(Rubbish):
        read_answer(KEY, ASKED, SIGNED, body, answer_signature(KEY, SIGNED, body))


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "0" * 64,
        "\u00e9",
        answer_signature(b"another key", SIGNED, answer()),
        answer_signature(KEY, "another request", answer()),
        answer_signature(KEY, SIGNED, answer(outcome="mismatch")),
    ],
)
def test_an_answer_that_the_source_did_not_sign_for_this_question_is_no_answer(signature: str):
    with pytest.raises(Rubbish):
        read_answer(KEY, ASKED, SIGNED, answer(), signature)


@given(st.binary(max_size=200), st.text(max_size=70))
def test_no_bytes_make_a_fault_of_ours(body: bytes, signature: str):
    with pytest.raises(Rubbish):
        read_answer(KEY, ASKED, SIGNED, body, signature)
