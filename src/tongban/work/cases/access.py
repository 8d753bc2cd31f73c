"""Who may see and move cases (办件权限): one filter for lists and details, one answer for every verb."""

import uuid
from collections.abc import Collection, Mapping
from functools import reduce
from operator import or_
from typing import Protocol

from django.db.models import Q

from tongban.base.actor import Actor, ActorKind
from tongban.offers.catalogue import queries as catalogue
from tongban.people.mandates.queries import refuse
from tongban.people.mandates.rules import (
    AMENDING,
    BASIC_AT,
    DRAFTING,
    LONGEST_BASIC,
    Act,
    Problem,
    limits_of,
    problem,
)
from tongban.people.signon.rules.rights import Right
from tongban.standards import case_number
from tongban.standards.text import msg
from tongban.work.cases.models import Reach
from tongban.work.cases.rules.checks import CheckMove
from tongban.work.cases.rules.moves import PROPOSALS, By, Move, State, Verb

STAFF_ROLES = ("clerk", "reviewer", "decider", "head")
_WHO_DECIDES = frozenset({By.DECIDER})


class Served(Protocol):
    """For whom a case is, and which counter serves her (办件的申请人和窗口)."""

    @property
    def party_id(self) -> uuid.UUID: ...
    @property
    def counter_id(self) -> uuid.UUID | None: ...
    @property
    def account_id(self) -> uuid.UUID: ...
    @property
    def edition_id(self) -> uuid.UUID: ...
    @property
    def place(self) -> str: ...


class Standing(Served, Protocol):
    """What access asks of a case (权限所看的内容): its row, or the row as an act has locked it."""

    @property
    def organ_id(self) -> uuid.UUID: ...
    @property
    def examiner_id(self) -> uuid.UUID | None: ...
    @property
    def number(self) -> str | None: ...


def visible_to(actor: Actor) -> Q:
    """Cases that ``actor`` may read (可见办件): one's own; those in which one's organ takes part; those of a supervised place.

    A draft is its applicant's, and the counter's that fills it in for her.
    """
    if actor.kind is ActorKind.SYSTEM:
        return Q()
    if actor.kind is ActorKind.CONNECTED:
        return _of_system(actor, Right.CASES_CONTENT)
    found = [_own(actor)] if actor.party_id else []
    if counters := actor.organs_as("clerk"):
        found.append(Q(counter_id__in=counters))
    submitted = [Q(place__startswith=area) for area in sorted(_areas(actor))]
    if organs := actor.organs_as(*STAFF_ROLES):
        taking_part = Reach.objects.filter(organ_id__in=organs).values("case_id")
        submitted += [Q(organ_id__in=organs), Q(pk__in=taking_part)]
    if submitted:
        found.append(reduce(or_, submitted) & ~Q(state=State.DRAFT))
    return reduce(or_, found) if found else Q(pk__in=[])


def listed_to(actor: Actor) -> Q:
    """Cases of which ``actor`` may know how they stand (可见进度): those she may read; a system with the right to that alone."""
    if actor.kind is ActorKind.CONNECTED:
        return _of_system(actor, Right.CASES_READ)
    return visible_to(actor)


def _of_system(actor: Actor, right: Right) -> Q:
    """Cases of a connected system's organ (系统所属机关的办件), where it has the right; never a draft."""
    if right.value not in actor.scopes:
        return Q(pk__in=[])
    return Q(organ_id=actor.organ_id) & ~Q(state=State.DRAFT)


def _own(actor: Actor, path: str = "") -> Q:
    """Cases of the party for which the actor acts (本人或所代的办件). ``path``: how a table leads to its case.

    Under a mandate only those within its items and places: those that she began herself, and where it lets her read, all.
    """
    own = Q(**{f"{path}party_id": actor.party_id})
    limits = limits_of(actor)
    if limits is None:
        return own if actor.mandate_id is None else Q(pk__in=[])
    if Act.READ not in limits.acts:
        own &= Q(**{f"{path}account_id": actor.id})
    if limits.items:
        own &= reduce(or_, (_of_item(f"{path}edition__item__code", code) for code in sorted(limits.items)))
    if limits.places:
        own &= reduce(or_, (Q(**{f"{path}place__startswith": area}) for area in sorted(limits.areas)))
    return own


