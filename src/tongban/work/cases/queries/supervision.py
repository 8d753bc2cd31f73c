"""What a supervisor reads (督查清单): the cases of her places, by state, organ and how pressing, page by page."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Q

from tongban.base.actor import Actor
from tongban.people.parties import queries as parties
from tongban.people.parties.queries import OrganView
from tongban.work.cases.access import visible_to
from tongban.work.cases.models import Case
from tongban.work.cases.queries.lists import ROW, CaseRow, newest, rows
from tongban.work.cases.rules.moves import MOVES, OPEN, Clock, State

# Up to so many organs each is asked for its own newest; beyond, the area is so large a part of all cases that walking
# through them in order finds a page at once. [O] our own number
_FEW = 60

# States under way in which a last day of ours stands in the row: all but those that wait for the applicant.
_DATED = OPEN - {move.target for move in MOVES if move.clock is Clock.WAIT}


class Pressing(StrEnum):
    """How pressing (紧迫程度)."""

    ALL = "all"
    WARN = "warn"  # the day of warning has come, the last day has not passed
    LATE = "late"


@dataclass(frozen=True, slots=True)
class After:
    """The last case of the page before (翻页位置); ``act_by`` where the list is by urgency."""

    id: uuid.UUID
    act_by: date | None = None


def by_urgency(state: State | None, pressing: Pressing) -> bool:
    """Whether a list stands in the order of urgency (按紧迫排序): of what is under way; else the newest first."""
    return pressing is not Pressing.ALL or state in _DATED


def organs_overseen(actor: Actor) -> list[OrganView]:
    """The organs in the places that ``actor`` supervises (督查范围内的机关), by place and name."""
    found = {organ.id: organ for area in sorted(_areas(actor)) for organ in parties.organs_in(area)}
    return list(found.values())


def _areas(actor: Actor) -> frozenset[str]:
    return actor.areas_as("supervisor")


def overseen(
    actor: Actor,
    organs: Sequence[OrganView],
    *,
    today: date,
    state: State | None = None,
    only: Collection[uuid.UUID] | None = None,
    pressing: Pressing = Pressing.ALL,
    after: After | None = None,
    limit: int = 50,
) -> list[CaseRow]:
    """The cases of the places that ``actor`` supervises (督查清单).

    ``organs``: all of hers, as :func:`organs_overseen` gives them; ``only``: some of them.
    """
    areas = _areas(actor)
    asked = [organ.id for organ in organs if only is None or organ.id in only]
    if not areas or not asked:
        return []
    within = Q(pk__in=[])
    for area in areas:
        within |= Q(place__startswith=area)
    found = Case.objects.filter(visible_to(actor), within).exclude(state=State.DRAFT)
    few = len(asked) <= _FEW
    if few or only is not None:
        found = found.filter(organ_id__in=asked)
    if state is not None:
        found = found.filter(state=state)
    if by_urgency(state, pressing):
        found = found.filter(_pressing(pressing, today), state__in=sorted(OPEN), act_by__isnull=False)
        if after is not None and after.act_by is not None:
            found = found.filter(Q(act_by__gt=after.act_by) | Q(act_by=after.act_by, id__gt=after.id))
        return rows(found.order_by("act_by", "id").values_list(*ROW)[:limit].iterator())
    before = None if after is None else after.id
    if few:
        found = found.filter(pk__in=newest(asked, state, before, limit))
    if before is not None:
        found = found.filter(pk__lt=before)
    return rows(found.order_by("-id").values_list(*ROW)[:limit].iterator())


def _pressing(pressing: Pressing, today: date) -> Q:
    if pressing is Pressing.LATE:
        return Q(act_by__lt=today)
    return Q(warn_on__lte=today, act_by__gte=today) if pressing is Pressing.WARN else Q()
