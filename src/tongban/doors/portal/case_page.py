"""A case as its applicant reads it (办件呈现): where it is, what comes next and by when. No request, no database."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tongban.doors.portal.application import Application
from tongban.doors.portal.guide_page import REASON_PROVISIONAL
from tongban.doors.web.forms import labelled
from tongban.doors.web.templatetags.tongban import date_zh
from tongban.offers.catalogue.rules.form import FieldSpec, Form
from tongban.standards.text import msg
from tongban.work.cases.queries import CaseRow, CaseView, shown
from tongban.work.cases.rules.application import MATERIAL, targets
from tongban.work.cases.rules.labels import HAPPENED_LABELS, PUBLIC_LABELS
from tongban.work.cases.rules.moves import State, Verb

TAGS: Mapping[State, str] = {
    State.DRAFT: "idle",
    State.SUBMITTED: "wait",
    State.SUPPLEMENT: "warn",
    State.ACCEPTED: "now",
    State.EXAMINED: "now",
    State.GRANTED: "now",
    State.REFUSED: "bad",
    State.DECLINED: "bad",
    State.WITHDRAWN: "idle",
    State.CLOSED: "ok",
}

# What the office does, what the applicant does, and what the date beside it means; '' where there is none.
_WE: Mapping[State, str] = {
    State.DRAFT: msg("您填的内容已经保存，机关还看不到。"),
    State.SUBMITTED: msg("窗口正在看材料齐不齐。"),
    State.SUPPLEMENT: msg("等您补齐。补齐之前不计时。"),
    State.ACCEPTED: msg("机关正在审查。"),
    State.EXAMINED: msg("审查完了，正在作决定。"),
    State.GRANTED: msg("已经批准，证照正在制作。"),
    State.REFUSED: msg("机关作出了不予许可的决定，理由见下面的决定书。"),
    State.DECLINED: msg("机关没有受理，理由见下面的通知书。"),
    State.WITHDRAWN: msg("您撤回了申请，机关不再办理。"),
    State.CLOSED: msg("证照已经发给您。"),
}
_YOU: Mapping[State, str] = {
    State.DRAFT: msg("接着填，填完提交。"),
    State.SUBMITTED: msg("现在不用做什么。"),
    State.SUPPLEMENT: msg("按下面的告知书补正，再重新提交。"),
    State.ACCEPTED: msg("现在不用做什么。"),
    State.EXAMINED: msg("现在不用做什么。"),
    State.GRANTED: msg("现在不用做什么。"),
    State.REFUSED: msg("可以改好后重新申请；不同意，可以申请行政复议或者起诉。"),
    State.DECLINED: msg("可以按通知书改好后重新申请；不同意，可以申请行政复议或者起诉。"),
    State.WITHDRAWN: msg("需要时可以重新申请，交过的材料还在“我的材料”里。"),
    State.CLOSED: msg("可以随时下载证照。"),
}
_BY: Mapping[State, str] = {
    State.SUBMITTED: msg("最晚答复"),
    State.ACCEPTED: msg("最晚出结果"),
    State.EXAMINED: msg("最晚出结果"),
    State.GRANTED: msg("最晚发证"),
}
_CARD_BY: Mapping[State, str] = {
    State.SUBMITTED: msg("最晚 %(date)s 答复"),
    State.ACCEPTED: msg("最晚 %(date)s 出结果"),
    State.EXAMINED: msg("最晚 %(date)s 出结果"),
    State.GRANTED: msg("最晚 %(date)s 发证"),
}


def _deadline(state: State, act_by: date | None, promised_on: date | None) -> date | None:
    """The day that the applicant is told (告知期限): of the promise while we examine, else of our next act."""
    return promised_on if state in (State.ACCEPTED, State.EXAMINED) else act_by


def card(row: CaseRow) -> dict[str, Any]:
    """A case in a list (办件卡片) with its next step and date."""
    by = _deadline(row.state, row.act_by, row.promised_on)
    text = (
        _(_CARD_BY[row.state]) % {"date": date_zh(by)} if by and row.state in _CARD_BY else _(_YOU[row.state])
    )
    if by and row.provisional:
        text += _("（暂定）")
    sent = _("%(date)s 提交") if row.submitted_at else _("%(date)s 开始填")
    return {
        "title": row.item_name,
        "url": reverse("case", args=[row.id]),
        "tag": {"state": TAGS[row.state], "word": PUBLIC_LABELS[row.state]},
        "text": text,
        "meta": [row.organ_name, sent % {"date": date_zh(row.submitted_at or row.started_at)}],
    }


def standing(case: CaseView) -> dict[str, Any]:
    """Where the case is now (当前状态): for the box at its head."""
    by = _deadline(case.state, case.act_by, case.promised_on) if case.state in _BY else None
    return {
        "tag": {"state": TAGS[case.state], "word": PUBLIC_LABELS[case.state]},
        "we": _WE[case.state],
        "you": _YOU[case.state],
        "by": by,
        "by_label": _BY.get(case.state, ""),
        "law": case.due_on if by and case.due_on and case.due_on != by else None,
        "provisional": REASON_PROVISIONAL if by and case.provisional else "",
    }


def readable(number: str | None) -> str:
    """A case number in groups of four (编号分组), its day and serial apart: made to be read out on the telephone."""
    if number is None:
        return ""
    item, day, serial = number[:-12], number[-12:-4], number[-4:]
    groups = [item[start : start + 4] for start in range(0, len(item), 4)]
    return " ".join([*groups, day[:4], day[4:], serial])


def events(case: CaseView) -> list[dict[str, Any]]:
    """The time line (时间线), the newest first, with what is to come on top."""
    found = [
        {
            "at": moment.at,
            "title": HAPPENED_LABELS[moment.verb],
            "who": moment.by,
            "state": "bad" if moment.verb in (Verb.DECLINE, Verb.REFUSE) else "done",
        }
        for moment in case.moments
    ]
    place = standing(case)
    if place["by"]:
        found.append({"at": place["by"], "title": _WE[case.state], "who": "", "state": "next"})
    return found[::-1]


def _answer(spec: FieldSpec, value: object) -> object:
    if value in (None, ""):
        return ""
    if spec.type == "date":
        return date.fromisoformat(str(value))
    return shown(spec, value)


def given(
    form: Form, answers: Mapping[str, object], change: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """What was filled in (填写内容), by section.

    ``change``: field -> address of its 修改, where it may be changed. With it, what is empty is shown as well.
    """
    addresses = change or {}
    asked = form.asked(answers)
    return [
        {
            "title": section.title,
            "rows": [
                {
                    "label": spec.label,
                    "value": _answer(spec, answers.get(spec.key)),
                    "url": addresses.get(spec.key, ""),
                }
                for spec in section.fields
                if spec.key in asked and (change is not None or answers.get(spec.key) not in (None, ""))
            ],
        }
        for section in form.sections
        if any(spec.key in asked for spec in section.fields)
    ]


def given_materials(
    application: Application, change: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """The materials (材料) with the files handed in for them. ``change``: as in :func:`given`, by material."""
    addresses = change or {}
    rows: list[dict[str, Any]] = []
    wanted = [material.key for material in application.wanted]
    for key in [*wanted, *({found.key for found in application.files} - set(wanted))]:
        files = [found for found in application.files if found.key == key]
        for found in files:
            file = {"name": found.file_name, "size": found.size, "url": found.url}
            rows.append({"label": application.names[key], "file": file, "url": addresses.get(key, "")})
        if not files and change is not None:
            rows.append({"label": application.names[key], "value": "", "url": addresses.get(key, "")})
    return rows


_REMEDIES = msg(
    "收到之日起六十日内可以申请行政复议（行政复议法第二十条），也可以依法提起行政诉讼（行政许可法第七条）。"
)
_SAY_SO = msg("认为不该补的，可以说明理由、申辩（行政许可法第七条），也可以打监督电话 %(phone)s。")
_TITLES = {
    Verb.REQUEST_SUPPLEMENT: msg("补正告知书"),
    Verb.DECLINE: msg("不予受理通知书"),
    Verb.REFUSE: msg("不予行政许可决定书"),
    Verb.GRANT: msg("准予行政许可决定书"),
}
_OPENINGS = {
    Verb.REQUEST_SUPPLEMENT: msg(
        "您申请的“%(item)s”还要补正。下面是全部内容，依法只告知这一次（行政许可法第三十二条）。"
    ),
    Verb.DECLINE: msg("您申请的“%(item)s”，我机关没有受理。"),
    Verb.REFUSE: msg("您申请的“%(item)s”，我机关经审查，决定不予许可。"),
    Verb.GRANT: msg("您申请的“%(item)s”，我机关经审查，决定准予许可。"),
}
_TODO = {
    Verb.REQUEST_SUPPLEMENT: [
        msg("在网上补正，只改上面列出的内容，改完重新提交。"),
        msg("补正没有期限，补齐之前不计时。"),
    ],
    Verb.DECLINE: [msg("按上面的原因改好后，重新申请。")],
    Verb.REFUSE: [msg("条件具备以后，重新申请。")],
    Verb.GRANT: [],
}


def _reasons(case: CaseView, body: Mapping[str, Any], verb: Verb) -> list[dict[str, str]]:
    if verb is Verb.REQUEST_SUPPLEMENT:
        names = targets(case.edition.guide, case.form) | {
            f"{MATERIAL}:{material.key}": material.name for material in case.edition.guide.materials
        }
        return [
            {"what": labelled(names.get(demand["target"], ""), demand["text"]), "why": ""}
            for demand in body["demands"]
        ]
    words = body.get("reason") or body.get("note") or ""
    return [{"what": words, "why": body.get("article", "")}] if words else []


def letters(case: CaseView) -> list[dict[str, Any]]:
    """The documents of the case as letters (文书), the newest first."""
    guide = case.edition.guide
    window = guide.windows[0] if guide.windows else None
    objection = {
        Verb.REQUEST_SUPPLEMENT: _(_SAY_SO) % {"phone": guide.phones.complaint},
        Verb.DECLINE: _(_REMEDIES),
        Verb.REFUSE: _(_REMEDIES),
        Verb.GRANT: "",
    }
    return [
        {
            "verb": document.verb.value,
            "title": _TITLES[document.verb],
            "number": readable(case.number),
            "to": case.party.name,
            "opening": _(_OPENINGS[document.verb]) % {"item": guide.name},
            "reasons": _reasons(case, document.body, document.verb),
            "todo": _TODO[document.verb],
            "by": None,
            "ask": {
                "name": window.name if window else case.edition.organ_name,
                "phone": guide.phones.advice,
                "place": window.address if window else "",
            },
            "objection": objection[document.verb],
            "organ": case.edition.organ_name,
            "date": document.at,
        }
        for document in reversed(case.documents)
        if document.verb in _TITLES
    ]


def steps_now(case: CaseView) -> list[dict[str, Any]]:
    """The way of a case through the office (办理进度) as four steps; a case that ended early shows none."""
    order = (State.SUBMITTED, State.ACCEPTED, State.EXAMINED, State.GRANTED, State.CLOSED)
    names = (msg("受理"), msg("审查"), msg("决定"), msg("发证"))
    if case.state not in order:
        return []
    at = order.index(case.state)
    return [
        {"name": _(name), "days": None, "state": "done" if place < at else "now" if place == at else ""}
        for place, name in enumerate(names)
    ]
