"""How cases are shown to staff (办件展示): plain values for the shared parts, made from what the queries give."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongban.base.actor import ActorKind
from tongban.doors.web.letters import LETTERS
from tongban.doors.web.mandates import attended, said
from tongban.doors.web.templatetags.tongban import day_zh, tail, time_zh, translated, workdays
from tongban.offers.catalogue.rules.elements import PROCEDURE_LABELS
from tongban.offers.catalogue.rules.form import FieldSpec, FieldType
from tongban.people.identity.rules import ROLE_LABELS, Role
from tongban.records.materials.rules import TRUST_LABELS, Trust
from tongban.standards.text import msg
from tongban.work.cases.queries import (
    AttachmentView,
    CaseRow,
    CaseView,
    DocumentView,
    Moment,
    ProposalView,
    Turn,
    shown,
)
from tongban.work.cases.rules.joint import PartState
from tongban.work.cases.rules.labels import STAFF_LABELS, VERB_LABELS
from tongban.work.cases.rules.letters import TITLES, WAYS, Facts
from tongban.work.cases.rules.moves import By, Move, State, Verb, verbs_from

Shown = dict[str, object]

_TAGS = {
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
_AGAINST = frozenset({Verb.DECLINE, Verb.REFUSE, Verb.TERMINATE, Verb.REVOKE})
# What leads nowhere by itself: it may be done at any time, so nobody waits for it.
_ASIDE = frozenset(
    {
        Verb.WITHDRAW,
        Verb.TERMINATE,
        Verb.TRANSFER,
        Verb.HAND_IN,
        Verb.REVOKE,
        Verb.CORRECT,
        Verb.REVIEW,
        Verb.RETURN,
        Verb.SUSPEND,
        Verb.EXTEND,
        Verb.REQUEST_AGAIN,
        Verb.PAUSE,
        Verb.UNPAUSE,
    }
)
_STAFF = (By.CLERK, By.REVIEWER, By.DECIDER)
# What the platform does where nobody else did in time is no step that somebody looks forward to.
_TIMED = frozenset({Verb.LAPSE, Verb.DEEM_ACCEPTED})
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


_TURNS = {
    Turn.APPROVAL: {"state": "warn", "word": msg("等您批准")},
    Turn.PART: {"state": "now", "word": msg("联办到您")},
}


def work_row(
    row: CaseRow, today: date, query: str, current: uuid.UUID | None, me: uuid.UUID | None = None
) -> Shown:
    """A case in the list (清单行): whose turn, how pressing, who has claimed it (``me``: the reader)."""
    left = time_left(row.act_by, row.warn_on, today)
    waiting = _("等申请人") if row.state in (State.SUPPLEMENT, State.RETURNED) else ""
    return {
        "url": f"/cases/{row.id}{query}",
        "title": row.item_name,
        "who": row.applicant_name,
        "number": row.number,
        "tag": _TURNS.get(row.turn) or tag(row.state),
        "handler": claimed(row.handler_id, row.handler_name, me),
        "mine": me is not None and row.handler_id == me,
        "due": row.act_by,
        "due_note": left.note or waiting,
        "late": left.late,
        "warn": left.warn,
        "current": row.id == current,
    }


def claimed(handler_id: uuid.UUID | None, name: str | None, me: uuid.UUID | None) -> str:
    """Who has claimed a case (领办情况), '' for nobody."""
    if handler_id is None:
        return ""
    return _("我领办") if handler_id == me else _("%(name)s领办") % {"name": name or ""}


def table_row(row: CaseRow, today: date, query: str) -> Shown:
    """A case in the table of all cases (办件表行)."""
    return {
        "cells": [
            {"text": row.item_name, "url": f"/cases/{row.id}{query}"},
            row.applicant_name,
            tag(row.state),
            pressing_cell(row, today),
            day_zh(row.submitted_at),
            tail(row.number),
        ]
    }


def pressing_cell(row: CaseRow, today: date) -> object:
    """How pressing a case is (紧迫程度), as a cell of a table."""
    left = time_left(row.act_by, row.warn_on, today)
    if left.late or left.warn:
        return {"state": "bad" if left.late else "warn", "word": left.note}
    return left.note or "—"


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
            "signed": f"/cases/{case.id}/acts/{moment.seq}" if moment.signed else "",
        }
        for moment in reversed(case.moments)
    ]
    if to_come and case.act_by is not None:
        line.insert(0, {"at": case.act_by, "title": next_step(case), "who": waits_for(case), "state": "next"})
    return line


def _actor_of(moment: Moment) -> str:
    """Who it was (经办): an official by name, the applicant, or the platform."""
    if moment.mandate is not None:
        return said(moment.mandate)
    if moment.present is not None:
        return _("%(clerk)s（%(present)s）") % {"clerk": moment.by, "present": attended(moment.present)}
    return _("平台自动") if moment.kind == ActorKind.SYSTEM else moment.by or _("申请人")


def next_step(case: CaseView) -> str:
    """What comes next (下一步) in words, as the table of moves has it."""
    # The last opinion is an opinion like the others.
    words = [_(VERB_LABELS[move.verb]) for move in _ahead(case) if move.verb is not Verb.CONCLUDE]
    return " / ".join(dict.fromkeys(words))


def _ahead(case: CaseView) -> list[Move]:
    """The moves that lead this case on (主线流转), with its edition's traits."""
    left_out = _ASIDE | _TIMED
    return [move for move in verbs_from(case.state, case.traits) if move.verb not in left_out]


