"""Signed messages (签名消息): CMS SignedData of one signer, made and read.

Sources: RFC 5652, 5; RFC 5035 for ``signing-certificate-v2``, which binds the certificate (and here the whole chain) into what is signed;
RFC 5754 for the algorithms. Certificates stand in the order of a set; who is who, the signed digests say. What is read is exactly what is written here: anything else is malformed, and
:class:`Misshapen` says in which place.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from . import der
from .certificates import Certificate, algorithm_of
from .keys import Algorithm, PrivateKey, digest, digest_algorithm

DATA: Final = "1.2.840.113549.1.7.1"
SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"
SIGNING_TIME: Final = "1.2.840.113549.1.9.5"
SIGNING_CERTIFICATE: Final = "1.2.840.113549.1.9.16.2.47"


class Misshapen(der.Malformed):
    """A signed message that nothing here has written (签名消息结构错误): ``place`` is ``frame`` or ``signer``."""

    def __init__(self, place: str, what: str) -> None:
        super().__init__(f"{place}: {what}")
        self.place = place


@dataclass(frozen=True, slots=True)
class SignedMessage:
    """Signed message (签名消息), read and not yet believed. ``content`` is None where it is kept apart (detached)."""

    content_type: str
    content: bytes | None = field(repr=False)
    certificates: tuple[bytes, ...] = field(repr=False)
    algorithm: Algorithm
    issuer: bytes = field(repr=False)
    serial: int
    signed_attributes: bytes = field(repr=False)  # with the tag that is signed, SET
    attributes: dict[str, der.Value] = field(repr=False)
    signature: bytes = field(repr=False)
    unsigned: tuple[bytes, ...] = field(repr=False)

    @property
    def message_digest(self) -> bytes:
        """Digest of the content, as it was signed (内容摘要)."""
        return self._attribute(MESSAGE_DIGEST).octets()

    @property
    def signing_time(self) -> datetime | None:
        """When the signer says to have signed (签名时间)."""
        return self.attributes[SIGNING_TIME].time() if SIGNING_TIME in self.attributes else None

    @property
    def bound_certificates(self) -> tuple[bytes, ...]:
        """Digests of the certificates that were signed along (所绑定证书的摘要), the signer's first."""
        found = []
        for one in self._attribute(SIGNING_CERTIFICATE).first().items():
            items = one.items()
            told = (
                items[0].first().oid()
                if items and items[0].tag == der.SEQUENCE
                else Algorithm.P256.digest_oid
            )
            if told != self.algorithm.digest_oid:
                raise Misshapen("signer", "a certificate's digest of another algorithm")
            found.append(next((item.body for item in items if item.tag == der.OCTET_STRING), b""))
        return tuple(found)

    def _attribute(self, dotted: str) -> der.Value:
        if dotted not in self.attributes:
            raise Misshapen("signer", f"attribute {dotted} is missing")
        return self.attributes[dotted]

    def is_signed_by(self, certificate: Certificate) -> bool:
        """Whether the certificate's key has signed the attributes (验签)."""
        public = certificate.public
        return public.algorithm is self.algorithm and public.verify(self.signature, self.signed_attributes)

    def bound(self) -> list[bytes | None]:
        """The certificates that were signed along, the signer's first (所绑定的证书), None for one that is not there or altered."""
        held = {digest(self.algorithm, one): one for one in self.certificates}
        wanted = self.bound_certificates
        if not set(wanted) <= held.keys():
            held |= {digest(self.algorithm, one): one for one in _recovered(b"".join(self.certificates))}
        return [held.get(one) for one in wanted]

    def binds(self, certificate: Certificate | bytes) -> bool:
        """Whether it names this certificate as its signer's (是否绑定该证书)."""
        encoded = certificate if isinstance(certificate, bytes) else certificate.der
        bound = self.bound_certificates
        return bool(bound) and bound[0] == digest(self.algorithm, encoded)

    def covers(self, content: bytes) -> bool:
        """Whether this is the content that was signed (内容是否相符)."""
        return self.message_digest == digest(self.algorithm, content)

    def unsigned_values(self, dotted: str) -> list[der.Value]:
        """Values of an unsigned attribute (未签名属性); raises :class:`~.der.Malformed` where this very one is broken."""
        name = der.oid(dotted)
        for one in self.unsigned:
            body = der.read(one).expect(der.SEQUENCE, "attribute").body
            if body.startswith(name):
                return der.read_items(body[len(name) :], "attribute", der.SET)
        return []

    def with_unsigned(self, attributes: Iterable[bytes]) -> bytes:
        """The same message with these unsigned attributes (附加未签名属性), DER."""
        return _written(self, tuple(sorted(attributes)))


def _recovered(whole: bytes) -> Iterator[bytes]:
    """Whatever in the certificates' bytes may be one of them: one that is cut wrongly hides those behind it."""
    at = whole.find(b"\x30\x82")
    while at >= 0:
        with suppress(der.Malformed):
            yield der.split(whole[at:])[0].der
        at = whole.find(b"\x30\x82", at + 1)


def attribute(dotted: str, *values: bytes) -> bytes:
    """One attribute (属性), DER."""
    return der.sequence(der.oid(dotted), der.set_of(values))


