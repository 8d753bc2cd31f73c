"""Evidence (签名证据): a signature that can be verified years later, without asking anybody, and says which part of it was altered.

Sources: RFC 5126 (CAdES), 6.1.1 and 6.3.4: a signed message (:mod:`.cms`) over content that is kept apart, with a time stamp over the signature
and with what was known of the signer's certificate then. It is verified as of the time of the time stamp: whatever expired or was revoked
later does not matter. 电子签名法 13 asks for no less: whether signature or text was altered must be noticed.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from . import cms, der, ocsp, timestamps, validation
from .certificates import Certificate, load_certificate
from .keys import PrivateKey, digest
from .validation import State, Use

_TIME_STAMP, _REVOCATIONS = "1.2.840.113549.1.9.16.2.14", "1.2.840.113549.1.9.16.2.24"
# [O] Clocks of signer and stamper may differ; a signature from further in the future was not made when it says.
_SKEW: Final = timedelta(minutes=5)

TimeStamp = Callable[[timestamps.Request], bytes]
StatusOf = Callable[[Certificate, Certificate], bytes | None]


class Part(StrEnum):
    """Part of evidence (证据组成部分)."""

    CONTENT = "content"
    SIGNATURE = "signature"
    CERTIFICATE = "certificate"
    CHAIN = "chain"
    STATUS = "status"
    TIME_STAMP = "time_stamp"


class Wrong(StrEnum):
    """What is wrong with a part (问题原因)."""

    ALTERED = "altered"
    MISSING = "missing"
    TOO_LATE = "too_late"
    WRONG_ROOT = "wrong_root"
    WRONG_USAGE = "wrong_usage"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    ON_HOLD = "on_hold"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Fault:
    """One finding (一项问题)."""

    part: Part
    wrong: Wrong


@dataclass(frozen=True, slots=True)
class Verdict:
    """Verdict (验证结论): faults, none where all is well; and what the evidence says, as far as it can be read.

    ``signed_at`` is the signer's own word, ``stamped_at`` that of the time stamping authority.
    """

    faults: tuple[Fault, ...]
    signer: Certificate | None = None
    chain: tuple[Certificate, ...] = ()
    signed_at: datetime | None = None
    stamped_at: datetime | None = None
    stamp_serial: int | None = None
    stamper: Certificate | None = None

    @property
    def good(self) -> bool:
        """Whether the signature held when it was stamped (是否有效)."""
        return not self.faults

    @property
    def parts(self) -> frozenset[Part]:
        """The parts that are not right (有问题的部分)."""
        return frozenset(fault.part for fault in self.faults)


def make_evidence(
    content: bytes,
    signer_key: PrivateKey,
    chain: Sequence[Certificate],
    at: datetime,
    time_stamp: TimeStamp,
    status: StatusOf,
) -> bytes:
    """Sign and keep the proof (签名并固化证据), DER.

    ``chain``: the signer's certificate first, its issuer next, the root last (it is not kept). ``time_stamp`` gives the token for a request;
    ``status(certificate, issuer)`` the OCSP answer, of then, for each certificate below the root and for the time stamper's; it may have none (None)
    for all but the signer's.
    """
    below = [one for one in chain if not one.self_issued]
    return complete_evidence(cms.sign(content, signer_key, below, at=at), chain, time_stamp, status)


def complete_evidence(
    signed: bytes, chain: Sequence[Certificate], time_stamp: TimeStamp, status: StatusOf
) -> bytes:
    """Keep the proof of what somebody else has signed (固化他人的签名), DER: a detached signed message, as :func:`make_evidence` would sign it.

    What it carried unsigned is dropped. Raises :class:`~.der.Malformed`. Whether the signature is good, :func:`verify_evidence` says.
    """
    below = [one for one in chain if not one.self_issued]
    message = cms.load(signed)
    imprint = digest(message.algorithm, message.signature)
    token = time_stamp(timestamps.Request(message.algorithm, imprint, None, None, certificates_wanted=True))
    told = [
        status(one, issuer) for one, issuer in (*zip(below, chain[1:], strict=False), *_stamper(token, chain))
    ]
    if not told or told[0] is None:
        raise ValueError("nothing is known of the signer's certificate")
    revocations = _revocations([_basic(one) for one in told if one is not None])
    return message.with_unsigned(
        (cms.attribute(_TIME_STAMP, token), cms.attribute(_REVOCATIONS, revocations))
    )


def _stamper(token: bytes, chain: Sequence[Certificate]) -> Iterator[tuple[Certificate, Certificate]]:
    """The certificate of who stamped, and its issuer, where both are known."""
    held = [load_certificate(one) for one in cms.load(token).bound() if one is not None]
    issuers = [one for one in (*held[1:], *chain) if held and one.subject == held[0].issuer]
    if issuers:
        yield held[0], issuers[0]


def _basic(answer: bytes) -> bytes:
    """The basic answer within an answer; that is what evidence keeps (RFC 5126, 6.3.4)."""
    found = ocsp.load_response(answer)
    if isinstance(found, ocsp.Problem):
        raise ValueError(f"the responder did not answer: {found.name}")
    return found.der


def _revocations(answers: Sequence[bytes]) -> bytes:
    return der.sequence(der.explicit(1, der.sequence(*answers)))


def verify_evidence(
    evidence: bytes,
    content: bytes,
    roots: Sequence[Certificate],
    *,
    pool: Sequence[Certificate] = (),
    use: Use = Use.SIGNING,
) -> Verdict:
    """Verify (验证证据) ``content`` as of the time of the time stamp, against ``roots`` alone; never raises for what ``evidence`` is.

    ``pool``: certificates that may lie between, where the signer bound none but its own; nothing in it is believed. ``use``: what the
    signer's certificate must be made for.
    """
    try:
        message = cms.load(evidence)
        signed_at, bound = message.signing_time, message.bound()
    except der.Malformed:
        return Verdict((Fault(Part.SIGNATURE, Wrong.ALTERED),))
    return _Examination(message, content, tuple(roots), signed_at, bound, tuple(pool), use).verdict()


class _Examination:
    """One look at one piece of evidence: each part in its turn, blamed only where no other part explains what is seen."""

    def __init__(
        self,
        message: cms.SignedMessage,
        content: bytes,
        roots: tuple[Certificate, ...],
        signed_at: datetime | None,
        bound: list[bytes | None],
        pool: tuple[Certificate, ...],
        use: Use,
    ) -> None:
        self._message, self._content, self._roots = message, content, roots
        self._signed_at, self._bound = signed_at, bound
        self._pool, self._use = pool, use
        self._faults: list[Fault] = []
        self._signature_holds = False

    def verdict(self) -> Verdict:
        signer, above = self._signer(), self._above()
        answers = self._answers()
        token = self._time_stamp(above, answers)
        at = token.at if token is not None else self._signed_at
        if signer is not None and at is not None and not self._blamed(Part.CHAIN):
            self._validate(signer, above, at, answers, token)
        chain = validation.chain_of(signer, above, self._roots) if signer is not None else ()
        held = token.message.bound()[0] if token is not None else None
        return Verdict(
            tuple(self._faults),
            signer,
            chain,
            self._signed_at,
            token.at if token is not None else None,
            token.serial if token is not None else None,
            load_certificate(held) if held is not None else None,
        )

    def _blame(self, part: Part, wrong: Wrong) -> None:
        fault = Fault(part, wrong)
        if fault not in self._faults:
            self._faults.append(fault)

    def _blamed(self, part: Part) -> bool:
        return any(fault.part is part for fault in self._faults)

    def _signer(self) -> Certificate | None:
        """The signer's certificate where it is the one that was signed along; signature and content are judged here."""
        message = self._message
        if not self._bound or self._bound[0] is None:
            self._blame(*self._altered_signer())
            return None
        try:
            signer = load_certificate(self._bound[0])
        except der.Malformed:  # it was signed along like this
            self._blame(Part.CERTIFICATE, Wrong.ALTERED)
            return None
        named = (message.issuer, message.serial) == (signer.issuer, signer.serial)
        if not named or not message.is_signed_by(signer):
            self._blame(Part.SIGNATURE, Wrong.ALTERED)
            return signer
        self._signature_holds = True
        if not message.covers(self._content):
            self._blame(Part.CONTENT, Wrong.ALTERED)
        return signer

    def _altered_signer(self) -> tuple[Part, Wrong]:
        """The signed digest fits no certificate here: was it the certificate that was altered, or what was signed?"""
        strangers = [one for one in self._message.certificates if one not in self._bound]
        for piece in strangers:
            try:
                found = load_certificate(piece)
            except der.Malformed:
                continue
            if self._message.is_signed_by(found):
                return Part.CERTIFICATE, Wrong.ALTERED
            if validation.chain_of(found, self._above(), self._roots):
                return Part.SIGNATURE, Wrong.ALTERED
        return (Part.CERTIFICATE, Wrong.ALTERED) if strangers else (Part.CERTIFICATE, Wrong.MISSING)

    def _above(self) -> tuple[Certificate, ...]:
        """The certificates above the signer's: as they were signed along, or where the signature does not hold, as they are there."""
        bound = self._bound if self._signature_holds else self._message.certificates
        found = []
        for one in bound:
            try:
                if one is not None and one != self._bound[0]:
                    found.append(load_certificate(one))
            except der.Malformed:
                continue
        whole = len(found) == len(self._bound) - 1 and len(self._message.certificates) == len(self._bound)
        if self._signature_holds and not whole:
            self._blame(Part.CHAIN, Wrong.ALTERED)
        return (*found, *self._pool)

    def _time_stamp(
        self, above: tuple[Certificate, ...], answers: tuple[ocsp.Answer, ...]
    ) -> timestamps.Token | None:
        """The token where it holds. That it stamps another signature is its own fault only where the signature holds."""
        try:
            values = self._message.unsigned_values(_TIME_STAMP)
            if len(values) != 1:
                self._blame(Part.TIME_STAMP, Wrong.MISSING)
                return None
            token = timestamps.load_token(values[0].der)
        except der.Malformed:
            self._blame(Part.TIME_STAMP, Wrong.ALTERED)
            return None
        known = validation.Evidence(answers=answers)
        fault = timestamps.verify_token(
            values[0].der, self._message.signature, self._roots, pool=above, revocation=known
        )
        if fault is timestamps.Fault.IMPRINT and not self._signature_holds:
            return token
        if fault is not None:
            self._blame(Part.TIME_STAMP, _STAMP_FAULTS.get(fault, Wrong.ALTERED))
            return None
        if self._signature_holds and self._signed_at is not None and self._signed_at > token.at + _SKEW:
            self._blame(Part.TIME_STAMP, Wrong.TOO_LATE)
        return token

    def _answers(self) -> tuple[ocsp.Answer, ...]:
        try:
            values = self._message.unsigned_values(_REVOCATIONS)
            if len(values) != 1 or len(self._message.unsigned) != 2:
                self._blame(Part.STATUS, Wrong.MISSING)
                return ()
            encoded = [one.der for one in values[0].first().first().items()]
            if _revocations(encoded) != values[0].der:
                raise der.Malformed("revocation values")
            return tuple(ocsp.load_answer(one) for one in encoded)
        except der.Malformed:
            self._blame(Part.STATUS, Wrong.ALTERED)
            return ()

    def _validate(
        self,
        signer: Certificate,
        above: tuple[Certificate, ...],
        at: datetime,
        answers: tuple[ocsp.Answer, ...],
        token: timestamps.Token | None,
    ) -> None:
        """The chain, the dates and the status of the certificate at that moment."""
        outcome = validation.validate(
            signer,
            pool=above,
            roots=self._roots,
            at=at,
            use=self._use,
            revocation=validation.Evidence(answers=answers),
        )
        part, wrong = _FAULTS.get(outcome.state, (None, None))
        if part is not None and wrong is not None:
            of_authority = outcome.certificate != signer
            self._blame(Part.CHAIN if of_authority else part, wrong)
        self._status(outcome.chain, at, answers, token)

    def _status(
        self,
        chain: tuple[Certificate, ...],
        at: datetime,
        answers: tuple[ocsp.Answer, ...],
        token: timestamps.Token | None,
    ) -> None:
        """Each answer must be of an issuer of the signer's or the stamper's, and one must speak of the signer's certificate at that moment."""
        if self._blamed(Part.STATUS) or len(chain) < 2:
            return
        issuers = list(chain[1:])
        if token is not None:
            issuers += [load_certificate(one) for one in token.message.bound()[1:] if one is not None]
            if not all(any(one.said_by(issuer) for issuer in issuers) for one in answers):
                self._blame(Part.STATUS, Wrong.ALTERED)
                return
        if validation.status_at(chain[0], chain[1], at, validation.Evidence(answers=answers)) is None:
            self._blame(Part.STATUS, Wrong.MISSING)


_STAMP_FAULTS: Final = {
    timestamps.Fault.CERTIFICATE: Wrong.WRONG_ROOT,
    timestamps.Fault.REVOKED: Wrong.REVOKED,
}
_FAULTS: Final[dict[State, tuple[Part, Wrong]]] = {
    State.WRONG_ROOT: (Part.CHAIN, Wrong.WRONG_ROOT),
    State.WRONG_USAGE: (Part.CERTIFICATE, Wrong.WRONG_USAGE),
    State.NOT_YET_VALID: (Part.CERTIFICATE, Wrong.NOT_YET_VALID),
    State.EXPIRED: (Part.CERTIFICATE, Wrong.EXPIRED),
    State.ON_HOLD: (Part.STATUS, Wrong.ON_HOLD),
    State.REVOKED: (Part.STATUS, Wrong.REVOKED),
    State.STATUS_UNKNOWN: (Part.STATUS, Wrong.UNKNOWN),
}
