"""Mandates at the counter (窗口登记授权): a paper that a clerk saw is recorded and kept; one that was given is taken back."""

import io
from collections.abc import Mapping
from typing import Any, BinaryIO, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.base.ids import new_id
from tongban.doors.web import mandates as words
from tongban.doors.web.templatetags.tongban import translated
from tongban.doors.workbench.counter import counters_of
from tongban.doors.workbench.door import day_of, key_of, now, staff
from tongban.people.mandates import actions
from tongban.people.mandates.rules import Act, Kind
from tongban.people.parties.queries import OrganView
from tongban.standards.text import msg

_PAGE = "/counter/mandates"
_NAMES = ("counter", "giver_name", "giver_number", "seen", "number")
_LONGEST = 200
_KINDS = (Kind.AGENT, Kind.HELPER, Kind.PARENT, Kind.GUARDIAN)
_SAID = (Invalid, Conflict, Forbidden, NotFound)
Shown = dict[str, Any]


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Record a paper mandate (登记纸质授权): who, whom, how far, what was seen, and its scan."""
    counters, at = counters_of(actor), now()
    today = day_of(at)
    if request.method != "POST":
        first = {
            "kind": Kind.AGENT.value,
            "acts": [Act.APPLY.value, Act.SUPPLEMENT.value],
            "since": today.isoformat(),
        }
        return _record(request, counters, first, None)
    typed = words.typed_of(request.POST) | _typed(request)
    try:
        by_law = typed["kind"] in (Kind.PARENT, Kind.GUARDIAN)
        terms, errors = words.terms_of(typed, today=today)
        if by_law:
            errors = {}
        scan = request.FILES.get("scan")
        if scan is None:
            errors["scan"] = [msg("请附上扫描件。")]
        if errors:
            raise Invalid("mandates.form", msg("请改正标出的内容。"), fields=errors)
        actions.record_at_counter(
            actor=actor,
            counter=_counter(counters, typed),
            giver=actions.Shown(typed["giver_name"], typed["giver_number"]),
            agent=actions.Shown(typed["agent_name"], typed["agent_number"]),
            terms=terms,
            seen=typed["seen"],
            scan=cast("BinaryIO", scan or io.BytesIO()),
            scan_name=(scan.name if scan else None) or "",
            at=at,
            key=key_of(request),
        )
    except _SAID as refusal:
        return _record(request, counters, typed, refusal)
    text = _("马上可以代办。双方在“我的授权”里都看得到。")
    request.session["notice"] = {"kind": "ok", "title": _("已登记授权"), "text": text}
    return HttpResponseRedirect("/counter")


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Take a mandate back for its giver (窗口收回授权), who stands there with her card."""
    counters = counters_of(actor)
    if request.method != "POST":
        return _end(request, counters, {}, None)
    typed = _typed(request)
    try:
        actions.end_at_counter(
            actor=actor,
            counter=_counter(counters, typed),
            giver=actions.Shown(typed["giver_name"], typed["giver_number"]),
            number=typed["number"],
            seen=typed["seen"],
            at=now(),
        )
    except _SAID as refusal:
        return _end(request, counters, typed, refusal)
    request.session["notice"] = {
        "kind": "ok",
        "title": _("已收回授权"),
        "text": _("马上生效，对方不能再代办。"),
    }
    return HttpResponseRedirect("/counter")


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: str(request.POST.get(name, ""))[:_LONGEST] for name in _NAMES}


def _counter(counters: list[OrganView], typed: Mapping[str, Any]) -> Any:
    return next((one.id for one in counters if str(one.id) == typed["counter"]), counters[0].id)


def _record(
    request: HttpRequest, counters: list[OrganView], typed: Mapping[str, Any], refusal: Refusal | None
) -> HttpResponse:
    told = refusal.fields if refusal else {}
    told = {{"places": "place"}.get(name, name): texts for name, texts in told.items()}
    card = _("照身份证写全；法人写统一社会信用代码。")
    limits = words.limit_fields(typed, told, kinds=_KINDS, may_pass_on=True, required=False)
    fields = [
        _where(counters, typed),
        limits[0],
        _text("giver_name", _("授权人的姓名或者名称"), typed, told),
        _text("giver_number", _("授权人的号码"), typed, told, help=card),
        _text("agent_name", _("代办人的姓名"), typed, told),
        _text("agent_number", _("代办人的身份证号码"), typed, told),
        *limits[1:],
        _text(
            "seen",
            _("看了哪些原件"),
            typed,
            told,
            help=_("例如“授权委托书、营业执照、双方身份证”。"),
            width="",
        ),
        {
            "name": "scan",
            "label": _("扫描件"),
            "type": "file",
            "required": True,
            "allowed": _("PDF、JPG 或 PNG，不超过 20 MB"),
            "accept": ".pdf,.jpg,.jpeg,.png",
            "errors": [translated(text) for text in told.get("scan", told.get("file", []))],
        },
    ]
    return _page(request, "workbench/mandate_record.html", fields, refusal)


def _end(
    request: HttpRequest, counters: list[OrganView], typed: Mapping[str, Any], refusal: Refusal | None
) -> HttpResponse:
    told = refusal.fields if refusal else {}
    fields = [
        _where(counters, typed),
        _text("giver_name", _("授权人的姓名或者名称"), typed, told),
        _text(
            "giver_number", _("授权人的号码"), typed, told, help=_("照身份证写全；法人写统一社会信用代码。")
        ),
        _text("number", _("授权编号"), typed, told, help=_("SQ 开头，在授权书或者“我的授权”里。")),
        _text("seen", _("看了哪些原件"), typed, told, width=""),
    ]
    return _page(request, "workbench/mandate_end.html", fields, refusal)


def _where(counters: list[OrganView], typed: Mapping[str, Any]) -> Shown:
    return {
        "name": "counter",
        "label": _("在哪个窗口办"),
        "type": "select" if len(counters) > 1 else "hidden",
        "options": [{"value": str(one.id), "label": one.name} for one in counters],
        "value": typed.get("counter") or str(counters[0].id),
        "required": True,
        "errors": [],
    }


def _text(
    name: str, label: str, typed: Mapping[str, Any], told: Mapping[str, list[str]], **more: Any
) -> Shown:
    return {
        "name": name,
        "label": label,
        "type": "text",
        "required": True,
        "autocomplete": "off",
        "width": "m",
        "value": typed.get(name, ""),
        "errors": [translated(text) for text in told.get(name, [])],
    } | more


def _page(request: HttpRequest, template: str, fields: list[Shown], refusal: Refusal | None) -> HttpResponse:
    context = {
        "fields": fields,
        "errors": words.summary_of_errors(fields, refusal),
        "key": request.POST.get("key") or str(new_id()),
    }
    return render(request, template, context, status=refusal.status if refusal else 200)
