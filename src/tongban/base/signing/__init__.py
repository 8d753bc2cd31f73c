"""Signing (签名): one interface for signatures, with keys kept locally until an HSM takes their place.

Two signers exist: one for the roots of the ledger (Ed25519), one for documents that organs issue (P-256 with an
X.509 chain). A signature is checked with the public key alone, by :func:`verify`.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from .interface import CertifiedSigner, LastingSigner, Proofs, Signer
from .local import LocalKeys, UnknownKey, keys

__all__ = [
    "CertifiedSigner",
    "LastingSigner",
    "LocalKeys",
    "Proofs",
    "Signer",
    "UnknownKey",
    "document_signer",
    "ledger_signer",
    "verify",
]


def ledger_signer() -> Signer:
    """Ledger signer (台账签名者): signs the roots of sealed batches; Ed25519 (RFC 8032)."""
    return keys().ledger


def document_signer() -> CertifiedSigner:
    """Document signer (电子文书签章者): signs what organs issue; ECDSA on P-256 with SHA-256 (FIPS 186-5)."""
    return keys().documents


def verify(key: str, data: bytes, signature: bytes) -> bool:
    """Verify (验签): whether ``signature`` over ``data`` was made by ``key``, a public key's PEM text or key id.

    Raises :class:`UnknownKey` where ``key`` names a key never held here. Keys of former signers stay known.
    """
    pem = key if key.startswith("-----BEGIN") else keys().public_key_pem(key)
    public = serialization.load_pem_public_key(pem.encode())
    try:
        if isinstance(public, ed25519.Ed25519PublicKey):
            public.verify(signature, data)
        elif isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, data, ec.ECDSA(hashes.SHA256()))
        else:
            raise UnknownKey(f"no algorithm for a key of type {type(public).__name__}")
    except InvalidSignature:
        return False
    return True
