"""SM2 and SM3 (国密椭圆曲线签名与杂凑): signatures and digests of the national standards.

Sources: GB/T 32918.1, .2 and .5-2016/2017 (SM2, its curve), GB/T 32905-2016 (SM3), GM/T 0009-2012 (the default identifier).
The system's OpenSSL 3 does the arithmetic, in constant time and with a nonce from its own generator; where the machine has none, ``gmalg``
does, in Python and slowly, with nonces from the system's source of chance.
"""

import ctypes
import ctypes.util
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

import gmalg

from . import der

# Who signs, as SM2 mixes it into every signature (GM/T 0009, 10: whoever has agreed on no other). Not ours to choose; only the tests set
# another one, for commands of OpenSSL 3.0 that know none (decision 0018).
IDENTIFIER = b"1234567812345678"
BYTES: Final = 32
ORDER: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
# id-ecPublicKey on the curve of SM2
_FORM = der.sequence(der.oid("1.2.840.10045.2.1"), der.oid("1.2.156.10197.1.301"))


class Pair(NamedTuple):
    """Key pair (密钥对): the number, 32 bytes, and the point, 65 bytes, uncompressed."""

    secret: bytes
    point: bytes


class OpenSsl:
    """The system's OpenSSL 3 (系统密码库), as far as SM2 needs it. Objects of keys are read only, so threads may share them."""

    name = "openssl"

    def __init__(self, library: ctypes.CDLL) -> None:
        self._lib = library
        pointer, size = ctypes.c_void_p, ctypes.c_size_t
        for function, result, arguments in (
            ("EVP_sm3", pointer, ()),
            ("EVP_MD_CTX_new", pointer, ()),
            ("EVP_MD_CTX_free", None, (pointer,)),
            ("EVP_PKEY_free", None, (pointer,)),
            ("d2i_PUBKEY", pointer, (pointer, pointer, ctypes.c_long)),
            ("d2i_AutoPrivateKey", pointer, (pointer, pointer, ctypes.c_long)),
            ("EVP_PKEY_CTX_new_from_name", pointer, (pointer, ctypes.c_char_p, pointer)),
            ("EVP_PKEY_CTX_free", None, (pointer,)),
            ("EVP_PKEY_keygen_init", ctypes.c_int, (pointer,)),
            ("EVP_PKEY_generate", ctypes.c_int, (pointer, pointer)),
            ("EVP_PKEY_get_bn_param", ctypes.c_int, (pointer, ctypes.c_char_p, pointer)),
            (
                "EVP_PKEY_get_octet_string_param",
                ctypes.c_int,
                (pointer, ctypes.c_char_p, pointer, size, pointer),
            ),
            ("BN_bn2binpad", ctypes.c_int, (pointer, pointer, ctypes.c_int)),
            ("BN_clear_free", None, (pointer,)),
            ("EVP_DigestSignInit", ctypes.c_int, (pointer, pointer, pointer, pointer, pointer)),
            ("EVP_DigestSign", ctypes.c_int, (pointer, pointer, pointer, ctypes.c_char_p, size)),
            ("EVP_DigestVerifyInit", ctypes.c_int, (pointer, pointer, pointer, pointer, pointer)),
            ("EVP_DigestVerify", ctypes.c_int, (pointer, ctypes.c_char_p, size, ctypes.c_char_p, size)),
            ("EVP_PKEY_CTX_set1_id", ctypes.c_int, (pointer, ctypes.c_char_p, ctypes.c_int)),
            ("EVP_Digest", ctypes.c_int, (ctypes.c_char_p, size, pointer, pointer, pointer, pointer)),
            ("ERR_clear_error", None, ()),
        ):
            found = getattr(library, function)
            found.restype, found.argtypes = result, arguments
        self._sm3 = library.EVP_sm3()
        if not self._sm3:
            raise OSError("this libcrypto has no SM3")

    def generate(self) -> Pair:
        """A fresh key pair (生成密钥对)."""
        lib = self._lib
        context = lib.EVP_PKEY_CTX_new_from_name(None, b"SM2", None)
        key, number = ctypes.c_void_p(), ctypes.c_void_p()
        secret, point, length = (
            ctypes.create_string_buffer(BYTES),
            ctypes.create_string_buffer(65),
            ctypes.c_size_t(),
        )
        try:
            _must(
                lib.EVP_PKEY_keygen_init(context) == 1
                and lib.EVP_PKEY_generate(context, ctypes.byref(key)) == 1
            )
            _must(lib.EVP_PKEY_get_bn_param(key, b"priv", ctypes.byref(number)) == 1)
            _must(lib.BN_bn2binpad(number, secret, BYTES) == BYTES)
            _must(lib.EVP_PKEY_get_octet_string_param(key, b"pub", point, 65, ctypes.byref(length)) == 1)
            return Pair(secret.raw, point.raw[: length.value])
        finally:
            ctypes.memset(secret, 0, BYTES)
            lib.BN_clear_free(number)
            lib.EVP_PKEY_free(key)
            lib.EVP_PKEY_CTX_free(context)

    def point_of(self, secret: bytes) -> bytes:
        """The point that belongs to a number (由私钥求公钥); ValueError where the number is out of range."""
        lib, point, length = self._lib, ctypes.create_string_buffer(65), ctypes.c_size_t()
        key = self._key("d2i_AutoPrivateKey", _private_key(secret))
        _must(lib.EVP_PKEY_get_octet_string_param(key.pointer, b"pub", point, 65, ctypes.byref(length)) == 1)
        return point.raw[: length.value]

    def private(self, pair: Pair) -> "_Key":
        """The private key as the library holds it (载入私钥); ValueError where it is none."""
        return self._key(
            "d2i_AutoPrivateKey", _private_key(pair.secret, der.explicit(1, der.bits(pair.point)))
        )

    def public(self, point: bytes) -> "_Key":
        """The public key as the library holds it (载入公钥); ValueError where the point is not on the curve."""
        return self._key("d2i_PUBKEY", der.sequence(_FORM, der.bits(point)))

    def _key(self, reader: str, encoded: bytes) -> "_Key":
        buffer = ctypes.create_string_buffer(encoded, len(encoded))
        start = ctypes.c_void_p(ctypes.addressof(buffer))
        found = getattr(self._lib, reader)(None, ctypes.byref(start), len(encoded))
        ctypes.memset(buffer, 0, len(encoded))
        if not found:
            self._lib.ERR_clear_error()
            raise ValueError("not a key on the curve of SM2")
        return _Key(self._lib, found)

    def sign(self, key: "_Key", data: bytes, identifier: bytes) -> bytes:
        """Signature (签名), DER."""
        context = self._begin("EVP_DigestSignInit", key, identifier)
        try:
            signature, length = ctypes.create_string_buffer(80), ctypes.c_size_t(80)
            done = self._lib.EVP_DigestSign(context, signature, ctypes.byref(length), data, len(data))
            _must(done == 1)
            return signature.raw[: length.value]
        finally:
            self._lib.EVP_MD_CTX_free(context)

    def verify(self, key: "_Key", signature: bytes, data: bytes, identifier: bytes) -> bool:
        """Whether the signature fits (验签)."""
        context = self._begin("EVP_DigestVerifyInit", key, identifier)
        try:
            done: int = self._lib.EVP_DigestVerify(context, signature, len(signature), data, len(data))
            fits = done == 1
            if not fits:
                self._lib.ERR_clear_error()
            return fits
        finally:
            self._lib.EVP_MD_CTX_free(context)

    def _begin(self, init: str, key: "_Key", identifier: bytes) -> int:
        context: int = self._lib.EVP_MD_CTX_new()
        inner = ctypes.c_void_p()
        begun = getattr(self._lib, init)(context, ctypes.byref(inner), self._sm3, None, key.pointer)
        if begun != 1 or self._lib.EVP_PKEY_CTX_set1_id(inner, identifier, len(identifier)) != 1:
            self._lib.EVP_MD_CTX_free(context)
            raise RuntimeError("libcrypto does not begin an SM2 signature")
        return context

    def sm3(self, data: bytes) -> bytes:
        """SM3 (杂凑值), 32 bytes."""
        out = ctypes.create_string_buffer(BYTES)
        _must(self._lib.EVP_Digest(data, len(data), out, None, self._sm3, None) == 1)
        return out.raw


