"""Life of a connected system (接入系统的一生) as one table. A second person approves: at a provincial organ, never who wrote it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tongban.standards.text import msg


class SystemState(StrEnum):
    """State of a system (接入状态)."""

    REQUESTED = "requested"
    APPROVED = "approved"
    SUSPENDED = "suspended"
    RETIRED = "retired"
    DISCARDED = "discarded"


STATE_LABELS = {
    SystemState.REQUESTED: msg("等审批"),
    SystemState.APPROVED: msg("已接入"),
    SystemState.SUSPENDED: msg("已暂停"),
    SystemState.RETIRED: msg("已停用"),
    SystemState.DISCARDED: msg("已作废"),
}


class SystemVerb(StrEnum):
    """What moves a system (接入动作)."""

    AMEND = "amend"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    DISCARD = "discard"
    SUSPEND = "suspend"
    RESUME = "resume"
    RETIRE = "retire"


VERB_LABELS = {
    SystemVerb.AMEND: msg("修改登记"),
    SystemVerb.APPROVE: msg("批准"),
    SystemVerb.SEND_BACK: msg("退回修改"),
    SystemVerb.DISCARD: msg("作废登记"),
    SystemVerb.SUSPEND: msg("暂停"),
    SystemVerb.RESUME: msg("恢复"),
    SystemVerb.RETIRE: msg("停用"),
}


class MadeBy(StrEnum):
    """Who may make a move (由谁)."""

    ORGAN = "organ"  # an editor of the organ whose system it is
    SECOND = "second"  # an editor of a provincial organ who did not write what is approved
    KEEPER = "keeper"  # an editor of a provincial organ
    EITHER = "either"  # an editor of the organ, or of a provincial one


@dataclass(frozen=True, slots=True)
class SystemMove:
    """Move (接入流转): from a state, by a verb, to a state, by whom; ``asked``: only where something waits for approval."""

    source: SystemState
    verb: SystemVerb
    target: SystemState
    by: MadeBy
    asked: bool = False


_R, _A, _S, _X = SystemState.REQUESTED, SystemState.APPROVED, SystemState.SUSPENDED, SystemState.RETIRED
SYSTEM_MOVES = (
    SystemMove(_R, SystemVerb.AMEND, _R, MadeBy.ORGAN),
    SystemMove(_R, SystemVerb.APPROVE, _A, MadeBy.SECOND, asked=True),
    SystemMove(_R, SystemVerb.SEND_BACK, _R, MadeBy.SECOND, asked=True),
    SystemMove(_R, SystemVerb.DISCARD, SystemState.DISCARDED, MadeBy.ORGAN),
    SystemMove(_A, SystemVerb.AMEND, _A, MadeBy.ORGAN),
    SystemMove(_A, SystemVerb.APPROVE, _A, MadeBy.SECOND, asked=True),
    SystemMove(_A, SystemVerb.SEND_BACK, _A, MadeBy.SECOND, asked=True),
    SystemMove(_A, SystemVerb.SUSPEND, _S, MadeBy.EITHER),
    SystemMove(_S, SystemVerb.RESUME, _A, MadeBy.KEEPER),
    SystemMove(_A, SystemVerb.RETIRE, _X, MadeBy.EITHER),
    SystemMove(_S, SystemVerb.RETIRE, _X, MadeBy.EITHER),
)
_TABLE: Final = {(move.source, move.verb): move for move in SYSTEM_MOVES}


def find(source: SystemState, verb: SystemVerb) -> SystemMove | None:
    """The move from ``source`` by ``verb`` (查流转表), or None: then it cannot happen."""
    return _TABLE.get((source, verb))


def verbs_from(source: SystemState, *, asked: bool) -> tuple[SystemMove, ...]:
    """All moves that lead out of ``source`` (可行流转); ``asked``: whether something waits for approval."""
    return tuple(move for move in SYSTEM_MOVES if move.source is source and (asked or not move.asked))
