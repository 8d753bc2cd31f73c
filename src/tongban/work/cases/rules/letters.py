"""Words of the documents that go out (文书用语): one place for every door and for the signed PDF.

:func:`letter` makes of a verb, the ``body`` that its document keeps, and the :class:`Facts` of its case a :class:`Letter`: title,
opening, rows of facts, reasons with their article, what the applicant can do now, until when, and how to object. Whoever shows it adds
what is no matter of words: number, addressee, organ, day, whom to ask.

Texts are marked with ``msg()``. One with values is a ``Message`` (``text % params`` in Chinese; the doors translate both). The value of a
:class:`Row` is a text, a day, or a whole number of working days. Words that an official typed are taken as they are.
``queries.letter_of(case, document)`` gives the facts of a document that was filed, as the ledger tells them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tongban.offers.catalogue.rules.elements import PROCEDURE_LABELS
from tongban.offers.catalogue.rules.guide import Commitment, Guide
from tongban.standards.text import Message, msg
from tongban.work.cases.rules.application import FIELD, MATERIAL
from tongban.work.cases.rules.clock import Dates
from tongban.work.cases.rules.moves import Verb

TITLES: Mapping[Verb, str] = {
    Verb.RETURN_FOR_CHANGES: msg("预审修改意见"),
    Verb.REQUEST_SUPPLEMENT: msg("补正材料告知书"),
    Verb.REQUEST_AGAIN: msg("再次补正材料告知书"),
    Verb.ACCEPT: msg("申请受理通知书"),
    Verb.DEEM_ACCEPTED: msg("视为受理通知书"),
    Verb.DECLINE: msg("不予受理决定书"),
    Verb.SUSPEND: msg("特别程序告知书"),
    Verb.PAUSE: msg("特别程序告知书"),
    Verb.EXTEND: msg("延期通知书"),
    Verb.GRANT: msg("准予行政许可决定书"),
    Verb.GRANT_PARTLY: msg("部分准予行政许可决定书"),
    Verb.GRANT_AT_ONCE: msg("准予行政许可决定书"),
    Verb.GRANT_BY_RULE: msg("准予行政许可决定书"),
    Verb.REFUSE: msg("不予行政许可决定书"),
    Verb.DELIVER: msg("送达回证"),
    Verb.TERMINATE: msg("终止办理决定书"),
    Verb.REVOKE: msg("撤销行政许可决定书"),
    Verb.CORRECT: msg("文书更正通知书"),
}
LETTERS = frozenset(TITLES)
# Documents in which a slip of the pen may be corrected.
CORRECTABLE = LETTERS - {Verb.CORRECT, Verb.RETURN_FOR_CHANGES}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a letter knows of its case (文书所据事实).

    ``dates``: as the act set them; ``before``: as they stood before it. ``later_by``: until when deferred materials may follow.
    """

    guide: Guide
    form: Mapping[str, object] = field(default_factory=dict)
    dates: Dates = field(default_factory=Dates)
    before: Dates = field(default_factory=Dates)
    later_by: date | None = None
    committed: bool = False
    promise: Commitment | None = None  # the text that was promised, of the edition on which it was
    promise_digest: str = ""

    def name_of(self, target: str) -> str:
        """What a target is called (名称): of a field or a material of the guide, whether or not it is asked in this situation."""
        kind, _, key = target.partition(":")
        if kind == FIELD and key in self.guide.form.by_key():
            return self.guide.form.by_key()[key].label
        names = {material.key: material.name for material in self.guide.materials}
        return names.get(key, target) if kind == MATERIAL else target


@dataclass(frozen=True, slots=True)
class Reason:
    """Reason (原因): what, and by which article or why."""

    what: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Row of facts (事实行). A whole number is one of working days."""

    label: str
    value: str | date | int


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in words (文书内容). ``by``: the day until which the applicant should act, if there is one."""

    title: str
    opening: str
    rows: tuple[Row, ...] = ()
    reasons: tuple[Reason, ...] = ()
    todo: tuple[str, ...] = ()
    by: date | None = None
    objection: str = ""


Body = Mapping[str, Any]


def letter(verb: Verb, body: Body, facts: Facts) -> Letter:
    """The letter (文书) that ``body`` of this ``verb`` makes. ``KeyError`` for a verb whose document does not go out."""
    return _MAKERS[verb](body, facts)


def _opening(text: str, facts: Facts) -> str:
    return Message(text, {"item": facts.guide.name})


