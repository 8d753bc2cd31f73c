"""Whole lives of cases (办件一生): eight acts from a filled draft to the close, one after the other, by eight workers at once.

Submit, ask for a supplement, save, resubmit, accept, examine, grant, finish. The licence's own making, a signed PDF, is a job
of the worker and is not in it.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial

from django.db import connections
from tests.bench import load
from tests.bench.report import Figure
from tests.bench.stage import Draft, Stage, own_part

from tongban.base.actor import system
from tongban.base.ids import new_id
from tongban.work.cases import actions
from tongban.work.cases.rules.application import Demand

ACTS = 8
GOAL = 150.0  # lives a second
_SYSTEM = system("bench")


def live(stage: Stage, case: Draft) -> None:
    """One case from draft to close (一件办完)."""
    world, at = stage.world, datetime.now(UTC)
    actions.submit(actor=world.applicant, case_id=case.id, at=at)
    demands = [Demand("field:address", "请写到门牌号。")]
    actions.request_supplement(actor=world.clerk, case_id=case.id, demands=demands, at=at)
    actions.save(actor=world.applicant, case_id=case.id, values={"address": "海口市龙华区滨海大道2号"}, at=at)
    actions.resubmit(actor=world.applicant, case_id=case.id, at=at)
    actions.accept(actor=world.clerk, case_id=case.id, at=at)
    actions.examine(actor=world.reviewer, case_id=case.id, opinion="符合条件。", at=at)
    actions.grant(actor=world.decider, case_id=case.id, note="", at=at)
    actions.finish(actor=_SYSTEM, case_id=case.id, licence_id=new_id(), at=at)


def _living(stage: Stage, cases: Sequence[Draft], number: int) -> Iterator[None]:
    try:
        for case in own_part(cases, number, load.WORKERS):
            live(stage, case)
            yield
    finally:
        connections.close_all()


def measure(stage: Stage) -> list[Figure]:
    """Lives a second, and what one costs (测量)."""
    run = load.run(partial(_living, stage, stage.drafts()), stage.url)
    return [
        Figure("lives", f"whole lives of {ACTS} acts", round(run.rate, 1), GOAL, "the goal", 1.0, "1/s"),
        Figure("lives", "p50 of a life", round(run.p50, 1), None, "", None, "ms"),
        Figure("lives", "CPU of a life, program", round(run.program_cpu, 2), None, "", None, "ms each"),
        Figure("lives", "CPU of a life, database", round(run.database_cpu, 2), None, "", None, "ms each"),
    ]
