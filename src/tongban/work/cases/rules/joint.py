"""Joint handling (联合办理): departments in parallel and in sequence, each with its turn, its budget and its opinion."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tongban.offers.catalogue.rules.guide import Department
from tongban.standards.text import msg


class PartState(StrEnum):
    """State of a department's part (部门办理状态)."""

    WAITING = "waiting"
    OPEN = "open"
    PAUSED = "paused"
    DONE = "done"
    ENDED = "ended"  # the case ended before its turn was over


PART_LABELS = {
    PartState.WAITING: msg("还没轮到"),
    PartState.OPEN: msg("正在办"),
    PartState.PAUSED: msg("特别程序中"),
    PartState.DONE: msg("已办完"),
    PartState.ENDED: msg("已终止"),
}


class PartVerb(StrEnum):
    """What moves a part (部门办理动作)."""

    OPEN = "open"
    PAUSE = "pause"
    UNPAUSE = "unpause"
    OPINE = "opine"
    REOPEN = "reopen"
    END = "end"


@dataclass(frozen=True, slots=True)
class PartMove:
    """Move of a part (部门流转)."""

    source: PartState
    verb: PartVerb
    target: PartState


PART_MOVES = (
    PartMove(PartState.WAITING, PartVerb.OPEN, PartState.OPEN),
    PartMove(PartState.OPEN, PartVerb.PAUSE, PartState.PAUSED),
    PartMove(PartState.PAUSED, PartVerb.UNPAUSE, PartState.OPEN),
    PartMove(PartState.OPEN, PartVerb.OPINE, PartState.DONE),
    PartMove(PartState.DONE, PartVerb.REOPEN, PartState.OPEN),
    PartMove(PartState.WAITING, PartVerb.END, PartState.ENDED),
    PartMove(PartState.OPEN, PartVerb.END, PartState.ENDED),
    PartMove(PartState.PAUSED, PartVerb.END, PartState.ENDED),
)


def find_part(source: PartState, verb: PartVerb) -> PartMove | None:
    """The move of a part from ``source`` by ``verb`` (查部门流转表), or None."""
    return next((move for move in PART_MOVES if move.source is source and move.verb is verb), None)


def begins(
    departments: Sequence[Department], done: Collection[str], begun: Collection[str]
) -> tuple[str, ...]:
    """The departments whose turn begins now (轮到的部门): not begun, and all that they wait for are done."""
    return tuple(
        department.key
        for department in departments
        if department.key not in begun and set(department.after) <= set(done)
    )


def remaining(departments: Sequence[Department], left: Mapping[str, int]) -> tuple[Department, ...]:
    """The departments with the working days that each still needs (各部门剩余天数); one that is done needs none."""
    return tuple(one.model_copy(update={"days": left.get(one.key, one.days)}) for one in departments)
