"""The public side of the certificate service, asked by openssl itself and by plain clients, against a door that really listens."""

import base64
import http.client
import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from pytest_django.live_server_helper import LiveServer
from tests import world as worlds

from tongban.base.ledger.queries import acts_of
from tongban.base.pki import ocsp, pem, timestamps
from tongban.base.pki.certificates import Certificate, load_certificate
from tongban.base.pki.revocation import load_crl
from tongban.base.pki.tests.judge import accepted, file, openssl, refused, said
from tongban.base.pki.tests.judge import verifies_as_the_standard_says as judges_signature
from tongban.base.pki.validation import Evidence, State, validate
from tongban.people.certificates import actions, queries
from tongban.people.certificates.queries import authorities
from tongban.people.certificates.rules.moves import CertificateState
from tongban.people.certificates.rules.profiles import Algorithm, AuthorityKind
from tongban.people.certificates.tests import service as services
from tongban.people.certificates.tests.service import Service

BOTH = list(Algorithm)


@dataclass
class Asked:
    """The service behind a listening door, and a client that knows only addresses."""

    service: Service
    url: str
    folder: Path
    algorithm: Algorithm

    def get(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str):
        where = urlsplit(self.url)
        wire = http.client.HTTPConnection(where.hostname or "", where.port, timeout=30)
        try:
            wire.request(method, path, body, headers)
            answer = wire.getresponse()
            return answer, answer.read()
        finally:
            wire.close()

    def certificate(self, certificate_id: uuid.UUID) -> Certificate:
        content = queries.file_of(self.service.provincial, certificate_id)
        assert content is not None
        return load_certificate(content)

    def authority(self, kind: AuthorityKind) -> authorities.AuthorityView:
        return authorities.current(kind, self.algorithm)

    def files(self, leaf: Certificate) -> dict[str, Path]:
        issuing, root = (
            self.authority(kind).certificate for kind in (AuthorityKind.ISSUING, AuthorityKind.ROOT)
        )
        return {
            "leaf": file(self.folder, "leaf.pem", leaf.pem),
            "issuing": file(self.folder, "issuing.pem", issuing.pem),
            "root": file(self.folder, "root.pem", root.pem),
            "chain": file(self.folder, "chain.pem", issuing.pem + root.pem),
        }

    def openssl_asks(self, leaf: Certificate, *more: str) -> str:
        """``openssl ocsp`` over the address that stands in the certificate; it verifies the answer's signature itself."""
        found = self.files(leaf)
        words = (
            "ocsp",
            *more,
            "-issuer",
            found["issuing"],
            "-cert",
            found["leaf"],
            "-CAfile",
            found["chain"],
        )
        return accepted(*words, "-url", leaf.ocsp_addresses[0])


def _asked(listening, settings, tmp_path, algorithm: Algorithm) -> Asked:
    settings.HOME, settings.API_URL = tmp_path, listening.url
    return Asked(services.build(worlds.build(), algorithm), listening.url, tmp_path, algorithm)


@pytest.fixture
def listening(_api_door: None, transactional_db: None) -> Iterator[LiveServer]:
    """The door, listening: a server of its own, so that it has this door's addresses and middleware."""
    server = LiveServer("127.0.0.1")
    yield server
    server.stop()


@pytest.fixture
def asked(listening, settings, tmp_path) -> Asked:
    return _asked(listening, settings, tmp_path, Algorithm.P256)


@pytest.fixture(params=BOTH)
def both(request, listening, settings, tmp_path) -> Asked:
    return _asked(listening, settings, tmp_path, request.param)


@pytest.mark.parametrize(
    "more", [(), ("-no_nonce",), ("-no_nonce", "-sha256")], ids=["nonce", "plain", "sha256"]
)
def test_openssl_ocsp_believes_our_answers_about_every_state(asked: Asked, more: tuple[str, ...]):
    service = asked.service
    good = asked.certificate(service.issued())
    words = asked.openssl_asks(good, *more)
    assert "Response verify OK" in words
    assert "leaf.pem: good" in words
    for state, reason in (
        (CertificateState.SUSPENDED, "certificateHold"),
        (CertificateState.REVOKED, "keyCompromise"),
        (CertificateState.SUPERSEDED, "superseded"),
    ):
        words = asked.openssl_asks(asked.certificate(service.in_state(state)), *more)
        assert "leaf.pem: revoked" in words
        assert reason in words


