"""The life of a certificate through its acts: every pair of state and verb, four eyes, keys, one entry an act."""

import uuid
from contextlib import closing
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from tests import world as worlds

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.base.ledger.queries import acts_of
from tongban.base.pki import keys
from tongban.base.pki.certificates import load_certificate
from tongban.base.pki.requests import build_request
from tongban.base.pki.tests import softhsm
from tongban.base.pki.tests.judge import accepted, file, refused
from tongban.base.pki.tokens import Token
from tongban.people.certificates import actions, queries
from tongban.people.certificates.models import Authority, Certificate, KeptKey
from tongban.people.certificates.rules.moves import (
    CertificateState,
    CertificateVerb,
    RevocationReason,
    find,
)
from tongban.people.certificates.rules.profiles import Algorithm, Delivery, ProfileKind
from tongban.people.certificates.rules.registering import Holder, ProofKind
from tongban.people.certificates.tests import service as services
from tongban.people.certificates.tests.service import PIN, Service

pytestmark = pytest.mark.django_db
S, V = CertificateState, CertificateVerb


@pytest.fixture
def service(settings, tmp_path) -> Service:
    settings.HOME = tmp_path
    return services.build(worlds.build())


def _press(service: Service, verb: V, actor: Actor, certificate_id: uuid.UUID) -> None:
    """The verb as that actor presses it; what only the platform does, time or another act brings."""
    common = {"actor": actor, "certificate_id": certificate_id, "at": service.at}
    reasons = {
        V.REFUSE: actions.refuse,
        V.SUSPEND: actions.suspend,
        V.RESUME: actions.resume,
        V.REPLACE: actions.replace,
    }
    plain = {
        V.APPROVE: actions.approve,
        V.WITHDRAW: actions.withdraw,
        V.TAKE: actions.take,
        V.RENEW: actions.renew,
    }
    if verb in reasons:
        reasons[verb](**common, because="测试")
    elif verb in plain:
        plain[verb](**common)
    elif verb is V.ISSUE:
        actions.issue(**common, pin=PIN)
    elif verb is V.REVOKE:
        actions.revoke(**common, reason=RevocationReason.KEY_COMPROMISE, because="测试")
    elif verb is V.DELIVER:
        softhsm.prepare()
        with closing(Token(softhsm.SOFTHSM, softhsm.HOLDER, softhsm.PIN)) as token:
            actions.deliver(**common, token=token)
    elif verb is V.SUPERSEDE:
        actions.supersede(**common, successor_id=certificate_id)


BY_TIME = (V.LAPSE, V.EXPIRE)


def _happened(certificate_id: uuid.UUID, after: int) -> list[str]:
    acts = acts_of(f"certificate:{certificate_id}")[after:]
    return [act.act for act in acts if act.act != "certificates.tell_expiry"]


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("verb", [verb for verb in V if verb not in BY_TIME])
def test_every_pair_of_state_and_verb_does_what_the_table_says_and_nothing_else(
    service: Service, state: S, verb: V
):
    certificate_id = service.in_state(state)
    before, acts = services.row(certificate_id), len(acts_of(f"certificate:{certificate_id}"))
    move = find(state, verb)
    actor = service.second if verb in (V.APPROVE, V.REFUSE, V.RESUME) else service.holder
    if verb in (V.SUPERSEDE, V.DELIVER):
        actor = services.OPERATOR
    if verb is V.RENEW:
        service.later(days=3 * 365 - 30)
    if move is None or verb in (V.TAKE, V.DELIVER):  # a kept key has no file to be taken, and is in no token
        with pytest.raises(Conflict):
            _press(service, verb, actor, certificate_id)
        after = services.row(certificate_id)
        assert (after.state, after.version) == (before.state, before.version)
        assert _happened(certificate_id, acts) == []
        return
    _press(service, verb, actor, certificate_id)
    after = services.row(certificate_id)
    assert (after.state, after.version) == (move.target, before.version + 1)
    assert _happened(certificate_id, acts) == [f"certificates.{verb}"]


