"""The basic catalogue (基本目录): find and register what one's organ carries out; the province sets the standard and sees whom it touches."""

import uuid
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.base.actor import Actor
from tongban.base.errors import Invalid, Refusal
from tongban.base.ids import new_id
from tongban.doors.web.templatetags.tongban import translated
from tongban.doors.workbench.catalogue import address, asked
from tongban.doors.workbench.catalogue_desks import STANDARDS, tag_of
from tongban.doors.workbench.door import day_of, key_of, now, staff
from tongban.doors.workbench.paging import PAGE, page_of, pager
from tongban.doors.workbench.shown import Shown
from tongban.offers.catalogue import actions, queries
from tongban.offers.catalogue.access import may_edit_basic
from tongban.offers.catalogue.queries import BasicRow, Touched
from tongban.offers.catalogue.rules.editions import PENDING, Validity, Verb
from tongban.people.parties import queries as parties
from tongban.standards.item_codes import Level
from tongban.standards.text import msg

_FILTERS = (
    ("", msg("全部")),
    ("standard", msg("有标准的")),
    ("none", msg("还没有标准的")),
    ("pending", msg("正在改的")),
)


@staff
@require_safe
def basics(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The basic catalogue (基本目录清单): found by name or code."""
    number, text = page_of(request), asked(request)
    only = next((name for name, _label in _FILTERS if name == request.GET.get("only")), "")
    found, total = queries.basics(actor, day_of(now()), text=text, only=only, page=number, size=PAGE)
    labels = [_("事项"), _("编码"), _("部门"), _("多少个实施清单"), _("标准")]
    context = {
        "text": text,
        "only": only,
        "filters": [
            {
                "text": translated(label),
                "url": address("/catalogue/basics", only=name, q=text),
                "count": None,
                "current": name == only,
            }
            for name, label in _FILTERS
        ],
        "columns": [{"label": label, "number": place == 3} for place, label in enumerate(labels)],
        "rows": [_row(one) for one in found],
        "pager": pager(number, total, address("", only=only, q=text).lstrip("?")),
    }
    return render(request, "workbench/catalogue_basics.html", context)


def _row(one: BasicRow) -> Shown:
    state: object = _("还没有")
    if one.pending:
        state = {"state": "wait", "word": _("正在改")}
    elif one.standard_id:
        state = {"state": "ok", "word": _("在用")}
    named = {"text": one.name, "url": f"/catalogue/basics/{one.code}"}
    return {"cells": [named, one.code, one.department or "—", str(one.items), state]}


@staff
@require_safe
def basic(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """A basic item (基本目录事项): its standards, and what may be done with it."""
    return _basic(request, actor, code)


def _basic(request: HttpRequest, actor: Actor, code: str, refusal: Refusal | None = None) -> HttpResponse:
    row, past = queries.basic_history(actor, code, day_of(now()))
    sets, _why = may_edit_basic(actor)
    context = {
        "basic": row,
        "item": row,
        "editions": [
            {
                "past": one,
                "tag": tag_of(one.validity),
                "url": STANDARDS.url(one.id) if sets else "",
            }
            for one in past
        ],
        "pending": [one for one in past if one.validity in PENDING],
        "runs": any(one.validity is Validity.IN_FORCE for one in past),
        "draft_url": f"/catalogue/basics/{code}/draft" if sets else "",
        "register_url": f"/catalogue/basics/{code}/register",
        "fields": _register_fields(request, actor, refusal),
        "key": str(new_id()),
        "refusal": refusal,
        "kicker_url": "/catalogue/basics",
        "kicker": _("基本目录"),
    }
    status = refusal.status if refusal else 200
    return render(request, "workbench/catalogue_history.html", context, status=status)


def _register_fields(request: HttpRequest, actor: Actor, refusal: Refusal | None) -> list[Shown]:
    organs = sorted(
        (parties.organ(organ_id) for organ_id in actor.organs_as("editor")), key=lambda o: (o.place, o.name)
    )
    wrong = refusal.fields if refusal else {}
    shared: Shown = {"type": "select", "required": True, "help": "", "width": "m"}
    return [
        shared
        | {
            "name": "organ",
            "label": _("机关"),
            "options": [{"value": str(organ.id), "label": organ.name} for organ in organs],
            "value": request.POST.get("organ", str(organs[0].id) if len(organs) == 1 else ""),
            "errors": wrong.get("organ", []),
        },
        shared
        | {
            "name": "level",
            "label": _("行使层级"),
            "options": [{"value": level.value, "label": level.label} for level in Level],
            "value": request.POST.get("level", ""),
            "errors": wrong.get("level", []),
        },
    ]


@staff
@require_POST
def register(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Register that an organ carries it out (登记实施清单), and go on to its first draft."""
    organs = {str(organ_id): organ_id for organ_id in actor.organs_as("editor")}
    try:
        organ = organs.get(request.POST.get("organ", ""))
        if organ is None:
            told = msg("请从列出的选项里选一个。")
            raise Invalid("catalogue.organ", told, fields={"organ": [told]})
        level = request.POST.get("level", "")
        made = actions.register_item(actor=actor, basic_code=code, organ_id=organ, level=level, at=now())
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return _basic(request, actor, code, refusal)
    request.session["notice"] = {"kind": "ok", "title": _("已经登记"), "text": _("接着起草第一个版本。")}
    return HttpResponseRedirect(f"/catalogue/items/{made}")


@staff
@require_POST
def draft(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Begin a new standard (起草新标准), from the one in force or from nothing."""
    at = now()
    running = queries.basic_in_force(code, day_of(at)) if request.POST.get("origin") == "current" else None
    body = running.terms.body() if running else {}
    made = actions.draft_basic(actor=actor, basic_code=code, body=body, at=at, key=key_of(request))
    return HttpResponseRedirect(f"{STANDARDS.url(made)}/edit")


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def impact(request: HttpRequest, actor: Actor, edition_id: uuid.UUID) -> HttpResponse:
    """Whom a new standard would break (影响范围): place, organ, element, old and new value; and their editions, proposed at once."""
    at = now()
    shown = STANDARDS.load(actor, edition_id, day_of(at))
    given = request.POST.get("starts_on") or request.GET.get("starts_on") or ""
    starts_on, refusal = _day(given, shown.starts_on or day_of(at) + timedelta(days=1))
    if request.method == "POST" and refusal is None:
        made = actions.propose(actor=actor, edition_id=edition_id, starts_on=starts_on, at=at)
        told = ngettext("代拟了 %(count)s 个版本", "代拟了 %(count)s 个版本", len(made)) % {
            "count": len(made)
        }
        request.session["notice"] = {"kind": "ok", "title": told, "text": ""}
        return HttpResponseRedirect(f"{STANDARDS.url(edition_id)}/impact?starts_on={starts_on.isoformat()}")
    found = queries.touched(actor, edition_id, starts_on)
    broken = [one for one in found if one.broken]
    context = {
        "shown": shown,
        "tag": tag_of(shown.validity),
        "url": STANDARDS.url(edition_id),
        "starts_on": starts_on,
        "broken": len(broken),
        "places": len({one.place for one in broken}),
        "proposed": sum(one.draft_id is not None for one in found),
        "open": sum(one.draft_id is None for one in broken),
        "may_propose": Verb.WRITE in shown.verbs,
        "rows": [_touched(one) for one in found],
        "day": {
            "name": "starts_on",
            "label": _("从哪一天开始"),
            "type": "date",
            "width": "m",
            "required": True,
            "help": "",
            "value": starts_on,
            "errors": refusal.fields["starts_on"] if refusal else [],
        },
    }
    return render(request, "workbench/catalogue_impact.html", context, status=422 if refusal else 200)


def _day(given: str, otherwise: date) -> tuple[date, Invalid | None]:
    if not given:
        return otherwise, None
    try:
        return date.fromisoformat(given), None
    except ValueError:
        told = msg("请填日期，例如 2026-12-08。")
        return otherwise, Invalid("catalogue.day", told, fields={"starts_on": [told]})


def _touched(one: Touched) -> Shown:
    return {
        "place": one.place_name,
        "organ": one.organ_name,
        "code": one.code,
        "proposed": one.draft_id is not None,
        "broken": [
            {
                "element": translated(found.element),
                "local": translated(found.local) or _("没有"),
                "basic": translated(found.basic) or _("没有"),
                "message": translated(found.message),
                "rule": found.rule.value,
            }
            for found in one.broken
        ],
        "changes": one.changes,
    }
