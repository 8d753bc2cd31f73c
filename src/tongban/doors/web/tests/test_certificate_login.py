"""Logging in with a certificate: openssl signs the challenge, or the proxy vouches for the handshake; everything forged is refused."""

import base64
import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import cms as reader
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session as BrowserSession
from django.db import connection
from django.test import Client
from tests import world as worlds
from tests.world import World

from tongban.base.pki import keys, pem
from tongban.base.pki.requests import build_request
from tongban.base.pki.tests.judge import accepted, file
from tongban.doors.web.certificates import entry
from tongban.people.certificates import actions, queries
from tongban.people.certificates.rules.moves import CertificateState, RevocationReason
from tongban.people.certificates.rules.profiles import Algorithm, Delivery, ProfileKind
from tongban.people.certificates.rules.registering import Holder, ProofKind
from tongban.people.certificates.tests import service as services
from tongban.people.certificates.tests.service import Service
from tongban.people.identity.rules import Level, Method

PAGE, CHALLENGE = "/login/certificate", "/login/certificate/challenge.txt"
SECRET = "of-the-proxy"


@dataclass
class Holding:
    """Somebody with a certificate and its key on her own machine."""

    service: Service
    folder: Path
    certificate_id: uuid.UUID
    key: keys.LocalKey

    @property
    def certificate(self) -> bytes:
        found = queries.file_of(self.service.provincial, self.certificate_id)
        assert found is not None
        return found

    def signs(self, text: bytes, *more: str, form: str = "PEM") -> bytes:
        """``openssl cms -sign``, as the page says it."""
        own = file(self.folder, "my.crt", pem.armour("CERTIFICATE", self.certificate))
        private = file(self.folder, "my.key", keys.dump_private(self.key, b"geheim"))
        out = self.folder / "answer"
        accepted(
            *(
                "cms",
                "-sign",
                "-in",
                file(self.folder, "challenge.txt", text),
                "-signer",
                own,
                "-inkey",
                private,
            ),
            *("-passin", "pass:geheim", "-outform", form, "-out", out, *(more or ("-binary",))),
        )
        return out.read_bytes()


@pytest.fixture
def world(db: None) -> World:
    return worlds.build()


@pytest.fixture
def service(world: World, settings, tmp_path) -> Service:
    settings.HOME, settings.ROOT_URLCONF, settings.DOOR = tmp_path, "config.urls_portal", "portal"
    return services.build(world, at=services.NOW - timedelta(hours=1))


def hold(service: Service, folder: Path, algorithm: Algorithm = Algorithm.P256, **changed: object) -> Holding:
    key = keys.generate(keys.Algorithm(algorithm.value))
    request = build_request([("CN", "x")], key).pem.decode()
    certificate_id = service.approved(
        delivery=Delivery.REQUEST, request=request, algorithm=algorithm, **changed
    )
    actions.issue_requested(actor=services.OPERATOR, certificate_id=certificate_id, at=service.at)
    return Holding(service, folder, certificate_id, key)


@pytest.fixture
def holding(service: Service, tmp_path) -> Holding:
    get_user_model().objects.filter(pk=service.holder.id).update(level=Level.ADVANCED)
    return hold(service, tmp_path)


@pytest.fixture
def browser() -> Client:
    return Client(raise_request_exception=False, headers={"accept-language": "zh-CN"})


def is_in(client: Client) -> bool:
    return client.get("/my/account").status_code == 200


def answer(client: Client, signed: bytes, **more: str):
    return client.post(PAGE, {"answer": signed.decode("ascii", "replace")} | more)


def test_whoever_signs_the_challenge_is_let_in_at_the_level_of_a_certificate(
    holding: Holding, browser: Client
):
    text = browser.get(CHALLENGE).content
    found = answer(browser, holding.signs(text), next="/my/account")
    assert (found.status_code, found["Location"]) == (302, "/my/account")
    assert is_in(browser)
    with connection.cursor() as cursor:
        cursor.execute("SELECT methods FROM account_session ORDER BY started_at DESC LIMIT 1")
        assert cursor.fetchone()[0] == [Method.CERTIFICATE]


@pytest.mark.parametrize(
    "more",
    [
        ("-binary", "-nodetach"),
        ("-nosmimecap",),
        ("-nosmimecap", "-text"),
        ("-binary", "-keyid"),
        ("-binary", "-md", "sha256"),
    ],
    ids=str,
)
def test_tools_sign_in_their_own_ways(holding: Holding, browser: Client, more: tuple[str, ...]):
    text = browser.get(CHALLENGE).content
    found = answer(browser, holding.signs(text, *more))
    # -text puts a MIME header before the text: that is not what was to be signed.
    assert found.status_code == (422 if "-text" in more else 302)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_an_editor_that_ends_the_line_does_no_harm(holding: Holding, browser: Client, end: bytes):
    text = browser.get(CHALLENGE).content
    assert answer(browser, holding.signs(text + end)).status_code == 302


