"""Archives of ended registrations, checked offline: every kind of end verifies, and one altered bit is named."""

import json
import uuid
import zipfile
from pathlib import Path

import pytest
from tests import world as worlds

from tongban import verify
from tongban.base.ledger import actions as ledger
from tongban.base.pki.tests.judge import file
from tongban.people.certificates import actions
from tongban.people.certificates.rules import archiving
from tongban.people.certificates.rules.moves import ENDED, CertificateState
from tongban.people.certificates.tests import service as services
from tongban.people.certificates.tests.service import Service

S = CertificateState


@pytest.fixture
def service(db: None, settings, tmp_path) -> Service:
    settings.HOME = tmp_path
    return services.build(worlds.build())


def taken(service: Service, certificate_id: uuid.UUID) -> bytes:
    ledger.seal(at=service.at)
    return b"".join(
        actions.take_archive(actor=service.second, certificate_id=certificate_id, at=service.at).chunks
    )


@pytest.mark.parametrize("state", sorted(ENDED))
def test_every_end_has_an_archive_that_verifies_offline(
    service: Service, state: S, tmp_path: Path, capsys
) -> None:
    found = service.in_state(state)
    archive = file(tmp_path, "archive.zip", taken(service, found))
    assert verify.run(archive) == 0
    assert "registration of" in capsys.readouterr().out
    with zipfile.ZipFile(archive) as opened:
        told = json.loads(opened.read(archiving.REGISTRATION))
        assert told["state"] == state
        assert told["proof"]["number"] == "460106199001012127"
        assert (archiving.CERTIFICATE in opened.namelist()) == bool(told["fingerprint"])


def test_one_altered_bit_is_named(service: Service, tmp_path: Path, capsys) -> None:
    found = service.in_state(S.REVOKED)
    whole = taken(service, found)
    for place in range(40, len(whole), 997):
        altered = bytearray(whole)
        altered[place] ^= 1
        assert verify.run(file(tmp_path, "archive.zip", bytes(altered))) == 1, place
        assert capsys.readouterr().out.strip(), place
