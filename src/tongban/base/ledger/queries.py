"""Reads of the ledger (账本查询): time lines, acts by key, and the verification of everything."""

import base64
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from tongban.base.actor import Actor
from tongban.base.db import fetch_all, fetch_one
from tongban.base.ledger.models import Entry, Head, Seal, SealPart
from tongban.base.ledger.rules import Finding, check_stream, scoped_key, seal_message
from tongban.base.signing import UnknownKey
from tongban.base.signing import verify as verify_signature
from tongban.base.signing.local import keys
from tongban.standards.merkle import root


@dataclass(frozen=True, slots=True)
class Act:
    """An act (行为) as the ledger tells it."""

    seq: int
    act: str
    at: datetime
    actor: Mapping[str, str]
    data: Mapping[str, object]
    hash: bytes


def acts_of(stream: str) -> list[Act]:
    """All acts on a stream (时间线), oldest first. One statement."""
    return [_read(seq, body, hash_) for seq, body, hash_ in _rows(stream)]


def _rows(stream: str) -> list[tuple[int, str, bytes]]:
    return [
        (seq, body, bytes(hash_))
        for seq, body, hash_ in Entry.objects.filter(stream=stream)
        .order_by("seq")
        .values_list("seq", "body", "hash")
    ]


def _read(seq: int, body: str, hash_: bytes) -> Act:
    read = json.loads(body)
    return Act(seq, read["act"], datetime.fromisoformat(read["at"]), read["actor"], read["data"], hash_)


def done_before(actor: Actor, key: str) -> tuple[str, str] | None:
    """(stream, act) of what ``actor`` did under ``key`` (幂等查询), or None."""
    row = fetch_one(
        "SELECT stream, body FROM ledger_entry WHERE act_key = %s", [scoped_key(actor.id or actor.kind, key)]
    )
    return None if row is None else (row[0], json.loads(row[1])["act"])


def done_with(actor: Actor, key: str) -> tuple[str, Act] | None:
    """(stream, act) of what ``actor`` did under ``key`` with everything that was told of it (幂等查询), or None."""
    sql = "SELECT stream, seq, body, hash FROM ledger_entry WHERE act_key = %s"
    row = fetch_one(sql, [scoped_key(actor.id or actor.kind, key)])
    return None if row is None else (row[0], _read(row[1], row[2], bytes(row[3])))


def acts_of_many(streams: Sequence[str]) -> dict[str, list[Act]]:
    """All acts on several streams (多链行为), oldest first in each; a stream without acts is not in it. One statement."""
    found: dict[str, list[Act]] = {}
    rows = (
        Entry.objects.filter(stream__in=streams)
        .order_by("stream", "seq")
        .values_list("stream", "seq", "body", "hash")
    )
    for stream, seq, body, hash_ in rows:
        found.setdefault(stream, []).append(_read(seq, body, bytes(hash_)))
    return found


def streams(kind: str) -> Iterator[str]:
    """Names of all streams of a kind (链名), e.g. ``case``, in bounded memory."""
    found = Head.objects.filter(stream__startswith=f"{kind}:").values_list("stream", flat=True)
    yield from found.iterator(_CHUNK)


_CHUNK = 5_000


def verify() -> Iterator[Finding]:
    """Check every stream against its head and every seal against its entries (全账核验); yields what is wrong.

    Reads in order of (stream, seq) in bounded memory, inside one repeatable snapshot that the caller opens.
    """
    yield from _verify_streams()
    yield from _verify_seals()


def _verify_streams() -> Iterator[Finding]:
    heads = {head.stream: (head.seq, bytes(head.hash)) for head in Head.objects.all().iterator(_CHUNK)}
    rows = (
        Entry.objects.order_by("stream", "seq")
        .values_list("stream", "seq", "body", "hash", "act_key")
        .iterator(_CHUNK)
    )
    for stream, group in groupby(rows, key=lambda row: row[0]):
        entries = ((seq, body, bytes(hash_), act_key) for _, seq, body, hash_, act_key in group)
        yield from check_stream(stream, entries, heads.pop(stream, None))
    for stream, (seq, _) in heads.items():
        yield Finding(f"ledger_entry({stream}, 1)", f"missing: all {seq} entries of this stream are gone")


