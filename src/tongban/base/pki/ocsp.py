"""Certificate status on line (在线证书状态): OCSP requests read, answers signed, kept and checked.

Sources: RFC 6960; RFC 5019 for answers that may be signed beforehand and cached; RFC 8954 for the nonce. Whether a certificate is good, its
issuer knows: the responder is given a function that says it, asks it for every request, and signs anew only where the saying has changed, the
answer has aged, or somebody brings a nonce.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from functools import lru_cache
from typing import Final

from . import der, sm2
from .certificates import Certificate, algorithm_of, load_certificate
from .keys import PrivateKey
from .profiles import extension
from .revocation import Reason

_BASIC, _NONCE = "1.3.6.1.5.5.7.48.1.1", "1.3.6.1.5.5.7.48.1.2"
_DIGESTS: Final = {
    "1.3.14.3.2.26": lambda data: hashlib.sha1(
        data, usedforsecurity=False
    ).digest(),  # what RFC 5019 asks for
    "2.16.840.1.101.3.4.2.1": lambda data: hashlib.sha256(data).digest(),
    "1.2.156.10197.1.401": sm2.sm3,
}
LONGEST_REQUEST: Final = 4096  # bytes, [O]; a request of one certificate has about eighty
LONGEST_NONCE: Final = 32  # bytes (RFC 8954, 2.1)
KEPT: Final = 100_000  # answers kept in memory by one responder, [O]; some 50 MB


class State(StrEnum):
    """What an answer says of a certificate (证书状态)."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Status:
    """Status (状态): good, revoked since when and why (a hold is one), or not known to the issuer."""

    state: State
    at: datetime | None = None
    reason: Reason = Reason.UNSPECIFIED


GOOD: Final = Status(State.GOOD)
UNKNOWN: Final = Status(State.UNKNOWN)


def revoked(at: datetime, reason: Reason = Reason.UNSPECIFIED) -> Status:
    """Revoked since a moment (已撤销)."""
    return Status(State.REVOKED, at, reason)


class Problem(IntEnum):
    """Why there is no answer (无应答原因), with its number (RFC 6960, 4.2.1)."""

    MALFORMED = 1
    INTERNAL = 2
    TRY_LATER = 3
    UNAUTHORIZED = 6


@dataclass(frozen=True, slots=True)
class CertId:
    """What is asked for (证书标识): digests of the issuer's name and key, and the serial number. ``der``: as the client wrote it."""

    der: bytes
    digest_oid: str
    name_digest: bytes
    key_digest: bytes
    serial: int

    def is_under(self, issuer: Certificate) -> bool:
        """Whether it means a certificate of this issuer (签发者是否相符)."""
        return _issuer_digests(issuer, self.digest_oid) == (self.name_digest, self.key_digest)


@lru_cache(maxsize=256)
def _issuer_digests(issuer: Certificate, dotted: str) -> tuple[bytes, bytes] | None:
    make = _DIGESTS.get(dotted)
    return (make(issuer.subject), make(issuer.public.point)) if make else None


def cert_id(certificate: Certificate, issuer: Certificate, digest_oid: str = "1.3.14.3.2.26") -> CertId:
    """How one asks for a certificate (构造证书标识)."""
    found = _issuer_digests(issuer, digest_oid)
    if found is None:
        raise ValueError(f"digest {digest_oid} is not known here")
    form = der.sequence(der.oid(digest_oid), der.null())
    encoded = der.sequence(form, der.octets(found[0]), der.octets(found[1]), der.integer(certificate.serial))
    return CertId(encoded, digest_oid, *found, certificate.serial)


def _read_cert_id(value: der.Value) -> CertId:
    parts = der.fields(value, "certificate id")
    form = parts.take(der.SEQUENCE).first().oid()
    name, key = parts.take(der.OCTET_STRING).body, parts.take(der.OCTET_STRING).body
    serial = parts.take(der.INTEGER).number()
    parts.end()
    return CertId(value.der, form, name, key, serial)


@dataclass(frozen=True, slots=True)
class Request:
    """Request (状态查询), read; ``nonce`` is the extension's value as it stands."""

    wanted: tuple[CertId, ...]
    nonce: bytes | None


def build_request(certificate: Certificate, issuer: Certificate, nonce: bytes | None = None) -> bytes:
    """A request for one certificate (构造状态查询), DER."""
    one = der.sequence(cert_id(certificate, issuer).der)
    told = [] if nonce is None else [der.explicit(2, der.sequence(extension(_NONCE, der.octets(nonce))))]
    return der.sequence(der.sequence(der.sequence(one), *told))


def load_request(encoded: bytes) -> Request:
    """A request (读取状态查询), DER; raises :class:`~.der.Malformed`. A signature on it says nothing here: anybody may ask."""
    if len(encoded) > LONGEST_REQUEST:
        raise der.Malformed("a request too long")
    parts = der.fields(der.fields(encoded, "request").take(der.SEQUENCE), "request")
    parts.maybe(0xA0)
    parts.maybe(0xA1)
    wanted = tuple(_read_cert_id(one.first()) for one in parts.take(der.SEQUENCE).items())
    told = parts.maybe(0xA2)
    parts.end()
    if not wanted:
        raise der.Malformed("a request for nothing")
    return Request(wanted, _nonce(told.first()) if told is not None else None)


