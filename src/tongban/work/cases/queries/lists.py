"""Lists of cases (办件清单): one's own, what waits for one's posts, all of an office."""

import re
import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Case as DbCase
from django.db.models import Q, When

from tongban.base.actor import Actor, ActorKind
from tongban.base.db import fetch_all
from tongban.offers.catalogue import queries as catalogue
from tongban.people.parties import queries as parties
from tongban.work.cases.access import STAFF_ROLES, listed_to, visible_to
from tongban.work.cases.models import Case
from tongban.work.cases.rules.moves import OPEN, State


class Turn(StrEnum):
    """What waits (轮到什么): a move of the case, a department's part, a superior's answer to a proposal."""

    MOVE = "move"
    PART = "part"
    APPROVAL = "approval"


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list (办件行). ``handler_…``: who has claimed it."""

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
    handler_id: uuid.UUID | None = None
    handler_name: str | None = None
    turn: Turn = Turn.MOVE


ROW = [
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
    "handler_id",
    "handler__staff_name",
]


def rows(found: Iterator[tuple[object, ...]]) -> list[CaseRow]:
    """Rows as they come, with the columns of ``ROW`` (读取办件行)."""
    return [CaseRow(row[0], row[1], State(str(row[2])), *row[3:]) for row in found]  # type: ignore[arg-type] # columns as named in ROW


def mine(actor: Actor, limit: int = 100) -> list[CaseRow]:
    """The actor's own cases (我的办件): those under way, then drafts, then ended ones, each newest first. One statement.

    What is under way comes first so that no number of drafts can push it off the list.
    """
    if actor.party_id is None:
        return []
    place = When(state__in=OPEN, then=0), When(state=State.DRAFT, then=1)
    found = Case.objects.filter(visible_to(actor), party_id=actor.party_id)
    found = found.order_by(DbCase(*place, default=2), "-id")
    return rows(found.values_list(*ROW)[:limit].iterator())


def rows_of(actor: Actor, case_ids: Collection[uuid.UUID]) -> list[CaseRow]:
    """These cases (指定办件), as far as ``actor`` may read them. One statement."""
    return rows(Case.objects.filter(visible_to(actor), pk__in=case_ids).values_list(*ROW).iterator())


def of_office(
    actor: Actor,
    *,
    state: State | None = None,
    text: str = "",
    before: uuid.UUID | None = None,
    limit: int = 100,
    number: str | None = None,
) -> list[CaseRow]:
    """All cases that ``actor`` may read as staff (本机关办件), newest first, in one state or in any.

    ``text``: a number or its last 12 digits, the beginning of the applicant's name, or a part of the item's name.
    ``before``: the last case of the page before. ``number``: only the case with this number. A connected system is told of no
    person: neither who applies nor who handles it.
    """
    found = Case.objects.filter(listed_to(actor)).exclude(state=State.DRAFT)
    if number is not None:
        found = found.filter(number=number)
    elif text:
        found = found.filter(_speaks_of(actor, text))
    elif (organs := sorted(actor.organs_as(*STAFF_ROLES))) and not actor.areas_as("supervisor", "governor"):
        found = found.filter(pk__in=newest(organs, state, before, limit))
    if state is not None:
        found = found.filter(state=state)
    if before is not None:
        found = found.filter(pk__lt=before)
    told = rows(found.order_by("-id").values_list(*ROW)[:limit].iterator())
    return [_without_people(row) for row in told] if actor.kind is ActorKind.CONNECTED else told


def _without_people(row: CaseRow) -> CaseRow:
    return replace(row, applicant_name="", handler_id=None, handler_name=None)


# One ordered probe per organ and way of taking part: an OR over the three would read every case of the office.
_NEWEST = """
    SELECT DISTINCT id FROM (
        SELECT w.id FROM unnest(%(organs)s::uuid[]) AS p(organ) CROSS JOIN LATERAL (
            SELECT c.id FROM case_file c WHERE c.organ_id = p.organ AND c.state <> 'draft'
              AND (%(state)s::text IS NULL OR c.state = %(state)s) AND (%(before)s::uuid IS NULL OR c.id < %(before)s)
            ORDER BY c.id DESC LIMIT %(limit)s) w
        UNION ALL
        SELECT w.case_id FROM unnest(%(organs)s::uuid[]) AS p(organ) CROSS JOIN LATERAL (
            SELECT r.case_id FROM case_reach r JOIN case_file c ON c.id = r.case_id
            WHERE r.organ_id = p.organ AND c.state <> 'draft'
              AND (%(state)s::text IS NULL OR c.state = %(state)s)
              AND (%(before)s::uuid IS NULL OR r.case_id < %(before)s)
            ORDER BY r.case_id DESC LIMIT %(limit)s) w
        UNION ALL
        SELECT w.id FROM unnest(%(organs)s::uuid[]) AS p(organ) CROSS JOIN LATERAL (
            SELECT c.id FROM case_file c WHERE c.counter_id = p.organ AND c.state <> 'draft'
              AND (%(state)s::text IS NULL OR c.state = %(state)s) AND (%(before)s::uuid IS NULL OR c.id < %(before)s)
            ORDER BY c.id DESC LIMIT %(limit)s) w
    ) found ORDER BY id DESC LIMIT %(limit)s
"""


def newest(
    organs: Sequence[uuid.UUID], state: State | None, before: uuid.UUID | None, limit: int
) -> list[uuid.UUID]:
    """The newest cases in which these organs take part (机关最新办件), as candidates for the filter of access."""
    if not organs:
        return []
    values = {"organs": organs, "state": state and state.value, "before": before, "limit": limit}
    return [row[0] for row in fetch_all(_NEWEST, values)]


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
