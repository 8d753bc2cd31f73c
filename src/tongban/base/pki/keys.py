"""Keys (密钥): one face for P-256 with SHA-256 and for SM2 with SM3, wherever the private key is kept.

Sources: FIPS 186-5 and RFC 5480 (P-256), GB/T 32918 and RFC 8998 (SM2), RFC 5958 (PKCS#8), RFC 8018 (PBES2). A signature is ECDSA's or SM2's pair
of numbers in DER, as certificates, CMS and OCSP carry it.
"""

import hashlib
import os
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.padding import PKCS7

from . import der, pem, sm2

ITERATIONS: Final = 100_000  # [O] of PBKDF2, for whoever guesses at a passphrase
_MOST_ITERATIONS: Final = 5_000_000  # [O] a file from outside must not keep us busy for minutes
_EC_KEY, _PBES2, _PBKDF2 = "1.2.840.10045.2.1", "1.2.840.113549.1.5.13", "1.2.840.113549.1.5.12"
_AES_256_CBC, _AES_128_CBC, _HMAC_SHA256 = (
    "2.16.840.1.101.3.4.1.42",
    "2.16.840.1.101.3.4.1.2",
    "1.2.840.113549.2.9",
)


class Algorithm(StrEnum):
    """Algorithm (密码算法): what a key signs with, and the digest that belongs to it."""

    P256 = "p256"
    SM2 = "sm2"

    @property
    def digest_oid(self) -> str:
        """Object identifier of the digest (杂凑算法标识)."""
        return _DIGEST[self]

    @property
    def signature_oid(self) -> str:
        """Object identifier of signature with digest (签名算法标识)."""
        return _SIGNATURE[self]

    @property
    def curve_oid(self) -> str:
        """Object identifier of the curve (曲线标识)."""
        return _CURVE[self]


_DIGEST = {Algorithm.P256: "2.16.840.1.101.3.4.2.1", Algorithm.SM2: "1.2.156.10197.1.401"}
_SIGNATURE = {Algorithm.P256: "1.2.840.10045.4.3.2", Algorithm.SM2: "1.2.156.10197.1.501"}
_CURVE = {Algorithm.P256: "1.2.840.10045.3.1.7", Algorithm.SM2: "1.2.156.10197.1.301"}


def digest_algorithm(dotted: str) -> Algorithm:
    """The algorithm whose digest this is (由杂凑标识识别算法); raises :class:`~.der.Malformed`."""
    for algorithm, known in _DIGEST.items():
        if known == dotted:
            return algorithm
    raise der.Malformed(f"digest {dotted} is not known here")


