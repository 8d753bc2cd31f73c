"""Originals (原件流转): what is on its way to and from my counters; sending papers of a case, and signing for them."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.actor import Actor
from tongban.base.errors import Forbidden, Invalid, Refusal
from tongban.base.ids import new_id
from tongban.doors.web.elsewhere import where
from tongban.doors.web.templatetags.tongban import date_zh, day_zh, tail, translated
from tongban.doors.workbench.case import frame
from tongban.doors.workbench.door import day_of, key_of, now, staff
from tongban.doors.workbench.shown import Shown
from tongban.people.parties import queries as parties
from tongban.standards.text import msg
from tongban.work.cases import actions, queries
from tongban.work.cases.queries import CaseView, OriginalView
from tongban.work.cases.rules.moves import State
from tongban.work.cases.rules.originals import LONGEST_TRACKING, latest

_COLUMNS = (msg("原件"), msg("从"), msg("到"), msg("运单号"), msg("寄出"), msg("最晚签收"), msg("办件"))


@staff
@require_safe
def on_the_way(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The mail room's list (在途原件): to my counters and from them, those that should have come by now marked."""
    today, mine = day_of(now()), actor.organs_as("clerk")
    found = queries.on_the_way(actor)
    lists = [
        {
            "title": _("寄给我们的，等签收"),
            "rows": [_row(one, today) for one in found if one.receiver_id in mine],
        },
        {
            "title": _("我们寄出的，对方还没签收"),
            "rows": [_row(one, today) for one in found if one.sender_id in mine],
        },
    ]
    context = {
        "columns": [{"label": label, "number": False} for label in _COLUMNS],
        "lists": lists,
        "late": sum(one.expected_by < today for one in found),
    }
    return render(request, "workbench/originals_way.html", context)


def _row(one: OriginalView, today: date) -> Shown:
    late = one.expected_by < today
    due: object = date_zh(one.expected_by)
    if late:
        due = {"state": "bad", "word": _("已超期，请查询运单")}
    return {
        "cells": [
            {"text": one.what, "url": f"/cases/{one.case_id}/originals"},
            one.sender,
            one.receiver,
            one.tracking or _("专人送"),
            day_zh(one.sent_at),
            due,
            tail(one.number),
        ]
    }


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def originals(request: HttpRequest, actor: Actor, case_id: uuid.UUID) -> HttpResponse:
    """The papers of a case (本件原件): where each is now; sending further ones."""
    at, case = now(), queries.one(actor, case_id)
    if not queries.may_send(actor, case):
        raise Forbidden("cases.originals", msg("原件由参与这件的窗口寄出和签收。"))
    if request.method != "POST":
        return _page(request, actor, case, at)
    receiver = _id(request.POST.get("receiver", ""))
    try:
        actions.send_originals(
            actor=actor,
            case_id=case_id,
            what=request.POST.getlist("what"),
            receiver=receiver or uuid.UUID(int=0),
            tracking=request.POST.get("tracking", ""),
            at=at,
            key=key_of(request),
        )
    except Invalid as refusal:
        return _page(request, actor, case, at, refusal)
    return _done(request, case_id, _("已登记寄出"), _("对方签收以后，这里和申请人的页面上都会显示。"))


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def receive(request: HttpRequest, actor: Actor, case_id: uuid.UUID) -> HttpResponse:
    """Sign for what has come (签收)."""
    if request.method == "POST":
        ids = [found for text in request.POST.getlist("original") if (found := _id(text)) is not None]
        if not ids:
            refusal = Invalid("cases.original", msg("请先勾选收到的原件。"), fields={"original": []})
            return _page(request, actor, queries.one(actor, case_id), now(), refusal)
        actions.receive_originals(actor=actor, case_id=case_id, originals=ids, at=now(), key=key_of(request))
        return _done(request, case_id, _("已签收"), "")
    return HttpResponseRedirect(f"/cases/{case_id}/originals")