def _dated(*rows: tuple[str, str | date | int | None]) -> tuple[Row, ...]:
    """Only the rows that have something to tell."""
    return tuple(Row(label, value) for label, value in rows if value not in (None, ""))


def _demands(body: Body, facts: Facts) -> tuple[Reason, ...]:
    return tuple(
        Reason(
            Message(msg("%(what)s：%(text)s"), {"what": facts.name_of(one["target"]), "text": one["text"]})
        )
        for one in body["demands"]
    )


def _say_so(facts: Facts) -> str:
    return Message(
        msg("认为这样做不对的，可以说明理由、申辩（行政许可法第七条），也可以打监督投诉电话 %(phone)s。"),
        {"phone": facts.guide.phones.complaint},
    )


_REMEDIES = msg(
    "对这个决定不服的，可以自知道之日起六十日内申请行政复议（行政复议法第二十条），"
    "也可以依法提起行政诉讼（行政许可法第七条）。"
)


def _returned(body: Body, facts: Facts) -> Letter:
    return Letter(
        TITLES[Verb.RETURN_FOR_CHANGES],
        _opening(
            msg(
                "我们提前看了您申请的“%(item)s”，建议先改下面的内容。这是帮您提前看，还没有收件，不是不受理。"
            ),
            facts,
        ),
        reasons=_demands(body, facts),
        todo=(
            msg("在网上改好，再重新提交。"),
            msg("不同意修改的，可以不改，直接提交；窗口收件后五个工作日内答复（行政许可法第三十二条）。"),
        ),
        objection=_say_so(facts),
    )


def _supplement(body: Body, facts: Facts) -> Letter:
    return Letter(
        TITLES[Verb.REQUEST_SUPPLEMENT],
        _opening(
            msg("您申请的“%(item)s”还要补正。下面是全部内容，依法只告知这一次（行政许可法第三十二条）。"),
            facts,
        ),
        reasons=_demands(body, facts),
        todo=_MEND,
        objection=Message(
            msg("认为要求超出办事指南的，可以打监督投诉电话 %(phone)s。"),
            {"phone": facts.guide.phones.complaint},
        ),
    )


_MEND = (
    msg("在网上补正，只改上面列出的内容，改完重新提交，不用跑窗口。"),
    msg("补正没有期限，补齐之前不计时。"),
    msg("不想办了，可以撤回申请，以后还能再申请。"),
)


def _again(body: Body, facts: Facts) -> Letter:
    return Letter(
        TITLES[Verb.REQUEST_AGAIN],
        _opening(
            msg(
                "您申请的“%(item)s”，因为第一次告知以后才收到的内容，经本机关负责人批准，再次告知您补正，并已报督查。不会有第三次。"
            ),
            facts,
        ),
        rows=_dated(
            (msg("因为什么"), body.get("because")),
            (msg("后来收到的内容"), facts.name_of(str(body.get("rests_on", "")))),
        ),
        reasons=_demands(body, facts),
        todo=_MEND,
        objection=_say_so(facts),
    )


def _accepted(body: Body, facts: Facts) -> Letter:
    return _acceptance(TITLES[Verb.ACCEPT], msg("您申请的“%(item)s”，我机关决定受理。"), (), body, facts)


def _deemed(body: Body, facts: Facts) -> Letter:
    since = date.fromisoformat(str(body["since"]))
    text = msg(
        "您申请的“%(item)s”，我机关没有在五个工作日内告知您，依法从收到申请之日起视为受理（行政许可法第三十二条）。"
    )
    return _acceptance(TITLES[Verb.DEEM_ACCEPTED], text, (Row(msg("视为受理之日"), since),), body, facts)


def _acceptance(title: str, text: str, rows: tuple[Row, ...], body: Body, facts: Facts) -> Letter:
    later = [facts.name_of(f"{MATERIAL}:{key}") for key in body.get("later", ())]
    named = tuple(Message(msg("补交容缺材料：%(name)s"), {"name": name}) for name in later)
    return Letter(
        title,
        _opening(text, facts),
        rows=rows
        + _dated(
            (msg("承诺办结"), facts.dates.promised_on),
            (msg("法定期限"), facts.dates.due_on),
            *(
                ((msg("期限是否暂定"), msg("暂定：其中有日子还没有公布放假安排")),)
                if facts.dates.provisional
                else ()
            ),
        ),
        todo=(*named, msg("现在可以在网上看办理进度。")),
        by=facts.later_by if later else None,
        objection="",
    )