def test_a_file_in_der_is_taken_as_well(holding: Holding, browser: Client):
    signed = file(holding.folder, "answer.der", holding.signs(browser.get(CHALLENGE).content, form="DER"))
    with signed.open("rb") as uploaded:
        assert browser.post(PAGE, {"answer": "", "file": uploaded}).status_code == 302


def test_an_old_nonce_is_refused(holding: Holding, browser: Client, monkeypatch):
    monkeypatch.setattr(entry, "ANSWER_WITHIN", timedelta(seconds=0))
    signed = holding.signs(browser.get(CHALLENGE).content)
    found = answer(browser, signed)
    assert found.status_code == 409
    assert "已经过期" in found.content.decode()
    assert not is_in(browser)


def test_a_signature_is_good_once(holding: Holding, browser: Client):
    signed = holding.signs(browser.get(CHALLENGE).content)
    assert answer(browser, signed).status_code == 302
    browser.post("/logout")
    assert answer(browser, signed).status_code == 409
    assert not is_in(browser)


def test_anothers_nonce_is_refused(holding: Holding, browser: Client):
    """Whoever is shown a challenge by a page that asked for it elsewhere signs nothing that is good here."""
    other = Client()
    signed = holding.signs(other.get(CHALLENGE).content)
    assert answer(browser, signed).status_code == 409
    browser.get(CHALLENGE)
    assert answer(browser, signed).status_code == 422
    assert not is_in(browser)


