"""Lists of cases: whose turn it is, in every state and role, and what a supervisor reads; each in a fixed number of statements."""

import uuid
from datetime import date, timedelta

import pytest
from tests import world as worlds

from tongban.people.identity import actions as identity
from tongban.people.identity.rules import Role
from tongban.work.cases import actions, queries
from tongban.work.cases.models import Case
from tongban.work.cases.queries import After, Pressing, Turn, Whose
from tongban.work.cases.rules.application import Demand
from tongban.work.cases.rules.moves import State

DAY = timedelta(days=1)
DEPARTMENTS = [
    {"key": "health", "organ": worlds.ORGAN_CODE, "name": "区卫健委", "days": 5},
    {"key": "other", "organ": worlds.OTHER_ORGAN_CODE, "name": "外区卫健委", "days": 7, "after": ["health"]},
]


@pytest.fixture
def world(db) -> worlds.World:
    return worlds.build()


def _again(world, **changed):
    """A new edition from today on."""
    worlds.publish_edition(world.editor, world.item_id, starts_on=worlds.AT.date(), **changed)


def _waits_for(case, *actors):
    found = [[row.id for row in queries.work_list(actor)] for actor in actors]
    return [case.id in ids for ids in found]


def test_a_case_waits_for_whoever_moves_it_on(world):
    who = (world.clerk, world.reviewer, world.decider, world.head)
    assert _waits_for(worlds.submitted(world), *who) == [True, False, False, False]
    assert _waits_for(worlds.supplement(world), *who) == [False] * 4
    assert _waits_for(worlds.accepted(world), *who) == [False, True, False, False]
    assert _waits_for(worlds.examined(world), *who) == [False, False, True, False]
    assert _waits_for(worlds.granted(world), *who) == [False] * 4
    assert _waits_for(worlds.closed(world), *who) == [False] * 4


def test_a_pre_review_and_a_special_procedure_wait_for_their_people(world):
    _again(
        world,
        limits={"statutory_days": 20, "promised_days": 5, "pre_review_days": 2},
        special_procedures=[{"kind": "hearing", "days": 10}],
    )
    who = (world.clerk, world.reviewer, world.decider)
    case = worlds.submitted(world)
    assert case.state is State.PRE_REVIEW
    assert _waits_for(case, *who) == [True, False, False]
    actions.pass_review(actor=world.clerk, case_id=case.id, at=world.at)
    assert _waits_for(case, *who) == [True, False, False]
    actions.receive(actor=world.clerk, case_id=case.id, at=world.at)
    actions.accept(actor=world.clerk, case_id=case.id, at=world.at)
    actions.suspend(
        actor=world.reviewer, case_id=case.id, kind="hearing", days=3, reason="要听证", at=world.at
    )
    assert _waits_for(case, *who) == [False, True, False]


def test_an_instant_item_waits_for_the_decider_at_once(world):
    _again(
        world,
        case_kind="instant",
        limits={"statutory_days": 20, "promised_days": 0},
        steps=[{"name": name, "days": 0} for name in ("受理", "审查", "决定", "制证", "送达")],
    )
    assert _waits_for(worlds.submitted(world), world.clerk, world.reviewer, world.decider) == [
        True,
        False,
        True,
    ]


def test_joint_handling_waits_for_the_departments_by_their_own_dates(world):
    _again(world, departments=DEPARTMENTS, limits={"statutory_days": 45, "promised_days": 30})
    case = worlds.accepted(world)
    rows = {row.id: row for row in queries.work_list(world.reviewer)}
    own = rows[case.id]
    part = queries.one(world.reviewer, case.id).parts[0]
    assert (own.turn, own.act_by) == (Turn.PART, part.act_by)
    assert own.act_by < queries.one(world.reviewer, case.id).act_by


def test_a_proposal_waits_for_the_head_until_it_is_answered(world):
    case = worlds.accepted(world)
    actions.propose_extension(actor=world.reviewer, case_id=case.id, reason="情况复杂", at=world.at)
    assert _waits_for(case, world.head, world.governor) == [True, False]
    assert queries.work_list(world.head)[0].turn is Turn.APPROVAL
    actions.extend(actor=world.head, case_id=case.id, at=world.at)
    assert _waits_for(case, world.head, world.governor) == [False, False]


def test_a_proposal_of_joint_handling_waits_for_the_governor(world):
    _again(world, departments=DEPARTMENTS, limits={"statutory_days": 45, "promised_days": 30})
    joint = worlds.accepted(world)
    actions.propose_extension(actor=world.reviewer, case_id=joint.id, reason="情况复杂", at=world.at)
    assert _waits_for(joint, world.head, world.governor) == [False, True]


def test_a_proposal_that_came_too_late_waits_for_nobody(world):
    case = worlds.accepted(world)
    actions.propose_extension(actor=world.reviewer, case_id=case.id, reason="情况复杂", at=world.at)
    actions.examine(actor=world.reviewer, case_id=case.id, opinion="可以", at=world.at)
    actions.refuse(actor=world.decider, case_id=case.id, reason="不合格", article="第四条", at=world.at)
    assert _waits_for(case, world.head) == [False]


def test_a_list_may_show_only_mine_or_only_what_nobody_claimed(world):
    mine, free = worlds.submitted(world), worlds.submitted(world)
    actions.claim(actor=world.clerk, case_id=mine.id, at=world.at)

    def ids(whose):
        return {row.id for row in queries.work_list(world.clerk, whose=whose)}

    assert ids(Whose.ALL) == {mine.id, free.id}
    assert ids(Whose.MINE) == {mine.id}
    assert ids(Whose.FREE) == {free.id}
    told = {row.id: row.handler_name for row in queries.work_list(world.clerk)}
    assert told == {mine.id: "窗口小林", free.id: None}


