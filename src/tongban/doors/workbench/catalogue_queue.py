"""The approval queue (审批队列), and scores by organ and place (完整度)."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.base.actor import Actor
from tongban.doors.web.downloads import csv_file
from tongban.doors.web.templatetags.tongban import date_zh
from tongban.doors.workbench.catalogue_desks import ITEMS, STANDARDS
from tongban.doors.workbench.catalogue_life import beyond, changed
from tongban.doors.workbench.door import day_of, now, staff
from tongban.doors.workbench.paging import PAGE, page_of, pager
from tongban.doors.workbench.shown import Shown
from tongban.offers.catalogue import queries
from tongban.offers.catalogue.queries import ScoreOf, Waiting
from tongban.offers.catalogue.rules.editions import STATE_LABELS, EditionState
from tongban.offers.catalogue.rules.quality import HIDDEN_DEMAND


@staff
@require_safe
def waiting(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What waits for approval or for publishing (审批队列), with what it changes; mine first."""
    queries.ensure_may_compare(actor)
    found = queries.waiting(actor)
    number = page_of(request)
    today = day_of(now())
    some = found[(number - 1) * QUEUE_PAGE : number * QUEUE_PAGE]
    context = {
        "rows": [_row(actor, one) | _differences(actor, one, today) for one in some],
        "pager": pager(number, len(found), size=QUEUE_PAGE),
        "mine": sum(one.mine for one in found),
    }
    return render(request, "workbench/catalogue_waiting.html", context)


QUEUE_PAGE = 10  # [O] each is shown with all that it changes


def _row(actor: Actor, one: Waiting) -> Shown:
    desk = STANDARDS if one.is_basic else ITEMS
    checked = one.state is EditionState.CHECKED
    return {
        "waiting": one,
        "url": desk.url(one.id),
        "label": f"changed-{one.id}",
        "act_url": f"{desk.url(one.id)}/{'approve' if checked else 'publish'}" if one.mine else "",
        "back_url": f"{desk.url(one.id)}/send_back" if one.mine else "",
        "checked": checked,
        "tag": {"state": "wait" if checked else "now", "word": STATE_LABELS[one.state]},
        "starts": date_zh(one.starts_on),
    }


def _differences(actor: Actor, one: Waiting, today: date) -> Shown:
    desk = STANDARDS if one.is_basic else ITEMS
    shown = desk.load(actor, one.id, today)
    return {
        "changed": changed(shown),
        "is_new": shown.current is None,
        "beyond": beyond(shown),
        "hidden": [found for found in shown.judged.findings if found.check == HIDDEN_DEMAND],
    }


# --- scores ------------------------------------------------------------------------------------------------------------

_BY = ("place", "organ")


@staff
@require_safe
def scores(request: HttpRequest, actor: Actor) -> HttpResponse:
    """How complete the guides of each place or organ are (完整度): as bars, as a table, as a file."""
    by = next((one for one in _BY if one == request.GET.get("by")), _BY[0])
    found = queries.grouped(queries.scored(actor, day_of(now())), by)
    number = page_of(request)
    labels = [
        _("地方") if by == "place" else _("机关"),
        _("事项"),
        _("平均"),
        _("必须改"),
        _("建议改"),
        _("最低的"),
    ]
    some = found[(number - 1) * PAGE : number * PAGE]
    context = {
        "filters": [
            {"text": label, "url": f"/catalogue/scores?by={name}", "count": None, "current": name == by}
            for name, label in zip(_BY, (_("按地方"), _("按机关")), strict=True)
        ],
        "bars": [{"name": one.name, "points": one.points} for one in some],
        "columns": [{"label": label, "number": 0 < place < 5} for place, label in enumerate(labels)],
        "rows": [{"cells": _cells(one)} for one in some],
        "pager": pager(number, len(found), f"by={by}"),
        "csv_url": f"/catalogue/scores.csv?by={by}",
    }
    return render(request, "workbench/catalogue_scores.html", context)


def _cells(one: ScoreOf) -> list[object]:
    worst = "；".join(f"{item.name}（{item.points}）" for item in one.worst)
    return [one.name, str(one.items), str(one.points), str(one.errors), str(one.warnings), worst]


@staff
@require_safe
def scores_csv(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The same as a file (完整度下载): UTF-8 with its mark, so that spreadsheets read it."""
    by = next((one for one in _BY if one == request.GET.get("by")), _BY[0])
    found = queries.grouped(queries.scored(actor, day_of(now())), by)
    header = ["key", "name", "items", "points", "errors", "warnings"]
    return csv_file("scores.csv", header, map(_csv_row, found))


def _csv_row(one: ScoreOf) -> list[str]:
    return [one.key, one.name, *map(str, (one.items, one.points, one.errors, one.warnings))]