def _of_item(column: str, code: str) -> Q:
    """An item, all kinds under it, or whatever carries a basic item out (事项筛选); an item's code ends with the basic one."""
    if len(code) <= LONGEST_BASIC:
        return Q(**{f"{column}__regex": rf"^.{{{BASIC_AT}}}{code}"})
    return Q(**{f"{column}__startswith": code})


def _is_own(actor: Actor, case: Served) -> bool:
    """The same for one case in memory (是否本人或所代的办件)."""
    if actor.party_id is None or actor.party_id != case.party_id:
        return False
    limits = limits_of(actor)
    if limits is None:
        return actor.mandate_id is None
    began = case.account_id == actor.id
    return (began or Act.READ in limits.acts) and limits.covers(item_of(case), case.place)


def item_of(case: Served) -> str:
    """The code of the item of a case (所办事项编码)."""
    return catalogue.edition(case.edition_id).item_code


def _areas(actor: Actor) -> frozenset[str]:
    """Beginnings of the division codes that the actor supervises, or for whose government she approves (督查范围)."""
    return actor.areas_as("supervisor") | actor.areas_as("governor")


def sees(actor: Actor, case: Standing, state: State, reaching: Collection[uuid.UUID]) -> bool:
    """The same as :func:`visible_to` for one case in memory (是否可见); a test holds the two together.

    ``reaching``: the further organs that take part in it.
    """
    if actor.kind is ActorKind.SYSTEM:
        return True
    if actor.kind is ActorKind.CONNECTED:
        reads = Right.CASES_CONTENT.value in actor.scopes
        return reads and case.organ_id == actor.organ_id and state is not State.DRAFT
    if _is_own(actor, case):
        return True
    if case.counter_id is not None and case.counter_id in actor.organs_as("clerk"):
        return True
    if state is State.DRAFT:
        return False
    organs = actor.organs_as(*STAFF_ROLES)
    return (
        case.organ_id in organs
        or not organs.isdisjoint(reaching)
        or any(case.place.startswith(area) for area in _areas(actor))
    )


def may(actor: Actor, move: Move, case: Standing, turns: Collection[uuid.UUID] = ()) -> tuple[bool, str]:
    """Whether ``actor`` may make ``move`` on this case (能否办理), and why not in words fit to show.

    ``turns``: further organs whose turn it is: departments in joint handling, the counter at which a result is collected.
    """
    if move.by is By.APPLICANT:
        allowed, reason = applies(actor, case)
        found = mandated(actor, case, _ACTS[move.verb]) if allowed else None
        return (allowed, reason) if found is None else (False, found.text)
    if move.by is By.SYSTEM:
        return (True, "") if actor.kind is ActorKind.SYSTEM else (False, msg("这一步由平台自动完成。"))
    if not _holds_post(actor, move, case, turns):
        return False, _NO_POST.get(move.by, msg("您在这个机关没有办理这一步的岗位。"))
    deciding = move.by is By.DECIDER and move.verb in FOUR_EYES
    if deciding and case.examiner_id is not None and case.examiner_id in actor.stands_for():
        return False, msg("审查和决定要由两个人分别作出：这件是您审查的，请由另一位决定人决定。")
    return True, ""


# What a mandate must allow for what an applicant does; any one of several.
_ACTS: Mapping[Verb, frozenset[Act]] = {
    Verb.SUBMIT: frozenset({Act.APPLY}),
    Verb.INSIST: frozenset({Act.APPLY}),
    Verb.ASK_REVIEW: frozenset({Act.APPLY}),
    Verb.RESUBMIT: frozenset({Act.SUPPLEMENT}),
    Verb.HAND_IN: frozenset({Act.SUPPLEMENT}),
    Verb.WITHDRAW: frozenset({Act.WITHDRAW}),
}
_SENDS = frozenset({Verb.SUBMIT, Verb.INSIST, Verb.RESUBMIT})


def acts_of(verb: Verb) -> frozenset[Act]:
    """What a mandate must allow for what an applicant does (所需授权): any one of these."""
    return _ACTS[verb]


def states_amount(verb: Verb) -> bool:
    """Whether the amount of an application counts for this (是否看金额): where it is sent."""
    return verb in _SENDS


def mandated(actor: Actor, case: Served, acts: frozenset[Act], amount: int | None = None) -> Problem | None:
    """What of the actor's mandate stands against an act on a case (授权是否够), or None; None where she acts for herself."""
    limits = limits_of(actor)
    if limits is None:
        return None
    return problem(limits, acts, item=item_of(case), place=case.place, amount=amount)


