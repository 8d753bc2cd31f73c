"""Rules of mandates (授权规则): kinds, the table of moves, what limits cover, and that nobody gives more than she has. Pure.

Sources: 民法典 第61条 (legal representative), 第161至175条 (agency: 第165条 what a written mandate names, 第166条, 第169条 passing on
only with the principal's consent, 第173条 withdrawal and resignation at any time), 第27、28、34条 (parents and guardians).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tongban.base.actor import Actor
from tongban.standards import divisions
from tongban.standards.text import msg


class Kind(StrEnum):
    """Kind of a mandate (授权类别): legal representative, agent, parent, guardian, and a helper (帮办人), who fills in and reads."""

    REPRESENTATIVE = "representative"
    AGENT = "agent"
    PARENT = "parent"
    GUARDIAN = "guardian"
    HELPER = "helper"


KIND_LABELS = {
    Kind.REPRESENTATIVE: msg("法定代表人"),
    Kind.AGENT: msg("代理人"),
    Kind.PARENT: msg("父母"),
    Kind.GUARDIAN: msg("监护人"),
    Kind.HELPER: msg("帮办人"),
}


class Act(StrEnum):
    """Acts that a mandate may allow (授权行为)."""

    FILL = "fill"
    APPLY = "apply"
    SUPPLEMENT = "supplement"
    WITHDRAW = "withdraw"
    COLLECT = "collect"
    READ = "read"


ACT_LABELS = {
    Act.FILL: msg("代填（不提交）"),
    Act.APPLY: msg("提交申请"),
    Act.SUPPLEMENT: msg("补正、补交材料"),
    Act.WITHDRAW: msg("撤回申请"),
    Act.COLLECT: msg("领取证照"),
    Act.READ: msg("查看全部办件"),
}
EVERYTHING = frozenset(Act)
HELPING = frozenset({Act.FILL, Act.READ})  # whoever helps fills in and reads; the person herself sends
DRAFTING = frozenset({Act.FILL, Act.APPLY})  # any of them lets somebody fill in a draft
AMENDING = frozenset({Act.FILL, Act.SUPPLEMENT})


class State(StrEnum):
    """State of a mandate (授权状态)."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    RESIGNED = "resigned"
    LAPSED = "lapsed"


STATE_LABELS = {
    State.OFFERED: msg("等对方接受"),
    State.ACCEPTED: msg("有效"),
    State.REFUSED: msg("对方没有接受"),
    State.WITHDRAWN: msg("已收回"),
    State.RESIGNED: msg("代理人已辞去"),
    State.LAPSED: msg("已到期"),
}
OPEN = frozenset({State.OFFERED, State.ACCEPTED})


