"""Revocation lists and answers: openssl believes them, and what is revoked, held, expired or strange is refused by both."""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509
from cryptography.x509 import ocsp as x509_ocsp

from tongban.base.pki import der, ocsp, validation
from tongban.base.pki.certificates import Certificate, load_certificate, signed
from tongban.base.pki.keys import Algorithm
from tongban.base.pki.ocsp import Problem, Responder
from tongban.base.pki.revocation import Reason, Revoked, build_crl, load_crl
from tongban.base.pki.validation import Evidence, State, Use, validate

from .authority import AT, OFFICIAL, RESPONDER, SERVER, Authority, make_authority
from .judge import accepted, file, openssl, refused, said, verifies_as_the_standard_says

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def crl(
    authority: Authority, *revoked: Revoked, number: int = 1, delta_of: int | None = None, at=AT - HOUR
) -> bytes:
    return build_crl(
        authority.issuing, authority.issuing_key, number=number, this_update=at, next_update=at + DAY,
        revoked=revoked, delta_of=delta_of,
    )  # fmt: skip


def root_crl(authority: Authority) -> bytes:
    return build_crl(
        authority.root, authority.root_key, number=1, this_update=AT - HOUR, next_update=AT + DAY, revoked=[]
    )


def state(leaf: Certificate, authority: Authority, *, at=AT, use=Use.SIGNING, **known) -> State:
    evidence = Evidence(needed=bool(known), **known)
    return validate(
        leaf, pool=[authority.issuing], roots=[authority.root], at=at, use=use, revocation=evidence
    ).state


def openssl_verifies(
    folder: Path, authority: Authority, leaf: Certificate, *more: str, listed: bytes | None = None
):
    names = {"root": authority.root.pem, "issuing": authority.issuing.pem, "leaf": leaf.pem}
    root, issuing, own = (file(folder, f"{name}.pem", content) for name, content in names.items())
    checks: list[str | Path] = []
    if listed is not None:
        lists = file(folder, "lists.pem", load_crl(listed).pem + load_crl(root_crl(authority)).pem)
        checks = ["-crl_check_all", "-CRLfile", lists]
    return openssl("verify", "-CAfile", root, "-untrusted", issuing, *checks, *more, own)


def answered(authority: Authority, leaf: Certificate, status: ocsp.Status) -> bytes:
    key, certificate = authority.issue(RESPONDER, "状态应答")
    responder = Responder(authority.issuing, key, certificate)
    return responder.reply(ocsp.build_request(leaf, authority.issuing), lambda _: status, AT)


def openssl_asks(folder: Path, authority: Authority, leaf: Certificate, answer: bytes) -> str:
    return accepted(
        *("ocsp", "-no_nonce", "-issuer", file(folder, "issuing.pem", authority.issuing.pem)),
        *("-cert", file(folder, "leaf.pem", leaf.pem), "-respin", file(folder, "answer.der", answer)),
        *("-CAfile", file(folder, "chain.pem", authority.issuing.pem + authority.root.pem)),
    )


def test_a_good_certificate_is_taken_by_us_and_by_openssl(judged: Authority, tmp_path):
    _, leaf = judged.issue()
    listed, answer = crl(judged), answered(judged, leaf, ocsp.GOOD)
    assert state(leaf, judged, crls=(load_crl(listed),)) is State.GOOD
    assert state(leaf, judged, answers=(ocsp.load_response(answer),)) is State.GOOD
    result = openssl_verifies(tmp_path, judged, leaf, listed=listed)
    assert result.returncode == 0, said(result)
    words = openssl_asks(tmp_path, judged, leaf, answer)
    assert "Response verify OK" in words
    assert "leaf.pem: good" in words


def test_a_certificate_on_hold_is_refused_by_us_and_by_openssl(judged: Authority, tmp_path):
    _, leaf = judged.issue()
    since = AT - 2 * HOUR
    listed = crl(judged, Revoked(leaf.serial, since, Reason.CERTIFICATE_HOLD))
    answer = answered(judged, leaf, ocsp.revoked(since, Reason.CERTIFICATE_HOLD))
    assert state(leaf, judged, crls=(load_crl(listed),)) is State.ON_HOLD
    assert state(leaf, judged, answers=(ocsp.load_response(answer),)) is State.ON_HOLD
    assert "certificate revoked" in said(openssl_verifies(tmp_path, judged, leaf, listed=listed))
    words = openssl_asks(tmp_path, judged, leaf, answer)
    assert "leaf.pem: revoked" in words
    assert "certificateHold" in words


