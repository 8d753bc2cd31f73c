"""What a decision may be, what has to wait for it, and what may follow it."""

from datetime import date, timedelta

import pytest
from tests import engine
from tests import world as worlds

from tongban.base.actor import system
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.records.licences import queries as licences
from tongban.work.cases import actions, jobs, queries
from tongban.work.cases.models import Case, Check, Document
from tongban.work.cases.rules.checks import CheckState
from tongban.work.cases.rules.moves import State, Verb

TODAY = date(2026, 11, 25)
CODE = "000123011000"


def decided(world, case, **given):
    return actions.grant(**{"actor": world.decider, "case_id": case.id, "note": "", "at": world.at} | given)


def test_a_partial_grant_says_what_is_not_granted_and_why(world):
    case = worlds.examined(world)
    given = {"actor": world.decider, "case_id": case.id, "at": world.at}
    with pytest.raises(Invalid) as refusal:
        actions.grant_partly(reason="", article="", **given)
    assert set(refusal.value.fields) == {"reason", "article"}
    assert actions.grant_partly(**engine.WORDS, **given).state is State.GRANTED
    engine.issued(case)
    view = queries.one(world.applicant, case.id)
    assert (view.state, view.documents[-1].body) == (State.CLOSED, engine.WORDS)
    assert licences.of_case(world.applicant, case.id, on=TODAY) is not None


def test_an_instant_item_is_accepted_and_decided_in_one_act(world):
    case = engine.submitted(world, engine.item(world, CODE, **engine.INSTANT))
    given = {"case_id": case.id, "note": "", "at": world.at}
    with pytest.raises(Forbidden):
        actions.grant_at_once(actor=world.clerk, **given)
    assert actions.grant_at_once(actor=world.decider, **given).state is State.GRANTED
    row = Case.objects.get(pk=case.id)
    assert (row.accepted_at, row.decided_at) == (world.at, world.at)
    assert (row.promised_on, row.act_by) == (
        date(2026, 11, 2),
        date(2026, 11, 16),
    )  # at once; delivery in ten days


def test_an_ordinary_item_is_not_decided_at_once(world):
    with pytest.raises(Conflict):
        actions.grant_at_once(actor=world.decider, case_id=worlds.submitted(world).id, note="", at=world.at)


def test_a_rule_grants_what_meets_it_and_keeps_rule_inputs_and_result(world):
    case = engine.submitted(world, engine.item(world, CODE, **engine.RULE), own_place="own")
    jobs.decide_by_rule(0, str(case.id), case.number or "")
    row = Case.objects.get(pk=case.id)
    document = Document.objects.get(case_id=case.id, verb=Verb.GRANT_BY_RULE)
    assert (row.state, document.by_id) == ("granted", None)
    inputs = document.body.pop("inputs")
    assert inputs.pop("on") >= "2026-11-02"
    assert inputs == {"answers": {"own_place": "own"}, "licences": {"123": None}}
    assert document.body == {
        "rule": {"name": "自有场所自动审批", "when": {"own_place": ["own"]}, "lacks": ["123"]},
        "edition": str(row.edition_id),
        "result": "grant",
    }
    engine.issued(case)
    reviewed = actions.review(actor=world.reviewer, case_id=case.id, opinion="规则用得对", at=world.at)
    assert reviewed.state is State.CLOSED


def test_what_does_not_meet_the_rule_waits_for_a_person(world):
    code = engine.item(world, CODE, **engine.RULE)
    rented = engine.submitted(world, code)
    jobs.decide_by_rule(0, str(rented.id), rented.number or "")
    first = engine.submitted(world, code, own_place="own")
    actions.grant_by_rule(actor=system("tests"), case_id=first.id, at=world.at)
    engine.issued(first)
    second = engine.submitted(
        world, code, own_place="own"
    )  # she holds the licence now, which the rule excludes
    with pytest.raises(Conflict) as refusal:
        actions.grant_by_rule(actor=system("tests"), case_id=second.id, at=world.at + timedelta(days=60))
    assert refusal.value.rule == "cases.rule_unmet"
    assert {Case.objects.get(pk=one.id).state for one in (rented, second)} == {"submitted"}
    assert actions.accept(actor=world.clerk, case_id=rented.id, at=world.at).state is State.ACCEPTED


