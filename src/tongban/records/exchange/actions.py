"""Acts on exchange messages (交换报文行为): send."""

import base64
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tongban.base.actor import Actor
from tongban.base.crypto import encrypt
from tongban.base.errors import Conflict, Forbidden, Invalid
from tongban.base.ids import new_id
from tongban.base.numbering.actions import take
from tongban.base.record import Repeated, record
from tongban.people.certificates import actions as certificates
from tongban.people.certificates import queries as certified
from tongban.people.certificates.rules.profiles import ProfileKind
from tongban.people.certificates.rules.verdicts import WRONG_LABELS
from tongban.people.parties import queries as parties
from tongban.people.signon import queries as systems
from tongban.people.signon.rules.rights import Right
from tongban.records.exchange.access import may_send
from tongban.records.exchange.models import ExchangeMessage
from tongban.records.exchange.queries import CONTENT_PURPOSE, judge, told
from tongban.records.exchange.rules import PART_LABELS, Envelope, Part, read
from tongban.standards.text import Message, msg

_MENDED = msg("请改正标出的内容。")
_USED = msg("这个报文编号已经用在另一份报文上，请换一个编号。")
_SIGNING = (ProfileKind.SEAL, ProfileKind.SERVER)
# At which field of a request a part of a message is mended; the evidence is ours, all of it stands for the signature.
_FIELD_OF = {Part.CONTENT: "content", Part.ENVELOPE: "envelope"}


@dataclass(frozen=True, slots=True)
class Sent:
    """What a sender is told (收讫): the message's id, its number in the addressee's inbox, and when it was stamped."""

    id: uuid.UUID
    number: int
    digest: str
    sent_at: datetime


def send(*, actor: Actor, envelope: bytes, content: bytes, signature: bytes, at: datetime) -> Sent:
    """Take a signed message in (收报文): verified, completed with time stamp and status, stored once under its sender's number.

    The same number with the same envelope answers the same again; with another, Conflict. Raises Invalid with each part that is
    wrong, Forbidden for a certificate that is not of the sender's organ.
    """
    if not may_send(actor) or actor.id is None or actor.organ_id is None:
        raise Forbidden("exchange.sender", msg("只有登记了发报文权限的接入系统可以发报文。"))
    said = _read(envelope, content)
    if (before := _before(actor.id, said.key, envelope)) is not None:
        return before
    to_organ, to_system = _addressee(said)
    if systems.clients_of([actor.id])[actor.id] != said.sender:
        raise _invalid("envelope", msg("封面里的发件系统不是您自己。"))
    if to_system == actor.id:
        raise _invalid("envelope", msg("不能发给自己。"))
    completed = certificates.complete(signature, at=at)
    judged = judge(envelope, content, completed.evidence, certified.roots(), certified.intermediates())
    if not judged.good:
        fields: dict[str, list[str]] = {}
        for part, wrong in judged.faults.items():
            text = Message(
                msg("%(part)s：%(wrong)s"), {"part": PART_LABELS[part], "wrong": WRONG_LABELS[wrong]}
            )
            fields.setdefault(_FIELD_OF.get(part, "signature"), []).append(text)
        raise Invalid("exchange.signature", msg("签名验证没有通过，没有收下。"), fields=fields)
    _ensure_own(completed, actor.organ_id)
    made = ExchangeMessage(
        id=new_id(),
        sender_id=actor.id,
        from_organ_id=actor.organ_id,
        to_organ_id=to_organ,
        to_system_id=to_system,
        key=said.key,
        media_type=said.media_type,
        purpose=said.purpose,
        digest=said.digest,
        size=said.size,
        envelope=envelope,
        content=encrypt(CONTENT_PURPOSE, base64.b64encode(content).decode()),
        evidence=completed.evidence,
        certificate_id=completed.certificate_id,
        sent_at=at,
    )
    return _stored(actor, made, envelope, at)


def _stored(actor: Actor, made: ExchangeMessage, envelope: bytes, at: datetime) -> Sent:
    try:
        with transaction.atomic():
            # The number is taken first, for the ledger names it: whoever sends to this organ queues up here until the commit.
            made.number = take(f"exchange:{made.to_organ_id}")
            record(
                stream=f"message:{made.id}",
                act="exchange.send",
                actor=actor,
                at=at,
                data=told(made),
                key=f"exchange:{made.key}",
            )
            made.save(force_insert=True)
    except Repeated:
        before = _before(made.sender_id, made.key, envelope)
        if before is None:
            raise Conflict("exchange.key", _USED) from None
        return before
    return Sent(made.id, made.number, made.digest, made.sent_at)


def _before(sender_id: uuid.UUID, key: str, envelope: bytes) -> Sent | None:
    """What was already stored under the sender's number (已收的报文); Conflict where that was another message."""
    found = ExchangeMessage.objects.filter(sender_id=sender_id, key=key).defer("content", "evidence").first()
    if found is None:
        return None
    if bytes(found.envelope) != envelope:
        raise Conflict("exchange.key", _USED)
    return Sent(found.id, found.number, found.digest, found.sent_at)


def _read(envelope: bytes, content: bytes) -> Envelope:
    said, errors = read(envelope)
    if said is None:
        raise Invalid("exchange.envelope", _MENDED, fields=errors)
    if not said.holds(content):
        raise _invalid("content", msg("内容和封面写的摘要、长度不符。"))
    return said


def _addressee(said: Envelope) -> tuple[uuid.UUID, uuid.UUID | None]:
    """The organ, and the system where one is named (收件方); a system that receives nothing is nobody to write to."""
    if said.to_system:
        system = systems.addressee(said.to_system)
        if system is None or Right.MESSAGES_RECEIVE not in system.rights:
            raise _invalid("to", msg("没有这个系统，或者它不收报文。"))
        return system.organ_id, system.id
    organ = parties.organ_by_code(said.to_organ)
    if organ is None:
        raise _invalid("to", msg("没有这个机关。"))
    return organ.id, None


def _ensure_own(completed: certificates.Completed, organ_id: uuid.UUID) -> None:
    """The certificate is a seal's or a server's of the sender's organ (证书归属), as it was registered: a name alone is nobody's."""
    if completed.profile not in _SIGNING or completed.organ_id != organ_id:
        raise Forbidden(
            "exchange.certificate", msg("请用本机关的印章证书或者服务器证书签名，这张证书不是本机关的。")
        )


def _invalid(name: str, text: str) -> Invalid:
    return Invalid("exchange.envelope", _MENDED, fields={name: [text]})
