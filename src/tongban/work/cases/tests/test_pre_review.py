"""Before receipt (预审): a service with a promise that keeps nobody out, and what time does by itself."""

from datetime import date, datetime, timedelta

import pytest
from tests import engine
from tests import world as worlds

from tongban.base.errors import Conflict, Invalid
from tongban.work.cases import actions, jobs, queries
from tongban.work.cases.models import Case
from tongban.work.cases.rules.application import Demand
from tongban.work.cases.rules.clock import Happened
from tongban.work.cases.rules.moves import State

DEMANDS = [Demand("field:address", "请写到门牌号。"), Demand("material:report", "看不清，请重新拍。")]


@pytest.fixture
def code(world) -> str:
    return engine.item(world, "000123011000", **engine.PRE_REVIEW)


def test_a_pre_review_is_promised_and_its_result_stands_on_the_very_fields(world, code):
    case = engine.submitted(world, code)
    row = Case.objects.get(pk=case.id)
    assert (case.state, row.act_by, row.number is not None) == (State.PRE_REVIEW, date(2026, 11, 4), True)
    actions.return_for_changes(actor=world.clerk, case_id=case.id, demands=DEMANDS, at=world.at)
    view = queries.one(world.applicant, case.id)
    assert view.demands() == {demand.target: demand.text for demand in DEMANDS}
    assert (view.state, view.act_by) == (State.RETURNED, None)  # it is her turn: nothing of ours runs


def test_what_is_returned_may_be_changed_as_a_whole_and_comes_back_to_pre_review(world, code):
    case = engine.submitted(world, code)
    actions.return_for_changes(actor=world.clerk, case_id=case.id, demands=DEMANDS, at=world.at)
    save = {"actor": world.applicant, "case_id": case.id, "at": world.at}
    assert actions.save(values={"shop_name": "另一家店"}, **save) == {}
    later = world.at + timedelta(days=2)
    again = actions.resubmit(actor=world.applicant, case_id=case.id, at=later)
    assert (again.state, again.number) == (State.PRE_REVIEW, case.number)
    row = Case.objects.get(pk=case.id)
    assert (row.act_by, row.form["shop_name"]) == (date(2026, 11, 6), "另一家店")


def test_an_applicant_who_does_not_heed_it_is_received_all_the_same(world, code):
    case = engine.submitted(world, code)
    actions.return_for_changes(actor=world.clerk, case_id=case.id, demands=DEMANDS, at=world.at)
    received = actions.insist(actor=world.applicant, case_id=case.id, at=world.at)
    assert received.state is State.SUBMITTED
    assert Case.objects.get(pk=case.id).act_by == date(2026, 11, 9)
    # A mark of the pre-review is no supplement notice: the one of article 32 is still to be had.
    told = actions.request_supplement(actor=world.clerk, case_id=case.id, demands=DEMANDS, at=world.at)
    assert told.state is State.SUPPLEMENT


def test_a_passed_application_is_received_and_then_the_five_days_begin(world, code):
    case = engine.submitted(world, code)
    actions.pass_review(actor=world.clerk, case_id=case.id, at=world.at)
    assert Case.objects.get(pk=case.id).act_by == date(
        2026, 11, 4
    )  # the promise goes on until it is received
    day = world.at + timedelta(days=1)
    assert actions.receive(actor=world.clerk, case_id=case.id, at=day).state is State.SUBMITTED
    assert Case.objects.get(pk=case.id).act_by == date(2026, 11, 10)


def test_nothing_beyond_the_edition_is_marked_by_a_pre_review_either(world, code):
    case = engine.submitted(world, code)
    with pytest.raises(Invalid) as refusal:
        actions.return_for_changes(
            actor=world.clerk, case_id=case.id, demands=[Demand("material:income", "收入证明")], at=world.at
        )
    assert set(refusal.value.fields) == {"material:income"}


