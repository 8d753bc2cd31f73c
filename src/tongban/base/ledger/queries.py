"""Reads of the ledger (账本查询): time lines, acts by key, and the verification of everything."""

import base64
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import BinaryField, Exists, Func, OuterRef, Q, QuerySet, Subquery

from tongban.base.actor import Actor
from tongban.base.batches import batched
from tongban.base.db import fetch_all, fetch_one
from tongban.base.errors import Conflict
from tongban.base.ledger.models import Entry, Evidence, Head, Seal, SealPart
from tongban.base.ledger.rules import (
    GENESIS,
    SIGNATURE,
    Finding,
    check_evidence,
    check_stream,
    content_of,
    scoped_key,
    seal_message,
)
from tongban.base.ledger.rules.receipts import Proof, SealView, receipt
from tongban.base.signing import UnknownKey
from tongban.base.signing import verify as verify_signature
from tongban.base.signing.local import keys
from tongban.standards.merkle import inclusion_proofs, root, verify_inclusion
from tongban.standards.text import msg


@dataclass(frozen=True, slots=True)
class Act:
    """An act (行为) as the ledger tells it. ``signature``: the digest of the evidence, empty where nobody signed."""

    seq: int
    act: str
    at: datetime
    actor: Mapping[str, str]
    data: Mapping[str, object]
    hash: bytes
    signature: str = ""


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
    at, signature = datetime.fromisoformat(read["at"]), read.get(SIGNATURE, "")
    return Act(seq, read["act"], at, read["actor"], read["data"], hash_, signature)


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
_LOOKED_UP = 500


def gone(kind: str, table: str, rows: QuerySet[Any], *, unless: str = "") -> Iterator[Finding]:
    """What the ledger knows and a table has lost (遗失的行): a finding for each stream of ``kind`` without a row of its id in ``rows``.

    ``unless``: the act by which a row may rightly go, where it is the last one of its stream.
    """
    for batch in batched(streams(kind), _LOOKED_UP):
        ids = [stream.removeprefix(f"{kind}:") for stream in batch]
        here = {str(found) for found in rows.filter(pk__in=ids).values_list("pk", flat=True)}
        lost = [one for one in ids if one not in here]
        told = acts_of_many([f"{kind}:{one}" for one in lost]) if unless and lost else {}
        for one in lost:
            acts = told.get(f"{kind}:{one}", [])
            if not unless or (acts and acts[-1].act != unless):
                yield Finding(f"{table}({one})", "missing: recorded in the ledger")


@dataclass(frozen=True, slots=True)
class EntryView:
    """A ledger entry with all that proves it (条目视图). ``seal``, ``sealed_at``: absent while no seal covers it."""

    stream: str
    seq: int
    body: str
    previous: bytes
    hash: bytes
    evidence: bytes | None
    seal: int | None
    sealed_at: datetime | None


_ENTRIES = """
    SELECT e.stream, e.seq, e.body, e.hash, v.evidence, p.seal_id, s.at
    FROM ledger_entry e
    LEFT JOIN ledger_evidence v ON v.stream = e.stream AND v.seq = e.seq
    LEFT JOIN ledger_seal_part p ON p.stream = e.stream AND e.seq BETWEEN p.first AND p.last
    LEFT JOIN ledger_seal s ON s.id = p.seal_id
    WHERE e.stream = ANY(%s::text[]) ORDER BY array_position(%s::text[], e.stream::text), e.seq
"""


def entries_of(streams: Sequence[str]) -> list[EntryView]:
    """All entries of some streams as they are kept (账本条目), with evidence and seal, in order of streams and entries. One statement."""
    found: list[EntryView] = []
    for stream, seq, body, hash_, evidence, seal_id, sealed_at in fetch_all(_ENTRIES, [list(streams)] * 2):
        before = found[-1] if found and found[-1].stream == stream else None
        kept = None if evidence is None else bytes(evidence)
        previous = GENESIS if before is None else before.hash
        found.append(EntryView(stream, seq, body, previous, bytes(hash_), kept, seal_id, sealed_at))
    return found


def seals_broken(numbers: Collection[int]) -> set[int]:
    """Which of these seals do not bear our signature (封存签名不符). One statement."""
    return {
        seal.id
        for seal in Seal.objects.filter(id__in=numbers)
        if not verify_signature(seal.key_id, _message(seal), bytes(seal.signature))
    }


def _message(seal: Seal) -> bytes:
    return seal_message(number=seal.id, at=seal.at, size=seal.size, root=seal.root, previous=seal.previous)