@pytest.mark.parametrize("state", list(S))
def test_time_brings_what_the_table_says_and_nothing_else(service: Service, state: S):
    certificate_id = service.in_state(state)
    acts = len(acts_of(f"certificate:{certificate_id}"))
    actions.keep_time(actor=services.OPERATOR, at=service.later(days=4 * 365))
    expected = [f"certificates.{verb}" for verb in BY_TIME if find(state, verb)]
    assert _happened(certificate_id, acts) == expected


def test_the_ledger_tells_the_way_into_every_state(service: Service):
    for state in S:
        with transaction.atomic():
            certificate_id = service.in_state(state)
            told = [act.act.removeprefix("certificates.") for act in acts_of(f"certificate:{certificate_id}")]
            found = S.REQUESTED
            for verb in told[1:]:
                if verb != "tell_expiry":
                    move = find(found, V(verb))
                    assert move is not None
                    found = move.target
            assert found is state
            transaction.set_rollback(True)


def test_who_registered_does_not_approve_whatever_the_code_says(service: Service):
    certificate_id = service.registered()
    with pytest.raises(Forbidden) as refused:
        actions.approve(actor=service.first, certificate_id=certificate_id, at=service.at)
    assert refused.value.rule == "certificates.approve"
    with pytest.raises(IntegrityError, match="certificate_four_eyes"), transaction.atomic():
        Certificate.objects.filter(pk=certificate_id).update(
            state="approved", approved_by=service.first.id, approved_at=service.at
        )


def test_nobody_approves_a_certificate_of_her_own(service: Service):
    holder = Holder("登记员乙", account_id=service.second.id, organ_id=service.world.organ_id)
    certificate_id = service.registered(
        profile=ProfileKind.OFFICIAL, holder=holder, document=ProofKind.STAFF_CARD, document_number="琼A-001"
    )
    with pytest.raises(Forbidden):
        actions.approve(actor=service.second, certificate_id=certificate_id, at=service.at)
    with pytest.raises(IntegrityError, match="certificate_not_ones_own"), transaction.atomic():
        Certificate.objects.filter(pk=certificate_id).update(
            state="approved", approved_by=service.second.id, approved_at=service.at
        )
    actions.approve(actor=service.provincial, certificate_id=certificate_id, at=service.at)


def test_a_stranger_and_a_registrar_of_another_place_see_nothing(service: Service):
    certificate_id = service.issued()
    for actor in (service.world.stranger, service.elsewhere, service.world.clerk):
        with pytest.raises(NotFound):
            queries.one(actor, certificate_id, at=service.at)
        with pytest.raises(NotFound):
            actions.suspend(actor=actor, certificate_id=certificate_id, because="测试", at=service.at)
        assert queries.listed(actor) == []
        assert queries.mine(actor, at=service.at) == []
    for actor in (service.holder, service.first, service.provincial):
        assert queries.one(actor, certificate_id, at=service.at).id == certificate_id


def test_what_is_asked_online_waits_for_the_province(service: Service):
    certificate_id = service.asked()
    assert queries.listed(service.second) == []
    assert [one.id for one in queries.listed(service.provincial)] == [certificate_id]
    assert queries.waiting(service.provincial) == 1
    actions.approve(actor=service.provincial, certificate_id=certificate_id, at=service.at)


def test_the_same_is_not_asked_twice_while_it_waits(service: Service):
    service.asked()
    with pytest.raises(Conflict) as refused:
        service.asked()
    assert refused.value.rule == "certificates.asked_once"


def test_a_session_below_the_level_of_the_profile_asks_for_nothing(service: Service):
    low = Actor(kind=service.holder.kind, id=service.holder.id, party_id=service.holder.party_id, level=2)
    with pytest.raises(Forbidden) as refused:
        actions.ask(actor=low, name="王秀兰", algorithm=Algorithm.P256, delivery=Delivery.KEPT, at=service.at)
    assert refused.value.rule == "certificates.level"


