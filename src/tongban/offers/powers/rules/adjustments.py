"""Life of an adjustment (清单调整的一生) as one table, and what an adjustment may do to a list.

Four eyes, and that a list is never adjusted for days that are over, are our own rules: a published list is what people rely on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from tongban.offers.powers.rules.content import POWERS, Content, Errors
from tongban.standards import plaintext
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg


class AdjustmentState(StrEnum):
    """State of an adjustment (调整状态)."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    DISCARDED = "discarded"


ADJUSTMENT_STATE_LABELS = {
    AdjustmentState.DRAFT: msg("草稿"),
    AdjustmentState.IN_REVIEW: msg("待审核"),
    AdjustmentState.PUBLISHED: msg("已公布"),
    AdjustmentState.DISCARDED: msg("已作废"),
}


class AdjustmentVerb(StrEnum):
    """What moves an adjustment (调整动作)."""

    WRITE = "write"
    SEND = "send"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    DISCARD = "discard"


ADJUSTMENT_VERB_LABELS = {
    AdjustmentVerb.WRITE: msg("修改内容"),
    AdjustmentVerb.SEND: msg("送审核"),
    AdjustmentVerb.SEND_BACK: msg("退回修改"),
    AdjustmentVerb.APPROVE: msg("审核通过并公布"),
    AdjustmentVerb.DISCARD: msg("作废"),
}


class MadeBy(StrEnum):
    """Who may make a move (由谁)."""

    EDITOR = "editor"  # any editor of the organ
    SECOND = "second"  # an editor of the organ who wrote nothing of this adjustment


@dataclass(frozen=True, slots=True)
class AdjustmentMove:
    """Move (调整流转): from a state, by a verb, to a state, and who may make it."""

    source: AdjustmentState
    verb: AdjustmentVerb
    target: AdjustmentState
    by: MadeBy


_D, _R = AdjustmentState.DRAFT, AdjustmentState.IN_REVIEW
ADJUSTMENT_MOVES = (
    AdjustmentMove(_D, AdjustmentVerb.WRITE, _D, MadeBy.EDITOR),
    AdjustmentMove(_D, AdjustmentVerb.SEND, _R, MadeBy.EDITOR),
    AdjustmentMove(_D, AdjustmentVerb.DISCARD, AdjustmentState.DISCARDED, MadeBy.EDITOR),
    AdjustmentMove(_R, AdjustmentVerb.APPROVE, AdjustmentState.PUBLISHED, MadeBy.SECOND),
    AdjustmentMove(_R, AdjustmentVerb.SEND_BACK, _D, MadeBy.SECOND),
)
_TABLE: Final = {(move.source, move.verb): move for move in ADJUSTMENT_MOVES}
OPEN: Final = frozenset({_D, _R})


def find(source: AdjustmentState, verb: AdjustmentVerb) -> AdjustmentMove | None:
    """The move from ``source`` by ``verb`` (查流转表), or None: then it cannot happen."""
    return _TABLE.get((source, verb))


def verbs_from(source: AdjustmentState) -> tuple[AdjustmentMove, ...]:
    """All moves that lead out of ``source`` (可行流转)."""
    return tuple(move for move in ADJUSTMENT_MOVES if move.source is source)


# --- the head ----------------------------------------------------------------------------------------------------------

LONGEST_REASON: Final = 400  # characters; [O] our own numbers
LONGEST_BASIS: Final = 400


@dataclass(frozen=True, slots=True)
class Heading:
    """Head of an adjustment (调整说明): why, by what document, from which day."""

    reason: str
    basis: str
    starts_on: date


def _words(given: str, limit: int) -> tuple[str, list[str]]:
    try:
        text = plaintext.clean(given, limit=limit, multiline=True)
    except BadCode as error:
        return given, [Message(error.message, error.params)]
    return text, [] if text else [msg("请填写这一项。")]


def check_heading(given: Mapping[str, str], *, today: date) -> tuple[Heading | None, Errors]:
    """The head that somebody typed (核对调整说明): reason, basis, starts_on, which is not over yet."""
    reason, bad_reason = _words(given.get("reason", ""), LONGEST_REASON)
    basis, bad_basis = _words(given.get("basis", ""), LONGEST_BASIS)
    starts_on, bad_day = None, [msg("请填写日期，例如 2026-12-01。")]
    try:
        starts_on = date.fromisoformat(given.get("starts_on", "").strip())
        bad_day = [PAST] if starts_on < today else []
    except ValueError:
        pass
    problems = {"reason": bad_reason, "basis": bad_basis, "starts_on": bad_day}
    errors = {name: texts for name, texts in problems.items() if texts}
    if errors or starts_on is None:
        return None, errors
    return Heading(reason, basis, starts_on), {}


