"""Unlocking a kept key (解锁证书): by its PIN, for one request; what comes of it signs acts, with time stamp and status inside."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from tongban.base.actor import Actor, ActSigner
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.pki import keys
from tongban.base.pki.evidence import make_evidence
from tongban.base.record import record
from tongban.people.certificates.access import is_holder
from tongban.people.certificates.actions import kept_keys
from tongban.people.certificates.actions.backing import Backing, backing_of
from tongban.people.certificates.actions.moving import MENDED, stream_of
from tongban.people.certificates.models import Certificate, KeptKey
from tongban.people.certificates.rules.moves import CERTIFICATE_STATE_LABELS, CertificateState
from tongban.people.certificates.rules.pins import failures_after, pin_problem, wait_until
from tongban.standards.text import msg

WRONG = msg("证书口令不对，请再试一次。")
WAIT = msg("试错的次数太多，请稍等几分钟再试。")


@dataclass(frozen=True, slots=True)
class KeptKeySigner:
    """Signer with a kept key (托管密钥签名者): an :class:`~tongban.base.actor.ActSigner` that asks the database nothing."""

    certificate_id: uuid.UUID
    backing: Backing
    _key: keys.LocalKey = field(repr=False)

    def sign_act(self, content: bytes, at: datetime) -> bytes:
        """Evidence (签名证据) over ``content``: RFC 5652 and 5126, DER, with a time stamp and the status of the certificate."""
        beside = self.backing
        return make_evidence(
            content, self._key, beside.chain, at, lambda request: beside.stamp(request, at), beside.status
        )


def unlock(*, actor: Actor, certificate_id: uuid.UUID, pin: str, at: datetime) -> ActSigner:
    """Unlock one's kept key (解锁证书) for this request; the signer goes into ``actor`` by ``dataclasses.replace(actor, signer=…)``.

    Raises Invalid at the field ``pin`` for a wrong one; after five of them the next tries wait, never for good, and a right PIN
    after the wait is taken. Call it before the act's own transaction: a wrong guess is counted whatever becomes of the act.
    """
    row = _in_force(actor, certificate_id, at)
    private = _opened(row.id, pin, at)
    return KeptKeySigner(row.id, backing_of(row, at), private)


def change_pin(
    *, actor: Actor, certificate_id: uuid.UUID, pin: str, new: str, again: str, at: datetime
) -> None:
    """Change the PIN (修改口令) of one's kept key, knowing the present one. A forgotten PIN is replaced with its certificate."""
    problem = pin_problem(new)
    if problem is not None:
        raise Invalid("certificates.pin", MENDED, fields={"new": [problem]})
    if again != new:
        raise Invalid("certificates.pin_again", MENDED, fields={"again": [msg("两次输入的不一样。")]})
    row = _in_force(actor, certificate_id, at)
    private = _opened(row.id, pin, at)
    with transaction.atomic():
        kept = KeptKey.objects.select_for_update().get(pk=row.id)
        kept.salt, kept.sealed = kept_keys.seal(row.id, private, new)
        kept.save(update_fields=["salt", "sealed"])
        data = {"certificate": str(row.id)}
        record(stream=stream_of(row.id), act="certificates.change_pin", actor=actor, at=at, data=data)


def _in_force(actor: Actor, certificate_id: uuid.UUID, at: datetime) -> Certificate:
    """The actor's own certificate, if it is good now."""
    row = Certificate.objects.filter(pk=certificate_id).first()
    if row is None or not is_holder(actor, row.party_id, row.account_id):
        raise NotFound("certificates.visible", msg("没有找到这张证书，或者您不能查看它。"))
    if row.state != CertificateState.ISSUED:
        raise Conflict(
            "certificates.not_in_force",
            msg("证书现在的状态是“%(state)s”，不能用来签名。"),
            {"state": CERTIFICATE_STATE_LABELS[CertificateState(row.state)]},
        )
    if row.not_before is None or row.not_after is None or not row.not_before <= at < row.not_after:
        raise Conflict("certificates.over", msg("这张证书已经到期，请重新申请。"))
    return row


def _opened(certificate_id: uuid.UUID, pin: str, at: datetime) -> keys.LocalKey:
    """The private key, where the PIN is right; a wrong one is counted. One guess at a time at one key."""
    private: keys.LocalKey | None = None
    with transaction.atomic():
        kept = KeptKey.objects.select_for_update().filter(pk=certificate_id).first()
        if kept is None:
            raise Conflict("certificates.not_kept", msg("这张证书的密钥不在平台上，不能在网页上签名。"))
        if kept.failed_at is not None and wait_until(kept.failures, kept.failed_at) > at:
            raise Forbidden("certificates.wait", WAIT, fields={"pin": [WAIT]})
        try:
            private = kept_keys.unseal(certificate_id, bytes(kept.salt), bytes(kept.sealed), pin)
        except kept_keys.WrongPin:
            kept.failures, kept.failed_at = failures_after(kept.failures, kept.failed_at, at), at
        else:
            kept.failures, kept.failed_at = 0, None
        kept.save(update_fields=["failures", "failed_at"])
    if private is None:
        raise Invalid("certificates.wrong_pin", WRONG, fields={"pin": [WRONG]})
    return private
