"""Delivery to a holder's token: made in it, asked for, approved by two, written back; judged by pkcs11-tool and openssl."""

import argparse
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import world as worlds

from tongban.base.errors import Conflict, Forbidden
from tongban.base.ledger.queries import acts_of
from tongban.base.pki import cms, evidence, keys, pem
from tongban.base.pki.certificates import load_certificate
from tongban.base.pki.requests import build_request
from tongban.base.pki.tests import softhsm
from tongban.base.pki.tests.judge import accepted, file
from tongban.base.pki.tokens import Token
from tongban.people.certificates import actions, commands, queries
from tongban.people.certificates.actions import publishing
from tongban.people.certificates.queries import authorities
from tongban.people.certificates.rules.profiles import Algorithm, AuthorityKind, Delivery
from tongban.people.certificates.tests import service as services
from tongban.people.certificates.tests.service import OPERATOR, Service, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(settings, tmp_path) -> Service:
    settings.HOME = tmp_path
    return services.build(worlds.build())


@pytest.fixture
def label() -> str:
    """The token outlives each test, so that each has a key of its own."""
    return f"key-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def token() -> Iterator[Token]:
    softhsm.prepare()
    opened = Token(softhsm.SOFTHSM, softhsm.HOLDER, softhsm.PIN)
    yield opened
    opened.close()


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    commands.parser(parser)
    return parser.parse_args([*words, "--library", softhsm.SOFTHSM, "--token", softhsm.HOLDER])


def typed(monkeypatch: pytest.MonkeyPatch, pin: str) -> list[str]:
    """Somebody types the PIN when she is asked; what she was asked."""
    asked: list[str] = []
    monkeypatch.setattr("getpass.getpass", lambda prompt: asked.append(prompt) or pin)
    return asked


def shown(*words: str) -> bytes:
    given = [
        "pkcs11-tool",
        "--module",
        softhsm.SOFTHSM,
        "--token-label",
        softhsm.HOLDER,
        "--login",
        "--pin",
        softhsm.PIN,
    ]
    return subprocess.run([*given, *words], check=True, capture_output=True).stdout


def issued(service: Service, request: str) -> uuid.UUID:
    found = service.approved(delivery=Delivery.REQUEST, request=request)
    assert actions.issue_requested(actor=OPERATOR, certificate_id=found, at=service.at)
    return found


def test_by_the_commands_a_key_made_in_the_token_gets_its_certificate_and_chain(
    service: Service, label: str, tmp_path: Path, monkeypatch, capsys, caplog
) -> None:
    softhsm.prepare()
    asked, out = typed(monkeypatch, softhsm.PIN), tmp_path / "request.pem"
    assert commands.run(arguments("request", "--key", label, "--out", str(out))) == 0
    accepted("req", "-verify", "-noout", "-in", out)
    held = issued(service, out.read_text())
    assert commands.run(arguments("deliver", str(held))) == 0
    assert len(asked) == 2
    listed = shown("-O", "--type", "privkey").decode().partition(label)[2].partition("Private Key Object")[0]
    assert "sensitive, always sensitive, never extractable, local" in listed
    own = shown("--read-object", "--type", "cert", "--label", label)
    assert own == bytes(row(held).certificate or b"")
    identifier = shown("-O", "--type", "cert").decode().partition(label)[2].partition("ID:")[2].split()[0]
    assert identifier in listed  # programs find the key of a certificate by it
    chain = [
        load_certificate(shown("--read-object", "--type", "cert", "--label", one.fingerprint[:16]))
        for one in authorities.chain_of(authorities.current(AuthorityKind.ISSUING, Algorithm.P256))
    ]
    words = (
        "-CAfile",
        file(tmp_path, "root.pem", chain[1].pem),
        "-untrusted",
        file(tmp_path, "i.pem", chain[0].pem),
    )
    assert "OK" in accepted("verify", *words, file(tmp_path, "own.pem", load_certificate(own).pem))
    delivered = acts_of(f"certificate:{held}")[-1]
    assert delivered.act == "certificates.deliver"
    assert delivered.data["fingerprint"] == row(held).fingerprint
    told = capsys.readouterr()
    for words_of in (told.out, told.err, caplog.text, str(acts_of(f"certificate:{held}")), " ".join(asked)):
        assert softhsm.PIN not in words_of
    assert not list(queries.against_ledger())


def test_no_command_takes_a_pin_as_an_argument(capsys) -> None:
    with pytest.raises(SystemExit):
        arguments("request", "--pin", softhsm.PIN)
    with pytest.raises(SystemExit):
        arguments("deliver", "--pin", softhsm.PIN, str(uuid.uuid4()))