@pytest.mark.parametrize("passed", [False, True])
def test_a_silent_pre_review_counts_as_received_on_its_last_day(world, code, passed: bool):
    case = engine.submitted(world, code)
    if passed:
        actions.pass_review(actor=world.clerk, case_id=case.id, at=world.at)
    assert jobs.keep_time_at(world.at + timedelta(days=2)) == 0  # Wednesday, the last day itself
    assert jobs.keep_time_at(world.at + timedelta(days=3)) == 1
    row = Case.objects.get(pk=case.id)
    # Received on the promise's last day, however late the job came.
    assert (row.state, row.clock[-1][:2]) == ("submitted", [Happened.RECEIVED, "2026-11-04"])
    assert row.act_by == date(2026, 11, 11)


def test_five_days_without_a_word_and_it_counts_as_accepted_on_the_day_it_came(world):
    case = worlds.submitted(world)
    assert jobs.keep_time_at(world.at + timedelta(days=7)) == 0  # Monday the 9th is the fifth working day
    assert jobs.keep_time_at(world.at + timedelta(days=8)) == 1
    row = Case.objects.get(pk=case.id)
    assert (row.state, row.accepted_at) == ("accepted", world.at)
    assert (row.promised_on, row.due_on) == (date(2026, 11, 9), date(2026, 11, 30))
    view = queries.one(world.applicant, case.id)
    assert [moment.kind for moment in view.moments][-1] == "system"
    assert view.documents[-1].body == {"since": "2026-11-02", "later": []}


def test_after_a_supplement_the_day_it_came_again_is_what_counts(world):
    case = worlds.supplement(world)
    actions.attach(
        actor=world.applicant, case_id=case.id, key="report", material_id=worlds.material(world), at=world.at
    )
    came = world.at + timedelta(days=10)
    actions.resubmit(actor=world.applicant, case_id=case.id, at=came)
    assert jobs.keep_time_at(came + timedelta(days=30)) == 1
    row = Case.objects.get(pk=case.id)
    assert row.accepted_at.astimezone(actions.CHINA).date() == date(2026, 11, 12)
    assert row.due_on == date(2026, 12, 10)
    assert list(queries.against_ledger()) == []


def test_a_forgotten_application_runs_from_pre_review_to_acceptance_in_one_run_of_the_job(world, code):
    case = engine.submitted(world, code)
    assert jobs.keep_time_at(world.at + timedelta(days=25)) == 2
    row = Case.objects.get(pk=case.id)
    assert row.state == "accepted"
    assert row.accepted_at.astimezone(actions.CHINA).date() == date(2026, 11, 4)
    assert jobs.keep_time_at(world.at + timedelta(days=25)) == 0  # run twice, the second finds it done


def test_time_runs_out_only_where_the_calendar_of_that_day_was_announced(world):
    december = datetime(2026, 12, 28, 1, tzinfo=world.at.tzinfo)
    case = actions.submit(actor=world.applicant, case_id=worlds.draft_filled(world).id, at=december)
    assert Case.objects.get(pk=case.id).provisional
    assert jobs.keep_time_at(december + timedelta(days=60)) == 0
    from tongban.base.actor import system

    with pytest.raises(Conflict) as refusal:
        actions.deem_accepted(actor=system("tests"), case_id=case.id, at=december + timedelta(days=60))
    assert refusal.value.rule == "cases.not_over"


def test_a_word_in_time_leaves_nothing_for_the_timer(world):
    told, accepted, withdrawn = worlds.supplement(world), worlds.accepted(world), worlds.submitted(world)
    actions.withdraw(actor=world.applicant, case_id=withdrawn.id, at=world.at)
    assert jobs.keep_time_at(world.at + timedelta(days=40)) == 0
    states = Case.objects.filter(pk__in=[told.id, accepted.id]).order_by("id").values_list("state", flat=True)
    assert list(states) == ["supplement", "accepted"]
