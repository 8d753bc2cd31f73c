"""An import of the calendar and the open cases (日历更新重算): what moves, what settles, once, and whatever dies goes on."""

import json
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from tests import clocked
from tests import world as worlds

from tongban.base.actor import system
from tongban.base.calendar.queries import calendar_of, current_id
from tongban.base.calendar.tests.filling import INVENTED_2027, take_in, whole
from tongban.base.db import fetch_all
from tongban.base.ledger import queries as ledger
from tongban.work.cases import actions, jobs, queries
from tongban.work.cases.actions.redating import Counting, begin, step
from tongban.work.cases.models import Case, Part, Redated, Redating

ACTOR = system("tests")
AFTER = clocked.DECEMBER + timedelta(days=1)


def events(name: str) -> list[tuple[int, dict[str, str]]]:
    """What waits in the outbox under a name (待转事件): id and payload."""
    rows = fetch_all("SELECT id, payload FROM outbox_event WHERE name = %s ORDER BY id", [name])
    return [(row[0], json.loads(row[1])) for row in rows]


def redate(**given: object) -> Redating | None:
    return actions.redate(actor=ACTOR, at=AFTER + timedelta(hours=1), **given)


def acts(case: actions.Ref) -> list[str]:
    return [act.act for act in ledger.acts_of(f"case:{case.id}")]


@pytest.fixture
def december(world) -> worlds.World:
    """Everything is as the platform begins: the shipped table is imported, and open cases were looked at."""
    take_in(whole(2026), clocked.DECEMBER - timedelta(days=2))
    redate()
    return clocked.in_december(world)


@pytest.mark.django_db
def test_provisional_dates_settle_when_the_next_year_is_imported(december):
    case = worlds.accepted(december)
    before = Case.objects.get(pk=case.id)
    assert before.provisional
    take_in(INVENTED_2027, AFTER)
    run = redate()
    after = Case.objects.get(pk=case.id)
    # Of the invented 2027: 31 December and 1 January off, Sunday 3 January worked.
    assert not after.provisional
    assert (before.due_on, after.due_on) == (date(2027, 1, 11), date(2027, 1, 12))
    assert after.version == before.version
    assert (run.state, run.looked, run.moved, run.due) == ("done", 1, 1, 1)
    told = Redated.objects.get(redating=run)
    assert (told.case_id, told.due_was, told.due_on, told.due) == (case.id, before.due_on, after.due_on, True)


@pytest.mark.django_db
def test_the_ledger_tells_it_and_holds_the_row_to_it(december):
    case = worlds.accepted(december)
    take_in(INVENTED_2027, AFTER)
    redate()
    last = ledger.acts_of(f"case:{case.id}")[-1]
    assert (last.act, last.actor["kind"]) == ("cases.recompute", "system")
    assert (last.data["due_on"], last.data["calendar"]) == ("2027-01-12", "cn_holidays_2004_2027")
    assert list(queries.against_ledger()) == []
    Case.objects.filter(pk=case.id).update(due_on=date(2027, 1, 20))
    assert len(list(queries.against_ledger())) == 1


@pytest.mark.django_db
def test_the_event_is_there_for_those_whose_promise_or_limit_moved_and_only_once(december):
    case = worlds.accepted(december)
    take_in(INVENTED_2027, AFTER)
    redate()
    redate()
    payloads = [payload for _id, payload in events("cases.recompute")]
    assert payloads == [{"case_id": str(case.id), "number": case.number, "verb": "recompute"}]


@pytest.mark.django_db
def test_doing_it_again_changes_nothing(december):
    case = worlds.accepted(december)
    take_in(INVENTED_2027, AFTER)
    redate()
    row, told = Case.objects.values().get(pk=case.id), acts(case)
    assert redate() is None
    again = redate(again=True)
    assert (again.looked, again.moved, again.settled) == (1, 0, 0)
    assert Case.objects.values().get(pk=case.id) == row
    assert acts(case) == told


@pytest.mark.django_db
def test_what_cannot_move_is_not_looked_at(december):
    sure = worlds.submitted(worlds.replace(december, at=worlds.AT))
    drafted = worlds.draft_filled(december)
    withdrawn = worlds.accepted(december)
    actions.withdraw(actor=december.applicant, case_id=withdrawn.id, at=clocked.DECEMBER)
    take_in(INVENTED_2027, AFTER)
    run = redate()
    assert (run.looked, run.moved) == (0, 0)
    assert Case.objects.get(pk=withdrawn.id).provisional
    assert all("cases.recompute" not in acts(case) for case in (sure, drafted, withdrawn))


@pytest.mark.django_db
def test_a_corrected_year_moves_cases_that_were_sure(december):
    case = worlds.accepted(worlds.replace(december, at=worlds.AT))
    before = Case.objects.get(pk=case.id)
    assert not before.provisional
    # Corrected: a holiday in the middle of November.
    take_in(whole(2026).rstrip() + "\n2026-11-11,holiday,National Day,0\n", AFTER)
    redate()
    after = Case.objects.get(pk=case.id)
    assert (before.due_on, after.due_on) == (date(2026, 11, 30), date(2026, 12, 1))