def digest(algorithm: Algorithm, data: bytes) -> bytes:
    """Digest (杂凑值), 32 bytes: SHA-256 (FIPS 180-4) or SM3 (GB/T 32905)."""
    return hashlib.sha256(data).digest() if algorithm is Algorithm.P256 else sm2.sm3(data)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Public key (公钥): ``point`` is uncompressed, 65 bytes, and lies on the curve."""

    algorithm: Algorithm
    point: bytes

    @property
    def spki(self) -> bytes:
        """SubjectPublicKeyInfo (公钥信息), DER (RFC 5480, 2)."""
        form = der.sequence(der.oid(_EC_KEY), der.oid(self.algorithm.curve_oid))
        return der.sequence(form, der.bits(self.point))

    @property
    def key_identifier(self) -> bytes:
        """Key identifier (密钥标识符): SHA-1 of the bits of the key (RFC 5280, 4.2.1.2)."""
        return hashlib.sha1(self.point, usedforsecurity=False).digest()

    def verify(self, signature: bytes, data: bytes) -> bool:
        """Whether ``signature`` over ``data`` is of this key (验签)."""
        if self.algorithm is Algorithm.SM2:
            fits: bool = sm2.engine().verify(sm2.public_key(self.point), signature, data, sm2.IDENTIFIER)
            return fits
        try:
            _p256(self.point).verify(signature, data, _ECDSA)
        except InvalidSignature:
            return False
        return True


_ECDSA = ec.ECDSA(hashes.SHA256())


@lru_cache(maxsize=1024)
def _p256(point: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)


class PrivateKey(Protocol):
    """Private key (私钥): signs, and never shows itself. It may live in a token (:mod:`.tokens`)."""

    @property
    def algorithm(self) -> Algorithm: ...

    @property
    def public(self) -> PublicKey: ...

    def sign(self, data: bytes) -> bytes:
        """Signature over ``data`` (签名), DER."""
        ...


@dataclass(frozen=True, slots=True)
class LocalKey:
    """Private key in memory (本地私钥)."""

    algorithm: Algorithm
    public: PublicKey
    pair: sm2.Pair = field(repr=False)
    _held: Any = field(repr=False)

    def sign(self, data: bytes) -> bytes:
        """Signature over ``data`` (签名), DER."""
        if self.algorithm is Algorithm.SM2:
            made: bytes = sm2.engine().sign(self._held, data, sm2.IDENTIFIER)
            return made
        private: ec.EllipticCurvePrivateKey = self._held
        return private.sign(data, _ECDSA)


def generate(algorithm: Algorithm) -> LocalKey:
    """A fresh key (生成密钥)."""
    if algorithm is Algorithm.SM2:
        return _sm2(sm2.generate())
    return _local_p256(ec.generate_private_key(ec.SECP256R1()))


def _local_p256(private: ec.EllipticCurvePrivateKey) -> LocalKey:
    numbers = private.private_numbers()
    own = numbers.public_numbers
    point = b"\x04" + own.x.to_bytes(32, "big") + own.y.to_bytes(32, "big")
    pair = sm2.Pair(numbers.private_value.to_bytes(32, "big"), point)
    return LocalKey(Algorithm.P256, PublicKey(Algorithm.P256, point), pair, private)


def _sm2(pair: sm2.Pair) -> LocalKey:
    public = PublicKey(Algorithm.SM2, pair.point)
    return LocalKey(Algorithm.SM2, public, pair, sm2.engine().private(pair))


def load_public(spki: bytes) -> PublicKey:
    """The public key of a SubjectPublicKeyInfo (读取公钥); raises :class:`~.der.Malformed`, also for a point off the curve."""
    form, key = der.read(spki).expect(der.SEQUENCE, "public key").pair("public key")
    point = key.bits()
    algorithm = _algorithm(form)
    try:
        if len(point) != 65 or point[0] != 4:
            raise der.Malformed("the point is not uncompressed")
        _p256(point) if algorithm is Algorithm.P256 else sm2.public_key(point)
    except ValueError as problem:
        raise der.Malformed(str(problem)) from problem
    return PublicKey(algorithm, point)


def _algorithm(form: der.Value) -> Algorithm:
    kind, curve = form.expect(der.SEQUENCE, "algorithm").pair("algorithm of a key")
    for algorithm, known in _CURVE.items():
        if kind.oid() == _EC_KEY and curve.oid() == known:
            return algorithm
    raise der.Malformed("neither a key on P-256 nor one of SM2")


# PKCS#8 and its encryption (RFC 5958, RFC 8018).


class WrongPassphrase(ValueError):  # noqa: N818 -- names what is the matter
    """The passphrase does not open it (口令不符)."""


def private_key_info(key: LocalKey) -> bytes:
    """PrivateKeyInfo (私钥信息), unencrypted DER (RFC 5958, RFC 5915); for :func:`dump_private` and PKCS#12 only."""
    inner = der.sequence(
        der.integer(1), der.octets(key.pair.secret), der.explicit(1, der.bits(key.pair.point))
    )
    form = der.sequence(der.oid(_EC_KEY), der.oid(key.algorithm.curve_oid))
    return der.sequence(der.integer(0), form, der.octets(inner))


def dump_private(key: LocalKey, passphrase: bytes) -> bytes:
    """Encrypted PKCS#8 (加密的私钥文件), PEM, as ``openssl pkey`` reads it."""
    if not passphrase:
        raise ValueError("a private key is not written without a passphrase")
    return pem.armour("ENCRYPTED PRIVATE KEY", encrypted(private_key_info(key), passphrase))


def load_private(content: bytes, passphrase: bytes | None = None) -> LocalKey:
    """A private key (读取私钥) from PKCS#8, PEM or DER, encrypted or not; raises :class:`WrongPassphrase`, :class:`~.der.Malformed`."""
    encoded = pem.first(content, "ENCRYPTED PRIVATE KEY", "PRIVATE KEY") if pem.is_pem(content) else content
    items = der.read_items(encoded, "private key")
    if items and items[0].tag == der.SEQUENCE:
        if passphrase is None:
            raise WrongPassphrase("a passphrase is needed")
        items = der.read_items(decrypted(encoded, passphrase), "private key")
    parts = der.Fields(items, "private key")
    if parts.take(der.INTEGER).number() not in (0, 1):
        raise der.Malformed("version of a private key")
    algorithm = _algorithm(parts.take(der.SEQUENCE))
    inner = der.fields(parts.take(der.OCTET_STRING).body, "private key of a curve")
    inner.take(der.INTEGER)
    return _from_secret(algorithm, inner.take(der.OCTET_STRING).body)


