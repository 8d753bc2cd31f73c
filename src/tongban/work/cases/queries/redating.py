"""What imports of the calendar did to cases (日历更新影响): runs, counts by item, and the cases themselves."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from tongban.base.actor import Actor
from tongban.base.errors import NotFound
from tongban.standards.text import msg
from tongban.work.cases.access import visible_to
from tongban.work.cases.models import Case, Redated, Redating


@dataclass(frozen=True, slots=True)
class RedatingView:
    """A redating (日历更新重算). ``looked``, ``moved``, ``due``, ``settled``: over all cases of the platform."""

    id: uuid.UUID
    calendar: str
    first: date
    last: date
    state: str
    looked: int
    moved: int
    due: int
    settled: int
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class MovedItem:
    """How many cases of an item of an organ moved (按事项统计), of those that the reader may see."""

    organ: str
    item: str
    cases: int
    due: int


@dataclass(frozen=True, slots=True)
class MovedCase:
    """A case whose dates moved (期限变动办件)."""

    id: uuid.UUID
    number: str | None
    item: str
    organ: str
    applicant: str
    act_by_was: date | None
    act_by: date | None
    promised_was: date | None
    promised_on: date | None
    due_was: date | None
    due_on: date | None


def redatings(limit: int = 20) -> list[RedatingView]:
    """The redatings (重算记录), the newest first."""
    return [_view(one) for one in Redating.objects.select_related("calendar").order_by("-id")[:limit]]


def redating(redating_id: uuid.UUID) -> RedatingView:
    """One redating (重算记录); NotFound where there is none."""
    found = Redating.objects.select_related("calendar").filter(pk=redating_id).first()
    if found is None:
        raise NotFound("cases.redating", msg("没有这次日历更新。"))
    return _view(found)


def _view(one: Redating) -> RedatingView:
    return RedatingView(
        one.id,
        one.calendar.name,
        one.calendar.first,
        one.calendar.last,
        one.state,
        one.looked,
        one.moved,
        one.due,
        one.settled,
        one.started_at,
        one.ended_at,
    )


def _mine(actor: Actor, redating_id: uuid.UUID) -> QuerySet[Case]:
    """Cases that the actor may read and that this redating moved: both conditions on the one table of cases."""
    moved = Redated.objects.filter(redating_id=redating_id).values("case_id")
    return Case.objects.filter(visible_to(actor), pk__in=moved)


def moved_items(actor: Actor, redating_id: uuid.UUID, limit: int = 200) -> list[MovedItem]:
    """Counts by organ and item (按机关和事项统计), the most first."""
    found = (
        _mine(actor, redating_id)
        .values_list("organ__name", "edition__name")
        .annotate(cases=Count("id"), due=Count("id", filter=Q(pk__in=_due(redating_id))))
        .order_by("-cases", "organ__name", "edition__name")[:limit]
    )
    return [MovedItem(*row) for row in found]


def _due(redating_id: uuid.UUID) -> QuerySet[Redated, uuid.UUID]:
    return Redated.objects.filter(redating_id=redating_id, due=True).values_list("case_id", flat=True)


def moved_cases(
    actor: Actor, redating_id: uuid.UUID, *, after: uuid.UUID | None = None, limit: int = 50
) -> list[MovedCase]:
    """The cases themselves (变动的办件) in the order of their ids, those after ``after``."""
    found = _mine(actor, redating_id)
    if after is not None:
        found = found.filter(pk__gt=after)
    cases = list(
        found.order_by("pk").values_list("id", "number", "edition__name", "organ__name", "party__name")[
            :limit
        ]
    )
    told = _told(redating_id, [case[0] for case in cases])
    return [MovedCase(*case, *told[case[0]]) for case in cases]


def _told(redating_id: uuid.UUID, cases: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[date | None, ...]]:
    names = ("act_by_was", "act_by", "promised_was", "promised_on", "due_was", "due_on")
    found = Redated.objects.filter(redating_id=redating_id, case_id__in=cases).values_list("case_id", *names)
    return {row[0]: row[1:] for row in found}
