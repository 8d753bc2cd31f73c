"""How I receive the result (怎样领取): chosen in the draft, where the item offers more than the electronic one."""

import uuid
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tongban.base.errors import Invalid
from tongban.doors.portal.application import application_of
from tongban.doors.portal.pages import progress
from tongban.doors.portal.views.now import shows_what_is_now
from tongban.doors.portal.visit import now, signed_in, today
from tongban.doors.web import delivery as delivering
from tongban.doors.web.middleware import actor_of
from tongban.offers.catalogue.rules.form import Errors
from tongban.work.cases import actions, queries
from tongban.work.cases.queries import CaseView


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@shows_what_is_now
def delivery(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """Choose how the result is received (选送达方式)."""
    actor = actor_of(request)
    case = queries.one(actor, case_id)
    if request.method != "POST":
        if not delivering.asked(case) or case.bundle_id is not None:
            return HttpResponseRedirect(reverse("case", args=[case_id]))
        return _page(request, case, delivering.standing(queries.delivery(actor, case)), {})
    sent = delivering.typed(request.POST)
    try:
        actions.choose_delivery(actor=actor, case_id=case_id, at=now(), **delivering.as_action(sent))
    except Invalid as refusal:
        return _page(request, case, sent, refusal.fields)
    return HttpResponseRedirect(reverse("check", args=[case_id]))


def _page(request: HttpRequest, case: CaseView, given: Mapping[str, str], errors: Errors) -> HttpResponse:
    fields = delivering.fields(case, queries.counters(case, today()), given, errors)
    context = {
        "case": case,
        "fields": fields,
        "errors": delivering.summary_of_errors(fields),
        "progress": progress(application_of(actor_of(request), case), reverse("delivery", args=[case.id])),
    }
    return render(request, "portal/delivery.html", context, status=422 if errors else 200)
