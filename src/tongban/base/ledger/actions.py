"""Sealing of the ledger (账本封存): the only write besides ``base.record``."""

from datetime import datetime

from django.db import transaction

from tongban.base.db import execute, fetch_all, fetch_one
from tongban.base.ledger.models import Seal, SealPart
from tongban.base.ledger.rules import seal_message
from tongban.base.signing import ledger_signer
from tongban.standards.merkle import root

BATCH = 10_000  # streams a seal takes at most; [O] our own number

_ONE_SEALER = "SELECT pg_advisory_xact_lock(%s)"
_SEALER_LOCK = 0x746F6E67

# Streams busy in another transaction are skipped; they come with the next seal. Locked heads cannot move while we hash.
_UNSEALED = """
    SELECT stream, sealed_seq + 1, seq FROM ledger_head
    WHERE seq > sealed_seq ORDER BY stream LIMIT %s FOR UPDATE SKIP LOCKED
"""
_HASHES = """
    SELECT e.hash FROM unnest(%s::text[], %s::int[], %s::int[]) WITH ORDINALITY AS p(stream, first, last, position)
    JOIN ledger_entry e ON e.stream = p.stream AND e.seq BETWEEN p.first AND p.last
    ORDER BY p.position, e.seq
"""
_MARK = """
    UPDATE ledger_head h SET sealed_seq = p.last
    FROM unnest(%s::text[], %s::int[]) AS p(stream, last) WHERE h.stream = p.stream
"""


@transaction.atomic
def seal(*, at: datetime) -> int:
    """Seal all entries that no seal covers yet (封存), up to one batch of streams; returns how many were sealed."""
    fetch_one(_ONE_SEALER, [_SEALER_LOCK])
    runs = fetch_all(_UNSEALED, [BATCH])
    if not runs:
        return 0
    streams, firsts, lasts = ([row[n] for row in runs] for n in range(3))
    leaves = [bytes(row[0]) for row in fetch_all(_HASHES, [streams, firsts, lasts])]
    before = Seal.objects.order_by("-id").first()
    number, previous = (before.id + 1, before.root) if before else (1, "")
    top = root(leaves).hex()
    signer = ledger_signer()
    message = seal_message(number=number, at=at, size=len(leaves), root=top, previous=previous)
    made = Seal.objects.create(
        id=number,
        at=at,
        size=len(leaves),
        root=top,
        previous=previous,
        key_id=signer.key_id,
        signature=signer.sign(message),
    )
    SealPart.objects.bulk_create(
        SealPart(seal=made, position=position, stream=stream, first=first, last=last)
        for position, (stream, first, last) in enumerate(runs)
    )
    execute(_MARK, [streams, lasts])
    return len(leaves)
