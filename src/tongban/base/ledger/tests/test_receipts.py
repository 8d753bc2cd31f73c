"""Receipts from random ledgers hold; whatever is changed in them is refused and named. Without a database."""

import base64
import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.base.ledger.rules import GENESIS, entry_body, link, seal_message
from tongban.base.ledger.rules.receipts import (
    Proof,
    SealView,
    check_receipt,
    key_id_of,
    receipt,
    receipt_text,
    told,
)
from tongban.base.signing import verify
from tongban.standards.merkle import inclusion_proofs, root

AT = datetime(2026, 11, 23, 1, 2, 3, 450, tzinfo=UTC)


def signer(seed: int) -> tuple[ed25519.Ed25519PrivateKey, str]:
    key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return key, key.public_key().public_bytes(*form).decode()


KEY, PEM = signer(1)
OTHER_KEY, OTHER_PEM = signer(2)

Batches = list[dict[str, int]]  # of each seal: how many entries of which stream it covers


def ledger(batches: Batches) -> list[Proof]:
    """The proofs of all entries of a ledger that was written and sealed as ``batches`` say, by stream and entry."""
    heads: dict[str, tuple[int, bytes]] = {}
    proofs: list[Proof] = []
    previous_root = ""
    for number, batch in enumerate(batches, 1):
        rows = []
        for stream, count in sorted(batch.items()):
            for _ in range(count):
                seq, before = heads.get(stream, (0, GENESIS))
                body = entry_body(
                    stream=stream,
                    act="things.touch",
                    actor={"kind": "staff", "name": "王敏"},
                    at=AT,
                    data={"n": seq},
                    key=None,
                )
                heads[stream] = (seq + 1, link(before, body))
                rows.append((stream, seq + 1, body, before, heads[stream][1]))
        leaves = [row[4] for row in rows]
        top, at = root(leaves).hex(), AT + timedelta(seconds=10 * number)
        message = seal_message(number=number, at=at, size=len(leaves), root=top, previous=previous_root)
        signature = base64.b64encode(KEY.sign(message)).decode()
        seal = SealView(number, at, len(leaves), top, previous_root, key_id_of(PEM), signature)
        previous_root = top
        paths = inclusion_proofs(range(len(leaves)), leaves)
        for n, (stream, seq, body, before, hash_) in enumerate(rows):
            proofs.append(Proof(stream, seq, body, before, hash_, n, tuple(paths[n]), seal, PEM))
    return sorted(proofs, key=lambda proof: (proof.stream, proof.seq))


batches = st.lists(
    st.dictionaries(st.sampled_from(["case:1", "case:2", "item:1"]), st.integers(1, 5), min_size=1),
    min_size=1,
    max_size=5,
)
USUAL: Batches = [{"case:1": 2, "case:2": 3}, {"case:1": 1}, {"case:1": 2, "item:1": 1}]


def whole(proofs: list[Proof]) -> dict[str, Any]:
    made = receipt(proofs, whole=list(dict.fromkeys(proof.stream for proof in proofs)))
    read: dict[str, Any] = json.loads(receipt_text(made))
    return read


def rows(checked: object, keys: tuple[str, ...] = ()) -> list[str]:
    return [finding.row for finding in check_receipt(checked, verify=verify, keys=keys)]


@given(batches)
def test_the_receipt_of_a_whole_ledger_holds_and_tells_its_acts(made: Batches):
    proofs = ledger(made)
    checked = whole(proofs)
    assert rows(checked) == []
    assert rows(checked, (PEM,)) == []
    assert [act.stream for act in told(checked)] == [proof.stream for proof in proofs]


@given(batches, st.data())
def test_any_entries_in_their_order_are_a_receipt(made: Batches, data: st.DataObject):
    proofs = [proof for proof in ledger(made) if data.draw(st.booleans())]
    if proofs:
        assert rows(json.loads(receipt_text(receipt(proofs)))) == []


@given(batches, st.data())
def test_an_entry_taken_out_of_a_whole_stream_is_missed(made: Batches, data: st.DataObject):
    proofs = ledger(made)
    checked = whole(proofs)
    gone = data.draw(st.integers(0, len(proofs) - 1))
    del checked["entries"][gone]
    last = proofs[gone].seq == max(p.seq for p in proofs if p.stream == proofs[gone].stream)
    # What came last can be held back: nothing in a receipt can show that nothing came after it.
    assert bool(rows(checked)) == (not last or proofs[gone].seq == 1)