def test_a_revoked_certificate_is_refused_by_us_and_by_openssl(judged: Authority, tmp_path):
    _, leaf = judged.issue()
    since = AT - 2 * HOUR
    listed = crl(judged, Revoked(leaf.serial, since, Reason.KEY_COMPROMISE))
    answer = answered(judged, leaf, ocsp.revoked(since, Reason.KEY_COMPROMISE))
    assert state(leaf, judged, crls=(load_crl(listed),)) is State.REVOKED
    assert state(leaf, judged, answers=(ocsp.load_response(answer),)) is State.REVOKED
    assert "certificate revoked" in said(openssl_verifies(tmp_path, judged, leaf, listed=listed))
    assert "keyCompromise" in openssl_asks(tmp_path, judged, leaf, answer)


def test_an_expired_certificate_is_refused_by_us_and_by_openssl(judged: Authority, tmp_path):
    _, leaf = judged.issue(not_before=AT - 30 * DAY, not_after=AT - DAY)
    assert state(leaf, judged) is State.EXPIRED
    assert state(leaf, judged, at=AT - 2 * DAY) is State.GOOD
    assert "certificate has expired" in said(openssl_verifies(tmp_path, judged, leaf))


def test_a_certificate_of_tomorrow_is_refused_by_us_and_by_openssl(judged: Authority, tmp_path):
    _, leaf = judged.issue(not_before=AT + DAY)
    assert state(leaf, judged) is State.NOT_YET_VALID
    assert "certificate is not yet valid" in said(openssl_verifies(tmp_path, judged, leaf))


def test_a_certificate_from_another_root_is_refused_by_us_and_by_openssl(judged: Authority, tmp_path):
    other = make_authority(judged.algorithm)  # with the same names
    _, leaf = other.issue()
    assert state(leaf, judged) is State.WRONG_ROOT
    assert validate(leaf, pool=[other.issuing], roots=[judged.root], at=AT).state is State.WRONG_ROOT
    result = openssl_verifies(tmp_path, judged, leaf)
    assert result.returncode != 0
    assert "unable to get local issuer" in said(result) or "signature failure" in said(result)


def test_a_certificate_for_something_else_is_refused_by_us_and_by_openssl(judged: Authority, tmp_path):
    _, server = judged.issue(SERVER, "应用")
    assert state(server, judged, use=Use.SERVER) is State.GOOD
    for use in (Use.SIGNING, Use.LOG_IN, Use.TIME_STAMPING):
        assert state(server, judged, use=use) is State.WRONG_USAGE
    _, official = judged.issue()
    assert state(official, judged, use=Use.LOG_IN) is State.GOOD
    assert state(official, judged, use=Use.SERVER) is State.WRONG_USAGE
    assert "purpose" in said(openssl_verifies(tmp_path, judged, server, "-purpose", "smimesign"))


def test_a_leaf_issues_nothing(authority: Authority):
    key, leaf = authority.issue()
    forged = Authority(authority.algorithm, authority.root_key, authority.root, key, leaf)
    with pytest.raises(ValueError, match="allow"):
        forged.issue()
    # Whoever builds one without asking gets no further.
    tbs = der.fields(authority.issue()[1].tbs, "certificate")
    version, serial, form, _ = (tbs.take() for _ in range(4))
    rest = [tbs.take().der for _ in range(4)]
    made = der.sequence(version.der, serial.der, form.der, leaf.subject, *rest)
    forgery = load_certificate(signed(made, key))
    assert forgery.signed_by(leaf.public)
    assert validation.chain_of(forgery, (leaf, authority.issuing), (authority.root,)) == ()