def _reasoned(body: Body) -> tuple[Reason, ...]:
    return (Reason(str(body["reason"]), str(body.get("article", ""))),)


def _declined(body: Body, facts: Facts) -> Letter:
    return Letter(
        TITLES[Verb.DECLINE],
        _opening(msg("您申请的“%(item)s”，我机关决定不予受理。"), facts),
        reasons=_reasoned(body),
        todo=(
            msg("按照原因改好以后，可以重新申请。"),
            msg("不清楚该向哪里申请的，可以打下面的电话问。"),
        ),
        objection=_REMEDIES,
    )


def _stopped(body: Body, facts: Facts) -> Letter:
    departments = {one.key: one.name for one in facts.guide.departments}
    part = str(body.get("part", ""))
    text = msg(
        "您申请的“%(item)s”，依法需要进行特别程序。所需时间不计算在办理期限内（行政许可法第四十五条），最长不超过下面告知的时间。"
    )
    if part:
        text = msg(
            "您申请的“%(item)s”，参与办理的一个部门依法需要进行特别程序（行政许可法第四十五条）。时间记在这个部门自己的时限上，最长不超过下面告知的时间。"
        )
    return Letter(
        TITLES[Verb.PAUSE if part else Verb.SUSPEND],
        _opening(text, facts),
        rows=_dated(
            (msg("办理的部门"), departments.get(part, part)),
            (msg("特别程序"), PROCEDURE_LABELS.get(str(body["kind"]), str(body["kind"]))),
            (msg("所需时间"), int(body["days"])),
            (msg("最晚到"), None if part else facts.dates.act_by),
        ),
        reasons=_reasoned(body),
        todo=(msg("现在不用做什么。特别程序结束后继续计时。"),),
        objection=_say_so(facts),
    )


def _extended(body: Body, facts: Facts) -> Letter:
    approver = msg("本级人民政府负责人") if facts.guide.departments else msg("本行政机关负责人")
    text = msg(
        "您申请的“%(item)s”，在法定期限内不能作出决定，经%(approver)s批准延长期限（行政许可法第四十二条）。依法只能延长一次。"
    )
    return Letter(
        TITLES[Verb.EXTEND],
        Message(text, {"item": facts.guide.name, "approver": approver}),
        rows=_dated(
            (msg("延长"), int(body["days"])),
            (msg("原来的法定期限"), facts.before.due_on),
            (msg("延长后的法定期限"), facts.dates.due_on),
        ),
        reasons=_reasoned(body),
        todo=(msg("现在不用做什么。"),),
        objection=_say_so(facts),
    )


def _granted(verb: Verb, text: str) -> Callable[[Body, Facts], Letter]:
    def make(body: Body, facts: Facts) -> Letter:
        note = str(body.get("note", ""))
        promise = facts.promise or (facts.guide.commitment if facts.committed else None)
        checked = (
            ()
            if promise is None
            else (
                Message(
                    msg("您是按告知承诺办的：%(days)s 个工作日内会核查，承诺不实的要整改，直至撤销决定。"),
                    {"days": promise.check_days},
                ),
            )
        )
        return Letter(
            TITLES[verb],
            _opening(text, facts),
            rows=_dated(
                (msg("您会得到"), facts.guide.result.name),
                (msg("最晚发证"), facts.dates.act_by),
                *_promised(promise, facts.promise_digest),
            ),
            reasons=(Reason(note),) if note else (),
            todo=checked,
        )

    return make


def _promised(promise: Commitment | None, digest: str) -> tuple[tuple[str, str], ...]:
    """What the decision rests on where the applicant committed: the very text, and its digest to compare it by."""
    if promise is None:
        return ()
    told = "\n".join(promise.proves)
    return (
        (msg("您承诺的内容"), f"{told}\n{promise.duty}"),
        (msg("承诺不实的后果"), promise.liability),
        (msg("承诺书校验码"), digest),
    )


def _partly(body: Body, facts: Facts) -> Letter:
    return Letter(
        TITLES[Verb.GRANT_PARTLY],
        _opening(
            msg("您申请的“%(item)s”，我机关经审查，决定部分准予许可。没有准予的部分和理由写在下面。"), facts
        ),
        rows=_dated((msg("您会得到"), facts.guide.result.name), (msg("最晚发证"), facts.dates.act_by)),
        reasons=_reasoned(body),
        todo=(msg("没有准予的部分，条件具备以后可以重新申请。"),),
        objection=_REMEDIES,
    )


