"""The desk of items (事项管理): own items with score, an edition beside its standard, its history, drift in the province."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.base.actor import Actor
from tongban.doors.web.downloads import csv_file
from tongban.doors.web.templatetags.tongban import translated, workdays
from tongban.doors.workbench.door import day_of, now, staff
from tongban.doors.workbench.shown import Shown
from tongban.offers.catalogue import queries
from tongban.offers.catalogue.queries import COMPARED, Drift, OwnItem
from tongban.offers.catalogue.rules.editions import VALIDITY_LABELS, Validity
from tongban.offers.catalogue.rules.elements import TERMS, term_of
from tongban.offers.catalogue.rules.quality import SEVERITY_LABELS, Severity
from tongban.standards.text import msg

PAGE = 50
_LARGEST_PAGE = 100_000
_TAGS = {Validity.DRAFT: "wait", Validity.AHEAD: "now", Validity.IN_FORCE: "ok", Validity.ENDED: "idle"}
_DRIFT_LABELS = {
    "name": TERMS["name"],
    "statutory_days": msg("法定期限"),
    "promised_days": msg("承诺期限"),
    "materials": TERMS["materials"],
    "fees": TERMS["fees"],
}


def _tag(validity: Validity) -> Shown:
    return {"state": _TAGS[validity], "word": VALIDITY_LABELS[validity]}


def _page_of(request: HttpRequest) -> int:
    given = request.GET.get("page", "")
    return (
        min(int(given), _LARGEST_PAGE)
        if given.isascii() and given.isdigit() and len(given) < 7 and int(given)
        else 1
    )


def _pager(number: int, total: int, query: str = "") -> Shown:
    pages = max(1, -(-total // PAGE))
    return {
        "number": number,
        "pages": pages,
        "total": total,
        "previous_url": f"?{query}page={number - 1}" if number > 1 else "",
        "next_url": f"?{query}page={number + 1}" if number < pages else "",
    }


@staff
@require_safe
def items(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Items of my organs (本机关事项): edition, score, what is to be mended."""
    number = _page_of(request)
    found, total = queries.of_editor(actor, day_of(now()), page=number, size=PAGE)
    columns = [
        (_("事项"), False),
        (_("版本"), False),
        (_("完整度"), True),
        (_("要改的"), False),
        (_("草稿"), True),
    ]
    context = {
        "columns": [{"label": label, "number": right} for label, right in columns],
        "rows": [_item_row(one) for one in found],
        "pager": _pager(number, total),
    }
    return render(request, "workbench/catalogue.html", context)


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
            _tag(one.validity),
            str(one.score),
            mend,
            str(one.drafts),
        ]
    }


@staff
@require_safe
def edition(request: HttpRequest, actor: Actor, edition_id: uuid.UUID) -> HttpResponse:
    """An edition beside the standard (版本对照): violations and findings first, then every element."""
    shown = queries.own_edition(actor, edition_id, day_of(now()))
    context = {
        "edition": shown,
        "tag": _tag(shown.validity),
        # Without a standard nothing differs: everything is shown.
        "differing": [row for row in shown.rows if not row.same or shown.basic is None],
        "same": [row for row in shown.rows if row.same and shown.basic is not None],
        "violations": [
            {
                "element": translated(one.element),
                "message": translated(one.message),
                "basic": translated(one.basic) or _("没有"),
                "local": translated(one.local) or _("没有"),
                "rule": one.rule.value,
            }
            for one in shown.violations
        ],
        "findings": [
            {
                "tag": {
                    "state": "bad" if one.severity is Severity.ERROR else "warn",
                    "word": SEVERITY_LABELS[one.severity],
                },
                "element": translated(term_of(one.path)),
                "message": translated(one.message),
                "path": one.path,
            }
            for one in shown.findings
        ],
    }
    return render(request, "workbench/catalogue_edition.html", context)


@staff
@require_safe
def history(request: HttpRequest, actor: Actor, item_id: uuid.UUID) -> HttpResponse:
    """The editions of an item (版本沿革), each with what it changed."""
    item, past = queries.history(actor, item_id, day_of(now()))
    editions = [{"past": one, "tag": _tag(one.validity)} for one in past]
    return render(request, "workbench/catalogue_history.html", {"item": item, "editions": editions})


@staff
@require_safe
def drift(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Where the province carries out one item differently (同一事项不同标准), by element."""
    queries.ensure_may_compare(actor)
    element = _element(request)
    found = queries.drift(day_of(now()), element=element)
    number = _page_of(request)
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
        "pager": _pager(number, len(found), query),
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
