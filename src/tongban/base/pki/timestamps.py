"""Time stamps (时间戳): requests read, tokens issued and verified.

Sources: RFC 3161; RFC 5816 for ``signing-certificate-v2``. A token says that a digest existed at a moment; it is a signed message (:mod:`.cms`) of
an authority whose certificate is for nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from functools import lru_cache
from typing import Final

from . import cms, der, validation
from .certificates import Certificate, load_certificate
from .keys import Algorithm, PrivateKey, digest, digest_algorithm

_TST_INFO: Final = "1.2.840.113549.1.9.16.1.4"
LONGEST_REQUEST: Final = 4096  # bytes, [O]


class Failure(IntEnum):
    """Why there is no token (拒绝原因), with its bit (RFC 3161, 2.4.2)."""

    BAD_ALGORITHM = 0
    BAD_REQUEST = 2
    BAD_DATA_FORMAT = 5
    TIME_NOT_AVAILABLE = 14
    UNACCEPTED_POLICY = 15
    UNACCEPTED_EXTENSION = 16
    SYSTEM_FAILURE = 25


class Refused(Exception):  # noqa: N818 -- names what happened
    """The request cannot be served (时间戳请求被拒绝); ``failure`` is what the client is told."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.name)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Request:
    """Request (时间戳请求), read: which digest is to be stamped."""

    algorithm: Algorithm
    imprint: bytes
    policy: str | None
    nonce: int | None
    certificates_wanted: bool


def build_request(
    algorithm: Algorithm, imprint: bytes, *, nonce: int | None = None, policy: str | None = None
) -> bytes:
    """A request (构造时间戳请求), DER, for the token with its certificates."""
    told = [*([der.oid(policy)] if policy else []), *([der.integer(nonce)] if nonce is not None else [])]
    return der.sequence(der.integer(1), _imprint(algorithm, imprint), *told, der.boolean(True))


def _imprint(algorithm: Algorithm, imprint: bytes) -> bytes:
    return der.sequence(der.sequence(der.oid(algorithm.digest_oid)), der.octets(imprint))


def _read_imprint(value: der.Value) -> tuple[Algorithm, bytes]:
    form, imprint = value.pair("imprint")
    items = form.items()
    if not items or any(one.der != der.null() for one in items[1:]):
        raise der.Malformed("digest algorithm")
    return digest_algorithm(items[0].oid()), imprint.octets()


def load_request(encoded: bytes) -> Request:
    """A request (读取时间戳请求), DER; raises :class:`Refused`."""
    if len(encoded) > LONGEST_REQUEST:
        raise Refused(Failure.BAD_DATA_FORMAT)
    try:
        parts = der.fields(encoded, "request")
        if parts.take(der.INTEGER).number() != 1:
            raise Refused(Failure.BAD_REQUEST)
        asked = parts.take(der.SEQUENCE)
        policy, nonce, wanted = parts.maybe(der.OID), parts.maybe(der.INTEGER), parts.maybe(der.BOOLEAN)
        if parts.maybe(0xA0) is not None:
            raise Refused(Failure.UNACCEPTED_EXTENSION)
        parts.end()
        told = (
            policy.oid() if policy else None,
            nonce.number() if nonce else None,
            wanted is not None and wanted.truth(),
        )
    except der.Malformed as problem:
        raise Refused(Failure.BAD_DATA_FORMAT) from problem
    try:
        algorithm, imprint = _read_imprint(asked)
    except der.Malformed as problem:
        raise Refused(Failure.BAD_ALGORITHM) from problem
    if len(imprint) != len(digest(algorithm, b"")):
        raise Refused(Failure.BAD_DATA_FORMAT)
    return Request(algorithm, imprint, *told)


def refusal(failure: Failure) -> bytes:
    """An answer without token (拒绝应答), DER."""
    return der.sequence(der.sequence(der.integer(2), der.named_bits([failure])))


def granted(token: bytes) -> bytes:
    """An answer with its token (应答), DER."""
    return der.sequence(der.sequence(der.integer(0)), token)


