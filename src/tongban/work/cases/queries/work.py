"""What waits for whom (待办): drawn from the table of moves, the most pressing first, whatever the size of an office's past."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Any

from tongban.base.actor import Actor
from tongban.base.db import fetch_all
from tongban.offers.catalogue import queries as catalogue
from tongban.work.cases.access import visible_to
from tongban.work.cases.models import Case
from tongban.work.cases.queries.lists import ROW, CaseRow, Turn, rows
from tongban.work.cases.rules.moves import ASIDE, MOVES, OPEN, By, Move, State, Trait, Verb

LONGEST = 100  # rows of a work list; [O] our own number


class Whose(StrEnum):
    """Whose cases of a work list (谁领办): all, those that I claimed, those that nobody has claimed."""

    ALL = "all"
    MINE = "mine"
    FREE = "free"


def _asks(move: Move) -> str:
    """What a row of the table asks of the case besides its state, in the words of the statement below."""
    if move.only is Trait.AT_ONCE:
        return "at_once"
    return "not_joint" if move.unless is Trait.JOINT else ""


_WAITING: Mapping[By, Collection[tuple[State, str]]] = {
    by: sorted({(move.source, _asks(move)) for move in MOVES if move.by is by and move.verb not in ASIDE})
    for by in (By.CLERK, By.REVIEWER, By.DECIDER)
}
_PROPOSABLE = sorted(
    {
        (move.verb.value, move.source.value, move.by is By.GOVERNOR)
        for move in MOVES
        if move.by in (By.HEAD, By.GOVERNOR)
    }
)
_IN_WORK = ", ".join(f"'{state.value}'" for state in sorted(OPEN))

# One index probe per (office, state), each already in order, so the cost does not grow with the office's past; one per
# department for its parts; and the open proposals, of which there are few, by their own partial index.
_WORK = f"""
    SELECT id, act_by, warn_on, turn FROM (
        SELECT w.id, w.act_by, w.warn_on, 'move' AS turn
        FROM unnest(%(states)s::text[], %(organs)s::uuid[], %(asks)s::text[]) AS p(state, organ, asks)
        CROSS JOIN LATERAL (
            SELECT c.id, c.act_by, c.warn_on FROM case_file c
            WHERE c.organ_id = p.organ AND c.state = p.state AND c.state IN ({_IN_WORK})
              AND (p.asks <> 'at_once' OR c.committed IS NOT NULL OR c.edition_id = ANY(%(instant)s::uuid[]))
              AND (p.asks <> 'not_joint' OR NOT EXISTS (SELECT FROM case_part t WHERE t.case_id = c.id))
              AND {{whose}}
            ORDER BY c.act_by, c.id LIMIT %(limit)s
        ) w
        UNION ALL
        SELECT w.case_id, w.act_by, w.warn_on, 'part' FROM unnest(%(departments)s::uuid[]) AS p(organ)
        CROSS JOIN LATERAL (
            SELECT t.case_id, t.act_by, t.warn_on FROM case_part t JOIN case_file c ON c.id = t.case_id
            WHERE t.organ_id = p.organ AND t.state IN ('open', 'paused') AND {{whose}}
            ORDER BY t.act_by, t.id LIMIT %(limit)s
        ) w
        UNION ALL
        SELECT c.id, c.act_by, c.warn_on, 'approval' FROM case_proposal p JOIN case_file c ON c.id = p.case_id
        JOIN unnest(%(verbs)s::text[], %(sources)s::text[], %(governed)s::bool[]) AS m(verb, state, governed)
          ON m.verb = p.verb AND m.state = c.state
        WHERE p.ended_at IS NULL AND %(approves)s AND {{whose}} AND CASE
            WHEN m.governed THEN c.place = ANY(%(places)s::text[])
              AND EXISTS (SELECT FROM case_part t WHERE t.case_id = c.id)
            ELSE c.organ_id = ANY(%(heads)s::uuid[])
              AND (p.verb <> 'extend' OR NOT EXISTS (SELECT FROM case_part t WHERE t.case_id = c.id)) END
    ) found ORDER BY act_by, id LIMIT %(limit)s
"""  # noqa: S608 -- the states are ours; every value is bound
_WHOSE = {
    Whose.ALL: "%(me)s::uuid IS NOT NULL",
    Whose.MINE: "c.handler_id = %(me)s::uuid",
    Whose.FREE: "c.handler_id IS NULL AND %(me)s::uuid IS NOT NULL",
}


def work_list(actor: Actor, *, limit: int = LONGEST, whose: Whose = Whose.ALL) -> list[CaseRow]:
    """What waits for ``actor`` (待办清单) in all posts, the most pressing first: moves, parts of joint handling, proposals.

    Dates are those of the very turn: a department's part has its own. Three statements at most.
    """
    pairs = sorted(
        {
            (state.value, organ, asks)
            for by, turns in _WAITING.items()
            for state, asks in turns
            for organ in actor.organs_as(by.value)
        }
    )
    return _found(actor, pairs, limit, whose)


def to_accept(actor: Actor, *, limit: int = LONGEST) -> list[CaseRow]:
    """Applications that ``actor`` may accept (待受理清单), the most pressing first."""
    states = sorted({move.source.value for move in MOVES if move.verb is Verb.ACCEPT})
    pairs = [(state, organ, "") for state in states for organ in sorted(actor.organs_as(By.CLERK.value))]
    return _found(actor, pairs, limit, Whose.ALL, only_moves=True)


def _found(
    actor: Actor,
    pairs: Collection[tuple[str, uuid.UUID, str]],
    limit: int,
    whose: Whose,
    *,
    only_moves: bool = False,
) -> list[CaseRow]:
    heads = sorted(actor.organs_as(By.HEAD.value))
    places = sorted({post.place for post in actor.posts if post.role == By.GOVERNOR.value})
    departments = sorted(actor.organs_as(By.REVIEWER.value))
    if actor.id is None or not (pairs or heads or places or departments):
        return []
    deciding = {organ for _, organ, asks in pairs if asks == "at_once"}
    params: dict[str, Any] = {
        "states": [state for state, _, _ in pairs],
        "organs": [organ for _, organ, _ in pairs],
        "asks": [asks for _, _, asks in pairs],
        "instant": catalogue.instant_editions(deciding) if deciding else [],
        "departments": [] if only_moves else departments,
        "verbs": [verb for verb, _, _ in _PROPOSABLE],
        "sources": [source for _, source, _ in _PROPOSABLE],
        "governed": [governed for _, _, governed in _PROPOSABLE],
        "approves": bool(heads or places) and not only_moves,
        "heads": heads,
        "places": places,
        "me": actor.id,
        "limit": limit,
    }
    turns: dict[uuid.UUID, tuple[date | None, date | None, str]] = {}
    for id_, act_by, warn_on, turn in fetch_all(_WORK.format(whose=_WHOSE[whose]), params):
        turns.setdefault(id_, (act_by, warn_on, turn))
    if not turns:
        return []
    found = {
        row.id: row
        for row in rows(Case.objects.filter(visible_to(actor), pk__in=turns).values_list(*ROW).iterator())
    }
    return [
        replace(found[id_], act_by=act_by, warn_on=warn_on, turn=Turn(turn))
        for id_, (act_by, warn_on, turn) in turns.items()
        if id_ in found
    ]
