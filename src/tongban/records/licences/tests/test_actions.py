"""Licences issued, read by three people, verified, revoked, and held against the ledger."""

import re
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from tests import world as worlds
from tests.world import AT, World

from tongban.base.actor import PUBLIC, Actor, system
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ledger.queries import acts_of
from tongban.base.tests.sealing import as_of_its_stamp, signature_of
from tongban.people.certificates import actions as seals
from tongban.people.certificates import queries as certificates
from tongban.people.certificates.tests import service as services
from tongban.records.licences import actions, queries
from tongban.records.licences.actions import Grant
from tongban.records.licences.models import Licence
from tongban.records.licences.rules import LONGEST_REASON, Standing
from tongban.standards import licence_id

PLATFORM = system("tests.licences")
TODAY = date(2026, 11, 2)


@pytest.fixture
def world(db: None) -> World:
    return worlds.build()


def grant(world: World, **changed: object) -> Grant:
    given: dict[str, object] = {
        "case_id": uuid.uuid4(),
        "case_number": "测试办件",
        "name": "公共场所卫生许可证",
        "licence_type": "123",
        "holder_id": world.applicant.party_id,
        "issuer_id": world.organ_id,
        "place": worlds.COUNTY,
        "facts": [{"label": "店名", "value": "阿秀理发店"}],
        "valid_years": 4,
        "demonstration": True,
    }
    return Grant(**given | changed)  # type: ignore[arg-type] # a table of changes is what the tests read best


def issue(world: World, at: datetime = AT, actor: Actor = PLATFORM, **changed: object) -> Licence:
    return Licence.objects.get(pk=actions.issue(actor=actor, grant=grant(world, **changed), at=at))


def revoke(world: World, licence: Licence, actor: Actor | None = None, **given: object) -> None:
    given = {"because": "发证的依据有误。", "at": AT} | given
    actions.revoke(actor=actor or world.decider, licence_id=licence.id, **given)  # type: ignore[arg-type] # as above


# ── issuing ──


def test_what_is_issued_is_signed_numbered_and_recorded(world: World):
    licence = issue(world)
    pdf = b"".join(queries.open_document(licence.document_id))
    assert pdf.startswith(b"%PDF-")
    assert b"/ByteRange" in pdf
    assert licence_id.check(licence.identifier)
    assert licence_id.parse(licence.identifier).serial == "2026000001"
    assert (licence.valid_from, licence.valid_to) == (TODAY, date(2030, 11, 1))
    (act,) = acts_of(f"licence:{licence.id}")
    assert (act.act, act.data["content"]) == ("licences.issue", queries.content_digest(licence))
    assert "王秀兰" not in str(act)
    assert licence.token not in str(act)


def test_a_licence_bears_the_seal_of_its_organ_and_is_judged_by_the_root_alone(
    world: World, settings, tmp_path
):
    settings.HOME = tmp_path
    service = services.build(world, at=AT - timedelta(days=1))
    held = service.sealed()
    licence = issue(world)
    pdf = b"".join(queries.open_document(licence.document_id))
    said = as_of_its_stamp(pdf, certificates.roots()[0].der)
    assert said.bottom_line, said.pretty_print_details()
    assert said.timestamp_validity is not None
    assert said.timestamp_validity.timestamp == AT
    assert signature_of(pdf).signer_cert.dump() == certificates.file_of(service.first, held)


def test_while_the_seal_is_on_hold_nothing_is_issued_and_no_number_is_lost(world: World, settings, tmp_path):
    settings.HOME = tmp_path
    service = services.build(world, at=AT - timedelta(days=1))
    held = service.sealed()
    seals.suspend(actor=service.first, certificate_id=held, because="盘点", at=service.at)
    for _ in range(2):
        with pytest.raises(Conflict) as refusal:
            issue(world)
        assert refusal.value.rule == "certificates.seal_not_in_force"
    assert not Licence.objects.exists()
    seals.resume(actor=service.first, certificate_id=held, because="盘点完了", at=service.at)
    assert licence_id.parse(issue(world).identifier).serial == "2026000001"


def test_the_year_and_the_first_day_are_those_on_the_wall_in_china(world: World):
    eve = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)  # midnight in China
    licence = issue(world, eve, valid_years=None)
    assert (licence.valid_from, licence.valid_to) == (date(2027, 1, 1), None)
    assert licence_id.parse(licence.identifier).serial == "2027000001"


