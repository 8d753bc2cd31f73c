"""Who may do what with the catalogue (事项权限). Published editions are public; what is pending belongs to the organ's editors."""

import uuid
from collections.abc import Collection

from django.db.models import Q

from tongban.base.actor import Actor, ActorKind
from tongban.offers.catalogue.rules.editions import PENDING, MadeBy, Move
from tongban.people.parties import queries as parties
from tongban.people.places.rules import PROVINCE
from tongban.standards.text import msg


def visible_to(actor: Actor) -> Q:
    """Editions that ``actor`` may read (可见版本)."""
    return ~Q(state__in=PENDING) | Q(item__organ_id__in=actor.organs_as("editor"))


def may_edit(actor: Actor, organ_id: uuid.UUID) -> tuple[bool, str]:
    """Whether ``actor`` may write and publish editions of this organ (编辑权), and why not."""
    if organ_id in actor.organs_as("editor"):
        return True, ""
    return False, msg("只有本机关的事项编辑可以改动这个事项。")


def may_edit_basic(actor: Actor) -> tuple[bool, str]:
    """Whether ``actor`` may write and publish basic editions (基本目录编辑权), which bind the whole province, and why not."""
    if actor.kind is ActorKind.SYSTEM:
        return True, ""
    if any(parties.organ(organ_id).place == PROVINCE for organ_id in actor.organs_as("editor")):
        return True, ""
    return False, msg("只有省级机关的事项编辑可以改动基本目录。")


def may(actor: Actor, move: Move, *, writers: Collection[uuid.UUID]) -> tuple[bool, str]:
    """Whether an editor may make ``move`` (能否办理), and why not. That ``actor`` is an editor there is asked apart.

    What the platform does by itself, an import for one, has no second person; the ledger names the platform.
    """
    if move.by is MadeBy.SYSTEM:
        return False, msg("这一步由平台自动完成。")
    if move.by is MadeBy.EDITOR or actor.kind is ActorKind.SYSTEM:
        return True, ""
    if actor.id is None or actor.stands_for() & set(writers):
        return False, msg(
            "批准要由没有动笔的人来做：这一版是您（或您代理的同事）写的或者改过的，请另一位事项编辑批准。"
        )
    return True, ""


def may_compare(actor: Actor) -> tuple[bool, str]:
    """Whether ``actor`` may hold editions against each other, against standard and quality (对照权), and why not."""
    if actor.organs_as("editor"):
        return True, ""
    return False, msg("只有事项编辑可以看这一页。")
