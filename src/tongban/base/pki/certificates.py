"""Certificates (数字证书): X.509 version 3, made and read.

Source: RFC 5280, 4. A certificate is read once and kept; what it says is then a matter of looking. Signatures and dates are judged by
:mod:`.validation`, not here.
"""

import ipaddress
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Final

from . import der, names, pem, profiles
from .keys import Algorithm, PrivateKey, PublicKey, load_public
from .profiles import Profile, extension

_USAGE_NAMES = {bit: name for name, bit in profiles.KEY_USAGES.items()}
_PURPOSE_NAMES = {dotted: name for name, dotted in profiles.PURPOSES.items()}
_HANDLED: Final = frozenset(
    (
        profiles.BASIC_CONSTRAINTS,
        profiles.KEY_USAGE,
        profiles.EXTENDED_KEY_USAGE,
        profiles.SUBJECT_ALTERNATIVE_NAME,
        profiles.CERTIFICATE_POLICIES,
    )
)


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """Certificate (证书), read. ``issuer`` and ``subject`` are names in DER (:mod:`.names`), ``not_after`` is the last second that counts.

    Two are equal where their bytes are.
    """

    der: bytes
    tbs: bytes
    signature_oid: str
    signature: bytes = field(repr=False)
    serial: int
    issuer: bytes = field(repr=False)
    subject: bytes = field(repr=False)
    not_before: datetime
    not_after: datetime
    public: PublicKey = field(repr=False)
    ca: bool
    path_length: int | None
    key_usage: frozenset[str]
    purposes: frozenset[str]
    policies: tuple[str, ...]
    alternative_names: tuple[str, ...]
    key_identifier: bytes | None
    authority_key_identifier: bytes | None
    crl_addresses: tuple[str, ...]
    ocsp_addresses: tuple[str, ...]
    no_check: bool
    unknown_critical: tuple[str, ...]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Certificate) and self.der == other.der

    def __hash__(self) -> int:
        return hash(self.der)

    @property
    def self_issued(self) -> bool:
        """Whether it names itself as its issuer (自签发)."""
        return self.issuer == self.subject

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the whole (证书指纹), hexadecimal."""
        return sha256(self.der).hexdigest()

    @property
    def name(self) -> str:
        """The subject in one line (主体名称)."""
        return names.name_text(self.subject)

    @property
    def pem(self) -> bytes:
        """As text (文本形式)."""
        return pem.armour("CERTIFICATE", self.der)

    def signed_by(self, issuer: PublicKey) -> bool:
        """Whether the issuer's key has signed it (签发者验签), by the algorithm of that key."""
        return self.signature_oid == issuer.algorithm.signature_oid and _fits(
            issuer, self.signature, self.tbs
        )


@lru_cache(maxsize=8192)
def _fits(public: PublicKey, signature: bytes, tbs: bytes) -> bool:
    """Signatures of certificates are checked again and again: of one chain, for each act that it signed."""
    return public.verify(signature, tbs)


def load_certificate(content: bytes) -> Certificate:
    """A certificate (读取证书), PEM or DER; raises :class:`~.der.Malformed`."""
    return _loaded(pem.first(content, "CERTIFICATE") if pem.is_pem(content) else bytes(content))


def load_certificates(content: bytes) -> list[Certificate]:
    """All certificates of a PEM text (读取多张证书), in their order."""
    return [_loaded(one) for one in pem.blocks(content, "CERTIFICATE")]


@lru_cache(maxsize=4096)
def _loaded(encoded: bytes) -> Certificate:
    tbs, algorithm, signature = signed_parts(encoded, "certificate")
    parts = der.fields(tbs, "certificate")
    if parts.take(0xA0).first().number() != 2:
        raise der.Malformed("certificate: not version 3")
    serial = parts.take(der.INTEGER).number()
    if parts.take(der.SEQUENCE).first().oid() != algorithm:
        raise der.Malformed("certificate: two algorithms")
    issuer = parts.take(der.SEQUENCE).der
    validity = der.fields(parts.take(der.SEQUENCE), "validity")
    not_before, not_after = validity.take().time(), validity.take().time()
    subject, public = parts.take(der.SEQUENCE).der, load_public(parts.take(der.SEQUENCE).der)
    told = _Extensions(parts.take(0xA3))
    parts.end()
    return Certificate(
        der=encoded,
        tbs=tbs.der,
        signature_oid=algorithm,
        signature=signature,
        serial=serial,
        issuer=issuer,
        subject=subject,
        not_before=not_before,
        not_after=not_after,
        public=public,
        ca=told.ca,
        path_length=told.path_length,
        key_usage=told.key_usage(),
        purposes=told.purposes(),
        policies=told.policies(),
        alternative_names=told.alternative_names(),
        key_identifier=told.key_identifier(),
        authority_key_identifier=told.authority_key_identifier(),
        crl_addresses=told.crl_addresses(),
        ocsp_addresses=told.ocsp_addresses(),
        no_check=profiles.OCSP_NO_CHECK in told.content,
        unknown_critical=tuple(sorted(told.critical - _HANDLED)),
    )


