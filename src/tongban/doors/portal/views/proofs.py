"""Papers and proofs of the visitor's case (文书、回执和导出): signed documents, receipts with proof, the whole case to take away."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.errors import Conflict
from tongban.base.ledger import queries as ledger
from tongban.base.ledger.rules.receipts import receipt_text
from tongban.doors.portal import case_page
from tongban.doors.portal.visit import hand_out, now, signed_in
from tongban.doors.web.middleware import actor_of
from tongban.work.cases import actions, queries


@require_safe
@signed_in
def document(request: HttpRequest, case_id: uuid.UUID, document_id: uuid.UUID) -> HttpResponseBase:
    """Save a document of my case (下载文书): the numbered, signed PDF."""
    found = queries.document_file(actor_of(request), case_id, document_id)
    return hand_out(found.chunks, name=found.file_name, media_type=found.media_type, size=found.size)


@require_safe
@signed_in
def receipt_file(request: HttpRequest, case_id: uuid.UUID) -> HttpResponseBase:
    """Save the receipt with proof (带证明的回执) of what I did in my case; where no seal covers it yet, when to come back."""
    found = queries.own_receipt(actor_of(request), case_id)
    if not found.acts:
        case = queries.one(actor_of(request), case_id)
        context = {"case": case, "seconds": queries.SEAL_SECONDS}
        return render(request, "portal/receipt_waits.html", context, status=409)
    content = receipt_text(found.content).encode()
    name = _("回执_%(case)s.json") % {"case": case_id}
    return hand_out(iter([content]), name=name, media_type="application/json", size=len(content))


@require_safe
def explained(request: HttpRequest) -> HttpResponse:
    """How to check a receipt, a document and an export (怎么核验), in plain words, for anybody."""
    current, keys = ledger.sealing_keys()
    return render(request, "portal/proofs.html", {"key_id": current, "key": keys.get(current, "")})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def export(request: HttpRequest, case_id: uuid.UUID) -> HttpResponseBase:
    """Take my whole case away (导出办件): what is in it first, then one file. The ledger keeps that it was taken."""
    actor, refusal = actor_of(request), None
    if request.method == "POST":
        try:
            made = actions.export(actor=actor, case_id=case_id, at=now())
            return hand_out(made.chunks, name=made.file_name, media_type="application/zip")
        except Conflict as conflict:
            refusal = conflict
    case = queries.one(actor, case_id)
    context = {"case": case, "number": case_page.readable(case.number), "refusal": refusal}
    return render(request, "portal/export.html", context, status=refusal.status if refusal else 200)
