"""What the page of an act shows (办理页内容): its fields, what may be marked, what would follow, and the letter before it is sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from tongban.base.actor import Actor
from tongban.doors.web import delivery as delivering
from tongban.doors.web import signing
from tongban.doors.web.letters import LETTERS, Letter, preview
from tongban.doors.web.templatetags.tongban import date_zh, translated, workdays
from tongban.doors.workbench import shown
from tongban.doors.workbench.act_table import ACTS, ANSWERS, Deed, Name, Sent, Typed, as_days, demands_of
from tongban.doors.workbench.offered import proposal_of
from tongban.doors.workbench.shown import Shown
from tongban.offers.catalogue.rules.elements import PROCEDURE_LABELS
from tongban.offers.catalogue.rules.form import Errors
from tongban.offers.catalogue.rules.times import extension_days
from tongban.standards.text import msg
from tongban.work.cases import queries
from tongban.work.cases.queries import CaseView, ProposalView
from tongban.work.cases.rules.application import (
    FIELD,
    LONGEST_NOTE,
    MATERIAL,
    check_demands,
    check_note,
    targets,
)
from tongban.work.cases.rules.clock import LONGEST_STOP
from tongban.work.cases.rules.letters import CORRECTABLE, TITLES
from tongban.work.cases.rules.moves import Verb
from tongban.work.cases.rules.signing import Need, need
from tongban.work.cases.rules.special import check_stop, procedures

_ONCE = msg(
    "这份告知只能发一次：依法应当一次告知需要补正的全部内容（行政许可法第三十二条）。补正期间不计时。"
)
LEADS: Mapping[Name, str] = {
    Verb.PASS_REVIEW: msg("材料看着齐了就通过。预审只是提前看：通过以后还要收件、受理。"),
    Verb.RETURN_FOR_CHANGES: msg(
        "把建议修改的地方标出来，写清楚怎么改。申请人可以不改直接提交，预审不能把人挡在外面。"
    ),
    Verb.RECEIVE: msg("收件以后五个工作日内要受理、不予受理，或者一次性告知补正（行政许可法第三十二条）。"),
    Verb.REQUEST_AGAIN: msg("批准以后，下面的告知书马上发给申请人，并报督查。没有第三次。"),
    Verb.SUSPEND: msg(
        "只能用办事指南列出的特别程序（行政许可法第四十五条）。告知的时间就是最长的时间，到期自动继续计时。"
    ),
    Verb.RESUME: msg("特别程序结束，从今天起继续计时。"),
    Verb.EXTEND: msg("批准以后，下面的通知书马上发给申请人。依法只能延长一次（行政许可法第四十二条）。"),
    Verb.GRANT: msg("准予以后，平台自动签发证照并发给申请人。"),
    Verb.GRANT_AT_ONCE: msg("当场受理并决定，平台自动签发证照并发给申请人。"),
    Verb.GRANT_PARTLY: msg("写明哪些部分没有准予、为什么。准予的部分，平台自动签发证照。"),
    Verb.DELIVER: msg("送到以后登记，办件就办结了。"),
    Verb.TERMINATE: msg("只在依法不能再办下去时用，例如申请人死亡、法人终止。申请人会收到决定书。"),
    Verb.REVOKE: msg("依法撤销已经作出的决定（行政许可法第六十九条）。证照同时失效，扫码马上查得到。"),
    Verb.CORRECT: msg("只更正笔误。决定的内容要变，不能用更正。原来的文书留在卷里，更正另发一份。"),
    Verb.REVIEW: msg("看平台按规则作的决定对不对。认为不对的，写下意见，再由决定人撤销。"),
    Deed.PROPOSE_EXTENSION: msg("写明为什么法定期限内办不完。批准以后，申请人会原样看到这段话。"),
    Deed.PROPOSE_SECOND_NOTICE: msg(
        "再次告知只能因为第一次告知以后才收到的内容，由机关负责人批准，并报督查。没有第三次。"
    ),
    Deed.TURN_DOWN_EXTENSION: msg("不批准，办件照原来的期限办。理由写给呈批的同事。"),
    Deed.TURN_DOWN_SECOND_NOTICE: msg("不批准，不再告知补正。理由写给呈批的同事。"),
    Deed.CLAIM: msg("领办以后，同事看得到这件由您在办。办到下一步时自动解除。"),
    Deed.PUT_BACK: msg("退回以后，本机关能办这一步的同事都可以领办。"),
    Deed.HAND_OVER: msg("只能转给现在也能办这一步的同事。转交以后，这件显示由他在办。"),
}


@dataclass(frozen=True, slots=True)
class Page:
    """One showing of an act's page (办理页): of which case, by whom, when, with what typed and what wrong."""

    actor: Actor
    case: CaseView
    name: Name
    at: datetime
    today: date
    typed: Typed
    errors: Errors
    parts: tuple[str, ...] = ()