def _by_rule(body: Body, facts: Facts) -> Letter:
    return Letter(
        TITLES[Verb.GRANT_BY_RULE],
        _opening(
            msg(
                "您申请的“%(item)s”，条件全部经平台核验属实，按公开的规则当场决定准予许可。决定由我机关负责。"
            ),
            facts,
        ),
        rows=_dated(
            (msg("依据的规则"), str(body["rule"].get("name", ""))),
            (msg("您会得到"), facts.guide.result.name),
            (msg("最晚发证"), facts.dates.act_by),
        ),
        todo=(msg("希望由人来看这个决定的，可以在网上这件办件的页面申请人工复核，也可以打咨询电话。"),),
    )


def _refused(body: Body, facts: Facts) -> Letter:
    return Letter(
        TITLES[Verb.REFUSE],
        _opening(msg("您申请的“%(item)s”，我机关经审查不符合法定的条件，决定不予许可。"), facts),
        reasons=_reasoned(body),
        todo=(msg("条件具备以后，可以重新申请。"),),
        objection=_REMEDIES,
    )


WAYS: Mapping[str, str] = {
    "online": msg("网上送达"),
    "post": msg("邮寄送达"),
    "counter": msg("窗口领取"),
}


def _delivered(body: Body, facts: Facts) -> Letter:
    return Letter(
        TITLES[Verb.DELIVER],
        _opening(msg("您申请的“%(item)s”，证照已经送达。"), facts),
        rows=_dated(
            (msg("送达的内容"), facts.guide.result.name),
            (msg("送达方式"), WAYS.get(str(body.get("way", "")), str(body.get("way", "")))),
            (msg("签收人"), str(body["recipient"])),
            (msg("运单号"), str(body.get("tracking", ""))),
        ),
        todo=(msg("没有收到或者内容不对的，请打下面的电话。"),),
    )


def _terminated(body: Body, facts: Facts) -> Letter:
    return Letter(
        TITLES[Verb.TERMINATE],
        _opening(msg("您申请的“%(item)s”，依法不能继续办理，我机关决定终止办理。"), facts),
        reasons=_reasoned(body),
        todo=(msg("原因消除以后，可以重新申请。"),),
        objection=_REMEDIES,
    )


def _revoked(body: Body, facts: Facts) -> Letter:
    return Letter(
        TITLES[Verb.REVOKE],
        _opening(
            msg("您取得的“%(item)s”，我机关依法决定撤销（行政许可法第六十九条）。据此发给的证照同时失效。"),
            facts,
        ),
        reasons=_reasoned(body),
        objection=_REMEDIES,
    )


def _corrected(body: Body, facts: Facts) -> Letter:
    document = next((verb for verb in TITLES if verb == body.get("document")), None)
    return Letter(
        TITLES[Verb.CORRECT],
        _opening(
            msg("我机关就您申请的“%(item)s”发出的文书里有笔误，现在更正。其余内容不变，文书的效力不变。"),
            facts,
        ),
        rows=_dated(
            (msg("更正的文书"), TITLES[document] if document else ""),
            (msg("原来写的是"), str(body["wrong"])),
            (msg("应当是"), str(body["right"])),
        ),
        objection=_say_so(facts),
    )


_AT_ONCE = msg("您申请的“%(item)s”，我机关当场审查，决定准予许可。")
_GRANTED = msg("您申请的“%(item)s”，我机关经审查，决定准予许可。")
_MAKERS: Mapping[Verb, Callable[[Body, Facts], Letter]] = {
    Verb.RETURN_FOR_CHANGES: _returned,
    Verb.REQUEST_SUPPLEMENT: _supplement,
    Verb.REQUEST_AGAIN: _again,
    Verb.ACCEPT: _accepted,
    Verb.DEEM_ACCEPTED: _deemed,
    Verb.DECLINE: _declined,
    Verb.SUSPEND: _stopped,
    Verb.PAUSE: _stopped,
    Verb.EXTEND: _extended,
    Verb.GRANT: _granted(Verb.GRANT, _GRANTED),
    Verb.GRANT_PARTLY: _partly,
    Verb.GRANT_AT_ONCE: _granted(Verb.GRANT_AT_ONCE, _AT_ONCE),
    Verb.GRANT_BY_RULE: _by_rule,
    Verb.REFUSE: _refused,
    Verb.DELIVER: _delivered,
    Verb.TERMINATE: _terminated,
    Verb.REVOKE: _revoked,
    Verb.CORRECT: _corrected,
}