def test_silence_is_not_good_where_something_must_be_said(authority: Authority):
    _, leaf = authority.issue()
    needed = {"pool": [authority.issuing], "roots": [authority.root], "at": AT}
    assert validate(leaf, **needed, revocation=Evidence(needed=True)).state is State.STATUS_UNKNOWN
    assert validate(leaf, **needed).state is State.GOOD
    stale = load_crl(crl(authority, at=AT - 3 * DAY))
    assert validate(leaf, **needed, revocation=Evidence((stale,), needed=True)).state is State.STATUS_UNKNOWN
    unknown = ocsp.load_response(answered(authority, leaf, ocsp.UNKNOWN))
    assert validate(leaf, **needed, revocation=Evidence(answers=(unknown,))).state is State.STATUS_UNKNOWN


def test_what_a_stranger_says_of_a_certificate_does_not_count(authority: Authority):
    _, leaf = authority.issue()
    other = make_authority(authority.algorithm)
    key, certificate = other.issue(RESPONDER, "状态应答")
    foreign = Responder(other.issuing, key, certificate)
    own = ocsp.cert_id(leaf, authority.issuing)
    said_good = ocsp.load_response(foreign.answer([(own, ocsp.GOOD)], AT))
    listed = load_crl(crl(other))
    assert not said_good.said_by(authority.issuing)
    assert state(leaf, authority, answers=(said_good,)) is State.STATUS_UNKNOWN
    assert state(leaf, authority, crls=(listed,)) is State.STATUS_UNKNOWN
    with pytest.raises(ValueError, match="delegated"):
        Responder(authority.issuing, key, certificate)
    official_key, official = authority.issue()
    with pytest.raises(ValueError, match="delegated"):
        Responder(authority.issuing, official_key, official)


def test_the_past_is_judged_by_what_was_true_then(authority: Authority):
    _, leaf = authority.issue(not_before=AT - 100 * DAY)
    later = load_crl(crl(authority, Revoked(leaf.serial, AT - 2 * HOUR, Reason.SUPERSEDED)))
    before = load_crl(crl(authority, at=AT - 50 * DAY))
    assert state(leaf, authority, at=AT - 3 * HOUR, crls=(later,)) is State.GOOD
    assert state(leaf, authority, at=AT - 2 * HOUR, crls=(later,)) is State.REVOKED
    assert state(leaf, authority, at=AT - 50 * DAY + HOUR, crls=(before, later)) is State.GOOD
    # A theft that is told late counts from the day of the theft; a hold that ended does not.
    stolen = load_crl(crl(authority, Revoked(leaf.serial, AT - 60 * DAY, Reason.KEY_COMPROMISE)))
    held = load_crl(crl(authority, Revoked(leaf.serial, AT - 60 * DAY, Reason.CERTIFICATE_HOLD)))
    assert state(leaf, authority, at=AT - 50 * DAY + HOUR, crls=(before, stolen)) is State.REVOKED
    assert state(leaf, authority, at=AT - 50 * DAY + HOUR, crls=(before, held)) is State.GOOD


def test_a_hold_is_lifted_by_the_next_list_and_by_a_delta(authority: Authority):
    _, leaf = authority.issue()
    held = load_crl(crl(authority, Revoked(leaf.serial, AT - 3 * HOUR, Reason.CERTIFICATE_HOLD), number=7))
    lifted = Revoked(leaf.serial, AT - HOUR, Reason.REMOVE_FROM_CRL)
    delta = load_crl(crl(authority, lifted, number=8, delta_of=7, at=AT - HOUR / 2))
    following = load_crl(crl(authority, number=9, at=AT - HOUR / 4))
    assert state(leaf, authority, crls=(held,)) is State.ON_HOLD
    assert state(leaf, authority, crls=(held, delta)) is State.GOOD
    assert state(leaf, authority, crls=(held, following)) is State.GOOD
    assert (held.number, delta.delta_of, following.delta_of) == (7, 7, None)
    with pytest.raises(ValueError, match="delta"):
        crl(authority, lifted)


