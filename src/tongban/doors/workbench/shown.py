"""How cases are shown to staff (办件展示): plain values for the shared parts, made from what the queries give."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongban.base.actor import ActorKind
from tongban.doors.web.letters import LETTERS
from tongban.doors.web.templatetags.tongban import day_zh, tail, time_zh, workdays
from tongban.offers.catalogue.rules.form import FieldSpec, FieldType
from tongban.people.identity.rules import ROLE_LABELS, Role
from tongban.records.materials.rules import TRUST_LABELS, Trust
from tongban.work.cases.queries import AttachmentView, CaseRow, CaseView, DocumentView, Moment, shown
from tongban.work.cases.rules.application import targets
from tongban.work.cases.rules.labels import STAFF_LABELS, VERB_LABELS
from tongban.work.cases.rules.moves import By, State, Verb, verbs_from

Shown = dict[str, object]

_TAGS = {
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
_AGAINST = frozenset({Verb.DECLINE, Verb.REFUSE})
_STAFF = frozenset({By.CLERK, By.REVIEWER, By.DECIDER})
INLINE = frozenset({"application/pdf", "image/png", "image/jpeg"})


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """How long is left (剩余时间): words, and how pressing they are."""

    note: str = ""
    late: bool = False
    warn: bool = False


def time_left(act_by: date | None, warn_on: date | None, today: date) -> TimeLeft:
    """How long is left until ``act_by`` (还有几天): stored dates beside today, nothing counted anew."""
    if act_by is None:
        return TimeLeft()
    days = (act_by - today).days
    if days < 0:
        return TimeLeft(
            ngettext("已超期 %(days)s 天", "已超期 %(days)s 天", -days) % {"days": -days}, late=True
        )
    warn = warn_on is not None and today >= warn_on
    if days == 0:
        return TimeLeft(_("今天到期"), warn=True)
    return TimeLeft(ngettext("还有 %(days)s 天", "还有 %(days)s 天", days) % {"days": days}, warn=warn)


def tag(state: State) -> Shown:
    """State as a tag (状态标签)."""
    return {"state": _TAGS[state], "word": STAFF_LABELS[state]}


def work_row(row: CaseRow, today: date, query: str, current: uuid.UUID | None) -> Shown:
    """A case in the list (清单行)."""
    left = time_left(row.act_by, row.warn_on, today)
    waiting = _("等申请人补正") if row.state is State.SUPPLEMENT else ""
    return {
        "url": f"/cases/{row.id}{query}",
        "title": row.item_name,
        "who": row.applicant_name,
        "number": row.number,
        "tag": tag(row.state),
        "due": row.act_by,
        "due_note": left.note or waiting,
        "late": left.late,
        "warn": left.warn,
        "current": row.id == current,
    }


def table_row(row: CaseRow, today: date, query: str) -> Shown:
    """A case in the table of all cases (办件表行)."""
    left = time_left(row.act_by, row.warn_on, today)
    pressing: object = left.note or "—"
    if left.late or left.warn:
        pressing = {"state": "bad" if left.late else "warn", "word": left.note}
    return {
        "cells": [
            {"text": row.item_name, "url": f"/cases/{row.id}{query}"},
            row.applicant_name,
            tag(row.state),
            pressing,
            day_zh(row.submitted_at),
            tail(row.number),
        ]
    }


def facts(case: CaseView, today: date) -> list[Shown]:
    """The clock of a case (计时): what we owe next, when it came, what was promised, what the law says."""
    left, limits = time_left(case.act_by, case.warn_on, today), case.edition.guide.limits
    counted = _("受理之日起%(days)s")
    promised = counted % {"days": workdays(limits.promised_days)}
    lawful = counted % {"days": workdays(limits.statutory_days)}
    none = _("受理后起算")
    now: Shown = {"label": _("这一步最晚"), "value": day_zh(case.act_by) or _("不计时"), "note": left.note}
    if case.ended_at is not None:
        now = {"label": _("结束"), "value": day_zh(case.ended_at), "note": time_zh(case.ended_at)[-5:]}
    return [
        now,
        {"label": _("承诺办结"), "value": day_zh(case.promised_on) or none, "note": promised},
        {"label": _("法定期限"), "value": day_zh(case.due_on) or none, "note": lawful},
        {"label": _("收到申请"), "value": day_zh(case.submitted_at), "note": time_zh(case.submitted_at)[-5:]},
    ]


def answer(spec: FieldSpec, value: object) -> object:
    """An answer for the summary list (填写内容): a date as a date, everything else as people read it."""
    if value in (None, ""):
        return ""
    if spec.type is FieldType.DATE:
        return date.fromisoformat(str(value))
    return shown(spec, value)


def sections(case: CaseView) -> list[Shown]:
    """What the applicant filled in (填写内容), section by section, with what was asked to be mended beside it."""
    demands = case.demands()
    asked = case.edition.guide.form.asked(case.form)
    return [
        {
            "title": section.title,
            "rows": [
                {
                    "label": spec.label,
                    "value": answer(spec, case.form.get(spec.key)),
                    "note": _note(demands.get(f"field:{spec.key}")),
                }
                for spec in section.fields
                if spec.key in asked
            ],
        }
        for section in case.edition.guide.form.sections
        if any(spec.key in asked for spec in section.fields)
    ]


def _note(demand: str | None) -> str:
    return _("曾要求补正：%(text)s") % {"text": demand} if demand else ""


def materials(case: CaseView) -> list[Shown]:
    """What was handed in (申请材料): every material of the guide for these answers, then anything else that was given."""
    demands, given = case.demands(), _by_key(case.attachments)
    asked = {material.key: material for material in case.edition.guide.materials_for(case.form)}
    names = {material.key: material.name for material in case.edition.guide.materials}
    return [
        {
            "key": key,
            "name": names.get(key, key),
            "files": [_file(case, attachment) for attachment in given.get(key, [])],
            "points": asked[key].review_points if key in asked else (),
            "required": key in asked and asked[key].requirement == "required",
            "note": _note(demands.get(f"material:{key}")),
        }
        for key in dict.fromkeys([*asked, *given])
    ]


def _by_key(attachments: Iterable[AttachmentView]) -> dict[str, list[AttachmentView]]:
    found: dict[str, list[AttachmentView]] = {}
    for attachment in attachments:
        found.setdefault(attachment.key, []).append(attachment)
    return found


def _file(case: CaseView, attachment: AttachmentView) -> Shown:
    url = f"/cases/{case.id}/materials/{attachment.material_id}"
    return {
        "name": attachment.file_name,
        "size": attachment.size,
        "at": attachment.attached_at,
        "view_url": url if attachment.media_type in INLINE else "",
        "download_url": f"{url}?download=1",
        "trust": attachment.trust,
        "trust_word": TRUST_LABELS[Trust(attachment.trust)],
        "digest": attachment.digest[:12],
    }


def events(case: CaseView, *, to_come: bool = True) -> list[Shown]:
    """The time line (经过), newest first, headed by what is to come."""
    line: list[Shown] = [
        {
            "at": moment.at,
            "title": VERB_LABELS[moment.verb],
            "who": _actor_of(moment),
            "state": "bad" if moment.verb in _AGAINST else "done",
        }
        for moment in reversed(case.moments)
    ]
    if to_come and case.act_by is not None:
        line.insert(0, {"at": case.act_by, "title": next_step(case), "who": waits_for(case), "state": "next"})
    return line


def _actor_of(moment: Moment) -> str:
    """Who it was (经办): an official by name, the applicant, or the platform."""
    return _("平台自动") if moment.kind == ActorKind.SYSTEM else moment.by or _("申请人")


def next_step(case: CaseView) -> str:
    """What comes next (下一步) in words, as the table of moves has it."""
    words = [_(VERB_LABELS[move.verb]) for move in verbs_from(case.state) if move.verb is not Verb.WITHDRAW]
    return " / ".join(words)


def waits_for(case: CaseView) -> str:
    """Whose turn it is (等谁): the roles of the moves that lead on."""
    turns = {move.by for move in verbs_from(case.state) if move.verb is not Verb.WITHDRAW}
    words = [_(ROLE_LABELS[Role(by.value)]) for by in By if by in turns & _STAFF]
    if By.APPLICANT in turns:
        words.append(_("申请人"))
    if By.SYSTEM in turns:
        words.append(_("平台自动"))
    return _("、").join(words)


def word_labels() -> dict[str, str]:
    """What the words of a document are called (文书各项名称)."""
    return {
        "reason": _("理由"),
        "article": _("依据的法律条款"),
        "opinion": _("审查意见"),
        "note": _("说明"),
    }


def documents(case: CaseView) -> list[Shown]:
    """The documents of a case (文书), newest first."""
    return [
        {
            "verb": document.verb,
            "title": VERB_LABELS[document.verb],
            "by": document.by,
            "at": document.at,
            "rows": _rows_of(case, document),
            "url": f"/cases/{case.id}/letters/{document.verb}" if document.verb in LETTERS else "",
        }
        for document in reversed(case.documents)
    ]


def _rows_of(case: CaseView, document: DocumentView) -> list[Shown]:
    if document.verb is Verb.REQUEST_SUPPLEMENT:
        names = targets(case.edition.guide, case.form)
        return [
            {"label": names.get(target, target), "value": text} for target, text in case.demands().items()
        ]
    labels = word_labels()
    return [
        {"label": labels[name], "value": str(text)}
        for name, text in document.body.items()
        if name in labels and text
    ]


def act_url(case_id: uuid.UUID, verb: Verb, query: str) -> str:
    """Where an act is done (办理地址)."""
    return f"/cases/{case_id}/{quote(verb.value)}{query}"
