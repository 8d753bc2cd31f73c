"""The page of an account, where it is signed in, and what its owner is told (账号总览、登录设备、账号消息)."""

import contextlib
import uuid
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tongban.base.actor import Actor
from tongban.base.errors import NotFound
from tongban.doors.web import entering
from tongban.doors.web.account.addresses import account_page
from tongban.doors.web.account.own import now, own, say, show
from tongban.doors.web.templatetags.tongban import masked, translated
from tongban.people.identity import actions, queries
from tongban.people.identity.rules import LEVEL_LABELS, SEEN_EVERY, Level
from tongban.people.identity.rules.account_notices import NEWS_ADVICE, NEWS_LABELS
from tongban.people.identity.rules.labels import METHOD_LABELS
from tongban.people.parties import queries as parties
from tongban.standards.text import msg

DOOR_LABELS = {"portal": msg("门户"), "workbench": msg("工作台"), "api": msg("接口")}


@own
@require_http_methods(["GET", "HEAD"])
def overview(request: HttpRequest, actor: Actor) -> HttpResponse:
    """My account (我的账号): who I am to the platform, and everything that I can do about it. Reading it reads the news."""
    account = queries.own_account(actor)
    person = parties.party(account.party_id) if account.party_id else None
    rows = [{"label": _("登录名"), "value": account.login}]
    if person:
        rows = [
            {"label": _("姓名"), "value": masked(person.name, "name")},
            {"label": _("证件号码"), "value": person.masked_number},
            {"label": _("手机号码"), "value": masked(person.phone)},
            *rows,
        ]
    elif account.staff_name:
        rows = [{"label": _("姓名"), "value": account.staff_name}, *rows]
    rows.append({"label": _("实名等级"), "value": translated(LEVEL_LABELS[account.level])})
    news = [
        {
            "title": translated(NEWS_LABELS[one.news]),
            "facts": one.facts,
            "advice": translated(NEWS_ADVICE.get(one.news, "")),
            "at": one.at,
            "fresh": one.read_at is None,
        }
        for one in queries.news_of(actor, limit=10)
    ]
    actions.read_news(actor=actor, at=now())
    context = {
        "rows": rows,
        "news": news,
        "account": account,
        "advanced": account.level is Level.ADVANCED,
        "account_url": account_page(),
        "quiet": True,
    }
    return render(request, f"{settings.DOOR}/account.html", context)


@own
@require_http_methods(["GET", "HEAD"])
def sessions(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Where I am signed in (登录中的设备). What the browser has let go by its age is not shown."""
    alive = now() - timedelta(seconds=settings.SESSION_COOKIE_AGE) - SEEN_EVERY
    found = [
        {
            "device": one.device or _("没有说明的设备"),
            "address": one.address,
            "door": _(DOOR_LABELS.get(one.door, one.door)),
            "methods": "、".join(translated(METHOD_LABELS[method]) for method in one.methods),
            "started_at": one.started_at,
            "seen_at": one.seen_at,
            "here": one.id == actor.session_id,
            "end_url": account_page(f"sessions/{one.id}/end"),
        }
        for one in queries.sessions_of(actor)
        if one.seen_at > alive
    ]
    return show(request, "sessions", {"sessions": found, "everywhere_url": account_page("sessions/end")})


@own
@require_POST
def end_session(request: HttpRequest, actor: Actor, session_id: uuid.UUID) -> HttpResponse:
    """Sign one device out (让一个设备退出); what has ended already is not an error."""
    if session_id == actor.session_id:
        entering.leave(request, at=now())
        return HttpResponseRedirect("/")
    with contextlib.suppress(NotFound):
        actions.end_session(actor=actor, session_id=session_id, because="owner", at=now())
    say(request, "ok", _("那个设备已经退出"))
    return HttpResponseRedirect(account_page("sessions"))


@own
@require_POST
def end_everywhere(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Sign out everywhere but here (其他设备全部退出)."""
    if actor.id is not None:
        at = now()
        actions.end_sessions(
            actor=actor, account_id=actor.id, because="owner_everywhere", at=at, except_id=actor.session_id
        )
    say(request, "ok", _("其他设备都已经退出"))
    return HttpResponseRedirect(account_page("sessions"))
