"""Time stamps and signed messages, judged by openssl and by rfc3161-client."""

import hashlib
from datetime import timedelta

import pytest
from asn1crypto import cms as asn1_cms
from asn1crypto import tsp as asn1_tsp
from cryptography import x509
from rfc3161_client import TimestampRequestBuilder, VerifierBuilder, decode_timestamp_response
from rfc3161_client.base import HashAlgorithm

from tongban.base.pki import cms, der, keys, timestamps
from tongban.base.pki.certificates import load_certificate
from tongban.base.pki.keys import Algorithm
from tongban.base.pki.timestamps import Failure, Fault, Stamper, verify_token

from .authority import AT, STAMPING, Authority, make_authority
from .judge import accepted, file, openssl, refused, said, verifies_as_the_standard_says

POLICY = "1.3.6.1.4.1.55555.2.1"
DIGEST = {Algorithm.P256: "-sha256", Algorithm.SM2: "-sm3"}


def stamper(authority: Authority, **more) -> Stamper:
    key, certificate = authority.issue(STAMPING, "时间戳", **more)
    return Stamper(key, (certificate, authority.issuing), POLICY)


def token(authority: Authority, content: bytes = b"data") -> bytes:
    imprint = keys.digest(authority.algorithm, content)
    request = timestamps.load_request(timestamps.build_request(authority.algorithm, imprint))
    return stamper(authority).stamp(request, AT, 7)


@pytest.mark.parametrize("digest", ["-sha256", "-sm3"])
def test_openssl_verifies_our_time_stamp(digest: str, tmp_path):
    authority = make_authority(Algorithm.P256)
    data = file(tmp_path, "data", b"data")
    asked, answer = tmp_path / "asked.tsq", tmp_path / "answer.tsr"
    accepted("ts", "-query", "-data", data, digest, "-cert", "-out", asked)
    answer.write_bytes(stamper(authority).reply(asked.read_bytes(), AT + timedelta(milliseconds=250), 2**100))
    root = file(tmp_path, "root.pem", authority.root.pem)
    assert "Verification: OK" in accepted(
        "ts", "-verify", "-queryfile", asked, "-in", answer, "-CAfile", root
    )
    assert "Verification: OK" in accepted("ts", "-verify", "-data", data, "-in", answer, "-CAfile", root)
    other = file(tmp_path, "other", b"date")
    assert "mismatch" in refused("ts", "-verify", "-data", other, "-in", answer, "-CAfile", root)
    stranger = file(tmp_path, "stranger.pem", make_authority(Algorithm.P256).root.pem)
    refused("ts", "-verify", "-data", data, "-in", answer, "-CAfile", stranger)
    words = accepted("ts", "-reply", "-in", answer, "-text")
    assert f"Policy OID: {POLICY}" in words
    assert "Accuracy: 0x01 seconds" in words
    assert ".25 20" in words


def test_openssl_verifies_our_token_as_the_signed_message_that_it_is(judged: Authority, tmp_path):
    """``openssl ts`` 3.0 leaves SM2's identity digest out (its PKCS#7 does not know it); ``openssl cms`` does not (decision 0018)."""
    encoded = file(tmp_path, "token.der", token(judged))
    root = file(tmp_path, "root.pem", judged.root.pem)
    words = ["cms", "-verify", "-inform", "DER", "-in", encoded, "-purpose", "timestampsign", "-cades"]
    assert "successful" in accepted(*words, "-CAfile", root, "-out", tmp_path / "info.der")
    info = asn1_tsp.TSTInfo.load((tmp_path / "info.der").read_bytes())
    assert info["gen_time"].native == AT
    stranger = file(tmp_path, "stranger.pem", make_authority(judged.algorithm).root.pem)
    refused(*words, "-CAfile", stranger, "-out", tmp_path / "info.der")


def test_openssl_ts_judges_sm2_as_described(tmp_path, monkeypatch):
    """If this fails, OpenSSL has learned it: the decision page and the tests can say more."""
    monkeypatch.setattr("tongban.base.pki.sm2.IDENTIFIER", b"")
    authority = make_authority(Algorithm.SM2)
    answer = file(tmp_path, "answer", timestamps.granted(token(authority)))
    words = ["ts", "-verify", "-data", file(tmp_path, "data", b"data"), "-in", answer]
    assert "PKCS7_signatureVerify" in refused(
        *words, "-CAfile", file(tmp_path, "root.pem", authority.root.pem)
    )


def test_tokens_and_messages_are_signed_with_the_standards_identifier(authority: Authority, tmp_path):
    key, certificate = authority.issue()
    for encoded in (cms.sign(b"data", key, [certificate]), token(authority)):
        message = cms.load(encoded)
        signer = load_certificate(message.bound()[0])
        verifies_as_the_standard_says(tmp_path, signer.public, message.signature, message.signed_attributes)


def test_another_client_takes_our_time_stamp():
    authority = make_authority(Algorithm.P256)
    request = TimestampRequestBuilder().data(b"data").hash_algorithm(HashAlgorithm.SHA256).build()
    response = decode_timestamp_response(stamper(authority).reply(request.as_bytes(), AT, 9))
    verifier = (
        VerifierBuilder()
        .add_root_certificate(x509.load_der_x509_certificate(authority.root.der))
        .add_intermediate_certificate(x509.load_der_x509_certificate(authority.issuing.der))
        .policy_id(x509.ObjectIdentifier(POLICY))
        .nonce(request.nonce)
        .build()
    )
    assert verifier.verify_message(response, b"data")
    assert response.tst_info.serial_number == 9


