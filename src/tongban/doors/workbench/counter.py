"""The counter (窗口收件): what it took in, finding an item, and beginning an application for whoever stands there."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.base.ids import new_id
from tongban.base.search import queries as search
from tongban.base.search.queries import Filters
from tongban.doors.web.templatetags.tongban import day_zh, tail, translated
from tongban.doors.workbench import counter_present as standing
from tongban.doors.workbench.door import day_of, key_of, now, staff
from tongban.doors.workbench.shown import Shown, tag
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.queries import EditionView
from tongban.offers.catalogue.rules.elements import ANYWHERE_LABELS
from tongban.offers.catalogue.rules.finding import GUIDE
from tongban.people.parties import queries as parties
from tongban.people.parties.queries import OrganView
from tongban.people.parties.rules import PartyKind
from tongban.standards import plaintext
from tongban.standards.codes import BadCode
from tongban.standards.text import msg
from tongban.work.cases import actions, queries
from tongban.work.cases.queries import CaseRow
from tongban.work.cases.rules.moves import EDITABLE

_PAGE = "/counter"
_LONGEST_SEARCH = 60
_FOUND = 20
_NAMES = ("counter", "item", "name", "id_number", "phone")


def counters_of(actor: Actor) -> list[OrganView]:
    """The organs at whose counters the actor sits (我的窗口), by name. Raises Forbidden where there is none."""
    found = parties.organs_by_id(actor.organs_as("clerk"))
    if not found:
        raise Forbidden("counter.clerk", msg("窗口收件由窗口受理岗位的人员办理，您没有这个岗位。"))
    return sorted(found.values(), key=lambda organ: organ.name)


@staff
@require_safe
def desk(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The counter's own page (窗口收件): find an item; what it took in, and what it is to hand out."""
    counters, today = counters_of(actor), day_of(now())
    try:
        text, unreadable = plaintext.clean(request.GET.get("item", ""), limit=_LONGEST_SEARCH), False
    except BadCode:
        text, unreadable = "", True
    taken, handed = queries.of_counter(actor), queries.to_hand_out(actor)
    columns = [_("事项"), _("申请人"), _("状态"), _("办理机关"), _("收到"), _("编号尾号")]
    context = {
        "counters": counters,
        "text": text,
        "unreadable": unreadable,
        "found": _found(text, counters[0].place, today) if text else [],
        "columns": [{"label": label, "number": False} for label in columns],
        "taken": [_row(row) for row in taken],
        "handed": [_row(row) for row in handed],
        "on_the_way": len(queries.on_the_way(actor)),
    }
    return render(request, "workbench/counter.html", context)


def _found(text: str, place: str, today: date) -> list[Shown]:
    """What can be applied for (能办的事) by these words, each basic item once."""
    guides = Filters(facets=frozenset({f"kind:{GUIDE}"}))
    hits = search.search(text, on=today, place=place, filters=guides, size=_FOUND).hits
    found: dict[str, Shown] = {}
    for hit in hits:
        edition = catalogue.edition(uuid.UUID(str(hit.shown["edition"])))
        card: Shown = {"title": edition.guide.name, "url": f"{_PAGE}/items/{edition.basic_code}"}
        found.setdefault(edition.basic_code, card)
    return list(found.values())


def _row(row: CaseRow) -> Shown:
    url = f"{_PAGE}/{row.id}/form" if row.state in EDITABLE else f"/cases/{row.id}"
    return {
        "cells": [
            {"text": row.item_name, "url": url},
            row.applicant_name,
            tag(row.state),
            row.organ_name,
            day_zh(row.submitted_at or row.started_at),
            tail(row.number) if row.number else "—",
        ]
    }


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, actor: Actor, basic: str) -> HttpResponse:
    """Begin for an applicant (开始收件): which organ decides, and who stands there."""
    counters, at = counters_of(actor), now()
    fit, beyond = queries.takeable(counters, basic, day_of(at))
    if not fit and not beyond:
        raise NotFound("catalogue.item", msg("没有找到这个事项，它可能已经取消，或者地址不完整。"))
    if request.method != "POST":
        names = dict.fromkeys(edition.guide.name for edition in fit or beyond)
        first = standing.first(day_of(at), next(iter(names)))
        return _start(request, counters, (fit, beyond), first, None)
    typed = {name: str(request.POST.get(name, "")) for name in _NAMES} | standing.typed_of(request)
    counter = next((one.id for one in counters if str(one.id) == typed["counter"]), counters[0].id)
    chosen = next((one for one in fit if one.item_code == typed["item"]), None)
    try:
        if chosen is None:
            fields = {"item": [msg("请选由哪个机关办理。")]}
            raise Invalid("counter.item", msg("还有内容没有填好，已经在下面标出。"), fields=fields)
        begun = actions.start_at_counter(
            actor=actor,
            counter=counter,
            applicant=actions.Presented(typed["name"], typed["id_number"], typed["phone"]),
            item_code=chosen.item_code,
            at=at,
            key=key_of(request),
            standing=standing.standing_of(request, typed, day_of(at)),
        )
    except (Invalid, Conflict, Forbidden) as refusal:
        return _start(request, counters, (fit, beyond), typed, refusal)
    return HttpResponseRedirect(f"{_PAGE}/{begun.id}/form")


