"""The life of a case (办件流转) as one table: what is not in it cannot happen.

An edition narrows the table by *traits* (事项特征): a row that needs a trait is there only for cases that have it. The public process
diagram, the work lists and the tests are drawn from this table; its words stand in ``labels``.
"""

from dataclasses import dataclass
from enum import StrEnum

from tongban.offers.catalogue.rules.guide import CaseKind, Guide


class State(StrEnum):
    """State of a case (办件状态)."""

    DRAFT = "draft"  # 草稿
    PRE_REVIEW = "pre_review"  # 待预审
    RETURNED = "returned"  # 预审退回
    PASSED = "passed"  # 待收件
    SUBMITTED = "submitted"  # 待受理
    SUPPLEMENT = "supplement"  # 待补正
    ACCEPTED = "accepted"  # 待审查
    SPECIAL = "special"  # 特别程序中
    EXAMINED = "examined"  # 待决定
    GRANTED = "granted"  # 制证中
    MADE = "made"  # 待送达
    CLOSED = "closed"  # 已办结
    REFUSED = "refused"  # 已不予许可
    DECLINED = "declined"  # 已不予受理
    WITHDRAWN = "withdrawn"  # 已撤回
    ENDED = "ended"  # 已异常终结
    REVOKED = "revoked"  # 已撤销


class Verb(StrEnum):
    """What moves a case (办理动作)."""

    SUBMIT = "submit"  # 提交申请
    RETURN_FOR_CHANGES = "return_for_changes"  # 预审退回修改
    PASS_REVIEW = "pass_review"  # 预审通过  # noqa: S105 -- no password: a pre-review is passed
    INSIST = "insist"  # 不改了，直接提交
    RECEIVE = "receive"  # 收件
    LAPSE = "lapse"  # 预审逾期，视为收件
    REQUEST_SUPPLEMENT = "request_supplement"  # 一次性告知补正
    REQUEST_AGAIN = "request_again"  # 批准再次告知补正
    RESUBMIT = "resubmit"  # 补正后重新提交
    TRANSFER = "transfer"  # 移送有权办理的机关
    ACCEPT = "accept"  # 受理
    DEEM_ACCEPTED = "deem_accepted"  # 逾期未告知，视为受理
    DECLINE = "decline"  # 不予受理
    HAND_IN = "hand_in"  # 补交容缺材料
    SUSPEND = "suspend"  # 进入特别程序
    RESUME = "resume"  # 特别程序结束
    EXTEND = "extend"  # 批准延长期限
    OPINE = "opine"  # 提出部门意见
    PAUSE = "pause"  # 本部门进入特别程序
    UNPAUSE = "unpause"  # 本部门特别程序结束
    CONCLUDE = "conclude"  # 提出部门意见，会办完成
    EXAMINE = "examine"  # 提出审查意见
    RETURN = "return"  # 退回重新审查
    GRANT = "grant"  # 准予许可
    GRANT_PARTLY = "grant_partly"  # 部分准予许可
    GRANT_AT_ONCE = "grant_at_once"  # 当场准予许可
    GRANT_BY_RULE = "grant_by_rule"  # 按规则自动准予许可
    REFUSE = "refuse"  # 不予许可
    MAKE = "make"  # 制作证照
    DELIVER = "deliver"  # 送达
    CLOSE = "close"  # 签发证照并办结
    WITHDRAW = "withdraw"  # 撤回申请
    TERMINATE = "terminate"  # 异常终结
    REVOKE = "revoke"  # 撤销决定
    CORRECT = "correct"  # 更正笔误
    ASK_REVIEW = "ask_review"  # 申请人工复核
    REVIEW = "review"  # 复核自动决定


class By(StrEnum):
    """Who may make a move (由谁)."""

    APPLICANT = "applicant"
    CLERK = "clerk"
    REVIEWER = "reviewer"
    DECIDER = "decider"
    HEAD = "head"  # 本行政机关负责人
    GOVERNOR = "governor"  # 本级人民政府负责人
    DEPARTMENT = "department"  # a reviewer of a department that takes part (联办部门)
    SYSTEM = "system"


class Clock(StrEnum):
    """What a move does to the clock (计时): the event that it adds to the case's history (``rules/clock.py``)."""

    NONE = "none"
    PRE_REVIEW = "pre_review"  # the promise of an answer before receipt begins
    REPLY = "reply"  # received: the five days of article 32 begin
    WAIT = "wait"  # the applicant's turn: nothing of ours runs
    START = "start"  # acceptance: the limit of article 42 begins
    PAUSE = "pause"  # a special procedure of article 45 begins
    RESUME = "resume"
    EXTEND = "extend"  # article 42: more days, once
    AT_ONCE = "at_once"  # accepted and decided on the spot
    DELIVER = "deliver"  # decision: the ten days of article 44 begin
    END = "end"


class Trait(StrEnum):
    """Trait (事项特征) by which an edition, or the applicant's choice, narrows the table."""

    PRE_REVIEW = "pre_review"  # an answer before receipt is promised
    AT_ONCE = "at_once"  # 即办件, or committed: may be decided on the spot
    RULE = "rule"  # decided by rule where all its conditions hold
    JOINT = "joint"  # several departments give their opinions
    BY_HAND = "by_hand"  # the result goes by post or is collected at a counter


