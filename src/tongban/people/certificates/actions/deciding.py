"""Deciding on a registration (审核): a second registrar approves or refuses; who asked may take it back."""

import uuid
from datetime import datetime

from tongban.base.actor import Actor
from tongban.people.certificates.actions.moving import move, reason_of
from tongban.people.certificates.models import Certificate
from tongban.people.certificates.rules.moves import CertificateVerb


def approve(
    *,
    actor: Actor,
    certificate_id: uuid.UUID,
    at: datetime,
    version: int | None = None,
    key: str | None = None,
) -> None:
    """Approve a registration (审核通过): by a second registrar, never who registered it or holds it."""

    def write(row: Certificate) -> dict[str, object]:
        row.approved_by, row.approved_at = actor.id, at
        return {}

    move(
        actor=actor,
        certificate_id=certificate_id,
        verb=CertificateVerb.APPROVE,
        at=at,
        write=write,
        version=version,
        key=key,
    )


def refuse(
    *,
    actor: Actor,
    certificate_id: uuid.UUID,
    because: str,
    at: datetime,
    version: int | None = None,
    key: str | None = None,
) -> None:
    """Refuse a registration (不予通过), with a reason that the holder reads."""

    def write(row: Certificate) -> dict[str, object]:
        return {"because": reason_of(because)}

    move(
        actor=actor,
        certificate_id=certificate_id,
        verb=CertificateVerb.REFUSE,
        at=at,
        write=write,
        version=version,
        key=key,
    )


def withdraw(
    *,
    actor: Actor,
    certificate_id: uuid.UUID,
    at: datetime,
    version: int | None = None,
    key: str | None = None,
) -> None:
    """Take a request back (撤回申请) before anything was issued."""
    move(
        actor=actor,
        certificate_id=certificate_id,
        verb=CertificateVerb.WITHDRAW,
        at=at,
        write=lambda _row: {},
        version=version,
        key=key,
    )