def test_a_nonce_of_another_door_or_host_is_refused(holding: Holding, browser: Client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    text = browser.get(CHALLENGE, headers={"host": "elsewhere.example"}).content
    assert b"elsewhere.example" in text
    browser.get(CHALLENGE)
    assert answer(browser, holding.signs(text)).status_code == 422


@pytest.mark.parametrize("how", ["suspend", "revoke", "expire"])
def test_a_held_revoked_or_expired_certificate_is_refused(holding: Holding, browser: Client, how: str):
    service = holding.service
    if how == "suspend":
        actions.suspend(
            actor=service.holder, certificate_id=holding.certificate_id, because="丢了", at=service.at
        )
    elif how == "revoke":
        actions.revoke(
            actor=service.holder,
            certificate_id=holding.certificate_id,
            reason=RevocationReason.KEY_COMPROMISE,
            because="丢了",
            at=service.at,
        )
    else:
        actions.keep_time(actor=services.OPERATOR, at=service.later(days=4 * 365))
    found = answer(browser, holding.signs(browser.get(CHALLENGE).content))
    assert found.status_code == 403
    assert "不能用来登录" in found.content.decode()
    assert not is_in(browser)


def test_a_certificate_that_another_issued_is_refused(holding: Holding, browser: Client, tmp_path):
    """Same names, same serial number, its own root: the fingerprint is not ours."""
    other = tmp_path / "other"
    other.mkdir()
    accepted(
        *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"),
        *("-subj", "/C=CN/CN=王秀兰", "-keyout", other / "key.pem", "-out", other / "crt.pem"),
    )
    text = file(other, "text", browser.get(CHALLENGE).content)
    accepted(
        *("cms", "-sign", "-binary", "-in", text, "-signer", other / "crt.pem", "-inkey", other / "key.pem"),
        *("-outform", "PEM", "-out", other / "answer"),
    )
    found = answer(browser, (other / "answer").read_bytes())
    assert found.status_code == 403
    assert not is_in(browser)


def test_her_certificate_with_anothers_key_is_refused(holding: Holding, browser: Client, service: Service):
    """The certificate is public: whoever sends it along with a signature of another key is nobody."""
    text = browser.get(CHALLENGE).content
    mine = reader.ContentInfo.load(holding.signs(text, form="DER"))
    forged = mine["content"]["signer_infos"][0]
    attributes = b"\x31" + forged["signed_attrs"].dump()[1:]
    forged["signature"] = keys.generate(keys.Algorithm.P256).sign(attributes)
    found = browser.post(PAGE, {"answer": _pem(mine.dump(force=True))})
    assert found.status_code == 422
    assert not is_in(browser)


def _pem(der: bytes) -> str:
    return f"-----BEGIN CMS-----\n{base64.encodebytes(der).decode()}-----END CMS-----\n"


def test_a_certificate_that_is_not_for_people_does_not_log_in(service: Service, browser: Client, tmp_path):
    holding = hold(
        service,
        tmp_path,
        profile=ProfileKind.SERVER,
        holder=Holder("海口市龙华区政府", "api.example.gov.cn"),
        document=ProofKind.AUTHORISATION,
    )
    assert answer(browser, holding.signs(browser.get(CHALLENGE).content)).status_code == 403


def test_an_official_is_sent_to_her_own_door(service: Service, browser: Client, tmp_path):
    decider = service.world.decider
    holding = hold(
        service,
        tmp_path,
        profile=ProfileKind.OFFICIAL,
        holder=Holder(decider.name, account_id=decider.id, organ_id=service.world.organ_id),
        document=ProofKind.STAFF_CARD,
    )
    found = answer(browser, holding.signs(browser.get(CHALLENGE).content))
    assert found.status_code == 403
    assert "从工作台登录" in found.content.decode()


def test_a_closed_account_is_not_entered(holding: Holding, browser: Client):
    get_user_model().objects.filter(pk=holding.service.holder.id).update(is_active=False)
    assert answer(browser, holding.signs(browser.get(CHALLENGE).content)).status_code == 403


@pytest.mark.parametrize(
    "given",
    [
        "",
        "随便写写",
        "-----BEGIN CMS-----\nAAAA\n-----END CMS-----",
        "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----",
        "-----BEGIN CMS-----",
        "\x00" * 100,
        "A" * 100_000,
        _pem(b"\x30\x80\x06\x00"),
    ],
    ids=["empty", "text", "short", "certificate", "cut", "nul", "long", "ber"],
)  # fmt: skip -- one line a kind of garbage
def test_what_is_no_signature_is_told_at_its_field(holding: Holding, browser: Client, given: str):
    browser.get(CHALLENGE)
    found = browser.post(PAGE, {"answer": given})
    assert found.status_code == 422
    assert "id_answer" in found.content.decode()


def test_every_bit_of_a_good_answer_counts_or_leads_nowhere_else(holding: Holding, browser: Client):
    der = bytearray(holding.signs(browser.get(CHALLENGE).content, form="DER"))
    for place in range(0, len(der), 23):
        der[place] ^= 1
        found = browser.post(PAGE, {"answer": _pem(bytes(der))})
        der[place] ^= 1
        assert found.status_code in (302, 403, 422), place
        if (
            found.status_code == 302
        ):  # an idle bit, for instance of an unsigned part: it is she herself all the same
            browser.post("/logout")
            der = bytearray(holding.signs(browser.get(CHALLENGE).content, form="DER"))


def vouched(certificate: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"X-Tongban-Proxy": secret, "Client-Cert": f":{base64.b64encode(certificate).decode()}:"}


def test_the_connections_certificate_lets_in_where_the_proxy_vouches_for_it(
    holding: Holding, browser: Client, settings
):
    settings.PROXY_SECRET = SECRET
    headers = vouched(holding.certificate)
    assert "用这张证书登录" in browser.get(PAGE, headers=headers).content.decode()
    found = browser.post(PAGE, {"connection": "1"}, headers=headers)
    assert found.status_code == 302
    assert is_in(browser)


def test_a_forged_header_is_refused(holding: Holding, browser: Client, settings):
    forged = [
        {"Client-Cert": vouched(holding.certificate)["Client-Cert"]},
        vouched(holding.certificate, "guess"),
    ]
    for secret, given in (("", forged), (SECRET, forged), ("", [vouched(holding.certificate, "")])):
        settings.PROXY_SECRET = secret
        for headers in given:
            assert "用这张证书登录" not in browser.get(PAGE, headers=headers).content.decode()
            assert browser.post(PAGE, {"connection": "1"}, headers=headers).status_code == 403
            assert not is_in(browser)


def test_a_held_certificate_does_not_let_in_by_the_connection(holding: Holding, browser: Client, settings):
    settings.PROXY_SECRET = SECRET
    service = holding.service
    actions.suspend(
        actor=service.holder, certificate_id=holding.certificate_id, because="丢了", at=service.at
    )
    found = browser.post(PAGE, {"connection": "1"}, headers=vouched(holding.certificate))
    assert found.status_code == 403
    found = browser.post(PAGE, {"connection": "1"}, headers=vouched(b"garbage"))
    assert found.status_code == 403


def test_an_address_elsewhere_is_not_where_she_is_sent(holding: Holding, browser: Client):
    signed = holding.signs(browser.get(CHALLENGE).content)
    assert answer(browser, signed, next="https://elsewhere.example/")["Location"] == "/"


def test_a_kept_challenge_that_was_tampered_with_is_refused(holding: Holding, browser: Client):
    browser.get(CHALLENGE)
    kept = browser.session
    kept["certificate_challenge"] = {"text": "let me in", "until": 9e12}
    kept.save()
    assert answer(browser, holding.signs(b"let me in")).status_code == 409
    assert BrowserSession.objects.exists()


def test_a_certificate_state_other_than_issued_never_lets_in(service: Service):
    for state in CertificateState:
        if state in (CertificateState.ISSUED, CertificateState.REQUESTED, CertificateState.APPROVED):
            continue
        certificate_id = service.in_state(state)
        content = queries.file_of(service.provincial, certificate_id)
        if content is not None:
            with pytest.raises(Exception, match="不能用来登录"):
                queries.holder_who_connected(content, at=service.at)