@given(batches, st.data())
def test_entries_of_a_stream_in_another_order_are_refused(made: Batches, data: st.DataObject):
    mine = [proof for proof in ledger(made) if proof.stream == "case:1"]
    if len(mine) > 1:
        first = data.draw(st.integers(0, len(mine) - 2))
        mine[first], mine[first + 1] = mine[first + 1], mine[first]
        assert any(row.startswith("entry ") for row in rows(receipt(mine)))
        assert rows(receipt([mine[0], mine[0]])) == ["entry 2"]


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where in a receipt a text or a number stands."""
    if isinstance(value, dict):
        return [found for key, each in value.items() for found in places(each, (*way, key))]
    if isinstance(value, list):
        return [found for n, each in enumerate(value) for found in places(each, (*way, n))]
    return [way]


@settings(max_examples=400)
@given(st.data())
def test_one_bit_anywhere_is_refused(data: st.DataObject):
    checked = whole(ledger(USUAL))
    way = data.draw(st.sampled_from(places(checked)))
    there = checked
    for step in way[:-1]:
        there = there[step]
    value = there[way[-1]]
    if isinstance(value, int):
        there[way[-1]] = value ^ (1 << data.draw(st.integers(0, 40)))
    elif value:
        n = data.draw(st.integers(0, len(value) - 1))
        flipped = chr(ord(value[n]) ^ (1 << data.draw(st.integers(0, 6))))
        there[way[-1]] = value[:n] + flipped + value[n + 1 :]
    else:
        there[way[-1]] = "0"
    assert rows(checked) != [], way
    assert rows(checked, (PEM,)) != [], way


@given(st.data())
def test_a_field_taken_away_added_or_of_another_kind_is_refused(data: st.DataObject):
    checked = whole(ledger(USUAL))
    there = data.draw(st.sampled_from([checked, checked["entries"][1], checked["seals"][0]]))
    name = data.draw(st.sampled_from([*there, "beyond"]))
    junk = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("\ud800"),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    )
    before = copy.deepcopy(there.get(name))
    if name in there and data.draw(st.booleans()):
        del there[name]
    else:
        there[name] = data.draw(junk)
    # To say of fewer streams that they are whole is to claim less, and no falsehood.
    if there.get(name, "gone") != before and not (name == "whole" and there.get(name) == []):
        assert rows(checked) != []


@pytest.mark.parametrize("junk", [None, [], "", 1, {}, {"format": "tongban-receipt-1"}, {"entries": {}}])
def test_what_is_no_receipt_is_refused(junk: object):
    assert rows(junk) != []


def _bit(text: str, place: int = 0) -> str:
    """The hex text with the lowest bit of one digit changed."""
    return text[:place] + f"{int(text[place], 16) ^ 1:x}" + text[place + 1 :]


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "body": (
        lambda r: r["entries"][1].update(body=r["entries"][1]["body"].replace("touch", "tough")),
        "entry 2, body or previous",
    ),
    "previous": (
        lambda r: r["entries"][1].update(previous=_bit(r["entries"][1]["previous"])),
        "entry 2, body or previous",
    ),
    "hash": (lambda r: r["entries"][1].update(hash=_bit(r["entries"][1]["hash"])), "entry 2, hash"),
    "path": (
        lambda r: r["entries"][1]["path"].__setitem__(0, _bit(r["entries"][1]["path"][0])),
        "entry 2, path or index",
    ),
    "index": (lambda r: r["entries"][1].update(index=0), "entry 2, path or index"),
    "seal": (lambda r: r["entries"][1].update(seal=9), "entry 2, seal"),
    "root": (lambda r: r["seals"][2].update(root=_bit(r["seals"][2]["root"])), "seal 3, root or size"),
    "at": (lambda r: r["seals"][2].update(at="2026-11-23T01:02:33.000451+00:00"), "seal 3, signature"),
    "key id": (lambda r: r["seals"][2].update(key_id=key_id_of(OTHER_PEM)), "seal 3, key_id"),
    "key": (lambda r: r["keys"].update({key_id_of(PEM): OTHER_PEM}), f"key {key_id_of(PEM)}"),
    "whole": (lambda r: r["whole"].append("case:7"), "receipt, whole"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_field_that_was_changed_is_named(change: str):
    checked = whole(ledger(USUAL))
    alter, row = CHANGES[change]
    alter(checked)
    assert rows(checked) == [row]


def test_a_receipt_made_up_with_another_key_holds_only_by_that_key():
    checked = whole(ledger(USUAL))
    for seal in checked["seals"]:
        text = seal_message(
            number=seal["number"],
            at=datetime.fromisoformat(seal["at"]),
            size=seal["size"],
            root=seal["root"],
            previous=seal["previous"],
        )
        seal["signature"] = base64.b64encode(OTHER_KEY.sign(text)).decode()
        seal["key_id"] = key_id_of(OTHER_PEM)
    checked["keys"] = {key_id_of(OTHER_PEM): OTHER_PEM}
    assert rows(checked) == []
    assert rows(checked, (PEM,)) == ["seal 1, key_id", "seal 2, key_id", "seal 3, key_id"]
    assert rows(checked, (PEM, OTHER_PEM)) == []


def test_a_given_key_is_read_whatever_its_line_ends_and_refused_where_it_is_none():
    checked = whole(ledger(USUAL))
    del checked["keys"][key_id_of(PEM)]
    assert rows(checked) == ["seal 1, key_id", "seal 2, key_id", "seal 3, key_id"]
    assert rows(checked, ("\n" + PEM.replace("\n", "\r\n") + "\n",)) == []
    for none in ("", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", PEM[:-40]):
        with pytest.raises(ValueError, match="Ed25519"):
            check_receipt(checked, verify=verify, keys=[none])
