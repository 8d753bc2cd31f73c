"""Lists as the rows grow (清单): a clerk's work list, an applicant's page and list, a supervisor's list of the province.

Measured at ten thousand rows and at TONGBAN_BENCH_CASES (a million; ten millions on request). The clerk's office has the same
hundred cases under way at every size; everything else is other offices' past.
"""

import json
import os
import random
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import psycopg
from django.db import connections
from tests import world as worlds
from tests.bench.report import Figure
from tests.bench.stage import Stage

from tongban.base.ids import new_id
from tongban.people.parties import queries as parties
from tongban.people.parties.models import Organ
from tongban.standards import credit_code
from tongban.work.cases import queries
from tongban.work.cases.rules.moves import State

SMALL = 10_000
LARGE = int(os.environ.get("TONGBAN_BENCH_CASES", "1000000"))
ORGANS, UNDER_WAY, CALLS = 400, 100, 300
FLAT = 1.2
WORK_LIST_GOAL = 20.0  # ms, p99 at a million
_AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
_COLUMNS = (
    "id, number, state, version, place, form, kept, delivery, clock, started_at, submitted_at, accepted_at, act_by, warn_on,"
    " promised_on, due_on, provisional, account_id, organ_id, party_id, edition_id"
)
# Of the past: what an office of its size has under way, and what is over.
_STATES = ("closed",) * 17 + ("refused", "withdrawn", "accepted")


def _organs() -> list[Organ]:
    """Further offices of the county and the city (其他机关)."""
    made = [
        Organ(
            name=f"测量机关{number}",
            short_name=f"测量机关{number}",
            credit_code=credit_code.make(f"11460108{number:09d}"),
            place_id=worlds.COUNTY if number % 2 else worlds.OTHER_COUNTY,
            kind="部门",
            demonstration=True,
        )
        for number in range(ORGANS)
    ]
    return Organ.objects.bulk_create(made)


class Growing:
    """A table of cases that grows (增长的办件表)."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.chance, self.rows = stage, random.Random(7), 0  # noqa: S311 -- rows of a bench, no secret
        self.organs = _organs()
        connections.close_all()
        self._copy([(stage.world.organ_id, "submitted")] * UNDER_WAY)

    def to(self, size: int) -> None:
        """Grow to ``size`` rows of other offices' cases."""
        self._copy(
            [
                (self.organs[self.chance.randrange(ORGANS)].id, self.chance.choice(_STATES))
                for _ in range(size - self.rows)
            ]
        )
        with psycopg.connect(self.stage.url, autocommit=True) as raw:
            raw.execute("VACUUM ANALYZE case_file")

    def _copy(self, wanted: list[tuple[object, str]]) -> None:
        world, editions = self.stage.world, list(self.stage.editions)
        form = json.dumps(self.stage.form)
        into = f"COPY case_file ({_COLUMNS}) FROM STDIN"
        with psycopg.connect(self.stage.url) as raw, raw.cursor().copy(into) as copy:
            for organ, state in wanted:
                self.rows += 1
                day = date(2026, 1, 5) + timedelta(days=self.rows % 300)
                at = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
                running = state in ("submitted", "accepted")
                last = day + timedelta(days=7) if running else None
                due = None if state == "submitted" else day + timedelta(days=28)
                clock = json.dumps([["received", day.isoformat(), 0, ""]])
                copy.write_row(
                    [
                        new_id(),
                        f"L{self.rows:09}",
                        state,
                        2,
                        worlds.COUNTY,
                        form,
                        "{}",
                        "{}",
                        clock,
                        at,
                        at,
                        None if state == "submitted" else at,
                        last,
                        last,
                        due,
                        due,
                        False,
                        world.applicant.id,
                        organ,
                        world.applicant.party_id,
                        editions[self.rows % len(editions)],
                    ]
                )


def _timed(act: Callable[[], object]) -> tuple[float, float]:
    """p50 and p99 in milliseconds of a read (读取耗时)."""
    times = []
    for number in range(CALLS + 20):
        begun = time.perf_counter()
        act()
        if number >= 20:  # statements are prepared, caches filled
            times.append(1000 * (time.perf_counter() - begun))
    times.sort()
    return times[len(times) // 2], times[len(times) * 99 // 100]


def _reads(stage: Stage) -> dict[str, Callable[[], object]]:
    world = stage.world
    own = queries.work_list(world.clerk, limit=1)[0].id
    organs = queries.organs_overseen(world.supervisor)
    assert len(organs) > ORGANS
    assert parties.organ(world.organ_id)
    return {
        "work list of a clerk": lambda: queries.work_list(world.clerk),
        "page of a case": lambda: queries.one(world.applicant, own),
        "list of an office": lambda: queries.of_office(world.clerk, limit=51),
        "list of the province, one state": lambda: queries.overseen(
            world.supervisor,
            organs,
            today=_AT.date(),
            state=State.ACCEPTED,
            only=None,
            pressing=queries.Pressing.ALL,
            after=None,
            limit=51,
        ),
        "list of the province, overdue": lambda: queries.overseen(
            world.supervisor,
            organs,
            today=_AT.date(),
            state=None,
            only=None,
            pressing=queries.Pressing.LATE,
            after=None,
            limit=51,
        ),
    }


def measure(stage: Stage) -> list[Figure]:
    """Each read at both sizes (测量)."""
    growing = Growing(stage)
    growing.to(SMALL)
    reads = _reads(stage)
    small = {name: _timed(act) for name, act in reads.items()}
    connections.close_all()
    growing.to(LARGE)
    large = {name: _timed(act) for name, act in reads.items()}
    connections.close_all()
    figures: list[Figure] = []
    for name in reads:
        for place, what in enumerate(("p50", "p99")):
            ours, reference = round(large[name][place], 2), round(small[name][place], 2)
            beside, goal = f"at {SMALL:,} rows; goal: within {FLAT}", None
            unit = "ms"
            if name == "work list of a clerk" and what == "p99":
                goal, unit = WORK_LIST_GOAL, "ms below"
            figures.append(
                Figure("lists", f"{name}, {what} at {LARGE:,}", ours, reference, beside, goal, unit)
            )
    return figures