def verify() -> Iterator[Finding]:
    """Check every stream against its head and every seal against its entries (全账核验); yields what is wrong.

    Reads in order of (stream, seq) in bounded memory, inside one repeatable snapshot that the caller opens.
    """
    yield from _verify_streams()
    yield from _verify_evidence()
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


def signed_act(stream: str, seq: int) -> tuple[bytes, bytes] | None:
    """(content, evidence) of one signed act (签名原文和证据), or None where there is none. One statement."""
    sql = "SELECT e.body, v.evidence FROM ledger_entry e JOIN ledger_evidence v USING (stream, seq) WHERE stream = %s AND seq = %s"
    row = fetch_one(sql, [stream, seq])
    return None if row is None else (content_of(row[0]), bytes(row[1]))


_EVIDENCE = "SELECT encode(sha256(evidence), 'hex'), evidence FROM ledger_evidence WHERE stream = ANY(%s) ORDER BY stream, seq"


def evidence_of(streams: Sequence[str]) -> dict[str, bytes]:
    """The evidence (签名证据) of all signed acts of some streams, by its SHA-256, as the entries name it. One statement."""
    return {digest: bytes(evidence) for digest, evidence in fetch_all(_EVIDENCE, [list(streams)])}


@dataclass(frozen=True, slots=True)
class SignedEntry:
    """A signed entry (已签名条目) with its evidence."""

    stream: str
    seq: int
    body: str
    evidence: bytes


def signed_entries() -> Iterator[SignedEntry]:
    """All signed entries (全部已签名条目), in bounded memory."""
    entry = Entry.objects.filter(stream=OuterRef("stream"), seq=OuterRef("seq"))
    rows = Evidence.objects.annotate(body=Subquery(entry.values("body")[:1])).order_by("stream", "seq")
    for stream, seq, body, evidence in rows.values_list("stream", "seq", "body", "evidence").iterator(_CHUNK):
        yield SignedEntry(stream, seq, body, bytes(evidence))


_STRAY = """
    SELECT stream, seq FROM ledger_evidence v
    WHERE NOT EXISTS (SELECT FROM ledger_entry e WHERE e.stream = v.stream AND e.seq = v.seq) ORDER BY stream, seq
"""
# What a body says of a signature is looked for as text first: of millions of unsigned entries none is read.
_NAMES_SIGNATURE = '"signature":"'


def _verify_evidence() -> Iterator[Finding]:
    """Every signed act has its evidence, and no other has any (签名证据核验)."""
    for stream, seq in fetch_all(_STRAY):
        yield Finding(f"ledger_evidence({stream}, {seq})", "added: there is no such entry")
    kept = Evidence.objects.filter(stream=OuterRef("stream"), seq=OuterRef("seq"))
    sha = Subquery(kept.values(digest=Func("evidence", function="sha256", output_field=BinaryField()))[:1])
    rows = (
        Entry.objects.filter(Q(body__contains=_NAMES_SIGNATURE) | Exists(kept))
        .annotate(kept=sha)
        .order_by("stream", "seq")
        .values_list("stream", "seq", "body", "kept")
        .iterator(_CHUNK)
    )
    for stream, seq, body, digest in rows:
        yield from check_evidence(stream, seq, body, None if digest is None else bytes(digest).hex())


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
        if not verify_signature(seal.key_id, _message(seal), bytes(seal.signature)):
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


def seals(*, before: int | None = None, limit: int = 30) -> list[SealView]:
    """Seals (封存), newest first, older than number ``before`` where it is given. One statement."""
    found = (
        Seal.objects.order_by("-id") if before is None else Seal.objects.filter(id__lt=before).order_by("-id")
    )
    return [_view(seal) for seal in found[:limit]]


def seal(number: int) -> SealView | None:
    """The seal with this number (单个封存), or None where there is none yet. One statement."""
    found = Seal.objects.filter(id=number).first()
    return None if found is None else _view(found)


def _view(seal: Seal) -> SealView:
    return SealView(
        seal.id,
        seal.at,
        seal.size,
        seal.root,
        seal.previous,
        seal.key_id,
        base64.b64encode(bytes(seal.signature)).decode(),
    )


def public_keys(key_ids: Collection[str]) -> dict[str, str]:
    """Public keys (公钥) as PEM text by their id, former signers' too; without those that were never held here."""
    found: dict[str, str] = {}
    for key_id in sorted(key_ids):
        with suppress(UnknownKey):
            found[key_id] = keys().public_key_pem(key_id)
    return found


def sealing_keys() -> tuple[str, dict[str, str]]:
    """(id of the key that seals today, all keys that ever sealed here by their id, PEM) (封存公钥). No statement."""
    return keys().ledger.key_id, keys().public_keys(keys().ledger.algorithm)


