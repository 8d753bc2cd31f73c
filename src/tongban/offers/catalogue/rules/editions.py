"""Life of an edition (版本的一生), and the words that search goes by."""

from dataclasses import dataclass
from enum import StrEnum

from tongban.standards.text import msg


class EditionState(StrEnum):
    """State of an edition (版本状态)."""

    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    RETIRED = "retired"


STATE_LABELS = {
    EditionState.DRAFT: msg("草稿"),
    EditionState.PUBLISHED: msg("在用"),
    EditionState.SUPERSEDED: msg("已被新版本取代"),
    EditionState.RETIRED: msg("已取消"),
}


@dataclass(frozen=True, slots=True)
class Move:
    """Move (流转): from a state by a verb to a state."""

    source: EditionState
    verb: str
    target: EditionState


MOVES = (
    Move(EditionState.DRAFT, "publish", EditionState.PUBLISHED),
    Move(EditionState.PUBLISHED, "supersede", EditionState.SUPERSEDED),
    Move(EditionState.PUBLISHED, "retire", EditionState.RETIRED),
)


def target_of(source: EditionState, verb: str) -> EditionState | None:
    """Where ``verb`` leads from ``source`` (流转目标), or None where the table has no such move."""
    return next((move.target for move in MOVES if move.source is source and move.verb == verb), None)
