"""Proofs and receipts out of the database: what is sealed has one, and it holds."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tongban.base.actor import Actor, ActorKind, system
from tongban.base.db import execute
from tongban.base.errors import Conflict
from tongban.base.ledger import actions, queries
from tongban.base.ledger.rules.receipts import check_receipt, key_id_of
from tongban.base.record import record
from tongban.base.signing import ledger_signer, verify

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ME = system("test")
PERSON = Actor(kind=ActorKind.PERSON, id=uuid4())


def act(stream: str, n: int = 0, actor: Actor = ME) -> None:
    record(stream=stream, act="things.touch", actor=actor, at=AT, data={"n": n})


def problems(receipt: dict) -> list[str]:
    return [str(finding) for finding in check_receipt(receipt, verify=verify)]


def three_seals() -> None:
    """a: 2, 1 and 0 entries, b: 1, 1 and 3, in three seals; then one of each that nothing covers."""
    for a, b in ((2, 1), (1, 1), (0, 3)):
        for n in range(a):
            act("a", n)
        for n in range(b):
            act("b", n, PERSON)
        actions.seal(at=AT)
    act("a")
    act("b")


@pytest.mark.django_db
def test_an_entry_has_a_proof_once_it_is_sealed():
    act("a", 1)
    act("a", 2)
    assert queries.proof("a", 2) is None
    assert queries.unsealed(["a", "b"]) == 2
    actions.seal(at=AT)
    proof = queries.proof("a", 2)
    assert proof is not None
    assert (proof.seq, proof.index, proof.seal.size, len(proof.path)) == (2, 1, 2, 1)
    assert proof.hash == queries.acts_of("a")[1].hash
    assert proof.previous == queries.acts_of("a")[0].hash
    assert proof.key == ledger_signer().public_key_pem()
    assert (queries.proof("a", 3), queries.proof("b", 1), queries.unsealed(["a"])) == (None, None, 0)


@pytest.mark.django_db
def test_the_receipt_of_whole_streams_holds_and_says_that_they_are_whole():
    three_seals()
    receipt = queries.receipt_of(["b", "a", "c"])
    assert problems(receipt) == []
    assert receipt["whole"] == ["b", "a"]
    assert len(receipt["entries"]) == 8
    assert [seal["number"] for seal in receipt["seals"]] == [1, 2, 3]
    assert queries.unsealed(["b", "a", "c"]) == 2


@pytest.mark.django_db
def test_the_receipt_of_one_persons_acts_has_only_these():
    three_seals()
    receipt = queries.receipt_of(["a", "b"], keep=lambda told: told.actor.get("id") == str(PERSON.id))
    assert problems(receipt) == []
    assert receipt["whole"] == []
    assert len(receipt["entries"]) == 5
    assert all(str(PERSON.id) in entry["body"] for entry in receipt["entries"])


@pytest.mark.django_db
def test_nothing_sealed_is_an_empty_receipt_and_no_proof():
    act("a")
    assert queries.receipt_of(["a"])["entries"] == []
    assert queries.proofs_of([]) == []


@pytest.mark.django_db
def test_each_seal_is_read_once_however_many_entries_it_covers():
    three_seals()
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert len(queries.proofs_of(["a", "b"])) == 8
    assert len(seen) == 2 + 3
    with CaptureQueriesContext(connection) as seen:
        queries.proof("a", 1)
    assert len(seen) == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_entry SET hash = sha256(hash) WHERE stream = 'b' AND seq = 1",
        "DELETE FROM ledger_entry WHERE stream = 'b' AND seq = 1",
        "UPDATE ledger_seal SET root = repeat('0', 64)",
    ],
)
def test_a_seal_that_does_not_hold_gives_no_proof_and_says_so(change: str):
    act("a")
    act("b")
    actions.seal(at=AT)
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in ("ledger_entry", "ledger_seal"):
        execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    assert execute(change) == 1
    with pytest.raises(Conflict) as refused:
        queries.proof("a", 1)
    assert refused.value.rule == "ledger.broken"


@pytest.mark.django_db
def test_one_seal_and_the_keys_are_told():
    act("a")
    actions.seal(at=AT)
    seal = queries.seal(1)
    assert seal is not None
    assert (seal, queries.seal(2)) == (queries.seals()[0], None)
    current, keys = queries.sealing_keys()
    assert current == seal.key_id
    assert keys[current] == ledger_signer().public_key_pem()
    assert {key_id_of(pem) for pem in keys.values()} == set(keys)