@pytest.mark.django_db
def test_what_died_goes_on_behind_its_last_batch_and_each_case_is_told_once(december):
    cases = [worlds.accepted(december) for _ in range(5)]
    take_in(INVENTED_2027, AFTER)
    run = begin(at=AFTER)

    class Dying(Counting):
        """Dies in the second batch, as a killed process does: what it had not committed is gone."""

        def dates(self, edition_id, clock):
            if Redating.objects.get(pk=run.id).looked:
                raise SystemExit(9)
            return super().dates(edition_id, clock)

    calendar = calendar_of(current_id())
    assert step(actor=ACTOR, redating_id=run.id, at=AFTER, batch=2, counting=Dying(calendar))
    with pytest.raises(SystemExit):
        step(actor=ACTOR, redating_id=run.id, at=AFTER, batch=2, counting=Dying(calendar))
    assert Redating.objects.get(pk=run.id).looked == 2
    done = redate(batch=2)
    assert (done.id, done.state, done.looked, done.moved) == (run.id, "done", 5, 5)
    assert all(acts(case).count("cases.recompute") == 1 for case in cases)
    assert list(queries.against_ledger()) == []


@pytest.mark.django_db
def test_a_case_on_which_somebody_acts_meanwhile_is_read_again(december):
    stays, goes = worlds.accepted(december), worlds.accepted(december)
    take_in(INVENTED_2027, AFTER)
    run = begin(at=AFTER)

    @dataclass
    class Interrupted(Counting):
        done: list[bool] = field(default_factory=list)

        def dates(self, edition_id, clock):
            if not self.done:
                self.done.append(True)
                actions.withdraw(actor=december.applicant, case_id=goes.id, at=AFTER)
                words = "符合条件，建议准予。"
                actions.examine(actor=december.reviewer, case_id=stays.id, opinion=words, at=AFTER)
                # As if that act had begun before the import: it counted by the calendar of before.
                Case.objects.filter(pk=stays.id).update(due_on=date(2027, 1, 11), provisional=True)
            return super().dates(edition_id, clock)

    step(actor=ACTOR, redating_id=run.id, at=AFTER, counting=Interrupted(calendar_of(current_id())))
    assert Case.objects.get(pk=stays.id).due_on == date(2027, 1, 12)
    assert acts(stays)[-2:] == ["cases.examine", "cases.recompute"]
    assert acts(goes)[-1] == "cases.withdraw"
    assert Redating.objects.get(pk=run.id).state == "done"


@pytest.mark.django_db
def test_a_newer_import_overtakes_the_run_and_does_its_work_as_well(december):
    case = worlds.accepted(december)
    take_in(INVENTED_2027, AFTER)
    first = begin(at=AFTER)
    take_in(
        INVENTED_2027.replace("2027-01-03,workday_makeup", "2027-01-09,workday_makeup"),
        AFTER + timedelta(minutes=1),
    )
    counting = Counting(calendar_of(first.calendar_id))
    assert not step(actor=ACTOR, redating_id=first.id, at=AFTER, counting=counting)
    assert Redating.objects.get(pk=first.id).state == "overtaken"
    second = redate()
    assert (second.state, second.moved) == ("done", 1)
    # 3 January is a plain Sunday now, Saturday the 9th is worked.
    assert Case.objects.get(pk=case.id).due_on == date(2027, 1, 12)
    assert redate() is None


@pytest.mark.django_db
def test_departments_get_their_dates_as_well_and_the_ledger_tells_them(december):
    case = clocked.joint(december, clocked.DECEMBER)
    before = Part.objects.get(case_id=case.id, key="other")
    take_in(INVENTED_2027, AFTER)
    redate()
    after = Part.objects.get(case_id=case.id, key="other")
    assert (before.act_by, after.act_by) == (date(2027, 1, 11), date(2027, 1, 12))
    assert after.warn_on < after.act_by
    assert ledger.acts_of(f"case:{case.id}")[-1].data["parts"] == {"other": "2027-01-12"}
    assert list(queries.against_ledger()) == []


@pytest.mark.django_db
def test_the_job_is_woken_by_the_import_and_may_run_twice(december):
    from tongban import wiring

    case = worlds.accepted(december)
    taken = take_in(INVENTED_2027, AFTER)
    event_id, payload = next(
        one for one in events("calendar.imported") if one[1]["edition_id"] == str(taken.id)
    )
    assert wiring.FOLLOWUPS["calendar.imported"] == ("tongban.work.cases.jobs.redate",)
    for _ in range(2):
        jobs.redate(event_id, **payload)
    assert not Case.objects.get(pk=case.id).provisional
    assert acts(case).count("cases.recompute") == 1
