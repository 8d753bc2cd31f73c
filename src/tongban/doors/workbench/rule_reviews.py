"""Decisions by rule for a person's eye (按规则自动决定的办件): those asked about first; each leads to its case and the review."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.base.actor import Actor
from tongban.doors.web.templatetags.tongban import date_zh, day_zh, tail
from tongban.doors.workbench.act_table import as_id
from tongban.doors.workbench.door import staff
from tongban.doors.workbench.shown import Shown, tag
from tongban.standards.text import msg
from tongban.work.cases import queries
from tongban.work.cases.queries import CaseView, Reviewed, RuleRow, shown
from tongban.work.cases.rules.moves import Verb

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


def ruled(case: CaseView) -> list[Shown]:
    """What a rule decided (自动决定的依据): the rule, the edition, what was looked at, the result; empty where none did."""
    document = next((one for one in case.documents if one.verb is Verb.GRANT_BY_RULE), None)
    if document is None:
        return []
    inputs = document.body["inputs"]
    assert isinstance(inputs, dict)  # noqa: S101 -- grant_by_rule writes it
    fields = case.edition.guide.form.by_key()
    rows: list[Shown] = [{"label": _("依据的规则"), "value": str(dict(document.body["rule"])["name"])}]  # type: ignore[call-overload] # as written by grant_by_rule
    rows += [
        {
            "label": fields[key].label if key in fields else key,
            "value": shown(fields[key], value) if key in fields else value,
        }
        for key, value in inputs["answers"].items()
    ]
    rows += [
        {
            "label": _("证照 %(type)s") % {"type": kind},
            "value": _("有，编号 %(number)s") % {"number": number} if number else _("没有有效的"),
        }
        for kind, number in inputs["licences"].items()
    ]
    on = date.fromisoformat(str(inputs["on"]))
    return [
        *rows,
        {"label": _("核验的日子"), "value": date_zh(on)},
        {"label": _("结果"), "value": _("条件都满足，准予许可")},
    ]
