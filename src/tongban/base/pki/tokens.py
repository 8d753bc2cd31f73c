"""Tokens (密码模块): keys that are made in a hardware module or a smart card and never leave it, through PKCS#11.

Source: PKCS #11 (OASIS, 2.40 and 3.0). The tested stand-in is SoftHSM 2. What it cannot do is SM2: it makes keys on that curve, but signs with them as
ECDSA does. Modules that can offer mechanisms of their makers, which PKCS #11 does not name, so SM2 in a module is refused here and not guessed at.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.exceptions import NoSuchKey, NoSuchToken, PinIncorrect, PKCS11Error
from pkcs11.util.ec import encode_named_curve_parameters

from . import der
from .certificates import Certificate, load_certificate
from .keys import Algorithm, PublicKey, digest

_NUMBER = 32  # bytes of each of the two numbers of a signature


class TokenProblem(Exception):  # noqa: N818 -- names what is the matter
    """The module does not do it (密码模块不可用): no such module, token or key, wrong PIN, or not offered."""


@dataclass(frozen=True, slots=True)
class TokenKey:
    """A private key in a token (令牌内私钥); the same face as every :class:`~.keys.PrivateKey`."""

    public: PublicKey
    label: str
    _token: "Token" = field(repr=False)

    @property
    def algorithm(self) -> Algorithm:
        """Its algorithm (算法)."""
        return self.public.algorithm

    def sign(self, data: bytes) -> bytes:
        """Signature over ``data`` (签名), DER; the module sees the digest only."""
        return self._token.sign(self.label, digest(self.algorithm, data))


class Token:
    """One token (令牌), logged in to with its PIN. A session is used by one thread at a time; a process that forks opens its own.

    ``library`` is the path of the module's PKCS#11 library. Raises :class:`TokenProblem`.
    """

    def __init__(self, library: str, label: str, pin: str) -> None:
        self._lock = threading.Lock()
        with _told():
            self._session = pkcs11.lib(library).get_token(token_label=label).open(rw=True, user_pin=pin)

    def close(self) -> None:
        """Log out (退出令牌)."""
        self._session.close()

    def make_key(self, label: str, algorithm: Algorithm = Algorithm.P256) -> TokenKey:
        """Make a key in the token (在令牌内生成密钥), which keeps it for good and shows it to nobody."""
        if algorithm is not Algorithm.P256:
            raise TokenProblem("PKCS#11 names no mechanism for SM2; the module keeps keys on P-256 only")
        if self._find(label, ObjectClass.PRIVATE_KEY) is not None:
            raise TokenProblem(f"the token keeps a key {label!r} already")
        with self._lock, _told():
            curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
            self._session.create_domain_parameters(KeyType.EC, curve, local=True).generate_keypair(
                store=True,
                label=label,
                id=label.encode(),
                private_template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
            )
        return self.key(label)

    def key(self, label: str) -> TokenKey:
        """A key that the token keeps (取用密钥); raises :class:`TokenProblem` where there is none."""
        held = self._find(label, ObjectClass.PUBLIC_KEY)
        if held is None or self._find(label, ObjectClass.PRIVATE_KEY) is None:
            raise TokenProblem(f"the token keeps no key {label!r}")
        with self._lock, _told():
            point: bytes = held[Attribute.EC_POINT]
        return TokenKey(PublicKey(Algorithm.P256, der.read(point).octets()), label, self)

    def find(self, public: PublicKey) -> TokenKey | None:
        """The key of this public half (按公钥找密钥), whatever it is called; None where the token does not keep it."""
        with self._lock, _told():
            template = {Attribute.CLASS: ObjectClass.PUBLIC_KEY, Attribute.EC_POINT: der.octets(public.point)}
            label = next((held[Attribute.LABEL] for held in self._session.get_objects(template)), None)
        if label is None or self._find(label, ObjectClass.PRIVATE_KEY) is None:
            return None
        return TokenKey(public, label, self)

    def keep_certificate(self, label: str, certificate: Certificate) -> None:
        """Write a certificate beside its key (写入证书); an earlier one of this label is replaced. Raises :class:`TokenProblem` for another key's."""
        if self.key(label).public != certificate.public:
            raise TokenProblem("the certificate is not of this key")
        former, held = self._find(label, ObjectClass.CERTIFICATE), self._find(label, ObjectClass.PRIVATE_KEY)
        with self._lock, _told():
            if former is not None:
                former.destroy()
            # Programs find the key of a certificate by the identifier that both bear.
            self._session.create_object(_object(certificate, label, held[Attribute.ID]))

    def keep_chain(self, certificates: Sequence[Certificate]) -> None:
        """Write the certificates of authorities (写入证书链), each once, so that programs can show the whole chain."""
        for one in certificates:
            template = {Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.VALUE: one.der}
            with self._lock, _told():
                if next(iter(self._session.get_objects(template)), None) is None:
                    self._session.create_object(_object(one, one.fingerprint[:16], one.key_identifier or b""))

    def guards(self, label: str) -> bool:
        """Whether the token never shows this key (密钥是否不可导出): made in it, sensitive, not to be taken out."""
        held = self._find(label, ObjectClass.PRIVATE_KEY)
        if held is None:
            raise TokenProblem(f"the token keeps no key {label!r}")
        with self._lock, _told():
            return bool(
                held[Attribute.SENSITIVE] and held[Attribute.LOCAL] and not held[Attribute.EXTRACTABLE]
            )

    def certificate(self, label: str) -> Certificate | None:
        """The certificate beside a key (读取证书), None where there is none."""
        held = self._find(label, ObjectClass.CERTIFICATE)
        if held is None:
            return None
        with self._lock, _told():
            return load_certificate(held[Attribute.VALUE])

    def sign(self, label: str, digest_of_data: bytes) -> bytes:
        """Signature over a digest (签名), DER, with the key of this label."""
        key = self._find(label, ObjectClass.PRIVATE_KEY)
        if key is None:
            raise TokenProblem(f"the token keeps no key {label!r}")
        with self._lock, _told():
            pair: bytes = key.sign(digest_of_data, mechanism=Mechanism.ECDSA)
        return der.sequence(
            *(der.integer(int.from_bytes(one, "big")) for one in (pair[:_NUMBER], pair[_NUMBER:]))
        )

    def _find(self, label: str, kind: ObjectClass) -> Any:
        with self._lock, _told():
            return next(
                iter(self._session.get_objects({Attribute.CLASS: kind, Attribute.LABEL: label})), None
            )


def _object(certificate: Certificate, label: str, identifier: bytes) -> dict[Attribute, Any]:
    """A certificate as a token holds it (PKCS #11, 4.6.3)."""
    return {
        Attribute.CLASS: ObjectClass.CERTIFICATE,
        Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
        Attribute.TOKEN: True,
        Attribute.LABEL: label,
        Attribute.ID: identifier,
        Attribute.SUBJECT: certificate.subject,
        Attribute.ISSUER: certificate.issuer,
        Attribute.SERIAL_NUMBER: der.integer(certificate.serial),
        Attribute.VALUE: certificate.der,
    }


@contextmanager
def _told() -> Iterator[None]:
    """What the module says, in our words."""
    try:
        yield
    except PinIncorrect as problem:
        raise TokenProblem("the PIN is wrong") from problem
    except (NoSuchToken, NoSuchKey) as problem:
        raise TokenProblem("no such token or key") from problem
    except (PKCS11Error, RuntimeError) as problem:
        raise TokenProblem(f"the module refused: {type(problem).__name__}") from problem
