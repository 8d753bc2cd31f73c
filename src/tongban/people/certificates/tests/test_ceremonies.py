"""Ceremonies: only an operator holds them, before witnesses; keys lie encrypted or in a token; a root's key is needed and may be away."""

import argparse
import os
import stat

import pytest
from tests import world as worlds

from tongban.base.errors import Conflict, Forbidden
from tongban.base.ledger.queries import acts_of
from tongban.base.pki import keys
from tongban.base.pki.tests import softhsm
from tongban.base.pki.tests.judge import accepted, file
from tongban.people.certificates import actions, commands
from tongban.people.certificates.actions import authority_keys
from tongban.people.certificates.queries import authorities
from tongban.people.certificates.rules.profiles import Algorithm, AuthorityKind
from tongban.people.certificates.tests import service as services
from tongban.people.certificates.tests.service import NOW, OPERATOR, Service
from tongban.people.parties import queries as parties

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(settings, tmp_path) -> Service:
    settings.HOME = tmp_path
    return services.build(worlds.build())


def hold(kind: AuthorityKind, **more: object) -> authorities.AuthorityView:
    given = {
        "actor": OPERATOR,
        "algorithm": Algorithm.P256,
        "organisation": "测试中心",
        "name": kind.value,
        "at": NOW,
    }
    return actions.hold_ceremony(kind=kind, **given | more)  # type: ignore[arg-type] # a test changes what it wants


def test_keys_lie_encrypted_and_are_their_users_alone(service: Service):
    files = list(authority_keys.folder().glob("*.pem"))
    assert len(files) == 4
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
        with pytest.raises(keys.WrongPassphrase):
            keys.load_private(path.read_bytes(), b"guess")


def test_nobody_but_an_operator_makes_an_authority(service: Service):
    for actor in (service.first, service.holder, service.provincial):
        with pytest.raises(Forbidden):
            hold(AuthorityKind.ROOT, actor=actor)


def test_a_roots_key_that_is_away_stops_only_its_ceremonies(service: Service):
    root = authorities.current(AuthorityKind.ROOT, Algorithm.P256)
    path = authority_keys.folder() / f"{root.key.removeprefix('local:')}.pem"
    away = path.rename(path.with_suffix(".away"))
    with pytest.raises(Conflict) as refused:
        hold(AuthorityKind.ISSUING)
    assert refused.value.rule == "certificates.key_away"
    service.issued()
    away.rename(path)
    hold(AuthorityKind.ISSUING)


def test_openssl_takes_the_whole_chain_of_every_authority(service: Service, tmp_path):
    root = file(tmp_path, "root.pem", authorities.current(AuthorityKind.ROOT, Algorithm.P256).certificate.pem)
    issuing = authorities.current(AuthorityKind.ISSUING, Algorithm.P256).certificate.pem
    chain = file(tmp_path, "issuing.pem", issuing)
    for kind in (AuthorityKind.ISSUING, AuthorityKind.OCSP, AuthorityKind.TSA):
        own = file(tmp_path, "own.pem", authorities.current(kind, Algorithm.P256).certificate.pem)
        purpose = ("-purpose", "timestampsign") if kind is AuthorityKind.TSA else ()
        assert "OK" in accepted("verify", *purpose, "-CAfile", root, "-untrusted", chain, own)


def arguments(**changed: object) -> argparse.Namespace:
    given = {
        "act": "ceremony",
        "kind": "root",
        "algorithm": "p256",
        "name": "新根",
        "organisation": "测试中心",
        "witness": ["甲", "乙"],
        "demonstration": False,
        "again": False,
        "token": False,
    }
    return argparse.Namespace(**given | changed)


