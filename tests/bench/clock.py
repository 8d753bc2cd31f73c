"""The calendar (日历更新): an import of the next year over a million open cases, beside a plain SQL UPDATE of as many rows.

Ours computes each case's dates from its history, writes those that changed, tells the ledger of each and reports them. The
reference writes the same columns of the same rows, and nothing else.
"""

import os
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import psycopg
from django.db import connection, connections
from psycopg.types.json import Jsonb
from tests import world as worlds
from tests.bench import load
from tests.bench.report import Figure
from tests.bench.stage import Stage

from tongban.base.actor import system
from tongban.base.calendar import actions as calendars
from tongban.base.calendar.queries import current, table_of
from tongban.base.calendar.tests.filling import INVENTED_2027
from tongban.offers.catalogue.queries import guide_of
from tongban.work.cases import actions
from tongban.work.cases.models import Redating
from tongban.work.cases.rules.clock import Event, Happened, History, dates, kept

CASES = int(os.environ.get("TONGBAN_BENCH_CASES", "1000000"))
GOAL = 60.0  # seconds
_FIRST, _DAYS = date(2026, 9, 1), 120
_AT = datetime(2026, 12, 15, 1, 30, tzinfo=UTC)
_DAY = timedelta(days=1)
_ACTOR = system("bench")
_COPY = (
    "COPY case_file (id, number, state, version, place, form, kept, delivery, started_at, submitted_at, accepted_at, account_id, organ_id,"
    " party_id, edition_id, clock, act_by, warn_on, promised_on, due_on, provisional) FROM STDIN"
)
_HEADS = """
    INSERT INTO ledger_head (stream, seq, hash, sealed_seq)
    SELECT 'case:' || id, 3, sha256(convert_to(id::text, 'UTF8')), 3 FROM case_file WHERE state = 'accepted'
"""
_PLAIN = """
    UPDATE case_file SET act_by = act_by - 1, warn_on = warn_on - 1, promised_on = promised_on - 1, due_on = due_on - 1,
           provisional = true WHERE id IN (SELECT case_id FROM case_redated WHERE redating_id = %s)
"""


def _histories() -> Iterator[History]:
    """Accepted on a day of autumn; every fifth was paused, half of these still are; every tenth was extended."""
    number = 0
    while True:
        day = _FIRST + number % _DAYS * _DAY
        events = [Event(Happened.RECEIVED, day), Event(Happened.ACCEPTED, day + number % 4 * _DAY)]
        if number % 5 == 0:
            events.append(Event(Happened.STOPPED, day + 5 * _DAY, 5 + number % 7 * 5))
            events += [Event(Happened.RESUMED, day + 12 * _DAY)] if number % 2 else []
        if number % 10 == 3:
            events.append(Event(Happened.EXTENDED, day + 10 * _DAY, 10))
        yield tuple(events)
        number += 1


def _fill(stage: Stage) -> None:
    calendars.take_in(actor=_ACTOR, text=table_of(None), at=_AT - _DAY)
    calendar, world = current(), stage.world
    editions = list(stage.editions)
    known = {}
    connections.close_all()
    with psycopg.connect(stage.url) as raw:
        with raw.cursor().copy(_COPY) as copy:
            for number, events in zip(range(CASES), _histories(), strict=False):
                edition = editions[number % len(editions)]
                if (events, edition) not in known:
                    known[events, edition] = dates(events, guide_of(edition).limits, calendar)
                found = known[events, edition]
                at = datetime.combine(events[1].on, _AT.timetz())
                copy.write_row(
                    [
                        uuid.uuid4(),
                        f"C{number:09}",
                        "accepted",
                        3,
                        worlds.COUNTY,
                        Jsonb({}),
                        Jsonb({}),
                        Jsonb({}),
                        at,
                        at,
                        at,
                        world.applicant.id,
                        world.organ_id,
                        world.applicant.party_id,
                        edition,
                        Jsonb(kept(events)),
                        found.act_by,
                        found.warn_on,
                        found.promised_on,
                        found.due_on,
                        found.provisional,
                    ]
                )  # fmt: skip -- a row
        raw.execute(_HEADS)
        raw.commit()
    _settle(stage)


def _settle(stage: Stage) -> None:
    connections.close_all()
    with psycopg.connect(stage.url, autocommit=True) as raw:
        raw.execute("VACUUM ANALYZE case_file, ledger_head, ledger_entry, case_redated")


def _timed(raw: psycopg.Connection | None, act: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock and of CPU (耗时), ours and the database's: what others do on the machine is in the first only."""
    pid = raw.info.backend_pid if raw else _backend()
    begun, cpu = time.monotonic(), load.cpu_of(pid) + time.process_time()
    act()
    return time.monotonic() - begun, load.cpu_of(pid) + time.process_time() - cpu


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def measure(stage: Stage) -> list[Figure]:
    """Look through all where nothing moves; import a year; write the same rows plainly (测量)."""
    _fill(stage)
    looking = _timed(None, lambda: actions.redate(actor=_ACTOR, at=_AT))
    calendars.take_in(actor=_ACTOR, text=INVENTED_2027, at=_AT)
    _settle(stage)
    moving = _timed(None, lambda: actions.redate(actor=_ACTOR, at=_AT))
    run = Redating.objects.latest("id")
    _settle(stage)
    with psycopg.connect(stage.url) as raw:
        plain = _timed(raw, lambda: (raw.execute(_PLAIN, [run.id]), raw.commit()))
    told = (
        f"plain UPDATE of the moved; {run.looked:,} looked at, {run.moved:,} moved, {run.settled:,} settled"
    )
    still, moved = f"{CASES:,} open, nothing moves", f"{CASES:,} open, a year announced"
    return [
        Figure("calendar", still, round(looking[0], 1), None, "", GOAL, "s below"),
        Figure("calendar", f"{still}, CPU", round(looking[1], 1), None, "", None, "s"),
        Figure("calendar", moved, round(moving[0], 1), round(plain[0], 1), told, GOAL, "s below"),
        Figure("calendar", f"{moved}, CPU", round(moving[1], 1), round(plain[1], 1), told, None, "s"),
    ]
