"""Revocation lists (证书撤销列表): CRL version 2, full and delta, made and read.

Source: RFC 5280, 5. A list of a hundred thousand entries is written in half a second and looked into without being read entry by entry.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from functools import cached_property, lru_cache

from . import der, pem
from .certificates import Certificate, signed, signed_parts
from .keys import PrivateKey, PublicKey
from .profiles import AUTHORITY_KEY_IDENTIFIER, extension

_NUMBER, _DELTA, _REASON = "2.5.29.20", "2.5.29.27", "2.5.29.21"


class Reason(IntEnum):
    """Reason of a revocation (撤销原因), with its number (RFC 5280, 5.3.1). Only a hold can be lifted."""

    UNSPECIFIED = 0
    KEY_COMPROMISE = 1
    CA_COMPROMISE = 2
    AFFILIATION_CHANGED = 3
    SUPERSEDED = 4
    CESSATION_OF_OPERATION = 5
    CERTIFICATE_HOLD = 6
    REMOVE_FROM_CRL = 8
    PRIVILEGE_WITHDRAWN = 9
    AA_COMPROMISE = 10


@dataclass(frozen=True, slots=True)
class Revoked:
    """One revoked certificate (已撤销证书): its serial number, since when, and why."""

    serial: int
    at: datetime
    reason: Reason = Reason.UNSPECIFIED


def build_crl(
    issuer: Certificate,
    issuer_key: PrivateKey,
    *,
    number: int,
    this_update: datetime,
    next_update: datetime,
    revoked: Iterable[Revoked],
    delta_of: int | None = None,
) -> bytes:
    """A signed list (签发撤销列表), DER. ``number`` grows from list to list.

    ``delta_of``: only what has changed since the full list of that number; there ``REMOVE_FROM_CRL`` says that a hold was lifted. ValueError where a
    full list says so, or the issuer may sign no lists.
    """
    if "crl_sign" not in issuer.key_usage or issuer_key.public != issuer.public:
        raise ValueError("this certificate and key do not sign revocation lists")
    entries = [_entry(one) for one in revoked]
    if delta_of is None and any(entry.endswith(_REMOVED) for entry in entries):
        raise ValueError("only a delta list says that a hold was lifted")
    authority = der.sequence(der.implicit(0, issuer.key_identifier or issuer.public.key_identifier))
    told = [extension(AUTHORITY_KEY_IDENTIFIER, authority), extension(_NUMBER, der.integer(number))]
    if delta_of is not None:
        told.append(extension(_DELTA, der.integer(delta_of), critical=True))
    tbs = der.sequence(
        der.integer(1),
        der.sequence(der.oid(issuer_key.algorithm.signature_oid)),
        issuer.subject,
        der.time(this_update),
        der.time(next_update),
        *([der.sequence(*entries)] if entries else []),
        der.explicit(0, der.sequence(*told)),
    )
    return signed(tbs, issuer_key)


@lru_cache(maxsize=65536)
def _moment(at: datetime) -> bytes:
    return der.time(at)


@lru_cache(maxsize=16)
def _reason(reason: Reason) -> bytes:
    """The extensions of an entry; the reason that says nothing is left away (RFC 5280, 5.3.1)."""
    if reason is Reason.UNSPECIFIED:
        return b""
    return der.sequence(extension(_REASON, der.integer(reason, der.ENUMERATED)))


_REMOVED = _reason(Reason.REMOVE_FROM_CRL)


def _entry(one: Revoked) -> bytes:
    return der.tlv(der.SEQUENCE, der.integer(one.serial), _moment(one.at), _reason(one.reason))


@dataclass(frozen=True)
class Crl:
    """Revocation list (撤销列表), read. ``number`` and ``delta_of`` as :func:`build_crl` takes them."""

    der: bytes = field(repr=False)
    tbs: bytes = field(repr=False)
    signature_oid: str
    signature: bytes = field(repr=False)
    issuer: bytes = field(repr=False)
    this_update: datetime
    next_update: datetime
    number: int | None
    delta_of: int | None
    _entries: bytes = field(repr=False)

    def signed_by(self, issuer: PublicKey) -> bool:
        """Whether the issuer's key has signed it (签发者验签)."""
        return self.signature_oid == issuer.algorithm.signature_oid and issuer.verify(
            self.signature, self.tbs
        )

    @property
    def pem(self) -> bytes:
        """As text (文本形式)."""
        return pem.armour("X509 CRL", self.der)

    def find(self, serial: int) -> Revoked | None:
        """The entry of this serial number (查找), None where it is not listed."""
        place = self._places.get(der.integer(serial))
        return _read_entry(self._entries[slice(*place)]) if place else None

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Revoked]:
        return (_read_entry(self._entries[start:stop]) for start, stop in self._places.values())

    @cached_property
    def _places(self) -> dict[bytes, tuple[int, int]]:
        """Where the entry of each serial number lies; entries and numbers are shorter than 128 bytes."""
        entries, found, at = self._entries, {}, 0
        while at < len(entries):
            stop = at + 2 + entries[at + 1] if at + 4 <= len(entries) else 0
            if entries[at] != der.SEQUENCE or not at < stop <= len(entries) or entries[at + 1] > 127:
                raise der.Malformed("an entry of a revocation list")
            found[entries[at + 2 : at + 4 + entries[at + 3]]] = (at, stop)
            at = stop
        return found