def signed_parts(encoded: bytes, what: str) -> tuple[der.Value, str, bytes]:
    """What is signed, by which algorithm, and the signature (签名三段) of a certificate, a request, a CRL or an OCSP answer."""
    items = der.read_items(encoded, what)
    if len(items) != 3:
        raise der.Malformed(f"{what}: three parts were expected")
    return items[0], algorithm_of(items[1]), items[2].bits()


def algorithm_of(value: der.Value) -> str:
    """Number of a signature algorithm (签名算法), which has no parameters here (RFC 5758, 3.2)."""
    items = value.expect(der.SEQUENCE, "algorithm").items()
    if len(items) != 1:
        raise der.Malformed("a signature algorithm with parameters")
    return items[0].oid()


class _Extensions:
    """The extensions of one certificate, each read where it is asked for."""

    def __init__(self, whole: der.Value) -> None:
        self.content: dict[str, der.Value] = {}
        self.critical: set[str] = set()
        for one in whole.first().items():
            parts = der.fields(one, "extension")
            dotted, flag = parts.take(der.OID).oid(), parts.maybe(der.BOOLEAN)
            if dotted in self.content:
                raise der.Malformed(f"extension {dotted} stands there twice")
            self.content[dotted] = der.read(parts.take(der.OCTET_STRING).body)
            parts.end()
            if flag is not None and flag.truth():
                self.critical.add(dotted)
        limits = der.Fields(self._items(profiles.BASIC_CONSTRAINTS), "basic constraints")
        ca, length = limits.maybe(der.BOOLEAN), limits.maybe(der.INTEGER)
        limits.end()
        self.ca = ca is not None and ca.truth()
        self.path_length = length.number() if length is not None else None

    def _items(self, dotted: str) -> list[der.Value]:
        found = self.content.get(dotted)
        return found.items() if found is not None else []

    def key_usage(self) -> frozenset[str]:
        found = self.content.get(profiles.KEY_USAGE)
        if found is None:
            return frozenset()
        return frozenset(_USAGE_NAMES[bit] for bit in found.named_bits() if bit in _USAGE_NAMES)

    def purposes(self) -> frozenset[str]:
        dotted = (one.oid() for one in self._items(profiles.EXTENDED_KEY_USAGE))
        return frozenset(_PURPOSE_NAMES.get(one, one) for one in dotted)

    def policies(self) -> tuple[str, ...]:
        return tuple(one.first().oid() for one in self._items(profiles.CERTIFICATE_POLICIES))

    def alternative_names(self) -> tuple[str, ...]:
        """DNS names, e-mail and web addresses; IP addresses as people write them."""
        found = []
        for one in self._items(profiles.SUBJECT_ALTERNATIVE_NAME):
            if one.tag in (0x81, 0x82, 0x86):
                found.append(one.body.decode("ascii", "replace"))
            elif one.tag == 0x87 and len(one.body) in (4, 16):
                found.append(str(ipaddress.ip_address(one.body)))
        return tuple(found)

    def key_identifier(self) -> bytes | None:
        found = self.content.get(profiles.SUBJECT_KEY_IDENTIFIER)
        return found.octets() if found is not None else None

    def authority_key_identifier(self) -> bytes | None:
        return next(
            (one.body for one in self._items(profiles.AUTHORITY_KEY_IDENTIFIER) if one.tag == 0x80), None
        )

    def crl_addresses(self) -> tuple[str, ...]:
        points = (one.items() for one in self._items(profiles.CRL_DISTRIBUTION_POINTS))
        full = (name for point in points for name in point if name.tag == 0xA0)
        found = (address for name in full for inner in name.items() for address in inner.items())
        return tuple(one.body.decode("ascii", "replace") for one in found if one.tag == 0x86)

    def ocsp_addresses(self) -> tuple[str, ...]:
        access = (one.pair("access") for one in self._items(profiles.AUTHORITY_INFORMATION))
        found = (where for how, where in access if how.oid() == profiles.ACCESS_OCSP and where.tag == 0x86)
        return tuple(one.body.decode("ascii", "replace") for one in found)


