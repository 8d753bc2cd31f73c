"""Delivery files (证书交付文件): a private key with its certificates under one passphrase, PKCS#12.

Source: RFC 7292, with the encryption of RFC 8018 (PBES2, AES-256) and an HMAC-SHA-256 over the whole, as OpenSSL 3 and today's browsers and
signing programs read it.
"""

import hashlib
import hmac
import os
from collections.abc import Sequence
from typing import Final

from . import cms, der
from .certificates import Certificate
from .keys import LocalKey, encrypted, pbes2, private_key_info

ITERATIONS: Final = (
    10_000  # [O] of the integrity check; whoever guesses at the passphrase pays those of the key as well
)
_ENCRYPTED_DATA = "1.2.840.113549.1.7.6"
_KEY_BAG, _CERTIFICATE_BAG = "1.2.840.113549.1.12.10.1.2", "1.2.840.113549.1.12.10.1.3"
_X509, _FRIENDLY_NAME, _LOCAL_KEY_ID = (
    "1.2.840.113549.1.9.22.1",
    "1.2.840.113549.1.9.20",
    "1.2.840.113549.1.9.21",
)
_SHA256 = "2.16.840.1.101.3.4.2.1"
_BMP_STRING = 0x1E
_INTEGRITY: Final = 3  # what the derived key is for (RFC 7292, B.3)
_BLOCK, _DIGEST = 64, 32


def build_pkcs12(key: LocalKey, chain: Sequence[Certificate], passphrase: str, name: str) -> bytes:
    """The file (生成交付文件), DER. ``chain``: the key's certificate first; ``name``: what programs show. ValueError without a passphrase, or where the key is another's."""
    if not passphrase:
        raise ValueError("a private key is not written without a passphrase")
    if not chain or key.public != chain[0].public:
        raise ValueError("the key is not that of the certificate")
    secret = passphrase.encode()
    marks = [
        cms.attribute(_FRIENDLY_NAME, der.tlv(_BMP_STRING, name.encode("utf-16-be"))),
        cms.attribute(_LOCAL_KEY_ID, der.octets(hashlib.sha1(chain[0].der, usedforsecurity=False).digest())),
    ]
    shrouded = _bag(_KEY_BAG, encrypted(private_key_info(key), secret), marks)
    certified = [_certificate_bag(one, marks if one is chain[0] else []) for one in chain]
    form, ciphertext = pbes2(der.sequence(*certified), secret)
    hidden = der.sequence(der.oid(cms.DATA), form, der.implicit(0, ciphertext))
    certificates = der.sequence(
        der.oid(_ENCRYPTED_DATA), der.explicit(0, der.sequence(der.integer(0), hidden))
    )
    safe = der.sequence(certificates, _data(der.sequence(shrouded)))
    return der.sequence(der.integer(3), _data(safe), _integrity(safe, passphrase))


def _data(content: bytes) -> bytes:
    return der.sequence(der.oid(cms.DATA), der.explicit(0, der.octets(content)))


def _bag(kind: str, value: bytes, marks: Sequence[bytes]) -> bytes:
    return der.sequence(der.oid(kind), der.explicit(0, value), *([der.set_of(marks)] if marks else []))


def _certificate_bag(certificate: Certificate, marks: Sequence[bytes]) -> bytes:
    held = der.sequence(der.oid(_X509), der.explicit(0, der.octets(certificate.der)))
    return _bag(_CERTIFICATE_BAG, held, marks)


def _integrity(content: bytes, passphrase: str) -> bytes:
    salt = os.urandom(16)
    seal = hmac.digest(_derived(passphrase, salt), content, "sha256")
    told = der.sequence(der.sequence(der.oid(_SHA256), der.null()), der.octets(seal))
    return der.sequence(told, der.octets(salt), der.integer(ITERATIONS))


def _derived(passphrase: str, salt: bytes) -> bytes:
    """Key of the integrity check (RFC 7292, B.2); one digest is long enough, so there is one round."""
    password = passphrase.encode("utf-16-be") + b"\0\0"
    found = bytes([_INTEGRITY]) * _BLOCK + _filled(salt) + _filled(password)
    for _ in range(ITERATIONS):
        found = hashlib.sha256(found).digest()
    return found[:_DIGEST]


def _filled(content: bytes) -> bytes:
    """The content again and again, to whole blocks."""
    length = -(-len(content) // _BLOCK) * _BLOCK
    return (content * (length // len(content) + 1))[:length]
