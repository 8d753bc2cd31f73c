"""Interface of a signer (签名接口): what the rest of the house knows of a key, wherever the key is kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Signer(Protocol):
    """Signer (签名者): a private key that never leaves its keeper.

    ``key_id``: algorithm name and the first 16 hexadecimal digits of the SHA-256 of the public key (SPKI, DER).
    ``algorithm``: ``ed25519`` or ``ecdsa-p256-sha256``.
    """

    @property
    def key_id(self) -> str: ...

    @property
    def algorithm(self) -> str: ...

    def public_key_pem(self) -> str:
        """The public key (公钥) as PEM text, as ``openssl pkey -pubin`` reads it."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Signature over ``data`` (签名): 64 bytes for Ed25519, DER for ECDSA."""
        ...


class CertifiedSigner(Signer, Protocol):
    """Signer with certificates (持证签名者): others can trace its key to a root they trust."""

    def certificates(self) -> tuple[bytes, ...]:
        """The chain (证书链), DER, the signer's own certificate first and the root last."""
        ...


@dataclass(frozen=True, slots=True)
class Proofs:
    """Proofs (验证材料): what somebody needs, years later and without asking anybody, to judge a signature and its time stamp.

    All DER: ``certificates`` of whoever is in either chain; ``answers`` (OCSP, RFC 6960) and ``lists`` (CRL, RFC 5280) of that time.
    """

    certificates: tuple[bytes, ...]
    answers: tuple[bytes, ...]
    lists: tuple[bytes, ...]


class LastingSigner(CertifiedSigner, Protocol):
    """Signer for the long term (可长期验证的签名者): with a time stamp, and with the proofs of its time."""

    def time_stamp(self, request: bytes, at: datetime) -> bytes:
        """The answer to a request for a time stamp (时间戳应答), RFC 3161, DER."""
        ...

    def proofs(self) -> Proofs:
        """What the judgement needs (验证材料), of the moment for which this signer was made."""
        ...
