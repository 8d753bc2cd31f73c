"""Showing that one holds a certificate (证书出示): a signed challenge from any tool, or what the proxy saw in the handshake.

A signed message comes from outside and may be written in any encoding that CMS allows (RFC 5652), so a general reader reads it; the
signature is checked with the key of *our* copy of the certificate, never with one that was sent along.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from asn1crypto import cms, pem

from tongban.base.errors import Forbidden, Invalid
from tongban.base.pki import sm2
from tongban.base.pki.certificates import load_certificate
from tongban.people.certificates.queries.certificates import HolderView, holder_by_fingerprint
from tongban.people.certificates.rules.challenges import LONGEST_ANSWER
from tongban.people.certificates.rules.moves import CERTIFICATE_STATE_LABELS, CertificateState
from tongban.people.certificates.rules.profiles import PROFILES
from tongban.standards.text import msg

_DIGESTS = {
    "2.16.840.1.101.3.4.2.1": lambda data: hashlib.sha256(data).digest(),
    "1.2.156.10197.1.401": sm2.sm3,
}
_UNREADABLE = msg("这不是一份完整的签名（CMS，PEM 文本），请照上面的说明重新生成。")
_UNFIT = msg("签名不对，或者签的不是这一次的挑战文本，请重新下载再签。")


def holder_who_signed(answer: bytes, texts: Sequence[bytes], *, at: datetime) -> HolderView:
    """Whose certificate has signed one of ``texts`` (验证登录签名), good at ``at``.

    Raises Invalid at the field ``answer`` for what is no such signature, Forbidden for a certificate that may not be used.
    """
    if not 0 < len(answer) <= LONGEST_ANSWER:
        raise _invalid(_UNREADABLE)
    try:
        signer, certificates = _read(answer)
        fingerprint = _signers(signer, certificates)
        signed = signer["signed_attrs"]
        told = {str(one["type"].dotted): one["values"] for one in signed}
        digest = _DIGESTS.get(signer["digest_algorithm"]["algorithm"].dotted)
        message_digest = bytes(told["1.2.840.113549.1.9.4"][0].native)
        content_type = told["1.2.840.113549.1.9.3"][0].dotted
        covered = (
            b"\x31" + bytes(signed.dump())[1:]
        )  # as it came, under the tag that is signed (RFC 5652, 5.4)
        signature = bytes(signer["signature"].native)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError) as problem:
        raise _invalid(_UNREADABLE) from problem
    if digest is None or content_type != "1.2.840.113549.1.7.1":
        raise _invalid(_UNREADABLE)
    if not any(message_digest == digest(text) for text in texts):
        raise _invalid(_UNFIT)
    holder = _ours(fingerprint)
    public = load_certificate(holder.certificate).public
    if not public.verify(signature, covered):
        raise _invalid(_UNFIT)
    return _good(holder, at)


def holder_who_connected(certificate: bytes, *, at: datetime) -> HolderView:
    """Whose certificate opened the connection (双向 TLS 登录), good at ``at``: the proxy has seen that the key is hers."""
    return _good(_ours(hashlib.sha256(certificate).hexdigest()), at)


def _read(answer: bytes) -> tuple[Any, list[Any]]:
    """The one signer and the certificates of a signed message, DER or PEM."""
    encoded = answer
    if pem.detect(answer):
        label, _headers, encoded = pem.unarmor(answer)
        if label not in ("CMS", "PKCS7"):
            raise ValueError(label)
    outer = cms.ContentInfo.load(encoded)
    if outer["content_type"].native != "signed_data":
        raise ValueError("not signed data")
    inner = outer["content"]
    signers = list(inner["signer_infos"])
    if len(signers) != 1:
        raise ValueError("one signer was expected")
    return signers[0], [one.chosen for one in inner["certificates"]]


def _signers(signer: Any, certificates: Sequence[Any]) -> str:
    """Fingerprint of the certificate that the signer names."""
    sid = signer["sid"]
    for one in certificates:
        if sid.name == "issuer_and_serial_number":
            named = sid.chosen["serial_number"].native == one.serial_number and (
                sid.chosen["issuer"].dump() == one.issuer.dump()
            )
        else:
            named = sid.chosen.native == one.key_identifier
        if named:
            return hashlib.sha256(one.dump()).hexdigest()
    raise ValueError("the signer's certificate is not in it")


def _ours(fingerprint: str) -> HolderView:
    holder = holder_by_fingerprint(fingerprint)
    if holder is None:
        raise Forbidden("certificates.not_ours", msg("这张证书不是本平台签发的，不能用来登录。"))
    return holder


def _good(holder: HolderView, at: datetime) -> HolderView:
    """The holder, where her certificate is good at this moment and may be used to sign in."""
    if not PROFILES[holder.profile].signs_in:
        raise Forbidden("certificates.not_for_login", msg("这种证书不能用来登录。"))
    if holder.state is not CertificateState.ISSUED:
        raise Forbidden(
            "certificates.not_in_force_now",
            msg("证书现在的状态是“%(state)s”，不能用来登录。"),
            {"state": CERTIFICATE_STATE_LABELS[holder.state]},
        )
    if not holder.not_before <= at < holder.not_after:
        raise Forbidden("certificates.not_in_its_time", msg("这张证书不在有效期内，不能用来登录。"))
    return holder


def _invalid(text: str) -> Invalid:
    return Invalid("certificates.answer", text, fields={"answer": [text]})
