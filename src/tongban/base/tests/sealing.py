"""A seal for the tests: a certificate under an authority of their own, with time stamps and proofs; and pyHanko as the judge of what it signs."""

import asyncio
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from asn1crypto import cms, x509
from asn1crypto import ocsp as ocsp_forms
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import (
    DocumentSecurityStore,
    EmbeddedPdfSignature,
    PdfSignatureStatus,
    validate_pdf_signature,
)
from pyhanko.sign.validation.ades import AdESLTAValidationResult, simulate_future_ades_lta_validation
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from tongban.base.pki import keys, ocsp
from tongban.base.pki.certificates import Certificate, new_serial
from tongban.base.pki.profiles import Profile
from tongban.base.pki.revocation import build_crl
from tongban.base.pki.tests.authority import RESPONDER, STAMPING, Authority
from tongban.base.pki.timestamps import Stamper
from tongban.base.signing import Proofs

SEAL = Profile(
    "seal",
    730,
    frozenset({"digital_signature", "content_commitment"}),
    ("document_signing", "email_protection"),
)
# A judge that finds no address in a certificate looks at no answer about it.
_STAMPING = replace(STAMPING, ocsp_address="http://pki.example/ocsp")
_USAGE = KeyUsageConstraints(key_usage={"non_repudiation"})


@dataclass(frozen=True)
class Seal:
    """A signer for the long term. ``status``: what the responder says of its certificate."""

    authority: Authority
    key: keys.LocalKey
    certificate: Certificate
    stamper: Stamper
    responder: ocsp.Responder
    at: datetime
    status: ocsp.Status = ocsp.GOOD
    silent: bool = False

    key_id = "test"
    algorithm = "ecdsa-p256-sha256"

    def public_key_pem(self) -> str:
        raise NotImplementedError

    def certificates(self) -> tuple[bytes, ...]:
        return self.certificate.der, self.authority.issuing.der, self.authority.root.der

    def sign(self, data: bytes) -> bytes:
        return self.key.sign(data)

    def time_stamp(self, request: bytes, at: datetime) -> bytes:
        return self.stamper.reply(request, at, new_serial())

    def proofs(self) -> Proofs:
        issuing, root = self.authority.issuing, self.authority.root
        stamping = self.stamper.chain[0]
        own = self.responder.answer([(ocsp.cert_id(self.certificate, issuing), self.status)], self.at)
        other = self.responder.answer([(ocsp.cert_id(stamping, issuing), ocsp.GOOD)], self.at)
        lapses = self.at + timedelta(days=300)
        roots = build_crl(
            root, self.authority.root_key, number=1, this_update=self.at, next_update=lapses, revoked=()
        )
        answers = () if self.silent else (own, other)
        return Proofs((*self.certificates(), stamping.der), answers, (roots,))


def seal(
    authority: Authority,
    at: datetime,
    status: ocsp.Status = ocsp.GOOD,
    *,
    silent: bool = False,
    address: str = "http://pki.example/ocsp",
) -> Seal:
    """A fresh seal, its stamper and its responder (测试印章). ``address``: where the certificate says that its status is told."""
    begin = at - timedelta(hours=1)
    profile = replace(SEAL, ocsp_address=address)
    key, certificate = authority.issue(profile, "某某局", not_before=begin)
    stamp_key, stamping = authority.issue(_STAMPING, "时间戳", not_before=begin)
    answer_key, answering = authority.issue(RESPONDER, "应答", not_before=begin)
    return Seal(
        authority,
        key,
        certificate,
        Stamper(stamp_key, (stamping, authority.issuing), "1.3.6.1.4.1.55555.2.1"),
        ocsp.Responder(authority.issuing, answer_key, answering),
        at,
        status,
        silent,
    )


def as_of_its_stamp(pdf: bytes, root: bytes, *, later: Iterable[bytes] = ()) -> PdfSignatureStatus:
    """What pyHanko says of the signature as of its time stamp (长期验证), by what the file itself holds.

    Its only trust is this root, every certificate needs a word on its status, and there is no network. ``later``: OCSP answers of afterwards.
    """
    found = signature_of(pdf)
    kept = DocumentSecurityStore.read_dss(found.reader)
    moment = stamp_of(found)["content"]["encap_content_info"]["content"].parsed["gen_time"].native
    context = kept.as_validation_context(
        {
            "trust_roots": [x509.Certificate.load(root)],
            "moment": moment,
            "best_signature_time": moment,
            "allow_fetching": False,
            "revocation_mode": "require",
            "ocsps": [ocsp_forms.OCSPResponse.load(one) for one in later],
        }
    )
    return validate_pdf_signature(found, context, context, key_usage_settings=_USAGE)


def years_later(pdf: bytes, root: bytes, at: datetime, *, kept_since: datetime) -> AdESLTAValidationResult:
    """What pyHanko says at ``at`` of a signature whose file was somewhere safe since then (ETSI EN 319 102-1, 5.6.3)."""
    spec = SignatureValidationSpec(
        cert_validation_policy=CertValidationPolicySpec(
            trust_manager=SimpleTrustManager.build(trust_roots=[x509.Certificate.load(root)]),
            revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO),
        ),
        revinfo_gathering_policy=RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY),
        key_usage_settings=_USAGE,
    )
    return asyncio.run(
        simulate_future_ades_lta_validation(
            signature_of(pdf), PdfSignatureValidationSpec(spec), at, kept_since
        )
    )


def stamp_of(found: EmbeddedPdfSignature) -> cms.ContentInfo:
    """The one time stamp over a signature (签名时间戳)."""
    held = [
        one
        for one in found.signer_info["unsigned_attrs"]
        if one["type"].native == "signature_time_stamp_token"
    ]
    assert len(held) == 1
    return held[0]["values"][0]


def signature_of(pdf: bytes) -> EmbeddedPdfSignature:
    """The one signature of a document (文书签名)."""
    found = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
    assert len(found) == 1
    return found[0]