def test_a_second_press_under_the_same_key_gives_the_same_and_does_nothing(service: Service):
    key = str(uuid.uuid4())
    given = {"name": "王秀兰", "algorithm": Algorithm.P256, "delivery": Delivery.KEPT, "key": key}
    first = actions.ask(actor=service.holder, at=service.at, **given)
    assert actions.ask(actor=service.holder, at=service.at, **given) == first
    press = str(uuid.uuid4())
    for _ in range(2):
        actions.approve(actor=service.provincial, certificate_id=first, at=service.at, key=press)
    assert len(acts_of(f"certificate:{first}")) == 2
    issue = str(uuid.uuid4())
    for _ in range(2):
        actions.issue(actor=service.holder, certificate_id=first, pin=PIN, at=service.at, key=issue)
    assert len(acts_of(f"certificate:{first}")) == 3


def test_a_stale_page_is_refused(service: Service):
    certificate_id = service.approved()
    with pytest.raises(Conflict) as refused:
        actions.withdraw(actor=service.holder, certificate_id=certificate_id, at=service.at, version=1)
    assert refused.value.rule == "certificates.version"


def test_only_the_holder_sets_a_pin_and_a_weak_one_is_told_at_its_field(service: Service):
    certificate_id = service.approved()
    with pytest.raises(Forbidden):
        actions.issue(actor=service.first, certificate_id=certificate_id, pin=PIN, at=service.at)
    for given, field in (({"pin": "123"}, "pin"), ({"pin": PIN, "again": "830943"}, "again")):
        with pytest.raises(Invalid) as refused:
            actions.issue(actor=service.holder, certificate_id=certificate_id, at=service.at, **given)
        assert set(refused.value.fields) == {field}
    assert services.row(certificate_id).state == S.APPROVED


def test_the_key_is_kept_neither_open_nor_after_the_certificate_has_ended(service: Service):
    certificate_id = service.issued()
    kept = KeptKey.objects.get(pk=certificate_id)
    public = load_certificate(bytes(services.row(certificate_id).certificate)).public
    assert public.point not in bytes(kept.sealed)
    service.revoke(certificate_id)
    assert not KeptKey.objects.filter(pk=certificate_id).exists()


def test_a_request_of_ones_own_is_answered_for_its_key_and_its_wishes_are_not_followed(service: Service):
    private = keys.generate(keys.Algorithm.P256)
    request = build_request([("C", "CN"), ("O", "省长"), ("CN", "别人")], private).pem.decode()
    certificate_id = service.approved(delivery=Delivery.REQUEST, request=request)
    assert actions.issue_requested(actor=services.OPERATOR, certificate_id=certificate_id, at=service.at)
    assert not actions.issue_requested(actor=services.OPERATOR, certificate_id=certificate_id, at=service.at)
    made = load_certificate(bytes(services.row(certificate_id).certificate))
    assert made.public == private.public
    assert "CN=王秀兰" in made.name
    assert "别人" not in made.name
    assert not made.ca


def test_a_request_that_is_broken_unsigned_or_of_another_algorithm_is_told_at_its_field(service: Service):
    mine, other = keys.generate(keys.Algorithm.P256), keys.generate(keys.Algorithm.SM2)
    good = build_request([("CN", "甲")], mine).pem.decode()
    stolen = build_request([("CN", "甲")], mine).der.replace(
        mine.public.point, keys.generate(keys.Algorithm.P256).public.point
    )
    from tongban.base.pki import pem

    for text in (
        "",
        "随便写写",
        good[:-80],
        "x" * 30_000,
        build_request([("CN", "甲")], other).pem.decode(),
        pem.armour("CERTIFICATE REQUEST", stolen).decode(),
    ):
        with pytest.raises(Invalid) as refused:
            service.registered(delivery=Delivery.REQUEST, request=text)
        assert set(refused.value.fields) == {"request"}