class Verb(StrEnum):
    """What happens to a mandate (授权动作)."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    RESIGN = "resign"
    LAPSE = "lapse"


class By(StrEnum):
    """By whom (由谁)."""

    GIVER = "giver"
    AGENT = "agent"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Move:
    """A move (流转): from a state, by a verb of somebody, to a state."""

    source: State
    verb: Verb
    target: State
    by: By


MOVES = (
    Move(State.OFFERED, Verb.ACCEPT, State.ACCEPTED, By.AGENT),
    Move(State.OFFERED, Verb.REFUSE, State.REFUSED, By.AGENT),
    Move(State.OFFERED, Verb.WITHDRAW, State.WITHDRAWN, By.GIVER),
    Move(State.OFFERED, Verb.LAPSE, State.LAPSED, By.SYSTEM),
    Move(State.ACCEPTED, Verb.WITHDRAW, State.WITHDRAWN, By.GIVER),
    Move(State.ACCEPTED, Verb.RESIGN, State.RESIGNED, By.AGENT),
    Move(State.ACCEPTED, Verb.LAPSE, State.LAPSED, By.SYSTEM),
)


def find(state: State, verb: Verb) -> Move | None:
    """The move by ``verb`` from ``state`` (查流转), or None: what is not in the table cannot happen."""
    return next((move for move in MOVES if (move.source, move.verb) == (state, verb)), None)


# What follows from the law or from an office is not given and cannot be withdrawn by whom it protects, nor passed to others
# by an offer: it ends with what it follows from.
BY_LAW = frozenset({Kind.REPRESENTATIVE, Kind.PARENT, Kind.GUARDIAN})
OFFERED = frozenset({Kind.AGENT, Kind.HELPER})
PASSES_ON = frozenset(
    {Kind.REPRESENTATIVE, Kind.PARENT, Kind.GUARDIAN}
)  # may name agents without being allowed to first

REMIND_BEFORE = timedelta(
    days=14
)  # [O] before its last day both sides are told; for less than twice that nobody is
LONGEST = timedelta(days=3 * 366)  # [O] three years; whoever still wants it then offers it again
LARGEST_AMOUNT = 10**12  # [O] yuan
MOST_ITEMS = 50  # [O]
MOST_PLACES = 50  # [O]


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a mandate (授权范围).

    ``items``: codes of basic items (12 or 14) and of items (31 or 33), with all kinds under them; none: every item.
    ``places``: division codes, with all that lies in them; none: everywhere. ``amount``: the largest in yuan, where an
    application states one. ``until`` is exclusive; only what follows from the law may lack it.
    """

    number: str
    kind: Kind
    acts: frozenset[Act]
    since: date
    until: date | None = None
    items: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    amount: int | None = None

    @property
    def areas(self) -> frozenset[str]:
        """Beginnings of the division codes of its places (地域前缀); none: everywhere."""
        return frozenset(divisions.parse(place).prefix for place in self.places)

    def covers(self, item: str, place: str) -> bool:
        """Whether an item in a place is within it (事项和地域是否在授权内). ``item``: 31 or 33 characters."""
        return self._covers_item(item) and self._covers_place(place)

    def _covers_item(self, item: str) -> bool:
        return not self.items or any(_lies_under(item, limit) for limit in self.items)

    def _covers_place(self, place: str) -> bool:
        return not self.places or any(place.startswith(area) for area in self.areas)

    def on(self, day: date) -> bool:
        """Whether it counts on a day (当日是否有效)."""
        return self.since <= day and (self.until is None or day < self.until)


BASIC_AT = 19  # where the basic code begins in an item code
LONGEST_BASIC = 14  # a basic code with the serial of a kind


def _is_basic(code: str) -> bool:
    return len(code) <= LONGEST_BASIC


