"""A case as its applicant reads it (办件呈现): where it is, what comes next and by when. No request, no database."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongban.doors.portal.application import Application
from tongban.doors.portal.guide_page import REASON_PROVISIONAL
from tongban.doors.portal.visit import day_of
from tongban.doors.web.letters import sent_letters
from tongban.doors.web.mandates import attended, said
from tongban.doors.web.templatetags.tongban import date_zh, workdays
from tongban.offers.catalogue.rules.form import FieldSpec, Form
from tongban.standards.text import msg
from tongban.standards.workdays import Calendar
from tongban.work.cases.queries import CaseRow, CaseView, Moment, shown
from tongban.work.cases.rules.labels import HAPPENED_LABELS, PUBLIC_LABELS
from tongban.work.cases.rules.moves import State, Verb

TAGS: Mapping[State, str] = {
    State.DRAFT: "idle",
    State.PRE_REVIEW: "wait",
    State.RETURNED: "warn",
    State.PASSED: "wait",
    State.SUBMITTED: "wait",
    State.SUPPLEMENT: "warn",
    State.ACCEPTED: "now",
    State.SPECIAL: "now",
    State.EXAMINED: "now",
    State.GRANTED: "now",
    State.MADE: "now",
    State.REFUSED: "bad",
    State.DECLINED: "bad",
    State.WITHDRAWN: "idle",
    State.CLOSED: "ok",
    State.ENDED: "idle",
    State.REVOKED: "bad",
}

# What the office does, what the applicant does, and what the date beside it means; '' where there is none.
_WE: Mapping[State, str] = {
    State.DRAFT: msg("您填的内容已经保存，机关还看不到。"),
    State.PRE_REVIEW: msg("窗口正在提前看材料齐不齐。"),
    State.RETURNED: msg("等您修改。改之前不计时。"),
    State.PASSED: msg("预审通过了，窗口正在收件。"),
    State.SUBMITTED: msg("窗口正在看材料齐不齐。"),
    State.SUPPLEMENT: msg("等您补齐。补齐之前不计时。"),
    State.ACCEPTED: msg("机关正在审查。"),
    State.SPECIAL: msg("正在进行特别程序，期间不计时，详见下面的告知书。"),
    State.EXAMINED: msg("审查完了，正在作决定。"),
    State.GRANTED: msg("已经批准，证照正在制作。"),
    State.MADE: msg("证照制好了，正在送达。"),
    State.REFUSED: msg("机关作出了不予许可的决定，理由见下面的决定书。"),
    State.DECLINED: msg("机关没有受理，理由见下面的决定书。"),
    State.WITHDRAWN: msg("您撤回了申请，机关不再办理。"),
    State.CLOSED: msg("证照已经发给您。"),
    State.ENDED: msg("机关终止了办理，理由见下面的决定书。"),
    State.REVOKED: msg("机关撤销了决定，理由见下面的决定书。"),
}
_YOU: Mapping[State, str] = {
    State.DRAFT: msg("接着填，填完提交。"),
    State.PRE_REVIEW: msg("现在不用做什么。"),
    State.RETURNED: msg("按下面的意见修改，再重新提交；不同意修改，也可以直接提交。"),
    State.PASSED: msg("现在不用做什么。"),
    State.SUBMITTED: msg("现在不用做什么。"),
    State.SUPPLEMENT: msg("按下面的告知书补正，再重新提交。"),
    State.ACCEPTED: msg("现在不用做什么。"),
    State.SPECIAL: msg("现在不用做什么。"),
    State.EXAMINED: msg("现在不用做什么。"),
    State.GRANTED: msg("现在不用做什么。"),
    State.MADE: msg("按您选的方式等邮件，或者到窗口领取。"),
    State.REFUSED: msg("可以改好后重新申请；不同意，可以申请行政复议或者起诉。"),
    State.DECLINED: msg("可以按决定书改好后重新申请；不同意，可以申请行政复议或者起诉。"),
    State.WITHDRAWN: msg("需要时可以重新申请，交过的材料还在“我的材料”里。"),
    State.CLOSED: msg("可以随时下载证照。"),
    State.ENDED: msg("原因消除以后可以重新申请；不同意，可以申请行政复议或者起诉。"),
    State.REVOKED: msg("不同意，可以申请行政复议或者起诉。"),
}
BY: Mapping[State, str] = {
    State.PRE_REVIEW: msg("最晚答复"),
    State.PASSED: msg("最晚收件"),
    State.SUBMITTED: msg("最晚答复"),
    State.ACCEPTED: msg("最晚出结果"),
    State.SPECIAL: msg("特别程序最晚到"),
    State.EXAMINED: msg("最晚出结果"),
    State.GRANTED: msg("最晚发证"),
    State.MADE: msg("最晚送达"),
}
_CARD_BY: Mapping[State, str] = {
    State.PRE_REVIEW: msg("最晚 %(date)s 答复"),
    State.PASSED: msg("最晚 %(date)s 收件"),
    State.SUBMITTED: msg("最晚 %(date)s 答复"),
    State.ACCEPTED: msg("最晚 %(date)s 出结果"),
    State.SPECIAL: msg("特别程序最晚到 %(date)s"),
    State.EXAMINED: msg("最晚 %(date)s 出结果"),
    State.GRANTED: msg("最晚 %(date)s 发证"),
    State.MADE: msg("最晚 %(date)s 送达"),
}
_AGAINST = frozenset({Verb.DECLINE, Verb.REFUSE, Verb.TERMINATE, Verb.REVOKE})


def card(row: CaseRow) -> dict[str, Any]:
    """A case in a list (办件卡片) with its next step and date."""
    by = row.act_by
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
    by = case.act_by if case.state in BY else None
    return {
        "tag": {"state": TAGS[case.state], "word": PUBLIC_LABELS[case.state]},
        "we": _WE[case.state],
        "you": _YOU[case.state],
        "by": by,
        "by_label": BY.get(case.state, ""),
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


def _who(moment: Moment) -> str:
    """Who did it (由谁): the official by name; a counter that acted for the applicant says so."""
    if "at_counter" in moment.data:
        by = _("窗口代您办：%(name)s") % {"name": moment.by}
        return f"{by}{_('；')}{attended(moment.present)}" if moment.present else by
    if moment.mandate is not None:
        return said(moment.mandate)
    return moment.by or {"person": _("您"), "system": _("平台自动")}.get(moment.kind, "")


def _spent(since: datetime, until: datetime, calendar: Calendar) -> str:
    """How long it took since the step before (用时): in working days, the day itself not counted."""
    first, last = day_of(since), day_of(until)
    if first == last:
        return _("当天")
    count = calendar.provisional_between(first, last)[0]
    return ngettext("距上一步 %(count)s 个工作日", "距上一步 %(count)s 个工作日", count) % {"count": count}


def events(case: CaseView, calendar: Calendar) -> list[dict[str, Any]]:
    """The time line (时间线), the newest first, with what is to come on top: who, when, and how long it took."""
    found = [
        {
            "at": moment.at,
            "title": HAPPENED_LABELS[moment.verb],
            "who": _who(moment),
            "text": _spent(before.at, moment.at, calendar) if before else "",
            "state": "bad" if moment.verb in _AGAINST else "done",
            "signed": f"/my/cases/{case.id}/acts/{moment.seq}" if moment.signed else "",
        }
        for before, moment in zip([None, *case.moments], case.moments, strict=False)
    ]
    place = standing(case)
    if place["by"]:
        found.append({"at": place["by"], "title": _WE[case.state], "who": "", "text": "", "state": "next"})
    return found[::-1]


def spent_so_far(case: CaseView, calendar: Calendar, today: date) -> list[dict[str, str]]:
    """How long it has taken (办理用时): from submission, and from acceptance, until the end or today; the promise beside it."""
    found = [
        _took(case.submitted_at, case.ended_at, (msg("从提交到现在"), msg("从提交到办结")), calendar, today)
    ]
    if case.accepted_at:
        end = case.decided_at or case.ended_at
        row = _took(case.accepted_at, end, (msg("从受理到现在"), msg("从受理到决定")), calendar, today)
        promised = case.edition.guide.limits.promised_days
        note = _("（承诺 %(days)s）") % {"days": workdays(promised)} if promised else ""
        found.append(row | {"value": row.get("value", "") + note})
    return [row for row in found if row]


def _took(
    since: datetime | None,
    end: datetime | None,
    labels: tuple[str, str],
    calendar: Calendar,
    today: date,
) -> dict[str, str]:
    if since is None:
        return {}
    first = day_of(since)
    count = calendar.provisional_between(first, max(first, day_of(end) if end else today))[0]
    words = _("当天") if count == 0 else workdays(count)
    return {"label": labels[1] if end else labels[0], "value": words}


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
    """The materials (材料) with the files handed in for them, and why one need not be. ``change``: as in :func:`given`, by
    material."""
    spared = application.waived()
    addresses = change or {}
    rows: list[dict[str, Any]] = []
    wanted = [material.key for material in application.wanted]
    for key in [*wanted, *({found.key for found in application.files} - set(wanted))]:
        files = [found for found in application.files if found.key == key]
        for found in files:
            file = {"name": found.file_name, "size": found.size, "url": found.url}
            rows.append({"label": application.names[key], "file": file, "url": addresses.get(key, "")})
        if not files and key in spared:
            rows.append({"label": application.names[key], "value": spared[key], "url": ""})
        elif not files and change is not None:
            rows.append({"label": application.names[key], "value": "", "url": addresses.get(key, "")})
    return rows


def letters(case: CaseView) -> list[dict[str, Any]]:
    """The documents of the case as letters (文书), the newest first; a number in groups, made to be read out."""
    return [
        letter
        | {
            "number": readable(case.number) if letter["number"] == case.number else letter["number"],
            "pdf_url": reverse("case-document", args=[case.id, letter["id"]]) if letter["digest"] else "",
        }
        for letter in sent_letters(case)
    ]


# States that lie within a step of the way.
_ALONG = {
    State.PRE_REVIEW: State.SUBMITTED,
    State.PASSED: State.SUBMITTED,
    State.SPECIAL: State.ACCEPTED,
    State.MADE: State.GRANTED,
}


def steps_now(case: CaseView) -> list[dict[str, Any]]:
    """The way of a case through the office (办理进度) as four steps; a case that ended early shows none."""
    order = (State.SUBMITTED, State.ACCEPTED, State.EXAMINED, State.GRANTED, State.CLOSED)
    names = (msg("受理"), msg("审查"), msg("决定"), msg("发证"))
    state = _ALONG.get(case.state, case.state)
    if state not in order:
        return []
    at = order.index(state)
    return [
        {"name": _(name), "days": None, "state": "done" if place < at else "now" if place == at else ""}
        for place, name in enumerate(names)
    ]