@dataclass(frozen=True, slots=True)
class Move:
    """Move (流转): from a state, by a verb, to a state; who may make it and what it does to the clock.

    ``only``: there only for cases with this trait; ``unless``: only for those without.
    """

    source: State
    verb: Verb
    target: State
    by: By
    clock: Clock
    only: Trait | None = None
    unless: Trait | None = None

    def holds(self, traits: frozenset[Trait]) -> bool:
        """Whether the row is there for a case with ``traits`` (是否适用)."""
        return (self.only is None or self.only in traits) and (
            self.unless is None or self.unless not in traits
        )


S, V, B, C, T = State, Verb, By, Clock, Trait
_BEFORE = (S.PRE_REVIEW, S.RETURNED, S.PASSED)  # not received yet
_RUNNING = (S.ACCEPTED, S.SPECIAL, S.EXAMINED)  # accepted, not decided

MOVES = (
    Move(S.DRAFT, V.SUBMIT, S.PRE_REVIEW, B.APPLICANT, C.PRE_REVIEW, only=T.PRE_REVIEW),
    Move(S.DRAFT, V.SUBMIT, S.SUBMITTED, B.APPLICANT, C.REPLY, unless=T.PRE_REVIEW),
    # Before receipt: a service with a promise. It can neither keep anybody out (insist) nor last without a word (lapse).
    Move(S.PRE_REVIEW, V.RETURN_FOR_CHANGES, S.RETURNED, B.CLERK, C.WAIT),
    Move(S.PRE_REVIEW, V.PASS_REVIEW, S.PASSED, B.CLERK, C.NONE),
    Move(S.RETURNED, V.RESUBMIT, S.PRE_REVIEW, B.APPLICANT, C.PRE_REVIEW),
    Move(S.RETURNED, V.INSIST, S.SUBMITTED, B.APPLICANT, C.REPLY),
    Move(S.PASSED, V.RECEIVE, S.SUBMITTED, B.CLERK, C.REPLY),
    Move(S.PRE_REVIEW, V.LAPSE, S.SUBMITTED, B.SYSTEM, C.REPLY),
    Move(S.PASSED, V.LAPSE, S.SUBMITTED, B.SYSTEM, C.REPLY),
    # Received: within five days accepted, declined, or told once what is missing (article 32).
    Move(S.SUBMITTED, V.REQUEST_SUPPLEMENT, S.SUPPLEMENT, B.CLERK, C.WAIT),
    Move(S.SUBMITTED, V.REQUEST_AGAIN, S.SUPPLEMENT, B.HEAD, C.WAIT),
    Move(S.SUPPLEMENT, V.RESUBMIT, S.SUBMITTED, B.APPLICANT, C.REPLY),
    Move(S.SUBMITTED, V.ACCEPT, S.ACCEPTED, B.CLERK, C.START),
    Move(S.SUBMITTED, V.DEEM_ACCEPTED, S.ACCEPTED, B.SYSTEM, C.START),
    Move(S.SUBMITTED, V.DECLINE, S.DECLINED, B.CLERK, C.END),
    Move(S.SUBMITTED, V.TRANSFER, S.SUBMITTED, B.CLERK, C.NONE),
    Move(S.SUBMITTED, V.GRANT_AT_ONCE, S.GRANTED, B.DECIDER, C.AT_ONCE, only=T.AT_ONCE),
    Move(S.SUBMITTED, V.GRANT_BY_RULE, S.GRANTED, B.SYSTEM, C.AT_ONCE, only=T.RULE),
    # Accepted: one organ examines, or several departments give their opinions.
    Move(S.ACCEPTED, V.EXAMINE, S.EXAMINED, B.REVIEWER, C.NONE, unless=T.JOINT),
    Move(S.ACCEPTED, V.SUSPEND, S.SPECIAL, B.REVIEWER, C.PAUSE, unless=T.JOINT),
    Move(S.SPECIAL, V.RESUME, S.ACCEPTED, B.REVIEWER, C.RESUME),
    Move(S.ACCEPTED, V.OPINE, S.ACCEPTED, B.DEPARTMENT, C.NONE, only=T.JOINT),
    Move(S.ACCEPTED, V.PAUSE, S.ACCEPTED, B.DEPARTMENT, C.NONE, only=T.JOINT),
    Move(S.ACCEPTED, V.UNPAUSE, S.ACCEPTED, B.DEPARTMENT, C.NONE, only=T.JOINT),
    Move(S.ACCEPTED, V.CONCLUDE, S.EXAMINED, B.DEPARTMENT, C.NONE, only=T.JOINT),
    *(Move(state, V.HAND_IN, state, B.APPLICANT, C.NONE) for state in _RUNNING),
    *(Move(state, V.EXTEND, state, B.HEAD, C.EXTEND, unless=T.JOINT) for state in (S.ACCEPTED, S.EXAMINED)),
    *(Move(state, V.EXTEND, state, B.GOVERNOR, C.EXTEND, only=T.JOINT) for state in (S.ACCEPTED, S.EXAMINED)),
    # Decided.
    Move(S.EXAMINED, V.RETURN, S.ACCEPTED, B.DECIDER, C.NONE),
    Move(S.EXAMINED, V.GRANT, S.GRANTED, B.DECIDER, C.DELIVER),
    Move(S.EXAMINED, V.GRANT_PARTLY, S.GRANTED, B.DECIDER, C.DELIVER),
    Move(S.EXAMINED, V.REFUSE, S.REFUSED, B.DECIDER, C.END),
    Move(S.GRANTED, V.CLOSE, S.CLOSED, B.SYSTEM, C.END, unless=T.BY_HAND),
    Move(S.GRANTED, V.MAKE, S.MADE, B.SYSTEM, C.NONE, only=T.BY_HAND),
    Move(S.MADE, V.DELIVER, S.CLOSED, B.CLERK, C.END),
    # Ways out of the ordinary.
    *(
        Move(state, V.WITHDRAW, S.WITHDRAWN, B.APPLICANT, C.END)
        for state in (*_BEFORE, S.SUBMITTED, S.SUPPLEMENT, *_RUNNING)
    ),
    *(
        Move(state, V.TERMINATE, S.ENDED, B.DECIDER, C.END)
        for state in (S.SUBMITTED, S.SUPPLEMENT, *_RUNNING, S.GRANTED)
    ),
    # After the end: article 69, slips of the pen, a person's look at what a rule decided.
    Move(S.CLOSED, V.REVOKE, S.REVOKED, B.DECIDER, C.NONE),
    *(
        Move(state, V.CORRECT, state, B.DECIDER, C.NONE)
        for state in (S.CLOSED, S.REFUSED, S.DECLINED, S.MADE)
    ),
    Move(S.CLOSED, V.ASK_REVIEW, S.CLOSED, B.APPLICANT, C.NONE, only=T.RULE),
    Move(S.CLOSED, V.REVIEW, S.CLOSED, B.REVIEWER, C.NONE, only=T.RULE),
)  # fmt: skip -- one line a move reads as a table