def filling(state: State) -> frozenset[Act]:
    """What a mandate must allow for changing what is filled in (改动填写内容所需): any one of these."""
    return AMENDING if state is State.SUPPLEMENT else DRAFTING


def ensure_mandated(actor: Actor, case: Served, acts: frozenset[Act], amount: int | None = None) -> None:
    """Refuse what the actor's mandate does not allow on a case (核对授权); nothing where she acts for herself."""
    refuse(mandated(actor, case, acts, amount))


def ensure_move_mandated(actor: Actor, verb: Verb, case: Served, amount: int | None) -> None:
    """The same for a move of the applicant (核对授权), with the rule of the mandate and not that of the move."""
    ensure_mandated(actor, case, _ACTS[verb], amount if states_amount(verb) else None)


# Who examined does not decide.
FOUR_EYES = frozenset({Verb.GRANT, Verb.GRANT_PARTLY, Verb.REFUSE})
_NO_POST = {
    By.HEAD: msg("这一步要由本机关负责人批准。"),
    By.GOVERNOR: msg("联合办理的延期，要由本级人民政府负责人批准（行政许可法第四十二条）。"),
    By.DEPARTMENT: msg("现在没有轮到您的部门，或者您没有审查岗位。"),
}


def _holds_post(actor: Actor, move: Move, case: Standing, turns: Collection[uuid.UUID]) -> bool:
    by, item = move.by, basic_of(case)
    if by is By.DEPARTMENT:
        return any(actor.holds("reviewer", organ_id, item) for organ_id in turns)
    if move.verb is Verb.DELIVER and any(actor.holds("clerk", organ_id, item) for organ_id in turns):
        return True
    if by is By.GOVERNOR:
        # 本级人民政府: the government of the very place, not of one above it.
        return any(post.role == by.value and post.place == case.place for post in actor.posts)
    return actor.holds(by.value, case.organ_id, item)


def basic_of(case: Standing) -> str:
    """Code of the basic item of a case (所办事项的基本编码), as its number carries it; empty for a draft, which has none."""
    return case_number.basic_of(case.number) if case.number else ""


def applies(actor: Actor, case: Served) -> tuple[bool, str]:
    """Whether ``actor`` may do what an applicant does (能否以申请人身份办理): herself, or the counter that serves her."""
    if _is_own(actor, case) or (case.counter_id is not None and case.counter_id in actor.organs_as("clerk")):
        return True, ""
    return False, msg("只有申请人本人可以这样做。")


def at_counter(actor: Actor, case: Served) -> bool:
    """Whether the actor does the applicant's part for her at the counter that took the case in (是否窗口代为办理)."""
    is_clerk = case.counter_id is not None and case.counter_id in actor.organs_as("clerk")
    return is_clerk and actor.kind is ActorKind.STAFF and not _is_own(actor, case)


def may_propose(actor: Actor, verb: Verb, case: Standing) -> tuple[bool, str]:
    """Whether ``actor`` may ask a superior for ``verb`` (能否呈批)."""
    proposal = PROPOSALS.get(verb)
    if proposal is None or not actor.holds(proposal.by.value, case.organ_id, basic_of(case)):
        return False, msg("您在这个机关没有办理这一步的岗位。")
    return True, ""


def checks_visible_to(actor: Actor) -> Q:
    """Follow-up checks that ``actor`` may read (可见承诺核查): of one's own cases, of one's organ, of a supervised place.

    An organ that only took part in a case does not see how its promise was kept.
    """
    if actor.kind is ActorKind.SYSTEM:
        return Q()
    found = [_own(actor, "case__")] if actor.party_id else []
    if organs := actor.organs_as(*STAFF_ROLES):
        found.append(Q(organ_id__in=organs))
    found += [Q(case__place__startswith=area) for area in sorted(_areas(actor))]
    return reduce(or_, found) if found else Q(pk__in=[])


def may_check(actor: Actor, move: CheckMove, organ_id: uuid.UUID) -> tuple[bool, str]:
    """Whether ``actor`` may make this move of a check (能否核查), and why not in words fit to show."""
    return handles(actor, organ_id, move.role)


def handles(actor: Actor, organ_id: uuid.UUID, *roles: str) -> tuple[bool, str]:
    """Whether ``actor`` holds one of ``roles`` in an organ (是否有岗位)."""
    if organ_id in actor.organs_as(*roles):
        return True, ""
    return False, msg("您在这个机关没有办理这一步的岗位。")
