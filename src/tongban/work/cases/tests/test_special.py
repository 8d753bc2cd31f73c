"""What lengthens a case lawfully: special procedures, extensions, the second notice; and who has to approve it."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from tests import engine
from tests import world as worlds

from tongban.base.errors import Conflict, Forbidden, Invalid
from tongban.people.identity.rules import Role
from tongban.work.cases import actions, queries
from tongban.work.cases.models import Case, Document, Proposal
from tongban.work.cases.rules.application import Demand
from tongban.work.cases.rules.moves import State, Verb

DEMANDS = [Demand("field:phone", "报告上的电话和这里的不同，请核对。")]


@pytest.fixture
def accepted(world) -> actions.Ref:
    return engine.accepted(world, engine.item(world, "000123011000", **engine.SPECIAL))


def day(world, days: int):
    return world.at + timedelta(days=days)


def test_a_special_procedure_stops_the_clock_and_what_stood_still_is_added(world, accepted):
    act = {"actor": world.reviewer, "case_id": accepted.id}
    assert Case.objects.get(pk=accepted.id).promised_on == date(2026, 11, 9)
    stopped = actions.suspend(kind="hearing", days=5, reason="申请人要求听证", at=day(world, 1), **act)
    row = Case.objects.get(pk=accepted.id)
    # Until the last of the days that were told nothing runs; both dates move by as much.
    assert (stopped.state, row.act_by, row.promised_on) == (
        State.SPECIAL,
        date(2026, 11, 10),
        date(2026, 11, 16),
    )
    actions.resume(at=day(world, 3), **act)
    row = Case.objects.get(pk=accepted.id)
    assert (row.act_by, row.due_on) == (date(2026, 11, 11), date(2026, 12, 2))  # two days only stood still
    document = Document.objects.get(case_id=accepted.id, verb=Verb.SUSPEND)
    assert document.body == {"kind": "hearing", "days": 5, "reason": "申请人要求听证"}


def test_a_special_procedure_that_outlasts_what_was_told_does_not_stop_the_clock_any_longer(world, accepted):
    act = {"actor": world.reviewer, "case_id": accepted.id}
    actions.suspend(kind="hearing", days=2, reason="听证", at=world.at, **act)
    told = Case.objects.get(pk=accepted.id).due_on
    actions.resume(at=day(world, 20), **act)
    assert Case.objects.get(pk=accepted.id).due_on == told == date(2026, 12, 2)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "auction"}, "kind"),  # the edition does not list it
        ({"days": 21}, "days"),  # longer than the edition says
        ({"days": 0}, "days"),
        ({"reason": " "}, "reason"),
    ],
)
def test_only_a_listed_procedure_told_with_days_and_reason_stops_the_clock(world, accepted, given, field):
    with pytest.raises(Invalid) as refusal:
        actions.suspend(
            actor=world.reviewer,
            case_id=accepted.id,
            at=world.at,
            **{"kind": "hearing", "days": 5, "reason": "听证"} | given,
        )
    assert set(refusal.value.fields) == {field}
    assert Case.objects.get(pk=accepted.id).state == "accepted"


def propose(world, case, **given):
    actions.propose_extension(
        **{"actor": world.reviewer, "case_id": case.id, "reason": "要到现场再看", "at": world.at} | given
    )


def test_an_extension_takes_two_people_and_is_given_once(world, accepted):
    approve = {"case_id": accepted.id, "at": day(world, 1)}
    with pytest.raises(Conflict) as refusal:
        actions.extend(actor=world.head, **approve)
    assert refusal.value.rule == "cases.no_proposal"
    propose(world, accepted)
    assert [p.body for p in queries.one(world.head, accepted.id).proposals] == [
        {"reason": "要到现场再看", "days": 10}
    ]
    assert queries.one(world.applicant, accepted.id).proposals == []
    with pytest.raises(Conflict) as refusal:
        propose(world, accepted)
    assert refusal.value.rule == "cases.proposed"
    with pytest.raises(Forbidden):
        actions.extend(actor=world.decider, **approve)
    assert actions.extend(actor=world.head, **approve).state is State.ACCEPTED
    row = Case.objects.get(pk=accepted.id)
    assert (row.promised_on, row.due_on, row.act_by) == (
        date(2026, 11, 9),
        date(2026, 12, 14),
        date(2026, 12, 14),
    )
    told = Document.objects.get(case_id=accepted.id, verb=Verb.EXTEND)
    assert told.body["proposed_by"] == str(world.reviewer.id)
    assert told.by_id == world.head.id
    propose(world, accepted)
    with pytest.raises(Conflict) as refusal:
        actions.extend(actor=world.head, **approve)
    assert refusal.value.rule == "cases.extended_once"


def test_who_proposed_does_not_approve_whatever_posts_they_hold(world, accepted):
    both = engine.also(world, world.reviewer, Role.HEAD)
    propose(world, accepted, actor=both)
    with pytest.raises(Forbidden) as refusal:
        actions.extend(actor=both, case_id=accepted.id, at=world.at)
    assert refusal.value.rule == "cases.two_people"
    assert actions.extend(actor=world.head, case_id=accepted.id, at=world.at)


def test_a_proposal_that_is_turned_down_changes_no_date_and_another_may_follow(world, accepted):
    before = Case.objects.filter(pk=accepted.id).values().get()
    propose(world, accepted)
    turn = {"case_id": accepted.id, "verb": Verb.EXTEND, "reason": "可以按时办完", "at": world.at}
    for outsider in (world.reviewer, world.decider, world.governor):
        with pytest.raises(Forbidden):
            actions.turn_down(actor=outsider, **turn)
    actions.turn_down(actor=world.head, **turn)
    assert Case.objects.filter(pk=accepted.id).values().get() == before
    with pytest.raises(Conflict):
        actions.extend(actor=world.head, case_id=accepted.id, at=world.at)
    propose(world, accepted)
    assert list(Proposal.objects.order_by("at", "id").values_list("approved", flat=True)) == [False, None]
    assert list(queries.against_ledger()) == []


def test_of_joint_handling_the_governor_of_the_place_approves_and_fifteen_days(world):
    engine.departments()
    case = engine.accepted(world, engine.item(world, "000123012000", **engine.JOINT))
    before = Case.objects.get(pk=case.id).due_on
    propose(world, case)
    with pytest.raises(Forbidden):
        actions.extend(actor=world.head, case_id=case.id, at=world.at)
    actions.extend(actor=world.governor, case_id=case.id, at=world.at)
    after = Case.objects.get(pk=case.id).due_on
    assert queries.calendar().provisional_between(before, after)[0] == 15


def test_a_head_of_a_department_does_not_answer_proposals_of_the_deciding_organ(world):
    hands = engine.departments()
    case = engine.accepted(world, engine.item(world, "000123012000", **engine.JOINT))
    propose(world, case)
    with pytest.raises(Forbidden):
        actions.turn_down(
            actor=hands["fire"].head, case_id=case.id, verb=Verb.EXTEND, reason="不同意", at=world.at
        )


def test_an_act_that_moves_nothing_is_done_once_under_one_key(world, accepted):
    for _ in range(2):
        propose(world, accepted, key="press")
    assert Proposal.objects.count() == 1
    for _ in range(2):
        actions.turn_down(
            actor=world.head,
            case_id=accepted.id,
            verb=Verb.EXTEND,
            reason="不必",
            at=world.at,
            key="answer",
        )
    propose(world, accepted, key="press-2")
    first = actions.extend(actor=world.head, case_id=accepted.id, at=world.at, key="extend")
    assert actions.extend(actor=world.head, case_id=accepted.id, at=world.at, key="extend") == first
    with pytest.raises(Conflict) as refusal:
        propose(world, engine.submitted(world, world.item_code), key="press-2")
    assert refusal.value.rule in ("cases.key", "cases.move")


def told_and_back(world) -> actions.Ref:
    """Told once; she mended the address and handed in a new report, from which something new arises."""
    case = worlds.supplement(world)
    give = {"actor": world.applicant, "case_id": case.id}
    actions.save(values={"address": "海口市龙华区滨海大道1号101铺"}, at=world.at, **give)
    later = world.at + timedelta(minutes=1)
    actions.attach(key="report", material_id=worlds.material(world, name="新报告.pdf"), at=later, **give)
    return actions.resubmit(at=later, **give)


def again(world, case, **given):
    actions.propose_second_notice(
        **{
            "actor": world.clerk,
            "case_id": case.id,
            "demands": DEMANDS,
            "because": "新交的报告写了另一个电话",
            "rests_on": "material:report",
            "at": world.at + timedelta(hours=1),
        }
        | given
    )


def test_a_second_notice_rests_on_something_that_arrived_and_is_approved_by_a_superior(world):
    case = told_and_back(world)
    again(world, case)
    with pytest.raises(Forbidden):
        actions.request_again(actor=world.clerk, case_id=case.id, at=day(world, 1))
    asked = actions.request_again(actor=world.head, case_id=case.id, at=day(world, 1))
    assert asked.state is State.SUPPLEMENT
    view = queries.one(world.applicant, case.id)
    assert view.demands() == {"field:phone": DEMANDS[0].text}
    # What may be changed now is what the second notice asks, no longer what the first one did.
    save = {"actor": world.applicant, "case_id": case.id, "at": day(world, 1)}
    assert actions.save(values={"phone": "13700137000"}, **save) == {}
    assert set(actions.save(values={"address": "别处"}, **save)) == {"address"}


@pytest.mark.parametrize("rests_on", ["material:lease", "field:shop_name", "nothing"])
def test_a_second_notice_on_what_was_there_before_is_refused(world, rests_on: str):
    case = told_and_back(world)
    with pytest.raises(Invalid) as refusal:
        again(world, case, rests_on=rests_on)
    assert set(refusal.value.fields) == {"rests_on"}
    with pytest.raises(Invalid) as refusal:
        again(world, case, demands=[Demand("field:income", "收入")], because="")
    assert set(refusal.value.fields) == {"field:income", "because"}
    assert not Proposal.objects.exists()


def test_a_first_notice_needs_no_superior_and_so_none_is_asked_before_it(world):
    case = worlds.submitted(world)
    with pytest.raises(Invalid):
        again(world, case)


def test_a_third_notice_is_refused_by_the_database_itself(world):
    case = told_and_back(world)
    again(world, case)
    actions.request_again(actor=world.head, case_id=case.id, at=day(world, 1))
    actions.resubmit(actor=world.applicant, case_id=case.id, at=day(world, 2))
    again(world, case, at=day(world, 2))
    with pytest.raises(Conflict) as refusal:
        actions.request_again(actor=world.head, case_id=case.id, at=day(world, 2))
    assert refusal.value.rule == "cases.supplement_once"
    assert Case.objects.get(pk=case.id).state == "submitted"
    told = Document.objects.get(case_id=case.id, verb=Verb.REQUEST_AGAIN)
    with pytest.raises(IntegrityError, match="document_once"), transaction.atomic():
        Document.objects.create(case_id=case.id, verb=told.verb, body=told.body, by_id=told.by_id, at=told.at)