def _start(
    request: HttpRequest,
    counters: Sequence[OrganView],
    offered: tuple[list[EditionView], list[EditionView]],
    typed: Mapping[str, Any],
    refusal: Refusal | None,
) -> HttpResponse:
    fit, beyond = offered
    today = day_of(now())
    applicant = standing.known(typed.get("name", ""), typed.get("id_number", "")) if refusal else None
    open_ = standing.between(applicant, typed, today) if refusal else None
    names = dict.fromkeys(edition.guide.name for edition in fit or beyond)
    asking = standing.asks_on(refusal, typed) and open_ is not None
    typed = standing.with_paper(typed, open_, today, next(iter(names)))
    errors = refusal.fields if refusal and not asking else {}
    chosen = next(
        (one for one in fit if one.item_code == typed.get("item")), fit[0] if len(fit) == 1 else None
    )
    fields = _fields(counters, fit, typed, errors) + standing.fields(
        typed,
        errors,
        open_=open_,
        kind=None,
        reach=(chosen.item_code, chosen.place) if chosen else ("", ""),
        legal=applicant is not None and parties.party(applicant).kind is PartyKind.LEGAL,
    )
    context = {
        "title": next(iter(names)),
        "fields": fields,
        "beyond": [
            {
                "label": edition.organ_name,
                "value": _("%(scope)s，要到%(place)s的窗口或者网上办")
                % {
                    "scope": _(ANYWHERE_LABELS[edition.guide.channels.anywhere]),
                    "place": edition.place_name,
                },
            }
            for edition in beyond
        ],
        "may": bool(fit),
        "errors": [
            {
                "name": field["name"],
                "text": _("%(field)s：") % {"field": field["label"]}
                + _("；").join(translated(text) for text in _listed(field["errors"])),
            }
            for field in fields
            if field["errors"]
        ],
        "refusal": refusal if refusal and not asking and not errors else None,
        "asking": asking,
        "key": str(new_id()),
    }
    return render(
        request,
        "workbench/counter_start.html",
        context,
        status=refusal.status if refusal and not asking else 200,
    )


def _listed(told: object) -> Sequence[str]:
    return told if isinstance(told, list) else []


def _fields(
    counters: Sequence[OrganView],
    editions: Sequence[EditionView],
    typed: Mapping[str, Any],
    errors: Mapping[str, list[str]],
) -> list[Shown]:
    """Who decides, and for whom (收件表单)."""
    organs = [
        {"value": edition.item_code, "label": f"{edition.organ_name}（{edition.place_name}）"}
        for edition in editions
    ]
    only = organs[0]["value"] if len(organs) == 1 else ""
    shapes: dict[str, Shown] = {
        "counter": {
            "label": _("在哪个窗口收"),
            "type": "select" if len(counters) > 1 else "hidden",
            "options": [{"value": str(one.id), "label": one.name} for one in counters],
            "value": typed.get("counter") or str(counters[0].id),
        },
        "item": {
            "label": _("由哪个机关办理"),
            "type": "radio" if len(organs) <= 6 else "select",
            "options": organs,
            "value": typed.get("item") or only,
        },
        "name": {"label": _("申请人姓名"), "help": _("照身份证写全；法人写名称。"), "maxlength": 100},
        "id_number": {
            "label": _("身份证号码"),
            "help": _("照身份证写全，18 位；法人写统一社会信用代码。"),
            "maxlength": 30,
        },
        "phone": {
            "label": _("手机"),
            "help": _("第一次来办的才填，用来登记。登记过的不用填。"),
            "type": "tel",
            "inputmode": "tel",
            "required": False,
            "maxlength": 20,
        },
    }
    return [
        {
            "name": name,
            "type": "text",
            "width": "m",
            "required": True,
            "autocomplete": "off",
            "value": typed.get(name, ""),
            "errors": errors.get(name, []),
            **shape,
        }
        for name, shape in shapes.items()
    ]
