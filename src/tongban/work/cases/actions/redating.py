"""Redating (日历更新重算): after an import of the calendar the dates of open cases are computed anew, in bounded batches.

Nobody's case is locked while it is computed: a row is written only where it still has the version that was read, and read again
where somebody acted in between. A batch is one transaction with its place in the row of the redating, so that whatever dies goes
on behind the last batch, and twice is once. Equal histories under equal limits are computed once.
"""

import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction

from tongban.base.actor import Actor
from tongban.base.calendar import queries as calendars
from tongban.base.db import execute, fetch_all, fetch_one
from tongban.base.record import Deed, record_all
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.rules.guide import Limits
from tongban.standards.workdays import Calendar
from tongban.work.cases.actions.moving import kept_dates, stream_of
from tongban.work.cases.models import Redating
from tongban.work.cases.rules.clock import Dates, dates, history, part_dates
from tongban.work.cases.rules.moves import OPEN

BATCH: Final = 10_000  # cases in one transaction; [O] half a second to wait for whoever acts on one of them
_KEPT: Final = 200_000  # computed histories in memory at a time; [O]
_STATES: Final = sorted(state.value for state in OPEN)
_FIRST, _LAST = uuid.UUID(int=0), uuid.UUID(int=2**128 - 1)


def redate(
    *,
    actor: Actor,
    at: datetime,
    again: bool = False,
    batch: int = BATCH,
    told: Callable[[Redating], None] = lambda run: None,
) -> Redating | None:
    """Compute the dates of all open cases by the current calendar (重算期限), or go on where it was left. None: nothing to do.

    ``again``: also where it was done before, and every case. ``told``: hears how far it is after each batch.
    """
    run = begin(at=at, again=again)
    if run is None:
        return None
    counting = Counting(calendars.calendar_of(run.calendar_id))
    while step(actor=actor, redating_id=run.id, at=at, batch=batch, counting=counting):
        told(Redating.objects.get(pk=run.id))
    return Redating.objects.get(pk=run.id)


@transaction.atomic
def begin(*, at: datetime, again: bool = False) -> Redating | None:
    """Begin the redating by the current calendar (开始重算); the one that runs where there is one, None where it is done.

    One that runs for an earlier edition is overtaken: the new one does its work as well.
    """
    execute("LOCK TABLE case_redating IN SHARE ROW EXCLUSIVE MODE")
    current = calendars.current_id()
    if current is None:
        return None
    running = Redating.objects.filter(state="running").first()
    if running is not None and running.calendar_id == current:
        return running
    if running is not None:
        Redating.objects.filter(pk=running.id).update(state="overtaken", ended_at=at)
    done = Redating.objects.filter(state="done").order_by("-id").first()
    if done is not None and done.calendar_id == current and not again:
        return None
    since = None if again or done is None else _since(done.calendar_id, current)
    return Redating.objects.create(calendar_id=current, since=since, started_at=at)


def _since(done: uuid.UUID, current: uuid.UUID) -> date:
    """The first day that counts otherwise than by any calendar under which a date may have been computed since (起算日).

    A case whose dates all lie before it, and are sure, cannot move: they are functions of the days up to them.
    """
    now = calendars.calendar_of(current)
    found = [calendars.calendar_of(one).first_difference(now) for one in calendars.ids_since(done)]
    return min((day for day in found if day is not None), default=now.last + timedelta(days=1))


@dataclass
class Counting:
    """Computed histories (已算历史): equal ones under equal limits are computed once."""

    calendar: Calendar
    _limits: dict[uuid.UUID, tuple[Limits, str]] = field(default_factory=dict)
    _dates: dict[tuple[str, str], Dates] = field(default_factory=dict)

    def dates(self, edition_id: uuid.UUID, clock: str) -> Dates:
        """The dates of a case (办理期限). ``clock``: the text in its row."""
        limits, name = self._limits.get(edition_id) or self._known(edition_id)
        found = self._dates.get((name, clock))
        if found is None:
            if len(self._dates) >= _KEPT:
                self._dates.clear()
            found = dates(history(json.loads(clock)), limits, self.calendar)
            self._dates[name, clock] = found
        return found

    def part_dates(self, clock: str, key: str) -> Dates:
        """The dates of a department (部门期限)."""
        return part_dates(history(json.loads(clock)), key, self.calendar)

    def _known(self, edition_id: uuid.UUID) -> tuple[Limits, str]:
        limits = catalogue.guide_of(edition_id).limits
        self._limits[edition_id] = limits, limits.model_dump_json()
        return self._limits[edition_id]