def test_openssl_reads_our_answers_for_sm2(listening, settings, tmp_path):
    """OpenSSL 3.0 cannot be told SM2's identifier here (decision 0018): it reads the answer; our own verifier believes it."""
    asked = _asked(listening, settings, tmp_path, Algorithm.SM2)
    leaf = asked.certificate(asked.service.in_state(CertificateState.REVOKED))
    found = asked.files(leaf)
    words = openssl(
        *("ocsp", "-noverify", "-no_nonce", "-issuer", found["issuing"], "-cert", found["leaf"]),
        *("-url", leaf.ocsp_addresses[0]),
    )
    assert "leaf.pem: revoked" in said(words)
    issuing = asked.authority(AuthorityKind.ISSUING)
    question = ocsp.build_request(leaf, issuing.certificate)
    answer = ocsp.load_response(asked.get(f"/pki/ocsp/{issuing.slug}", "POST", question)[1])
    assert isinstance(answer, ocsp.Answer)
    assert answer.said_by(issuing.certificate)


def test_a_revocation_is_answered_at_once(asked: Asked):
    certificate_id = asked.service.issued()
    leaf = asked.certificate(certificate_id)
    assert "good" in asked.openssl_asks(leaf, "-no_nonce")
    asked.service.revoke(certificate_id)
    assert "revoked" in asked.openssl_asks(leaf, "-no_nonce")


def test_an_answer_is_kept_until_something_changes_but_a_nonce_is_answered_afresh(asked: Asked):
    leaf = asked.certificate(asked.service.issued())
    issuing = asked.authority(AuthorityKind.ISSUING)
    path = f"/pki/ocsp/{issuing.slug}"
    plain = ocsp.build_request(leaf, issuing.certificate)
    first, second = (asked.get(path, "POST", plain)[1] for _ in range(2))
    assert first == second
    fresh = [
        asked.get(path, "POST", ocsp.build_request(leaf, issuing.certificate, secrets.token_bytes(16)))
        for _ in range(2)
    ]
    assert fresh[0][1] != fresh[1][1]
    assert fresh[0][0].headers["Cache-Control"] == "no-store"
    assert fresh[0][0].headers["Content-Type"] == "application/ocsp-response"


def test_an_answer_asked_by_address_may_be_kept_for_a_minute_and_has_its_tag(asked: Asked):
    leaf = asked.certificate(asked.service.issued())
    issuing = asked.authority(AuthorityKind.ISSUING)
    encoded = quote(base64.b64encode(ocsp.build_request(leaf, issuing.certificate)).decode(), safe="")
    path = f"/pki/ocsp/{issuing.slug}/{encoded}"
    answer, body = asked.get(path)
    assert answer.status == 200
    assert isinstance(ocsp.load_response(body), ocsp.Answer)
    assert answer.headers["Cache-Control"] == "max-age=60, public, no-transform, must-revalidate"
    assert answer.headers["Expires"]
    again, nothing = asked.get(path, **{"If-None-Match": answer.headers["ETag"]})
    assert (again.status, nothing) == (304, b"")
    unescaped = base64.b64encode(ocsp.build_request(leaf, issuing.certificate)).decode()
    assert asked.get(f"/pki/ocsp/{issuing.slug}/{unescaped}")[1] == body


@pytest.mark.parametrize(
    "question", [b"", b"garbage", b"\x30\x80", b"\x30" * 5000], ids=["empty", "text", "cut", "long"]
)
def test_a_question_that_is_none_gets_the_standards_refusal(asked: Asked, question: bytes):
    slug = asked.authority(AuthorityKind.ISSUING).slug
    answer, body = asked.get(f"/pki/ocsp/{slug}", "POST", question)
    assert answer.status == 200
    assert ocsp.load_response(body) is ocsp.Problem.MALFORMED
    answer, body = asked.get(f"/pki/ocsp/{slug}/%00%zz{question[:20].hex()}")
    assert answer.status in (200, 400)