def lead(page: Page, *, previewing: bool) -> list[str]:
    """What is said above the form (办理提示)."""
    if page.name is Verb.REQUEST_SUPPLEMENT:
        first = (
            _("请再看一遍，还差的是不是都在里面。")
            if previewing
            else _("把还差的全部勾出来，每一处写清楚要怎么补。")
        )
        return [first + _(_ONCE)]
    return [_(LEADS[page.name])] if page.name in LEADS else []


def fields(page: Page) -> list[Shown]:
    """The fields of its form (表单各项)."""
    found = [_FIELDS[name](page) | {"name": name} for name in ACTS[page.name].fields if _wanted(page, name)]
    return [
        field
        | {
            "value": page.parts
            if field["name"] == "parts"
            else page.typed.get(str(field["name"]), field.get("value", "")),
            "errors": page.errors.get(str(field["name"]), []),
            "required": field.get("required", True),
        }
        for field in found
    ]


def _wanted(page: Page, name: str) -> bool:
    if name == "parts":
        return bool(page.case.parts)
    return name != "tracking" or page.case.delivery.get("way") == "post"


def _text(label: str, help_: str, rows: int = 5) -> Shown:
    return {"label": label, "help": help_, "type": "textarea", "rows": rows, "maxlength": LONGEST_NOTE}


def _reason(page: Page) -> Shown:
    helps = {
        Verb.RETURN: _("写给审查的同事：哪里还要再看。申请人看不到。"),
        Verb.SUSPEND: _("为什么需要这个程序。申请人会原样看到这段话。"),
        Verb.GRANT_PARTLY: _("哪些部分没有准予，为什么。申请人会原样看到这段话。"),
        Deed.PROPOSE_EXTENSION: _("申请人会原样看到这段话。"),
        Deed.TURN_DOWN_EXTENSION: _("申请人看不到。"),
        Deed.TURN_DOWN_SECOND_NOTICE: _("申请人看不到。"),
    }
    said = helps.get(page.name, _("申请人会原样看到这段话：哪里不符合，为什么。"))
    return _text(_("理由"), said)


def _article(page: Page) -> Shown:
    basis = _("、").join(f"{found.title}{found.article}" for found in page.case.edition.guide.basis)
    said = _("写明法律名称和条款。这个事项的设定依据：%(basis)s。") % {"basis": basis}
    return _text(_("依据的法律条款"), said, rows=2)


def _opinion(page: Page) -> Shown:
    if page.name is Verb.REVIEW:
        return _text(_("复核意见"), _("写明看了什么，自动决定对不对。申请人会看到。"))
    return _text(_("审查意见"), _("写明看了什么、查了什么、是否符合条件。申请人看不到，决定人会看到。"))


def _note(page: Page) -> Shown:
    return _text(_("说明"), _("可以不写；写了申请人会看到。")) | {"required": False}


def _kind(page: Page) -> Shown:
    options = [
        {
            "value": kind,
            "label": translated(PROCEDURE_LABELS[kind]),
            "help": _("；").join(
                part
                for part in (
                    one.what,
                    _("最多 %(days)s") % {"days": workdays(one.days)} if one.days else "",
                )
                if part
            ),
        }
        for kind, one in procedures(page.case.edition.guide).items()
    ]
    return {"label": _("哪一种特别程序"), "help": "", "type": "radio", "options": options}


def _days(page: Page) -> Shown:
    return {
        "label": _("需要几个工作日"),
        "help": _("要书面告知申请人，说多少就是最多多少。"),
        "type": "number",
        "inputmode": "numeric",
        "maxlength": len(str(LONGEST_STOP)),
        "width": "s",
        "unit": _("个工作日"),
    }


