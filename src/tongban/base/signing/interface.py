"""Interface of a signer (签名接口): what the rest of the house knows of a key, wherever the key is kept."""

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
