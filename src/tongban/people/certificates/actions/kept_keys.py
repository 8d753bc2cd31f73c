"""Kept keys (托管密钥): sealed under the holder's PIN and the master secret, opened for one request.

The PIN is stretched (scrypt, RFC 7914) and mixed with a key derived from the master secret (HKDF, RFC 5869); the private key is sealed
with the result (AES-256-GCM), bound to its certificate. Whoever has only the table, or only the secret, opens nothing.
"""

import os
import threading
import uuid
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from tongban.base.crypto import derived_key
from tongban.base.pki import keys

_COST: Final = {"n": 2**15, "r": 8, "p": 1}  # [O] 32 MB, some 80 ms, for each guess
_SALT, _NONCE = 16, 12
_PURPOSE = "certificates.kept_key"
# A rush of guesses queues up here instead of taking the machine's memory.
_AT_ONCE = threading.BoundedSemaphore(2)


class WrongPin(Exception):  # noqa: N818 -- names what is the matter
    """The PIN does not open it (口令不符)."""


def seal(certificate_id: uuid.UUID, key: keys.LocalKey, pin: str) -> tuple[bytes, bytes]:
    """Salt and sealed key (封存密钥)."""
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    cipher = AESGCM(_key(pin, salt))
    return salt, nonce + cipher.encrypt(nonce, keys.private_key_info(key), certificate_id.bytes)


def unseal(certificate_id: uuid.UUID, salt: bytes, sealed: bytes, pin: str) -> keys.LocalKey:
    """The private key (开启密钥); raises :class:`WrongPin`."""
    cipher = AESGCM(_key(pin, bytes(salt)))
    nonce, ciphertext = bytes(sealed[:_NONCE]), bytes(sealed[_NONCE:])
    try:
        return keys.load_private(cipher.decrypt(nonce, ciphertext, certificate_id.bytes))
    except InvalidTag as problem:
        raise WrongPin from problem


def _key(pin: str, salt: bytes) -> bytes:
    with _AT_ONCE:
        stretched = Scrypt(salt=salt, length=32, **_COST).derive(pin.encode())
    mixed = HKDF(algorithm=SHA256(), length=32, salt=derived_key("seal", _PURPOSE), info=_PURPOSE.encode())
    return mixed.derive(stretched)