def _read_entry(encoded: bytes) -> Revoked:
    parts = der.fields(encoded, "entry of a revocation list")
    serial, at = parts.take(der.INTEGER).number(), parts.take().time()
    told = parts.maybe(der.SEQUENCE)
    reason = Reason.UNSPECIFIED
    for dotted, critical, content in _extensions(told):
        if dotted == _REASON:
            reason = _reason_of(content.expect(der.ENUMERATED, "reason").number())
        elif critical:
            raise der.Malformed(f"extension {dotted} of an entry is not known here")
    return Revoked(serial, at, reason)


def _reason_of(number: int) -> Reason:
    try:
        return Reason(number)
    except ValueError as problem:
        raise der.Malformed(f"reason {number}") from problem


def _extensions(whole: der.Value | None) -> Iterator[tuple[str, bool, der.Value]]:
    for one in whole.items() if whole is not None else []:
        parts = der.fields(one, "extension")
        dotted, flag = parts.take(der.OID).oid(), parts.maybe(der.BOOLEAN)
        yield dotted, flag is not None and flag.truth(), der.read(parts.take(der.OCTET_STRING).body)
        parts.end()


def load_crl(content: bytes) -> Crl:
    """A list (读取撤销列表), PEM or DER; raises :class:`~.der.Malformed`, also for a critical extension that is not known here."""
    return _loaded(pem.first(content, "X509 CRL") if pem.is_pem(content) else bytes(content))


@lru_cache(maxsize=16)
def _loaded(encoded: bytes) -> Crl:
    tbs, algorithm, signature = signed_parts(encoded, "revocation list")
    parts = der.fields(tbs, "revocation list")
    if parts.take(der.INTEGER).number() != 1 or parts.take(der.SEQUENCE).first().oid() != algorithm:
        raise der.Malformed("revocation list: version or algorithm")
    issuer = parts.take(der.SEQUENCE).der
    this_update, next_update = parts.take().time(), parts.take().time()
    listed, told = parts.maybe(der.SEQUENCE), parts.take(0xA0)
    parts.end()
    numbers: dict[str, int] = {}
    for dotted, critical, value in _extensions(told.first()):
        if dotted in (_NUMBER, _DELTA):
            numbers[dotted] = value.expect(der.INTEGER, "number").number()
        elif critical:
            raise der.Malformed(f"extension {dotted} of a revocation list is not known here")
    return Crl(
        der=encoded,
        tbs=tbs.der,
        signature_oid=algorithm,
        signature=signature,
        issuer=issuer,
        this_update=this_update,
        next_update=next_update,
        number=numbers.get(_NUMBER),
        delta_of=numbers.get(_DELTA),
        _entries=listed.body if listed is not None else b"",
    )
