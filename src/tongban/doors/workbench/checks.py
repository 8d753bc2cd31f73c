"""Follow-up checks (承诺核查): the list of those who check, the page of one check, and one page and one call for each act."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.base.ids import new_id
from tongban.doors.web import promises
from tongban.doors.web.templatetags.tongban import tail, translated
from tongban.doors.workbench.act_table import as_id
from tongban.doors.workbench.door import day_of, key_of, now, staff, typed_in
from tongban.doors.workbench.shown import Shown
from tongban.offers.catalogue.rules.form import Errors
from tongban.people.identity.rules import ROLE_LABELS
from tongban.standards.text import msg
from tongban.work.cases import actions, queries
from tongban.work.cases.queries import CaseView, CheckRow, CheckView, Which
from tongban.work.cases.rules.application import LONGEST_NOTE
from tongban.work.cases.rules.checks import (
    CHECK_LABELS,
    CHECK_MOVES,
    CHECK_VERB_LABELS,
    CheckState,
    CheckVerb,
)

PAGE = 50
_FILTERS = {
    Which.OPEN: msg("要办的"),
    Which.MINE: msg("我核查的"),
    Which.LATE: msg("已过期"),
    Which.BAD: msg("没有修复的"),
    Which.ALL: msg("全部"),
}
_COLUMNS = (
    msg("事项"),
    msg("承诺人"),
    msg("状态"),
    msg("最晚"),
    msg("核查人"),
    msg("编号尾号"),
)


@staff
@require_safe
def listed(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The checks of my offices (核查清单), the most pressing first."""
    today = day_of(now())
    which = next((one for one in Which if one == request.GET.get("only")), Which.OPEN)
    after = _after(request)
    found = queries.checks(actor, which, today=today, after=after, limit=PAGE + 1)
    shown = found[:PAGE]
    context = {
        "filters": [
            {"text": _(label), "url": _address(one), "count": None, "current": one is which}
            for one, label in _FILTERS.items()
        ],
        "columns": [{"label": label, "number": False} for label in _COLUMNS],
        "rows": [_row(row, today) for row in shown],
        "more": _address(which, shown[-1]) if len(found) > PAGE else "",
        "first": _address(which) if after else "",
        "all": which is Which.ALL,
    }
    return render(request, "workbench/checks.html", context)


def _address(which: Which, last: CheckRow | None = None) -> str:
    only = "" if which is Which.OPEN else f"only={which.value}"
    place = "" if last is None else f"after={last.by.isoformat()}_{last.case_id}"
    query = "&".join(part for part in (only, place) if part)
    return f"/checks?{query}" if query else "/checks"


def _after(request: HttpRequest) -> tuple[date, uuid.UUID] | None:
    day, _sep, last = request.GET.get("after", "").rpartition("_")
    id_ = as_id(last)
    try:
        return None if id_ is None else (date.fromisoformat(day), id_)
    except ValueError:
        return None


def _row(row: CheckRow, today: date) -> Shown:
    waits = row.state in (CheckState.SCHEDULED, CheckState.BREACHED)
    late = {"state": "bad", "word": _("已过期")}
    return {
        "cells": [
            {"text": row.item_name, "url": f"/checks/{row.case_id}"},
            row.applicant_name,
            promises.tag_of(row.state),
            late if waits and row.by < today else row.by if waits else "—",
            row.assignee_name or "—",
            tail(row.number),
        ]
    }


@staff
@require_safe
def show(request: HttpRequest, actor: Actor, case_id: uuid.UUID) -> HttpResponse:
    """One check (核查页)."""
    case = queries.one(actor, case_id)
    return _show(request, case, queries.check(actor, case_id), day_of(now()))


