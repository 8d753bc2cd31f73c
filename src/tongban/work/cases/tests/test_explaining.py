"""The clock of a case laid open and exported: to whom it belongs, on its calendar, and counted again by the script."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from tests import world as worlds
from tests.recount import ROOT, script

from tongban.base.calendar.tests.filling import INVENTED_2027, take_in
from tongban.base.errors import NotFound
from tongban.work.cases import actions, queries
from tongban.work.cases.rules.clock import Happened

DECEMBER = datetime(2026, 12, 14, 1, 30, tzinfo=UTC)


def test_every_day_from_acceptance_to_the_due_day_is_there(world):
    case = worlds.accepted(world)
    view = queries.clock(world.applicant, case.id)
    assert (view.days[0].on, view.days[-1].on) == (date(2026, 11, 2), view.case.due_on)
    assert view.days[-1].number == 20
    assert view.step_days == ()
    assert view.edition.name == "cn_holidays_2004_2026"


def test_before_acceptance_the_days_to_the_answer_are_there(world):
    view = queries.clock(world.clerk, worlds.submitted(world).id)
    assert (view.days, view.step) == ((), Happened.RECEIVED)
    assert view.step_days[-1].number == 5


def test_the_clock_is_for_those_who_may_read_the_case(world):
    case = worlds.accepted(world)
    for read in (queries.clock, queries.clock_file):
        for actor in (world.stranger, world.other_clerk):
            with pytest.raises(NotFound):
                read(actor, case.id)
        for actor in (world.applicant, world.clerk, world.supervisor):
            assert read(actor, case.id)


@pytest.mark.parametrize("stage", [worlds.draft_filled, worlds.submitted, worlds.supplement, worlds.accepted, worlds.granted, worlds.closed])  # fmt: skip
def test_the_script_derives_the_dates_of_an_exported_case_again(world, stage):
    body = json.loads(json.dumps(queries.clock_file(world.applicant, stage(world).id)))
    found, _ = script()(body)
    assert found.items() <= body["dates"].items()


def test_the_script_itself_says_whether_a_file_is_right(world, tmp_path):
    import subprocess
    import sys

    body = queries.clock_file(world.applicant, worlds.accepted(world).id)
    path = tmp_path / "clock.json"

    def run() -> subprocess.CompletedProcess[str]:
        path.write_text(json.dumps(body), encoding="utf-8")
        # -I: nothing of ours can be imported, nothing of the environment is read.
        return subprocess.run(
            [sys.executable, "-I", str(ROOT / "scripts" / "recount.py"), str(path)],
            capture_output=True, text=True, check=False, cwd=tmp_path,
        )  # fmt: skip

    right = run()
    assert (right.returncode, right.stdout.splitlines()[-1]) == (0, "AGREES")
    assert "2026-11-30   20 Monday" in right.stdout
    body["dates"]["due_on"] = "2026-12-01"
    wrong = run()
    assert (wrong.returncode, wrong.stdout.splitlines()[-1]) == (1, "DIFFERS")


def test_the_script_imports_nothing_of_ours_and_is_short():
    text = (ROOT / "scripts" / "recount.py").read_text(encoding="utf-8")
    imports = [line.split()[1] for line in text.splitlines() if line.startswith(("import ", "from "))]
    assert imports == ["json", "sys", "datetime", "pathlib"]
    assert len(text.splitlines()) <= 100


def test_a_case_that_is_over_keeps_the_calendar_of_its_last_day(world):
    draft = worlds.draft_filled(world)
    case = actions.submit(actor=world.applicant, case_id=draft.id, at=DECEMBER)
    case = actions.accept(actor=world.clerk, case_id=case.id, at=DECEMBER)
    actions.withdraw(actor=world.applicant, case_id=case.id, at=DECEMBER)
    take_in(INVENTED_2027, DECEMBER + timedelta(days=1))
    view = queries.clock(world.applicant, case.id)
    assert view.edition.name == "cn_holidays_2004_2026"
    assert view.days[-1].on == view.case.due_on
    assert any(day.provisional for day in view.days)
    body = json.loads(json.dumps(queries.clock_file(world.applicant, case.id)))
    found, _ = script()(body)
    assert found.items() <= body["dates"].items()