def _parts(page: Page) -> Shown:
    return {
        "label": _("退回哪些部门重新办"),
        "help": "",
        "type": "checkbox",
        "options": [{"value": part.key, "label": part.name, "help": part.what} for part in page.case.parts],
    }


def _recipient(page: Page) -> Shown:
    return {
        "label": _("签收人"),
        "help": _("谁签收的。代收的写代收人姓名。"),
        "value": page.case.party.name,
        "maxlength": LONGEST_NOTE,
    }


def _tracking(page: Page) -> Shown:
    return {"label": _("运单号"), "help": "", "maxlength": 60}


def _document(page: Page) -> Shown:
    found = {d.verb: d for d in page.case.documents if d.verb in CORRECTABLE}
    options = [
        {"value": verb.value, "label": translated(TITLES[verb]), "help": date_zh(document.at)}
        for verb, document in found.items()
    ]
    return {"label": _("更正哪一份文书"), "help": "", "type": "radio", "options": options}


def _wrong(page: Page) -> Shown:
    return _text(_("原来写的是"), _("照文书上的原文抄。"), rows=2)


def _right(page: Page) -> Shown:
    return _text(_("应当是"), "", rows=2)


def _rests_on(page: Page) -> Shown:
    found = queries.second_notice_may_rest_on(page.case)
    options = [{"value": target, "label": name} for target, name in found.items()]
    return {
        "label": _("因为后来收到的哪一项"),
        "help": _("只列第一次告知以后才收到的内容。"),
        "type": "radio",
        "options": options,
    }


def _because(page: Page) -> Shown:
    return _text(_("为什么要再次告知"), _("申请人会原样看到这段话。"), rows=3)


def _to(page: Page) -> Shown:
    options = [
        {"value": str(one.id), "label": one.name}
        for one in queries.who_could_act(page.actor, page.case, page.at)
    ]
    return {"label": _("转给谁"), "help": "", "type": "select", "options": options, "width": "m"}


_FIELDS: Mapping[str, Callable[[Page], Shown]] = {
    "reason": _reason,
    "article": _article,
    "opinion": _opinion,
    "note": _note,
    "kind": _kind,
    "days": _days,
    "parts": _parts,
    "recipient": _recipient,
    "tracking": _tracking,
    "document": _document,
    "wrong": _wrong,
    "right": _right,
    "rests_on": _rests_on,
    "because": _because,
    "to": _to,
}


def told(page: Page) -> list[Shown]:
    """What would follow (办理后果), as rows: dates, the way of delivery, what may be handed in later."""
    case, today = page.case, page.today
    rows: list[tuple[str, object]] = []
    if page.name is Verb.RECEIVE:
        rows = [(_("最晚答复"), queries.foreseen(case, Verb.RECEIVE, today).act_by)]
    elif page.name is Verb.RESUME:
        dates = queries.foreseen(case, Verb.RESUME, today)
        rows = [(_("这一步最晚"), dates.act_by), (_("法定期限"), dates.due_on)]
    elif page.name is Deed.PROPOSE_EXTENSION:
        guide = case.edition.guide
        days = extension_days(guide.limits, joint=bool(guide.departments))
        dates = queries.foreseen(case, Verb.EXTEND, today, days)
        rows = [
            (_("原来的法定期限"), case.due_on),
            (_("延长"), workdays(days)),
            (_("延长后的法定期限"), dates.due_on),
        ]
    elif page.name is Verb.ACCEPT:
        later, by = queries.deferred(case, today)
        rows = [(_("以后补交"), _("、").join(material.name for material in later)), (_("最晚补交"), by)]
    elif page.name is Verb.DELIVER:
        rows = [(row["label"], row["value"]) for row in delivering.rows(queries.delivery(page.actor, case))]
    return [{"label": label, "value": value} for label, value in rows if value]


def proposed(page: Page) -> ProposalView | None:
    """The proposal that this act answers (所答呈批)."""
    return proposal_of(page.case, ANSWERS[page.name]) if page.name in ANSWERS else None


def letter_of(page: Page, sent: Sent) -> Letter | None:
    """The letter that the act would send (文书预览), or None where it sends none."""
    if not isinstance(page.name, Verb) or page.name not in LETTERS:
        return None
    body = _body(page, sent)
    days = int(str(body.get("days", 0)))
    dates = queries.foreseen(page.case, page.name, page.today, days)
    return preview(page.case, page.name, body, page.today, dates)


