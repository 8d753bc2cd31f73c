"""Life of an edition (版本的一生), and the words that search goes by."""

from dataclasses import dataclass
from datetime import date
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


class Validity(StrEnum):
    """Where an edition stands on a day (版本效力): its state says what was done to it, its dates what that means."""

    DRAFT = "draft"
    AHEAD = "ahead"
    IN_FORCE = "in_force"
    ENDED = "ended"


VALIDITY_LABELS = {
    Validity.DRAFT: msg("草稿"),
    Validity.AHEAD: msg("还没有开始"),
    Validity.IN_FORCE: msg("在用"),
    Validity.ENDED: msg("已经结束"),
}


def validity_of(state: EditionState, starts_on: date | None, ends_on: date | None, on: date) -> Validity:
    """Where an edition stands on a day (某日的版本效力); it ends before ``ends_on`` begins."""
    if state is EditionState.DRAFT or starts_on is None:
        return Validity.DRAFT
    if ends_on is not None and ends_on <= max(on, starts_on):
        return Validity.ENDED
    return Validity.AHEAD if on < starts_on else Validity.IN_FORCE


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
