"""Joint handling (联合办理): departments in parallel and in sequence, each with its own turn; the last opinion joins."""

from datetime import date, timedelta

import pytest
from tests import engine
from tests import world as worlds

from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.offers.catalogue.rules.times import critical_path, joint_days
from tongban.people.identity.rules import Role
from tongban.work.cases import actions, queries
from tongban.work.cases.models import Case, Part
from tongban.work.cases.rules.moves import State, Verb


@pytest.fixture
def hands(world) -> dict[str, engine.Department]:
    return engine.departments()


@pytest.fixture
def joint(world, hands) -> actions.Ref:
    return engine.accepted(world, engine.item(world, "000123012000", **engine.JOINT))


def opine(world, hands, case, part: str, **given):
    told = {
        "actor": hands[part].reviewer,
        "case_id": case.id,
        "part": part,
        "agrees": True,
        "opinion": "同意",
    }
    return actions.opine(**told | {"at": world.at} | given)


def parts(case) -> dict[str, tuple[str, date | None]]:
    return {p.key: (p.state, p.act_by) for p in Part.objects.filter(case_id=case.id)}


def test_one_acceptance_sets_all_departments_out_in_parallel_and_in_sequence(world, hands, joint):
    assert parts(joint) == {
        "fire": ("open", date(2026, 11, 5)),
        "ecology": ("open", date(2026, 11, 9)),
        "market": ("waiting", None),
    }
    for hand in hands.values():  # materials are shared once: each reads the one case
        assert queries.one(hand.reviewer, joint.id).number == joint.number
    departments = queries.one(world.clerk, joint.id).edition.guide.departments
    assert [one.key for one in critical_path(departments)] == ["ecology", "market"]
    assert joint_days(departments) == 7


def test_a_department_s_turn_begins_when_those_it_waits_for_are_done_and_the_last_joins(world, hands, joint):
    with pytest.raises(Forbidden):
        opine(world, hands, joint, "market")
    tuesday = world.at + timedelta(days=1)
    assert opine(world, hands, joint, "fire", at=tuesday).state is State.ACCEPTED
    with pytest.raises(Forbidden):
        opine(world, hands, joint, "fire", at=tuesday)  # her turn is over
    opine(world, hands, joint, "ecology", at=world.at + timedelta(days=3))
    assert parts(joint)["market"] == ("open", date(2026, 11, 9))
    last = opine(
        world, hands, joint, "market", at=world.at + timedelta(days=4), agrees=False, opinion="不同意"
    )
    assert last.state is State.EXAMINED
    assert {state for state, _ in parts(joint).values()} == {"done"}
    view = queries.one(world.decider, joint.id)
    assert [(part.key, part.agrees) for part in view.parts] == [
        ("fire", True),
        ("ecology", True),
        ("market", False),
    ]
    assert [m.verb for m in view.moments][-3:] == [Verb.OPINE, Verb.OPINE, Verb.CONCLUDE]
    # One answer to the applicant, by the deciding organ alone.
    with pytest.raises(Forbidden):
        actions.grant(actor=hands["market"].reviewer, case_id=joint.id, note="", at=world.at)
    assert actions.grant(actor=world.decider, case_id=joint.id, note="", at=world.at).state is State.GRANTED


@pytest.mark.parametrize("part", ["ecology", "market", "nobody"])
def test_a_department_speaks_for_itself_alone(world, hands, joint, part: str):
    with pytest.raises((Forbidden, Invalid)):
        opine(world, hands, joint, part, actor=hands["fire"].reviewer) if part in hands else actions.opine(
            actor=hands["fire"].reviewer, case_id=joint.id, part=part, agrees=True, opinion="x", at=world.at
        )
    with pytest.raises(NotFound):
        opine(world, hands, joint, "fire", actor=world.other_clerk)
    assert list(queries.against_ledger()) == []


def test_an_opinion_has_words(world, hands, joint):
    with pytest.raises(Invalid) as refusal:
        opine(world, hands, joint, "fire", opinion=" ")
    assert set(refusal.value.fields) == {"opinion"}


