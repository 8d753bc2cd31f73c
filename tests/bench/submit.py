"""Submit (提交): raw SQL, our action, and the API, by turns on fresh drafts."""

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
MOST_STATEMENTS = 6


def act(stage: Stage, case: Draft) -> None:
    """Our act (我们的提交)."""
    actions.submit(actor=stage.world.applicant, case_id=case.id, at=datetime.now(UTC), version=case.version)


def _acting(stage: Stage, cases: Sequence[Draft], number: int) -> Iterator[None]:
    try:
        for case in own_part(cases, number, load.WORKERS):
            act(stage, case)
            yield
    finally:
        connections.close_all()


def _asking(stage: Stage, port: int, cases: Sequence[Draft], number: int) -> Iterator[None]:
    token = f"Bearer {stage.tokens['applicant']}"
    return serving.asked(
        port,
        (
            serving.request(
                "POST",
                f"/v1/cases/{case.id}/acts/submit",
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
        by_raw.append(load.run(partial(raw.submitting, stage, stage.drafts()), stage.url))
        by_us.append(load.run(partial(_acting, stage, stage.drafts()), stage.url))
    with serving.door("api") as (port, pid):
        by_api = [
            load.run(partial(_asking, stage, port, stage.drafts()), stage.url, pid) for _ in range(ROUNDS)
        ]
    first, second = stage.drafts()[:2]
    act(stage, stage.drafts()[2])  # caches filled, as after the first minute of any process
    ours = statements_of_django(partial(act, stage, first))
    connections.close_all()
    with psycopg.connect(stage.url) as wire:
        theirs = statements(wire.pgconn, partial(raw.submit, wire, second))
    return [
        *compared("submit", by_us, by_raw, "raw SQL", GOAL),
        counted("submit", ours, theirs, "raw SQL", MOST_STATEMENTS),
        *compared("submit over HTTP", by_api, by_raw, "raw SQL", None),
    ]