def _show(
    request: HttpRequest,
    case: CaseView,
    found: CheckView,
    today: date,
    refusal: Refusal | None = None,
) -> HttpResponse:
    context = {
        "case": case,
        "tag": promises.tag_of(found.state),
        "rows": promises.rows(found, today),
        "promised": promises.promised(case),
        "acts": [
            {
                "label": CHECK_VERB_LABELS[move.verb],
                "url": f"/checks/{case.id}/{move.verb}",
                "grave": move.verb is CheckVerb.REVOKE,
            }
            for move in found.moves
        ],
        "next": _next(found),
        "events": [
            {
                "at": one.at,
                "title": CHECK_VERB_LABELS[one.verb],
                "who": one.by,
                "text": one.words,
                "state": "done",
            }
            for one in reversed(found.moments)
        ],
        "refusal": refusal,
        "kept": typed_in(request) if refusal else [],
    }
    return render(request, "workbench/check.html", context, status=refusal.status if refusal else 200)


def _next(found: CheckView) -> str:
    """Who has to do what, where it is not this reader (等谁)."""
    roles = {move.role for move in CHECK_MOVES if move.source is found.state}
    if found.moves or not roles:
        return ""
    names = _("、").join(translated(label) for role, label in ROLE_LABELS.items() if role.value in roles)
    return _("这一步不由您办。正等着本机关的%(who)s。") % {"who": names}


@dataclass(frozen=True, slots=True)
class Form:
    """The form of an act on a check (核查办理页): its fields, what is said above them, what it calls."""

    fields: tuple[str, ...]
    lead: str
    perform: Callable[..., object]


FORMS: Mapping[CheckVerb, Form] = {
    CheckVerb.ASSIGN: Form(
        ("to",), msg("只能指定本机关的审查人员。核查要在最晚的日子以前做完。"), actions.assign_check
    ),
    CheckVerb.KEEP: Form(
        ("finding",), msg("核查下来和承诺一样，记录以后这项核查就结束了。"), actions.find_kept
    ),
    CheckVerb.BREACH: Form(
        ("finding", "rectify_by"),
        msg(
            "写明哪里和承诺不一样。从现在起，承诺人在修复以前不能再用告知承诺。承诺人会看到这段话和整改的日子。"
        ),
        actions.find_breach,
    ),
    CheckVerb.RECTIFY: Form(
        ("finding",), msg("写明看了什么，怎样改好的。记录保留到信用修复为止。"), actions.find_rectified
    ),
    CheckVerb.REVOKE: Form(
        ("reason", "article"),
        msg("撤销决定，证照同时失效，扫码马上查得到。承诺人会收到撤销决定书。这一步不能反悔。"),
        actions.revoke_for_breach,
    ),
    CheckVerb.REPAIR: Form(
        ("reason",), msg("写明为什么修复。从现在起，承诺人又可以用告知承诺。"), actions.repair_record
    ),
}


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, actor: Actor, case_id: uuid.UUID, verb: str) -> HttpResponse:
    """One act on a check (核查办理)."""
    wanted = next((known for known in FORMS if known == verb), None)
    if wanted is None:
        raise NotFound("web.address", msg("没有这个页面。地址可能不完整，可以从首页搜索要办的事。"))
    at = now()
    if request.method == "POST":
        return _do(request, actor, case_id, wanted, at)
    case, found = queries.one(actor, case_id), queries.check(actor, case_id)
    refusal = _refusal(found, wanted)
    if isinstance(refusal, Forbidden):
        raise refusal
    if refusal is not None:
        return _show(request, case, found, day_of(at), refusal)
    return _form(request, actor, case, found, wanted, at, {}, None)


def _refusal(found: CheckView, verb: CheckVerb) -> Refusal | None:
    if any(move.verb is verb for move in found.moves):
        return None
    if any(move.source is found.state and move.verb is verb for move in CHECK_MOVES):
        return Forbidden("cases.check", msg("您在这个机关没有办理这一步的岗位。"))
    params = {"state": CHECK_LABELS[found.state]}
    return Conflict("cases.check_move", msg("这项核查现在是“%(state)s”，不能这样做。"), params)