def test_a_file_is_taken_once_and_then_it_is_nowhere(service: Service, tmp_path):
    certificate_id = service.approved(delivery=Delivery.FILE)
    issued = actions.issue(actor=service.holder, certificate_id=certificate_id, at=service.at)
    assert len(issued.passphrase) == 24
    taken = file(
        tmp_path,
        "taken.p12",
        actions.take(actor=service.holder, certificate_id=certificate_id, at=service.at),
    )
    words = ("pkcs12", "-in", taken, "-nodes")
    opened = accepted(*words, "-passin", f"pass:{issued.passphrase}")
    assert opened.count("BEGIN CERTIFICATE") == 3
    assert "BEGIN PRIVATE KEY" in opened
    refused(*words, "-passin", "pass:000000")
    assert services.row(certificate_id).parcel is None
    with pytest.raises(Conflict) as gone:
        actions.take(actor=service.holder, certificate_id=certificate_id, at=service.at)
    assert gone.value.rule == "certificates.taken"


def test_a_renewal_follows_without_a_second_person_and_supersedes_when_it_is_fetched(service: Service):
    first = service.issued()
    service.later(days=3 * 365 - 30)
    second = actions.renew(actor=service.holder, certificate_id=first, at=service.at)
    with pytest.raises(Conflict) as refused:
        actions.renew(actor=service.holder, certificate_id=first, at=service.at)
    assert refused.value.rule == "certificates.followed"
    assert services.row(first).state == S.ISSUED
    actions.issue(actor=service.holder, certificate_id=second, pin=PIN, at=service.at)
    assert (services.row(first).state, services.row(first).ended_because) == (S.SUPERSEDED, "superseded")
    assert services.row(second).approved_by == service.second.id


def test_a_replacement_waits_for_what_was_asked_before_it(service: Service):
    certificate_id = service.issued()
    service.registered()
    with pytest.raises(Conflict) as refused:
        actions.replace(actor=service.holder, certificate_id=certificate_id, because="改名", at=service.at)
    assert refused.value.rule == "certificates.asked_once"


def test_a_replacement_is_approved_anew(service: Service):
    first = service.issued()
    second = actions.replace(actor=service.first, certificate_id=first, because="改名", at=service.at)
    with pytest.raises(Forbidden):
        actions.approve(actor=service.first, certificate_id=second, at=service.at)
    assert services.row(second).state == S.REQUESTED


def test_a_holder_cannot_take_her_certificate_off_hold_by_herself(service: Service):
    certificate_id = service.in_state(S.SUSPENDED)
    with pytest.raises(Forbidden):
        actions.resume(actor=service.holder, certificate_id=certificate_id, because="找到了", at=service.at)
    actions.resume(actor=service.first, certificate_id=certificate_id, because="本人到场", at=service.at)
    assert services.row(certificate_id).suspended_at is None


def test_a_reason_that_is_not_hers_to_give_is_refused(service: Service):
    certificate_id = service.issued()
    for actor, reason in (
        (service.holder, RevocationReason.PRIVILEGE_WITHDRAWN),
        (service.holder, RevocationReason.SUPERSEDED),
        (service.first, RevocationReason.SUPERSEDED),
    ):
        with pytest.raises(Invalid):
            actions.revoke(
                actor=actor, certificate_id=certificate_id, reason=reason, because="测试", at=service.at
            )
    with pytest.raises(Invalid):
        actions.suspend(actor=service.holder, certificate_id=certificate_id, because="  ", at=service.at)


def test_what_ends_soon_is_told_once(service: Service):
    certificate_id = service.issued()
    actions.keep_time(actor=services.OPERATOR, at=service.later(days=3 * 365 - 40))
    assert services.row(certificate_id).told_at is None
    assert actions.keep_time(actor=services.OPERATOR, at=service.later(days=20)) == 1
    assert actions.keep_time(actor=services.OPERATOR, at=service.later(days=1)) == 0
    told = [act.act for act in acts_of(f"certificate:{certificate_id}")]
    assert told.count("certificates.tell_expiry") == 1
    assert [one.id for one in queries.listed(service.first, expiring_at=service.at)] == [certificate_id]


