"""The acts of staff as one table (办理一览): what each is called, what its form asks for, whether its letter is seen first, what it calls."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tongban.base.actor import Actor
from tongban.base.errors import Invalid
from tongban.standards.text import msg
from tongban.work.cases import actions
from tongban.work.cases.rules.application import Demand
from tongban.work.cases.rules.labels import VERB_LABELS
from tongban.work.cases.rules.moves import Verb


class Deed(StrEnum):
    """Deed (事务): what staff do about a case without moving it."""

    PROPOSE_EXTENSION = "propose_extension"
    PROPOSE_SECOND_NOTICE = "propose_second_notice"
    TURN_DOWN_EXTENSION = "turn_down_extension"
    TURN_DOWN_SECOND_NOTICE = "turn_down_second_notice"
    CLAIM = "claim"
    PUT_BACK = "put_back"
    HAND_OVER = "hand_over"


DEED_LABELS = {
    Deed.PROPOSE_EXTENSION: msg("呈批延期"),
    Deed.PROPOSE_SECOND_NOTICE: msg("呈批再次告知补正"),
    Deed.TURN_DOWN_EXTENSION: msg("不批准延期"),
    Deed.TURN_DOWN_SECOND_NOTICE: msg("不批准再次告知"),
    Deed.CLAIM: msg("领办"),
    Deed.PUT_BACK: msg("退回待领"),
    Deed.HAND_OVER: msg("转交同事"),
}
# Which proposal an act answers.
ANSWERS: Mapping[Verb | Deed, Verb] = {
    Verb.EXTEND: Verb.EXTEND,
    Verb.REQUEST_AGAIN: Verb.REQUEST_AGAIN,
    Deed.TURN_DOWN_EXTENSION: Verb.EXTEND,
    Deed.TURN_DOWN_SECOND_NOTICE: Verb.REQUEST_AGAIN,
}
PROPOSES: Mapping[Verb | Deed, Verb] = {
    Deed.PROPOSE_EXTENSION: Verb.EXTEND,
    Deed.PROPOSE_SECOND_NOTICE: Verb.REQUEST_AGAIN,
}
TURNS_DOWN = {verb: deed for deed, verb in ANSWERS.items() if isinstance(deed, Deed)}
Name = Verb | Deed
Typed = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it was sent (提交的表单)."""

    actor: Actor
    case_id: uuid.UUID
    typed: Typed
    demands: tuple[Demand, ...]
    parts: tuple[str, ...]
    at: datetime
    key: str | None
    version: int

    @property
    def proposal(self) -> uuid.UUID | None:
        """The proposal that was read (所见呈批)."""
        return as_id(self.typed.get("proposal", ""))


def as_id(text: str) -> uuid.UUID | None:
    """An id, or None where it is none (读取标识)."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def as_days(text: str) -> int:
    """A number of days, 0 where it is none (读取天数): the rule then says what is wrong."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def demands_of(typed: Typed) -> tuple[Demand, ...]:
    """What is ticked, with its words (勾选的补正事项), in the order of the page."""
    ticked = (name.removeprefix("on-") for name in typed if name.startswith(("on-field:", "on-material:")))
    return tuple(Demand(target, typed.get(f"text-{target}", "")) for target in ticked)


Perform = Callable[[Sent], None]


def _plain(action: Callable[..., object], *names: str) -> Perform:
    """A move whose form asks for these words (带文字的办理)."""

    def perform(sent: Sent) -> None:
        words = {name: sent.typed.get(name, "") for name in names}
        action(
            actor=sent.actor, case_id=sent.case_id, at=sent.at, key=sent.key, version=sent.version, **words
        )

    return perform


def _with_demands(action: Callable[..., object]) -> Perform:
    def perform(sent: Sent) -> None:
        action(
            actor=sent.actor,
            case_id=sent.case_id,
            demands=sent.demands,
            at=sent.at,
            key=sent.key,
            version=sent.version,
        )

    return perform


def _suspend(sent: Sent) -> None:
    actions.suspend(
        actor=sent.actor,
        case_id=sent.case_id,
        kind=sent.typed.get("kind", ""),
        days=as_days(sent.typed.get("days", "")),
        reason=sent.typed.get("reason", ""),
        at=sent.at,
        key=sent.key,
        version=sent.version,
    )


def _approving(action: Callable[..., object]) -> Perform:
    """Approving what was proposed (批准): the very proposal that was read."""

    def perform(sent: Sent) -> None:
        action(
            actor=sent.actor,
            case_id=sent.case_id,
            at=sent.at,
            key=sent.key,
            version=sent.version,
            proposal=sent.proposal,
        )

    return perform


def _turning_down(verb: Verb) -> Perform:
    def perform(sent: Sent) -> None:
        actions.turn_down(
            actor=sent.actor,
            case_id=sent.case_id,
            verb=verb,
            reason=sent.typed.get("reason", ""),
            at=sent.at,
            key=sent.key,
            proposal=sent.proposal,
        )

    return perform


def _return(sent: Sent) -> None:
    actions.send_back(
        actor=sent.actor,
        case_id=sent.case_id,
        reason=sent.typed.get("reason", ""),
        parts=sent.parts,
        at=sent.at,
        key=sent.key,
        version=sent.version,
    )


