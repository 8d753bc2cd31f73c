"""Who did each step of the visitor's case (责任认定报告): the page, the paper, the archive with all evidence, and each signature alone."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.errors import Conflict
from tongban.doors.portal import case_page
from tongban.doors.portal.visit import hand_out, now, signed_in
from tongban.doors.web import signed_acts
from tongban.doors.web.middleware import actor_of
from tongban.oversight.responsibility import actions, queries

_TAKES = {"pdf": actions.take_paper, "zip": actions.take_archive}


@require_safe
@signed_in
def signature(request: HttpRequest, case_id: uuid.UUID, seq: int, kind: str) -> HttpResponse:
    """One signature of my case (签名证据), or what was signed."""
    return signed_acts.file_of(actor_of(request), case_id, seq, kind)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def report(request: HttpRequest, case_id: uuid.UUID, kind: str = "") -> HttpResponseBase:
    """Who did each step (这件事每一步是谁办的); posted to, it is taken away as paper or archive, which is recorded."""
    actor, at, refusal = actor_of(request), now(), None
    if request.method == "POST" and kind:
        try:
            taken = _TAKES[kind](actor=actor, case_id=case_id, at=at)
            return hand_out(taken.chunks, name=taken.file_name, media_type=taken.media_type)
        except Conflict as conflict:
            refusal = conflict
    found = queries.report_of(actor, case_id, at=at)
    context = {
        "case": found.case,
        "number": case_page.readable(found.case.number),
        "report": signed_acts.page(found.report, f"/my/cases/{case_id}"),
        "paper_url": reverse("responsibility-paper", args=[case_id]),
        "archive_url": reverse("responsibility-archive", args=[case_id]),
        "refusal": refusal,
    }
    return render(request, "portal/responsibility.html", context, status=refusal.status if refusal else 200)
