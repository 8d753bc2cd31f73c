"""Rules of the ledger (账本规则): how entries are linked and what a seal signs. Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from tongban.standards.canonical import canonical

GENESIS = b"\x00" * 32  # what the first entry of a stream is linked to


def link(previous: bytes, body: str) -> bytes:
    """Link hash (链接哈希) of an entry: SHA-256 over the hash before it and its own text. 32 bytes."""
    return hashlib.sha256(previous + body.encode()).digest()


def scoped_key(actor: object, key: str) -> str:
    """The idempotency key (幂等键) as the ledger keeps it: an actor's own, so that nobody can occupy another's."""
    return f"{actor}:{key}"


def entry_body(
    *,
    stream: str,
    act: str,
    actor: Mapping[str, str],
    at: datetime,
    data: Mapping[str, object],
    key: str | None,
) -> str:
    """Body of an entry (条目正文): canonical JSON of who did what when, to be hashed and kept as it is."""
    body: dict[str, object] = {
        "v": 1,
        "stream": stream,
        "act": act,
        "actor": dict(actor),
        "at": at.astimezone(UTC).isoformat(),
        "data": dict(data),
    }
    if key is not None:
        body["key"] = key
    return canonical(body).decode()


def signed_body(body: str, evidence: bytes) -> str:
    """Body of a signed act (已签名条目正文): the body that was signed, and the SHA-256 of the evidence, which the chain thereby covers."""
    return canonical(json.loads(body) | {SIGNATURE: hashlib.sha256(evidence).hexdigest()}).decode()


def content_of(body: str) -> bytes:
    """What was signed (签名原文) of a signed body: its canonical form without the member ``signature``."""
    return canonical({name: value for name, value in json.loads(body).items() if name != SIGNATURE})


def signature_of(body: str) -> str | None:
    """The digest of the evidence that a body names (所载签名摘要), or None where the act was not signed."""
    read = json.loads(body)
    found = read.get(SIGNATURE) if isinstance(read, dict) else None
    return None if found is None else str(found)


SIGNATURE = "signature"


def seal_message(*, number: int, at: datetime, size: int, root: str, previous: str) -> bytes:
    """What a seal signs (封存签名原文): its number, time, number of leaves, Merkle root and the root before it."""
    return seal_text(number=number, at=seal_time(at), size=size, root=root, previous=previous)


def seal_text(*, number: int, at: str, size: int, root: str, previous: str) -> bytes:
    """The same where the time is a text already (封存签名原文), as receipts and the API tell it."""
    return canonical({"seal": number, "at": at, "size": size, "root": root, "previous": previous})


def seal_time(at: datetime) -> str:
    """The time of a seal (封存时间) as it is signed: ISO 8601 in UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat()


@dataclass(frozen=True, slots=True)
class Finding:
    """Finding of a verification (核验发现): which row is wrong, and how."""

    row: str
    problem: str

    def __str__(self) -> str:
        return f"{self.row}: {self.problem}"


def check_stream(
    stream: str,
    entries: Iterable[tuple[int, str, bytes, str | None]],
    head: tuple[int, bytes] | None,
) -> Iterable[Finding]:
    """Findings in one stream (链核验): (seq, body, hash, act_key) in order of seq, against its head.

    Reports each entry whose text, hash, key or place is not what the chain demands, and a head that disagrees.
    """
    expected_seq, previous = 1, GENESIS
    for seq, body, found, act_key in entries:
        row = f"ledger_entry({stream}, {seq})"
        if seq != expected_seq:
            yield Finding(
                f"ledger_entry({stream}, {expected_seq})",
                f"missing: {expected_seq} to {seq - 1} are not there",
            )
            expected_seq = seq
        elif link(previous, body) != found:
            yield Finding(
                row, "changed: its text does not give its hash, or it stands in another place than written"
            )
        problem = _against_columns(body, stream, act_key)
        if problem:
            yield Finding(row, problem)
        previous, expected_seq = found, expected_seq + 1
    if head is None:
        yield Finding(f"ledger_head({stream})", "missing: entries without a head")
    elif head[0] > expected_seq - 1:
        yield Finding(
            f"ledger_entry({stream}, {expected_seq})",
            f"missing: the head stands at {head[0]}, the last entry is {expected_seq - 1}",
        )
    elif head[0] < expected_seq - 1:
        yield Finding(
            f"ledger_head({stream})", f"changed: stands at {head[0]}, the last entry is {expected_seq - 1}"
        )
    elif head[1] != previous:
        yield Finding(f"ledger_head({stream})", "changed: its hash is not that of the last entry")


def check_evidence(stream: str, seq: int, body: str, evidence: str | None) -> Iterable[Finding]:
    """Findings between an entry and its evidence (签名证据核验). ``evidence``: SHA-256 of what is kept, None where nothing is.

    Whether the signature itself holds is for whoever knows the roots; here it counts that nothing was taken, put in or changed.
    """
    try:
        named = signature_of(body)
    except (ValueError, RecursionError):
        return  # told already: the text is not JSON
    row = f"ledger_evidence({stream}, {seq})"
    if evidence is None and named is not None:
        yield Finding(row, "missing: the entry names a signature")
    elif evidence is not None and named is None:
        yield Finding(row, "added: the entry names no signature")
    elif evidence != named:
        yield Finding(row, "changed: it is not the evidence whose digest the entry names")


def _against_columns(body: str, stream: str, act_key: str | None) -> str:
    """What is wrong between a body and the columns beside it, in words; empty where nothing is."""
    try:
        read = json.loads(body)
    except ValueError:
        return "changed: its text is not JSON"
    if not isinstance(read, dict) or read.get("stream") != stream:
        return "changed: its text belongs to another stream"
    if read.get("key") != act_key:
        return "changed: its act key is not the one in its text"
    return ""