def _nonce(extensions: der.Value) -> bytes | None:
    for one in extensions.items():
        items = one.items()
        if len(items) >= 2 and items[0].oid() == _NONCE:
            nonce = items[-1].octets()
            if not 0 < len(nonce) <= LONGEST_NONCE + 2:
                raise der.Malformed("nonce")
            return nonce
    return None


def problem(kind: Problem) -> bytes:
    """An answer that is none (错误应答)."""
    return der.sequence(der.integer(kind, der.ENUMERATED))


@dataclass(frozen=True, slots=True)
class _Kept:
    status: Status
    until: datetime
    answer: bytes


class Responder:
    """Responder (应答器) of one issuer, signing with the issuer's key or a delegated one (RFC 6960, 4.2.2.2).

    ``lasts``: how long an answer is good for; it is signed anew when half of that is over. Raises ValueError where the certificate may not answer.
    """

    def __init__(
        self,
        issuer: Certificate,
        key: PrivateKey,
        certificate: Certificate | None = None,
        *,
        lasts: timedelta = timedelta(hours=8),
    ) -> None:
        signer = certificate or issuer
        if key.public != signer.public:
            raise ValueError("the key is not that of the certificate")
        if signer != issuer and not _delegated(signer, issuer):
            raise ValueError("the issuer has not delegated answers to this certificate")
        self.issuer = issuer
        self.lasts = lasts
        self._key = key
        self._responder = der.explicit(2, der.octets(signer.public.key_identifier))
        self._certificates = [der.explicit(0, der.sequence(signer.der))] if signer != issuer else []
        self._kept: OrderedDict[bytes, _Kept] = OrderedDict()

    def reply(self, encoded: bytes, status_of: Callable[[int], Status], at: datetime) -> bytes:
        """The answer to whatever was sent (应答): signed, kept from before, or a :class:`Problem`; never raises for what a client sent."""
        try:
            request = load_request(encoded)
        except der.Malformed:
            return problem(Problem.MALFORMED)
        if not all(one.is_under(self.issuer) for one in request.wanted):
            return problem(Problem.UNAUTHORIZED)
        said = [(one, status_of(one.serial)) for one in request.wanted]
        if request.nonce is not None or len(said) > 1:
            return self.answer(said, at, nonce=request.nonce)
        wanted, status = said[0]
        kept = self._kept.get(wanted.der)
        if kept is None or kept.status != status or at >= kept.until:
            kept = _Kept(status, at + self.lasts / 2, self.answer(said, at))
            if status.state is State.UNKNOWN:  # numbers that do not exist are without end
                return kept.answer
            self._kept[wanted.der] = kept
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return kept.answer

    def answer(
        self, said: Sequence[tuple[CertId, Status]], at: datetime, *, nonce: bytes | None = None
    ) -> bytes:
        """A freshly signed answer (签署应答), DER, from ``at`` on for ``lasts``."""
        at = at.replace(microsecond=0)
        updates = der.generalized_time(at), der.explicit(0, der.generalized_time(at + self.lasts))
        singles = (der.sequence(wanted.der, _status(status), *updates) for wanted, status in said)
        told = [] if nonce is None else [der.explicit(1, der.sequence(extension(_NONCE, nonce)))]
        tbs = der.sequence(self._responder, der.generalized_time(at), der.sequence(*singles), *told)
        form = der.sequence(der.oid(self._key.algorithm.signature_oid))
        basic = der.sequence(tbs, form, der.bits(self._key.sign(tbs)), *self._certificates)
        return wrapped(basic)


def wrapped(basic: bytes) -> bytes:
    """The answer around a basic answer (应答外层), which evidence keeps without it."""
    return der.sequence(
        der.integer(0, der.ENUMERATED), der.explicit(0, der.sequence(der.oid(_BASIC), der.octets(basic)))
    )


def _status(status: Status) -> bytes:
    if status.state is State.GOOD:
        return der.implicit(0, b"")
    if status.state is State.UNKNOWN or status.at is None:
        return der.implicit(2, b"")
    said = [] if status.reason is Reason.UNSPECIFIED else [der.integer(status.reason, der.ENUMERATED)]
    at = der.generalized_time(status.at.replace(microsecond=0))
    return der.explicit(1, at, *(der.explicit(0, one) for one in said))


def _delegated(signer: Certificate, issuer: Certificate) -> bool:
    """Whether the issuer itself has issued the responder's certificate, for this (RFC 6960, 4.2.2.2)."""
    return (
        signer.issuer == issuer.subject
        and "ocsp_signing" in signer.purposes
        and signer.signed_by(issuer.public)
        and not signer.unknown_critical
    )


