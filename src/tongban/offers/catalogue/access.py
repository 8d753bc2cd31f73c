"""Who may do what with the catalogue (事项权限). Published editions are public; drafts belong to the organ's editors."""

import uuid

from django.db.models import Q

from tongban.base.actor import Actor, ActorKind
from tongban.offers.catalogue.rules.editions import EditionState
from tongban.people.parties import queries as parties
from tongban.people.places.rules import PROVINCE
from tongban.standards.text import msg


def visible_to(actor: Actor) -> Q:
    """Editions that ``actor`` may read (可见版本)."""
    return ~Q(state=EditionState.DRAFT) | Q(item__organ_id__in=actor.organs_as("editor"))


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


def may_compare(actor: Actor) -> tuple[bool, str]:
    """Whether ``actor`` may hold editions against each other, against standard and quality (对照权), and why not."""
    if actor.organs_as("editor"):
        return True, ""
    return False, msg("只有事项编辑可以看这一页。")