@pytest.mark.parametrize(
    "changed",
    [
        "UPDATE certificate SET name = '别人'",
        "UPDATE certificate SET certificate = '\\x00'",
        "UPDATE certificate SET not_after = not_after + interval '1 day'",
        "UPDATE certificate SET approved_by = NULL",
        "DELETE FROM certificate_kept_key; DELETE FROM certificate",
    ],
)
def test_the_database_itself_refuses_to_change_what_was_issued(service: Service, changed: str):
    service.issued()
    with pytest.raises(DatabaseError, match=r"is issued|kept for good"), transaction.atomic():
        connection.cursor().execute(changed)


def test_the_database_itself_refuses_a_way_back_from_a_revocation(service: Service):
    service.in_state(S.REVOKED)
    with pytest.raises(DatabaseError, match="has ended"), transaction.atomic():
        connection.cursor().execute(
            "UPDATE certificate SET state = 'issued', ended_because = '', ended_at = NULL"
        )


def test_nothing_personal_stands_in_the_ledger_or_open_in_the_table(service: Service):
    certificate_id = service.issued()
    told = " ".join(str(act.data) for act in acts_of(f"certificate:{certificate_id}"))
    assert "王秀兰" not in told
    assert "460106199001012127" not in told
    assert b"460106199001012127" not in bytes(services.row(certificate_id).proof)
    proof = queries.proof_of(service.first, certificate_id)
    assert (proof.number, proof.seen_by) == ("460106199001012127", "登记员甲")


def test_statistics_count_what_a_registrar_reaches(service: Service):
    service.issued()
    service.in_state(S.REVOKED)
    service.asked()
    found = queries.statistics(service.first, at=service.at)
    assert found.by_state == {(ProfileKind.PERSON, S.ISSUED): 1, (ProfileKind.PERSON, S.REVOKED): 1}
    assert list(found.issued.values())[-1] == 2
    assert list(found.ended.values())[-1] == 1
    assert len(found.issued) == 12
    assert queries.statistics(service.provincial, at=service.at).total(ProfileKind.PERSON) == 3
    assert queries.statistics(service.elsewhere, at=service.at).by_state == {}


def test_a_refusal_is_never_a_fault(service: Service):
    for state in (S.ISSUED, S.REQUESTED):
        certificate_id = service.in_state(state)
        for verb in V:
            for actor in (service.world.stranger, service.world.clerk):
                if verb not in BY_TIME:
                    with pytest.raises(Refusal):
                        _press(service, verb, actor, certificate_id)


def test_three_years_are_three_years(service: Service):
    found = services.row(service.issued())
    assert found.not_after - found.not_before == timedelta(days=3 * 365)


def test_every_state_is_what_the_ledger_says_and_a_change_behind_its_back_is_found(service: Service):
    for state in S:
        with transaction.atomic():
            service.in_state(state)
            assert list(queries.against_ledger()) == []
            transaction.set_rollback(True)
    certificate_id = service.issued()
    successor = actions.renew(
        actor=service.holder, certificate_id=certificate_id, at=service.later(days=3 * 365 - 30)
    )
    assert list(queries.against_ledger()) == []
    Certificate.objects.filter(pk=successor).update(state="withdrawn")
    Certificate.objects.filter(pk=certificate_id).update(
        state="revoked", ended_at=service.at, ended_because="unspecified"
    )
    problems = {
        (finding.row, finding.problem.partition(":")[2].strip()) for finding in queries.against_ledger()
    }
    assert problems == {
        (f"certificate({successor})", "its state is not what the ledger says"),
        (f"certificate({certificate_id})", "its state is not what the ledger says"),
        (f"certificate({certificate_id})", "its end is not what the ledger says"),
    }


def test_an_authority_put_in_the_place_of_another_is_found(service: Service):
    found = Authority.objects.get(kind="issuing")
    Authority.objects.filter(pk=found.id).update(fingerprint="0" * 64)
    assert [finding.row for finding in queries.against_ledger()] == [f"certificate_authority({found.id})"]
