"""Which cases an import of the calendar moved (日历更新影响了哪些办件): the runs, counts by item, and the cases."""

import uuid
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.base.actor import Actor
from tongban.doors.web.templatetags.tongban import day_zh, tail, time_zh
from tongban.doors.workbench.door import staff
from tongban.doors.workbench.shown import Shown
from tongban.standards.text import msg
from tongban.work.cases import queries
from tongban.work.cases.queries import MovedCase, RedatingView

PAGE = 50
_STATES = {
    "running": ("now", msg("正在重算")),
    "done": ("ok", msg("已重算")),
    "overtaken": ("idle", msg("由下一版接着算")),
}
_RUNS = (
    msg("日历版本"),
    msg("公布到"),
    msg("状态"),
    msg("开始"),
    msg("算了"),
    msg("期限变了"),
    msg("只是转为确定"),
)
_ITEMS = (msg("机关"), msg("事项"), msg("期限变了"), msg("其中承诺或法定期限"))
_CASES = (msg("事项"), msg("申请人"), msg("编号"), msg("这一步最晚"), msg("承诺办结"), msg("法定期限"))
_COUNTS = frozenset({"算了", "期限变了", "只是转为确定", "其中承诺或法定期限"})


@staff
@require_safe
def redatings(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Imports of the calendar and what each did (日历更新)."""
    rows = [
        {
            "cells": [
                {"text": run.calendar, "url": f"/calendar/{run.id}"},
                day_zh(run.last),
                _state(run),
                time_zh(run.started_at),
                run.looked,
                run.moved,
                run.settled,
            ]
        }
        for run in queries.redatings()
    ]
    return render(request, "workbench/redatings.html", {"columns": _columns(_RUNS), "rows": rows})


@staff
@require_safe
def redating(request: HttpRequest, actor: Actor, redating_id: uuid.UUID) -> HttpResponse:
    """What one import did to the cases that the reader may see (这次更新影响的办件)."""
    run = queries.redating(redating_id)
    cases = queries.moved_cases(actor, redating_id, after=_after(request), limit=PAGE + 1)
    more = {"url": f"/calendar/{redating_id}?{urlencode({'after': str(cases[PAGE - 1].id)})}"} if len(cases) > PAGE else None  # fmt: skip
    items = queries.moved_items(actor, redating_id)
    context = {
        "run": run,
        "state": _state(run),
        "items": {
            "columns": _columns(_ITEMS),
            "rows": [{"cells": [one.organ, one.item, one.cases, one.due]} for one in items],
        },
        "cases": {"columns": _columns(_CASES), "rows": [_row(one) for one in cases[:PAGE]]},
        "more": more,
    }
    return render(request, "workbench/redating.html", context)


def _after(request: HttpRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.GET.get("after", ""))
    except ValueError:
        return None


def _state(run: RedatingView) -> Shown:
    state, word = _STATES[run.state]
    return {"state": state, "word": word}


def _columns(labels: tuple[str, ...]) -> list[Shown]:
    return [{"label": label, "number": label in _COUNTS} for label in labels]


def _row(one: MovedCase) -> Shown:
    return {
        "cells": [
            {"text": one.item, "url": f"/cases/{one.id}/clock"},
            one.applicant,
            tail(one.number),
            _change(one.act_by_was, one.act_by),
            _change(one.promised_was, one.promised_on),
            _change(one.due_was, one.due_on),
        ]
    }


def _change(was: object, now: object) -> str:
    if was == now:
        return day_zh(now) or "—"
    return _("%(was)s → %(now)s") % {"was": day_zh(was) or "—", "now": day_zh(now) or "—"}
