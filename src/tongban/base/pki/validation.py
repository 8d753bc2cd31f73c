"""Validation of chains (证书链验证): whether a certificate held at a moment, for a use, under a root, and if not, for which reason.

Source: RFC 5280, 6, without name constraints and policy mapping, which nothing here issues: a certificate that demands them is refused. A moment in the
past is judged by what was true then: dates, and revocation by lists and answers that speak of that moment.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Final

from . import ocsp
from .certificates import Certificate
from .revocation import Crl, Reason

_DEEPEST: Final = 8  # certificates in a chain, [O]


class State(StrEnum):
    """How a certificate stands (验证结论)."""

    GOOD = "good"
    ON_HOLD = "on_hold"
    REVOKED = "revoked"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    WRONG_ROOT = "wrong_root"
    WRONG_USAGE = "wrong_usage"
    STATUS_UNKNOWN = "status_unknown"


class Use(Enum):
    """What a certificate is used for (用途): key usages of which one is needed, and purposes of which one is."""

    ANY = ((), ())
    SIGNING = (("digital_signature", "content_commitment"), ("document_signing", "email_protection"))
    # Between programs: by the seal of an organ, or by the key with which one of its servers opens connections.
    MESSAGES = (
        ("digital_signature", "content_commitment"),
        ("document_signing", "email_protection", "client_auth"),
    )
    LOG_IN = (("digital_signature",), ("client_auth",))
    SERVER = (("digital_signature",), ("server_auth",))
    TIME_STAMPING = (("digital_signature", "content_commitment"), ("time_stamping",))

    def allowed_by(self, certificate: Certificate) -> bool:
        """Whether the certificate is made for it (用途核对). One that states no purposes is for all but time stamping."""
        usages, purposes = map(frozenset, self.value)
        if certificate.unknown_critical or (usages and not usages & certificate.key_usage):
            return False
        if self is Use.TIME_STAMPING:
            return certificate.purposes == purposes
        return not purposes or not certificate.purposes or bool(purposes & certificate.purposes)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of revocations (撤销证据): lists and answers. ``needed``: nothing said about the certificate itself is not good enough; of the authorities
    above it what is said counts, and silence does not."""

    crls: tuple[Crl, ...] = ()
    answers: tuple[ocsp.Answer, ...] = ()
    needed: bool = False


NOTHING: Final = Evidence()


@dataclass(frozen=True, slots=True)
class Outcome:
    """Outcome (验证结果): the state, the certificate that it is about, and the chain to its root where one was found."""

    state: State
    certificate: Certificate
    chain: tuple[Certificate, ...] = ()
    since: datetime | None = None
    reason: Reason | None = None

    @property
    def good(self) -> bool:
        """Whether all is well (是否有效)."""
        return self.state is State.GOOD


def validate(
    certificate: Certificate,
    *,
    pool: Iterable[Certificate] = (),
    roots: Sequence[Certificate],
    at: datetime,
    use: Use = Use.ANY,
    revocation: Evidence = NOTHING,
) -> Outcome:
    """Validate (验证证书) as of ``at``. ``pool``: certificates that may lie between; nothing in it is believed."""
    chain = chain_of(certificate, tuple(pool), tuple(roots))
    if not chain:
        return Outcome(State.WRONG_ROOT, certificate)
    if not use.allowed_by(certificate):
        return Outcome(State.WRONG_USAGE, certificate, chain)
    for one in chain:
        if at < one.not_before:
            return Outcome(State.NOT_YET_VALID, one, chain, one.not_before)
        if at > one.not_after:
            return Outcome(State.EXPIRED, one, chain, one.not_after)
    for one, issuer in pairwise(chain):
        found = status_at(one, issuer, at, revocation)
        if found is None:
            if revocation.needed and one == certificate and not one.no_check:
                return Outcome(State.STATUS_UNKNOWN, one, chain)
        elif found.state is ocsp.State.UNKNOWN:
            return Outcome(State.STATUS_UNKNOWN, one, chain)
        elif found.state is ocsp.State.REVOKED and found.at is not None and found.at <= at:
            held = found.reason is Reason.CERTIFICATE_HOLD
            return Outcome(State.ON_HOLD if held else State.REVOKED, one, chain, found.at, found.reason)
    return Outcome(State.GOOD, certificate, chain)


