"""Acts on licences (证照行为): issue and revoke."""

import io
import secrets
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from tongban.base.actor import Actor
from tongban.base.documents import render, sign_pdf
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.files import actions as files
from tongban.base.ids import new_id
from tongban.base.ledger.queries import done_before
from tongban.base.numbering.actions import take
from tongban.base.record import Repeated, record
from tongban.people.certificates import actions as certificates
from tongban.people.parties import queries as parties
from tongban.records.licences.access import may_issue, may_revoke, visible_to
from tongban.records.licences.models import Licence
from tongban.records.licences.queries import content_digest, exists_for_case
from tongban.records.licences.rules import LONGEST_REASON, MOVES, LicenceState, last_day
from tongban.standards import licence_id as licence_ids
from tongban.standards import plaintext
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg

_TEMPLATE = Path(__file__).parent / "templates_pdf" / "licence.typ"
_CHINA = ZoneInfo("Asia/Shanghai")
_LARGEST_DOCUMENT = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Grant:
    """Grant (准予内容): what a decision gives, and to whom."""

    case_id: uuid.UUID
    case_number: str
    name: str
    licence_type: str
    holder_id: uuid.UUID
    issuer_id: uuid.UUID
    place: str
    facts: list[dict[str, str]]
    valid_years: int | None
    demonstration: bool


def issue(*, actor: Actor, grant: Grant, at: datetime) -> uuid.UUID:
    """Issue the licence of a granted case (签发证照), sealed for the long term, and return its id. One per case: Conflict the second time.

    Conflict as well where the organ's seal must not be used now: nothing is issued then.
    """
    allowed, reason = may_issue(actor)
    if not allowed:
        raise Forbidden("licences.issue", reason)
    with transaction.atomic():
        organ, holder = parties.organ(grant.issuer_id), parties.party(grant.holder_id)
        issued_on = at.astimezone(_CHINA).date()
        serial = f"{issued_on.year}{take(f'licence:{organ.credit_code}:{grant.licence_type}:{issued_on.year}'):06d}"
        # Asked after the number is taken: two issuers of one case wait for each other there, and the second sees this.
        if exists_for_case(grant.case_id):
            raise Conflict("licences.once", msg("这件办件的证照已经签发。"))
        licence = Licence(
            id=new_id(),
            identifier=licence_ids.make(
                definer=organ.credit_code, type=grant.licence_type, issuer=organ.credit_code, serial=serial
            ),
            number=f"{organ.place[:6]}{grant.licence_type}{serial}{organ.credit_code[8:16]}",
            token=secrets.token_urlsafe(16),
            name=grant.name,
            holder_id=holder.id,
            holder_name=holder.name,
            issuer_id=organ.id,
            place=grant.place,
            case_id=grant.case_id,
            case_number=grant.case_number,
            facts=grant.facts,
            issued_at=at,
            valid_from=issued_on,
            valid_to=last_day(issued_on, grant.valid_years),
        )
        pdf = _document(licence, organ.name, holder.masked_number, issued_on, grant.demonstration, at)
        licence.document_id = files.store(
            io.BytesIO(pdf), name="licence.pdf", limit=_LARGEST_DOCUMENT, allowed=("application/pdf",), at=at
        ).digest
        licence.save(force_insert=True)
        data = {
            "licence": str(licence.id),
            "identifier": licence.identifier,
            "content": content_digest(licence),
        }
        record(
            stream=f"licence:{licence.id}", act="licences.issue", actor=actor, at=at, data=data, event=data
        )
    return licence.id


def _document(
    licence: Licence, organ: str, holder_code: str, issued_on: date, demonstration: bool, at: datetime
) -> bytes:
    pdf = render(
        _TEMPLATE,
        {
            "title": licence.name,
            "number": licence.number,
            "identifier": licence.identifier,
            "holder": licence.holder_name,
            "holder_code": holder_code,
            "fields": licence.facts,
            "organ": organ,
            "issued_on": issued_on.isoformat(),
            "valid_from": licence.valid_from.isoformat(),
            "valid_to": licence.valid_to.isoformat() if licence.valid_to else "",
            "verify_url": f"{settings.PUBLIC_URL}/verify/{licence.token}",
            "demonstration": demonstration,
        },
        at=at,
    )
    seal = certificates.sealer(licence.issuer_id, at=at)
    return sign_pdf(pdf, reason="签发电子证照", location=organ, at=at, seal=seal)


def revoke(
    *, actor: Actor, licence_id: uuid.UUID, because: str, at: datetime, key: str | None = None
) -> None:
    """Revoke a licence (撤销证照) with the reason; verification says so from that moment.

    The same ``key`` by the same actor a second time changes nothing and is no error.
    """
    try:
        with transaction.atomic():
            _revoke(actor, licence_id, because, at, key)
    except Repeated:
        if not _revoked_before(actor, licence_id, key):
            raise Conflict("licences.key", msg("这个请求编号已经用在另一次操作上。")) from None


def _revoked_before(actor: Actor, licence_id: uuid.UUID, key: str | None) -> bool:
    return key is not None and done_before(actor, key) == (f"licence:{licence_id}", "licences.revoke")


def _reason(text: str) -> str:
    try:
        clean = plaintext.clean(text, limit=LONGEST_REASON, multiline=True)
        problem: str = "" if clean else msg("请写明撤销的理由，持证人和查验的人会看到。")
    except BadCode as error:
        clean, problem = text, Message(error.message, error.params)
    if problem:
        raise Invalid(
            "licences.because", msg("还有内容没有填好，已经在下面标出。"), fields={"because": [problem]}
        )
    return clean


def _revoke(actor: Actor, licence_id: uuid.UUID, because: str, at: datetime, key: str | None) -> None:
    licence = Licence.objects.select_for_update().filter(visible_to(actor), pk=licence_id).first()
    if licence is None:
        raise NotFound("licences.visible", msg("没有找到这份证照。"))
    allowed, reason = may_revoke(actor, licence.issuer_id)
    if not allowed:
        raise Forbidden("licences.revoke", reason)
    move = next((m for m in MOVES if m.source == licence.state and m.verb == "revoke"), None)
    if move is None and _revoked_before(actor, licence_id, key):
        return
    if move is None:
        raise Conflict("licences.move", msg("这份证照已经撤销。"))
    because = _reason(because)
    licence.state, licence.revoked_at, licence.revoked_because = LicenceState(move.target), at, because
    licence.save(update_fields=["state", "revoked_at", "revoked_because"])
    data = {"licence": str(licence_id), "because": because}
    record(
        stream=f"licence:{licence_id}",
        act="licences.revoke",
        actor=actor,
        at=at,
        data=data,
        key=key,
        event=data,
    )
