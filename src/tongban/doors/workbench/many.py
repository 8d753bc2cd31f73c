"""Many applications at once (成批受理): chosen from what may be accepted, each done for itself, each told."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.base.actor import Actor
from tongban.base.errors import Forbidden, Invalid
from tongban.base.ids import new_id
from tongban.doors.web import signing
from tongban.doors.web.templatetags.tongban import date_zh, day_zh, tail, translated
from tongban.doors.workbench.act_table import as_id
from tongban.doors.workbench.door import day_of, key_of, now, staff
from tongban.doors.workbench.shown import Shown, time_left
from tongban.people.identity.rules import Role
from tongban.standards.text import msg
from tongban.work.cases import actions, queries
from tongban.work.cases.actions import Outcome
from tongban.work.cases.queries import CaseRow
from tongban.work.cases.rules.moves import Verb
from tongban.work.cases.rules.signing import SIGNING

_SIGNS = SIGNING[Verb.ACCEPT]
_NO_ERRORS: Mapping[str, list[str]] = MappingProxyType({})
_COLUMNS = (msg("申请人"), msg("事项"), msg("结果"), msg("承诺办结或者原因"), msg("编号尾号"))


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Accept many (成批受理): the list with a box for each; then what became of each."""
    if not actor.organs_as(Role.CLERK):
        raise Forbidden("cases.accept", msg("您在这个机关没有办理这一步的岗位。"))
    at = now()
    if request.method != "POST":
        return _choose(request, actor, every="all" in request.GET)
    chosen = list(dict.fromkeys(one for text in request.POST.getlist("cases") if (one := as_id(str(text)))))
    if not chosen:
        return _choose(request, actor, problem=_("请至少选一件。"))
    try:
        signer = signing.unlocked(actor, {name: str(text) for name, text in request.POST.items()}, _SIGNS, at)
    except Invalid as refusal:
        return _choose(request, actor, chosen=chosen, errors=refusal.fields)
    rows = {row.id: row for row in queries.rows_of(actor, chosen)}
    outcomes = actions.accept_all(actor=signer, case_ids=chosen, at=at, key=key_of(request))
    after = {row.id: row for row in queries.rows_of(actor, chosen)}
    done = [one for one in outcomes if one.ref is not None]
    context = {
        "columns": [{"label": label, "number": False} for label in _COLUMNS],
        "rows": [_result(one, rows.get(one.case_id), after.get(one.case_id)) for one in outcomes],
        "done": len(done),
        "failed": len(outcomes) - len(done),
    }
    return render(request, "workbench/accepted.html", context)


def _choose(
    request: HttpRequest,
    actor: Actor,
    *,
    every: bool = False,
    problem: str = "",
    chosen: Sequence[UUID] = (),
    errors: Mapping[str, list[str]] = _NO_ERRORS,
) -> HttpResponse:
    found, at = queries.to_accept(actor), now()
    today = day_of(at)
    field: Shown = {
        "name": "cases",
        "label": _("要受理哪些"),
        "help": "",
        "type": "checkbox",
        "required": True,
        "value": [str(row.id) for row in found] if every else [str(one) for one in chosen],
        "errors": [problem] if problem else [],
        "options": [
            {
                "value": str(row.id),
                "label": f"{row.applicant_name} · {row.item_name}",
                "help": _("%(date)s 收到 · %(left)s · %(number)s")
                % {
                    "date": day_zh(row.submitted_at),
                    "left": time_left(row.act_by, row.warn_on, today).note,
                    "number": tail(row.number),
                },
            }
            for row in found
        ],
    }
    told = {"cases": [problem]} if problem else errors
    context = {
        "field": field,
        "found": found,
        "every": every,
        "errors": [
            {"name": name, "text": translated(text)} for name, texts in told.items() for text in texts
        ],
        "signing": signing.fields(actor, _SIGNS, at, errors),
        "key": str(new_id()),
    }
    return render(request, "workbench/accept.html", context, status=422 if told else 200)


def _result(outcome: Outcome, row: CaseRow | None, after: CaseRow | None) -> Shown:
    """One line of the result; of what the clerk may not read, nothing but that it was refused."""
    name = {"text": row.applicant_name, "url": f"/cases/{row.id}"} if row else "—"
    if outcome.refusal is not None:
        tag, told = {"state": "bad", "word": _("没有受理")}, translated(outcome.refusal)
    else:
        tag = {"state": "ok", "word": _("已受理")}
        told = date_zh(after.promised_on) if after else ""
    return {
        "cells": [name, row.item_name if row else "—", tag, told, tail(row.number) if row else "—"],
    }
