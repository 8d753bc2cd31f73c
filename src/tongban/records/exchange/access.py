"""Who may send and read exchange messages (报文权限): connected systems, in their own name, with the right to it; nobody else."""

from django.db.models import Q

from tongban.base.actor import Actor, ActorKind
from tongban.people.signon.rules.rights import Right


def may_send(actor: Actor) -> bool:
    """Whether ``actor`` may send (可否发报文)."""
    return actor.kind is ActorKind.CONNECTED and Right.MESSAGES_SEND.value in actor.scopes


def visible_to(actor: Actor) -> Q:
    """Messages that ``actor`` may read (可见报文): what it sent itself, and what is addressed to its organ or to it."""
    return _sent_by(actor) | addressed_to(actor)


def addressed_to(actor: Actor) -> Q:
    """Messages for ``actor`` (收到的报文): to its organ as a whole, or to this very system."""
    if actor.kind is not ActorKind.CONNECTED or Right.MESSAGES_RECEIVE.value not in actor.scopes:
        return Q(pk__in=[])
    return Q(to_organ_id=actor.organ_id) & (Q(to_system_id=None) | Q(to_system_id=actor.id))


def _sent_by(actor: Actor) -> Q:
    return Q(sender_id=actor.id) if may_send(actor) else Q(pk__in=[])