def check_words(given: Mapping[str, str], *names: str) -> tuple[dict[str, str], Errors]:
    """Texts that must be there (核对必填文字), e.g. why an entry is taken out and on what basis."""
    found: dict[str, str] = {}
    errors: Errors = {}
    for name in names:
        found[name], problems = _words(given.get(name, ""), LONGEST_REASON)
        if problems:
            errors[name] = problems
    return found, errors


PAST: Final = msg("开始的日期已经过了：清单只能从今天或者以后的日子起调整。")

# --- what is done to the list ------------------------------------------------------------------------------------------


class ChangeKind(StrEnum):
    """Kind of a change (调整方式)."""

    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"


CHANGE_KIND_LABELS = {
    ChangeKind.ADD: msg("调入"),
    ChangeKind.CHANGE: msg("修改"),
    ChangeKind.REMOVE: msg("调出"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change of an adjustment (一项调整). Without ``content`` the entry is taken out, for ``reason`` and on ``basis``."""

    basic: str
    content: Content | None
    reason: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """The last edition of an entry (事项现状), as far as an adjustment asks: ``ended`` says that its end is fixed already."""

    edition: str
    number: int
    starts_on: date
    ends_on: date | None
    digest: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a change cannot be made (调整问题): the entry's code, the rule, and words fit to show."""

    basic: str
    rule: str
    message: str


def kind_of(change: Change, standing: Standing | None, starts_on: date) -> ChangeKind:
    """What a change does to the list of its day (调整方式)."""
    if change.content is None:
        return ChangeKind.REMOVE
    return ChangeKind.CHANGE if _listed(standing, starts_on) else ChangeKind.ADD


def _listed(standing: Standing | None, on: date) -> bool:
    return standing is not None and (standing.ends_on is None or standing.ends_on > on)


def problem_of(
    change: Change, digest: str, item_type: str, standing: Standing | None, starts_on: date
) -> Problem | None:
    """Why ``change`` cannot be made from ``starts_on`` (能否调整), or None. ``digest``: of what it would say."""

    def told(rule: str, message: str) -> Problem:
        return Problem(change.basic, f"powers.{rule}", message)

    if item_type not in POWERS:
        return told("no_power", msg("这是公共服务，不是行政权力，不进权责清单。"))
    if standing is not None and standing.starts_on >= starts_on:
        return told("later", msg("清单里已有从这一天或者更晚开始的内容，请换一个更晚的开始日期。"))
    if standing is not None and standing.ends_on is not None and standing.ends_on > starts_on:
        return told("leaving", msg("这一项已定在以后调出，请把开始日期定在调出之后。"))
    if change.content is None:
        return (
            None
            if _listed(standing, starts_on)
            else told("absent", msg("这一天的清单里没有这一项，不用调出。"))
        )
    if standing is not None and _listed(standing, starts_on) and standing.digest == digest:
        return told("same", msg("和清单里写的一样，没有要改的。"))
    return None


def counted(kinds: Iterator[ChangeKind]) -> dict[ChangeKind, int]:
    """How many changes of each kind (各类项数)."""
    found = dict.fromkeys(ChangeKind, 0)
    for kind in kinds:
        found[kind] += 1
    return found


class Validity(StrEnum):
    """Where an edition of an entry stands on a day (事项版本效力)."""

    AHEAD = "ahead"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    REMOVED = "removed"


VALIDITY_LABELS = {
    Validity.AHEAD: msg("还没有开始"),
    Validity.IN_FORCE: msg("在用"),
    Validity.SUPERSEDED: msg("已被新内容取代"),
    Validity.REMOVED: msg("已调出"),
}


def validity_of(starts_on: date, ends_on: date | None, removed: bool, on: date) -> Validity:
    """Where an edition stands on a day (某日的效力); it ends before ``ends_on`` begins."""
    if on < starts_on:
        return Validity.AHEAD
    if ends_on is None or on < ends_on:
        return Validity.IN_FORCE
    return Validity.REMOVED if removed else Validity.SUPERSEDED
