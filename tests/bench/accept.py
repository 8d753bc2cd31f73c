"""Accept (受理): raw SQL, our action, and the API, by turns on what the submits have left."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial

import psycopg
from django.db import connections
from tests.bench import load, raw, serving
from tests.bench.report import Figure, compared, counted
from tests.bench.stage import Draft, Stage, own_part, statements, statements_of_django

from tongban.work.cases import actions

ROUNDS = 2
GOAL = 0.5


def act(stage: Stage, case: Draft) -> None:
    """Our act (我们的受理)."""
    actions.accept(actor=stage.world.clerk, case_id=case.id, at=datetime.now(UTC), version=case.version)


def _acting(stage: Stage, cases: Sequence[Draft], number: int) -> Iterator[None]:
    try:
        for case in own_part(cases, number, load.WORKERS):
            act(stage, case)
            yield
    finally:
        connections.close_all()


def _asking(stage: Stage, port: int, cases: Sequence[Draft], number: int) -> Iterator[None]:
    token = f"Bearer {stage.tokens['clerk']}"
    return serving.asked(
        port,
        (
            serving.request(
                "POST",
                f"/v1/cases/{case.id}/acts/accept",
                b'{"version": %d}' % case.version,
                Authorization=token,
            )
            for case in own_part(cases, number, load.WORKERS)
        ),
    )


def measure(stage: Stage) -> list[Figure]:
    """Raw and ours by turns, then the API (测量)."""
    by_raw, by_us = [], []
    for _ in range(ROUNDS):
        by_raw.append(load.run(partial(raw.accepting, stage, stage.submitted()), stage.url))
        by_us.append(load.run(partial(_acting, stage, stage.submitted()), stage.url))
    with serving.door("api") as (port, pid):
        by_api = [
            load.run(partial(_asking, stage, port, stage.submitted()), stage.url, pid) for _ in range(ROUNDS)
        ]
    first, second, third = stage.submitted()[:3]
    act(stage, third)
    ours = statements_of_django(partial(act, stage, first))
    connections.close_all()
    with psycopg.connect(stage.url) as wire:
        theirs = statements(wire.pgconn, partial(raw.accept, wire, second, stage.world.clerk.id))
    return [
        *compared("accept", by_us, by_raw, "raw SQL", GOAL),
        counted("accept", ours, theirs, "raw SQL", None),
        *compared("accept over HTTP", by_api, by_raw, "raw SQL", None),
    ]