def _private_key(secret: bytes, *point: bytes) -> bytes:
    """PrivateKeyInfo (RFC 5958); the library works the point out where it is not told."""
    return der.sequence(
        der.integer(0), _FORM, der.octets(der.sequence(der.integer(1), der.octets(secret), *point))
    )


def _must(done: bool) -> None:
    if not done:
        raise RuntimeError("libcrypto refused")


class _Key:
    """A key held by libcrypto, given back when nobody has it any more."""

    def __init__(self, library: ctypes.CDLL, pointer: int) -> None:
        self._lib = library
        self.pointer = pointer

    def __del__(self) -> None:
        self._lib.EVP_PKEY_free(self.pointer)


class Gmalg:
    """SM2 in Python (纯 Python 实现): right, but some hundred times slower and not in constant time."""

    name = "gmalg"

    def generate(self) -> Pair:
        """A fresh key pair (生成密钥对)."""
        secret, point = gmalg.SM2().generate_keypair()
        return Pair(secret.rjust(BYTES, b"\0"), point)

    def point_of(self, secret: bytes) -> bytes:
        """The point that belongs to a number (由私钥求公钥)."""
        point: bytes = gmalg.SM2().generate_pk(secret)
        return point

    def private(self, pair: Pair) -> Pair:
        """The private key (载入私钥)."""
        return pair

    def public(self, point: bytes) -> bytes:
        """The public key (载入公钥); ValueError where the point is not on the curve."""
        try:
            if not gmalg.SM2(pk=point).verify_pk(point):
                raise ValueError("not a point on the curve of SM2")
        except gmalg.errors.PointNotOnCurveError as problem:
            raise ValueError("not a point on the curve of SM2") from problem
        return point

    def sign(self, key: Pair, data: bytes, identifier: bytes) -> bytes:
        """Signature (签名), DER."""
        r, s = gmalg.SM2(key.secret, identifier, key.point).sign(data)
        return der.sequence(*(der.integer(int.from_bytes(one, "big")) for one in (r, s)))

    def verify(self, key: bytes, signature: bytes, data: bytes, identifier: bytes) -> bool:
        """Whether the signature fits (验签)."""
        try:
            numbers = [one.expect(der.INTEGER, "SM2").number() for one in der.read_items(signature, "SM2")]
        except der.Malformed:
            return False
        if len(numbers) != 2 or not all(0 < one < ORDER for one in numbers):
            return False
        r, s = (one.to_bytes(BYTES, "big") for one in numbers)
        return bool(gmalg.SM2(uid=identifier, pk=key).verify(data, r, s))

    def sm3(self, data: bytes) -> bytes:
        """SM3 (杂凑值), 32 bytes."""
        whole = gmalg.SM3()
        whole.update(data)
        return bytes(whole.value())