def _lies_under(code: str, limit: str) -> bool:
    """Whether an item or a basic item is the one of ``limit``, or a kind of it."""
    if _is_basic(limit):
        return (code if _is_basic(code) else code[BASIC_AT:]).startswith(limit)
    return code.startswith(limit)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a mandate does not reach (授权不及): the rule, the words, the values in them."""

    rule: str
    text: str
    params: dict[str, object]


def problem(
    limits: Limits,
    acts: Collection[Act],
    *,
    item: str,
    place: str,
    on: date | None = None,
    amount: int | None = None,
) -> Problem | None:
    """What of a mandate stands against an act (授权核对), or None. Any one of ``acts`` suffices."""
    said: dict[str, object] = {"number": limits.number}
    if on is not None and (late := lateness(limits, on)) is not None:
        return late
    if limits.acts.isdisjoint(acts):
        if limits.kind is Kind.HELPER:
            return Problem(
                "mandates.confirm",
                msg("帮办人只能帮着填和看：请本人登录确认、提交，或者一起到窗口办（授权 %(number)s）。"),
                said,
            )
        return Problem(
            "mandates.act",
            msg("授权 %(number)s 里没有“%(act)s”这一项。请让授权人办，或者重新授权。"),
            said | {"act": ACT_LABELS[max(acts, key=list(Act).index)]},
        )
    if not limits._covers_item(item):
        return Problem("mandates.item", msg("授权 %(number)s 不包括这个事项。"), said)
    if not limits._covers_place(place):
        return Problem("mandates.place", msg("授权 %(number)s 不包括这个地方。"), said)
    if limits.amount is not None and amount is not None and amount > limits.amount:
        return Problem(
            "mandates.amount",
            msg("授权 %(number)s 最多到 %(limit)s 元，这份申请写的是 %(amount)s 元。"),
            said | {"limit": limits.amount, "amount": amount},
        )
    return None


def lateness(limits: Limits, day: date) -> Problem | None:
    """Whether a mandate has not begun or is over (授权未到或已过期)."""
    said: dict[str, object] = {"number": limits.number}
    if day < limits.since:
        return Problem("mandates.not_yet", msg("授权 %(number)s 还没到开始的日子。"), said)
    if limits.until is not None and day >= limits.until:
        return Problem("mandates.lapsed", msg("授权 %(number)s 已经到期。"), said)
    return None


_ENDED = {
    State.OFFERED: ("mandates.offered", msg("授权 %(number)s 还没有接受，不能用。")),
    State.REFUSED: ("mandates.refused", msg("授权 %(number)s 没有被接受，不能用。")),
    State.WITHDRAWN: ("mandates.withdrawn", msg("授权 %(number)s 已经收回，不能再代办。办过的事照样有效。")),
    State.RESIGNED: ("mandates.resigned", msg("授权 %(number)s 您已经辞去，不能再代办。")),
    State.LAPSED: ("mandates.lapsed", msg("授权 %(number)s 已经到期。")),
}


def standing(limits: Limits, state: State, day: date) -> Problem | None:
    """What stands against using a mandate at all on a day (授权是否可用), or None."""
    if state is not State.ACCEPTED:
        rule, text = _ENDED[state]
        return Problem(rule, text, {"number": limits.number})
    return lateness(limits, day)


def within(inner: Limits, outer: Limits) -> bool:
    """Whether ``inner`` gives nothing that ``outer`` does not: the condition of passing on (转委托, 民法典 第169条)."""
    return not beyond(inner, outer)


def beyond(inner: Limits, outer: Limits) -> list[str]:
    """Where ``inner`` gives more than ``outer`` (超出之处): names of the limits."""
    found: list[str] = []
    if not inner.acts <= outer.acts:
        found.append("acts")
    if outer.items and not (
        inner.items and all(any(_lies_under(code, limit) for limit in outer.items) for code in inner.items)
    ):
        found.append("items")
    if outer.places and not (
        inner.places and all(any(one.startswith(area) for area in outer.areas) for one in inner.areas)
    ):
        found.append("places")
    if outer.amount is not None and (inner.amount is None or inner.amount > outer.amount):
        found.append("amount")
    if inner.since < outer.since:
        found.append("since")
    if outer.until is not None and (inner.until is None or inner.until > outer.until):
        found.append("until")
    return found


def period_problem(since: date, until: date, today: date) -> tuple[str, str] | None:
    """What is wrong with the days of an offered mandate (授权期限), ``until`` exclusive: (field, text), or None."""
    if since < today:
        return "since", msg("授权最早从今天开始，不能往前补。")
    if until <= since:
        return "until", msg("最后一天不能早于第一天。")
    if until - since > LONGEST:
        return "until", msg("一次最多授权三年，到期可以再授权。")
    return None


def limits_of(actor: Actor) -> Limits | None:
    """The limits under which somebody acts for another (行为人的授权范围), None where she acts for herself."""
    return actor.bounds if isinstance(actor.bounds, Limits) else None


def signs_on(limits: Limits) -> bool:
    """Whether one may sign on elsewhere for the other under it (可否代表登录): it lets her apply or read, and sets no bounds.

    What a connected system lets her do cannot be held to items, places or an amount: under a bounded mandate she would go beyond it.
    """
    bounded = limits.items or limits.places or limits.amount is not None
    return not bounded and not limits.acts.isdisjoint({Act.APPLY, Act.READ})


def is_unbounded(limits: Limits) -> bool:
    """Whether every item everywhere may be read (不限事项和地域): what belongs to no item is seen only then."""
    return Act.READ in limits.acts and not limits.items and not limits.places