def test_serials_have_no_gap_for_one_kind_and_year_though_one_fails_between(world: World):
    first = issue(world)
    with pytest.raises(Conflict):
        issue(world, case_id=first.case_id)
    with transaction.atomic():
        issue(world)
        transaction.set_rollback(True)
    serials = [licence_id.parse(issue(world).identifier).serial for _ in range(3)]
    assert serials == ["2026000002", "2026000003", "2026000004"]
    other = issue(world, licence_type="124")
    assert licence_id.parse(other.identifier).serial == "2026000001"


def test_a_case_has_one_licence(world: World):
    licence = issue(world)
    with pytest.raises(Conflict) as refusal:
        issue(world, case_id=licence.case_id)
    assert refusal.value.rule == "licences.once"
    assert Licence.objects.count() == 1
    assert queries.exists_for_case(licence.case_id)
    assert not queries.exists_for_case(uuid.uuid4())


def test_nobody_but_the_platform_issues(world: World):
    for actor in (world.applicant, world.clerk, world.decider, PUBLIC):
        with pytest.raises(Forbidden) as refusal:
            issue(world, actor=actor)
        assert refusal.value.rule == "licences.issue"
    assert not Licence.objects.exists()


def test_every_token_is_new_and_has_128_bits(world: World):
    tokens = {issue(world).token for _ in range(3)}
    assert len(tokens) == 3
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", token) for token in tokens)


def eight(work: Callable[[int], bool]) -> list[bool]:
    def alone(n: int) -> bool:
        try:
            return work(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(alone, range(8)))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_eight_at_the_same_time_one_issues_and_seven_are_told():
    world = worlds.build()
    case = uuid.uuid4()

    def work(_: int) -> bool:
        try:
            issue(world, case_id=case)
        except Conflict as refusal:
            assert refusal.rule == "licences.once"  # noqa: PT017 -- seven of eight raise, one must not
            return False
        return True

    assert sum(eight(work)) == 1
    assert [licence_id.parse(found.identifier).serial for found in Licence.objects.all()] == ["2026000001"]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_eight_cases_at_the_same_time_get_eight_serials_without_a_gap():
    world = worlds.build()
    assert all(eight(lambda _: bool(issue(world).id)))
    serials = sorted(licence_id.parse(found.identifier).serial for found in Licence.objects.all())
    assert serials == [f"2026{n:06d}" for n in range(1, 9)]


# ── reading ──


def test_holder_and_issuer_read_it_and_a_stranger_does_not(world: World):
    licence = issue(world)
    everybody = [
        world.applicant,
        world.stranger,
        world.clerk,
        world.reviewer,
        world.decider,
        world.other_clerk,
        PLATFORM,
        PUBLIC,
    ]
    readers = [world.applicant, world.clerk, world.reviewer, world.decider]
    for actor in everybody:
        reads = actor in readers
        assert [view.id for view in queries.mine(actor, on=TODAY)] == ([licence.id] if reads else [])
        assert (queries.one(actor, licence.id, on=TODAY) is not None) == reads
        assert (queries.of_case(actor, licence.case_id, on=TODAY) is not None) == reads


def test_ones_own_come_newest_first(world: World):
    issued = [issue(world).id for _ in range(3)]
    assert [view.id for view in queries.mine(world.applicant, on=TODAY)] == issued[::-1]


# ── verification ──


def test_a_scanned_code_is_answered_by_the_day(world: World):
    licence = issue(world)
    answers = {
        day: queries.verify(licence.token, on=day).standing
        for day in (TODAY - timedelta(days=1), TODAY, date(2030, 11, 1), date(2030, 11, 2))
    }
    assert list(answers.values()) == [
        Standing.NOT_YET,
        Standing.VALID,
        Standing.VALID,
        Standing.EXPIRED,
    ]


def test_a_verifier_is_told_a_masked_name_and_no_facts(world: World):
    told = queries.verify(issue(world).token, on=TODAY)
    assert told.holder_name == "**兰"
    assert told.issuer_name == "海口市龙华区卫生健康委员会"
    assert "王秀兰" not in repr(told)
    assert "阿秀理发店" not in repr(told)


def test_a_revoked_licence_says_so_and_when(world: World):
    licence = issue(world)
    revoke(world, licence)
    told = queries.verify(licence.token, on=TODAY)
    assert (told.standing, told.revoked_at) == (Standing.REVOKED, AT)


@pytest.mark.parametrize("token", ["", "unknown", "x" * 10_000, "%", "a\0b", "\ud800", "王"])
def test_an_unknown_code_has_no_answer(world: World, token: str):
    issue(world)
    assert queries.verify(token, on=TODAY) is None


def test_neither_identifier_nor_another_case_of_letters_opens_a_licence(world: World):
    licence = issue(world)
    for near in (licence.identifier, licence.number, licence.token.swapcase(), f" {licence.token}"):
        assert queries.verify(near, on=TODAY) is None


