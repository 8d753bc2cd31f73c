"""The life of a case (办件流转) as one table: what is not in it cannot happen.

The public process diagram, the work lists and the tests are drawn from this table. Labels stand in pairs: for staff, and
for the applicant.
"""

from dataclasses import dataclass
from enum import StrEnum

from tongban.standards.text import msg


class State(StrEnum):
    """State of a case (办件状态)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SUPPLEMENT = "supplement"
    ACCEPTED = "accepted"
    EXAMINED = "examined"
    GRANTED = "granted"
    REFUSED = "refused"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class Verb(StrEnum):
    """What moves a case (办理动作)."""

    SUBMIT = "submit"
    REQUEST_SUPPLEMENT = "request_supplement"
    RESUBMIT = "resubmit"
    ACCEPT = "accept"
    DECLINE = "decline"
    EXAMINE = "examine"
    RETURN = "return"
    GRANT = "grant"
    REFUSE = "refuse"
    CLOSE = "close"
    WITHDRAW = "withdraw"


class By(StrEnum):
    """Who may make a move (由谁)."""

    APPLICANT = "applicant"
    CLERK = "clerk"
    REVIEWER = "reviewer"
    DECIDER = "decider"
    SYSTEM = "system"


class Clock(StrEnum):
    """What a move does to the statutory clock (计时)."""

    NONE = "none"
    REPLY = "reply"  # the five days of article 32 begin
    WAIT = "wait"  # the applicant's turn: nothing of ours runs
    START = "start"  # acceptance: the limit of article 42 begins
    DELIVER = "deliver"  # decision: the ten days of article 44 begin
    END = "end"


@dataclass(frozen=True, slots=True)
class Move:
    """Move (流转): from a state, by a verb, to a state; who may make it and what it does to the clock."""

    source: State
    verb: Verb
    target: State
    by: By
    clock: Clock


MOVES = (
    Move(State.DRAFT, Verb.SUBMIT, State.SUBMITTED, By.APPLICANT, Clock.REPLY),
    Move(State.SUBMITTED, Verb.REQUEST_SUPPLEMENT, State.SUPPLEMENT, By.CLERK, Clock.WAIT),
    Move(State.SUPPLEMENT, Verb.RESUBMIT, State.SUBMITTED, By.APPLICANT, Clock.REPLY),
    Move(State.SUBMITTED, Verb.ACCEPT, State.ACCEPTED, By.CLERK, Clock.START),
    Move(State.SUBMITTED, Verb.DECLINE, State.DECLINED, By.CLERK, Clock.END),
    Move(State.ACCEPTED, Verb.EXAMINE, State.EXAMINED, By.REVIEWER, Clock.NONE),
    Move(State.EXAMINED, Verb.RETURN, State.ACCEPTED, By.DECIDER, Clock.NONE),
    Move(State.EXAMINED, Verb.GRANT, State.GRANTED, By.DECIDER, Clock.DELIVER),
    Move(State.EXAMINED, Verb.REFUSE, State.REFUSED, By.DECIDER, Clock.END),
    Move(State.GRANTED, Verb.CLOSE, State.CLOSED, By.SYSTEM, Clock.END),
    Move(State.SUBMITTED, Verb.WITHDRAW, State.WITHDRAWN, By.APPLICANT, Clock.END),
    Move(State.SUPPLEMENT, Verb.WITHDRAW, State.WITHDRAWN, By.APPLICANT, Clock.END),
    Move(State.ACCEPTED, Verb.WITHDRAW, State.WITHDRAWN, By.APPLICANT, Clock.END),
    Move(State.EXAMINED, Verb.WITHDRAW, State.WITHDRAWN, By.APPLICANT, Clock.END),
)

_TABLE = {(move.source, move.verb): move for move in MOVES}

OPEN = frozenset({State.SUBMITTED, State.SUPPLEMENT, State.ACCEPTED, State.EXAMINED, State.GRANTED})
RATEABLE = frozenset({State.CLOSED, State.REFUSED, State.DECLINED})
EDITABLE = frozenset({State.DRAFT, State.SUPPLEMENT})


def find(source: State, verb: Verb) -> Move | None:
    """The move from ``source`` by ``verb`` (查流转表), or None: then it cannot happen."""
    return _TABLE.get((source, verb))


def verbs_from(source: State) -> tuple[Move, ...]:
    """All moves that lead out of ``source`` (可行流转)."""
    return tuple(move for move in MOVES if move.source is source)


STAFF_LABELS = {
    State.DRAFT: msg("草稿"),
    State.SUBMITTED: msg("待受理"),
    State.SUPPLEMENT: msg("待补正"),
    State.ACCEPTED: msg("待审查"),
    State.EXAMINED: msg("待决定"),
    State.GRANTED: msg("制证中"),
    State.REFUSED: msg("已不予许可"),
    State.DECLINED: msg("已不予受理"),
    State.WITHDRAWN: msg("已撤回"),
    State.CLOSED: msg("已办结"),
}

PUBLIC_LABELS = {
    State.DRAFT: msg("还没有提交"),
    State.SUBMITTED: msg("已提交，等待受理"),
    State.SUPPLEMENT: msg("需要您补充材料"),
    State.ACCEPTED: msg("已受理，正在审查"),
    State.EXAMINED: msg("审查完毕，等待决定"),
    State.GRANTED: msg("已经批准，正在制证"),
    State.REFUSED: msg("没有批准"),
    State.DECLINED: msg("没有受理"),
    State.WITHDRAWN: msg("您已撤回申请"),
    State.CLOSED: msg("已办结，证照已发给您"),
}

# What the staff member presses, and what the time line says to the applicant afterwards.
VERB_LABELS = {
    Verb.SUBMIT: msg("提交申请"),
    Verb.REQUEST_SUPPLEMENT: msg("一次性告知补正"),
    Verb.RESUBMIT: msg("补正后重新提交"),
    Verb.ACCEPT: msg("受理"),
    Verb.DECLINE: msg("不予受理"),
    Verb.EXAMINE: msg("提出审查意见"),
    Verb.RETURN: msg("退回重新审查"),
    Verb.GRANT: msg("准予许可"),
    Verb.REFUSE: msg("不予许可"),
    Verb.CLOSE: msg("签发证照并办结"),
    Verb.WITHDRAW: msg("撤回申请"),
}

HAPPENED_LABELS = {
    Verb.SUBMIT: msg("您提交了申请"),
    Verb.REQUEST_SUPPLEMENT: msg("窗口告知需要补正的内容"),
    Verb.RESUBMIT: msg("您补正后重新提交"),
    Verb.ACCEPT: msg("申请已受理"),
    Verb.DECLINE: msg("申请没有受理"),
    Verb.EXAMINE: msg("审查完毕，提出意见"),
    Verb.RETURN: msg("退回重新审查"),
    Verb.GRANT: msg("作出准予许可的决定"),
    Verb.REFUSE: msg("作出不予许可的决定"),
    Verb.CLOSE: msg("证照已签发，办件办结"),
    Verb.WITHDRAW: msg("您撤回了申请"),
}