def waits_for(case: CaseView) -> str:
    """Whose turn it is (等谁): the roles of the moves that lead on."""
    turns = {move.by for move in _ahead(case)}
    words = [_(ROLE_LABELS[Role(by.value)]) for by in _STAFF if by in turns]
    if By.DEPARTMENT in turns:
        busy = (PartState.OPEN, PartState.PAUSED)
        words += [part.name for part in case.parts if part.state in busy]
    if By.APPLICANT in turns:
        words.append(_("申请人"))
    if By.SYSTEM in turns:
        words.append(_("平台自动"))
    return _("、").join(words)


def word_labels() -> dict[str, str]:
    """What the words of a document are called (文书各项名称)."""
    return {
        "because": _("为什么要再次告知"),
        "reason": _("理由"),
        "article": _("依据的法律条款"),
        "opinion": _("意见"),
        "note": _("说明"),
        "recipient": _("签收人"),
        "tracking": _("运单号"),
        "wrong": _("原来写的是"),
        "right": _("应当是"),
    }


def documents(case: CaseView) -> list[Shown]:
    """The documents of a case (文书), newest first."""
    return [_document(case, document) for document in reversed(case.documents)]


def _document(case: CaseView, document: DocumentView) -> Shown:
    return {
        "verb": document.verb,
        "title": TITLES.get(document.verb, VERB_LABELS[document.verb]),
        "by": _("申请人") if document.verb is Verb.ASK_REVIEW else document.by or _("平台自动"),
        "at": document.at,
        "number": document.number,
        "rows": _rows_of(case, document.body),
        "url": f"/cases/{case.id}/letters/{document.id}" if document.verb in LETTERS else "",
        "file_url": f"/cases/{case.id}/documents/{document.id}" if document.file else "",
    }


def opinion(case: CaseView, name: str) -> Shown | None:
    """The last opinion (审查意见), for whoever decides after it; what a rule decided, for whoever reviews that."""
    wanted = {Verb.GRANT_BY_RULE} if name == Verb.REVIEW else {Verb.EXAMINE, Verb.RETURN, Verb.REVIEW}
    told = name in _AFTER_OPINION
    found = next((d for d in reversed(case.documents) if d.verb in wanted), None)
    return _document(case, found) if found is not None and told else None


_AFTER_OPINION = frozenset(
    {
        Verb.EXAMINE,
        Verb.RETURN,
        Verb.GRANT,
        Verb.GRANT_PARTLY,
        Verb.REFUSE,
        Verb.EXTEND,
        Verb.REVIEW,
        Verb.REVOKE,
    }
)


def proposal(case: CaseView, found: ProposalView) -> Shown:
    """What was proposed (呈批内容), by whom and when."""
    return {
        "id": found.id,
        "title": PROPOSAL_TITLES[found.verb],
        "by": found.by,
        "at": found.at,
        "rows": _rows_of(case, found.body),
    }


PROPOSAL_TITLES = {Verb.EXTEND: msg("呈批：延长期限"), Verb.REQUEST_AGAIN: msg("呈批：再次告知补正")}


def proposals(case: CaseView) -> list[Shown]:
    """The proposals that wait for a superior (待批呈批), as far as they can still be approved."""
    possible = {move.verb for move in verbs_from(case.state, case.traits)}
    return [proposal(case, one) for one in case.proposals if one.verb in possible]


def _rows_of(case: CaseView, body: Mapping[str, object]) -> list[Shown]:
    """What a document or a proposal says (文书各项), as rows."""
    facts = Facts(case.edition.guide, case.form)
    rows: list[Shown] = []
    if "kind" in body:
        kind = str(body["kind"])
        rows.append({"label": _("特别程序"), "value": translated(PROCEDURE_LABELS.get(kind, kind))})
    if "days" in body:
        rows.append({"label": _("工作日数"), "value": workdays(int(str(body["days"])))})
    if "document" in body:
        title = next((TITLES[verb] for verb in TITLES if verb == body["document"]), "")
        rows.append({"label": _("更正的文书"), "value": translated(title)})
    if "way" in body:
        rows.append({"label": _("送达方式"), "value": translated(WAYS.get(str(body["way"]), body["way"]))})
    if "rests_on" in body:
        rows.append({"label": _("后来收到的内容"), "value": facts.name_of(str(body["rests_on"]))})
    if later := _listed(body.get("later")):
        names = _("、").join(facts.name_of(f"material:{key}") for key in later)
        rows.append({"label": _("以后补交"), "value": names})
    if isinstance(rule := body.get("rule"), Mapping):
        rows.append({"label": _("依据的规则"), "value": str(rule.get("name", ""))})
    labels = word_labels()
    rows += [
        {"label": labels[name], "value": str(text)} for name, text in body.items() if name in labels and text
    ]
    rows += [
        {"label": facts.name_of(str(one["target"])), "value": str(one["text"])}
        for one in _listed(body.get("demands"))
        if isinstance(one, Mapping)
    ]
    return rows


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def act_url(case_id: uuid.UUID, verb: str, query: str) -> str:
    """Where an act is done (办理地址)."""
    return f"/cases/{case_id}/{quote(verb)}{query}"
