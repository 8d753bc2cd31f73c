"""Life of an edition (版本的一生) as one table: who may do what with it, from the first draft to its end."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from tongban.standards.text import msg


class EditionState(StrEnum):
    """State of an edition (版本状态)."""

    DRAFT = "draft"
    CHECKED = "checked"
    APPROVED = "approved"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    RETIRED = "retired"


# What nobody outside may see yet; plain texts, because constraints of the database are written with them.
PENDING: Final = ["draft", "checked", "approved"]

STATE_LABELS = {
    EditionState.DRAFT: msg("草稿"),
    EditionState.CHECKED: msg("待审批"),
    EditionState.APPROVED: msg("已批准，待发布"),
    EditionState.PUBLISHED: msg("在用"),
    EditionState.SUPERSEDED: msg("已被新版本取代"),
    EditionState.RETIRED: msg("已取消"),
}


class Validity(StrEnum):
    """Where an edition stands on a day (版本效力): its state says what was done to it, its dates what that means."""

    DRAFT = "draft"
    CHECKED = "checked"
    APPROVED = "approved"
    AHEAD = "ahead"
    IN_FORCE = "in_force"
    ENDED = "ended"


VALIDITY_LABELS = {
    Validity.DRAFT: STATE_LABELS[EditionState.DRAFT],
    Validity.CHECKED: STATE_LABELS[EditionState.CHECKED],
    Validity.APPROVED: STATE_LABELS[EditionState.APPROVED],
    Validity.AHEAD: msg("还没有开始"),
    Validity.IN_FORCE: msg("在用"),
    Validity.ENDED: msg("已经结束"),
}


def validity_of(state: EditionState, starts_on: date | None, ends_on: date | None, on: date) -> Validity:
    """Where an edition stands on a day (某日的版本效力); it ends before ``ends_on`` begins."""
    if state.value in PENDING or starts_on is None:
        return Validity(state.value) if state.value in PENDING else Validity.DRAFT
    if ends_on is not None and ends_on <= max(on, starts_on):
        return Validity.ENDED
    return Validity.AHEAD if on < starts_on else Validity.IN_FORCE


class Verb(StrEnum):
    """What is done with an edition (版本动作)."""

    WRITE = "write"
    DISCARD = "discard"
    CHECK = "check"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    PUBLISH = "publish"
    SUPERSEDE = "supersede"
    RETIRE = "retire"


VERB_LABELS = {
    Verb.WRITE: msg("修改内容"),
    Verb.DISCARD: msg("删除草稿"),
    Verb.CHECK: msg("检查并送审"),
    Verb.SEND_BACK: msg("退回修改"),
    Verb.APPROVE: msg("批准"),
    Verb.PUBLISH: msg("发布"),
    Verb.SUPERSEDE: msg("被新版本取代"),
    Verb.RETIRE: msg("取消"),
}


class MadeBy(StrEnum):
    """Who may make a move (由谁)."""

    EDITOR = "editor"  # any editor of the organ, for a basic edition of the province
    SECOND = "second"  # such an editor who wrote nothing of this edition
    SYSTEM = "system"  # follows from another move, in the same transaction


@dataclass(frozen=True, slots=True)
class Move:
    """Move (版本流转): from a state, by a verb, to a state, and who may make it. ``target`` None: the draft is gone."""

    source: EditionState
    verb: Verb
    target: EditionState | None
    by: MadeBy


MOVES = (
    Move(EditionState.DRAFT, Verb.WRITE, EditionState.DRAFT, MadeBy.EDITOR),
    Move(EditionState.DRAFT, Verb.DISCARD, None, MadeBy.EDITOR),
    Move(EditionState.DRAFT, Verb.CHECK, EditionState.CHECKED, MadeBy.EDITOR),
    Move(EditionState.CHECKED, Verb.SEND_BACK, EditionState.DRAFT, MadeBy.EDITOR),
    Move(EditionState.CHECKED, Verb.APPROVE, EditionState.APPROVED, MadeBy.SECOND),
    Move(EditionState.APPROVED, Verb.SEND_BACK, EditionState.DRAFT, MadeBy.EDITOR),
    Move(EditionState.APPROVED, Verb.PUBLISH, EditionState.PUBLISHED, MadeBy.EDITOR),
    Move(EditionState.PUBLISHED, Verb.SUPERSEDE, EditionState.SUPERSEDED, MadeBy.SYSTEM),
    Move(EditionState.PUBLISHED, Verb.RETIRE, EditionState.RETIRED, MadeBy.EDITOR),
)

_TABLE: Final = {(move.source, move.verb): move for move in MOVES}


def find(source: EditionState, verb: Verb) -> Move | None:
    """The move from ``source`` by ``verb`` (查流转表), or None: then it cannot happen."""
    return _TABLE.get((source, verb))


def verbs_from(source: EditionState) -> tuple[Move, ...]:
    """All moves that lead out of ``source`` (可行流转)."""
    return tuple(move for move in MOVES if move.source is source)
