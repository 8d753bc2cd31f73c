"""A small authority for the tests: a root, an issuing authority under it, and certificates of every kind."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tongban.base.pki import certificates, keys
from tongban.base.pki.certificates import Certificate
from tongban.base.pki.keys import Algorithm, LocalKey
from tongban.base.pki.names import build_name
from tongban.base.pki.profiles import Profile

AT = datetime.now(UTC).replace(microsecond=0)  # the openssl command verifies as of now
BOTH = [Algorithm.P256, Algorithm.SM2]

ROOT = Profile("root", 7300, frozenset({"key_cert_sign", "crl_sign"}), ca=True, path_length=1)
ISSUING = Profile("issuing", 3650, frozenset({"key_cert_sign", "crl_sign"}), ca=True, path_length=0)
OFFICIAL = Profile(
    "official",
    730,
    frozenset({"digital_signature", "content_commitment"}),
    ("document_signing", "email_protection", "client_auth"),
    policies=("1.3.6.1.4.1.55555.1.1",),
    crl_address="http://pki.example/issuing.crl",
    ocsp_address="http://pki.example/ocsp",
    issuer_address="http://pki.example/issuing.crt",
)
SERVER = Profile("server", 398, frozenset({"digital_signature"}), ("server_auth",))
STAMPING = Profile(
    "stamping", 3650, frozenset({"digital_signature"}), ("time_stamping",), critical_purposes=True
)
RESPONDER = Profile("responder", 30, frozenset({"digital_signature"}), ("ocsp_signing",), no_check=True)


@dataclass(frozen=True)
class Authority:
    algorithm: Algorithm
    root_key: LocalKey
    root: Certificate
    issuing_key: LocalKey
    issuing: Certificate

    def issue(
        self,
        profile: Profile = OFFICIAL,
        name: str = "王芳",
        *,
        not_before: datetime = AT - timedelta(days=1),
        not_after: datetime | None = None,
        alternative_names: tuple[str, ...] = (),
    ) -> tuple[LocalKey, Certificate]:
        key = self.key()
        certificate = certificates.build_certificate(
            profile,
            subject=subject(name),
            public=key.public,
            issuer=self.issuing,
            issuer_key=self.issuing_key,
            serial=certificates.new_serial(),
            not_before=not_before,
            not_after=not_after,
            alternative_names=alternative_names,
        )
        return key, certificate

    def key(self) -> LocalKey:
        return keys.generate(self.algorithm)


def subject(name: str) -> bytes:
    return build_name([("C", "CN"), ("O", "海南省政务服务（测试）"), ("CN", name)])


def make_authority(algorithm: Algorithm) -> Authority:
    root_key, issuing_key = keys.generate(algorithm), keys.generate(algorithm)
    begin = AT - timedelta(days=400)
    root = certificates.build_root(
        ROOT,
        subject=subject("测试根"),
        key=root_key,
        serial=certificates.new_serial(),
        not_before=begin,
    )
    issuing = certificates.build_certificate(
        ISSUING,
        subject=subject("测试签发"),
        public=issuing_key.public,
        issuer=root,
        issuer_key=root_key,
        serial=certificates.new_serial(),
        not_before=begin,
    )
    return Authority(algorithm, root_key, root, issuing_key, issuing)
