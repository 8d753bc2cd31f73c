"""Who may see and move adjustments (清单调整权限): what is published is everybody's, the rest is the organ's editors'."""

import uuid
from collections.abc import Collection

from django.db.models import Q

from tongban.base.actor import Actor
from tongban.offers.powers.rules.adjustments import AdjustmentMove, AdjustmentState, MadeBy
from tongban.standards.text import msg

EDITOR = "editor"


def visible_to(actor: Actor) -> Q:
    """Adjustments that ``actor`` may read (可见调整)."""
    return Q(state=AdjustmentState.PUBLISHED) | Q(power_list__in=actor.organs_as(EDITOR))


def sees(actor: Actor, *, organ_id: uuid.UUID, state: AdjustmentState) -> bool:
    """The same as :func:`visible_to` for one adjustment in memory (是否可见); a test holds the two together."""
    return state is AdjustmentState.PUBLISHED or organ_id in actor.organs_as(EDITOR)


def may_edit(actor: Actor, organ_id: uuid.UUID) -> tuple[bool, str]:
    """Whether ``actor`` may propose changes of this organ's list (编辑权), and why not."""
    if organ_id in actor.organs_as(EDITOR):
        return True, ""
    return False, msg("只有本机关的编辑可以提出调整本机关的权责清单。")


def may(
    actor: Actor, move: AdjustmentMove, *, organ_id: uuid.UUID, writers: Collection[uuid.UUID]
) -> tuple[bool, str]:
    """Whether ``actor`` may make ``move`` (能否办理), and why not in words fit to show."""
    allowed, reason = may_edit(actor, organ_id)
    if not allowed:
        return False, reason
    if move.by is MadeBy.SECOND and (actor.id is None or actor.stands_for() & set(writers)):
        return False, msg(
            "审核要由没有动笔的人来做：这次调整是您（或您代理的同事）写的或者改过的，请本机关另一位编辑审核。"
        )
    return True, ""