_LEAVES = """
    SELECT p.stream, g.seq, e.hash
    FROM ledger_seal_part p
    CROSS JOIN LATERAL generate_series(p.first, p.last) AS g(seq)
    LEFT JOIN ledger_entry e ON e.stream = p.stream AND e.seq = g.seq
    WHERE p.seal_id = %s
    ORDER BY p.position, g.seq
"""


def leaf_hashes(seal_id: int) -> list[tuple[str, int, bytes | None]]:
    """(stream, seq, entry hash or None where the entry is gone) of a seal's leaves (叶), in their order."""
    return [
        (stream, seq, None if hash_ is None else bytes(hash_))
        for stream, seq, hash_ in fetch_all(_LEAVES, [seal_id])
    ]


def _verify_seals() -> Iterator[Finding]:
    previous, number = "", 0
    for seal in Seal.objects.order_by("id").iterator(_CHUNK):
        row = f"ledger_seal({seal.id})"
        number += 1
        if seal.id != number:
            yield Finding(f"ledger_seal({number})", "missing")
            number = seal.id
        if seal.previous != previous:
            yield Finding(row, "changed: it does not name the root of the seal before it")
        message = seal_message(
            number=seal.id, at=seal.at, size=seal.size, root=seal.root, previous=seal.previous
        )
        if not verify_signature(seal.key_id, message, bytes(seal.signature)):
            yield Finding(row, "changed: its signature does not hold")
        leaves = leaf_hashes(seal.id)
        gone = [
            Finding(f"ledger_entry({stream}, {seq})", f"missing: sealed in {row}")
            for stream, seq, h in leaves
            if h is None
        ]
        yield from gone
        if not gone and (len(leaves) != seal.size or root([h for _, _, h in leaves if h]).hex() != seal.root):
            yield Finding(row, "changed: the entries that it covers do not give its Merkle root")
        previous = seal.root
    yield from _verify_coverage()


def _verify_coverage() -> Iterator[Finding]:
    """Each stream is sealed from 1 to its head's mark without a hole (封存连续)."""
    marks = dict(Head.objects.filter(sealed_seq__gt=0).values_list("stream", "sealed_seq"))
    parts = (
        SealPart.objects.order_by("stream", "first")
        .values_list("stream", "first", "last", "seal_id")
        .iterator(_CHUNK)
    )
    for stream, group in groupby(parts, key=lambda row: row[0]):
        expected = 1
        for _, first, last, seal_id in group:
            if first != expected:
                yield Finding(
                    f"ledger_seal_part({seal_id}, {stream})", f"changed: starts at {first}, not at {expected}"
                )
            expected = last + 1
        if marks.pop(stream, 0) != expected - 1:
            yield Finding(f"ledger_head({stream})", "changed: its sealed mark is not what the seals cover")
    for stream in marks:
        yield Finding(f"ledger_seal_part({stream})", "missing: marked as sealed, but no seal covers it")


def counts() -> tuple[int, int, int]:
    """(entries, streams, seals) in the ledger (账本规模)."""
    return Entry.objects.count(), Head.objects.count(), Seal.objects.count()


@dataclass(frozen=True, slots=True)
class SealView:
    """A seal as anybody may keep it (封存视图). ``signature``: base64, over ``rules.seal_message``."""

    number: int
    at: datetime
    size: int
    root: str
    previous: str
    key_id: str
    signature: str


def seals(*, before: int | None = None, limit: int = 30) -> list[SealView]:
    """Seals (封存), newest first, older than number ``before`` where it is given. One statement."""
    found = (
        Seal.objects.order_by("-id") if before is None else Seal.objects.filter(id__lt=before).order_by("-id")
    )
    return [
        SealView(
            seal.id,
            seal.at,
            seal.size,
            seal.root,
            seal.previous,
            seal.key_id,
            base64.b64encode(bytes(seal.signature)).decode(),
        )
        for seal in found[:limit]
    ]


def public_keys(key_ids: Collection[str]) -> dict[str, str]:
    """Public keys (公钥) as PEM text by their id, former signers' too; without those that were never held here."""
    found: dict[str, str] = {}
    for key_id in sorted(key_ids):
        with suppress(UnknownKey):
            found[key_id] = keys().public_key_pem(key_id)
    return found
