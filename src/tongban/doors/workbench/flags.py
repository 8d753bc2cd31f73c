"""Review flags (复核提示): what rests on a changed law, and what an editor says to it."""

import uuid
from collections.abc import Iterable
from urllib.parse import quote, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Invalid, NotFound
from tongban.doors.web.templatetags.tongban import date_zh, translated
from tongban.doors.workbench.door import now, staff
from tongban.doors.workbench.paging import PAGE, page_of, pager
from tongban.doors.workbench.shown import Shown
from tongban.offers.catalogue import actions, queries
from tongban.offers.catalogue.queries import FlagView
from tongban.offers.catalogue.rules.citing import BECAME_LABELS, OUTCOME_LABELS, FlagOutcome
from tongban.standards.text import msg

_KEEP, _REDRAFT = "keep", "redraft"
WORDS = {_KEEP: OUTCOME_LABELS[FlagOutcome.KEPT], _REDRAFT: msg("起草新版本")}


def shown_flags(found: Iterable[FlagView]) -> list[Shown]:
    """Flags for the page of an edition (版本页上的提示)."""
    return [{"text": _said(one), "url": f"/catalogue/flags/{one.id}"} for one in found]


def _said(one: FlagView) -> str:
    told = {"law": one.law, "article": one.article, "became": _(BECAME_LABELS[one.became])}
    said = _("《%(law)s》%(article)s%(became)s") % told
    return said + (_("，现在是%(now)s") % {"now": one.now} if one.now and one.now != one.article else "")


@staff
@require_safe
def flags(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Flags on what I edit (复核提示清单), open or cleared, of all laws or of one."""
    cleared = request.GET.get("cleared") == "1"
    law = request.GET.get("law", "")[:100]
    number = page_of(request)
    found, total = queries.flags(actor, cleared=cleared, law=law, page=number, size=PAGE)
    columns = [_("事项"), _("编码"), _("什么变了"), _("新文本施行"), _("设定依据写的")]
    columns += [_("结果"), _("理由")] if cleared else []
    context = {
        "filters": _filters(actor, cleared, law),
        "columns": [{"label": label, "number": False} for label in columns],
        "rows": [{"cells": _cells(one, cleared)} for one in found],
        "pager": pager(number, total, _query(cleared, law)),
        "cleared": cleared,
    }
    return render(request, "workbench/catalogue_flags.html", context)


def _query(cleared: bool, law: str) -> str:
    asked = ({"cleared": "1"} if cleared else {}) | ({"law": law} if law else {})
    return f"{urlencode(asked)}&" if asked else ""


def _filters(actor: Actor, cleared: bool, law: str) -> list[Shown]:
    laws = queries.flagged_laws(actor)
    found: list[Shown] = [
        {
            "text": _("待复核"),
            "url": "/catalogue/flags",
            "count": sum(laws.values()),
            "current": not cleared and not law,
        },
        {
            "text": _("已处理"),
            "url": "/catalogue/flags?cleared=1",
            "count": None,
            "current": cleared and not law,
        },
    ]
    found += [
        {
            "text": _("《%(law)s》") % {"law": each},
            "url": f"/catalogue/flags?law={quote(each)}",
            "count": count,
            "current": law == each and not cleared,
        }
        for each, count in laws.items()
    ]
    return found


def _cells(one: FlagView, cleared: bool) -> list[object]:
    cells: list[object] = [
        {"text": one.name, "url": f"/catalogue/flags/{one.id}"},
        one.code,
        _said(one),
        date_zh(one.law_starts_on),
        one.cited,
    ]
    if cleared and one.outcome is not None:
        cells += [{"state": "ok", "word": OUTCOME_LABELS[one.outcome]}, one.note or "—"]
    return cells


@staff
@require_safe
def flag(request: HttpRequest, actor: Actor, flag_id: uuid.UUID) -> HttpResponse:
    """One flag (复核提示页): what changed, what it is on, and the two ways to clear it."""
    return _page(request, queries.flag(actor, flag_id), None)


def _page(request: HttpRequest, one: FlagView, refusal: Invalid | None) -> HttpResponse:
    errors = refusal.fields if refusal else {}
    field: Shown = {
        "name": "note",
        "label": _("理由"),
        "type": "textarea",
        "rows": 3,
        "maxlength": actions.LONGEST_REASON,
        "required": True,
        "help": _("不用改的，写明为什么；起草新版本的，可以不写。"),
        "value": request.POST.get("note", ""),
        "errors": errors.get("note", []),
    }
    facts = [
        (_("新文本施行"), date_zh(one.law_starts_on)),
        (_("设定依据写的"), one.cited),
        (_("机关"), one.organ_name or _("全省（基本目录）")),
        (_("编码"), one.code),
    ]
    context = {
        "flag": one,
        "said": _said(one),
        "facts": [{"label": label, "value": value} for label, value in facts],
        "law_url": f"{settings.PUBLIC_URL}/laws/{quote(one.law)}",
        "edition_url": "" if one.is_basic else f"/catalogue/editions/{one.edition_id}",
        "outcome": OUTCOME_LABELS[one.outcome] if one.outcome else "",
        "field": field,
        "acts": [{"verb": verb, "word": word} for verb, word in WORDS.items()],
        "errors": [
            {"name": name, "text": _("；").join(translated(text) for text in texts)}
            for name, texts in errors.items()
        ],
    }
    return render(
        request, "workbench/catalogue_flag.html", context, status=refusal.status if refusal else 200
    )


@staff
@require_http_methods(["POST"])
def clear(request: HttpRequest, actor: Actor, flag_id: uuid.UUID, verb: str) -> HttpResponse:
    """Clear a flag (处理复核提示): nothing has to change, or a new draft is begun. A second press is told so."""
    if verb not in WORDS:
        raise NotFound("web.address", msg("没有这个页面。地址可能不完整，可以从首页搜索要办的事。"))
    one = queries.flag(actor, flag_id)
    note = request.POST.get("note", "")
    target = "/catalogue/flags"
    try:
        if verb == _KEEP:
            actions.keep_as_is(actor=actor, flag_id=flag_id, note=note, at=now())
        else:
            made = actions.redraft(actor=actor, flag_id=flag_id, note=note, at=now())
            target = target if one.is_basic else f"/catalogue/editions/{made}"
    except Invalid as refusal:
        return _page(request, one, refusal)
    except Conflict as refusal:
        request.session["notice"] = {"kind": "warn", "title": _(refusal.message), "text": ""}
        return HttpResponseRedirect(f"/catalogue/flags/{flag_id}")
    request.session["notice"] = {
        "kind": "ok",
        "title": _("已办：%(act)s") % {"act": _(WORDS[verb])},
        "text": "",
    }
    return HttpResponseRedirect(target)