# A self-move changes no state; several of them may be made one after the other.
SELF = frozenset(move.verb for move in MOVES if move.source is move.target)

# What may be done at any time, after the end, or for a superior to answer: nobody's turn, and on nobody's list by itself.
ASIDE = frozenset(
    {V.RETURN, V.TERMINATE, V.TRANSFER, V.REVOKE, V.CORRECT, V.REVIEW, V.EXTEND, V.REQUEST_AGAIN}
)

OPEN = frozenset({*_BEFORE, S.SUBMITTED, S.SUPPLEMENT, *_RUNNING, S.GRANTED, S.MADE})
OVER = frozenset({S.CLOSED, S.REFUSED, S.DECLINED, S.WITHDRAWN, S.ENDED, S.REVOKED})
RATEABLE = frozenset({S.CLOSED, S.REFUSED, S.DECLINED})
EDITABLE = frozenset({S.DRAFT, S.RETURNED, S.SUPPLEMENT})
WHOLE = frozenset({S.DRAFT, S.RETURNED})  # of which everything may be changed

# Verbs by which a case is decided for the applicant, and those whose letters may be written once only.
GRANTS = frozenset({V.GRANT, V.GRANT_PARTLY, V.GRANT_AT_ONCE, V.GRANT_BY_RULE})
SUPPLEMENTS = frozenset({V.REQUEST_SUPPLEMENT, V.REQUEST_AGAIN})


@dataclass(frozen=True, slots=True)
class Proposal:
    """Who proposes (呈批人) what only a superior may do; two people, always."""

    verb: Verb
    by: By


PROPOSALS = {
    V.EXTEND: Proposal(V.EXTEND, B.REVIEWER),
    V.REQUEST_AGAIN: Proposal(V.REQUEST_AGAIN, B.CLERK),
}


def traits_of(guide: Guide, *, committed: bool = False, by_hand: bool = False) -> frozenset[Trait]:
    """The traits (事项特征) of a case: of its edition, and of what its applicant chose."""
    found = {
        Trait.PRE_REVIEW: guide.limits.pre_review_days is not None,
        Trait.AT_ONCE: committed or guide.case_kind is CaseKind.INSTANT,
        Trait.RULE: guide.rule is not None,
        Trait.JOINT: bool(guide.departments),
        Trait.BY_HAND: by_hand,
    }
    return frozenset(trait for trait, there in found.items() if there)


def find(source: State, verb: Verb, traits: frozenset[Trait] = frozenset()) -> Move | None:
    """The move from ``source`` by ``verb`` for a case with ``traits`` (查流转表), or None: then it cannot happen."""
    return next((move for move in _FROM.get(source, ()) if move.verb is verb and move.holds(traits)), None)


def verbs_from(source: State, traits: frozenset[Trait] = frozenset()) -> tuple[Move, ...]:
    """All moves that lead out of ``source`` for a case with ``traits`` (可行流转)."""
    return tuple(move for move in _FROM.get(source, ()) if move.holds(traits))


_FROM = {state: tuple(move for move in MOVES if move.source is state) for state in State}
