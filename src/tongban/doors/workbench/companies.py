"""Companies at the counter (窗口登记法人): registered for the legal representative who stands there with the originals."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, Refusal
from tongban.doors.web import mandates as words
from tongban.doors.web.account.own import field, say, typed_of
from tongban.doors.workbench.counter import counters_of
from tongban.doors.workbench.door import now, staff
from tongban.people.mandates import actions
from tongban.people.parties import actions as registering
from tongban.people.parties.queries import OrganView
from tongban.people.parties.rules import LEGAL_KIND_LABELS, LegalKind

PAGE = "/counter/companies"
_COMPANY = ("name", "code", "kind", "phone")
_PERSON = ("representative_name", "representative_number", "representative_phone")
_NAMES = ("counter", *_COMPANY, *_PERSON, "seen")


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Register a company (登记法人) that no source knows yet, or whose representative came in person."""
    counters = counters_of(actor)
    if request.method != "POST":
        return _page(request, counters, {"kind": LegalKind.ENTERPRISE.value}, None)
    typed = typed_of(request, *_NAMES)
    counter = next((one.id for one in counters if str(one.id) == typed["counter"]), counters[0].id)
    try:
        actions.register_company_at_counter(
            actor=actor,
            counter=counter,
            facts=registering.legal_facts(**{name: typed[name] for name in _COMPANY}),
            representative=actions.Shown(typed["representative_name"], typed["representative_number"]),
            representative_phone=typed["representative_phone"],
            seen=typed["seen"],
            at=now(),
        )
    except (Invalid, Conflict, Forbidden) as refusal:
        return _page(request, counters, typed, refusal)
    say(request, "ok", _("已登记法人"), _("法定代表人马上可以代表它办事：在窗口选“别人替申请人来”。"))
    return HttpResponseRedirect("/counter")


def _page(
    request: HttpRequest, counters: list[OrganView], typed: dict[str, str], refusal: Refusal | None
) -> HttpResponse:
    kinds = [{"value": kind.value, "label": _(label)} for kind, label in LEGAL_KIND_LABELS.items()]
    off: dict[str, Any] = {"autocomplete": "off"}
    company = [
        field("name", _("名称"), typed, refusal, help=_("照营业执照或者登记证书上的写。"), width="", **off),
        field("code", _("统一社会信用代码"), typed, refusal, maxlength=18, **off),
        field("kind", _("是哪一类"), typed, refusal, "radio", options=kinds),
        field("phone", _("联系电话"), typed, refusal, "tel", **off),
    ]
    person = [
        field("representative_name", _("法定代表人的姓名"), typed, refusal, maxlength=60, **off),
        field("representative_number", _("法定代表人的身份证号码"), typed, refusal, maxlength=20, **off),
        field(
            "representative_phone",
            _("法定代表人的手机"),
            typed,
            refusal,
            "tel",
            help=_("第一次来办的才填，用来登记。"),
            required=False,
            maxlength=20,
            **off,
        ),
        field(
            "seen",
            _("看了哪些原件"),
            typed,
            refusal,
            help=_("例如“营业执照副本、法定代表人身份证明书、身份证”。"),
            width="",
            maxlength=200,
            **off,
        ),
    ]
    where = {
        "name": "counter",
        "label": _("在哪个窗口办"),
        "type": "select" if len(counters) > 1 else "hidden",
        "options": [{"value": str(one.id), "label": one.name} for one in counters],
        "value": typed.get("counter") or str(counters[0].id),
        "required": True,
        "errors": [],
    }
    context = {
        "company": [where, *company],
        "person": person,
        "errors": words.summary_of_errors([*company, *person], refusal),
    }
    status = refusal.status if refusal else 200
    return render(request, "workbench/company_register.html", context, status=status)
