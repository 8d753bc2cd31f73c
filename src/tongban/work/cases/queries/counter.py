"""What counters read (窗口查询): whom a case may be passed on to, and what one's counter took in or hands out."""

import uuid
from datetime import date

from django.db.models import Q

from tongban.base.actor import Actor
from tongban.offers.catalogue import queries as catalogue
from tongban.work.cases.access import visible_to
from tongban.work.cases.models import Case, Document
from tongban.work.cases.queries.files import CaseView
from tongban.work.cases.queries.lists import ROW, CaseRow, rows
from tongban.work.cases.rules.delivery import Way
from tongban.work.cases.rules.moves import State, Verb


def passed_on_by(case_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Organs that passed a case on (移送过这件的机关)."""
    found = Document.objects.filter(case_id=case_id, verb=Verb.TRANSFER).values_list("body__from", flat=True)
    return frozenset(uuid.UUID(organ) for organ in found)


def receivers(case: CaseView, on: date) -> list[catalogue.EditionView]:
    """The editions of those to whom a case may be passed on (可移送的机关): the same basic item, never one that had it."""
    had = passed_on_by(case.id) | {case.organ_id}
    return [
        edition for edition in catalogue.offering(case.edition.basic_code, on) if edition.organ_id not in had
    ]


def of_counter(actor: Actor, *, limit: int = 100) -> list[CaseRow]:
    """What the actor's counters took in (本窗口收件), drafts included, newest first."""
    mine = Q(counter_id__in=actor.organs_as("clerk"))
    found = Case.objects.filter(visible_to(actor)).filter(mine).order_by("-id")
    return rows(found.values_list(*ROW)[:limit].iterator())


def to_hand_out(actor: Actor, *, limit: int = 100) -> list[CaseRow]:
    """What applicants are to collect at the actor's counters (待本窗口发放), the longest waiting first."""
    here = Q(delivery__counter__in=[str(organ) for organ in actor.organs_as("clerk")])
    waiting = Case.objects.filter(visible_to(actor), here, state=State.MADE, delivery__way=Way.COUNTER)
    return rows(waiting.order_by("act_by", "id").values_list(*ROW)[:limit].iterator())
