"""Who may see and move cases (办件权限): one filter for lists and details, one answer for every verb."""

import uuid

from django.db.models import Q

from tongban.base.actor import Actor, ActorKind
from tongban.standards.text import msg
from tongban.work.cases.rules.moves import By, Move, State, Verb

STAFF_ROLES = ("clerk", "reviewer", "decider")


def visible_to(actor: Actor) -> Q:
    """Cases that ``actor`` may read (可见办件): one's own; those submitted to an organ in which one handles cases."""
    if actor.kind is ActorKind.SYSTEM:
        return Q()
    own = Q(party_id=actor.party_id) if actor.party_id else Q(pk__in=[])
    return own | (Q(organ_id__in=actor.organs_as(*STAFF_ROLES)) & ~Q(state=State.DRAFT))


def sees(actor: Actor, *, party_id: uuid.UUID, organ_id: uuid.UUID, state: State) -> bool:
    """The same as :func:`visible_to` for one case in memory (是否可见); a test holds the two together."""
    if actor.kind is ActorKind.SYSTEM:
        return True
    if actor.party_id is not None and actor.party_id == party_id:
        return True
    return state is not State.DRAFT and organ_id in actor.organs_as(*STAFF_ROLES)


def may(
    actor: Actor, move: Move, *, party_id: uuid.UUID, organ_id: uuid.UUID, examiner_id: uuid.UUID | None
) -> tuple[bool, str]:
    """Whether ``actor`` may make ``move`` on this case (能否办理), and why not in words fit to show."""
    if move.by is By.APPLICANT:
        return (
            (True, "")
            if actor.party_id == party_id and actor.party_id
            else (False, msg("只有申请人本人可以这样做。"))
        )
    if move.by is By.SYSTEM:
        return (True, "") if actor.kind is ActorKind.SYSTEM else (False, msg("这一步由平台自动完成。"))
    if organ_id not in actor.organs_as(move.by.value):
        return False, msg("您在这个机关没有办理这一步的岗位。")
    if move.by is By.DECIDER and move.verb is not Verb.RETURN and examiner_id == actor.id:
        return False, msg("审查和决定要由两个人分别作出：这件是您审查的，请由另一位决定人决定。")
    return True, ""