# ── revoking ──


def test_a_decider_of_the_issuer_revokes_once_with_the_reason(world: World):
    licence = issue(world)
    revoke(world, licence, because=" 发证的依据有误。\r\n已经通知本人。 ")
    view = queries.one(world.applicant, licence.id, on=TODAY)
    assert (view.standing, view.revoked_because) == (Standing.REVOKED, "发证的依据有误。\n已经通知本人。")
    assert [act.act for act in acts_of(f"licence:{licence.id}")] == ["licences.issue", "licences.revoke"]
    with pytest.raises(Conflict) as refusal:
        revoke(world, licence)
    assert refusal.value.rule == "licences.move"


def test_who_may_read_but_not_revoke_is_told_and_others_find_nothing(world: World):
    licence = issue(world)
    for actor in (world.applicant, world.clerk, world.reviewer):
        with pytest.raises(Forbidden):
            revoke(world, licence, actor)
    for actor in (world.stranger, world.other_clerk, PLATFORM, PUBLIC):
        with pytest.raises(NotFound):
            revoke(world, licence, actor)
    assert queries.verify(licence.token, on=TODAY).standing is Standing.VALID


@pytest.mark.parametrize(
    "because", ["", " \u3000\n", "因\0为", "\u202e因为", "\ud800", "长" * (LONGEST_REASON + 1)]
)
def test_a_reason_that_cannot_be_shown_is_told_at_its_field(world: World, because: str):
    licence = issue(world)
    with pytest.raises(Invalid) as refusal:
        revoke(world, licence, because=because)
    assert set(refusal.value.fields) == {"because"}
    assert queries.verify(licence.token, on=TODAY).standing is Standing.VALID


def test_the_same_request_twice_revokes_once_and_its_key_opens_nothing_else(world: World):
    first, second = issue(world), issue(world)
    revoke(world, first, key="k")
    revoke(world, first, key="k", because="另一个理由")
    assert len(acts_of(f"licence:{first.id}")) == 2
    assert queries.one(world.applicant, first.id, on=TODAY).revoked_because == "发证的依据有误。"
    with pytest.raises(Conflict) as refusal:
        revoke(world, second, key="k")
    assert refusal.value.rule == "licences.key"
    assert queries.verify(second.token, on=TODAY).standing is Standing.VALID


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_eight_revocations_at_the_same_time_one_counts():
    world = worlds.build()
    licence = issue(world)

    def work(n: int) -> bool:
        try:
            revoke(world, licence, because=f"理由{n}")
        except Conflict:
            return False
        return True

    assert sum(eight(work)) == 1
    assert len(acts_of(f"licence:{licence.id}")) == 2


# ── against the ledger ──


def wrong() -> list[str]:
    return [f"{finding.row} {finding.problem}" for finding in queries.against_ledger()]


def test_what_was_issued_and_revoked_agrees_with_the_ledger(world: World):
    kept, gone = issue(world), issue(world, valid_years=None)
    revoke(world, gone)
    assert wrong() == []
    assert kept.id != gone.id


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"holder_name": "别人"}, "content"),
        ({"valid_to": date(2099, 1, 1)}, "content"),
        ({"facts": []}, "content"),
        ({"name": "别的证"}, "content"),
        ({"token": "another"}, "content"),
        ({"issued_at": AT - timedelta(seconds=1)}, "content"),
        ({"state": "revoked", "revoked_at": AT}, "state"),
    ],
)
def test_a_row_changed_behind_the_ledger_is_named(world: World, changed: dict[str, object], what: str):
    whole, licence = issue(world), issue(world)
    Licence.objects.filter(pk=licence.id).update(**changed)
    (found,) = wrong()
    assert str(licence.id) in found
    assert what in found
    assert str(whole.id) not in found


@pytest.mark.parametrize(
    "changed",
    [
        {"state": "issued", "revoked_at": None},
        {"revoked_because": "另一个理由"},
        {"revoked_at": AT + timedelta(days=9)},
    ],
)
def test_a_revocation_taken_back_or_rewritten_is_named(world: World, changed: dict[str, object]):
    licence = issue(world)
    revoke(world, licence)
    Licence.objects.filter(pk=licence.id).update(**changed)
    (found,) = wrong()
    assert f"licence({licence.id})" in found


def test_a_licence_that_is_gone_is_named(world: World):
    licence = issue(world)
    Licence.objects.filter(pk=licence.id).delete()
    assert wrong() == [f"licence({licence.id}) missing: recorded in the ledger"]
