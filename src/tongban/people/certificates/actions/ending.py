"""Stopping and ending certificates (冻结、吊销、归档): what verifiers must know of at once."""

import uuid
from datetime import datetime

from django.db import transaction

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Invalid
from tongban.base.record import record
from tongban.people.certificates.access import is_holder
from tongban.people.certificates.actions.moving import MENDED, move, reason_of, stream_of
from tongban.people.certificates.models import Certificate
from tongban.people.certificates.rules.moves import (
    COLLECT_WITHIN,
    EXPIRING_WITHIN,
    HOLDERS_REASONS,
    LIVE,
    OFFICE_REASONS,
    CertificateState,
    CertificateVerb,
    RevocationReason,
)
from tongban.standards.text import msg

V = CertificateVerb


def suspend(
    *,
    actor: Actor,
    certificate_id: uuid.UUID,
    because: str,
    at: datetime,
    version: int | None = None,
    key: str | None = None,
) -> None:
    """Put a certificate on hold (冻结) at once, by its holder or a registrar: the key is lost, or may be."""

    def write(row: Certificate) -> dict[str, object]:
        row.suspended_at = at
        return {"because": reason_of(because)}

    move(
        actor=actor,
        certificate_id=certificate_id,
        verb=V.SUSPEND,
        at=at,
        write=write,
        version=version,
        key=key,
    )


def resume(
    *,
    actor: Actor,
    certificate_id: uuid.UUID,
    because: str,
    at: datetime,
    version: int | None = None,
    key: str | None = None,
) -> None:
    """Take a certificate off hold (解冻): by a registrar, who has seen its holder again."""

    def write(row: Certificate) -> dict[str, object]:
        if row.not_after is not None and row.not_after <= at:
            raise Conflict("certificates.over", msg("这张证书已经到期，请重新申请。"))
        since, row.suspended_at = row.suspended_at, None
        return {"because": reason_of(because), "since": "" if since is None else since.isoformat()}

    move(
        actor=actor,
        certificate_id=certificate_id,
        verb=V.RESUME,
        at=at,
        write=write,
        version=version,
        key=key,
    )


def revoke(
    *,
    actor: Actor,
    certificate_id: uuid.UUID,
    reason: RevocationReason,
    because: str,
    at: datetime,
    version: int | None = None,
    key: str | None = None,
) -> None:
    """Revoke a certificate (吊销) for good, with the reason that lists and answers give (RFC 5280 section 5.3.1)."""

    def write(row: Certificate) -> dict[str, object]:
        holds = is_holder(actor, row.party_id, row.account_id)
        if reason not in (HOLDERS_REASONS if holds else OFFICE_REASONS):
            raise Invalid("certificates.reason", MENDED, fields={"reason": [msg("请选一项。")]})
        _end(row, reason, at)
        return {"reason": reason.value, "because": reason_of(because)}

    move(
        actor=actor,
        certificate_id=certificate_id,
        verb=V.REVOKE,
        at=at,
        write=write,
        version=version,
        key=key,
    )


def supersede(*, actor: Actor, certificate_id: uuid.UUID, successor_id: uuid.UUID, at: datetime) -> None:
    """End a certificate because its successor was issued (被取代), in the same transaction. Follows from that act."""

    def write(row: Certificate) -> dict[str, object]:
        _end(row, RevocationReason.SUPERSEDED, at)
        return {"reason": RevocationReason.SUPERSEDED.value, "successor": str(successor_id)}

    move(actor=actor, certificate_id=certificate_id, verb=V.SUPERSEDE, at=at, write=write)


def _end(row: Certificate, reason: RevocationReason, at: datetime) -> None:
    row.suspended_at, row.ended_at, row.ended_because, row.parcel = None, at, reason.value, None


def keep_time(*, actor: Actor, at: datetime, limit: int = 200) -> int:
    """What time alone brings (按时处理): what was not fetched lapses, what is over is archived, who has to renew is told. Returns how many."""
    done = 0
    late = Certificate.objects.filter(
        state=CertificateState.APPROVED.value, approved_at__lte=at - COLLECT_WITHIN
    )
    for one in list(late.order_by("approved_at").values_list("id", flat=True)[:limit]):
        move(actor=actor, certificate_id=one, verb=V.LAPSE, at=at, write=lambda _row: {})
        done += 1
    live = [state.value for state in LIVE]
    over = Certificate.objects.filter(state__in=live, not_after__lte=at)
    for one in list(over.order_by("not_after").values_list("id", flat=True)[:limit]):
        move(actor=actor, certificate_id=one, verb=V.EXPIRE, at=at, write=lambda row: _archive(row, at))
        done += 1
    return done + _tell(actor, at, limit)


def _archive(row: Certificate, at: datetime) -> dict[str, object]:
    row.suspended_at, row.parcel, row.ended_at = None, None, at
    return {}


def _tell(actor: Actor, at: datetime, limit: int) -> int:
    """Tell the holders of what ends soon (到期提醒), each certificate once."""
    soon = Certificate.objects.filter(
        state=CertificateState.ISSUED.value, told_at=None, not_after__lte=at + EXPIRING_WITHIN
    )
    told = 0
    for one in list(soon.order_by("not_after").values_list("id", flat=True)[:limit]):
        with transaction.atomic():
            row = Certificate.objects.select_for_update().get(pk=one)
            if row.told_at is not None or row.state != CertificateState.ISSUED or row.not_after is None:
                continue
            row.told_at = at
            row.save(update_fields=["told_at"])
            data = {"certificate": str(one), "not_after": row.not_after.isoformat()}
            record(
                stream=stream_of(one),
                act="certificates.tell_expiry",
                actor=actor,
                at=at,
                data=data,
                event={"certificate_id": str(one)},
            )
            told += 1
    return told