def test_what_is_delivered_by_hand_is_made_then_delivered_with_a_receipt(world):
    case = engine.draft(world, world.item_code, by_hand="post")
    actions.submit(actor=world.applicant, case_id=case.id, at=world.at)
    actions.accept(actor=world.clerk, case_id=case.id, at=world.at)
    actions.examine(actor=world.reviewer, case_id=case.id, opinion="符合条件", at=world.at)
    engine.issued(decided(world, case))
    row = Case.objects.get(pk=case.id)
    assert (row.state, row.ended_at, row.act_by) == ("made", None, date(2026, 11, 16))
    given = {"actor": world.clerk, "case_id": case.id, "at": world.at}
    with pytest.raises(Invalid) as refusal:
        actions.deliver(recipient="王秀兰", **given)
    assert set(refusal.value.fields) == {"tracking"}  # a letter has a number
    actions.deliver(recipient="王秀兰", tracking="EMS123", **given)
    row = Case.objects.get(pk=case.id)
    assert (row.state, row.ended_at, row.act_by) == ("closed", world.at, None)
    receipt = Document.objects.get(case_id=case.id, verb=Verb.DELIVER)
    assert receipt.body == {"way": "post", "recipient": "王秀兰", "tracking": "EMS123"}
    assert list(queries.against_ledger()) == []


@pytest.mark.parametrize(
    "make", [worlds.submitted, worlds.supplement, worlds.accepted, worlds.examined, worlds.granted]
)
def test_a_case_is_ended_for_a_lawful_reason_until_its_licence_is_made(world, make):
    case = make(world)
    given = {"actor": world.decider, "case_id": case.id, "at": world.at}
    with pytest.raises(Invalid):
        actions.terminate(reason="申请人死亡", article="", **given)
    assert actions.terminate(reason="申请人死亡", article="行政许可法第七十条", **given).state is State.ENDED
    row = Case.objects.get(pk=case.id)
    assert (row.act_by, row.ended_at) == (None, world.at)
    jobs.issue_licence(0, str(case.id), case.number or "")  # the worker comes late and makes nothing
    assert licences.of_case(world.applicant, case.id, on=TODAY) is None


def test_a_decision_is_revoked_together_with_its_licence(world):
    case = worlds.closed(world)
    licence = licences.of_case(world.applicant, case.id, on=TODAY)
    assert licence is not None
    given = {
        "case_id": case.id,
        "reason": "以欺骗手段取得",
        "article": "行政许可法第六十九条",
        "at": world.at,
    }
    with pytest.raises(Forbidden):
        actions.revoke(actor=world.reviewer, **given)
    assert actions.revoke(actor=world.decider, **given).state is State.REVOKED
    after = licences.of_case(world.applicant, case.id, on=TODAY)
    assert after is not None
    assert (licence.revoked_because, after.revoked_because) == ("", "以欺骗手段取得")
    assert [*queries.against_ledger(), *licences.against_ledger()] == []


def test_a_slip_of_the_pen_is_corrected_without_overwriting_what_went_out(world):
    case = worlds.closed(world)
    given = {"actor": world.decider, "case_id": case.id, "wrong": "滨海大道1号", "right": "滨海大道11号"}
    before = Document.objects.get(case_id=case.id, verb=Verb.GRANT).body
    for _ in range(2):  # several slips may be found
        actions.correct(document=Verb.GRANT, at=world.at, **given)
    assert Document.objects.get(case_id=case.id, verb=Verb.GRANT).body == before
    assert Document.objects.filter(case_id=case.id, verb=Verb.CORRECT).count() == 2
    with pytest.raises(Invalid) as refusal:
        actions.correct(document=Verb.REFUSE, at=world.at, **given)
    assert set(refusal.value.fields) == {"document"}  # there is no such document to correct


# Deferred materials (容缺).


def test_what_may_follow_later_has_its_date_and_a_grant_waits_for_it(world):
    case = engine.submitted(world, engine.item(world, CODE, **engine.later("lease")), without=("lease",))
    actions.accept(actor=world.clerk, case_id=case.id, at=world.at)
    assert Case.objects.get(pk=case.id).later_by == date(2026, 11, 16)
    actions.examine(actor=world.reviewer, case_id=case.id, opinion="等租赁合同", at=world.at)
    with pytest.raises(Conflict) as refusal:
        decided(world, case)
    assert refusal.value.rule == "cases.later"
    assert "租赁合同" in str(refusal.value)
    give = {"actor": world.applicant, "case_id": case.id, "at": world.at}
    for given in ({}, {"plan": worlds.material(world)}, {"report": worlds.material(world)}):
        with pytest.raises(Invalid):
            actions.hand_in(given=given, **give)
    actions.hand_in(given={"lease": worlds.material(world)}, **give)
    assert Case.objects.get(pk=case.id).later_by is None
    assert decided(world, case).state is State.GRANTED
    assert list(queries.against_ledger()) == []