@cache
def engine() -> Any:
    """Who does the arithmetic (实现): OpenSSL 3 where the machine has it, :class:`Gmalg` otherwise."""
    for name in ("libcrypto.so.3", ctypes.util.find_library("crypto")):
        try:
            return OpenSsl(ctypes.CDLL(name)) if name else Gmalg()
        except (OSError, AttributeError):  # no such library, or one that is older than SM2
            continue
    return Gmalg()


def sm3(data: bytes) -> bytes:
    """SM3 digest (SM3 杂凑值), 32 bytes (GB/T 32905)."""
    found: bytes = engine().sm3(data)
    return found


def generate() -> Pair:
    """A fresh SM2 key pair (生成 SM2 密钥对)."""
    found: Pair = engine().generate()
    return found


def point_of(secret: int) -> bytes:
    """The point that belongs to a number (由私钥求公钥); ValueError where the number is out of range (GB/T 32918.1, 6.1)."""
    if not 0 < secret < ORDER - 1:
        raise ValueError("not a private key of SM2")
    found: bytes = engine().point_of(secret.to_bytes(BYTES, "big"))
    return found


@lru_cache(maxsize=1024)
def public_key(point: bytes) -> Any:
    """The engine's public key of a point (公钥), kept for the next signature; ValueError where the point is not on the curve."""
    return engine().public(point)
