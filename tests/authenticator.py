"""An authenticator in software (软件认证器): makes and uses passkeys as a device would, for tests without a browser.

Written from W3C Web Authentication Level 2 (sections 6.1, 6.5, 7) and RFC 8949 (CBOR), not with the library under test.
"""

import base64
import hashlib
import json
import os
import struct
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

USER_PRESENT, USER_VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _cbor(value: object) -> bytes:
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    if isinstance(value, dict):
        return _head(5, len(value)) + b"".join(_cbor(key) + _cbor(item) for key, item in value.items())
    raise TypeError(value)


def _head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes([kind << 5 | number])
    if number < 256:
        return bytes([kind << 5 | 24, number])
    return bytes([kind << 5 | 25]) + struct.pack(">H", number)


@dataclass
class Authenticator:
    """One device with one passkey (认证器). ``verifies``: whether it asks for finger, face or PIN."""

    site: str = "testserver"
    origin: str = "http://testserver"
    verifies: bool = True
    counter: int = 0
    credential: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def _data(self, flags: int) -> bytes:
        flags |= USER_PRESENT | (USER_VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.site.encode()).digest() + bytes([flags]) + struct.pack(">I", self.counter)

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def create(self, options: dict) -> str:
        """What ``navigator.credentials.create`` gives for these options, as the script sends it."""
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + struct.pack(">H", len(self.credential)) + self.credential + _cbor(cose)
        attestation = _cbor({"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + attested})
        response = {
            "clientDataJSON": text(self._client("webauthn.create", options["challenge"])),
            "attestationObject": text(attestation),
        }
        return self._told(response)

    def get(self, options: dict, user: bytes = b"") -> str:
        """What ``navigator.credentials.get`` gives for these options."""
        self.counter += 1
        client, data = self._client("webauthn.get", options["challenge"]), self._data(0)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": text(client),
            "authenticatorData": text(data),
            "signature": text(signature),
            **({"userHandle": text(user)} if user else {}),
        }
        return self._told(response)

    def _told(self, response: dict) -> str:
        raw = text(self.credential)
        told = {
            "id": raw,
            "rawId": raw,
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
        }
        return json.dumps(told)