def _from_secret(algorithm: Algorithm, secret: bytes) -> LocalKey:
    number = int.from_bytes(secret, "big")
    try:
        if algorithm is Algorithm.P256:
            return _local_p256(ec.derive_private_key(number, ec.SECP256R1()))
        return _sm2(sm2.Pair(number.to_bytes(32, "big"), sm2.point_of(number)))
    except (ValueError, OverflowError) as problem:
        raise der.Malformed("not a private key of its curve") from problem


def encrypted(plain: bytes, passphrase: bytes) -> bytes:
    """EncryptedPrivateKeyInfo (加密): PBES2 with PBKDF2-HMAC-SHA-256 and AES-256-CBC."""
    form, ciphertext = pbes2(plain, passphrase)
    return der.sequence(form, der.octets(ciphertext))


def decrypted(encoded: bytes, passphrase: bytes) -> bytes:
    """What is in an EncryptedPrivateKeyInfo (解密); raises :class:`WrongPassphrase`, :class:`~.der.Malformed`."""
    form, ciphertext = der.read(encoded).pair("encrypted key")
    return open_pbes2(form, ciphertext.octets(), passphrase)


def pbes2(plain: bytes, passphrase: bytes) -> tuple[bytes, bytes]:
    """Algorithm and ciphertext (口令加密) of PBES2 (RFC 8018, 6.2)."""
    salt, vector = os.urandom(16), os.urandom(16)
    pad = PKCS7(128).padder()
    seal = Cipher(algorithms.AES(_derived(passphrase, salt, ITERATIONS, 32)), modes.CBC(vector)).encryptor()
    ciphertext = seal.update(pad.update(plain) + pad.finalize()) + seal.finalize()
    prf = der.sequence(der.oid(_HMAC_SHA256), der.null())
    derivation = der.sequence(der.oid(_PBKDF2), der.sequence(der.octets(salt), der.integer(ITERATIONS), prf))
    scheme = der.sequence(der.oid(_AES_256_CBC), der.octets(vector))
    return der.sequence(der.oid(_PBES2), der.sequence(derivation, scheme)), ciphertext


def open_pbes2(form: der.Value, ciphertext: bytes, passphrase: bytes) -> bytes:
    """The plain bytes (口令解密); raises :class:`WrongPassphrase`, :class:`~.der.Malformed`."""
    kind, parameters = form.expect(der.SEQUENCE, "encryption").pair("encryption")
    if kind.oid() != _PBES2:
        raise der.Malformed(f"encryption {kind.oid()} is not known here; PBES2 is")
    derivation, scheme = parameters.pair("PBES2")
    method, settings = derivation.pair("key derivation")
    cipher, vector = scheme.pair("cipher")
    length = {_AES_256_CBC: 32, _AES_128_CBC: 16}.get(cipher.oid())
    parts = der.Fields(settings.items(), "PBKDF2")
    salt, iterations = parts.take(der.OCTET_STRING).body, parts.take(der.INTEGER).number()
    parts.maybe(der.INTEGER)
    prf = parts.maybe(der.SEQUENCE)
    if method.oid() != _PBKDF2 or prf is None or prf.first().oid() != _HMAC_SHA256 or length is None:
        raise der.Malformed("encrypted in a way that is not known here")
    if not 0 < iterations <= _MOST_ITERATIONS or len(vector.octets()) != 16:
        raise der.Malformed("encryption")
    unseal = Cipher(
        algorithms.AES(_derived(passphrase, salt, iterations, length)), modes.CBC(vector.octets())
    ).decryptor()
    strip = PKCS7(128).unpadder()
    try:
        padded = unseal.update(ciphertext) + unseal.finalize()
        return strip.update(padded) + strip.finalize()
    except ValueError as problem:
        raise WrongPassphrase("the passphrase does not open it") from problem


def _derived(passphrase: bytes, salt: bytes, iterations: int, length: int) -> bytes:
    return PBKDF2HMAC(hashes.SHA256(), length, salt, iterations).derive(passphrase)