def test_openssl_reads_our_list(judged: Authority, tmp_path):
    _, leaf = judged.issue()
    listed = file(tmp_path, "list.der", crl(judged, Revoked(leaf.serial, AT, Reason.SUPERSEDED), number=42))
    words = accepted("crl", "-inform", "DER", "-in", listed, "-noout", "-text", "-CAfile",
                     file(tmp_path, "issuing.pem", judged.issuing.pem))  # fmt: skip
    assert "verify OK" in words
    assert "Superseded" in words
    assert "X509v3 CRL Number: \n                42" in words
    stranger = file(tmp_path, "other.pem", make_authority(judged.algorithm).issuing.pem)
    assert "verify failure" in said(
        openssl("crl", "-inform", "DER", "-in", listed, "-noout", "-CAfile", stranger)
    )


def test_lists_and_answers_are_signed_with_the_standards_identifier(authority: Authority, tmp_path):
    _, leaf = authority.issue()
    public = authority.issuing.public
    listed = load_crl(crl(authority))
    verifies_as_the_standard_says(tmp_path, public, listed.signature, listed.tbs)
    responder = Responder(authority.issuing, authority.issuing_key)
    request = ocsp.build_request(leaf, authority.issuing)
    answer = ocsp.load_response(responder.reply(request, lambda _: ocsp.GOOD, AT))
    verifies_as_the_standard_says(tmp_path, public, answer.signature, answer.tbs)


def test_others_read_our_lists(authority: Authority):
    revoked = [
        Revoked(serial, AT - HOUR, reason) for serial, reason in enumerate(Reason, 2**100) if reason != 8
    ]
    encoded = crl(authority, *revoked)
    native = asn1_crl.CertificateList.load(encoded)
    assert native.dump(force=True) == encoded
    assert native.crl_number_value.native == 1
    assert native.issuer.dump() == authority.issuing.subject
    theirs = x509.load_der_x509_crl(encoded)
    assert [one.serial_number for one in theirs] == [one.serial for one in revoked]
    assert list(load_crl(encoded)) == revoked
    assert load_crl(load_crl(encoded).pem) == load_crl(encoded)


def test_a_list_of_a_hundred_thousand_is_made_and_asked_quickly():
    authority = make_authority(Algorithm.P256)
    moments = [AT - timedelta(minutes=minute) for minute in range(500)]
    revoked = [Revoked(2**100 + place, moments[place % 500], Reason.SUPERSEDED) for place in range(100_000)]
    start = time.perf_counter()
    encoded = crl(authority, *revoked)
    made = time.perf_counter()
    listed = load_crl(encoded)
    assert listed.find(2**100 + 77_777) == revoked[77_777]
    assert listed.find(5) is None
    assert len(listed) == 100_000
    asked = time.perf_counter()
    # Generous: these machines do other things as well. Seen: 0.3 s and 0.1 s.
    assert made - start < 5
    assert asked - made < 3
    assert len(x509.load_der_x509_crl(encoded)) == 100_000


def test_the_responder_answers_openssl_with_its_nonce(judged: Authority, tmp_path):
    _, leaf = judged.issue()
    issuing = file(tmp_path, "issuing.pem", judged.issuing.pem)
    accepted("ocsp", "-nonce", "-issuer", issuing, "-cert", file(tmp_path, "leaf.pem", leaf.pem),
             "-reqout", tmp_path / "asked.der")  # fmt: skip
    responder = Responder(judged.issuing, judged.issuing_key)
    asked = (tmp_path / "asked.der").read_bytes()
    answer = file(tmp_path, "answer.der", responder.reply(asked, lambda _: ocsp.GOOD, AT))
    words = [
        "ocsp",
        "-issuer",
        issuing,
        "-CAfile",
        file(tmp_path, "root.pem", judged.root.pem),
        "-respin",
        answer,
    ]
    assert "Response verify OK" in accepted(
        *words, "-reqin", tmp_path / "asked.der", "-verify_other", issuing
    )
    accepted(
        "ocsp",
        "-nonce",
        "-issuer",
        issuing,
        "-cert",
        tmp_path / "leaf.pem",
        "-reqout",
        tmp_path / "again.der",
    )
    assert "Nonce Verify error" in refused(*words, "-reqin", tmp_path / "again.der", "-verify_other", issuing)


