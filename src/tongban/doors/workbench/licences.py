"""Revocation of a licence (撤销证照) by a decider of the organ that issued it."""

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.base.ids import new_id
from tongban.doors.web.templatetags.tongban import translated
from tongban.doors.workbench.door import day_of, key_of, now, staff
from tongban.records.licences import actions, queries
from tongban.records.licences.rules import LONGEST_REASON
from tongban.standards.text import msg


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, actor: Actor, licence_id: uuid.UUID) -> HttpResponse:
    """Revoke a licence (撤销证照), with the reason."""
    at = now()
    licence = queries.one(actor, licence_id, on=day_of(at))
    if licence is None:
        raise NotFound("licences.visible", msg("没有找到这份证照。"))
    if request.method != "POST":
        if not actor.organs_as("decider"):
            raise Forbidden("licences.revoke", msg("只有发证机关的决定人可以撤销证照。"))
        return _form(request, licence)
    because = request.POST.get("because", "")
    try:
        actions.revoke(actor=actor, licence_id=licence_id, because=because, at=at, key=key_of(request))
    except (Invalid, Conflict) as refusal:
        return _form(request, licence, because, refusal)
    request.session["notice"] = {
        "kind": "ok",
        "title": _("证照已撤销，扫码查验从现在起显示“已撤销”"),
        "text": "",
    }
    return HttpResponseRedirect(f"/cases/{licence.case_id}")


def _form(
    request: HttpRequest, licence: queries.LicenceView, because: str = "", refusal: Refusal | None = None
) -> HttpResponse:
    problems = refusal.fields.get("because", []) if refusal else []
    context = {
        "licence": licence,
        "key": str(new_id()),
        "refusal": refusal,
        "errors": [{"name": "because", "text": translated(text)} for text in problems],
        "field": {
            "name": "because",
            "label": _("撤销的理由"),
            "help": _("写明事实和依据（行政许可法第六十九条）。持证人和扫码查验的人会知道证照已撤销。"),
            "type": "textarea",
            "rows": 5,
            "value": because,
            "errors": problems,
            "required": True,
            "maxlength": LONGEST_REASON,
        },
    }
    return render(request, "workbench/revoke.html", context, status=refusal.status if refusal else 200)
