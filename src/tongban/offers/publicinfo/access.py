"""Who may see and move public information (公开信息权限): what is published is everybody's, drafts are the organ's editors'."""

import uuid
from collections.abc import Collection

from django.db.models import Q

from tongban.base.actor import Actor
from tongban.offers.publicinfo.rules.documents import PUBLIC, DocumentMove, DocumentState, MadeBy
from tongban.standards.text import msg

EDITOR = "editor"


def visible_to(actor: Actor) -> Q:
    """Document editions that ``actor`` may read (可见信息)."""
    return Q(state__in=PUBLIC) | Q(document__organ_id__in=actor.organs_as(EDITOR))


def sees(actor: Actor, *, organ_id: uuid.UUID, state: DocumentState) -> bool:
    """The same as :func:`visible_to` for one edition in memory (是否可见); a test holds the two together."""
    return state in PUBLIC or organ_id in actor.organs_as(EDITOR)


def may_edit(actor: Actor, organ_id: uuid.UUID) -> tuple[bool, str]:
    """Whether ``actor`` may write for this organ (编辑权), and why not."""
    if organ_id in actor.organs_as(EDITOR):
        return True, ""
    return False, msg("只有本机关的编辑可以写和改这个机关的信息。")


def may(
    actor: Actor, move: DocumentMove, *, organ_id: uuid.UUID, writers: Collection[uuid.UUID]
) -> tuple[bool, str]:
    """Whether ``actor`` may make ``move`` (能否办理), and why not in words fit to show."""
    if move.by is MadeBy.SYSTEM:
        return False, msg("这一步由平台自动完成。")
    allowed, reason = may_edit(actor, organ_id)
    if not allowed:
        return False, reason
    if move.by is MadeBy.SECOND and (actor.id is None or actor.stands_for() & set(writers)):
        return False, msg(
            "保密审查要由没有动笔的人来做：这一版是您（或您代理的同事）写的或者改过的，请本机关另一位编辑审查。"
        )
    return True, ""
