"""Exchange messages (交换报文): signed by one connected system, kept, and proven to the other today and years later."""

import base64
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from django.utils import translation
from ninja import Query, Router, Status
from pydantic import BaseModel, ConfigDict, Field

from tongban.base.errors import Invalid
from tongban.doors.api.auth import Request, opened_to
from tongban.doors.api.errors import said
from tongban.doors.api.schemas import REFUSALS, Limit, Refused
from tongban.people.certificates.actions.completing import LONGEST_SIGNED
from tongban.people.certificates.rules.verdicts import WRONG_LABELS
from tongban.people.signon import actions as signon
from tongban.people.signon.rules.rights import Right
from tongban.records.exchange import actions, queries
from tongban.records.exchange.rules import LARGEST, LONGEST_ENVELOPE, PART_LABELS
from tongban.standards.text import msg

router = Router(tags=["messages"])


def _base64(most: int) -> int:
    return (most + 2) // 3 * 4


class Sending(BaseModel):
    """A message to send (发报文). ``envelope``: the text that was signed, as it was signed; the others in base64 (RFC 4648, 4)."""

    model_config = ConfigDict(extra="forbid")

    envelope: Annotated[str, Field(max_length=LONGEST_ENVELOPE)]
    content: Annotated[str, Field(max_length=_base64(LARGEST))]
    signature: Annotated[str, Field(max_length=_base64(LONGEST_SIGNED))]


class SentOut(BaseModel):
    """What a sender is told (收讫). ``number``: in the addressee's inbox."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    number: int
    digest: str
    sent_at: datetime


class MessageOut(BaseModel):
    """A message in a list (报文行)."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
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


class Inbox(BaseModel):
    """Messages (报文列表), oldest first. ``after``: ask for what follows with this number."""

    messages: list[MessageOut]
    after: int


class FaultOut(BaseModel):
    """A part that does not hold (有问题的部分), and what is wrong with it."""

    part: str
    wrong: str
    message: str


class VerdictOut(BaseModel):
    """What is found of the signature (验签结论) as of the moment at which it was stamped."""

    good: bool
    signer: str
    fingerprint: str
    signed_at: datetime | None
    stamped_at: datetime | None
    faults: list[FaultOut]


class WholeMessage(MessageOut):
    """A message whole (报文): the envelope as it was signed, the content in base64, and what is found of the signature."""

    envelope: str
    content: str
    verdict: VerdictOut


@router.post(
    "/messages",
    response={201: SentOut, REFUSALS: Refused},
    summary="Send a message 发报文",
    **opened_to(Right.MESSAGES_SEND, systems_only=True),
)
def send(request: Request, body: Sending) -> Status[actions.Sent]:
    """Send a message (scope ``messages.send``): a JSON envelope, signed (CMS SignedData, detached, DER) with the organ's seal or server certificate.

    The envelope has exactly ``format`` (``tongban-message-1``), ``from`` (client id), ``to`` (``{"organ": credit code}`` or ``{"system":
    client id}``), ``type``, ``digest`` (SHA-256 of the content, hex), ``size``, ``purpose``, ``key`` (the sender's own number). The same
    envelope sent again answers the same again.
    """
    sent = actions.send(
        actor=request.auth,
        envelope=body.envelope.encode("utf-8", "surrogatepass"),
        content=_decoded("content", body.content),
        signature=_decoded("signature", body.signature),
        at=datetime.now(UTC),
    )
    return Status(201, sent)


def _decoded(name: str, text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        told = {name: [msg("不是 base64 文本。")]}
        raise Invalid("exchange.base64", msg("请求的内容不合要求，已经逐项列出。"), fields=told) from error


@router.get(
    "/messages",
    response={200: Inbox, REFUSALS: Refused},
    summary="Messages received 收报文",
    **opened_to(Right.MESSAGES_RECEIVE, systems_only=True),
)
def inbox(
    request: Request, after: Annotated[int, Query(ge=0, le=2**62)] = 0, limit: Limit = 100
) -> dict[str, object]:
    """What was sent to the system or to its organ (scope ``messages.receive``), without content, following the number ``after``."""
    found = queries.inbox(request.auth, after=after, limit=limit)
    return {"messages": found, "after": found[-1].number if found else after}


@router.get(
    "/messages/{message_id}",
    response={200: WholeMessage, REFUSALS: Refused},
    summary="One message 取报文",
    **opened_to(Right.MESSAGES_RECEIVE, systems_only=True),
)
def one(request: Request, message_id: UUID) -> WholeMessage:
    """A message that was sent to the system or by it, whole, its signature judged anew. That it was read stands in the ledger."""
    found = queries.one(request.auth, message_id)
    _note(request, found)
    facts = {name: getattr(found.row, name) for name in MessageOut.model_fields}
    judged = found.judged
    with translation.override(translation.get_language_from_request(request)):
        faults = [
            FaultOut(
                part=part,
                wrong=wrong,
                message=f"{said(PART_LABELS[part])}{said('：')}{said(WRONG_LABELS[wrong])}",
            )
            for part, wrong in judged.faults.items()
        ]
    verdict = VerdictOut(
        good=judged.good,
        signer=judged.signer,
        fingerprint=judged.fingerprint,
        signed_at=judged.signed_at,
        stamped_at=judged.stamped_at,
        faults=faults,
    )
    return WholeMessage(
        **facts,
        envelope=found.envelope.decode("utf-8", "replace"),
        content=base64.b64encode(found.content).decode(),
        verdict=verdict,
    )


@router.get(
    "/messages/{message_id}/evidence",
    response={200: None, REFUSALS: Refused},
    summary="Its evidence 取签名证据",
    **opened_to(Right.MESSAGES_RECEIVE, systems_only=True),
)
def evidence(request: Request, message_id: UUID) -> HttpResponse:
    """The evidence (CMS SignedData over the envelope, DER, with time stamp and status): what ``openssl cms -verify`` and a court take."""
    found = queries.one(request.auth, message_id)
    _note(request, found)
    response = HttpResponse(found.evidence, content_type="application/pkcs7-signature")
    response.headers["Content-Disposition"] = f'attachment; filename="message-{found.row.id}.p7s"'
    return response


def _note(request: Request, found: queries.MessageView) -> None:
    if request.auth.id != found.sender_id:  # what it sent itself is no look at anybody's data
        of, at = f"message:{found.row.id}", datetime.now(UTC)
        signon.note_read(actor=request.auth, right=Right.MESSAGES_RECEIVE, of=of, at=at)