def test_a_pause_is_the_department_s_own_and_the_applicant_s_clock_runs_on(world, hands, joint):
    before = Case.objects.get(pk=joint.id)
    act = {"actor": hands["fire"].reviewer, "case_id": joint.id, "part": "fire"}
    with pytest.raises(Invalid):
        actions.pause(kind="auction", days=5, reason="拍卖", at=world.at, **act)
    actions.pause(kind="hearing", days=5, reason="听证", at=world.at, **act)
    row = Case.objects.get(pk=joint.id)
    assert (row.due_on, row.promised_on) == (before.due_on, before.promised_on)
    assert parts(joint)["fire"] == ("paused", date(2026, 11, 12))
    with pytest.raises(Conflict):
        opine(world, hands, joint, "fire")
    actions.unpause(at=world.at + timedelta(days=2), **act)
    assert parts(joint)["fire"] == ("open", date(2026, 11, 9))  # two days stood still, not five


def test_when_all_whose_turn_it_is_stand_still_so_does_the_case(world, hands, joint):
    before = Case.objects.get(pk=joint.id).promised_on
    for part in ("fire", "ecology"):
        actions.pause(
            actor=hands[part].reviewer,
            case_id=joint.id,
            part=part,
            kind="expert_review",
            days=5,
            reason="专家评审",
            at=world.at,
        )
    after = Case.objects.get(pk=joint.id).promised_on
    assert queries.calendar().between(before, after) == 5


def test_what_is_sent_back_reopens_those_that_are_named_and_joins_again(world, hands, joint):
    for part in ("fire", "ecology", "market"):
        opine(world, hands, joint, part)
    give = {"actor": world.decider, "case_id": joint.id, "reason": "消防请再看", "at": world.at}
    for wrong in ((), ("nobody",)):
        with pytest.raises(Invalid) as refusal:
            actions.send_back(parts=wrong, **give)
        assert set(refusal.value.fields) == {"parts"}
    assert actions.send_back(parts=("fire",), **give).state is State.ACCEPTED
    assert parts(joint) == {
        "fire": ("open", date(2026, 11, 5)),
        "ecology": ("done", None),
        "market": ("done", None),
    }
    assert opine(world, hands, joint, "fire", opinion="看过了").state is State.EXAMINED
    assert actions.grant(actor=world.decider, case_id=joint.id, note="", at=world.at).state is State.GRANTED
    assert list(queries.against_ledger()) == []


@pytest.mark.parametrize("end", ["withdraw", "terminate"])
def test_when_the_case_ends_early_so_does_what_departments_still_had(world, hands, joint, end: str):
    opine(world, hands, joint, "fire")
    actions.pause(
        actor=hands["ecology"].reviewer,
        case_id=joint.id,
        part="ecology",
        kind="hearing",
        days=3,
        reason="听证",
        at=world.at,
    )
    if end == "withdraw":
        actions.withdraw(actor=world.applicant, case_id=joint.id, at=world.at)
    else:
        actions.terminate(actor=world.decider, case_id=joint.id, at=world.at, **engine.WORDS)
    assert parts(joint) == {"fire": ("done", None), "ecology": ("ended", None), "market": ("ended", None)}
    assert Case.objects.get(pk=joint.id).act_by is None
    assert list(queries.against_ledger()) == []


def test_where_the_deciding_organ_takes_part_who_gave_its_opinion_does_not_decide(world, hands):
    own = [{"key": "own", "organ": worlds.ORGAN_CODE, "name": "本机关", "days": 3}]
    code = engine.item(world, "000123013000", **{**engine.JOINT, "departments": own})
    case = engine.accepted(world, code)
    both = engine.also(world, world.decider, Role.REVIEWER)
    actions.opine(actor=both, case_id=case.id, part="own", agrees=True, opinion="同意", at=world.at)
    with pytest.raises(Forbidden):
        actions.grant(actor=both, case_id=case.id, note="", at=world.at)
    other = engine.colleague(world, "decider2", Role.DECIDER)
    assert actions.grant(actor=other, case_id=case.id, note="", at=world.at).state is State.GRANTED
    assert list(queries.against_ledger()) == []


def test_an_edition_with_a_department_that_nobody_knows_is_not_accepted(world):
    code = engine.item(world, "000123012000", **engine.JOINT)  # its organs are not registered
    case = engine.submitted(world, code)
    with pytest.raises(Conflict) as refusal:
        actions.accept(actor=world.clerk, case_id=case.id, at=world.at)
    assert refusal.value.rule == "cases.department"
    assert not Part.objects.exists()