_SEALED = """
    SELECT e.stream, e.seq, e.body, e.hash, b.hash, p.seal_id
    FROM ledger_entry e
    JOIN ledger_seal_part p ON p.stream = e.stream AND e.seq BETWEEN p.first AND p.last
    LEFT JOIN ledger_entry b ON b.stream = e.stream AND b.seq = e.seq - 1
    WHERE e.stream = ANY(%s::text[]) AND e.seq BETWEEN %s AND %s
    ORDER BY array_position(%s::text[], e.stream::text), e.seq
"""
_LARGEST_SEQ = 2**31 - 1


def proof(stream: str, seq: int) -> Proof | None:
    """The proof of one entry (存证证明); None while no seal covers it, which takes seconds. Four statements at most.

    Raises :class:`Conflict` where a seal does not hold what it covered: `tongban ledger verify` names it.
    """
    found = _proofs([stream], seq, seq)
    return found[0] if found else None


def proofs_of(streams: Sequence[str], *, keep: Callable[[Act], bool] | None = None) -> list[Proof]:
    """The proofs of all sealed entries of some streams (多链证明) that ``keep`` wants, in order of streams and entries.

    Two statements and one for each seal that covers any of them; each seal's leaves are read once, one seal at a time.
    Raises :class:`Conflict` as :func:`proof` does.
    """
    return _proofs(streams, 1, _LARGEST_SEQ, keep)


def receipt_of(streams: Sequence[str], *, keep: Callable[[Act], bool] | None = None) -> dict[str, object]:
    """The receipt (存证回执) of some streams: of every sealed entry, which it then says, or only of those that ``keep`` wants.

    What no seal covers yet is not in it (see :func:`unsealed`). Raises :class:`Conflict` as :func:`proof` does.
    """
    found = proofs_of(streams, keep=keep)
    whole = list(dict.fromkeys(proof.stream for proof in found)) if keep is None else []
    return receipt(found, whole=whole)


def unsealed(streams: Sequence[str]) -> int:
    """How many entries of some streams no seal covers yet (未封存): they get their proofs with the next one. One statement."""
    heads = Head.objects.filter(stream__in=streams).values_list("seq", "sealed_seq")
    return sum(seq - sealed for seq, sealed in heads)


def _proofs(
    streams: Sequence[str], first: int, last: int, keep: Callable[[Act], bool] | None = None
) -> list[Proof]:
    rows = [
        row
        for row in fetch_all(_SEALED, [list(streams), first, last, list(streams)])
        if keep is None or keep(_read(row[1], row[2], bytes(row[3])))
    ]
    views = {seal.id: _view(seal) for seal in Seal.objects.filter(id__in={row[5] for row in rows})}
    pems = public_keys({view.key_id for view in views.values()})
    ways: dict[tuple[str, int], tuple[int, tuple[bytes, ...]]] = {}
    for view in views.values():
        ways |= _ways(view, {(row[0], row[1]) for row in rows if row[5] == view.number})
    return [
        Proof(
            stream=stream,
            seq=seq,
            body=body,
            previous=GENESIS if before is None else bytes(before),
            hash=bytes(hash_),
            index=ways[stream, seq][0],
            path=ways[stream, seq][1],
            seal=views[seal_id],
            key=pems.get(views[seal_id].key_id, ""),
        )
        for stream, seq, body, hash_, before, seal_id in rows
    ]


def _ways(
    seal: SealView, entries: Collection[tuple[str, int]]
) -> dict[tuple[str, int], tuple[int, tuple[bytes, ...]]]:
    """(place, path to the root) of some entries that a seal covers (包含路径)."""
    leaves = leaf_hashes(seal.number)
    hashes = [hash_ for _, _, hash_ in leaves if hash_ is not None]
    # A proof that does not hold is worse than none: the reader would take the ledger for forged, or us for liars.
    broken = Conflict("ledger.broken", msg("账本与封存不符，暂时不能出具证明。请联系平台运维人员核验账本。"))
    if len(hashes) != len(leaves) or len(leaves) != seal.size:
        raise broken
    places = [n for n, (stream, seq, _) in enumerate(leaves) if (stream, seq) in entries]
    paths = inclusion_proofs(places, hashes)
    top = bytes.fromhex(seal.root)
    if not all(
        verify_inclusion(hashes[n], n, seal.size, path, top) for n, path in zip(places, paths, strict=True)
    ):
        raise broken
    return {leaves[n][:2]: (n, tuple(path)) for n, path in zip(places, paths, strict=True)}