def test_the_command_wants_two_witnesses_and_prints_what_they_sign(service: Service, capsys):
    assert commands.run(arguments(witness=["甲"])) == 2
    assert commands.run(arguments()) == 1  # there is one
    capsys.readouterr()
    assert commands.run(arguments(again=True)) == 0
    told = capsys.readouterr().out
    made = authorities.current(AuthorityKind.ROOT, Algorithm.P256)
    groups = made.certificate.fingerprint.upper()
    assert ":".join(groups[at : at + 4] for at in range(0, 64, 4)) in told
    assert "见证人2       乙" in told
    act = acts_of(f"authority:{made.id}")[0]
    assert act.data["witnesses"] == ["甲", "乙"]
    assert commands.run(arguments(act="show")) == 0
    assert "停用" in capsys.readouterr().out
    assert commands.run(arguments(act="lists")) == 0
    assert "第 2 号" in capsys.readouterr().out


def test_the_commands_for_seals_and_revocations_say_what_is_missing(service: Service, tmp_path, capsys):
    def said(*words: str) -> int:
        parser = argparse.ArgumentParser()
        commands.parser(parser)
        return commands.run(parser.parse_args(words))

    organ = parties.organ(service.world.organ_id)
    assert said("seal", "--organ", "91460000000000000X") == 1
    out = tmp_path / "seal.p10"
    assert said("seal", "--organ", organ.credit_code, "--out", str(out)) == 0
    accepted("req", "-verify", "-noout", "-in", out)
    assert said("revoke", "tsa-p256-1", "--reason", "key_compromise", "--witness", "甲") == 2
    assert (
        said("revoke", "tsa-p256-9", "--reason", "key_compromise", "--witness", "甲", "--witness", "乙") == 1
    )
    assert (
        said("revoke", "tsa-p256-1", "--reason", "key_compromise", "--witness", "甲", "--witness", "乙") == 0
    )
    capsys.readouterr()
    assert said("show") == 0
    assert "吊销" in capsys.readouterr().out
    acts = acts_of(f"authority:{authorities.by_slug('tsa-p256-1').id}")
    assert acts[-1].data["witnesses"] == ["甲", "乙"]


def test_without_a_token_a_ceremony_in_one_is_refused_with_words(service: Service, settings, capsys):
    settings.TOKEN_LIBRARY = ""
    assert commands.run(arguments(again=True, token=True)) == 1
    assert "密码模块" in capsys.readouterr().err
    settings.TOKEN_LIBRARY = "/no/such/library.so"
    settings.TOKEN_PIN_FILE = os.devnull
    assert commands.run(arguments(again=True, token=True)) == 1


@pytest.fixture
def token(settings) -> None:
    softhsm.prepare()
    settings.TOKEN_LIBRARY, settings.TOKEN_LABEL = softhsm.SOFTHSM, softhsm.SERVICE
    settings.TOKEN_PIN_FILE = softhsm.pin_file()


def test_an_authority_whose_key_lives_in_a_token_issues_and_revokes(service: Service, token: None, tmp_path):
    made = hold(AuthorityKind.ISSUING, in_token=True)
    hold(AuthorityKind.OCSP)
    assert made.key.startswith("token:")
    assert len(list(authority_keys.folder().glob("*.pem"))) == 5  # of the issuing authority there is no file
    certificate_id = service.issued()
    own = file(tmp_path, "own.pem", authorities.made_of(services.row(certificate_id)).pem)
    root = authorities.current(AuthorityKind.ROOT, Algorithm.P256).certificate.pem
    words = ("verify", "-CAfile", file(tmp_path, "root.pem", root))
    assert "OK" in accepted(*words, "-untrusted", file(tmp_path, "issuing.pem", made.certificate.pem), own)
    service.revoke(certificate_id)
    assert actions.publish_list_for(actor=OPERATOR, certificate_id=certificate_id, at=service.at) == 2


def test_a_token_is_asked_for_no_sm2_key(service: Service, token: None):
    with pytest.raises(Conflict) as refused:
        hold(AuthorityKind.ROOT, algorithm=Algorithm.SM2, in_token=True)
    assert refused.value.rule == "certificates.token"