def _do(
    request: HttpRequest, actor: Actor, case_id: uuid.UUID, verb: CheckVerb, at: datetime
) -> HttpResponse:
    typed = {name: str(value) for name, value in request.POST.items()}
    try:
        FORMS[verb].perform(actor=actor, case_id=case_id, at=at, key=key_of(request), **_values(verb, typed))
    except Invalid as refusal:
        case, found = queries.one(actor, case_id), queries.check(actor, case_id)
        return _form(request, actor, case, found, verb, at, typed, refusal)
    except Conflict as refusal:
        case, found = queries.one(actor, case_id), queries.check(actor, case_id)
        return _show(request, case, found, day_of(at), refusal)
    done = _("已办：%(act)s") % {"act": _(CHECK_VERB_LABELS[verb])}
    request.session["notice"] = {"kind": "ok", "title": done, "text": ""}
    return HttpResponseRedirect(f"/checks/{case_id}")


def _values(verb: CheckVerb, typed: Mapping[str, str]) -> dict[str, object]:
    """What the form sent, as the action takes it (读取表单)."""
    found: dict[str, object] = {name: typed.get(name, "") for name in FORMS[verb].fields}
    if "to" in found:
        found["to"] = as_id(typed.get("to", ""))
        if found["to"] is None:
            fields = {"to": [msg("请选一位同事。")]}
            raise Invalid("cases.check_assign", msg("还有内容没有填好，已经在下面标出。"), fields=fields)
    if "rectify_by" in found:
        try:
            found["rectify_by"] = date.fromisoformat(typed.get("rectify_by", "").strip())
        except ValueError:
            found["rectify_by"] = None
    return found


def _form(
    request: HttpRequest,
    actor: Actor,
    case: CaseView,
    found: CheckView,
    verb: CheckVerb,
    at: datetime,
    typed: Mapping[str, str],
    refusal: Invalid | None,
) -> HttpResponse:
    errors: Errors = dict(refusal.fields) if refusal else {}
    shapes = _shapes(actor, case, found, verb, at)
    fields: list[Shown] = [
        shapes[name]
        | {"name": name, "required": True, "value": typed.get(name, ""), "errors": errors.get(name, [])}
        for name in FORMS[verb].fields
    ]
    context = {
        "case": case,
        "label": CHECK_VERB_LABELS[verb],
        "lead": FORMS[verb].lead,
        "grave": verb is CheckVerb.REVOKE,
        "rows": promises.rows(found, day_of(at)),
        "promised": promises.promised(case),
        "fields": fields,
        "errors": [
            {
                "name": field["name"],
                "text": _("%(field)s：") % {"field": field["label"]}
                + _("；").join(translated(text) for text in errors[str(field["name"])]),
            }
            for field in fields
            if field["errors"]
        ],
        "key": str(new_id()),
    }
    return render(request, "workbench/check_act.html", context, status=refusal.status if refusal else 200)


def _shapes(
    actor: Actor, case: CaseView, found: CheckView, verb: CheckVerb, at: datetime
) -> Mapping[str, Shown]:
    def text(label: str, help_: str, rows: int = 5) -> Shown:
        return {"label": label, "help": help_, "type": "textarea", "rows": rows, "maxlength": LONGEST_NOTE}

    basis = _("、").join(f"{one.title}{one.article}" for one in case.edition.guide.basis)
    colleagues = queries.who_could_check(actor, found, at) if verb is CheckVerb.ASSIGN else []
    return {
        "to": {
            "label": _("由谁核查"),
            "type": "select",
            "width": "m",
            "options": [{"value": str(one.id), "label": one.name} for one in colleagues],
            "help": "" if colleagues else _("本机关现在没有别的审查人员。"),
        },
        "finding": text(_("核查情况"), _("什么时候、看了什么、结果怎样。承诺人会看到。")),
        "rectify_by": {
            "label": _("整改的最后一天"),
            "type": "date",
            "width": "m",
            "help": _("在明天和 180 天以内。到期没有改好的，可以撤销决定。"),
        },
        "reason": text(_("理由"), _("承诺人会看到这段话。")),
        "article": text(
            _("依据的法律条款"),
            _("写明法律名称和条款。这个事项的设定依据：%(basis)s。") % {"basis": basis},
            rows=2,
        ),
    }