def test_a_certificate_of_another_authority_is_not_spoken_of_and_an_unknown_number_is_not_good(asked: Asked):
    issuing, root = asked.authority(AuthorityKind.ISSUING), asked.authority(AuthorityKind.ROOT)
    path = f"/pki/ocsp/{issuing.slug}"
    other = ocsp.build_request(issuing.certificate, root.certificate)
    assert ocsp.load_response(asked.get(path, "POST", other)[1]) is ocsp.Problem.UNAUTHORIZED
    unknown = ocsp.build_request(issuing.certificate, issuing.certificate)
    answer = ocsp.load_response(asked.get(path, "POST", unknown)[1])
    assert isinstance(answer, ocsp.Answer)
    assert answer.singles[0].status.state is ocsp.State.UNKNOWN


def test_addresses_that_are_none_say_so(asked: Asked):
    for method, path in (
        ("POST", "/pki/ocsp/nobody"),
        ("GET", "/pki/crl/nobody.crl"),
        ("GET", "/pki/nobody.crt"),
        ("GET", f"/pki/crl/{asked.authority(AuthorityKind.TSA).slug}.crl"),
    ):
        assert asked.get(path, method, b"" if method == "POST" else None)[0].status == 404
    slug = asked.authority(AuthorityKind.ISSUING).slug
    for method, path in (("GET", f"/pki/ocsp/{slug}"), ("GET", "/pki/tsa"), ("POST", f"/pki/crl/{slug}.crl")):
        assert asked.get(path, method, b"" if method == "POST" else None)[0].status == 405


def test_openssl_verify_and_crl_take_our_chain_and_lists(both: Asked):
    service = both.service
    good, held, gone = (
        both.certificate(service.in_state(state))
        for state in (CertificateState.ISSUED, CertificateState.SUSPENDED, CertificateState.REVOKED)
    )
    issuing, root = both.authority(AuthorityKind.ISSUING), both.authority(AuthorityKind.ROOT)
    for authority_id in (issuing.id, root.id):
        actions.publish_list(actor=services.OPERATOR, authority_id=authority_id, at=service.at)
    lists = b""
    for address in (good.crl_addresses[0], issuing.certificate.crl_addresses[0]):
        answer, body = both.get(urlsplit(address).path)
        assert answer.headers["Content-Type"] == "application/pkix-crl"
        lists += pem.armour("X509 CRL", body)
    checked = file(both.folder, "lists.pem", lists)
    of_issuing, of_root = (load_crl(pem.armour("X509 CRL", one)) for one in pem.blocks(lists, "X509 CRL"))
    for leaf, expected in ((good, State.GOOD), (held, State.ON_HOLD), (gone, State.REVOKED)):
        outcome = validate(
            leaf,
            pool=[issuing.certificate],
            roots=[root.certificate],
            at=service.at,
            revocation=Evidence(crls=(of_issuing, of_root), needed=True),
        )
        assert outcome.state is expected
        if both.algorithm is Algorithm.SM2:
            # OpenSSL 3.0 cannot be told SM2's identifier for a whole chain (decision 0018): it judges each signature by itself.
            judges_signature(both.folder, issuing.certificate.public, leaf.signature, leaf.tbs)
            continue
        found = both.files(leaf)
        words = ("verify", "-crl_check_all", "-CRLfile", checked, "-CAfile", found["root"])
        judge = accepted if expected is State.GOOD else refused
        wanted = "OK" if expected is State.GOOD else "revoked"
        assert wanted in judge(*words, "-untrusted", found["issuing"], found["leaf"])
    if both.algorithm is Algorithm.SM2:
        judges_signature(both.folder, issuing.certificate.public, of_issuing.signature, of_issuing.tbs)
    else:
        assert "verify OK" in accepted("crl", "-in", checked, "-noout", "-CAfile", both.files(good)["chain"])


def test_the_certificates_of_authorities_are_found_where_certificates_say(asked: Asked):
    issuing = asked.authority(AuthorityKind.ISSUING)
    answer, body = asked.get(f"/pki/{issuing.slug}.crt")
    assert answer.headers["Content-Type"] == "application/pkix-cert"
    assert load_certificate(body) == issuing.certificate
    assert "max-age=86400" in answer.headers["Cache-Control"]