def _body(page: Page, sent: Sent) -> Mapping[str, object]:
    if (proposal := proposed(page)) is not None:
        return proposal.body
    if ACTS[page.name].demands:
        return {"demands": [{"target": one.target, "text": one.text.strip()} for one in sent.demands]}
    typed: dict[str, object] = {name: page.typed.get(name, "").strip() for name in ACTS[page.name].fields}
    return typed | ({"days": as_days(str(typed["days"]))} if "days" in typed else {})


def check(page: Page, sent: Sent) -> Errors:
    """What the action would find wrong (预览前检查), by the same rules."""
    case, spec = page.case, ACTS[page.name]
    if spec.demands:
        return check_demands(case.edition.guide, case.form, sent.demands, held=_held(page))
    if page.name is Verb.SUSPEND:
        typed = page.typed
        days = as_days(typed.get("days", ""))
        return check_stop(case.edition.guide, typed.get("kind", ""), days, typed.get("reason", ""))[0]
    found = {name: check_note(page.typed.get(name, ""), required=name != "note")[1] for name in spec.fields}
    if page.name is Verb.CORRECT and page.typed.get("document") not in {d.verb for d in case.documents}:
        found["document"] = [msg("这件办件没有发出过这份文书。")]
    return {name: problems for name, problems in found.items() if problems}


def _held(page: Page) -> frozenset[str]:
    """What nobody may be asked for (不得要求的内容): known, verifiable, or promised instead."""
    case = page.case
    return queries.held_targets(
        case.edition.guide, party_id=case.party_id, on=page.today, committed=case.committed is not None
    )


def groups(page: Page) -> list[Shown]:
    """Every field and every material that may be asked for (可补正的全部内容), each with what was given."""
    if not ACTS[page.name].demands:
        return []
    case, guide, held = page.case, page.case.edition.guide, _held(page)
    found: list[Shown] = [
        {
            "title": section.title,
            "rows": [
                _demand(page, f"{FIELD}:{spec.key}", spec.label)
                | {"given": shown.answer(spec, case.form.get(spec.key))}
                for spec in section.fields
                if f"{FIELD}:{spec.key}" not in held
            ],
        }
        for section in guide.form.sections
    ]
    handed = {entry["key"]: entry for entry in shown.materials(case)}
    papers = [
        _demand(page, f"{MATERIAL}:{paper.key}", paper.name)
        | {"files": handed[paper.key]["files"], "points": paper.review_points, "paper": True}
        for paper in guide.materials_for(case.form)
        if f"{MATERIAL}:{paper.key}" not in held
    ]
    return [*found, {"title": _("申请材料"), "rows": papers}]


def _demand(page: Page, target: str, label: str) -> Shown:
    return {
        "target": target,
        "label": label,
        "on": f"on-{target}" in page.typed,
        "text": page.typed.get(f"text-{target}", ""),
        "errors": page.errors.get(target, []),
        "maxlength": LONGEST_NOTE,
    }


def signature(name: Name, item_type: str = "") -> Need:
    """Whether an act is signed (是否签名)."""
    return need(name, item_type) if isinstance(name, Verb) else Need.NONE


def signing_fields(page: Page) -> list[Shown]:
    """The fields for signing (签名各项), where the actor has a certificate."""
    wanted = signature(page.name, page.case.edition.item_type)
    return signing.fields(page.actor, wanted, page.at, page.errors)


def summary(page: Page) -> list[Shown]:
    """The error summary (错误汇总): each names its field and leads to it."""
    names = targets(page.case.edition.guide, page.case.form)
    names |= {str(field["name"]): str(field["label"]) for field in fields(page)}
    names |= {signing.PIN: _("证书口令")}
    return [
        {
            "name": f"text-{name}" if ":" in name else name,
            "text": _called(names.get(name, "")) + _("；").join(translated(text) for text in texts),
        }
        for name, texts in page.errors.items()
    ]


def _called(name: str) -> str:
    return _("%(field)s：") % {"field": name} if name else ""


def sent_by(actor: Actor, case: CaseView, typed: Typed, at: datetime) -> Sent:
    """The form as it stands, for a preview (预览用的表单)."""
    return Sent(actor, case.id, typed, demands_of(typed), (), at, None, case.version)
