"""Certification requests (证书申请): PKCS#10, made and read.

Source: RFC 2986. A request shows that whoever asks holds the private key (proof of possession): it is signed with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from . import der, names, pem
from .certificates import signed, signed_parts
from .keys import PrivateKey, PublicKey, load_public


class NotHeld(ValueError):  # noqa: N818 -- names what is the matter
    """The request is not signed with the key that it asks for (未证明持有私钥)."""


@dataclass(frozen=True, slots=True)
class Request:
    """Request (证书申请), read: the name that is asked for, the key, and all its bytes."""

    der: bytes
    tbs: bytes
    subject: bytes
    public: PublicKey
    signature_oid: str
    signature: bytes

    @property
    def pem(self) -> bytes:
        """As text (文本形式)."""
        return pem.armour("CERTIFICATE REQUEST", self.der)

    @property
    def proves_possession(self) -> bool:
        """Whether the key that it asks for has signed it (持有证明)."""
        return self.signature_oid == self.public.algorithm.signature_oid and self.public.verify(
            self.signature, self.tbs
        )


def build_request(subject: Sequence[tuple[str, str]] | bytes, key: PrivateKey) -> Request:
    """Make a request (生成申请) for ``subject``, signed with ``key``."""
    name = subject if isinstance(subject, bytes) else names.build_name(subject)
    return load_request(signed(der.sequence(der.integer(0), name, key.public.spki, der.explicit(0)), key))


def load_request(content: bytes) -> Request:
    """A request (读取申请), PEM or DER; raises :class:`~.der.Malformed`. Attributes are not ours to follow: the profile decides."""
    is_text = pem.is_pem(content)
    encoded = pem.first(content, "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST") if is_text else content
    tbs, algorithm, signature = signed_parts(encoded, "request")
    parts = der.fields(tbs, "request")
    if parts.take(der.INTEGER).number() != 0:
        raise der.Malformed("request: version")
    subject = parts.take(der.SEQUENCE).der
    names.read_name(subject)
    public = load_public(parts.take(der.SEQUENCE).der)
    parts.take(0xA0)
    parts.end()
    return Request(bytes(encoded), tbs.der, subject, public, algorithm, signature)


def proven_request(content: bytes) -> Request:
    """A request whose proof of possession holds (验证申请); raises :class:`NotHeld`, :class:`~.der.Malformed`."""
    request = load_request(content)
    if not request.proves_possession:
        raise NotHeld("the request is not signed with its own key")
    return request
