"""Notices (消息): what happened to the visitor's cases, the newest first; read by being looked at."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.doors.portal.case_page import TAGS
from tongban.doors.portal.visit import now, say, signed_in, uuid_of
from tongban.doors.web.middleware import actor_of
from tongban.doors.web.templatetags.tongban import time_zh, translated
from tongban.work.cases import actions, queries
from tongban.work.cases.rules.labels import HAPPENED_LABELS, PUBLIC_LABELS

_PAGE = 30


@require_safe
@signed_in
def notices(request: HttpRequest) -> HttpResponse:
    """My notices (我的消息)."""
    actor = actor_of(request)
    before = uuid_of(request.GET.get("before", ""))
    found = queries.notices(actor, before=before, limit=_PAGE + 1)
    shown, more = found[:_PAGE], len(found) > _PAGE
    context = {
        "cards": [_card(notice) for notice in shown],
        "unread": queries.unread(actor),
        "older": f"{reverse('notices')}?before={shown[-1].id}" if more else "",
        "newest": reverse("notices") if before else "",
    }
    return render(request, "portal/notices.html", context)


def _card(notice: queries.NoticeView) -> dict[str, Any]:
    fresh = {"tag": {"state": "warn", "word": _("未读")}} if notice.read_at is None else {}
    now_at = _("现在：%(state)s") % {"state": translated(PUBLIC_LABELS[notice.state])}
    return {
        "title": translated(HAPPENED_LABELS[notice.verb]),
        "url": reverse("case", args=[notice.case_id]),
        "text": notice.item_name,
        "meta": [time_zh(notice.at), notice.organ_name, now_at],
        "state": TAGS[notice.state],
        **fresh,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all my notices as read (全部标为已读). Pressed twice, the second finds nothing to do."""
    if request.method == "POST":
        actions.read_notices(actor=actor_of(request), at=now())
        say(request, "ok", _("消息都标为已读了"))
    return HttpResponseRedirect(reverse("notices"))
