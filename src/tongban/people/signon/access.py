"""Who may see and move connected systems (接入系统权限): the organ's editors its own, editors of provincial organs all."""

import uuid

from django.db.models import Q

from tongban.base.actor import Actor
from tongban.people.identity.rules import Role
from tongban.people.places.rules import PROVINCE
from tongban.people.signon.rules.systems import MadeBy, SystemMove


def is_keeper(actor: Actor) -> bool:
    """Whether the actor keeps the list for the province (省级管理员): an editor of a provincial organ."""
    return any(post.role == Role.EDITOR.value and post.place == PROVINCE for post in actor.posts)


def visible_to(actor: Actor) -> Q:
    """The systems that the actor may see (可见的接入系统)."""
    if is_keeper(actor):
        return Q()
    return Q(organ_id__in=actor.organs_as(Role.EDITOR.value))


def may(actor: Actor, move: SystemMove, *, organ_id: uuid.UUID, proposer_id: uuid.UUID | None) -> bool:
    """Whether the actor may make this move (能否流转). Nobody approves what she, or who she stands for, wrote."""
    is_own = organ_id in actor.organs_as(Role.EDITOR.value)
    if move.by is MadeBy.ORGAN:
        return is_own
    if move.by is MadeBy.EITHER:
        return is_own or is_keeper(actor)
    if move.by is MadeBy.KEEPER:
        return is_keeper(actor)
    return is_keeper(actor) and proposer_id not in actor.stands_for()
