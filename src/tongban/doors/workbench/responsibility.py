"""The responsibility report at the workbench (责任认定报告): for heads and supervisors; and each signature of a case alone."""

import uuid

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.actor import Actor
from tongban.base.errors import Conflict
from tongban.doors.web import signed_acts
from tongban.doors.workbench.case import frame
from tongban.doors.workbench.door import now, staff
from tongban.oversight.responsibility import actions, queries

_TAKES = {"pdf": actions.take_paper, "zip": actions.take_archive}


@staff
@require_safe
def signature(request: HttpRequest, actor: Actor, case_id: uuid.UUID, seq: int, kind: str) -> HttpResponse:
    """One signature of a case (签名证据), or what was signed."""
    return signed_acts.file_of(actor, case_id, seq, kind)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, actor: Actor, case_id: uuid.UUID, kind: str = "") -> HttpResponseBase:
    """The report (责任认定报告); posted to, it is taken away as paper or archive, which is recorded."""
    at, refusal = now(), None
    if request.method == "POST" and kind:
        try:
            taken = _TAKES[kind](actor=actor, case_id=case_id, at=at)
        except Conflict as conflict:
            refusal = conflict
        else:
            response = StreamingHttpResponse(taken.chunks, content_type=taken.media_type)
            disposition = content_disposition_header(as_attachment=True, filename=taken.file_name)
            response.headers["Content-Disposition"] = disposition or "attachment"
            return response
    found = queries.report_of(actor, case_id, at=at)
    context = frame(request, actor, found.case, at) | {
        "report": signed_acts.page(found.report, f"/cases/{case_id}"),
        "paper_url": f"/cases/{case_id}/responsibility.pdf",
        "archive_url": f"/cases/{case_id}/responsibility.zip",
        "refusal": refusal,
    }
    return render(
        request, "workbench/responsibility.html", context, status=refusal.status if refusal else 200
    )
