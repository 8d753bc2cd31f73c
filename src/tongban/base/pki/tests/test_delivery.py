"""Delivery: PKCS#12 files that openssl opens, and keys in a token that never leave it."""

import subprocess
from datetime import timedelta

import pkcs11
import pytest
from cryptography.hazmat.primitives.serialization import pkcs12 as theirs

from tongban.base.pki import certificates, der, keys, requests, revocation
from tongban.base.pki.keys import Algorithm
from tongban.base.pki.pkcs12 import build_pkcs12
from tongban.base.pki.tokens import Token, TokenProblem

from .authority import AT, ISSUING, OFFICIAL, Authority, make_authority, subject
from .judge import accepted, file, identifier_for, openssl, refused, said
from .softhsm import LABEL, PIN, SOFTHSM, prepare


def test_openssl_opens_a_delivery_file(authority: Authority, tmp_path):
    key, certificate = authority.issue()
    chain = [certificate, authority.issuing, authority.root]
    packed = file(tmp_path, "key.p12", build_pkcs12(key, chain, "口令 pass", "王芳的证书"))
    words = ["pkcs12", "-in", packed, "-nodes", "-passin"]
    out = openssl(*words, "pass:口令 pass")
    assert out.returncode == 0, said(out)
    assert keys.load_private(out.stdout).pair == key.pair
    assert certificates.load_certificates(out.stdout) == chain
    assert "Mac verify error" in refused(*words, "pass:wrong")
    assert "PBES2, PBKDF2, AES-256-CBC" in accepted("pkcs12", "-in", packed, "-info", "-noout", "-passin", "pass:口令 pass")  # fmt: skip


def test_a_signing_program_works_with_what_was_delivered(authority: Authority, tmp_path):
    key, certificate = authority.issue()
    packed = file(tmp_path, "key.p12", build_pkcs12(key, [certificate], "pass", "x"))
    private = tmp_path / "private.pem"
    accepted("pkcs12", "-in", packed, "-nocerts", "-nodes", "-passin", "pass:pass", "-out", private)
    told = identifier_for(authority.algorithm, "-sigopt")
    digest = "-sm3" if authority.algorithm is Algorithm.SM2 else "-sha256"
    accepted(
        "dgst",
        digest,
        *told,
        "-sign",
        private,
        "-out",
        tmp_path / "signature",
        file(tmp_path, "data", b"data"),
    )
    assert certificate.public.verify((tmp_path / "signature").read_bytes(), b"data")


def test_another_library_opens_a_delivery_file():
    authority = make_authority(Algorithm.P256)
    key, certificate = authority.issue()
    packed = build_pkcs12(key, [certificate, authority.issuing], "口令", "王芳")
    found = theirs.load_pkcs12(packed, "口令".encode())
    assert found.cert.friendly_name == "王芳".encode()
    assert found.cert.certificate.serial_number == certificate.serial
    assert found.key.private_numbers().private_value == int.from_bytes(key.pair.secret, "big")
    assert len(found.additional_certs) == 1


def test_nothing_is_delivered_without_passphrase_or_with_a_strange_key(authority: Authority):
    key, certificate = authority.issue()
    with pytest.raises(ValueError, match="passphrase"):
        build_pkcs12(key, [certificate], "", "x")
    with pytest.raises(ValueError, match="key"):
        build_pkcs12(authority.root_key, [certificate], "pass", "x")


@pytest.fixture(scope="module")
def token():
    """A token of SoftHSM."""
    prepare()
    opened = Token(SOFTHSM, LABEL, PIN)
    yield opened
    opened.close()