@dataclass(frozen=True, slots=True)
class Stamper:
    """Time stamping authority (时间戳签发者): its key and chain, the policy it follows, how exact its clock is.

    ``chain``: its own certificate first, without the root. ValueError where that certificate is not for time stamping alone.
    """

    key: PrivateKey = field(repr=False)
    chain: tuple[Certificate, ...]
    policy: str
    accuracy: timedelta = timedelta(seconds=1)

    def __post_init__(self) -> None:
        if self.chain[0].purposes != {"time_stamping"} or self.key.public != self.chain[0].public:
            raise ValueError("the certificate is not for time stamping, or the key is not its")

    def reply(self, encoded: bytes, at: datetime, serial: int) -> bytes:
        """The answer to whatever was sent (应答); never raises for what a client sent."""
        try:
            return granted(self.stamp(load_request(encoded), at, serial))
        except Refused as problem:
            return refusal(problem.failure)

    def stamp(self, request: Request, at: datetime, serial: int) -> bytes:
        """The token (签发时间戳), DER; ``serial`` is never given twice. Raises :class:`Refused` for another policy."""
        if request.policy not in (None, self.policy):
            raise Refused(Failure.UNACCEPTED_POLICY)
        milliseconds = at.replace(microsecond=at.microsecond // 1000 * 1000)
        info = der.sequence(
            der.integer(1),
            der.oid(self.policy),
            _imprint(request.algorithm, request.imprint),
            der.integer(serial),
            der.generalized_time(milliseconds),
            _accuracy(self.accuracy),
            *([der.integer(request.nonce)] if request.nonce is not None else []),
        )
        return cms.sign(
            info,
            self.key,
            self.chain,
            at=at,
            content_type=_TST_INFO,
            detached=False,
            with_certificates=request.certificates_wanted,
        )


def _accuracy(accuracy: timedelta) -> bytes:
    whole = accuracy // timedelta(microseconds=1)
    seconds, milli, micro = whole // 10**6, whole // 1000 % 1000, whole % 1000
    told = [der.integer(seconds)] if seconds else []
    told += [der.integer(part, 0x80 | place) for place, part in enumerate((milli, micro)) if part]
    return der.sequence(*told)


@dataclass(frozen=True, slots=True)
class Token:
    """Time stamp (时间戳), read and not yet believed."""

    message: cms.SignedMessage = field(repr=False)
    policy: str
    algorithm: Algorithm
    imprint: bytes
    serial: int
    at: datetime
    accuracy: timedelta
    nonce: int | None

    def is_of(self, content: bytes) -> bool:
        """Whether this content was stamped (是否为该内容的时间戳)."""
        return self.imprint == digest(self.algorithm, content)


@lru_cache(maxsize=1024)
def load_token(encoded: bytes) -> Token:
    """A token (读取时间戳), DER; raises :class:`~.der.Malformed`."""
    message = cms.load(encoded)
    if message.content_type != _TST_INFO or message.content is None:
        raise der.Malformed("not a time stamp")
    parts = der.fields(message.content, "time stamp")
    if parts.take(der.INTEGER).number() != 1:
        raise der.Malformed("time stamp: version")
    policy, (algorithm, imprint) = parts.take(der.OID).oid(), _read_imprint(parts.take(der.SEQUENCE))
    serial, at = parts.take(der.INTEGER).number(), parts.take(der.GENERALIZED_TIME).time()
    told, nonce = parts.maybe(der.SEQUENCE), None
    parts.maybe(der.BOOLEAN)
    if (number := parts.maybe(der.INTEGER)) is not None:
        nonce = number.number()
    parts.maybe(0xA0)
    parts.end()
    accuracy = _read_accuracy(told) if told is not None else timedelta(0)
    return Token(message, policy, algorithm, imprint, serial, at, accuracy, nonce)


def _read_accuracy(value: der.Value) -> timedelta:
    units = {der.INTEGER: "seconds", 0x80: "milliseconds", 0x81: "microseconds"}
    found = {units.get(one.tag, ""): one.number() for one in value.items()}
    if "" in found or any(part < 0 for part in found.values()):
        raise der.Malformed("accuracy")
    return timedelta(**found)


def load_response(encoded: bytes) -> bytes:
    """The token of an answer (取时间戳), DER; raises :class:`Refused`, :class:`~.der.Malformed`."""
    parts = der.fields(encoded, "answer")
    status = der.fields(parts.take(der.SEQUENCE), "status")
    if status.take(der.INTEGER).number() not in (0, 1):
        status.maybe(der.SEQUENCE)
        bits = status.maybe(der.BIT_STRING)
        known = [one for one in Failure if bits is not None and one in bits.named_bits()]
        raise Refused(known[0] if known else Failure.SYSTEM_FAILURE)
    return parts.take(der.SEQUENCE).der


class Fault(StrEnum):
    """What is wrong with a time stamp (时间戳问题)."""

    FORM = "form"
    IMPRINT = "imprint"
    SIGNATURE = "signature"
    CERTIFICATE = "certificate"
    REVOKED = "revoked"


def verify_token(
    encoded: bytes,
    content: bytes,
    roots: Sequence[Certificate],
    *,
    pool: Sequence[Certificate] = (),
    revocation: validation.Evidence = validation.NOTHING,
) -> Fault | None:
    """What is wrong (验证时间戳), None where nothing is: form, what it stamps, signature, and the certificate as of the token's own time.

    ``pool``: certificates that help to reach a root beside those that the token carries.
    """
    try:
        token = load_token(encoded)
        message = token.message
        bound = message.bound_certificates
        held = [load_certificate(one) for one in message.certificates]
    except der.Malformed:
        return Fault.FORM
    signer = next((one for one in (*held, *pool) if message.binds(one)), None)
    if signer is None or (
        held and sorted(digest(message.algorithm, one.der) for one in held) != sorted(bound)
    ):
        return Fault.CERTIFICATE
    if message.content is None or not message.is_signed_by(signer):
        return Fault.SIGNATURE
    if not message.covers(message.content) or (message.issuer, message.serial) != (
        signer.issuer,
        signer.serial,
    ):
        return Fault.FORM
    if not token.is_of(content):
        return Fault.IMPRINT
    outcome = validation.validate(
        signer,
        pool=(*held, *pool),
        roots=roots,
        at=token.at,
        use=validation.Use.TIME_STAMPING,
        revocation=revocation,
    )
    if outcome.good:
        return None
    revoked = outcome.state in (validation.State.ON_HOLD, validation.State.REVOKED)
    return Fault.REVOKED if revoked else Fault.CERTIFICATE
