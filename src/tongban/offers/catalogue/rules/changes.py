"""Bulk changes (批量变更): many items at once, from a file or by one operation; looked through, shown, then done as a whole."""

from enum import StrEnum
from typing import Final

from tongban.standards.text import msg


class ChangeState(StrEnum):
    """State of a bulk change (批量变更状态)."""

    WAITING = "waiting"  # to be looked through
    READY = "ready"  # shown, to be confirmed
    REFUSED = "refused"  # something in it cannot be taken: nothing of it will be
    CONFIRMED = "confirmed"  # being done
    DONE = "done"
    DROPPED = "dropped"


CHANGE_LABELS = {
    ChangeState.WAITING: msg("正在检查"),
    ChangeState.READY: msg("等您确认"),
    ChangeState.REFUSED: msg("有问题，没有导入"),
    ChangeState.CONFIRMED: msg("正在办理"),
    ChangeState.DONE: msg("已办完"),
    ChangeState.DROPPED: msg("已放弃"),
}


class Verdict(StrEnum):
    """What a bulk change means for one item (逐项结论)."""

    SAME = "same"
    CHANGED = "changed"
    NEW = "new"  # the item has no text yet, or is not registered yet


VERDICT_LABELS = {
    Verdict.SAME: msg("没有变化"),
    Verdict.CHANGED: msg("有变化"),
    Verdict.NEW: msg("新写"),
}

MOST_PROBLEMS: Final = 5_000  # kept for the report; [O] our own number
AT_ONCE: Final = 50  # items; more than these are done by the worker. [O] our own number
SMALL_FILE: Final = (
    512 * 1024
)  # bytes, unpacked; a larger file is looked through by the worker. [O] our own number