def _done(request: HttpRequest, case_id: uuid.UUID, title: str, text: str) -> HttpResponse:
    request.session["notice"] = {"kind": "ok", "title": title, "text": text}
    return HttpResponseRedirect(f"/cases/{case_id}/originals")


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _page(
    request: HttpRequest, actor: Actor, case: CaseView, at: datetime, refusal: Refusal | None = None
) -> HttpResponse:
    legs = queries.originals(actor, case)
    mine = actor.organs_as("clerk")
    errors = refusal.fields if refusal else {}
    fields = _fields(request, actor, case, legs, errors)
    waiting = [leg for leg in legs if not leg.received and leg.receiver_id in mine]
    context = frame(request, actor, case, at) | {
        "places": [where(leg) for leg in latest(legs).values()],
        "waiting": [
            {"id": leg.id, "what": leg.what, "from": leg.sender, "tracking": leg.tracking or _("专人送")}
            for leg in waiting
        ],
        "history": [_moment(leg) for leg in reversed(legs)],
        "fields": fields,
        "draft": case.state is State.DRAFT,
        "errors": _summary(fields, errors),
        "refusal": refusal,
        "receive_key": str(new_id()),
    }
    return render(request, "workbench/originals.html", context, status=refusal.status if refusal else 200)


def _moment(leg: OriginalView) -> Shown:
    signed = _("签收：%(name)s") % {"name": leg.received_by} if leg.received else _("还没有签收")
    return {
        "at": leg.sent_at,
        "title": _("%(what)s：%(sender)s 寄往 %(receiver)s")
        % {"what": leg.what, "sender": leg.sender, "receiver": leg.receiver},
        "who": leg.sent_by,
        "text": signed,
        "state": "done" if leg.received else "now",
    }


def _fields(
    request: HttpRequest,
    actor: Actor,
    case: CaseView,
    legs: Sequence[OriginalView],
    errors: Mapping[str, list[str]],
) -> list[Shown]:
    """What is sent, to whom, under which number (寄件表单)."""
    mine = actor.organs_as("clerk")
    organs = parties.organs_by_id(queries.taking_part(case))
    last = latest(legs)
    held = [
        {"value": material.key, "label": material.name}
        for material in case.edition.guide.materials
        if (leg := last.get(material.name)) is None or (leg.received and leg.receiver_id in mine)
    ]
    receivers = [
        {"value": str(organ.id), "label": organ.name} for organ in organs.values() if organ.id not in mine
    ]
    only = str(receivers[0]["value"]) if len(receivers) == 1 else ""
    wrong = [text for name, texts in errors.items() if name.startswith("what") for text in texts]
    return [
        {
            "name": "what",
            "label": _("寄哪些原件"),
            "type": "checkbox",
            "options": held,
            "value": request.POST.getlist("what"),
            "errors": wrong,
            "required": True,
        },
        {
            "name": "receiver",
            "label": _("寄给哪个机关"),
            "type": "radio",
            "options": receivers,
            "value": request.POST.get("receiver", only),
            "errors": errors.get("receiver", []),
            "required": True,
        },
        {
            "name": "tracking",
            "label": _("运单号"),
            "help": _("专人送的，留空。"),
            "type": "text",
            "width": "m",
            "maxlength": LONGEST_TRACKING,
            "value": request.POST.get("tracking", ""),
            "errors": errors.get("tracking", []),
            "required": False,
        },
    ]


def _summary(fields: Sequence[Shown], errors: Mapping[str, list[str]]) -> list[Shown]:
    found: list[Shown] = [
        {"name": field["name"], "text": f"{field['label']}{_('：')}{translated(text)}"}
        for field in fields
        for text in field["errors"]  # type: ignore[attr-defined] # a list, as made above
    ]
    if "original" in errors:
        found.append({"name": "", "text": _("请先勾选收到的原件。")})
    return found
