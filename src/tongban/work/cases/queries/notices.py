"""Notices of the applicant (消息查询)."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from tongban.base.actor import Actor
from tongban.work.cases.access import visible_to
from tongban.work.cases.models import Case, Notice
from tongban.work.cases.rules.moves import State, Verb


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice as its addressee reads it (消息视图)."""

    id: uuid.UUID
    case_id: uuid.UUID
    number: str
    item_name: str
    organ_name: str
    state: State
    verb: Verb
    at: datetime
    read_at: datetime | None


_COLUMNS = (
    "id",
    "case_id",
    "case__number",
    "case__edition__name",
    "case__organ__name",
    "case__state",
    "verb",
    "at",
    "read_at",
)  # fmt: skip -- one line


def own_notices(actor: Actor) -> Q:
    """The notices of the party for which the actor acts (本人或所代的消息): under a mandate those of the cases that she sees."""
    own = Q(party_id=actor.party_id)
    return own if actor.mandate_id is None else own & Q(case__in=Case.objects.filter(visible_to(actor)))


def notices(actor: Actor, *, before: uuid.UUID | None = None, limit: int = 30) -> list[NoticeView]:
    """The actor's own notices (我的消息), newest first, after the one named ``before``. One statement."""
    if actor.party_id is None:
        return []
    found = Notice.objects.filter(own_notices(actor))
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = found.order_by("-id").values_list(*_COLUMNS)[:limit]
    return [
        NoticeView(id_, case_id, number or "", item, organ, State(state), Verb(verb), at, read_at)
        for id_, case_id, number, item, organ, state, verb, at, read_at in rows
    ]


MOST_COUNTED = 100  # [O] beyond that a number says nothing more


def unread(actor: Actor) -> int:
    """How many notices the actor has not read (未读数), at most :data:`MOST_COUNTED`. One statement over a partial index."""
    if actor.party_id is None:
        return 0
    return Notice.objects.filter(own_notices(actor), read_at__isnull=True)[:MOST_COUNTED].count()
