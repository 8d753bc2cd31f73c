"""Certificates and requests, judged by openssl, cryptography and asn1crypto."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509

from tongban.base.pki import certificates, der, keys, pem, requests
from tongban.base.pki.keys import Algorithm

from .authority import AT, BOTH, ISSUING, OFFICIAL, ROOT, SERVER, STAMPING, make_authority, subject
from .judge import accepted, file, identifier_for, refused

both = pytest.mark.parametrize("algorithm", BOTH)


@both
def test_openssl_verifies_each_link_of_a_chain(algorithm: Algorithm, tmp_path):
    authority = make_authority(algorithm)
    _, leaf = authority.issue()
    root, issuing, own = (
        file(tmp_path, f"{name}.pem", one.pem)
        for name, one in (("root", authority.root), ("issuing", authority.issuing), ("leaf", leaf))
    )
    told = identifier_for(algorithm, "-vfyopt")
    # The command tells SM2's identifier to the certificate it is asked for only: one link a time (decision 0018).
    accepted("verify", "-x509_strict", *told, "-CAfile", root, issuing)
    accepted("verify", "-x509_strict", *told, "-partial_chain", "-CAfile", issuing, own)
    if algorithm is Algorithm.P256:
        accepted("verify", "-x509_strict", "-check_ss_sig", "-CAfile", root, "-untrusted", issuing, own)


@both
def test_openssl_refuses_a_certificate_of_another_root_with_the_same_name(algorithm: Algorithm, tmp_path):
    authority, other = make_authority(algorithm), make_authority(algorithm)
    issuing = file(tmp_path, "issuing.pem", authority.issuing.pem)
    stranger = file(tmp_path, "other.pem", other.root.pem)
    told = identifier_for(algorithm, "-vfyopt")
    assert "unable to get" in refused("verify", *told, "-CAfile", stranger, issuing)


@both
def test_what_a_profile_says_is_read_by_others(algorithm: Algorithm):
    authority = make_authority(algorithm)
    _, leaf = authority.issue()
    read = x509.load_der_x509_certificate(leaf.der)
    usage = read.extensions.get_extension_for_class(x509.KeyUsage)
    assert (usage.critical, usage.value.digital_signature, usage.value.content_commitment) == (
        True,
        True,
        True,
    )
    assert not usage.value.key_cert_sign
    constraints = read.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (constraints.critical, constraints.value.ca) == (True, False)
    access = read.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    assert [one.access_location.value for one in access] == [OFFICIAL.ocsp_address, OFFICIAL.issuer_address]
    native = asn1_x509.Certificate.load(leaf.der)
    assert native.subject.native["common_name"] == "王芳"
    assert native.crl_distribution_points[0].url == OFFICIAL.crl_address
    assert native.extended_key_usage_value.native == ["1.3.6.1.5.5.7.3.36", "email_protection", "client_auth"]
    assert native.key_identifier == leaf.key_identifier == leaf.public.key_identifier
    assert native.authority_key_identifier == authority.issuing.key_identifier
    assert native.serial_number == leaf.serial
    assert native.dump(force=True) == leaf.der


@both
def test_what_we_wrote_we_read(algorithm: Algorithm):
    authority = make_authority(algorithm)
    _, leaf = authority.issue(
        SERVER, "应用", alternative_names=("gov.example", "10.0.0.1", "a@b.cn", "urn:x:y")
    )
    assert leaf.alternative_names == ("gov.example", "10.0.0.1", "a@b.cn", "urn:x:y")
    assert leaf.purposes == {"server_auth"}
    assert leaf.key_usage == {"digital_signature"}
    assert leaf.not_after - leaf.not_before == timedelta(days=SERVER.days)
    assert (leaf.ca, leaf.path_length, leaf.unknown_critical) == (False, None, ())
    assert leaf.signed_by(authority.issuing.public)
    assert not leaf.signed_by(authority.root.public)
    assert leaf.authority_key_identifier == authority.issuing.key_identifier
    assert authority.issuing.path_length == 0
    assert authority.root.self_issued
    assert certificates.load_certificates(leaf.pem + authority.root.pem) == [leaf, authority.root]
    _, official = authority.issue()
    assert official.ocsp_addresses == (OFFICIAL.ocsp_address,)
    assert official.crl_addresses == (OFFICIAL.crl_address,)
    assert official.policies == OFFICIAL.policies


def test_the_purpose_of_time_stamping_is_critical():
    _, stamping = make_authority(Algorithm.P256).issue(STAMPING, "时间戳")
    usage = x509.load_der_x509_certificate(stamping.der).extensions.get_extension_for_class(
        x509.ExtendedKeyUsage
    )
    assert usage.critical
    assert stamping.unknown_critical == ()


def test_dates_past_2049_are_written_as_the_standard_says():
    late = datetime(2051, 6, 1, tzinfo=UTC)
    key = keys.generate(Algorithm.P256)
    root = certificates.build_root(
        ROOT,
        subject=subject("根"),
        key=key,
        serial=1,
        not_before=datetime(2026, 1, 1, tzinfo=UTC),
        not_after=late,
    )
    assert x509.load_der_x509_certificate(root.der).not_valid_after_utc == late == root.not_after


def test_no_certificate_outlives_its_issuer():
    authority = make_authority(Algorithm.P256)
    _, leaf = authority.issue(replace(OFFICIAL, days=36500))
    assert leaf.not_after == authority.issuing.not_after
    with pytest.raises(ValueError, match="time"):
        authority.issue(not_before=authority.issuing.not_before - timedelta(seconds=1))


def test_whoever_may_not_issue_does_not():
    authority = make_authority(Algorithm.P256)
    key, leaf = authority.issue()
    wanted = {"subject": subject("x"), "public": key.public, "serial": 5, "not_before": AT}
    with pytest.raises(ValueError, match="allow"):
        certificates.build_certificate(OFFICIAL, issuer=leaf, issuer_key=key, **wanted)
    with pytest.raises(ValueError, match="allow"):
        certificates.build_certificate(
            ISSUING, issuer=authority.issuing, issuer_key=authority.issuing_key, **wanted
        )
    with pytest.raises(ValueError, match="key"):
        certificates.build_certificate(OFFICIAL, issuer=authority.issuing, issuer_key=key, **wanted)
    for serial in (0, -1, 2**160):
        with pytest.raises(ValueError, match="serial"):
            certificates.build_root(ROOT, subject=subject("x"), key=key, serial=serial, not_before=AT)


def test_serials_are_positive_and_differ():
    serials = {certificates.new_serial() for _ in range(1000)}
    assert len(serials) == 1000
    assert all(0 < serial < 2**127 for serial in serials)


@both
def test_each_altered_byte_of_a_certificate_is_noticed(algorithm: Algorithm):
    authority = make_authority(algorithm)
    _, leaf = authority.issue()
    for place in range(len(leaf.der)):
        altered = bytearray(leaf.der)
        altered[place] ^= 1 << place % 8
        try:
            read = certificates.load_certificate(bytes(altered))
        except der.Malformed:
            continue
        assert not read.signed_by(authority.issuing.public), place


@both
def test_openssl_verifies_our_request(algorithm: Algorithm, tmp_path):
    key = keys.generate(algorithm)
    request = requests.build_request([("C", "CN"), ("CN", "海口某公司")], key)
    path = file(tmp_path, "request.pem", request.pem)
    told = identifier_for(algorithm, "-vfyopt")
    assert "verify OK" in accepted("req", "-verify", *told, "-in", path, "-noout")
    assert requests.proven_request(request.pem) == request


@both
def test_we_verify_a_request_of_openssl(algorithm: Algorithm, tmp_path):
    private = file(tmp_path, "private.pem", keys.dump_private(keys.generate(algorithm), b"pass"))
    accepted(
        *("req", "-new", "-key", private, "-passin", "pass:pass", "-subj", "/C=CN/CN=Company"),
        *("-sm3" if algorithm is Algorithm.SM2 else "-sha256", *identifier_for(algorithm, "-sigopt")),
        *("-addext", "subjectAltName=DNS:a.example", "-out", tmp_path / "request.pem"),
    )
    request = requests.proven_request((tmp_path / "request.pem").read_bytes())
    assert request.public.algorithm is algorithm


@both
def test_a_request_for_somebody_elses_key_is_refused(algorithm: Algorithm):
    mine, theirs = keys.generate(algorithm), keys.generate(algorithm)
    request = requests.build_request([("CN", "x")], mine)
    stolen = request.der.replace(mine.public.spki, theirs.public.spki)
    with pytest.raises(requests.NotHeld):
        requests.proven_request(stolen)


@pytest.mark.parametrize("content", [b"", b"\x30\x00", b"garbage", pem.armour("CERTIFICATE REQUEST", b"\x30\x03\x02\x01\x00")])  # fmt: skip
def test_garbage_is_no_request_and_no_certificate(content: bytes):
    with pytest.raises(der.Malformed):
        requests.load_request(content)
    with pytest.raises(der.Malformed):
        certificates.load_certificate(content)
