"""How long cases took (办理用时查询): per item and organ over a period, and the histories of one item to be played again."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from tongban.base.actor import Actor
from tongban.base.db import fetch_all
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.rules.guide import Limits
from tongban.people.parties import queries as parties
from tongban.standards.workdays import Calendar
from tongban.work.cases.access import STAFF_ROLES
from tongban.work.cases.queries.calendar import calendar
from tongban.work.cases.rules.clock import History, history
from tongban.work.cases.rules.durations import Phase, quantile, spent

MOST = 20_000  # cases of one item that are looked at one by one, the newest; [O] our own number


@dataclass(frozen=True, slots=True)
class ItemDurations:
    """How long one organ took for one item (事项用时), in working days from acceptance to decision, special procedures included."""

    item_id: uuid.UUID
    organ_id: uuid.UUID
    item_name: str
    organ_name: str
    place: str
    cases: int
    middle: float
    most: float  # nine of ten took no longer
    promised: int
    statutory: int
    late: int
    unlawful: int


# Working days between two days are the difference of two places in one row of running counts, which comes as a parameter:
# a million cases are counted in the database, and none of them one by one.
_BY_ITEM = """
    WITH w AS (SELECT %(counts)s::int[] AS n),
    d AS (
        SELECT c.organ_id, e.item_id, e.name, c.place, c.promised_on, c.due_on, c.edition_id,
               (c.decided_at AT TIME ZONE 'Asia/Shanghai')::date AS decided,
               (c.accepted_at AT TIME ZONE 'Asia/Shanghai')::date AS accepted
        FROM case_file c JOIN edition e ON e.id = c.edition_id
        WHERE c.organ_id = ANY(%(organs)s) AND c.decided_at >= %(since)s AND c.decided_at < %(until)s
    ),
    t AS (SELECT d.*, w.n[d.decided - %(first)s::date + 1] - w.n[d.accepted - %(first)s::date + 1] AS took FROM d, w)
    SELECT item_id, organ_id, max(name), max(place), count(*),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY took), percentile_cont(0.9) WITHIN GROUP (ORDER BY took),
           count(*) FILTER (WHERE decided > promised_on), count(*) FILTER (WHERE decided > due_on),
           (array_agg(edition_id ORDER BY decided DESC))[1]
    FROM t GROUP BY item_id, organ_id ORDER BY count(*) DESC, item_id LIMIT %(limit)s
"""


def reach(actor: Actor) -> list[uuid.UUID]:
    """The organs whose durations ``actor`` may read (可看用时的机关): her own, and those of the places that she supervises."""
    own = set(actor.organs_as(*STAFF_ROLES, "editor"))
    for area in sorted(actor.areas_as("supervisor")):
        own |= {organ.id for organ in parties.organs_in(area)}
    return sorted(own)


def by_item(actor: Actor, *, since: date, until: date, limit: int = 200) -> list[ItemDurations]:
    """Durations per item and organ (各事项用时) of the cases decided from ``since`` to before ``until``, the most cases first."""
    days = calendar()
    rows = fetch_all(
        _BY_ITEM,
        {
            "counts": _counts(days),
            "first": days.first,
            "organs": reach(actor),
            "since": since,
            "until": until,
            "limit": limit,
        },
    )
    organs = parties.organs_by_id([row[1] for row in rows])
    return [
        ItemDurations(
            item_id=row[0],
            organ_id=row[1],
            item_name=row[2],
            organ_name=organs[row[1]].short_name,
            place=row[3],
            cases=row[4],
            middle=float(row[5] or 0),
            most=float(row[6] or 0),
            promised=(limits := catalogue.guide_of(row[9]).limits).promised_days,
            statutory=limits.statutory_days,
            late=row[7],
            unlawful=row[8],
        )
        for row in rows
    ]


@lru_cache(maxsize=4)
def _counts(days: Calendar) -> list[int]:
    """Working days up to and with each day of the calendar, from its first on (累计工作日)."""
    start = days.first
    return [
        days.between(start, date.fromordinal(n)) for n in range(start.toordinal(), days.last.toordinal() + 1)
    ]


_HISTORIES = """
    SELECT c.clock, c.edition_id FROM case_file c JOIN edition e ON e.id = c.edition_id
    WHERE e.item_id = %s AND c.organ_id = ANY(%s) AND c.decided_at >= %s AND c.decided_at < %s
    ORDER BY c.id DESC LIMIT %s
"""


def histories(actor: Actor, item_id: uuid.UUID, *, since: date, until: date) -> list[tuple[History, Limits]]:
    """The histories of an item's decided cases with their limits (办件计时历史), for a replay; at most :data:`MOST`."""
    rows = fetch_all(_HISTORIES, [item_id, reach(actor), since, until, MOST])
    return [(history(json.loads(row[0])), catalogue.guide_of(row[1]).limits) for row in rows]


@dataclass(frozen=True, slots=True)
class PhaseTime:
    """Where time went (环节用时): working days of one phase, on average and for nine of ten cases."""

    phase: Phase
    mean: float
    most: int


def phases(told: Sequence[tuple[History, Limits]]) -> list[PhaseTime]:
    """Where the time of these cases went (时间花在哪里), phase by phase; phases in which none went are left out."""
    days = calendar()
    found = [spent(events, days) for events, _ in told]
    times = {phase: sorted(one[phase] for one in found) for phase in Phase}
    return [
        PhaseTime(phase, sum(taken) / len(taken), quantile(taken, 0.9))
        for phase, taken in times.items()
        if any(taken)
    ]
