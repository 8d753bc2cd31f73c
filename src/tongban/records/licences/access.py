"""Who may see and touch licences (证照权限)."""

import uuid

from django.db.models import Q

from tongban.base.actor import Actor, ActorKind
from tongban.standards.text import msg


def visible_to(actor: Actor) -> Q:
    """Licences that ``actor`` may read whole (可见证照): the holder's own, and those that the actor's organ issued."""
    own = Q(holder_id=actor.party_id) if actor.party_id else Q(pk__in=[])
    return own | Q(issuer_id__in=actor.organs())


def may_issue(actor: Actor) -> tuple[bool, str]:
    """Only the platform issues, after a decision (签发权)."""
    if actor.kind is ActorKind.SYSTEM:
        return True, ""
    return False, msg("证照只能由平台在作出决定后签发。")


def may_revoke(actor: Actor, issuer_id: uuid.UUID) -> tuple[bool, str]:
    """Whether ``actor`` may revoke a licence of this issuer (撤销权), and why not."""
    if issuer_id in actor.organs_as("decider"):
        return True, ""
    return False, msg("只有发证机关的决定人可以撤销证照。")
