"""Tracking (凭编号查进度): number and code, without signing in, open the outline of a case."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from tongban.base.errors import Refusal
from tongban.doors.portal import case_page
from tongban.doors.portal.visit import now
from tongban.standards.text import msg
from tongban.work.cases import actions
from tongban.work.cases.queries import Outline
from tongban.work.cases.rules.labels import HAPPENED_LABELS, PUBLIC_LABELS
from tongban.work.cases.rules.letters import TITLES
from tongban.work.cases.rules.tracking import LONGEST_TYPED

_MOST = LONGEST_TYPED


@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """Track a case (查进度). The code travels in the form alone, never in an address."""
    number = (request.POST if request.method == "POST" else request.GET).get("number", "")[:_MOST]
    code = request.POST.get("code", "")[:_MOST]
    refusal: Refusal | None = None
    found: Outline | None = None
    if request.method == "POST":
        try:
            address = str(request.META.get("REMOTE_ADDR", ""))
            found = actions.track(number=number, code=code, address=address, at=now())
        except Refusal as refused:
            refusal = refused
    context: dict[str, Any] = {"fields": _fields(number, code), "refusal": refusal}
    if found is not None:
        context |= {"outline": found, **_shown(found)}
    response = render(request, "portal/track.html", context, status=refusal.status if refusal else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


def _fields(number: str, code: str) -> list[dict[str, Any]]:
    shared = {"type": "text", "errors": [], "required": True, "maxlength": _MOST, "autocomplete": "off"}
    return [
        shared
        | {
            "name": "number",
            "label": msg("办件编号"),
            "help": msg("回执和文书上都有，43 位，有没有空格都行。"),
            "value": number,
        },
        shared
        | {
            "name": "code",
            "label": msg("查询码"),
            "help": msg("回执上的八位字母和数字。"),
            "value": code,
            "width": "s",
        },
    ]  # fmt: skip -- one field a line


def _shown(found: Outline) -> dict[str, Any]:
    by_label = case_page.BY[found.state] if found.act_by and found.state in case_page.BY else ""
    return {
        "number": case_page.readable(found.number),
        "tag": {"state": case_page.TAGS[found.state], "word": PUBLIC_LABELS[found.state]},
        "by_label": by_label,
        "events": [
            {"at": step.at, "title": HAPPENED_LABELS[step.verb], "state": "done"}
            for step in reversed(found.steps)
        ],
        "documents": [
            {"title": TITLES[paper.verb], "number": paper.number, "at": paper.at, "digest": paper.digest}
            for paper in reversed(found.documents)
        ],
    }
