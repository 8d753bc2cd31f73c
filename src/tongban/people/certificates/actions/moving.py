"""How a certificate moves (证书流转的做法): lock, access, table, write, record, in one transaction and one ledger entry."""

import uuid
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from tongban.base.actor import Actor, ActorKind
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ledger.queries import done_before
from tongban.base.record import Repeated, record
from tongban.people.certificates.access import is_holder, may, visible_to
from tongban.people.certificates.models import Certificate, KeptKey
from tongban.people.certificates.rules.moves import (
    CERTIFICATE_STATE_LABELS,
    LIVE,
    LONGEST_REASON,
    WITHDRAWN_FROM_USE,
    CertificateState,
    CertificateVerb,
    find,
)
from tongban.standards import plaintext
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg

Write = Callable[[Certificate], dict[str, object]]
MENDED = msg("还有内容没有填好，已经在下面标出。")


def stream_of(certificate_id: uuid.UUID) -> str:
    """The ledger's stream of a certificate (证书的存证链)."""
    return f"certificate:{certificate_id}"


def lock(actor: Actor, certificate_id: uuid.UUID) -> Certificate:
    """The certificate, locked for this transaction (锁定证书); NotFound where there is none or it is not for this actor."""
    rows = Certificate.objects.select_for_update()
    if actor.kind is not ActorKind.SYSTEM:
        rows = rows.filter(visible_to(actor))
    found = rows.filter(pk=certificate_id).first()
    if found is None:
        raise NotFound("certificates.visible", msg("没有找到这张证书，或者您不能查看它。"))
    return found


def move(
    *,
    actor: Actor,
    certificate_id: uuid.UUID,
    verb: CertificateVerb,
    at: datetime,
    write: Write,
    version: int | None = None,
    key: str | None = None,
) -> bool:
    """Make one move (流转一步); whether it was made now: the same key by the same actor a second time changes nothing.

    ``write`` changes the row's own columns and says what the ledger keeps. ``version``: that the actor saw.
    """
    try:
        with transaction.atomic():
            row = lock(actor, certificate_id)
            if key is not None and done_before(actor, key) == (stream_of(row.id), f"certificates.{verb}"):
                return False
            _make(actor, row, verb, at, write, version, key)
    except Repeated as error:
        raise Conflict("certificates.key", msg("这个请求编号已经用在另一次操作上。")) from error
    return True


def _make(
    actor: Actor,
    row: Certificate,
    verb: CertificateVerb,
    at: datetime,
    write: Write,
    version: int | None,
    key: str | None,
) -> None:
    state = CertificateState(row.state)
    found = find(state, verb)
    if found is None:
        raise Conflict(
            "certificates.move",
            msg("证书现在的状态是“%(state)s”，不能这样办。"),
            {"state": CERTIFICATE_STATE_LABELS[state]},
        )
    if version is not None and version != row.version:
        raise Conflict("certificates.version", msg("这张证书刚刚有了变化，请看过最新情况再办。"))
    involved = [one for one in (row.registered_by, row.account_id) if one is not None]
    holds = is_holder(actor, row.party_id, row.account_id)
    allowed, reason = may(actor, found, holds=holds, place=row.place, involved=involved)
    if not allowed:
        raise Forbidden(f"certificates.{verb}", reason)
    data = write(row)
    row.state, row.version = found.target.value, row.version + 1
    row.save()
    if found.target not in LIVE:
        KeptKey.objects.filter(pk=row.id).delete()
    told = {"certificate": str(row.id)} | data
    changes_list = (found.target in WITHDRAWN_FROM_USE) != (found.source in WITHDRAWN_FROM_USE)
    heard = changes_list or verb is CertificateVerb.APPROVE
    record(
        stream=stream_of(row.id),
        act=f"certificates.{verb}",
        actor=actor,
        at=at,
        data=told,
        key=key,
        event={"certificate_id": str(row.id)} if heard else None,
    )


def reason_of(text: str, field: str = "because") -> str:
    """A reason as it is kept (理由); Invalid at its field where there is none."""
    try:
        clean = plaintext.clean(text, limit=LONGEST_REASON, multiline=True)
        problem: str = "" if clean else msg("请写明理由，持有人会看到。")
    except BadCode as error:
        clean, problem = text, Message(error.message, error.params)
    if problem:
        raise Invalid("certificates.because", MENDED, fields={field: [problem]})
    return clean
