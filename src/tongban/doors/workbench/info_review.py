"""Reviewing several at once (成批审查): what an import brought in is read on one page, one by one, and published together."""

import uuid
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from tongban.base.actor import Actor
from tongban.base.errors import Refusal
from tongban.base.ids import new_id
from tongban.doors.web.templatetags.tongban import translated
from tongban.doors.workbench import info_fields
from tongban.doors.workbench.door import key_of, now, staff
from tongban.doors.workbench.info import ensure_editor
from tongban.doors.workbench.shown import Shown
from tongban.offers.publicinfo import actions, queries
from tongban.offers.publicinfo.queries import DocumentView
from tongban.offers.publicinfo.rules.documents import (
    DOCUMENT_KIND_LABELS,
    DocumentState,
    DocumentVerb,
    personal_numbers,
)
from tongban.standards.text import msg

_PAGE = 20  # as many as one reads with attention; [O] our own number
_MOST_WAITING = 200


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What waits for this editor's review (成批审查), whole, to be published together after a look at each."""
    ensure_editor(actor)
    chosen = _chosen(request)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        if not chosen:
            errors["chosen"] = [msg("请先勾选看过的。")]
        if request.POST.get("confirmed") != "on":
            errors["confirmed"] = [msg("请先确认没有不能公开的内容；有的，请退回修改。")]
        if not errors:
            return _publish(request, actor, chosen)
    waiting = _waiting(actor)
    context = {
        "waiting": [_shown(each, chosen) for each in waiting[:_PAGE]],
        "more": max(len(waiting) - _PAGE, 0),
        "field": info_fields.confirmation(errors),
        "errors": info_fields.review_errors(errors),
        "key": str(new_id()),
    }
    return render(request, "workbench/info_review.html", context, status=422 if errors else 200)


def _chosen(request: HttpRequest) -> dict[uuid.UUID, int]:
    """Ids and the versions that the reviewer saw (勾选的)."""
    found: dict[uuid.UUID, int] = {}
    for value in request.POST.getlist("chosen")[:_PAGE]:
        name, _colon, version = value.partition(":")
        if version.isascii() and version.isdigit() and len(version) < 10:
            try:
                found[uuid.UUID(name)] = int(version)
            except ValueError:
                continue
    return found


def _waiting(actor: Actor) -> Sequence[DocumentView]:
    found = queries.desk(actor, state=DocumentState.IN_REVIEW, limit=_MOST_WAITING)
    return [each for each in found if any(move.verb is DocumentVerb.APPROVE for move in each.moves)]


def _shown(document: DocumentView, chosen: dict[uuid.UUID, int]) -> Shown:
    return {
        "info": document,
        "kind": DOCUMENT_KIND_LABELS[document.kind],
        "rows": info_fields.rows(document),
        "personal": personal_numbers(info_fields.all_text(document)),
        "value": f"{document.id}:{document.version}",
        "chosen": chosen.get(document.id) == document.version,
    }


def _publish(request: HttpRequest, actor: Actor, chosen: dict[uuid.UUID, int]) -> HttpResponse:
    """Approve each by itself: what has changed meanwhile stays back and is told, the others are public."""
    at, key, done = now(), key_of(request), 0
    refused: list[str] = []
    for info_id, version in chosen.items():
        own = None if key is None else str(uuid.uuid5(info_id, key))
        try:
            actions.approve(actor=actor, document_id=info_id, confirmed=True, at=at, version=version, key=own)
            done += 1
        except Refusal as refusal:
            refused.append(translated(refusal))
    told = ngettext("公开了 %(count)s 条", "公开了 %(count)s 条", done) % {"count": done}
    request.session["notice"] = {
        "kind": "warn" if refused else "ok",
        "title": told,
        "text": _("没有办成：") + _("；").join(dict.fromkeys(refused)) if refused else "",
    }
    return HttpResponseRedirect("/info/review" if refused else "/info?state=in_review")
