"""The Administrative Licensing Law through the acts (行政许可法与办件行为): told once, deemed accepted, approved by whom, told in writing.

``docs/law.md`` lists these tests by article; the arithmetic of the days is in ``test_clock.py``.
"""

from datetime import date, timedelta

import pytest
from tests import clocked
from tests import world as worlds

from tongban.base.actor import system
from tongban.base.errors import Conflict, Forbidden, Invalid
from tongban.work.cases import actions, queries
from tongban.work.cases.models import Case
from tongban.work.cases.rules.application import Demand
from tongban.work.cases.rules.moves import State, Verb

CLOCK = system("cases.clock")
DEMANDS = [Demand("field:address", "请写到门牌号。")]
WEEK = timedelta(days=8)  # from a Monday, more than five working days


@pytest.fixture
def hearing(world) -> worlds.World:
    """The world with an item whose guide lists a hearing and an expert review."""
    return clocked.item(world, special_procedures=clocked.PROCEDURES)


def row(case: actions.Ref) -> Case:
    return Case.objects.get(pk=case.id)


def test_article_32_what_is_missing_is_told_once(world):
    case = worlds.supplement(world)
    act = {"case_id": case.id, "at": world.at}
    values = {"address": "龙昆南路 1 号 2 楼"}
    assert not actions.save(actor=world.applicant, values=values, **act)
    actions.attach(actor=world.applicant, key="report", material_id=worlds.material(world), **act)
    actions.resubmit(actor=world.applicant, **act)
    with pytest.raises(Conflict) as refusal:
        actions.request_supplement(actor=world.clerk, demands=DEMANDS, **act)
    assert "一次" in str(refusal.value)


def test_article_32_not_a_word_in_five_days_counts_as_accepted_on_the_day_it_came(world):
    case = worlds.submitted(world)
    with pytest.raises(Conflict):
        actions.deem_accepted(actor=CLOCK, case_id=case.id, at=world.at + timedelta(days=7))
    actions.deem_accepted(actor=CLOCK, case_id=case.id, at=world.at + WEEK)
    found = row(case)
    assert found.state == State.ACCEPTED
    assert found.due_on == date(2026, 11, 30)  # twenty working days after 2 November, not after the 10th
    assert Verb.DEEM_ACCEPTED in {
        document.verb for document in queries.one(world.applicant, case.id).documents
    }


def test_article_32_however_late_the_platform_finds_it_the_day_is_the_same(world):
    early, late = worlds.submitted(world), worlds.submitted(world)
    actions.deem_accepted(actor=CLOCK, case_id=early.id, at=world.at + WEEK)
    actions.deem_accepted(actor=CLOCK, case_id=late.id, at=world.at + 3 * WEEK)
    assert row(early).due_on == row(late).due_on


def test_article_42_only_the_head_of_the_organ_extends_and_only_once(world):
    case = worlds.accepted(world)
    act = {"case_id": case.id, "at": world.at}
    actions.propose_extension(actor=world.reviewer, reason="情况复杂，需要现场核实。", **act)
    for actor in (world.clerk, world.reviewer, world.decider, world.governor):
        with pytest.raises(Forbidden):
            actions.extend(actor=actor, **act)
    actions.extend(actor=world.head, **act)
    assert row(case).due_on == date(2026, 12, 14)
    actions.propose_extension(actor=world.reviewer, reason="还要再延一次。", **act)
    with pytest.raises(Conflict, match="只能延长一次"):
        actions.extend(actor=world.head, **act)


def test_article_42_the_reason_of_an_extension_is_told_to_the_applicant(world):
    case = worlds.accepted(world)
    act = {"case_id": case.id, "at": world.at}
    actions.propose_extension(actor=world.reviewer, reason="情况复杂，需要现场核实。", **act)
    actions.extend(actor=world.head, **act)
    documents = queries.one(world.applicant, case.id).documents
    assert [d.body["reason"] for d in documents if d.verb is Verb.EXTEND] == ["情况复杂，需要现场核实。"]


def test_article_42_joint_handling_is_extended_by_the_head_of_the_government_by_fifteen_days(world):
    case = clocked.joint(world, world.at)
    act = {"case_id": case.id, "at": world.at}
    due = row(case).due_on
    actions.propose_extension(actor=world.reviewer, reason="两个部门的意见要再核对。", **act)
    with pytest.raises(Forbidden, match="本级人民政府负责人"):
        actions.extend(actor=world.head, **act)
    actions.extend(actor=world.governor, **act)
    assert queries.calendar().provisional_between(due, row(case).due_on)[0] == 15


def test_article_45_only_what_the_guide_lists_stops_the_clock_and_not_longer_than_it_says(hearing):
    case = worlds.accepted(hearing)
    act = {"actor": hearing.reviewer, "case_id": case.id, "reason": "要组织听证。", "at": hearing.at}
    for kind, days, wrong in (("auction", 5, "kind"), ("hearing", 21, "days"), ("hearing", 0, "days")):
        with pytest.raises(Invalid) as refusal:
            actions.suspend(kind=kind, days=days, **act)
        assert set(refusal.value.fields) == {wrong}
    assert row(case).state == State.ACCEPTED


def test_article_45_the_days_needed_are_told_to_the_applicant_in_writing(hearing):
    case = worlds.accepted(hearing)
    actions.suspend(
        actor=hearing.reviewer, case_id=case.id, kind="hearing", days=10, reason="要组织听证。", at=hearing.at
    )
    told = [d.body for d in queries.one(hearing.applicant, case.id).documents if d.verb is Verb.SUSPEND]
    assert [(body["kind"], body["days"]) for body in told] == [("hearing", 10)]
    assert row(case).act_by == date(2026, 11, 16)
