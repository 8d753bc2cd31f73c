"""Demonstration certificates (演示证书): a root and a document-signing certificate under it (X.509, RFC 5280).

Nobody outside an installation trusts this root. A province puts its own authority's certificates in their place.
"""

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

KeyAndChain = tuple[
    ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey,
    tuple[x509.Certificate, ...],
]

# Fixed dates: demonstration licences are dated years back and have to verify against this chain as well.
NOT_BEFORE = datetime(2015, 1, 1, tzinfo=UTC)
NOT_AFTER = datetime(2045, 1, 1, tzinfo=UTC)
ORGANISATION = "海南省政务服务（演示）"
DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # id-kp-documentSigning, RFC 9336


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _usage(*, signs_documents: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs_documents,
        content_commitment=signs_documents,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not signs_documents,
        crl_sign=not signs_documents,
        encipher_only=False,
        decipher_only=False,
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOT_BEFORE)
        .not_valid_after(NOT_AFTER)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def make_root() -> KeyAndChain:
    """Root authority (根证书): a fresh P-256 key and its self-signed certificate."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = _name("Tongban demonstration CA")
    certificate = (
        _builder(name, name, private.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_documents=False), critical=True)
        .sign(private, hashes.SHA256())
    )
    return private, (certificate,)


def make_document_key(
    issuer_key: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey, issuer: x509.Certificate
) -> KeyAndChain:
    """Document-signing certificate (文书签章证书): a fresh P-256 key, certified by ``issuer``."""
    private = ec.generate_private_key(ec.SECP256R1())
    authority = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
        issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    )
    certificate = (
        _builder(_name("海南省电子证照签章（演示）"), issuer.subject, private.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_documents=True), critical=True)
        # Validators that do not know RFC 9336 yet look for e-mail protection.
        .add_extension(
            x509.ExtendedKeyUsage([DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False
        )
        .add_extension(authority, critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
    return private, (certificate, issuer)
