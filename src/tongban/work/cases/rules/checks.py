"""Follow-up checks of commitments (承诺核查): one table for what may happen after a decision on a promise.

A breach stays on record until it is repaired, and whoever has an unrepaired one cannot commit again (告知承诺: false ⇒ rectify,
revoke, credit record). The times are the edition's.
"""

from dataclasses import dataclass
from enum import StrEnum

from tongban.standards.text import msg


class CheckState(StrEnum):
    """State of a follow-up check (核查状态)."""

    SCHEDULED = "scheduled"
    KEPT = "kept"
    BREACHED = "breached"
    RECTIFIED = "rectified"
    REVOKED = "revoked"
    REPAIRED = "repaired"


class CheckVerb(StrEnum):
    """What is done with a check (核查动作)."""

    ASSIGN = "assign"
    KEEP = "keep"
    BREACH = "breach"
    RECTIFY = "rectify"
    REVOKE = "revoke"
    REPAIR = "repair"


@dataclass(frozen=True, slots=True)
class CheckMove:
    """Move of a check (核查流转); ``role``: of the deciding organ."""

    source: CheckState
    verb: CheckVerb
    target: CheckState
    role: str


CHECK_MOVES = (
    CheckMove(CheckState.SCHEDULED, CheckVerb.ASSIGN, CheckState.SCHEDULED, "decider"),
    CheckMove(CheckState.SCHEDULED, CheckVerb.KEEP, CheckState.KEPT, "reviewer"),
    CheckMove(CheckState.SCHEDULED, CheckVerb.BREACH, CheckState.BREACHED, "reviewer"),
    CheckMove(CheckState.BREACHED, CheckVerb.RECTIFY, CheckState.RECTIFIED, "reviewer"),
    CheckMove(CheckState.BREACHED, CheckVerb.REVOKE, CheckState.REVOKED, "decider"),
    CheckMove(CheckState.RECTIFIED, CheckVerb.REPAIR, CheckState.REPAIRED, "decider"),
    CheckMove(CheckState.REVOKED, CheckVerb.REPAIR, CheckState.REPAIRED, "decider"),
)

UNREPAIRED = frozenset({CheckState.BREACHED, CheckState.RECTIFIED, CheckState.REVOKED})

CHECK_LABELS = {
    CheckState.SCHEDULED: msg("待核查"),
    CheckState.KEPT: msg("承诺属实"),
    CheckState.BREACHED: msg("承诺不实，限期整改"),
    CheckState.RECTIFIED: msg("已整改"),
    CheckState.REVOKED: msg("已撤销决定"),
    CheckState.REPAIRED: msg("信用已修复"),
}

CHECK_VERB_LABELS = {
    CheckVerb.ASSIGN: msg("指定核查人"),
    CheckVerb.KEEP: msg("记录承诺属实"),
    CheckVerb.BREACH: msg("记录承诺不实"),
    CheckVerb.RECTIFY: msg("记录已整改"),
    CheckVerb.REVOKE: msg("撤销决定"),
    CheckVerb.REPAIR: msg("修复信用"),
}


def moves_from(source: CheckState) -> tuple[CheckMove, ...]:
    """All moves of a check from ``source`` (可行核查流转)."""
    return tuple(move for move in CHECK_MOVES if move.source is source)


def find_check(source: CheckState, verb: CheckVerb) -> CheckMove | None:
    """The move of a check from ``source`` by ``verb`` (查核查流转表), or None."""
    return next((move for move in CHECK_MOVES if move.source is source and move.verb is verb), None)
