"""Status of certificates (证书状态查询) as verifiers ask for it, and the responders that sign it."""

import uuid
from collections.abc import Callable
from datetime import datetime

from tongban.base.db import fetch_one
from tongban.base.pki import ocsp
from tongban.base.pki.certificates import load_certificate
from tongban.base.pki.revocation import Reason, Revoked, load_crl
from tongban.people.certificates.models import Authority, Certificate
from tongban.people.certificates.rules.moves import WITHDRAWN_FROM_USE, CertificateState, RevocationReason

REASONS = {
    RevocationReason.UNSPECIFIED: Reason.UNSPECIFIED,
    RevocationReason.KEY_COMPROMISE: Reason.KEY_COMPROMISE,
    RevocationReason.AFFILIATION_CHANGED: Reason.AFFILIATION_CHANGED,
    RevocationReason.SUPERSEDED: Reason.SUPERSEDED,
    RevocationReason.CESSATION: Reason.CESSATION_OF_OPERATION,
    RevocationReason.PRIVILEGE_WITHDRAWN: Reason.PRIVILEGE_WITHDRAWN,
}
_STATUS = "SELECT state, suspended_at, ended_at, ended_because FROM certificate WHERE authority_id = %s AND serial = %s"
# The latest responder that this very authority has delegated: a former authority keeps its own.
_RESPONDER = """
    SELECT i.id, i.certificate, o.certificate, o.key
    FROM certificate_authority i JOIN certificate_authority o ON o.parent_id = i.id AND o.kind = 'ocsp'
    WHERE i.slug = %s AND i.kind = 'issuing' ORDER BY o.made_at DESC LIMIT 1
"""


def since(
    state: str, suspended_at: datetime | None, ended_at: datetime | None, because: str
) -> tuple[datetime, Reason]:
    """Since when and why a certificate is withdrawn from use (撤销时间与原因)."""
    at = suspended_at if state == CertificateState.SUSPENDED else ended_at
    if at is None:
        raise ValueError(f"a certificate {state} without its moment")
    if state == CertificateState.SUSPENDED:
        return at, Reason.CERTIFICATE_HOLD
    return at, REASONS[RevocationReason(because)]


def of(authority_id: uuid.UUID) -> Callable[[int], ocsp.Status]:
    """What this authority knows of a serial number (按序列号查状态). One statement each, two for what it issued to other authorities.

    A certificate that has run out is still good as far as revocation goes: its dates say the rest.
    """

    def status(serial: int) -> ocsp.Status:
        row = fetch_one(_STATUS, [authority_id, f"{serial:x}"])
        if row is None:
            return _of_authority(authority_id, serial)
        state, suspended_at, ended_at, because = row
        if state not in WITHDRAWN_FROM_USE:
            return ocsp.GOOD
        return ocsp.revoked(*since(state, suspended_at, ended_at, because))

    return status


def _of_authority(parent_id: uuid.UUID, serial: int) -> ocsp.Status:
    """What an authority knows of those that it certified itself: its stamper, its responder."""
    for row in Authority.objects.filter(parent_id=parent_id):
        if load_certificate(bytes(row.certificate)).serial == serial:
            return ocsp.GOOD if row.revoked_at is None else ocsp.revoked(row.revoked_at, reason_of(row))
    return ocsp.UNKNOWN


def revoked_authorities(parent_id: uuid.UUID, at: datetime) -> list[Revoked]:
    """The authorities below this one that are revoked (被吊销的下级机构), as its list names them."""
    rows = Authority.objects.filter(parent_id=parent_id, revoked_at__isnull=False, not_after__gt=at)
    return [
        Revoked(load_certificate(bytes(row.certificate)).serial, row.revoked_at, reason_of(row))
        for row in rows
        if row.revoked_at is not None
    ]


def reason_of(row: Authority) -> Reason:
    """Why an authority is revoked (吊销原因)."""
    return REASONS[RevocationReason(row.revoked_because)]


def responder_row(slug: str) -> tuple[uuid.UUID, bytes, bytes, str] | None:
    """An issuing authority and the responder that it delegated (应答器): id, both certificates, where the key is; or None."""
    row = fetch_one(_RESPONDER, [slug])
    return None if row is None else (row[0], bytes(row[1]), bytes(row[2]), row[3])


def is_listed_rightly(row: Certificate, der: bytes) -> bool:
    """Whether a list says of this certificate what its row says (撤销列表是否相符)."""
    entry = load_crl(der).find(int(row.serial, 16))
    if row.state not in WITHDRAWN_FROM_USE:
        return entry is None
    at, reason = since(row.state, row.suspended_at, row.ended_at, row.ended_because)
    return entry is not None and (entry.at, entry.reason) == (at.replace(microsecond=0), reason)
