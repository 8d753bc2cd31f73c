"""Supervision (督查): the cases of the places under a supervisor's, by state, organ and how pressing, page by page."""

from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.base.actor import Actor
from tongban.base.errors import Forbidden
from tongban.doors.web.templatetags.tongban import day_zh, tail, translated
from tongban.doors.workbench.act_table import as_id
from tongban.doors.workbench.door import day_of, now, staff
from tongban.doors.workbench.shown import Shown, pressing_cell, tag
from tongban.people.identity.rules import Role
from tongban.standards import plaintext
from tongban.standards.codes import BadCode
from tongban.standards.text import msg
from tongban.work.cases import queries
from tongban.work.cases.queries import After, CaseRow, Pressing
from tongban.work.cases.rules.labels import STAFF_LABELS
from tongban.work.cases.rules.moves import State

_PAGE = 50
_LONGEST = 60
_PRESSING = {
    Pressing.ALL: msg("全部"),
    Pressing.WARN: msg("快到期"),
    Pressing.LATE: msg("已超期"),
}
_COLUMNS = (
    msg("事项"),
    msg("实施机关"),
    msg("地方"),
    msg("状态"),
    msg("剩余时间"),
    msg("经办"),
    msg("收到"),
    msg("编号尾号"),
)


@staff
@require_safe
def cases(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Cases under supervision (督查办件)."""
    if not actor.organs_as(Role.SUPERVISOR):
        raise Forbidden("cases.oversee", msg("只有督查岗位可以看辖区内各机关的办件。"))
    today = day_of(now())
    state = next((one for one in State if one == request.GET.get("state") and one is not State.DRAFT), None)
    pressing = next((one for one in Pressing if one == request.GET.get("pressing")), Pressing.ALL)
    name, problem = _name_of(request)
    organs = queries.organs_overseen(actor)
    only = {organ.id for organ in organs if name in organ.name} if name else None
    after = _after(request)
    found = (
        []
        if problem
        else queries.overseen(
            actor,
            organs,
            today=today,
            state=state,
            only=only,
            pressing=pressing,
            after=after,
            limit=_PAGE + 1,
        )
    )
    rows = found[:_PAGE]
    asked = {"state": state.value if state else "", "pressing": pressing.value, "organ": name}
    context = {
        "fields": _fields(
            state, pressing, request.GET.get("organ", "")[:_LONGEST] if problem else name, problem
        ),
        "columns": [{"label": label, "number": False} for label in _COLUMNS],
        "rows": [_row(row, today) for row in rows],
        "by_urgency": queries.by_urgency(state, pressing),
        "older": _address(asked, rows[-1]) if len(found) > _PAGE else "",
        "newest": _address(asked, None) if after else "",
    }
    return render(request, "workbench/oversee.html", context)


def _name_of(request: HttpRequest) -> tuple[str, str]:
    """(part of an organ's name, what is wrong with it)."""
    try:
        return plaintext.clean(request.GET.get("organ", ""), limit=_LONGEST), ""
    except BadCode as error:
        return "", translated(error.message) % error.params if error.params else translated(error.message)


def _after(request: HttpRequest) -> After | None:
    day, _sep, last = request.GET.get("after", "").rpartition("_")
    id_ = as_id(last)
    if id_ is None:
        return None
    try:
        return After(id_, date.fromisoformat(day) if day else None)
    except ValueError:
        return None


def _address(asked: dict[str, str], last: CaseRow | None) -> str:
    place = "" if last is None else f"{last.act_by.isoformat() if last.act_by else ''}_{last.id}"
    given = {name: value for name, value in (asked | {"after": place}).items() if value}
    return f"/oversee?{urlencode(given)}"


def _fields(state: State | None, pressing: Pressing, name: str, problem: str) -> list[Shown]:
    states = [{"value": one.value, "label": STAFF_LABELS[one]} for one in State if one is not State.DRAFT]
    return [
        {
            "name": "state",
            "label": _("状态"),
            "help": _("不选就是全部。"),
            "type": "select",
            "options": states,
            "value": state.value if state else "",
            "required": True,
            "width": "m",
        },
        {
            "name": "organ",
            "label": _("机关名称里的词"),
            "help": _("不写就是全部。"),
            "type": "text",
            "value": name,
            "errors": [problem] if problem else [],
            "required": True,
            "maxlength": _LONGEST,
            "width": "m",
        },
        {
            "name": "pressing",
            "label": _("紧迫程度"),
            "type": "radio",
            "options": [{"value": one.value, "label": label} for one, label in _PRESSING.items()],
            "value": pressing.value,
            "required": True,
        },
    ]


def _row(row: CaseRow, today: date) -> Shown:
    return {
        "cells": [
            {"text": row.item_name, "url": f"/cases/{row.id}?list=all"},
            row.organ_name,
            row.place_name,
            tag(row.state),
            pressing_cell(row, today),
            row.handler_name or "—",
            day_zh(row.submitted_at),
            tail(row.number),
        ]
    }