def _correct(sent: Sent) -> None:
    chosen = sent.typed.get("document", "")
    # A verb whose document cannot be corrected stands for nonsense: the action says what is wrong with it.
    document = next((verb for verb in Verb if verb == chosen), Verb.CORRECT)
    actions.correct(
        actor=sent.actor,
        case_id=sent.case_id,
        document=document,
        wrong=sent.typed.get("wrong", ""),
        right=sent.typed.get("right", ""),
        at=sent.at,
        key=sent.key,
        version=sent.version,
    )


def _propose_extension(sent: Sent) -> None:
    actions.propose_extension(
        actor=sent.actor,
        case_id=sent.case_id,
        reason=sent.typed.get("reason", ""),
        at=sent.at,
        key=sent.key,
    )


def _propose_second_notice(sent: Sent) -> None:
    actions.propose_second_notice(
        actor=sent.actor,
        case_id=sent.case_id,
        demands=sent.demands,
        because=sent.typed.get("because", ""),
        rests_on=sent.typed.get("rests_on", ""),
        at=sent.at,
        key=sent.key,
    )


def _claim(sent: Sent) -> None:
    actions.claim(actor=sent.actor, case_id=sent.case_id, at=sent.at, key=sent.key)


def _put_back(sent: Sent) -> None:
    actions.put_back(actor=sent.actor, case_id=sent.case_id, at=sent.at, key=sent.key)


def _hand_over(sent: Sent) -> None:
    to = as_id(sent.typed.get("to", ""))
    if to is None:
        fields = {"to": [msg("请选一位同事。")]}
        raise Invalid("cases.hand_over", msg("还有内容没有填好，已经在下面标出。"), fields=fields)
    actions.hand_over(actor=sent.actor, case_id=sent.case_id, to=to, at=sent.at, key=sent.key)


@dataclass(frozen=True, slots=True)
class Act:
    """An act as its page shows it (办理页). ``fields``: what its form asks for; ``demands``: it marks fields and materials;
    ``previewed``: its letter is seen before it is sent; ``grave``: it goes against the applicant or cannot be undone."""

    perform: Perform
    fields: tuple[str, ...] = ()
    demands: bool = False
    previewed: bool = False
    grave: bool = False


_WHY = ("reason", "article")
ACTS: Mapping[Name, Act] = {
    Verb.PASS_REVIEW: Act(_plain(actions.pass_review)),
    Verb.RETURN_FOR_CHANGES: Act(_with_demands(actions.return_for_changes), demands=True, previewed=True),
    Verb.RECEIVE: Act(_plain(actions.receive)),
    Verb.ACCEPT: Act(_plain(actions.accept)),
    Verb.REQUEST_SUPPLEMENT: Act(_with_demands(actions.request_supplement), demands=True, previewed=True),
    Verb.REQUEST_AGAIN: Act(_approving(actions.request_again)),
    Verb.DECLINE: Act(_plain(actions.decline, *_WHY), _WHY, previewed=True, grave=True),
    Verb.EXAMINE: Act(_plain(actions.examine, "opinion"), ("opinion",)),
    Verb.SUSPEND: Act(_suspend, ("kind", "days", "reason"), previewed=True),
    Verb.RESUME: Act(_plain(actions.resume)),
    Verb.EXTEND: Act(_approving(actions.extend)),
    Verb.RETURN: Act(_return, ("parts", "reason")),
    Verb.GRANT: Act(_plain(actions.grant, "note"), ("note",)),
    Verb.GRANT_PARTLY: Act(_plain(actions.grant_partly, *_WHY), _WHY, previewed=True),
    Verb.GRANT_AT_ONCE: Act(_plain(actions.grant_at_once, "note"), ("note",)),
    Verb.REFUSE: Act(_plain(actions.refuse, *_WHY), _WHY, previewed=True, grave=True),
    Verb.DELIVER: Act(_plain(actions.deliver, "recipient", "tracking"), ("recipient", "tracking")),
    Verb.TERMINATE: Act(_plain(actions.terminate, *_WHY), _WHY, previewed=True, grave=True),
    Verb.REVOKE: Act(_plain(actions.revoke, *_WHY), _WHY, previewed=True, grave=True),
    Verb.CORRECT: Act(_correct, ("document", "wrong", "right"), previewed=True),
    Verb.REVIEW: Act(_plain(actions.review, "opinion"), ("opinion",)),
    Deed.PROPOSE_EXTENSION: Act(_propose_extension, ("reason",)),
    Deed.PROPOSE_SECOND_NOTICE: Act(_propose_second_notice, ("rests_on", "because"), demands=True),
    Deed.TURN_DOWN_EXTENSION: Act(_turning_down(Verb.EXTEND), ("reason",)),
    Deed.TURN_DOWN_SECOND_NOTICE: Act(_turning_down(Verb.REQUEST_AGAIN), ("reason",)),
    Deed.CLAIM: Act(_claim),
    Deed.PUT_BACK: Act(_put_back),
    Deed.HAND_OVER: Act(_hand_over, ("to",)),
}


def label_of(name: Name) -> str:
    """What an act is called (办理名称)."""
    return VERB_LABELS[name] if isinstance(name, Verb) else DEED_LABELS[name]