def test_openssl_ts_verifies_our_time_stamps(asked: Asked):
    data = file(asked.folder, "data", "准予许可".encode())
    query = asked.folder / "query.tsq"
    accepted("ts", "-query", "-data", data, "-sha256", "-cert", "-out", query)
    answer, body = asked.get("/pki/tsa", "POST", query.read_bytes())
    assert answer.headers["Content-Type"] == "application/timestamp-reply"
    reply = file(asked.folder, "reply.tsr", body)
    root = file(asked.folder, "root.pem", asked.authority(AuthorityKind.ROOT).certificate.pem)
    words = ("ts", "-verify", "-in", reply, "-CAfile", root)
    assert "Verification: OK" in accepted(*words, "-queryfile", query)
    assert "Verification: OK" in accepted(*words, "-data", data)
    refused(*words, "-data", file(asked.folder, "other", b"other"))


def test_openssl_takes_an_sm2_time_stamp_as_the_signed_message_that_it_is(listening, settings, tmp_path):
    asked = _asked(listening, settings, tmp_path, Algorithm.SM2)
    query = asked.folder / "query.tsq"
    accepted("ts", "-query", "-data", file(asked.folder, "data", b"data"), "-sm3", "-cert", "-out", query)
    token = timestamps.load_response(asked.get("/pki/tsa", "POST", query.read_bytes())[1])
    assert timestamps.verify_token(token, b"data", authorities.roots()) is None
    assert timestamps.verify_token(token, b"date", authorities.roots()) is timestamps.Fault.IMPRINT


@pytest.mark.parametrize("question", [b"", b"garbage", b"\x30" * 6000], ids=["empty", "text", "long"])
def test_a_stamp_is_refused_in_the_standards_words(asked: Asked, question: bytes):
    answer, body = asked.get("/pki/tsa", "POST", question)
    assert answer.status == 200
    with pytest.raises(timestamps.Refused):
        timestamps.load_response(body)


def test_a_new_issuing_authority_leaves_the_old_ones_certificates_answered_for(asked: Asked):
    service = asked.service
    leaf = asked.certificate(service.issued())
    before = asked.authority(AuthorityKind.ISSUING)
    for kind in (AuthorityKind.ISSUING, AuthorityKind.OCSP):
        actions.hold_ceremony(
            actor=services.OPERATOR,
            kind=kind,
            algorithm=Algorithm.P256,
            name="新机构",
            organisation="测试认证中心",
            at=service.at,
        )
    assert asked.authority(AuthorityKind.ISSUING).slug != before.slug
    words = accepted(
        *("ocsp", "-issuer", file(asked.folder, "old.pem", before.certificate.pem)),
        *("-cert", file(asked.folder, "leaf.pem", leaf.pem), "-url", leaf.ocsp_addresses[0]),
        *("-CAfile", file(asked.folder, "root.pem", asked.authority(AuthorityKind.ROOT).certificate.pem)),
    )
    assert "leaf.pem: good" in words


def test_lists_are_made_again_before_they_lapse_and_after_every_change(asked: Asked):
    service = asked.service
    certificate_id = service.issued()
    issuing = asked.authority(AuthorityKind.ISSUING)

    def number() -> int:
        found = authorities.latest_list(issuing.id)
        assert found is not None
        return found.number

    assert number() == 1
    assert actions.publish_lists_due(actor=services.OPERATOR, at=service.at) == 0
    service.revoke(certificate_id)
    for _ in range(2):  # a job may run twice
        actions.publish_list_for(actor=services.OPERATOR, certificate_id=certificate_id, at=service.at)
    assert number() == 2
    assert actions.publish_lists_due(actor=services.OPERATOR, at=service.later(hours=11)) == 0
    assert actions.publish_lists_due(actor=services.OPERATOR, at=service.later(hours=2)) == 1
    assert number() == 3
    acts = [act.act for act in acts_of(f"authority:{issuing.id}")]
    assert acts == ["certificates.ceremony", *["certificates.publish_list"] * 3]
    old = authorities.list_at(issuing.id, service.at - timedelta(hours=12))
    assert old is not None
    assert old.number == 2