_COLUMNS = "c.id, c.version, c.number, c.edition_id, c.clock, c.act_by, c.warn_on, c.promised_on, c.due_on, c.provisional"
_READ = f"""
    SELECT {_COLUMNS} FROM case_file c
    WHERE c.id > %(after)s AND c.state = ANY(%(states)s)
      AND (%(since)s::date IS NULL OR c.provisional
           OR c.act_by >= %(since)s OR c.due_on >= %(since)s OR c.promised_on >= %(since)s)
    ORDER BY c.id LIMIT %(batch)s
"""  # noqa: S608 -- constant text
_AGAIN = f"SELECT {_COLUMNS} FROM case_file c WHERE c.id = ANY(%s) AND c.state = ANY(%s)"  # noqa: S608 -- constant text
# Departments whose turn it is; few, so their cases are locked like those of any act.
_PARTS = f"""
    SELECT p.id, p.key, p.act_by, p.warn_on, {_COLUMNS} FROM case_part p JOIN case_file c ON c.id = p.case_id
    WHERE p.case_id > %s AND p.case_id <= %s AND p.state IN ('open', 'paused') AND c.state = ANY(%s)
    ORDER BY c.id, p.id FOR UPDATE OF c
"""  # noqa: S608 -- constant text
_WRITE = """
    UPDATE case_file c
    SET act_by = t.act_by, warn_on = t.warn_on, promised_on = t.promised_on, due_on = t.due_on, provisional = t.provisional
    FROM json_to_recordset(%s::json)
      AS t (id uuid, version int, act_by date, warn_on date, promised_on date, due_on date, provisional bool)
    WHERE c.id = t.id AND c.version = t.version RETURNING c.id
"""
_WRITE_PARTS = """
    UPDATE case_part p SET act_by = t.act_by, warn_on = t.warn_on
    FROM unnest(%s::uuid[], %s::date[], %s::date[]) AS t (id, act_by, warn_on) WHERE p.id = t.id
"""
_TELL = """
    INSERT INTO case_redated (redating_id, case_id, act_by_was, promised_was, due_was, act_by, promised_on, due_on, due)
    SELECT %s, t.* FROM json_to_recordset(%s::json)
      AS t (id uuid, act_by_was date, promised_was date, due_was date, act_by date, promised_on date, due_on date, due bool)
    ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class _Row:
    """A case as it is read (读到的办件)."""

    id: uuid.UUID
    version: int
    number: str | None
    edition_id: uuid.UUID
    clock: str
    dates: Dates


def _row(found: Sequence[Any]) -> _Row:
    id_, version, number, edition_id, clock, *told = found
    return _Row(id_, version, number, edition_id, clock, Dates(*told))


@dataclass(frozen=True, slots=True)
class _Moved:
    """A case that is not what the calendar says now (有变动的办件)."""

    row: _Row
    dates: Dates

    @property
    def any(self) -> bool:
        """Whether a date moved at all; else it only settled."""
        was, now = self.row.dates, self.dates
        return self.due or was.act_by != now.act_by

    @property
    def due(self) -> bool:
        """Whether the promise or the limit moved: then the applicant is told."""
        was, now = self.row.dates, self.dates
        return (was.promised_on, was.due_on) != (now.promised_on, now.due_on)


def step(
    *, actor: Actor, redating_id: uuid.UUID, at: datetime, batch: int = BATCH, counting: Counting
) -> bool:
    """Do one batch (一批), all of it or nothing; whether there may be more. Whoever does the same at the same time waits."""
    with transaction.atomic():
        found = fetch_one(
            "SELECT calendar_id, since, after FROM case_redating WHERE id = %s AND state = 'running' FOR UPDATE",
            [redating_id],
        )
        if found is None:
            return False
        calendar_id, since, after = found
        if calendar_id != calendars.current_id():
            _end(redating_id, "overtaken", at)
            return False
        after = after or _FIRST
        asked = {"after": after, "states": _STATES, "since": since, "batch": batch}
        rows = [_row(one) for one in fetch_all(_READ, asked)]
        last = rows[-1].id if len(rows) == batch else _LAST
        moved = _written(rows, counting)
        parts = _parts_written(after, last, counting)
        _record(actor, redating_id, moved, parts, counting.calendar.edition, at)
        _count(redating_id, last, len(rows), moved)
        if last == _LAST:
            _end(redating_id, "done", at)
        return last != _LAST


def _written(rows: Sequence[_Row], counting: Counting) -> list[_Moved]:
    """Write what changed (写入变动); what somebody moved in between is read again, until nothing is left."""
    written: list[_Moved] = []
    while rows:
        moved = [
            _Moved(row, now)
            for row in rows
            if (now := counting.dates(row.edition_id, row.clock)) != row.dates
        ]
        if not moved:
            break
        told = [
            {
                "id": str(one.row.id),
                "version": one.row.version,
                **_named(one.dates),
                "provisional": one.dates.provisional,
            }
            for one in moved
        ]
        there = {id_ for (id_,) in fetch_all(_WRITE, [json.dumps(told)])}
        written += [one for one in moved if one.row.id in there]
        missed = [one.row.id for one in moved if one.row.id not in there]
        rows = [_row(one) for one in fetch_all(_AGAIN, [missed, _STATES])] if missed else []
    return written


def _parts_written(after: uuid.UUID, last: uuid.UUID, counting: Counting) -> dict[_Row, dict[str, str]]:
    """Write the dates of departments (写入部门期限) of the cases of a batch: by case, what moved."""
    ids: list[uuid.UUID] = []
    found: list[Dates] = []
    moved: dict[_Row, dict[str, str]] = {}
    for id_, key, act_by, warn_on, *case in fetch_all(_PARTS, [after, last, _STATES]):
        row = _row(case)
        now = counting.part_dates(row.clock, key)
        if (now.act_by, now.warn_on) != (act_by, warn_on):
            ids.append(id_)
            found.append(now)
            moved.setdefault(row, {})[key] = "" if now.act_by is None else now.act_by.isoformat()
    if ids:
        execute(_WRITE_PARTS, [ids, [one.act_by for one in found], [one.warn_on for one in found]])
    return moved


def _record(
    actor: Actor,
    redating_id: uuid.UUID,
    moved: Sequence[_Moved],
    parts: dict[_Row, dict[str, str]],
    calendar: str,
    at: datetime,
) -> None:
    """Tell the ledger (入账) of each case of which something changed, and the report of those whose dates moved."""
    of_parts = {row.id: told for row, told in parts.items()}
    deeds = [_deed(one.row, one.dates, of_parts.pop(one.row.id, {}), calendar, due=one.due) for one in moved]
    rows = {row.id: row for row in parts}
    deeds += [_deed(rows[id_], rows[id_].dates, told, calendar, due=False) for id_, told in of_parts.items()]
    record_all(deeds, actor=actor, at=at)
    told = [one for one in moved if one.any]
    if told:
        execute(_TELL, [redating_id, json.dumps([_report(one) for one in told])])


def _named(found: Dates) -> dict[str, str | None]:
    return {name: None if day is None else day.isoformat() for name, day in _days(found)}


def _days(found: Dates) -> tuple[tuple[str, date | None], ...]:
    return (
        ("act_by", found.act_by),
        ("warn_on", found.warn_on),
        ("promised_on", found.promised_on),
        ("due_on", found.due_on),
    )


def _report(one: _Moved) -> dict[str, object]:
    was = _named(one.row.dates)
    before = {"act_by_was": was["act_by"], "promised_was": was["promised_on"], "due_was": was["due_on"]}
    return {"id": str(one.row.id), **before, **_named(one.dates), "due": one.due}


def _deed(row: _Row, now: Dates, parts: dict[str, str], calendar: str, *, due: bool) -> Deed:
    data = {"number": row.number, "calendar": calendar, **kept_dates(now)} | (
        {"parts": parts} if parts else {}
    )
    event = {"case_id": str(row.id), "number": row.number, "verb": "recompute"}
    return Deed(stream_of(row.id), "cases.recompute", data, heard=due, event=event)


def _count(redating_id: uuid.UUID, last: uuid.UUID, looked: int, moved: Sequence[_Moved]) -> None:
    execute(
        "UPDATE case_redating SET after = %s, looked = looked + %s, moved = moved + %s, due = due + %s, settled = settled + %s"
        " WHERE id = %s",
        [
            last,
            looked,
            sum(one.any for one in moved),
            sum(one.due for one in moved),
            sum(not one.any for one in moved),
            redating_id,
        ],
    )


def _end(redating_id: uuid.UUID, state: str, at: datetime) -> None:
    execute("UPDATE case_redating SET state = %s, ended_at = %s WHERE id = %s", [state, at, redating_id])