@dataclass(frozen=True, slots=True)
class Single:
    """What an answer says of one certificate (单项应答)."""

    wanted: CertId
    status: Status
    this_update: datetime
    next_update: datetime | None

    def covers(self, at: datetime) -> bool:
        """Whether it speaks of ``at`` (是否覆盖该时刻): good then, or said later; whoever knows more later still says since when."""
        return self.this_update > at or self.next_update is None or at < self.next_update


@dataclass(frozen=True, slots=True)
class Answer:
    """Basic answer (基本应答), read and not yet believed: :meth:`said_by` tells whether an issuer stands behind it."""

    der: bytes = field(repr=False)
    tbs: bytes = field(repr=False)
    signature_oid: str
    signature: bytes = field(repr=False)
    responder: bytes = field(repr=False)
    produced_at: datetime
    singles: tuple[Single, ...]
    nonce: bytes | None
    certificates: tuple[bytes, ...] = field(repr=False)

    def said_by(self, issuer: Certificate) -> bool:
        """Whether the issuer, or whom it has delegated, has signed this (应答验签), with a certificate valid at that time."""
        if len(self.certificates) > 1:
            return False
        try:
            signer = load_certificate(self.certificates[0]) if self.certificates else issuer
        except der.Malformed:
            return False
        named = self.responder in (der.explicit(2, der.octets(signer.public.key_identifier)), der.explicit(1, signer.subject))  # fmt: skip
        return (
            named
            and (signer == issuer or _delegated(signer, issuer))
            and signer.not_before <= self.produced_at <= signer.not_after
            and self.signature_oid == signer.public.algorithm.signature_oid
            and _fits(signer, self.signature, self.tbs)
        )

    def about(self, certificate: Certificate, issuer: Certificate) -> Single | None:
        """What it says of a certificate (取单项应答)."""
        for one in self.singles:
            if one.wanted.serial == certificate.serial and one.wanted.is_under(issuer):
                return one
        return None


@lru_cache(maxsize=8192)
def _fits(signer: Certificate, signature: bytes, tbs: bytes) -> bool:
    return signer.public.verify(signature, tbs)


def load_response(encoded: bytes) -> Answer | Problem:
    """An answer (读取应答), DER, or why there is none; raises :class:`~.der.Malformed`."""
    parts = der.fields(encoded, "answer")
    number = parts.take(der.ENUMERATED).number()
    if number != 0:
        try:
            return Problem(number)
        except ValueError as unknown:
            raise der.Malformed(f"status {number}") from unknown
    kind, content = parts.take(0xA0).first().pair("answer")
    if kind.oid() != _BASIC:
        raise der.Malformed("not a basic answer")
    return load_answer(content.octets())


@lru_cache(maxsize=1024)
def load_answer(encoded: bytes) -> Answer:
    """A basic answer (读取基本应答), DER; raises :class:`~.der.Malformed`. Written again it is the same bytes."""
    parts = der.fields(encoded, "basic answer")
    tbs, form, signature = (
        parts.take(der.SEQUENCE),
        algorithm_of(parts.take(der.SEQUENCE)),
        parts.take().bits(),
    )
    held = parts.maybe(0xA0)
    parts.end()
    certificates = [one.der for one in held.first().items()] if held is not None else []
    again = [der.explicit(0, der.sequence(*certificates))] if held is not None else []
    if der.sequence(tbs.der, der.sequence(der.oid(form)), der.bits(signature), *again) != encoded:
        raise der.Malformed("basic answer: not as it is written")
    inner = der.fields(tbs, "basic answer")
    responder, produced = inner.take(), inner.take(der.GENERALIZED_TIME).time()
    singles = tuple(_single(one) for one in inner.take(der.SEQUENCE).items())
    told = inner.maybe(0xA1)
    inner.end()
    return Answer(
        der=encoded,
        tbs=tbs.der,
        signature_oid=form,
        signature=signature,
        responder=responder.der,
        produced_at=produced,
        singles=singles,
        nonce=_nonce(told.first()) if told is not None else None,
        certificates=tuple(certificates),
    )


def _single(value: der.Value) -> Single:
    parts = der.fields(value, "single answer")
    wanted, said = _read_cert_id(parts.take(der.SEQUENCE)), parts.take()
    this_update, following = parts.take(der.GENERALIZED_TIME).time(), parts.maybe(0xA0)
    parts.maybe(0xA1)
    parts.end()
    next_update = following.first().time() if following is not None else None
    if said.tag == 0x80:
        status = GOOD
    elif said.tag == 0x82:
        status = UNKNOWN
    else:
        inner = der.fields(said, "revoked", 0xA1)
        at, why = inner.take(der.GENERALIZED_TIME).time(), inner.maybe(0xA0)
        inner.end()
        try:
            status = revoked(at, Reason(why.first().number()) if why is not None else Reason.UNSPECIFIED)
        except ValueError as unknown:
            raise der.Malformed("reason") from unknown
    return Single(wanted, status, this_update, next_update)
