"""Appointments to roles (任免): proposed by a personnel officer, decided by another person. Pure.

No rule was found for how organs appoint within such a platform: that two persons are needed, and who, is our own [O].
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tongban.standards.text import msg


class AppointmentKind(StrEnum):
    """Kind of an appointment (任免类别)."""

    APPOINT = "appoint"  # begins a holding
    DISMISS = "dismiss"  # ends one


APPOINTMENT_KIND_LABELS = {AppointmentKind.APPOINT: msg("任职"), AppointmentKind.DISMISS: msg("免职")}


class AppointmentState(StrEnum):
    """State of an appointment (任免状态)."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    TURNED_DOWN = "turned_down"
    TAKEN_BACK = "taken_back"


APPOINTMENT_STATE_LABELS = {
    AppointmentState.PROPOSED: msg("待批准"),
    AppointmentState.APPROVED: msg("已批准"),
    AppointmentState.TURNED_DOWN: msg("没有批准"),
    AppointmentState.TAKEN_BACK: msg("已收回"),
}


class AppointmentVerb(StrEnum):
    """What moves an appointment (任免动作)."""

    APPROVE = "approve"
    TURN_DOWN = "turn_down"
    TAKE_BACK = "take_back"


APPOINTMENT_VERB_LABELS = {
    AppointmentVerb.APPROVE: msg("批准任免"),
    AppointmentVerb.TURN_DOWN: msg("不批准任免"),
    AppointmentVerb.TAKE_BACK: msg("收回任免建议"),
}


class DecidedBy(StrEnum):
    """Who may make a move of an appointment (由谁)."""

    SECOND = "second"  # the head or another personnel officer: neither the proposer nor whom it is about, nor a deputy of theirs
    PROPOSER = "proposer"


@dataclass(frozen=True, slots=True)
class AppointmentMove:
    """Move of an appointment (任免流转)."""

    source: AppointmentState
    verb: AppointmentVerb
    target: AppointmentState
    by: DecidedBy


_P = AppointmentState.PROPOSED
APPOINTMENT_MOVES = (
    AppointmentMove(_P, AppointmentVerb.APPROVE, AppointmentState.APPROVED, DecidedBy.SECOND),
    AppointmentMove(_P, AppointmentVerb.TURN_DOWN, AppointmentState.TURNED_DOWN, DecidedBy.SECOND),
    AppointmentMove(_P, AppointmentVerb.TAKE_BACK, AppointmentState.TAKEN_BACK, DecidedBy.PROPOSER),
)

PROPOSES = ("personnel",)  # roles that propose
DECIDES = ("head", "personnel")  # roles that decide, where they are a second person
EARLIEST = timedelta(days=366)  # [O] how far ahead a role may begin
LONGEST_ITEMS = 50  # [O] a holding for more items than this is one for all
_BASIC = 12  # characters of a basic item's code


def find_appointment_move(state: AppointmentState, verb: AppointmentVerb) -> AppointmentMove | None:
    """The move from ``state`` by ``verb`` (查表), or None: then it cannot happen."""
    return next((move for move in APPOINTMENT_MOVES if (move.source, move.verb) == (state, verb)), None)


def day_problem(since: date, today: date) -> str | None:
    """What is wrong with the first day (起始日), in words, or None: nobody gets a power over what has already happened."""
    if since < today:
        return msg("最早从今天开始，不能往前补。")
    if since > today + EARLIEST:
        return msg("最多提前一年。")
    return None


def items_problem(codes: Collection[str]) -> str | None:
    """What is wrong with the items of a role (限定事项), in words, or None; no codes mean all items of the organ."""
    if len(codes) > LONGEST_ITEMS:
        return msg("限定的事项太多。不限定就不要填。")
    if any(len(code) != _BASIC or not code.isascii() or not code.isalnum() for code in codes):
        return msg("请填事项的 12 位基本编码，每行一个。")
    return None
