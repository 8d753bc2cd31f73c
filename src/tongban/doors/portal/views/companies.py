"""My companies and children (我的法人和子女): whom the law lets me act for, once a source has said so."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.base.errors import Conflict, Forbidden, Invalid, Refusal
from tongban.doors.portal.visit import now, say, signed_in_herself
from tongban.doors.web.account.own import field, typed_of
from tongban.doors.web.middleware import own_actor_of
from tongban.doors.web.templatetags.tongban import translated
from tongban.people.identity.actions import SourceAway
from tongban.people.identity.rules.acts import LevelTooLow
from tongban.people.mandates import actions
from tongban.people.parties import queries as parties
from tongban.people.parties.rules import LEGAL_KIND_LABELS, LegalKind

_FORM = require_http_methods(["GET", "HEAD", "POST"])
_SAID = (Invalid, Conflict, Forbidden, SourceAway)


@_FORM
@signed_in_herself
def companies(request: HttpRequest) -> HttpResponse:
    """The companies that I represent (我的法人), and registering one."""
    own = own_actor_of(request)
    typed = typed_of(request, "name", "code", "kind", "phone")
    if request.method == "POST":
        try:
            actions.register_company(actor=own, at=now(), **typed)
        except _SAID as refusal:
            return _companies(request, typed, refusal)
        say(request, "ok", _("已经登记"), _("您可以用法人的身份办事，也可以授权给代理人。"))
        return HttpResponseRedirect(reverse("companies"))
    return _companies(request, {"kind": LegalKind.ENTERPRISE.value}, None)


def _companies(request: HttpRequest, typed: dict[str, str], refusal: Refusal | None) -> HttpResponse:
    own = own_actor_of(request)
    found = parties.represented_by(own.party_id) if own.party_id else []
    kinds = [{"value": kind.value, "label": _(label)} for kind, label in LEGAL_KIND_LABELS.items()]
    fields = [
        field("name", _("名称"), typed, refusal, help=_("照营业执照或者登记证书上的写。"), width=""),
        field("code", _("统一社会信用代码"), typed, refusal, maxlength=18, autocomplete="off"),
        field("kind", _("是哪一类"), typed, refusal, "radio", options=kinds),
        field("phone", _("联系电话"), typed, refusal, "tel", autocomplete="tel"),
    ]
    cards = [{"title": one.name, "meta": [one.credit_code, _(LEGAL_KIND_LABELS[one.kind])]} for one in found]
    return _page(request, "portal/companies.html", fields, refusal, cards=cards)


@_FORM
@signed_in_herself
def take_over(request: HttpRequest) -> HttpResponse:
    """I am the new legal representative (变更法定代表人): what the former one gave ends at once."""
    own = own_actor_of(request)
    typed, refusal = typed_of(request, "name", "code"), None
    if request.method == "POST":
        try:
            actions.take_over(actor=own, at=now(), **typed)
        except _SAID as said:
            refusal = said
        else:
            say(request, "ok", _("已经变更"), _("原来的授权全部收回。要谁代办，请重新授权。"))
            return HttpResponseRedirect(reverse("companies"))
    fields = [
        field("name", _("名称"), typed, refusal, help=_("照现在的营业执照写。"), width=""),
        field("code", _("统一社会信用代码"), typed, refusal, maxlength=18, autocomplete="off"),
    ]
    return _page(request, "portal/company_take_over.html", fields, refusal)


@_FORM
@signed_in_herself
def child(request: HttpRequest) -> HttpResponse:
    """Register my minor child (登记未成年子女), proven by the population source."""
    own = own_actor_of(request)
    typed, refusal = typed_of(request, "name", "id_number"), None
    if request.method == "POST":
        try:
            actions.register_child(actor=own, at=now(), **typed)
        except _SAID as said:
            refusal = said
        else:
            say(request, "ok", _("已经登记"), _("到孩子满18周岁以前，您可以替孩子办事。"))
            return HttpResponseRedirect(reverse("mandates"))
    fields = [
        field("name", _("孩子的姓名"), typed, refusal, autocomplete="off"),
        field("id_number", _("孩子的身份证号码"), typed, refusal, maxlength=18, autocomplete="off"),
    ]
    return _page(request, "portal/child.html", fields, refusal)


def _page(
    request: HttpRequest, template: str, fields: list[dict[str, Any]], refusal: Refusal | None, **more: Any
) -> HttpResponse:
    if isinstance(refusal, LevelTooLow):
        raise refusal  # the middleware asks for what is missing, and keeps what was typed
    errors = [
        {"name": one["name"], "text": f"{one['label']}：{text}"} for one in fields for text in one["errors"]
    ]
    if refusal is not None and not errors:
        errors = [{"name": "", "text": translated(refusal)}]
    context = {"fields": fields, "errors": errors, **more}
    return render(request, template, context, status=refusal.status if refusal else 200)
