"""What counters read (窗口查询): whom a case may be passed on to, and what one's counter took in or hands out."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from django.db.models import Q

from tongban.base.actor import Actor
from tongban.offers.catalogue import queries as catalogue
from tongban.people.identity.queries import day_of
from tongban.people.mandates import queries as mandates
from tongban.people.parties import queries as parties
from tongban.people.places import queries as places
from tongban.work.cases.access import visible_to
from tongban.work.cases.models import Case, Document
from tongban.work.cases.models import Presence as PresenceRow
from tongban.work.cases.queries.files import CaseView, Present
from tongban.work.cases.queries.lists import ROW, CaseRow, rows
from tongban.work.cases.rules.anywhere import covers
from tongban.work.cases.rules.delivery import Way
from tongban.work.cases.rules.moves import State, Verb
from tongban.work.cases.rules.presence import Document as Shown


def serves(
    counter: parties.OrganView,
    edition: catalogue.EditionView,
    paths: Mapping[str, Sequence[places.PlaceView]],
) -> bool:
    """Whether a counter may take in what another organ decides (窗口能否收件), by the paths of both places."""
    scope = edition.guide.channels.anywhere
    return counter.id == edition.organ_id or covers(
        scope, paths.get(counter.place, ()), paths.get(edition.place, ())
    )


def takeable(
    counters: Collection[parties.OrganView], basic_code: str, on: date
) -> tuple[list[catalogue.EditionView], list[catalogue.EditionView]]:
    """Of the editions of a basic item (those that one of these counters may take in, the others) (本窗口可收的事项)."""
    offered = catalogue.offering(basic_code, on)
    paths = places.paths({counter.place for counter in counters} | {edition.place for edition in offered})
    fit = {edition.id for edition in offered for counter in counters if serves(counter, edition, paths)}
    return [one for one in offered if one.id in fit], [one for one in offered if one.id not in fit]


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


def may_transfer(case: CaseView) -> bool:
    """Whether any other organ carries this item out (有没有可移送的机关), whatever the day: the page says to whom."""
    return catalogue.carried_out_elsewhere(case.edition.basic_code, case.organ_id)


def of_counter(actor: Actor, *, limit: int = 100) -> list[CaseRow]:
    """What the actor's counters took in (本窗口收件), drafts included, newest first."""
    mine = Q(counter_id__in=actor.organs_as("clerk"))
    found = Case.objects.filter(visible_to(actor)).filter(mine).order_by("-id")
    return rows(found.values_list(*ROW)[:limit].iterator())


def presence(case: CaseView, on: date) -> Present | None:
    """Who was named today as standing at the counter for a case that the reader sees (今天的到场人), or None."""
    found = PresenceRow.objects.filter(pk=case.id).first()
    if found is None or day_of(found.at) != on:
        return None
    told = mandates.told({found.mandate_id} if found.mandate_id else set())
    return Present(Shown(found.seen), told[found.mandate_id] if found.mandate_id else None)


def to_hand_out(actor: Actor, *, limit: int = 100) -> list[CaseRow]:
    """What applicants are to collect at the actor's counters (待本窗口发放), the longest waiting first."""
    here = Q(delivery__counter__in=[str(organ) for organ in actor.organs_as("clerk")])
    waiting = Case.objects.filter(visible_to(actor), here, state=State.MADE, delivery__way=Way.COUNTER)
    return rows(waiting.order_by("act_by", "id").values_list(*ROW)[:limit].iterator())
