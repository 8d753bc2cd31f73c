"""Lists of cases (办件清单): one's own, what waits for one's posts, all of an office."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case as DbCase
from django.db.models import Q, When

from tongban.base.actor import Actor
from tongban.base.db import fetch_all
from tongban.offers.catalogue import queries as catalogue
from tongban.people.parties import queries as parties
from tongban.work.cases.access import STAFF_ROLES, visible_to
from tongban.work.cases.models import Case
from tongban.work.cases.rules.moves import OPEN, By, State, Verb, verbs_from


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list (办件行)."""

    id: uuid.UUID
    number: str | None
    state: State
    item_name: str
    organ_name: str
    place_name: str
    applicant_name: str
    started_at: datetime
    submitted_at: datetime | None
    act_by: date | None
    warn_on: date | None
    promised_on: date | None
    due_on: date | None
    provisional: bool
    edition_id: uuid.UUID
    bundle_id: uuid.UUID | None


_ROW = [
    "id",
    "number",
    "state",
    "edition__name",
    "organ__short_name",
    "edition__item__place__name",
    "party__name",
    "started_at",
    "submitted_at",
    "act_by",
    "warn_on",
    "promised_on",
    "due_on",
    "provisional",
    "edition_id",
    "bundle_id",
]


def _rows(found: Iterator[tuple[object, ...]]) -> list[CaseRow]:
    return [CaseRow(row[0], row[1], State(str(row[2])), *row[3:]) for row in found]  # type: ignore[arg-type] # columns as named in _ROW


def mine(actor: Actor, limit: int = 100) -> list[CaseRow]:
    """The actor's own cases (我的办件): those under way, then drafts, then ended ones, each newest first. One statement.

    What is under way comes first so that no number of drafts can push it off the list.
    """
    if actor.party_id is None:
        return []
    place = When(state__in=OPEN, then=0), When(state=State.DRAFT, then=1)
    found = Case.objects.filter(visible_to(actor), party_id=actor.party_id)
    found = found.order_by(DbCase(*place, default=2), "-id")
    return _rows(found.values_list(*_ROW)[:limit].iterator())


# Which states wait for which role: drawn from the table of moves, not written a second time.
_WAITING = {
    by: [
        state
        for state in State
        if any(move.by is by and move.verb is not Verb.RETURN for move in verbs_from(state))
    ]
    for by in (By.CLERK, By.REVIEWER, By.DECIDER)
}


def work_list(actor: Actor, *, limit: int = 100) -> list[CaseRow]:
    """What waits for ``actor`` (待办清单) in all posts, the most pressing first. One statement over the partial index."""
    wanted: dict[str, list[uuid.UUID]] = {}
    for by, states in _WAITING.items():
        for state in states:
            wanted.setdefault(state.value, []).extend(actor.organs_as(by.value))
    pairs = [(state, organ) for state, organs in wanted.items() for organ in set(organs)]
    ids = (
        fetch_all(_WORK, [[state for state, _ in pairs], [organ for _, organ in pairs], limit])
        if pairs
        else []
    )
    order = {row[0]: place for place, row in enumerate(ids)}
    found = (
        Case.objects.filter(visible_to(actor), pk__in=order).values_list(*_ROW).iterator()
        if order
        else iter(())
    )
    return sorted(_rows(found), key=lambda row: order[row.id])


# One index probe per (office, state), each already in order, so the cost does not grow with the office's past.
_WORK = """
    SELECT w.id, w.act_by FROM unnest(%s::text[], %s::uuid[]) AS p(state, organ)
    CROSS JOIN LATERAL (
        SELECT c.id, c.act_by FROM case_file c
        WHERE c.organ_id = p.organ AND c.state = p.state
          AND c.state IN ('submitted', 'supplement', 'accepted', 'examined', 'granted')
        ORDER BY c.act_by, c.id LIMIT 100
    ) w ORDER BY w.act_by, w.id LIMIT %s
"""


def of_office(
    actor: Actor,
    *,
    state: State | None = None,
    text: str = "",
    before: uuid.UUID | None = None,
    limit: int = 100,
) -> list[CaseRow]:
    """All cases that ``actor`` may read as staff (本机关办件), newest first, in one state or in any.

    ``text``: a number or its last 12 digits, the beginning of the applicant's name, or a part of the item's name.
    ``before``: the last case of the page before.
    """
    found = Case.objects.filter(visible_to(actor)).exclude(state=State.DRAFT)
    if state is not None:
        found = found.filter(state=state)
    if before is not None:
        found = found.filter(pk__lt=before)
    if text:
        found = found.filter(_speaks_of(actor, text))
    return _rows(found.order_by("-id").values_list(*_ROW)[:limit].iterator())


_TAIL = re.compile(r"[0-9]{12}")
_NUMBER = re.compile(r"[0-9A-Z]{43}")


def _speaks_of(actor: Actor, text: str) -> Q:
    """What a search means (检索条件), as values that the indexes of the cases find: numbers, parties, editions."""
    organs, number = actor.organs_as(*STAFF_ROLES), text.upper()
    if _NUMBER.fullmatch(number):
        return Q(number=number)
    if _TAIL.fullmatch(text):
        return Q(number__in=[code + text for code in catalogue.codes_of(organs)])
    return Q(party_id__in=parties.ids_named(text)) | Q(edition_id__in=catalogue.editions_named(organs, text))
