"""Acts that are signed: what is signed, where the evidence is kept, and that nothing of it can be taken, added or changed unseen."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from tongban.base.actor import Actor, system
from tongban.base.db import execute, fetch_all
from tongban.base.ledger import actions, queries
from tongban.base.ledger.rules import check_evidence, content_of, entry_body, signature_of, signed_body
from tongban.base.ledger.rules.receipts import check_receipt, told
from tongban.base.record import Deed, Repeated, record, record_all
from tongban.base.signing import verify as verify_signature
from tongban.standards.canonical import canonical

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


class Keeper:
    """Signs by telling exactly what it was given: the ledger takes whatever evidence a signer makes."""

    def __init__(self) -> None:
        self.asked: list[tuple[bytes, datetime]] = []

    def sign_act(self, content: bytes, at: datetime) -> bytes:
        self.asked.append((content, at))
        return b"evidence over " + content


def signing() -> tuple[Actor, Keeper]:
    keeper = Keeper()
    return replace(system("test"), signer=keeper), keeper


def act(actor: Actor, stream: str = "thing:1", n: int = 0, key: str | None = None) -> None:
    record(stream=stream, act="things.touch", actor=actor, at=AT, data={"n": n}, key=key, event={"n": n})


def found() -> set[str]:
    return {finding.row for finding in queries.verify()}


BODY = entry_body(
    stream="case:1", act="cases.grant", actor={"kind": "staff"}, at=AT, data={"signature": "a word"}, key=None
)


def test_what_was_signed_is_found_again_in_the_signed_body():
    body = signed_body(BODY, b"evidence")
    assert content_of(body) == BODY.encode()
    assert signature_of(body) == hashlib.sha256(b"evidence").hexdigest()
    assert body == canonical(json.loads(body)).decode()


def test_a_body_whose_data_speaks_of_a_signature_is_not_signed():
    assert signature_of(BODY) is None
    assert list(check_evidence("case:1", 1, BODY, None)) == []


@pytest.mark.parametrize(
    ("body", "kept", "problem"),
    [
        (signed_body(BODY, b"evidence"), None, "missing"),
        (BODY, hashlib.sha256(b"evidence").hexdigest(), "added"),
        (signed_body(BODY, b"evidence"), hashlib.sha256(b"evidencf").hexdigest(), "changed"),
    ],
)
def test_evidence_that_is_missing_added_or_changed_is_named(body, kept, problem):
    (finding,) = check_evidence("case:1", 7, body, kept)
    assert (finding.row, finding.problem.split(":")[0]) == ("ledger_evidence(case:1, 7)", problem)


@pytest.mark.django_db
def test_an_act_with_a_signer_is_signed_over_its_body_without_the_signature():
    actor, keeper = signing()
    act(actor)
    ((body, evidence),) = fetch_all(
        "SELECT body, evidence FROM ledger_entry JOIN ledger_evidence USING (stream, seq)"
    )
    assert keeper.asked == [(content_of(body), AT)]
    assert bytes(evidence) == b"evidence over " + content_of(body)
    assert signature_of(body) == hashlib.sha256(bytes(evidence)).hexdigest()
    assert found() == set()


@pytest.mark.django_db
def test_signed_or_not_recording_an_act_is_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        act(signing()[0], key="k")
    with django_assert_num_queries(1):
        act(system("test"), n=1)
    assert fetch_all("SELECT seq FROM ledger_evidence") == [(1,)]


@pytest.mark.django_db
def test_a_signed_act_that_is_repeated_or_rolled_back_leaves_no_evidence():
    actor, _ = signing()
    act(actor, key="k")
    with pytest.raises(Repeated), transaction.atomic():
        act(actor, key="k")
    with transaction.atomic():
        act(actor, n=2)
        transaction.set_rollback(True)
    assert fetch_all("SELECT stream, seq FROM ledger_evidence") == [("thing:1", 1)]
    assert found() == set()


@pytest.mark.django_db
def test_many_deeds_of_a_signer_are_signed_each_for_itself():
    actor, keeper = signing()
    act(system("test"), "a")
    deeds = [Deed(stream=stream, act="things.touch", data={"n": n}) for n, stream in enumerate("abab")]
    record_all(deeds, actor=actor, at=AT)
    rows = fetch_all("SELECT stream, seq, evidence FROM ledger_evidence ORDER BY stream, seq")
    assert [row[:2] for row in rows] == [("a", 2), ("a", 3), ("b", 1), ("b", 2)]
    assert {bytes(row[2]) for row in rows} == {b"evidence over " + content for content, _ in keeper.asked}
    assert len(keeper.asked) == 4
    assert found() == set()


@pytest.mark.django_db
def test_a_receipt_proves_a_signed_act_like_any_other():
    actor, _ = signing()
    act(actor)
    act(system("test"), n=1)
    actions.seal(at=AT)
    receipt = queries.receipt_of(["thing:1"])
    assert check_receipt(receipt, verify=verify_signature) == []
    assert [one.act for one in told(receipt)] == ["things.touch", "things.touch"]
    receipt["entries"][0]["body"] = content_of(receipt["entries"][0]["body"]).decode()
    assert [f.row for f in check_receipt(receipt, verify=verify_signature)] == ["entry 1, body or previous"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_evidence SET evidence = set_byte(evidence, 3, get_byte(evidence, 3) # 1) WHERE seq = 1",
        "DELETE FROM ledger_evidence WHERE seq = 1",
        "UPDATE ledger_evidence SET evidence = (SELECT evidence FROM ledger_evidence WHERE seq = 2) WHERE seq = 1",
        "INSERT INTO ledger_evidence (stream, seq, evidence) VALUES ('thing:1', 3, 'x')",
        "UPDATE ledger_evidence SET seq = 9 WHERE seq = 1",
    ],
)
def test_evidence_changed_behind_the_ledgers_back_is_named(change):
    actor, _ = signing()
    act(actor)
    act(actor, n=1)
    act(system("test"), n=2)
    execute("ALTER TABLE ledger_evidence DISABLE TRIGGER USER")
    execute("ALTER TABLE ledger_evidence DROP CONSTRAINT ledger_evidence_of_entry")
    assert execute(change) == 1
    named = {"INSERT": "ledger_evidence(thing:1, 3)"}.get(change.split()[0], "ledger_evidence(thing:1, 1)")
    assert named in found()


@pytest.mark.django_db
def test_evidence_without_an_entry_is_refused_by_the_database():
    with pytest.raises(IntegrityError), transaction.atomic():
        execute("INSERT INTO ledger_evidence (stream, seq, evidence) VALUES ('thing:1', 1, 'x')")
