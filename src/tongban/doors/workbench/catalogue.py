"""The desk of items (事项管理): own items with score, an edition beside its standard, its history, drift in the province."""

import uuid
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongban.base.actor import Actor
from tongban.base.ids import new_id
from tongban.doors.web.templatetags.tongban import translated
from tongban.doors.workbench.catalogue_desks import tag_of
from tongban.doors.workbench.door import day_of, key_of, now, staff
from tongban.doors.workbench.paging import PAGE, page_of, pager
from tongban.doors.workbench.shown import Shown
from tongban.offers.catalogue import actions, queries
from tongban.offers.catalogue.queries import OwnItem
from tongban.offers.catalogue.rules.editions import PENDING, STATE_LABELS, EditionState, Validity
from tongban.standards.text import msg

_LONGEST_SEARCH = 60
_FILTERS = (
    ("", msg("全部")),
    ("draft", STATE_LABELS[EditionState.DRAFT]),
    ("checked", STATE_LABELS[EditionState.CHECKED]),
    ("approved", STATE_LABELS[EditionState.APPROVED]),
    (queries.NONE_IN_FORCE, msg("还没有版本")),
)


@staff
@require_safe
def items(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Items of my organs (本机关事项): found by name, code or state; edition, score, what is to be mended."""
    number = page_of(request)
    text = asked(request)
    only = next((name for name, _label in _FILTERS if name == request.GET.get("only")), "")
    found, total = queries.of_editor(actor, day_of(now()), page=number, size=PAGE, text=text, only=only)
    columns = [
        (_("事项"), False),
        (_("版本"), False),
        (_("完整度"), True),
        (_("要改的"), False),
        (_("草稿"), True),
    ]
    context = {
        "text": text,
        "filters": [
            {
                "text": translated(label),
                "url": address("/catalogue", only=name, q=text),
                "count": None,
                "current": name == only,
            }
            for name, label in _FILTERS
        ],
        "only": only,
        "columns": [{"label": label, "number": right} for label, right in columns],
        "rows": [_item_row(one) for one in found],
        "pager": pager(number, total, address("", only=only, q=text).lstrip("?")),
    }
    return render(request, "workbench/catalogue.html", context)


def asked(request: HttpRequest) -> str:
    """What is searched for (检索词), as far as anything can be found by it."""
    return request.GET.get("q", "").strip()[:_LONGEST_SEARCH]


def address(path: str, **given: str) -> str:
    """An address with what is given of its parameters (带参数的地址)."""
    kept = urlencode({name: value for name, value in given.items() if value})
    return f"{path}?{kept}" if kept else path


def _item_row(one: OwnItem) -> Shown:
    if one.edition_id is None or one.validity is None:
        return {
            "cells": [
                {"text": one.name, "url": f"/catalogue/items/{one.item_id}"},
                _("还没有版本"),
                "—",
                "—",
                "—",
            ]
        }
    mend: object = _("没有")
    if one.errors:
        mend = {"state": "bad", "word": _("必须改 %(count)s 处") % {"count": one.errors}}
    elif one.warnings:
        mend = {"state": "warn", "word": _("建议改 %(count)s 处") % {"count": one.warnings}}
    return {
        "cells": [
            {"text": one.name, "url": f"/catalogue/editions/{one.edition_id}"},
            tag_of(one.validity),
            str(one.score),
            mend,
            str(one.drafts),
        ]
    }


@staff
@require_safe
def history(request: HttpRequest, actor: Actor, item_id: uuid.UUID) -> HttpResponse:
    """The editions of an item (版本沿革), each with what it changed, and where a new one begins."""
    today = day_of(now())
    item, past = queries.history(actor, item_id, today)
    context = {
        "item": item,
        "editions": [
            {"past": one, "tag": tag_of(one.validity), "url": f"/catalogue/editions/{one.id}"} for one in past
        ],
        "draft_url": f"/catalogue/items/{item_id}/draft",
        "migrations_url": f"/migrations/items/{item_id}" if len(past) > 1 else "",
        "key": str(new_id()),
        "runs": any(one.validity is Validity.IN_FORCE for one in past),
        "standard": queries.basic_in_force(item.code[19:], today) is not None,
        "pending": [one for one in past if one.validity in PENDING],
        "kicker_url": "/catalogue",
        "kicker": _("本机关事项"),
    }
    return render(request, "workbench/catalogue_history.html", context)


@staff
@require_POST
def draft(request: HttpRequest, actor: Actor, item_id: uuid.UUID) -> HttpResponse:
    """Begin a new edition (起草新版本), from the one in force or from the standard."""
    at = now()
    item, _past = queries.history(actor, item_id, day_of(at))
    running = queries.in_force_id(item.code, day_of(at)) if request.POST.get("origin") == "current" else None
    body = queries.guide_of(running).body() if running else {}
    made = actions.draft_edition(actor=actor, item_id=item_id, body=body, at=at, key=key_of(request))
    return HttpResponseRedirect(f"/catalogue/editions/{made}/edit")
