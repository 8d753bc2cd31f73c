"""A kept key is opened by its PIN only; what it signs is evidence that holds later; guesses are slowed, never for good."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from tests import world as worlds

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ledger.queries import acts_of
from tongban.base.pki.evidence import Part, verify_evidence
from tongban.people.certificates import actions, queries
from tongban.people.certificates.actions import kept_keys
from tongban.people.certificates.models import KeptKey
from tongban.people.certificates.queries import authorities
from tongban.people.certificates.rules.moves import CertificateState
from tongban.people.certificates.rules.profiles import Algorithm, Delivery
from tongban.people.certificates.tests import service as services
from tongban.people.certificates.tests.service import PIN, Service

pytestmark = pytest.mark.django_db
S = CertificateState


@pytest.fixture(params=list(Algorithm))
def both(request, settings, tmp_path) -> tuple[Service, Algorithm]:
    settings.HOME = tmp_path
    return services.build(worlds.build(), request.param), request.param


@pytest.fixture
def service(settings, tmp_path) -> Service:
    settings.HOME = tmp_path
    return services.build(worlds.build())


def guess(service: Service, certificate_id: uuid.UUID, pin: str, actor: Actor | None = None):
    return actions.unlock(
        actor=actor or service.holder, certificate_id=certificate_id, pin=pin, at=service.at
    )


def test_what_an_unlocked_key_signs_is_evidence_that_holds_after_a_revocation(both):
    service, algorithm = both
    certificate_id = service.issued(algorithm=algorithm)
    evidence = guess(service, certificate_id, PIN).sign_act("准予许可".encode(), service.at)
    service.later(days=1)
    service.revoke(certificate_id)
    verdict = verify_evidence(evidence, "准予许可".encode(), authorities.roots())
    assert verdict.faults == ()
    assert verdict.signer is not None
    assert verdict.signer.fingerprint == services.row(certificate_id).fingerprint
    assert verdict.stamped_at == service.at - timedelta(days=1)
    assert verify_evidence(evidence, b"other", authorities.roots()).parts == {Part.CONTENT}


def test_an_act_of_an_actor_who_unlocked_is_signed(service: Service):
    certificate_id = service.issued()
    signer = guess(service, certificate_id, PIN)
    actions.suspend(
        actor=replace(service.holder, signer=signer),
        certificate_id=certificate_id,
        because="出差",
        at=service.at,
    )
    assert acts_of(f"certificate:{certificate_id}")[-1].act == "certificates.suspend"


def test_a_wrong_pin_opens_nothing_and_is_told_at_its_field(service: Service):
    certificate_id = service.issued()
    for pin in ("", "830943", PIN + " ", "x" * 2000):
        with pytest.raises(Invalid) as refused:
            guess(service, certificate_id, pin)
        assert refused.value.rule == "certificates.wrong_pin"
        assert set(refused.value.fields) == {"pin"}


def test_guesses_wait_longer_and_longer_and_the_right_pin_opens_after_the_wait(service: Service):
    certificate_id = service.issued()
    waits = 0
    for _ in range(40):
        try:
            guess(service, certificate_id, "000111")
        except Invalid:
            continue
        except Forbidden:
            waits += 1
            service.later(seconds=1)
    assert waits > 25
    with pytest.raises(Forbidden) as refused:
        guess(service, certificate_id, PIN)
    assert refused.value.rule == "certificates.wait"
    service.later(minutes=16)
    guess(service, certificate_id, PIN)
    assert KeptKey.objects.get(pk=certificate_id).failures == 0


def test_a_wrong_guess_counts_although_the_act_around_it_fails(service: Service):
    certificate_id = service.issued()
    with pytest.raises(Invalid):
        guess(service, certificate_id, "000111")
    assert KeptKey.objects.get(pk=certificate_id).failures == 1


def test_nobody_else_unlocks_it_not_even_with_the_pin(service: Service):
    certificate_id = service.issued()
    agent = replace(service.holder, id=uuid.uuid4(), mandate_id=uuid.uuid4())
    for actor in (service.world.stranger, service.first, agent):
        with pytest.raises(NotFound):
            guess(service, certificate_id, PIN, actor)


@pytest.mark.parametrize("state", [S.REQUESTED, S.APPROVED, S.SUSPENDED, S.REVOKED, S.SUPERSEDED, S.EXPIRED])
def test_what_is_not_in_force_does_not_sign(service: Service, state: CertificateState):
    certificate_id = service.in_state(state)
    with pytest.raises(Conflict):
        guess(service, certificate_id, PIN)


def test_a_certificate_that_has_run_out_does_not_sign_before_anybody_archived_it(service: Service):
    certificate_id = service.issued()
    service.later(days=3 * 365)
    with pytest.raises(Conflict) as refused:
        guess(service, certificate_id, PIN)
    assert refused.value.rule == "certificates.over"
    assert queries.active_of(party_id=service.holder.party_id, at=service.at) == []


def test_a_key_that_its_holder_has_herself_is_not_unlocked_here(service: Service):
    certificate_id = service.approved(delivery=Delivery.FILE)
    actions.issue(actor=service.holder, certificate_id=certificate_id, at=service.at)
    with pytest.raises(Conflict) as refused:
        guess(service, certificate_id, PIN)
    assert refused.value.rule == "certificates.not_kept"


def test_a_sealed_key_moved_to_another_certificate_does_not_open(service: Service):
    first = service.issued()
    kept = KeptKey.objects.get(pk=first)
    assert kept_keys.unseal(first, kept.salt, kept.sealed, PIN)
    with pytest.raises(kept_keys.WrongPin):
        kept_keys.unseal(uuid.uuid4(), kept.salt, kept.sealed, PIN)


def test_a_sealed_key_does_not_open_under_another_master_secret(service: Service, settings):
    first = service.issued()
    kept = KeptKey.objects.get(pk=first)
    settings.SECRET_KEY = "another"
    with pytest.raises(kept_keys.WrongPin):
        kept_keys.unseal(first, kept.salt, kept.sealed, PIN)


def test_a_pin_is_changed_by_who_knows_it(service: Service):
    certificate_id = service.issued()

    def change(pin: str, new: str, again: str) -> None:
        actions.change_pin(
            actor=service.holder, certificate_id=certificate_id, pin=pin, new=new, again=again, at=service.at
        )

    for given, field in (
        ((PIN, "1", "1"), "new"),
        ((PIN, "918273", "918274"), "again"),
        (("000111", "918273", "918273"), "pin"),
    ):
        with pytest.raises(Invalid) as refused, transaction.atomic():
            change(*given)
        assert set(refused.value.fields) == {field}
    change(PIN, "918273", "918273")
    guess(service, certificate_id, "918273")
    with pytest.raises(Invalid):
        guess(service, certificate_id, PIN)


def test_what_can_sign_now_is_found_by_its_holder(service: Service):
    certificate_id = service.issued()
    found = queries.active_of(party_id=service.holder.party_id, at=service.at)
    assert [one.id for one in found] == [certificate_id]
    assert queries.active_of(account_id=service.holder.id, at=service.at) == []
    assert queries.active_of(at=service.at) == []
