"""The ledger as witness: what every way of a case leaves is what its acts tell, and what was changed behind them is named."""

from datetime import timedelta

import pytest
from tests import engine

from tongban.base.db import execute
from tongban.base.ledger import queries as ledger
from tongban.work.cases import actions, jobs, queries
from tongban.work.cases.models import Case
from tongban.work.cases.rules.moves import Verb


def findings() -> set[str]:
    return {f"{finding.row}: {finding.problem}" for finding in [*ledger.verify(), *queries.against_ledger()]}


@pytest.fixture
def lives(world) -> dict[str, actions.Ref]:
    """Cases that went the unusual ways."""
    engine.departments()
    give = {"at": world.at}
    paused = engine.accepted(world, engine.item(world, "000123011000", **engine.SPECIAL))
    actions.suspend(actor=world.reviewer, case_id=paused.id, kind="hearing", days=5, reason="听证", **give)
    actions.resume(actor=world.reviewer, case_id=paused.id, at=world.at + timedelta(days=2))
    actions.propose_extension(actor=world.reviewer, case_id=paused.id, reason="要再看", **give)
    actions.extend(actor=world.head, case_id=paused.id, **give)
    actions.claim(actor=world.reviewer, case_id=paused.id, **give)
    waiting = engine.accepted(
        world, engine.item(world, "000123012000", **engine.later("lease")), without=("lease",)
    )
    joint = engine.accepted(world, engine.item(world, "000123013000", **engine.JOINT))
    reviewed = engine.submitted(world, engine.item(world, "000123014000", **engine.PRE_REVIEW))
    jobs.keep_time_at(world.at + timedelta(days=30))
    ruled = engine.submitted(world, engine.item(world, "000123015000", **engine.RULE), own_place="own")
    jobs.decide_by_rule(0, str(ruled.id), ruled.number or "")
    return {"paused": paused, "waiting": waiting, "joint": joint, "reviewed": reviewed, "ruled": ruled}


def test_the_unusual_ways_leave_nothing_that_their_acts_do_not_tell(lives):
    assert findings() == set()


@pytest.mark.parametrize(
    ("which", "change", "column"),
    [
        ("paused", "clock = jsonb_set(clock, '{0,1}', '\"2026-11-01\"')", "clock"),
        ("paused", "clock = clock - 1", "clock"),
        ("paused", "handler_id = NULL", "handler_id"),
        ("joint", "handler_id = account_id", "handler_id"),
        ("waiting", "later_by = later_by + 1", "later_by"),
        ("waiting", "later_by = NULL", "later_by"),
        ("reviewed", "accepted_at = accepted_at + interval '1 day'", "accepted_at"),
        ("ruled", "state = 'closed', ended_at = decided_at", "state"),
        ("joint", "place = '460107000000'", "place"),
        ("paused", "due_on = due_on + 1", "due_on"),
        ("paused", "provisional = NOT provisional", "provisional"),
        ("ruled", 'committed = \'{"digest": "x"}\'', "committed"),
        ("ruled", 'delivery = \'{"way": "post"}\'', "delivery"),
    ],
)
def test_what_was_changed_behind_the_ledger_is_named_with_its_column(lives, which, change, column):
    case = Case.objects.get(pk=lives[which].id)
    assert execute(f"UPDATE case_file SET {change} WHERE id = %s", [case.id]) == 1
    named = f"case_file({case.id}): changed: {column} is not what its last act left"
    assert named in findings()


@pytest.mark.parametrize(
    "verb", [Verb.SUSPEND, Verb.EXTEND, Verb.GRANT_BY_RULE, Verb.DEEM_ACCEPTED, Verb.ACCEPT]
)
def test_a_document_that_was_changed_or_taken_away_is_named(lives, verb):
    execute("UPDATE case_document SET body = body || '{\"x\": 1}' WHERE verb = %s", [verb.value])
    assert any(row.startswith("case_document(") and "changed" in row for row in findings())
    execute("DELETE FROM case_document WHERE verb = %s", [verb.value])
    assert any(row.startswith("case_document(") and "missing" in row for row in findings())
