"""The archive of an ended registration: what it holds, who takes it, that it is recorded; how it is held against its ledger."""

import hashlib
import io
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests import world as worlds

from tongban.base.errors import Conflict, NotFound
from tongban.base.ledger import actions as ledger
from tongban.base.ledger.queries import acts_of
from tongban.base.pki import keys
from tongban.base.pki.requests import build_request
from tongban.base.pki.tests.judge import accepted
from tongban.people.certificates import actions, queries
from tongban.people.certificates.rules import archiving
from tongban.people.certificates.rules.moves import CertificateState
from tongban.people.certificates.rules.profiles import Delivery
from tongban.people.certificates.tests import service as services
from tongban.people.certificates.tests.service import OPERATOR, Service

S = CertificateState


@pytest.fixture
def service(db: None, settings, tmp_path) -> Service:
    settings.HOME = tmp_path
    return services.build(worlds.build())


def taken(service: Service, certificate_id) -> bytes:
    ledger.seal(at=service.at)
    return b"".join(
        actions.take_archive(actor=service.second, certificate_id=certificate_id, at=service.at).chunks
    )


# ── rules ──


@pytest.mark.parametrize(
    ("ended", "not_after", "until"),
    [
        (datetime(2026, 5, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC), date(2031, 5, 1)),
        (datetime(2029, 1, 9, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC), date(2034, 1, 1)),
        (datetime(2026, 5, 1, tzinfo=UTC), None, date(2031, 5, 1)),
        (datetime(2028, 2, 29, tzinfo=UTC), None, date(2033, 3, 1)),
    ],
)
def test_it_is_kept_five_years_from_when_it_ceased_to_be_valid(ended, not_after, until) -> None:
    assert archiving.keep_until(ended, not_after) == until


def _told(**changed: object) -> tuple[dict[str, object], list[dict[str, object]], dict[str, bytes | None]]:
    fingerprint = hashlib.sha256(b"certificate").hexdigest()
    acts: list[dict[str, object]] = [
        {"stream": "certificate:1", "act": "certificates.register", "data": {}},
        {"stream": "certificate:1", "act": "certificates.issue", "data": {"fingerprint": fingerprint}},
        {"stream": "certificate:1", "act": "certificates.revoke", "data": {}},
    ]
    registration: dict[str, object] = {"id": "1", "fingerprint": fingerprint, "ended_by": "revoke"}
    return registration | changed, acts, {archiving.CERTIFICATE: b"certificate"}


def test_an_archive_that_fits_its_ledger_holds() -> None:
    assert archiving.check_archive(*_told()) == []


def test_another_certificate_end_or_ledger_is_named() -> None:
    registration, acts, contents = _told()
    told = archiving.check_archive(registration, acts, contents | {archiving.CERTIFICATE: b"other"})
    assert [one.row for one in told] == [archiving.CERTIFICATE, archiving.REGISTRATION]
    told = archiving.check_archive(registration, acts, {})
    assert archiving.CERTIFICATE in [one.row for one in told]
    for wrong in ({"ended_by": "expire"}, {"fingerprint": "00"}):
        told = archiving.check_archive(registration | wrong, acts, contents)
        assert [one.row for one in told] == [archiving.REGISTRATION]
    told = archiving.check_archive(registration | {"id": "2"}, acts, contents)
    assert [one.row for one in told] == [archiving.LEDGER]
    assert archiving.check_archive(registration, acts[:2], contents)


# ── taken ──


def test_openssl_reads_what_is_in_it(service: Service, tmp_path: Path) -> None:
    request = build_request([("CN", "x")], keys.generate(keys.Algorithm.P256)).pem.decode()
    found = service.approved(delivery=Delivery.REQUEST, request=request)
    actions.issue_requested(actor=OPERATOR, certificate_id=found, at=service.at)
    service.revoke(found)
    actions.publish_list_for(actor=OPERATOR, certificate_id=found, at=service.at)
    with zipfile.ZipFile(io.BytesIO(taken(service, found))) as opened:
        opened.extractall(tmp_path)
    accepted("req", "-inform", "DER", "-in", tmp_path / archiving.REQUEST, "-noout", "-verify")
    serial = accepted("x509", "-inform", "DER", "-in", tmp_path / archiving.CERTIFICATE, "-noout", "-serial")
    words = accepted("crl", "-inform", "DER", "-in", tmp_path / archiving.LIST, "-noout", "-text")
    assert serial.strip().partition("=")[2] in words.replace(":", "")


def test_taking_it_is_recorded_and_leaves_the_registration_as_it_is(service: Service) -> None:
    found = service.in_state(S.REVOKED)
    before = acts_of(f"certificate:{found}")
    taken(service, found)
    taken(service, found)  # and again at once
    assert acts_of(f"certificate:{found}") == before
    acts = acts_of(f"archive:{found}")
    assert [(act.act, act.actor["id"]) for act in acts] == [
        ("certificates.take_archive", str(service.second.id))
    ] * 2
    assert not list(queries.against_ledger())


def test_only_registrars_who_reach_it_take_it_and_only_when_it_has_ended(service: Service) -> None:
    found = service.in_state(S.REVOKED)
    ledger.seal(at=service.at)
    for actor in (service.holder, service.elsewhere, service.world.clerk):
        with pytest.raises(NotFound):
            actions.take_archive(actor=actor, certificate_id=found, at=service.at)
    living = service.issued()
    with pytest.raises(Conflict) as refusal:
        actions.take_archive(actor=service.first, certificate_id=living, at=service.at)
    assert refusal.value.rule == "certificates.archive_living"
    service.revoke(living)
    with pytest.raises(Conflict) as refusal:
        actions.take_archive(actor=service.first, certificate_id=living, at=service.at)
    assert refusal.value.rule == "certificates.archive_unsealed"