def new_serial() -> int:
    """A serial number (证书序列号): 127 bits of chance, positive, nobody guesses the next (RFC 5280, 4.1.2.2; CA/B Forum BR 7.1)."""
    return secrets.randbits(126) | 1 << 126


def signed(tbs: bytes, key: PrivateKey) -> bytes:
    """A signed structure (签署): content, algorithm, signature."""
    return der.sequence(tbs, der.sequence(der.oid(key.algorithm.signature_oid)), der.bits(key.sign(tbs)))


def build_certificate(
    profile: Profile,
    *,
    subject: bytes,
    public: PublicKey,
    issuer: Certificate,
    issuer_key: PrivateKey,
    serial: int,
    not_before: datetime,
    not_after: datetime | None = None,
    alternative_names: Sequence[str] = (),
) -> Certificate:
    """Issue (签发证书): a certificate under ``issuer``, from ``not_before`` for the profile's days, never longer than its issuer's.

    ValueError where the issuer may not issue it, ``issuer_key`` is not the issuer's, or the time is outside of the issuer's.
    """
    if not issuer.ca or (profile.ca and issuer.path_length == 0):
        raise ValueError("the issuer's certificate does not allow this")
    if issuer_key.public != issuer.public:
        raise ValueError("the key is not the issuer's")
    end = min(not_after or not_before + timedelta(days=profile.days), issuer.not_after)
    if not issuer.not_before <= not_before < end:
        raise ValueError("outside of the time for which the issuer's certificate is valid")
    identifier = issuer.key_identifier or issuer.public.key_identifier
    return _built(
        profile,
        subject,
        public,
        issuer.subject,
        identifier,
        issuer_key,
        serial,
        (not_before, end),
        alternative_names,
    )


def build_root(
    profile: Profile,
    *,
    subject: bytes,
    key: PrivateKey,
    serial: int,
    not_before: datetime,
    not_after: datetime | None = None,
) -> Certificate:
    """Root (自签根证书): it names and signs itself."""
    end = not_after or not_before + timedelta(days=profile.days)
    return _built(
        profile, subject, key.public, subject, key.public.key_identifier, key, serial, (not_before, end), ()
    )


def _built(
    profile: Profile,
    subject: bytes,
    public: PublicKey,
    issuer: bytes,
    issuer_identifier: bytes,
    key: PrivateKey,
    serial: int,
    validity: tuple[datetime, datetime],
    alternative_names: Iterable[str],
) -> Certificate:
    if serial <= 0 or serial.bit_length() > 159:
        raise ValueError("a serial number is positive and has at most 20 bytes")
    found = extensions(profile, public, issuer_identifier, alternative_names, bare=subject == der.sequence())
    tbs = der.sequence(
        der.explicit(0, der.integer(2)),
        der.integer(serial),
        der.sequence(der.oid(key.algorithm.signature_oid)),
        issuer,
        der.sequence(*(der.time(at.astimezone(UTC).replace(microsecond=0)) for at in validity)),
        subject,
        public.spki,
        der.explicit(3, der.sequence(*found)),
    )
    return load_certificate(signed(tbs, key))


def extensions(
    profile: Profile,
    public: PublicKey,
    issuer_identifier: bytes,
    alternative_names: Iterable[str],
    *,
    bare: bool,
) -> list[bytes]:
    """All extensions (全部扩展项) of a certificate; ``bare``: the subject says nothing, so the other names must be understood."""
    found = profiles.extensions_of(profile)
    found.append(extension(profiles.SUBJECT_KEY_IDENTIFIER, der.octets(public.key_identifier)))
    authority = der.sequence(der.implicit(0, issuer_identifier))
    found.append(extension(profiles.AUTHORITY_KEY_IDENTIFIER, authority))
    others = [_general_name(name) for name in alternative_names]
    if others:
        found.append(extension(profiles.SUBJECT_ALTERNATIVE_NAME, der.sequence(*others), critical=bare))
    return found


def _general_name(name: str) -> bytes:
    """An e-mail address, a web address, an IP address, or else a DNS name."""
    if "://" in name or name.startswith("urn:"):
        return der.implicit(6, name.encode("ascii"))
    if "@" in name:
        return der.implicit(1, name.encode("ascii"))
    try:
        return der.implicit(7, ipaddress.ip_address(name).packed)
    except ValueError:
        return der.implicit(2, name.encode("idna"))


__all__ = [
    "Algorithm",
    "Certificate",
    "Profile",
    "algorithm_of",
    "build_certificate",
    "build_root",
    "load_certificate",
    "load_certificates",
    "new_serial",
    "signed",
    "signed_parts",
]
