"""Which acts are offered on a case (可办事项), and why one that the role could do is not: asked before the form is filled in."""

from dataclasses import dataclass
from datetime import date, datetime

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Refusal
from tongban.doors.workbench import shown
from tongban.doors.workbench.act_table import ACTS, ANSWERS, PROPOSES, Deed, Name
from tongban.doors.workbench.door import day_of
from tongban.standards.text import Message, msg
from tongban.work.cases import queries
from tongban.work.cases.access import may_propose
from tongban.work.cases.queries import CaseView, ProposalView
from tongban.work.cases.rules.letters import CORRECTABLE
from tongban.work.cases.rules.moves import ASIDE, GRANTS, SUPPLEMENTS, Verb, find, verbs_from
from tongban.work.cases.rules.special import procedures

_NO_POST = msg("您在这个机关没有办理这一步的岗位。")


@dataclass(frozen=True, slots=True)
class Why:
    """Why not (不能办的原因). ``told``: worth a line on the case's page; else the button is simply not there."""

    text: str
    told: bool = False


def offered(actor: Actor, case: CaseView, at: datetime) -> tuple[list[Name], list[tuple[Name, str]]]:
    """(acts that are open to ``actor`` now, acts that the role could do with the reason against them), in the order of the table."""
    found: list[Name] = []
    hindered: list[tuple[Name, str]] = [(verb, reason) for verb, reason in case.hindrances.items()]
    for name in ACTS:
        if not _has_turn(actor, case, name):
            continue
        why = _against(actor, case, name, at)
        if why is None:
            found.append(name)
        elif why.told:
            hindered.append((name, why.text))
    return found, hindered


def refusal_of(actor: Actor, case: CaseView, name: Name, at: datetime) -> Refusal | None:
    """What whoever opens the page of this act is told instead (先看能否办理), or None where it opens."""
    if isinstance(name, Verb) and find(case.state, name, case.traits) is None:
        return moved_on(case)
    if not _has_turn(actor, case, name):
        reason = case.hindrances.get(name, _NO_POST) if isinstance(name, Verb) else _NO_POST
        return Forbidden(f"cases.{name}", reason)
    why = _against(actor, case, name, at)
    return None if why is None else Conflict(f"cases.{name}", why.text, _params(why.text))


def _params(text: str) -> dict[str, object]:
    return dict(text.params) if isinstance(text, Message) else {}


def moved_on(case: CaseView) -> Refusal:
    """The table has no such move from here (已有新的变化)."""
    return Conflict(
        "cases.move",
        msg("这件办件现在是“%(state)s”，不能再这样做。请刷新后看最新情况。"),
        {"state": shown.tag(case.state)["word"]},
    )


def proposal_of(case: CaseView, verb: Verb) -> ProposalView | None:
    """The open proposal of this verb (待批呈批), where the case still stands where it can be approved."""
    if find(case.state, verb, case.traits) is None:
        return None
    return next((one for one in case.proposals if one.verb is verb), None)


def has_turn(case: CaseView) -> bool:
    """Whether it is this actor's turn (是否轮到): one of the moves open to her leads on."""
    return any(move.verb not in ASIDE for move in case.moves)


def _has_turn(actor: Actor, case: CaseView, name: Name) -> bool:
    if isinstance(name, Verb):
        return any(move.verb is name for move in case.moves)
    if name in PROPOSES:
        verb = PROPOSES[name]
        could = any(move.verb is verb for move in verbs_from(case.state, case.traits))
        return could and may_propose(actor, verb, case)[0]
    if name in ANSWERS:
        return any(move.verb is ANSWERS[name] for move in case.moves)
    return has_turn(case)


def _against(actor: Actor, case: CaseView, name: Name, at: datetime) -> Why | None:
    """What speaks against an act of one whose turn it is."""
    if name in ANSWERS:
        return _no_answer(actor, case, ANSWERS[name])
    if name in PROPOSES:
        return _no_proposal(case, PROPOSES[name])
    if isinstance(name, Deed):
        return _no_handling(actor, case, name, at)
    sent = {document.verb for document in case.documents}
    if name is Verb.REQUEST_SUPPLEMENT and sent & SUPPLEMENTS:
        text = msg(
            "依法应当一次告知需要补正的全部内容（行政许可法第三十二条），这件已经告知过，不能再次要求补正。"
        )
        return Why(text, told=True)
    if name is Verb.SUSPEND and not procedures(case.edition.guide):
        return Why(msg("办事指南没有列出特别程序，不能因此停止计时。"))
    if name is Verb.CORRECT and not sent & CORRECTABLE:
        return Why(msg("这件办件没有发出过文书。"))
    if name in GRANTS:
        return _materials_missing(case, day_of(at))
    return None


def _materials_missing(case: CaseView, today: date) -> Why | None:
    waiting, _by = queries.deferred(case, today)
    if not waiting:
        return None
    names = "、".join(material.name for material in waiting)
    text = Message(msg("约定后补的材料还没有交：%(names)s。交齐以后才能准予。"), {"names": names})
    return Why(text, told=True)


def _no_answer(actor: Actor, case: CaseView, verb: Verb) -> Why | None:
    proposal = proposal_of(case, verb)
    if proposal is None:
        return Why(msg("没有等待批准的呈批。请先由经办人呈批。"))
    if proposal.by_id in actor.stands_for():
        return Why(msg("呈批和批准要由两个人分别作出。"), told=True)
    return None


def _no_proposal(case: CaseView, verb: Verb) -> Why | None:
    if proposal_of(case, verb) is not None:
        return Why(msg("这件已经呈批，等领导决定。"))
    if any(document.verb is verb for document in case.documents):
        return Why(msg("依法只能有一次，这件已经有过。"))
    if verb is Verb.REQUEST_AGAIN and not queries.second_notice_may_rest_on(case):
        return Why(msg("再次告知只能因为第一次告知之后才收到的内容，这件没有。"))
    return None


def _no_handling(actor: Actor, case: CaseView, deed: Deed, at: datetime) -> Why | None:
    if deed is Deed.CLAIM and case.handler_id is not None:
        return Why(msg("这件已经有人领办。需要时可以请他转交。"))
    if deed is Deed.HAND_OVER and not queries.who_could_act(actor, case, at):
        return Why(msg("本机关现在没有别的同事能办这一步。"))
    if deed is Deed.PUT_BACK and case.handler_id not in actor.stands_for():
        return Why(msg("这件不是您领办的。"))
    return None