def test_a_wrong_pin_is_told_and_nothing_is_made(monkeypatch, capsys, label: str) -> None:
    softhsm.prepare()
    typed(monkeypatch, "00000000")
    assert commands.run(arguments("request", "--key", label)) == 1
    told = capsys.readouterr()
    assert "PIN" in told.err
    assert "00000000" not in told.out + told.err
    assert label not in shown("-O").decode()


def test_a_token_without_the_key_gets_nothing(service: Service, token: Token) -> None:
    elsewhere = build_request([("CN", "x")], keys.generate(keys.Algorithm.P256)).pem.decode()
    held = issued(service, elsewhere)
    with pytest.raises(Conflict) as refusal:
        actions.deliver(actor=OPERATOR, certificate_id=held, token=token, at=service.at)
    assert refusal.value.rule == "certificates.token_key"
    assert bytes(row(held).certificate or b"") not in shown("-O", "--type", "cert")
    assert "certificates.deliver" not in [one.act for one in acts_of(f"certificate:{held}")]


def test_a_key_that_was_brought_into_the_token_is_none_of_its_own(
    service: Service, token: Token, label: str, tmp_path: Path
) -> None:
    """Who brought it in has it elsewhere as well."""
    key = keys.generate(keys.Algorithm.P256)
    private = file(tmp_path, "key.pem", pem.armour("PRIVATE KEY", keys.private_key_info(key)))
    for kind in ("privkey", "pubkey"):
        content = tmp_path / f"{kind}.der"
        accepted(
            "pkey",
            "-in",
            private,
            "-outform",
            "DER",
            "-out",
            content,
            *(["-pubout"] if kind == "pubkey" else []),
        )
        shown("--write-object", str(content), "--type", kind, "--label", label, "--id", "77")
    held = issued(service, build_request([("CN", "x")], key).pem.decode())
    with pytest.raises(Conflict) as refusal:
        actions.deliver(actor=OPERATOR, certificate_id=held, token=token, at=service.at)
    assert refusal.value.rule == "certificates.token_key_open"


def test_nothing_is_delivered_before_it_is_issued_nor_of_a_kept_key_nor_by_anybody(
    service: Service, token: Token, label: str
) -> None:
    request = actions.request_in_token(token, label)
    waiting = service.registered(delivery=Delivery.REQUEST, request=request)
    with pytest.raises(Conflict) as refusal:
        actions.deliver(actor=OPERATOR, certificate_id=waiting, token=token, at=service.at)
    assert refusal.value.rule == "certificates.move"
    actions.approve(actor=service.second, certificate_id=waiting, at=service.at)
    actions.issue_requested(actor=OPERATOR, certificate_id=waiting, at=service.at)
    with pytest.raises(Forbidden):
        actions.deliver(actor=service.holder, certificate_id=waiting, token=token, at=service.at)
    kept = service.issued()
    with pytest.raises(Conflict) as refusal:
        actions.deliver(actor=OPERATOR, certificate_id=kept, token=token, at=service.at)
    assert refusal.value.rule == "certificates.not_by_request"


def test_delivered_twice_it_is_there_once(service: Service, token: Token, label: str) -> None:
    held = issued(service, actions.request_in_token(token, label))
    for _ in range(2):
        actions.deliver(actor=OPERATOR, certificate_id=held, token=token, at=service.at)
    assert shown("-O", "--type", "cert").decode().count(label) == 1


def test_its_holder_logs_in_and_signs_an_act_with_the_token(
    service: Service, token: Token, label: str
) -> None:
    held = issued(service, actions.request_in_token(token, label))
    actions.deliver(actor=OPERATOR, certificate_id=held, token=token, at=service.at)
    own, key = token.certificate(label), token.key(label)
    assert own is not None
    challenge = b"tongban-login portal example.gov.cn 1 2026"
    answer = pem.armour("CMS", cms.sign(challenge, key, [own], at=service.at))
    assert queries.holder_who_signed(answer, [challenge], at=service.at).certificate_id == held
    issuing = authorities.current(AuthorityKind.ISSUING, Algorithm.P256)
    stamping = authorities.current(AuthorityKind.TSA, Algorithm.P256)
    by = publishing.stamper_of(stamping)
    made = evidence.make_evidence(
        "准予许可".encode(),
        key,
        (own, *authorities.chain_of(issuing)),
        service.at,
        lambda request: by.stamp(request, service.at, 7),
        lambda one, _above: (
            publishing.answer_about(one, issuing, service.at) if one.issuer == own.issuer else None
        ),
    )
    verdict = evidence.verify_evidence(made, "准予许可".encode(), queries.roots())
    assert verdict.good
    assert verdict.signer == own
    assert not evidence.verify_evidence(made, "不予许可".encode(), queries.roots()).good