def test_the_most_pressing_comes_first(world):
    cases = [worlds.submitted(world) for _ in range(3)]
    for place, case in enumerate(cases):
        Case.objects.filter(pk=case.id).update(act_by=date(2026, 11, 20) - place * DAY)
    assert [row.id for row in queries.work_list(world.clerk)] == [case.id for case in reversed(cases)]


def test_only_what_may_be_accepted_is_offered_for_bulk_acceptance(world):
    case = worlds.submitted(world)
    worlds.accepted(world)
    assert [row.id for row in queries.to_accept(world.clerk)] == [case.id]
    assert queries.to_accept(world.reviewer) == []
    assert queries.to_accept(world.other_clerk) == []


def test_work_costs_the_same_number_of_statements_however_much_there_is(world, django_assert_num_queries):
    for role in (Role.REVIEWER, Role.DECIDER, Role.HEAD):
        identity.appoint(
            actor=world.editor,
            account_id=world.clerk.id,
            organ_id=world.organ_id,
            role=role,
            since=worlds.SINCE,
            at=world.at,
        )
    from tongban.people.identity.queries import actor_of

    everybody = actor_of(world.clerk.id, at=world.at)[0]
    for _ in range(2):
        worlds.submitted(world), worlds.accepted(world), worlds.examined(world)
        with django_assert_num_queries(3):
            assert queries.work_list(everybody)


def test_all_cases_of_an_office_come_newest_first_page_by_page(world):
    made = [worlds.submitted(world).id for _ in range(5)]
    first = queries.of_office(world.clerk, limit=2)
    second = queries.of_office(world.clerk, limit=2, before=first[-1].id)
    assert [row.id for row in (*first, *second)] == made[:0:-1]
    assert queries.of_office(world.clerk, state=State.CLOSED) == []
    assert queries.of_office(world.other_clerk) == []
    assert [row.id for row in queries.of_office(world.head, limit=1)] == [made[-1]]


def test_a_department_finds_the_joint_case_among_all_cases(world):
    _again(world, departments=DEPARTMENTS, limits={"statutory_days": 45, "promised_days": 30})
    case = worlds.accepted(world)
    assert [row.id for row in queries.of_office(world.other_clerk)] == [case.id]


class TestSupervision:
    def _read(self, actor, **asked):
        organs = queries.organs_overseen(actor)
        return [row.id for row in queries.overseen(actor, organs, today=worlds.AT.date(), **asked)]

    def test_a_supervisor_reads_the_places_under_hers_and_nobody_else_does(self, world):
        case = worlds.submitted(world)
        worlds.draft_filled(world)
        assert self._read(world.supervisor) == [case.id]
        assert self._read(world.county_supervisor) == [case.id]
        for stranger in (world.clerk, world.head, world.governor, world.applicant):
            assert self._read(stranger) == []

    def test_by_state_and_organ(self, world):
        one, other = worlds.submitted(world), worlds.accepted(world)
        assert self._read(world.supervisor, state=State.ACCEPTED) == [other.id]
        assert self._read(world.supervisor, state=State.SUPPLEMENT) == []
        waiting = worlds.supplement(world)
        assert self._read(world.supervisor, state=State.SUPPLEMENT) == [waiting.id]
        assert set(self._read(world.supervisor, only={world.organ_id})) == {one.id, other.id, waiting.id}
        assert self._read(world.supervisor, only={world.other_organ_id}) == []
        assert self._read(world.supervisor, only={uuid.uuid4()}) == []

    def test_what_is_late_and_what_is_about_to_be(self, world):
        late, soon, _ = (worlds.submitted(world) for _ in range(3))
        today = worlds.AT.date()
        Case.objects.filter(pk=late.id).update(act_by=today - DAY, warn_on=today - 2 * DAY)
        Case.objects.filter(pk=soon.id).update(act_by=today + DAY, warn_on=today)
        assert self._read(world.supervisor, pressing=Pressing.LATE) == [late.id]
        assert self._read(world.supervisor, pressing=Pressing.WARN) == [soon.id]

    @pytest.mark.parametrize("state", [None, State.SUBMITTED])
    def test_pages_follow_each_other_without_a_gap(self, world, state):
        made = {worlds.submitted(world).id for _ in range(5)}
        seen, after = [], None
        organs = queries.organs_overseen(world.supervisor)
        for _ in range(4):
            found = queries.overseen(
                world.supervisor, organs, today=worlds.AT.date(), state=state, after=after, limit=2
            )
            seen += [row.id for row in found]
            if found:
                after = After(found[-1].id, found[-1].act_by)
        assert len(seen) == 5
        assert set(seen) == made

    def test_a_large_area_is_read_the_same(self, world, monkeypatch):
        made = [worlds.submitted(world).id for _ in range(3)]
        monkeypatch.setattr("tongban.work.cases.queries.supervision._FEW", 0)
        assert self._read(world.supervisor) == made[::-1]
        assert self._read(world.supervisor, state=State.SUBMITTED) == made


def test_a_second_notice_waits_for_the_head(world):
    case = worlds.supplement(world)
    values = {"address": "海口市龙华区滨海大道1号A座101"}
    assert not actions.save(actor=world.applicant, case_id=case.id, values=values, at=world.at)
    actions.resubmit(actor=world.applicant, case_id=case.id, at=world.at)
    actions.propose_second_notice(
        actor=world.clerk,
        case_id=case.id,
        demands=[Demand("material:report", "新地址的报告")],
        because="地址换了",
        rests_on="field:address",
        at=world.at,
    )
    assert _waits_for(case, world.head) == [True]
