"""Reads of exchange messages (交换报文查询)."""

import base64
import hashlib
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tongban.base.actor import Actor
from tongban.base.batches import batched
from tongban.base.crypto import Unreadable, decrypt
from tongban.base.errors import NotFound
from tongban.base.ledger import queries as ledger
from tongban.base.ledger.rules import Finding
from tongban.base.pki.certificates import Certificate
from tongban.base.pki.evidence import Part as Piece
from tongban.base.pki.evidence import Verdict, Wrong, verify_evidence
from tongban.base.pki.validation import Use
from tongban.people.certificates import queries as certificates
from tongban.people.parties import queries as parties
from tongban.people.signon import queries as systems
from tongban.records.exchange.access import addressed_to, visible_to
from tongban.records.exchange.models import ExchangeMessage
from tongban.records.exchange.rules import Part, read
from tongban.standards.text import msg

CONTENT_PURPOSE = "exchange.content"
# What is signed is the envelope; the content hangs from it by its digest.
_PART_OF = {piece: Part.ENVELOPE if piece is Piece.CONTENT else Part(piece.value) for piece in Piece}
_CHUNK = 100


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message in a list (报文行). ``sender``, ``to_system``: client ids; ``from_organ``, ``to_organ``: credit codes."""

    id: uuid.UUID
    number: int
    key: str
    sender: str
    from_organ: str
    to_organ: str
    to_system: str
    media_type: str
    purpose: str
    digest: str
    size: int
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Judged:
    """What is found of a message today (验签结论), as of the moment at which it was stamped; ``faults``: each part and what is wrong."""

    good: bool
    faults: Mapping[Part, Wrong]
    signer: str
    fingerprint: str
    signed_at: datetime | None
    stamped_at: datetime | None


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message whole (报文)."""

    row: MessageRow
    sender_id: uuid.UUID
    envelope: bytes
    content: bytes = field(repr=False)
    evidence: bytes = field(repr=False)
    judged: Judged


def inbox(actor: Actor, *, after: int = 0, limit: int = 100) -> list[MessageRow]:
    """What was sent to ``actor`` (收件箱), from the number after ``after`` on, oldest first; numbers come in the order of commits.

    Four statements at most.
    """
    found = ExchangeMessage.objects.filter(addressed_to(actor), number__gt=after).defer(
        "content", "evidence", "envelope"
    )
    return _rows(list(found.order_by("number")[:limit]))


def one(actor: Actor, message_id: uuid.UUID) -> MessageView:
    """One message that ``actor`` may read (取报文), judged anew. NotFound where there is none or it is not for this actor."""
    found = ExchangeMessage.objects.filter(visible_to(actor), pk=message_id).first()
    if found is None:
        raise NotFound("exchange.message", msg("没有这份报文，或者它不是发给您的。"))
    content, judged = _judged(found, certificates.roots(), certificates.intermediates())
    return MessageView(
        _rows([found])[0], found.sender_id, bytes(found.envelope), content, bytes(found.evidence), judged
    )


def _rows(found: Sequence[ExchangeMessage]) -> list[MessageRow]:
    ids = {one.sender_id for one in found} | {
        one.to_system_id for one in found if one.to_system_id is not None
    }
    clients = systems.clients_of(ids)
    organs = parties.organs_by_id({one.from_organ_id for one in found} | {one.to_organ_id for one in found})
    return [
        MessageRow(
            id=one.id,
            number=one.number,
            key=one.key,
            sender=clients[one.sender_id],
            from_organ=organs[one.from_organ_id].credit_code,
            to_organ=organs[one.to_organ_id].credit_code,
            to_system=clients[one.to_system_id] if one.to_system_id else "",
            media_type=one.media_type,
            purpose=one.purpose,
            digest=one.digest,
            size=one.size,
            sent_at=one.sent_at,
        )
        for one in found
    ]


def judge(
    envelope: bytes,
    content: bytes,
    evidence: bytes,
    roots: Sequence[Certificate],
    between: Sequence[Certificate],
) -> Judged:
    """Judge a message (验签) as of the time of its stamp: the content by the envelope, the envelope by the evidence, that by the roots."""
    verdict = verify_evidence(evidence, envelope, roots, pool=between, use=Use.MESSAGES)
    faults = _faults(verdict)
    told, _errors = read(envelope)
    # An envelope that was altered speaks of no content: only where it is the one that was signed, the content is at fault.
    if Part.ENVELOPE not in faults and (told is None or not told.holds(content)):
        faults = {Part.CONTENT: Wrong.ALTERED} | faults
    return Judged(
        good=not faults,
        faults=faults,
        signer="" if verdict.signer is None else verdict.signer.name,
        fingerprint="" if verdict.signer is None else verdict.signer.fingerprint,
        signed_at=verdict.signed_at,
        stamped_at=verdict.stamped_at,
    )


def _faults(verdict: Verdict) -> dict[Part, Wrong]:
    return {_PART_OF[fault.part]: fault.wrong for fault in reversed(verdict.faults)}


def _judged(
    found: ExchangeMessage, roots: Sequence[Certificate], between: Sequence[Certificate]
) -> tuple[bytes, Judged]:
    """(content, verdict) of a stored message; cipher text that was altered is content that was."""
    try:
        content = base64.b64decode(decrypt(CONTENT_PURPOSE, bytes(found.content)))
    except (Unreadable, ValueError):
        content = b""
    return content, judge(bytes(found.envelope), content, bytes(found.evidence), roots, between)


def told(message: ExchangeMessage) -> dict[str, object]:
    """What the ledger keeps of a message (账本所记): whose, to whom, and digests."""
    kept: dict[str, object] = {
        "from": str(message.from_organ_id),
        "to": str(message.to_organ_id),
        "number": message.number,
        "content": message.digest,
        "envelope": hashlib.sha256(bytes(message.envelope)).hexdigest(),
        "evidence": hashlib.sha256(bytes(message.evidence)).hexdigest(),
        "certificate": str(message.certificate_id),
    }
    return kept | ({"system": str(message.to_system_id)} if message.to_system_id else {})


def against_ledger() -> Iterator[Finding]:
    """Hold every message against the ledger and its evidence against the roots (报文对账)."""
    roots, between = certificates.roots(), certificates.intermediates()
    for batch in batched(ExchangeMessage.objects.order_by("id").iterator(_CHUNK), _CHUNK):
        acts = ledger.acts_of_many([f"message:{row.id}" for row in batch])
        for row in batch:
            sent = next(
                (act for act in acts.get(f"message:{row.id}", []) if act.act == "exchange.send"), None
            )
            name = f"exchange_message({row.id})"
            if sent is None or sent.data != told(row) or sent.actor.get("id") != str(row.sender_id):
                yield Finding(name, "changed: it is not what was sent")
            if not _says_so(row):
                yield Finding(name, "changed: it is not what its envelope says")
            for part in _judged(row, roots, between)[1].faults:
                yield Finding(name, f"does not hold: its {part.value}")
    yield from ledger.gone("message", "exchange_message", ExchangeMessage.objects.all())


def _says_so(row: ExchangeMessage) -> bool:
    """Whether the columns say what the signed envelope says (列与封面一致)."""
    said, _errors = read(bytes(row.envelope))
    return said is not None and (said.media_type, said.purpose, said.digest, said.size, said.key) == (
        row.media_type,
        row.purpose,
        row.digest,
        row.size,
        row.key,
    )