@lru_cache(maxsize=2048)
def chain_of(
    certificate: Certificate, pool: tuple[Certificate, ...], roots: tuple[Certificate, ...]
) -> tuple[Certificate, ...]:
    """The chain from a certificate to a root (证书链), each signed by the next, which may issue; empty where there is none.

    The answer depends on bytes alone, so it is kept: thirty acts of one official have one chain.
    """
    if certificate in roots:
        return (certificate,)
    found = _climb((certificate,), pool, roots)
    return found or ()


def _climb(
    below: tuple[Certificate, ...], pool: tuple[Certificate, ...], roots: tuple[Certificate, ...]
) -> tuple[Certificate, ...] | None:
    last = below[-1]
    for issuer in (*roots, *pool):
        if issuer.subject != last.issuer or issuer in below or len(below) >= _DEEPEST:
            continue
        if not _may_issue(issuer, below) or not last.signed_by(issuer.public):
            continue
        whole = (*below, issuer)
        if issuer in roots:
            return whole
        if longer := _climb(whole, pool, roots):
            return longer
    return None


def _may_issue(issuer: Certificate, below: tuple[Certificate, ...]) -> bool:
    """Basic constraints and key usage of an authority (RFC 5280, 6.1.4 k to n)."""
    between = sum(1 for one in below[1:] if not one.self_issued)
    return (
        issuer.ca
        and "key_cert_sign" in issuer.key_usage
        and not issuer.unknown_critical
        and (issuer.path_length is None or between <= issuer.path_length)
    )


def status_at(
    certificate: Certificate, issuer: Certificate, at: datetime, evidence: Evidence
) -> ocsp.Status | None:
    """What lists and answers of the issuer say of a certificate at ``at`` (当时状态); None where none of them speaks of it.

    The newest word of then counts, or else the first one after. A revocation that was told later and dates back counts against both; a hold that was
    told later does not, for it may have begun and ended many times.
    """
    said = sorted(
        (*_answered(certificate, issuer, at, evidence), *_listed(certificate, issuer, at, evidence)),
        key=lambda one: one[0],
    )
    for told, status in said:
        lasting = status.state is ocsp.State.REVOKED and status.reason is not Reason.CERTIFICATE_HOLD
        if told > at and lasting and status.at is not None and status.at <= at:
            return status
    then = [status for told, status in said if told <= at]
    return then[-1] if then else next((status for _, status in said), None)


def _answered(
    certificate: Certificate, issuer: Certificate, at: datetime, evidence: Evidence
) -> Iterator[tuple[datetime, ocsp.Status]]:
    for answer in evidence.answers:
        single = answer.about(certificate, issuer)
        if single is not None and single.covers(at) and answer.said_by(issuer):
            yield single.this_update, single.status


def _listed(
    certificate: Certificate, issuer: Certificate, at: datetime, evidence: Evidence
) -> Iterator[tuple[datetime, ocsp.Status]]:
    """A full list speaks of every certificate, a delta list of those in it."""
    for one in evidence.crls:
        of_then = one.this_update > at or at <= one.next_update
        if one.issuer != issuer.subject or not of_then or "crl_sign" not in issuer.key_usage:
            continue
        if not one.signed_by(issuer.public):
            continue
        entry = one.find(certificate.serial)
        if entry is not None and entry.reason is not Reason.REMOVE_FROM_CRL:
            yield one.this_update, ocsp.revoked(entry.at, entry.reason)
        elif entry is not None or one.delta_of is None:
            yield one.this_update, ocsp.GOOD