def sign(
    content: bytes,
    key: PrivateKey,
    chain: Sequence[Certificate],
    *,
    at: datetime | None = None,
    content_type: str = DATA,
    detached: bool = True,
    with_certificates: bool = True,
) -> bytes:
    """Sign (签署消息), DER. ``chain``: the signer's certificate first, then those above it, without the root; all are bound into the signature."""
    if not chain or key.public != chain[0].public:
        raise ValueError("the key is not that of the certificate")
    algorithm = key.algorithm
    attributes = [
        attribute(CONTENT_TYPE, der.oid(content_type)),
        attribute(MESSAGE_DIGEST, der.octets(digest(algorithm, content))),
        attribute(SIGNING_CERTIFICATE, _bound(algorithm, chain)),
    ]
    if at is not None:
        attributes.append(attribute(SIGNING_TIME, der.time(at)))
    signed_attributes = der.set_of(attributes)
    message = SignedMessage(
        content_type=content_type,
        content=None if detached else content,
        certificates=tuple(sorted(one.der for one in chain)) if with_certificates else (),
        algorithm=algorithm,
        issuer=chain[0].issuer,
        serial=chain[0].serial,
        signed_attributes=signed_attributes,
        attributes={},
        signature=key.sign(signed_attributes),
        unsigned=(),
    )
    return _written(message, ())


def _bound(algorithm: Algorithm, chain: Sequence[Certificate]) -> bytes:
    """SigningCertificateV2 (RFC 5035, 3); SHA-256 is its default and therefore left away."""
    form = [] if algorithm is Algorithm.P256 else [der.sequence(der.oid(algorithm.digest_oid))]
    told = []
    for one in chain:
        issuer = der.sequence(der.sequence(der.explicit(4, one.issuer)), der.integer(one.serial))
        told.append(der.sequence(*form, der.octets(digest(algorithm, one.der)), issuer))
    return der.sequence(der.sequence(*told))


def _written(message: SignedMessage, unsigned: tuple[bytes, ...]) -> bytes:
    algorithm = message.algorithm
    form = der.sequence(der.oid(algorithm.digest_oid))
    content = [] if message.content is None else [der.explicit(0, der.octets(message.content))]
    signer = der.sequence(
        der.integer(1),
        der.sequence(message.issuer, der.integer(message.serial)),
        form,
        b"\xa0" + message.signed_attributes[1:],
        der.sequence(der.oid(algorithm.signature_oid)),
        der.octets(message.signature),
        *([der.explicit(1, *unsigned)] if unsigned else []),
    )
    signed_data = der.sequence(
        der.integer(1 if message.content_type == DATA else 3),  # RFC 5652, 5.1
        der.tlv(der.SET, form),
        der.sequence(der.oid(message.content_type), *content),
        *([der.explicit(0, *message.certificates)] if message.certificates else []),
        der.tlv(der.SET, signer),
    )
    return der.sequence(der.oid(SIGNED_DATA), der.explicit(0, signed_data))


def load(encoded: bytes) -> SignedMessage:
    """A signed message (读取签名消息), DER; raises :class:`Misshapen`. Written again it is the same bytes."""
    try:
        found = _read(encoded)
    except Misshapen:
        raise
    except der.Malformed as problem:
        raise Misshapen("frame", str(problem)) from problem
    if _written(found, found.unsigned) != encoded:
        raise Misshapen("frame", "not as it is written")
    return found


def _read(encoded: bytes) -> SignedMessage:
    kind, wrapped = der.read(encoded).pair("message")
    if kind.oid() != SIGNED_DATA:
        raise Misshapen("frame", "not signed data")
    parts = der.fields(wrapped.first(), "signed data")
    parts.take(der.INTEGER)
    parts.take(der.SET)
    told = der.fields(parts.take(der.SEQUENCE), "content")
    content_type, held = told.take(der.OID).oid(), told.maybe(0xA0)
    content = held.first().octets() if held is not None else None
    certificates = _certificates(parts.maybe(0xA0))
    signers = parts.take(der.SET)
    parts.end()
    try:
        return _signer(signers.first(), content_type, content, certificates)
    except Misshapen:
        raise
    except der.Malformed as problem:
        raise Misshapen("signer", str(problem)) from problem


def _certificates(held: der.Value | None) -> tuple[bytes, ...]:
    """The certificates as they stand, not looked into. Where one is cut wrongly, all the rest is kept as one piece: whoever needs to knows by the
    bound digests which one it was."""
    found: list[bytes] = []
    rest = held.body if held is not None else b""
    while rest:
        try:
            one, following = der.split(rest)
        except der.Malformed:
            return (*found, rest)
        found.append(one.der)
        rest = following
    return tuple(found)


def _signer(
    value: der.Value, content_type: str, content: bytes | None, certificates: tuple[bytes, ...]
) -> SignedMessage:
    parts = der.fields(value, "signer")
    parts.take(der.INTEGER)
    issuer, serial = parts.take(der.SEQUENCE).pair("signer")
    algorithm = digest_algorithm(algorithm_of(parts.take(der.SEQUENCE)))
    told = parts.take(0xA0)
    if algorithm_of(parts.take(der.SEQUENCE)) != algorithm.signature_oid:
        raise Misshapen("signer", "signature and digest do not belong together")
    signature, unsigned = parts.take(der.OCTET_STRING).body, parts.maybe(0xA1)
    parts.end()
    attributes = {}
    for one in told.items():
        kind, values = one.pair("attribute")
        attributes[kind.oid()] = values.first()
    if CONTENT_TYPE not in attributes or attributes[CONTENT_TYPE].oid() != content_type:
        raise Misshapen("signer", "the signed type of the content is another")
    return SignedMessage(
        content_type=content_type,
        content=content,
        certificates=certificates,
        algorithm=algorithm,
        issuer=issuer.der,
        serial=serial.number(),
        signed_attributes=b"\x31" + told.der[1:],
        attributes=attributes,
        signature=signature,
        unsigned=tuple(one.der for one in unsigned.items()) if unsigned is not None else (),
    )
