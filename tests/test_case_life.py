"""One case from draft to licence, through actions and the real worker (全程办件)."""

import subprocess
from argparse import Namespace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import connection, transaction
from tests import engine, world

from tongban import wiring
from tongban.base.db import execute, fetch_all
from tongban.base.ledger import actions as ledger_actions
from tongban.base.ledger import commands
from tongban.base.ledger import queries as ledger
from tongban.base.outbox import worker
from tongban.records.licences import queries as licences
from tongban.work.cases import jobs, queries
from tongban.work.cases.rules.moves import State, Verb

TODAY = date(2026, 11, 23)


def findings() -> set[str]:
    found = [*ledger.verify(), *queries.against_ledger(), *licences.against_ledger()]
    return {finding.row for finding in found}


@pytest.mark.django_db(transaction=True)
def test_a_granted_case_gets_its_licence_from_the_worker_and_is_closed(tmp_path: Path):
    here = world.build()
    ref = world.granted(here)
    worker.drain(wiring.FOLLOWUPS, wiring.TIMERS)
    case = queries.one(here.applicant, ref.id)
    assert case.state is State.CLOSED
    assert [moment.verb for moment in case.moments] == [
        Verb.SUBMIT,
        Verb.ACCEPT,
        Verb.EXAMINE,
        Verb.GRANT,
        Verb.CLOSE,
    ]
    licence = licences.of_case(here.applicant, ref.id, on=TODAY)
    assert licence is not None
    pdf = tmp_path / "licence.pdf"
    pdf.write_bytes(b"".join(licences.open_document(licence.digest)))
    said = subprocess.run(["pdfsig", str(pdf)], capture_output=True, text=True, check=True).stdout
    assert "Signature is Valid" in said
    assert findings() == set()


@pytest.mark.django_db(transaction=True)
def test_what_meets_a_rule_is_decided_and_issued_by_the_worker():
    here = world.build()
    code = engine.item(here, "000123011000", **engine.RULE)
    case = engine.submitted(here, code, own_place="own")
    worker.drain(wiring.FOLLOWUPS, wiring.TIMERS)
    assert queries.one(here.applicant, case.id).state is State.CLOSED
    # Nothing failed, and nothing is left to do.
    assert fetch_all("SELECT task_name FROM procrastinate_jobs WHERE queue_name = 'followups'") == []


@pytest.mark.django_db(transaction=True)
def test_a_follow_up_that_runs_twice_issues_one_licence():
    here = world.build()
    ref = world.granted(here)
    for event in (1, 2):
        jobs.issue_licence(event, str(ref.id), ref.number)
    assert len(licences.mine(here.applicant, on=TODAY)) == 1
    assert findings() == set()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("change", "row"),
    [
        (
            "UPDATE case_file SET form = jsonb_set(form, '{shop_name}', '\"别的店\"') WHERE id = %s",
            "case_file({id})",
        ),
        ("UPDATE case_file SET due_on = due_on + 1 WHERE id = %s", "case_file({id})"),
        (
            "UPDATE case_file SET accepted_at = accepted_at + interval '1 second' WHERE id = %s",
            "case_file({id})",
        ),
        ("UPDATE case_file SET state = 'examined' WHERE id = %s", "case_file({id})"),
        ("DELETE FROM case_attachment WHERE case_id = %s AND key = 'report'", "case_file({id})"),
    ],
)
def test_a_case_changed_behind_the_ledgers_back_is_named(change, row):
    here = world.build()
    ref = world.closed(here)
    assert findings() == set()
    assert execute(change, [ref.id]) == 1
    assert findings() == {row.format(id=ref.id)}


@pytest.mark.django_db(transaction=True)
def test_a_changed_document_a_changed_licence_and_a_vanished_case_are_named():
    here = world.build()
    ref = world.closed(here)
    licence = licences.of_case(here.applicant, ref.id, on=TODAY)
    execute("UPDATE licence SET holder_name = '别人'")
    execute("UPDATE case_document SET body = jsonb_set(body, '{opinion}', '\"x\"') WHERE verb = 'examine'")
    named = findings()
    assert f"licence({licence.id})" in named
    assert sum(row.startswith("case_document(") for row in named) == 1
    with transaction.atomic():
        execute("DELETE FROM case_document")
        execute("DELETE FROM case_attachment")
        execute("DELETE FROM case_file WHERE id = %s", [ref.id])
    assert f"case_file({ref.id})" in findings()


@pytest.mark.django_db(transaction=True)
def test_a_discarded_draft_is_not_missed():
    from tongban.work.cases import actions

    here = world.build()
    ref = world.draft_filled(here)
    actions.discard(actor=here.applicant, case_id=ref.id, at=datetime.now(UTC))
    assert findings() == set()


@pytest.mark.django_db(transaction=True)
def test_sealing_after_a_life_covers_every_act_of_it():
    here = world.build()
    world.closed(here)
    while ledger_actions.seal(at=datetime.now(UTC)):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_head WHERE sealed_seq < seq")
        assert cursor.fetchone() == (0,)
    assert findings() == set()


@pytest.mark.django_db(transaction=True)
def test_the_command_says_ok_or_names_the_row_and_fails(capsys):
    here = world.build()
    ref = world.submitted(here)
    assert commands.verify(Namespace(), [queries.against_ledger]) == 0
    assert "ok: " in capsys.readouterr().out
    execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
    execute("UPDATE ledger_entry SET body = body || ' ' WHERE stream = %s AND seq = 1", [f"case:{ref.id}"])
    execute("ALTER TABLE ledger_entry ENABLE TRIGGER USER")
    assert commands.verify(Namespace(), [queries.against_ledger]) == 1
    assert f"ledger_entry(case:{ref.id}, 1)" in capsys.readouterr().out
