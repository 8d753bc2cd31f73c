"""The desk of items (事项管理): own items with score, an edition beside its standard, its history."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.base.actor import Actor
from tongban.doors.web.templatetags.tongban import translated
from tongban.doors.workbench.door import day_of, now, staff
from tongban.doors.workbench.flags import shown_flags
from tongban.doors.workbench.paging import PAGE, page_of, pager
from tongban.doors.workbench.shown import Shown
from tongban.offers.catalogue import queries
from tongban.offers.catalogue.queries import OwnItem
from tongban.offers.catalogue.rules.editions import VALIDITY_LABELS, Validity
from tongban.offers.catalogue.rules.elements import term_of
from tongban.offers.catalogue.rules.quality import SEVERITY_LABELS, Severity

_TAGS = {Validity.DRAFT: "wait", Validity.AHEAD: "now", Validity.IN_FORCE: "ok", Validity.ENDED: "idle"}


def _tag(validity: Validity) -> Shown:
    return {"state": _TAGS[validity], "word": VALIDITY_LABELS[validity]}


@staff
@require_safe
def items(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Items of my organs (本机关事项): edition, score, what is to be mended."""
    number = page_of(request)
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
        "pager": pager(number, total),
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
        "flags": shown_flags(queries.flags_on(edition_id)),
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