def test_a_token_tells_what_was_asked_and_nothing_else(authority: Authority):
    imprint = keys.digest(authority.algorithm, b"data")
    asked = timestamps.build_request(authority.algorithm, imprint, nonce=2**63, policy=POLICY)
    found = timestamps.load_token(timestamps.load_response(stamper(authority).reply(asked, AT, 7)))
    assert (found.nonce, found.policy, found.serial, found.at) == (2**63, POLICY, 7, AT)
    assert (found.imprint, found.algorithm) == (imprint, authority.algorithm)
    assert found.accuracy == timedelta(seconds=1)
    assert found.is_of(b"data")
    assert not found.is_of(b"date")


def test_asn1crypto_reads_the_same_token(authority: Authority):
    encoded = token(authority)
    native = asn1_cms.ContentInfo.load(encoded)
    assert native["content_type"].native == "signed_data"
    assert native["content"]["encap_content_info"]["content_type"].native == "tst_info"
    signer = native["content"]["signer_infos"][0]
    assert {one["type"].native for one in signer["signed_attrs"]} == {
        "content_type",
        "message_digest",
        "signing_time",
        "signing_certificate_v2",
    }
    assert native.dump(force=True) == encoded


@pytest.mark.parametrize(
    ("request_of", "failure"),
    [
        (lambda imprint: b"", Failure.BAD_DATA_FORMAT),
        (lambda imprint: b"x" * 5000, Failure.BAD_DATA_FORMAT),
        (lambda imprint: timestamps.build_request(Algorithm.P256, imprint[:-1]), Failure.BAD_DATA_FORMAT),
        (lambda imprint: timestamps.build_request(Algorithm.P256, imprint, policy="1.2.3"), Failure.UNACCEPTED_POLICY),
        (
            lambda imprint: der.sequence(
                der.integer(1),
                der.sequence(der.sequence(der.oid("1.2.840.113549.2.5"), der.null()), der.octets(b"5" * 16)),
            ),
            Failure.BAD_ALGORITHM,
        ),
        (
            lambda imprint: der.sequence(
                der.integer(2), der.sequence(der.sequence(der.oid("1.2.3")), der.octets(imprint))
            ),
            Failure.BAD_REQUEST,
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_stamped_is_refused_with_its_reason(request_of, failure: Failure, tmp_path):
    answer = stamper(make_authority(Algorithm.P256)).reply(request_of(hashlib.sha256(b"x").digest()), AT, 1)
    with pytest.raises(timestamps.Refused) as caught:
        timestamps.load_response(answer)
    assert caught.value.failure is failure
    assert "Rejected" in said(openssl("ts", "-reply", "-in", file(tmp_path, "answer", answer), "-text"))


def test_only_a_certificate_for_time_stamping_stamps(authority: Authority):
    key, official = authority.issue()
    with pytest.raises(ValueError, match="time stamping"):
        Stamper(key, (official,), POLICY)


def test_our_verifier_takes_a_token_and_names_what_is_wrong(authority: Authority):
    encoded, roots = token(authority), [authority.root]
    assert verify_token(encoded, b"data", roots) is None
    assert verify_token(encoded, b"date", roots) is Fault.IMPRINT
    assert verify_token(encoded, b"data", [make_authority(authority.algorithm).root]) is Fault.CERTIFICATE
    assert verify_token(encoded[:-1], b"data", roots) is Fault.FORM
    signature = cms.load(encoded).signature
    altered = encoded.replace(signature, signature[:-1] + bytes([signature[-1] ^ 1]))
    assert verify_token(altered, b"data", roots) is Fault.SIGNATURE


def test_a_token_holds_long_after_its_certificate_has_expired(authority: Authority):
    expired = stamper(authority, not_before=AT - timedelta(days=300), not_after=AT - timedelta(days=100))
    imprint = keys.digest(authority.algorithm, b"data")
    asked = timestamps.load_request(timestamps.build_request(authority.algorithm, imprint))
    then, now = expired.stamp(asked, AT - timedelta(days=200), 1), expired.stamp(asked, AT, 2)
    assert verify_token(then, b"data", [authority.root]) is None
    assert verify_token(now, b"data", [authority.root]) is Fault.CERTIFICATE


def test_each_altered_bit_of_a_token_is_noticed(authority: Authority):
    encoded = token(authority)
    for place in range(0, 8 * len(encoded), 3):
        altered = bytearray(encoded)
        altered[place // 8] ^= 1 << place % 8
        assert verify_token(bytes(altered), b"data", [authority.root]) is not None, place


def test_openssl_verifies_our_signed_message(judged: Authority, tmp_path):
    key, certificate = judged.issue()
    data = file(tmp_path, "data", "准予许可决定书".encode())
    signed = file(
        tmp_path, "signed.der", cms.sign(data.read_bytes(), key, [certificate, judged.issuing], at=AT)
    )
    root = file(tmp_path, "root.pem", judged.root.pem)
    words = ["cms", "-verify", "-binary", "-cades", "-inform", "DER", "-in", signed, "-purpose", "any",
             "-CAfile", root, "-out", tmp_path / "out"]  # fmt: skip
    assert "CAdES Verification successful" in accepted(*words, "-content", data)
    assert "CMS_SignerInfo_verify_content" in refused(*words, "-content", file(tmp_path, "other", b"other"))


def test_only_the_holder_signs_in_her_name(authority: Authority):
    key, _ = authority.issue()
    _, other = authority.issue()
    with pytest.raises(ValueError, match="key"):
        cms.sign(b"data", key, [other])
