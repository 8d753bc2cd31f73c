"""Decisions by rule for a person's eye (按规则自动决定的办件): those asked about first; each leads to its case and the review."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.base.actor import Actor
from tongban.doors.web.templatetags.tongban import day_zh, tail
from tongban.doors.workbench.act_table import as_id
from tongban.doors.workbench.door import staff
from tongban.doors.workbench.shown import Shown, tag
from tongban.standards.text import msg
from tongban.work.cases import queries
from tongban.work.cases.queries import Reviewed, RuleRow

PAGE = 50
_FILTERS = {
    Reviewed.ASKED: msg("申请人要求复核的"),
    Reviewed.UNSEEN: msg("没有人看过的"),
    Reviewed.ALL: msg("全部"),
}
_COLUMNS = (
    msg("事项"),
    msg("申请人"),
    msg("依据的规则"),
    msg("决定"),
    msg("复核"),
    msg("状态"),
    msg("编号尾号"),
)


@staff
@require_safe
def listed(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Decisions by rule (自动决定清单)."""
    asked = queries.reviews_asked(actor)
    first = Reviewed.ASKED if asked else Reviewed.UNSEEN
    which = next((one for one in Reviewed if one == request.GET.get("only")), first)
    before = as_id(request.GET.get("before", ""))
    found = queries.decided_by_rule(actor, which, before=before, limit=PAGE + 1)
    rows = found[:PAGE]
    context = {
        "filters": [
            {
                "text": _(label),
                "url": f"/reviews?only={one.value}",
                "count": asked if one is Reviewed.ASKED else None,
                "current": one is which,
            }
            for one, label in _FILTERS.items()
        ],
        "columns": [{"label": label, "number": False} for label in _COLUMNS],
        "rows": [_row(row) for row in rows],
        "older": f"/reviews?only={which.value}&before={rows[-1].case.id}" if len(found) > PAGE else "",
        "newest": f"/reviews?only={which.value}" if before else "",
        "none_asked": which is Reviewed.ASKED,
    }
    return render(request, "workbench/rule_reviews.html", context)


def _row(row: RuleRow) -> Shown:
    seen: object = day_zh(row.reviewed_at) if row.reviewed_at else _("没有人看过")
    return {
        "cells": [
            {"text": row.case.item_name, "url": f"/cases/{row.case.id}?list=all"},
            row.case.applicant_name,
            row.rule,
            day_zh(row.decided_at),
            {"state": "warn", "word": _("等复核")} if row.asked_at else seen,
            tag(row.case.state),
            tail(row.case.number),
        ]
    }
