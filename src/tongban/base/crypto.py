"""Cryptography of values (数据加密): encryption of single fields, equality look-ups on encrypted fields, digests of tokens.

All keys are derived from the installation's master secret, one per purpose, so that a value encrypted for one
purpose cannot be moved into another column and opened there.
"""

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = (
    b"\x01"  # first byte of every encrypted value: AES-256-GCM under a key derived from the master secret
)


class Unreadable(Exception):  # noqa: N818 -- names the state of the value, as the refusals do
    """Unreadable encrypted value (密文不可读): altered, encrypted for another purpose or under another secret."""


@lru_cache(maxsize=256)
def _derive(secret: str, use: str, purpose: str) -> bytes:
    """A key for one use and purpose by HKDF-SHA-256 (RFC 5869)."""
    info = f"tongban/{use}/{purpose}".encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(secret.encode())


def derived_key(use: str, purpose: str) -> bytes:
    """Derived key (派生密钥): 32 bytes bound to ``use`` and ``purpose``; never stored."""
    return _derive(settings.SECRET_KEY, use, purpose)


def encrypt(purpose: str, text: str) -> bytes:
    """Seal a field (字段加密): version, nonce and AES-256-GCM ciphertext of ``text``, bound to ``purpose``."""
    nonce = os.urandom(NONCE_BYTES)
    cipher = AESGCM(derived_key("encrypt", purpose))
    return VERSION + nonce + cipher.encrypt(nonce, text.encode(), VERSION + purpose.encode())


def decrypt(purpose: str, blob: bytes) -> str:
    """Open an encrypted field (字段解密); raises :class:`Unreadable` where anything about it does not fit."""
    encrypted = bytes(blob)  # psycopg and Django hand out memoryviews
    if encrypted[:1] != VERSION:
        raise Unreadable("unknown version of an encrypted value")
    nonce, ciphertext = encrypted[1 : 1 + NONCE_BYTES], encrypted[1 + NONCE_BYTES :]
    try:
        plain = AESGCM(derived_key("encrypt", purpose)).decrypt(nonce, ciphertext, VERSION + purpose.encode())
    except (InvalidTag, ValueError) as problem:
        raise Unreadable(
            f"value encrypted for another purpose or altered (asked as {purpose!r})"
        ) from problem
    return plain.decode()


def blind_index(purpose: str, text: str) -> bytes:
    """Blind index (盲索引): HMAC-SHA-256 of ``text``, 32 bytes, to look an encrypted value up by equality.

    The caller brings ``text`` into its one written form first; the same text always gives the same bytes.
    """
    return hmac.new(derived_key("index", purpose), text.encode(), hashlib.sha256).digest()


def token_digest(token: str) -> bytes:
    """Token digest (令牌摘要): SHA-256, 32 bytes, kept instead of a random token so that a leaked table opens nothing.

    For tokens of at least 128 random bits only; a guessable value belongs into :func:`blind_index`.
    """
    return hashlib.sha256(token.encode()).digest()
