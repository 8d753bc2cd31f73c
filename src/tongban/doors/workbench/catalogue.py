"""The desk of items (事项管理): own items with score, an edition beside its standard, its history, drift in the province."""

import uuid
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongban.base.actor import Actor
from tongban.base.ids import new_id
from tongban.doors.web.downloads import csv_file
from tongban.doors.web.templatetags.tongban import translated, workdays
from tongban.doors.workbench.catalogue_desks import tag_of
from tongban.doors.workbench.door import day_of, key_of, now, staff
from tongban.doors.workbench.shown import Shown
from tongban.offers.catalogue import actions, queries
from tongban.offers.catalogue.queries import COMPARED, Drift, OwnItem
from tongban.offers.catalogue.rules.editions import PENDING, STATE_LABELS, EditionState, Validity
from tongban.offers.catalogue.rules.elements import TERMS
from tongban.standards.text import msg

PAGE = 50
_LARGEST_PAGE = 100_000
_LONGEST_SEARCH = 60
_DRIFT_LABELS = {
    "name": TERMS["name"],
    "statutory_days": msg("法定期限"),
    "promised_days": msg("承诺期限"),
    "materials": TERMS["materials"],
    "fees": TERMS["fees"],
}


def page_of(request: HttpRequest) -> int:
    """Which page of a list is looked at (页码)."""
    given = request.GET.get("page", "")
    return (
        min(int(given), _LARGEST_PAGE)
        if given.isascii() and given.isdigit() and len(given) < 7 and int(given)
        else 1
    )


def pager(number: int, total: int, query: str = "", size: int = PAGE) -> Shown:
    """For the part ``pager`` (翻页); ``query``: the parameters that are kept."""
    query = f"{query}&" if query and not query.endswith("&") else query
    pages = max(1, -(-total // size))
    return {
        "number": number,
        "pages": pages,
        "total": total,
        "previous_url": f"?{query}page={number - 1}" if number > 1 else "",
        "next_url": f"?{query}page={number + 1}" if number < pages else "",
    }


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


@staff
@require_safe
def drift(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Where the province carries out one item differently (同一事项不同标准), by element."""
    queries.ensure_may_compare(actor)
    element = _element(request)
    found = queries.drift(day_of(now()), element=element)
    number = page_of(request)
    query = f"element={element}&" if element else ""
    filters = [{"text": _("全部"), "url": "/catalogue/drift", "count": None, "current": not element}]
    filters += [
        {
            "text": translated(label),
            "url": f"/catalogue/drift?element={name}",
            "count": None,
            "current": element == name,
        }
        for name, label in _DRIFT_LABELS.items()
    ]
    labels = [_("基本目录事项"), _("要素"), _("怎样写的"), _("多少个实施清单"), _("例如")]
    context = {
        "filters": filters,
        "columns": [{"label": label, "number": label == labels[3]} for label in labels],
        "rows": [_drift_row(one) for one in found[(number - 1) * PAGE : number * PAGE]],
        "pager": pager(number, len(found), query),
        "csv_url": f"/catalogue/drift.csv?{query}".rstrip("?&"),
    }
    return render(request, "workbench/catalogue_drift.html", context)


def _element(request: HttpRequest) -> str:
    given = request.GET.get("element", "")
    return given if given in COMPARED else ""


def _value(one: Drift) -> str:
    return workdays(int(one.value)) if one.element.endswith("_days") else one.value or _("没有")


def _drift_row(one: Drift) -> Shown:
    places = "、".join(dict.fromkeys(one.places))
    return {
        "cells": [one.basic_name, translated(_DRIFT_LABELS[one.element]), _value(one), str(one.items), places]
    }


@staff
@require_safe
def drift_csv(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The same as a file (不一致报告下载): UTF-8 with its mark, so that spreadsheets read it."""
    queries.ensure_may_compare(actor)
    found = queries.drift(day_of(now()), element=_element(request))
    header = ["basic_code", "basic_name", "element", "value", "items", "places", "kinds"]
    return csv_file("drift.csv", header, map(_csv_row, found))


def _csv_row(one: Drift) -> list[str]:
    places = "；".join(one.places)
    return [one.basic_code, one.basic_name, one.element, one.value, str(one.items), places, str(one.kinds)]