def test_a_material_of_somebody_else_is_not_handed_in(world):
    case = engine.accepted(world, engine.item(world, CODE, **engine.later("lease")), without=("lease",))
    foreign = worlds.material(world, world.stranger)
    with pytest.raises(NotFound) as refusal:
        actions.hand_in(actor=world.applicant, case_id=case.id, given={"lease": foreign}, at=world.at)
    assert refusal.value.rule == "cases.material"
    assert Case.objects.get(pk=case.id).later_by is not None


# Commitment (告知承诺).


def committed(world, code, **given):
    case = engine.draft(world, code, without=("report",), **given)
    actions.commit(actor=world.applicant, case_id=case.id, agreed=True, at=world.at)
    return case


def test_who_commits_need_not_hand_in_what_the_promise_replaces_and_is_decided_at_once(world):
    code = engine.item(world, CODE, **engine.COMMITMENT)
    case = committed(world, code)
    actions.commit(actor=world.applicant, case_id=case.id, agreed=False, at=world.at)
    with pytest.raises(Invalid) as refusal:
        actions.submit(actor=world.applicant, case_id=case.id, at=world.at)
    assert set(refusal.value.fields) == {"material:report"}
    actions.commit(actor=world.applicant, case_id=case.id, agreed=True, at=world.at)
    actions.submit(actor=world.applicant, case_id=case.id, at=world.at)
    actions.grant_at_once(actor=world.decider, case_id=case.id, note="", at=world.at)
    check = Check.objects.get(case_id=case.id)
    assert (check.state, check.due_on) == (CheckState.SCHEDULED, date(2026, 12, 14))  # thirty working days
    told = [
        moment.data for moment in queries.one(world.applicant, case.id).moments if moment.verb is Verb.SUBMIT
    ]
    assert told[0]["committed"]["edition"] == str(Case.objects.get(pk=case.id).edition_id)


def test_only_an_item_that_knows_a_commitment_takes_one_and_only_in_a_draft(world):
    plain = worlds.draft_filled(world)
    with pytest.raises(Invalid):
        actions.commit(actor=world.applicant, case_id=plain.id, agreed=True, at=world.at)
    sent = engine.submitted(world, engine.item(world, CODE, **engine.COMMITMENT))
    with pytest.raises(Conflict):
        actions.commit(actor=world.applicant, case_id=sent.id, agreed=True, at=world.at)


def test_who_broke_a_promise_and_did_not_repair_it_cannot_promise_again(world):
    code = engine.item(world, CODE, **engine.COMMITMENT)
    first, second = committed(world, code), committed(world, code)
    actions.submit(actor=world.applicant, case_id=first.id, at=world.at)
    actions.grant_at_once(actor=world.decider, case_id=first.id, note="", at=world.at)
    given = {"case_id": first.id, "at": world.at}
    until = TODAY + timedelta(days=30)
    for _ in range(2):  # the second press is no second breach
        actions.find_breach(
            actor=world.reviewer, finding="报告是假的", rectify_by=until, key="breach", **given
        )
    assert Check.objects.get(pk=first.id).state == CheckState.BREACHED
    with pytest.raises(Conflict) as refusal:
        actions.submit(actor=world.applicant, case_id=second.id, at=world.at)
    assert refusal.value.rule == "cases.bad_record"
    with pytest.raises(Conflict):
        committed(world, code)
    assert (
        engine.submitted(world, code).state is State.SUBMITTED
    )  # with all materials she applies like anybody
    actions.find_rectified(actor=world.reviewer, finding="已经补测合格", **given)
    with pytest.raises(Conflict):
        committed(world, code)  # what is put right stays on record until it is repaired
    actions.repair_record(actor=world.decider, reason="整改合格满三个月", **given)
    assert actions.submit(actor=world.applicant, case_id=second.id, at=world.at).state is State.SUBMITTED
