"""Decide (准予): raw SQL writing the same rows, and our action, by turns on cases that wait for a decision."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial

import psycopg
from django.db import connections
from tests.bench import load, raw
from tests.bench.report import Figure, compared, counted
from tests.bench.stage import Draft, Stage, own_part, statements, statements_of_django

from tongban.work.cases import actions

ROUNDS = 2
GOAL = 0.5


def act(stage: Stage, case: Draft) -> None:
    """Our act (我们的决定)."""
    actions.grant(
        actor=stage.world.decider, case_id=case.id, note="", at=datetime.now(UTC), version=case.version
    )


def _acting(stage: Stage, cases: Sequence[Draft], number: int) -> Iterator[None]:
    try:
        for case in own_part(cases, number, load.WORKERS):
            act(stage, case)
            yield
    finally:
        connections.close_all()


def measure(stage: Stage) -> list[Figure]:
    """Raw and ours by turns (测量)."""
    by_raw, by_us = [], []
    for _ in range(ROUNDS):
        by_raw.append(load.run(partial(raw.granting, stage, stage.examined()), stage.url))
        by_us.append(load.run(partial(_acting, stage, stage.examined()), stage.url))
    first, second = stage.examined()[:2]
    ours = statements_of_django(partial(act, stage, first))
    connections.close_all()
    with psycopg.connect(stage.url) as wire:
        theirs = statements(wire.pgconn, partial(raw.grant, wire, second, stage.world.clerk.id))
    return [
        *compared("decide", by_us, by_raw, "raw SQL", GOAL),
        counted("decide", ours, theirs, "raw SQL", None),
    ]