def test_a_key_made_in_a_token_asks_for_a_certificate_and_gets_it_written(token: Token, tmp_path):
    authority = make_authority(Algorithm.P256)
    key = token.make_key("王芳")
    request = requests.proven_request(requests.build_request([("CN", "王芳")], key).pem)
    accepted("req", "-verify", "-noout", "-in", file(tmp_path, "request.pem", request.pem))
    certificate = certificates.build_certificate(
        OFFICIAL, subject=request.subject, public=request.public, issuer=authority.issuing,
        issuer_key=authority.issuing_key, serial=1, not_before=AT,
    )  # fmt: skip
    assert token.certificate("王芳") is None
    token.keep_certificate("王芳", certificate)
    token.keep_certificate("王芳", certificate)
    assert token.certificate("王芳") == certificate
    assert token.key("王芳").public == certificate.public
    assert certificate.public.verify(key.sign(b"data"), b"data")
    listed = subprocess.run(
        ["pkcs11-tool", "--module", SOFTHSM, "--token-label", "tongban", "--login", "--pin", PIN, "-O"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert "Certificate Object" in listed
    assert "sensitive, always sensitive, never extractable" in listed


def test_an_authority_whose_key_lives_in_a_token_issues_and_revokes(token: Token, tmp_path):
    authority = make_authority(Algorithm.P256)
    key = token.make_key("签发")
    issuing = certificates.build_certificate(
        ISSUING, subject=subject("令牌签发"), public=key.public, issuer=authority.root,
        issuer_key=authority.root_key, serial=2, not_before=AT - timedelta(days=2),
    )  # fmt: skip
    owner = keys.generate(Algorithm.P256)
    leaf = certificates.build_certificate(
        OFFICIAL, subject=subject("李强"), public=owner.public, issuer=issuing, issuer_key=key, serial=3,
        not_before=AT - timedelta(days=1),
    )  # fmt: skip
    listed = revocation.build_crl(
        issuing, key, number=1, this_update=AT - timedelta(hours=1), next_update=AT + timedelta(days=1),
        revoked=[revocation.Revoked(3, AT - timedelta(hours=2))],
    )  # fmt: skip
    words = ["verify", "-CAfile", file(tmp_path, "root.pem", authority.root.pem),
             "-untrusted", file(tmp_path, "issuing.pem", issuing.pem)]  # fmt: skip
    own = file(tmp_path, "leaf.pem", leaf.pem)
    accepted(*words, own)
    crl = file(tmp_path, "crl.pem", revocation.load_crl(listed).pem)
    assert "certificate revoked" in refused(*words, "-crl_check", "-CRLfile", crl, own)


def test_a_token_refuses_what_it_cannot_do(token: Token):
    token.make_key("once")
    with pytest.raises(TokenProblem, match="already"):
        token.make_key("once")
    with pytest.raises(TokenProblem, match="SM2"):
        token.make_key("sm2", Algorithm.SM2)
    with pytest.raises(TokenProblem, match="no key"):
        token.key("nobody")
    with pytest.raises(TokenProblem, match="not of this key"):
        token.keep_certificate("once", make_authority(Algorithm.P256).root)
    with pytest.raises(TokenProblem):
        Token(SOFTHSM, LABEL, "0000")
    with pytest.raises(TokenProblem):
        Token(SOFTHSM, "another", PIN)
    with pytest.raises(TokenProblem):
        Token("/nonexistent/module.so", "tongban", PIN)


def test_softhsm_knows_the_curve_of_sm2_but_not_its_signature(token: Token):
    """If this fails, SoftHSM has learned SM2, and tokens.py can offer it."""
    curve = {pkcs11.Attribute.EC_PARAMS: der.oid(Algorithm.SM2.curve_oid)}
    parameters = token._session.create_domain_parameters(pkcs11.KeyType.EC, curve, local=True)
    public, private = parameters.generate_keypair(store=False, label="sm2")
    point = der.read(public[pkcs11.Attribute.EC_POINT]).octets()
    key = keys.PublicKey(Algorithm.SM2, point)
    try:
        pair = private.sign(keys.digest(Algorithm.SM2, b"data"), mechanism=pkcs11.Mechanism.ECDSA)
    except pkcs11.exceptions.PKCS11Error:
        return  # it does not sign at all
    signature = der.sequence(*(der.integer(int.from_bytes(one, "big")) for one in (pair[:32], pair[32:])))
    assert not key.verify(signature, b"data")
