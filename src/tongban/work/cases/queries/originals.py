"""Originals between counters (原件查询): where each paper of a case is, and what is on its way to and from one's counters."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F

from tongban.base.actor import Actor
from tongban.people.parties import queries as parties
from tongban.standards.workdays import Calendar
from tongban.work.cases.access import visible_to
from tongban.work.cases.models import Case, Original, Reach
from tongban.work.cases.queries.calendar import calendar
from tongban.work.cases.queries.files import CaseView
from tongban.work.cases.rules.originals import expected_by

# Of a paper that was sent, received and sent on, the last way comes last, whatever the clock's grain.
IN_ORDER = ("sent_at", F("received_at").asc(nulls_last=True), "what", "id")


@dataclass(frozen=True, slots=True)
class OriginalView:
    """One way of one paper (原件一程). ``expected_by``: after that day it is looked for."""

    id: uuid.UUID
    case_id: uuid.UUID
    number: str | None
    what: str
    sender_id: uuid.UUID
    sender: str
    receiver_id: uuid.UUID
    receiver: str
    tracking: str
    sent_by: str
    sent_at: datetime
    expected_by: date
    received_by: str
    received_at: datetime | None

    @property
    def received(self) -> bool:
        """Whether it was signed for (已签收)."""
        return self.received_at is not None


def originals(actor: Actor, case: CaseView) -> list[OriginalView]:
    """All ways of a case's papers (原件流转记录), the oldest first. The applicant sees where her papers are."""
    found = Original.objects.filter(case__in=Case.objects.filter(visible_to(actor), pk=case.id))
    return _views(found.select_related("case", "sent_by", "received_by").order_by(*IN_ORDER))


def on_the_way(actor: Actor, *, limit: int = 200) -> list[OriginalView]:
    """What is on its way to or from the actor's counters (在途原件), the longest under way first."""
    mine = actor.organs_as("clerk")
    found = Original.objects.filter(received_at__isnull=True)
    found = found.filter(receiver_id__in=mine) | found.filter(sender_id__in=mine)
    return _views(found.select_related("case", "sent_by", "received_by").order_by(*IN_ORDER)[:limit])


def taking_part(case: CaseView) -> list[uuid.UUID]:
    """Organs that take part in a case (参与机关): its deciding organ, its counter, and whoever it reached. One statement."""
    reaching = Reach.objects.filter(case_id=case.id).order_by("id").values_list("organ_id", flat=True)
    counter = [] if case.counter_id is None else [case.counter_id]
    return list(dict.fromkeys([case.organ_id, *counter, *reaching]))


def may_send(actor: Actor, case: CaseView) -> bool:
    """Whether the actor's counter takes part in a case (能否寄收原件)."""
    counters = actor.organs_as("clerk")
    if case.organ_id in counters or case.counter_id in counters:
        return True
    return bool(counters) and not counters.isdisjoint(taking_part(case))


def _views(found: Iterable[Original]) -> list[OriginalView]:
    rows = list(found)
    if not rows:
        return []
    names = parties.organs_by_id({organ for row in rows for organ in (row.sender_id, row.receiver_id)})
    days = calendar()
    return [_view(row, names, days) for row in rows]


def _view(row: Original, names: dict[uuid.UUID, parties.OrganView], days: Calendar) -> OriginalView:
    return OriginalView(
        id=row.id,
        case_id=row.case_id,
        number=row.case.number,
        what=row.what,
        sender_id=row.sender_id,
        sender=names[row.sender_id].name,
        receiver_id=row.receiver_id,
        receiver=names[row.receiver_id].name,
        tracking=row.tracking,
        sent_by=row.sent_by.staff_name,
        sent_at=row.sent_at,
        expected_by=expected_by(row.sent_at, days),
        received_by=row.received_by.staff_name if row.received_by else "",
        received_at=row.received_at,
    )