@pytest.mark.parametrize("digest", ["-sha1", "-sha256", "-sm3"])
def test_openssl_may_ask_with_any_digest(digest: str, tmp_path):
    authority = make_authority(Algorithm.P256)
    _, leaf = authority.issue()
    accepted("ocsp", "-no_nonce", digest, "-issuer", file(tmp_path, "i.pem", authority.issuing.pem),
             "-cert", file(tmp_path, "l.pem", leaf.pem), "-reqout", tmp_path / "r")  # fmt: skip
    responder = Responder(authority.issuing, authority.issuing_key)
    answer = ocsp.load_response(responder.reply((tmp_path / "r").read_bytes(), lambda _: ocsp.GOOD, AT))
    assert answer.about(leaf, authority.issuing).status == ocsp.GOOD


def test_an_answer_is_kept_until_the_status_changes_or_it_ages(authority: Authority):
    _, leaf = authority.issue()
    responder = Responder(authority.issuing, authority.issuing_key)
    request = ocsp.build_request(leaf, authority.issuing)
    first = responder.reply(request, lambda _: ocsp.GOOD, AT)
    assert responder.reply(request, lambda _: ocsp.GOOD, AT + HOUR) == first
    held = responder.reply(request, lambda _: ocsp.revoked(AT, Reason.CERTIFICATE_HOLD), AT + HOUR)
    assert ocsp.load_response(held).singles[0].status.reason is Reason.CERTIFICATE_HOLD
    again = responder.reply(request, lambda _: ocsp.GOOD, AT + 2 * HOUR)
    assert again != first
    assert responder.reply(request, lambda _: ocsp.GOOD, AT + 2 * HOUR + responder.lasts / 2) != again
    with_nonce = ocsp.build_request(leaf, authority.issuing, nonce=b"n" * 16)
    fresh = responder.reply(with_nonce, lambda _: ocsp.GOOD, AT + 2 * HOUR)
    assert fresh != again
    assert ocsp.load_response(fresh).nonce == der.octets(b"n" * 16)


def test_the_answer_is_what_the_light_profile_asks_for(authority: Authority):
    _, leaf = authority.issue()
    encoded = answered(authority, leaf, ocsp.GOOD)
    native = asn1_ocsp.OCSPResponse.load(encoded)
    assert native.dump(force=True) == encoded
    data = native.basic_ocsp_response["tbs_response_data"]
    assert data["responder_id"].name == "by_key"
    single = data["responses"][0]
    assert single["cert_status"].name == "good"
    assert single["next_update"].native - single["this_update"].native == timedelta(hours=8)
    if authority.algorithm is Algorithm.P256:
        theirs = x509_ocsp.load_der_ocsp_response(encoded)
        assert theirs.certificate_status is x509_ocsp.OCSPCertStatus.GOOD
        assert theirs.serial_number == leaf.serial


def test_what_is_no_request_or_for_others_gets_no_signature(authority: Authority):
    responder = Responder(authority.issuing, authority.issuing_key)
    _, foreign = make_authority(authority.algorithm).issue()
    other = ocsp.build_request(foreign, make_authority(authority.algorithm).issuing)

    def never(_: int) -> ocsp.Status:
        raise AssertionError("nobody may be asked")

    for content in (b"", b"\x30\x00", b"x" * 5000, b"\x30\x02\x30\x00", other[:-1]):
        assert ocsp.load_response(responder.reply(content, never, AT)) is Problem.MALFORMED
    assert ocsp.load_response(responder.reply(other, never, AT)) is Problem.UNAUTHORIZED


def test_each_altered_bit_of_an_answer_is_noticed(authority: Authority):
    _, leaf = authority.issue()
    encoded = answered(authority, leaf, ocsp.revoked(AT, Reason.SUPERSEDED))
    basic = ocsp.load_response(encoded).der
    for place in range(8 * len(basic)):
        altered = bytearray(basic)
        altered[place // 8] ^= 1 << place % 8
        try:
            read = ocsp.load_answer(bytes(altered))
        except der.Malformed:
            continue
        assert not read.said_by(authority.issuing), place


def test_a_profile_tells_where_to_ask(authority: Authority, tmp_path):
    _, leaf = authority.issue()
    words = accepted("x509", "-in", file(tmp_path, "leaf.pem", leaf.pem), "-noout", "-ocsp_uri")
    assert words.strip() == OFFICIAL.ocsp_address
