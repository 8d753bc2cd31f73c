"""Completing what a holder has signed with her own key elsewhere (固化签名): time stamp and status are added, and make it evidence.

Sources: RFC 5652, 5126; 电子签名法 13. The signer's key never came here; whether the signature holds, ``base.pki.evidence`` says afterwards.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from tongban.base.errors import Forbidden, Invalid
from tongban.base.pki import cms, der
from tongban.base.pki.evidence import complete_evidence
from tongban.people.certificates.actions.backing import backing_of
from tongban.people.certificates.models import Certificate
from tongban.people.certificates.rules.profiles import ProfileKind
from tongban.standards.text import msg

LONGEST_SIGNED = 20_000  # [O] bytes: a signed message with a few certificates has some two thousand
_UNREADABLE = msg(
    "读不出这份签名：应是分离式的 CMS SignedData（DER），一个签名人，带签名人的证书，并绑定它（signing-certificate-v2）。"
)


@dataclass(frozen=True, slots=True)
class Completed:
    """A signature made evidence (固化的签名), and whose certificate it is made with, as registered."""

    evidence: bytes
    certificate_id: uuid.UUID
    fingerprint: str
    profile: ProfileKind
    organ_id: uuid.UUID | None
    name: str


def complete(signed: bytes, *, at: datetime) -> Completed:
    """Add time stamp and status (固化签名) as of ``at``. Raises Invalid at ``signature``, Forbidden for a certificate of nobody here."""
    row = _signer(signed)
    beside = backing_of(row, at)
    evidence = complete_evidence(
        signed, beside.chain, lambda request: beside.stamp(request, at), beside.status
    )
    own = beside.chain[0]
    return Completed(evidence, row.id, own.fingerprint, ProfileKind(row.profile), row.organ_id, row.name)


def _signer(signed: bytes) -> Certificate:
    """The registration of the certificate that signed (签名人的证书登记)."""
    try:
        if len(signed) > LONGEST_SIGNED:
            raise der.Malformed("too long")
        message = cms.load(signed)
        bound = message.bound()
    except der.Malformed as problem:
        raise _invalid(_UNREADABLE) from problem
    if message.content is not None or not bound or bound[0] is None:
        raise _invalid(_UNREADABLE)
    row = Certificate.objects.filter(fingerprint=sha256(bound[0]).hexdigest()).first()
    if row is None or row.authority_id is None:
        raise Forbidden("certificates.not_ours", msg("签名用的证书不是本平台签发的。"))
    return row


def _invalid(text: str) -> Invalid:
    return Invalid("certificates.signed", msg("请改正标出的内容。"), fields={"signature": [text]})
