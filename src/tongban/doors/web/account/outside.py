"""Coming in by an outside account (外部账号登录): off to the provider and back; an unknown one opens an account or is linked.

At the portal only: staff come in by what their organ gave them.
"""

import json
import secrets
from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.base.actor import Actor
from tongban.base.crypto import Unreadable, decrypt, encrypt
from tongban.base.errors import Conflict, Forbidden, NotFound, Refusal
from tongban.doors.web import entering
from tongban.doors.web.account.addresses import account_page
from tongban.doors.web.account.own import field, now, own, say, show, typed_of
from tongban.doors.web.account.presence import is_here, presence_fields
from tongban.doors.web.account.registering import opened, person_fields
from tongban.doors.web.middleware import own_actor_of
from tongban.doors.web.templatetags.tongban import translated
from tongban.doors.web.views import begin_second, next_of, wrong_door
from tongban.people.identity import actions, queries
from tongban.people.identity.rules import Method
from tongban.people.identity.rules.acts import ensure_level
from tongban.people.identity.rules.outside import SHOWN_LIVES, Purpose, Shown
from tongban.standards.text import msg

_BROWSER = "outside_browser"  # a secret of this browser's session: an answer that another browser brings counts for nothing
_SHOWN = "outside_shown"
_PURPOSE = "outside.shown"


def _redirect(key: str) -> str:
    """Where a provider sends people back (回调地址): each has its own, so that none can answer for another."""
    return f"{settings.PUBLIC_URL}/login/outside/{key}/back"


@require_POST
def begin(request: HttpRequest, key: str) -> HttpResponse:
    """Off to the provider (去外部账号), to come in or, from one's own account, to link it."""
    purpose = Purpose.LINK if request.POST.get("purpose") == Purpose.LINK else Purpose.SIGN_IN
    browser = request.session.setdefault(_BROWSER, secrets.token_urlsafe(32))
    try:
        address = actions.begin_outside(
            key=key,
            purpose=purpose,
            browser=browser,
            redirect=_redirect(key),
            onward=next_of(request),
            at=now(),
        )
    except Refusal as refusal:
        return _failed(request, refusal, next_of(request))
    name = next((one.name for one in queries.offered_providers() if one.key == key), key)
    return render(request, "web/account/outside_go.html", {"address": address, "name": name})


@require_safe
def back(request: HttpRequest, key: str) -> HttpResponse:
    """Back from the provider (从外部账号回来)."""
    at = now()
    told = {name: request.GET.get(name, "")[:2000] for name in ("state", "code", "iss", "error")}
    browser = str(request.session.get(_BROWSER, ""))
    try:
        came = actions.finish_outside(key=key, told=told, browser=browser, redirect=_redirect(key), at=at)
        if came.purpose is Purpose.LINK:
            _keep(request, came.shown, came.onward, at)
            return HttpResponseRedirect(account_page("linked/confirm"))
        account = actions.use_linked(shown=came.shown, at=at)
    except Refusal as refusal:
        return _failed(request, refusal, "/")
    if account is None:
        _keep(request, came.shown, came.onward, at)
        return HttpResponseRedirect("/login/outside")
    if wrong_door(account):
        raise Forbidden("identity.outside_door", msg("这个账号不能从这里登录。"))
    if queries.asks_code(account.id):
        return begin_second(request, account.id, Method.LINKED, came.onward, at)
    entering.enter(request, account, methods=[Method.LINKED], at=at)
    return HttpResponseRedirect(came.onward)


def _failed(request: HttpRequest, refusal: Refusal, onward: str) -> HttpResponse:
    """The sign-in page says why it did not work (没有登录成); every other way stands beside it. Who is in already reads it at her list."""
    if own_actor_of(request).id is not None and not isinstance(refusal, NotFound):
        say(request, "bad", _("没有办成"), str(translated(refusal)))
        return HttpResponseRedirect(account_page("linked"))
    typed = {"login": "", "next": onward}
    return render(request, "web/login.html", {"typed": typed, "refusal": refusal}, status=refusal.status)


def _keep(request: HttpRequest, shown: Shown, onward: str, at: datetime) -> None:
    kept = json.dumps({"shown": asdict(shown), "onward": onward, "at": at.isoformat()})
    request.session[_SHOWN] = encrypt(_PURPOSE, kept).hex()


def _kept(request: HttpRequest) -> tuple[Shown, str] | None:
    """(the outside account that was shown in this browser a moment ago, where to go on), or None."""
    try:
        found = json.loads(decrypt(_PURPOSE, bytes.fromhex(request.session.get(_SHOWN, ""))))
    except (Unreadable, ValueError):
        return None
    if now() - datetime.fromisoformat(found["at"]) > SHOWN_LIVES:
        return None
    return Shown(**found["shown"]), found["onward"]


def _named(shown: Shown) -> str:
    name = next((one.name for one in queries.offered_providers() if one.key == shown.provider), "")
    return f"{name}（{shown.label}）" if shown.label else name


def _again(request: HttpRequest) -> HttpResponse:
    say(request, "note", _("请重新登录外部账号"), _("上一次已经过了 20 分钟，或者已经用过。"))
    return HttpResponseRedirect("/login")


@require_safe
def unknown(request: HttpRequest) -> HttpResponse:
    """An outside account that is linked to none of ours (没有关联过的外部账号): open a new one, or sign in and link it."""
    kept = _kept(request)
    if kept is None:
        return _again(request)
    login = f"/login?{urlencode({'next': account_page('linked/confirm')})}"
    return show(request, "outside_unknown", {"name": _named(kept[0]), "login_url": login})


@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Open an account by an outside one (用外部账号注册): who one says one is and a login; a password may wait."""
    kept = _kept(request)
    if kept is None:
        return _again(request)
    shown, onward = kept
    typed = typed_of(request, "name", "id_number", "phone", "login")
    refusal: Refusal | None = None
    if request.method == "POST":
        at = now()
        try:
            actions.register_person(**typed, password="", at=at, outside=shown)
        except Refusal as problem:
            refusal = problem
        else:
            request.session.pop(_SHOWN, None)
            return opened(request, typed["login"], Method.LINKED, onward, at)
    login = field(
        "login",
        _("登录名"),
        typed,
        refusal,
        help=_("给账号起个名字，最多 60 个字。以后可以再设密码。"),
        autocomplete="username",
        maxlength=60,
    )
    context = {"fields": [*person_fields(typed, refusal), login], "onward": onward, "outside": _named(shown)}
    return show(request, "register", context, refusal)


@own
@require_http_methods(["GET", "HEAD"])
def linked(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Outside accounts of mine (我的外部账号), and providers at which I may have one."""
    found = [
        {"one": one, "unlink_url": account_page(f"linked/{one.id}/unlink")}
        for one in queries.linked_of(actor)
    ]
    only = queries.ways_of(queries.own_account(actor).id).stand_alone == 1
    context = {"linked": found, "only": only, "ways_url": account_page("ways")}
    return show(request, "linked", context)


@own
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Link the outside account that was just shown (确认关联): said whose it is, and the owner herself is there."""
    kept = _kept(request)
    if kept is None:
        say(request, "note", _("请重新登录外部账号"), _("上一次已经过了 20 分钟，或者已经用过。"))
        return HttpResponseRedirect(account_page("linked"))
    shown, _onward = kept
    ensure_level(actor, "identity.link")
    account = queries.own_account(actor)

    def link() -> HttpResponse:
        actions.link_account(actor=actor, shown=shown, at=now())
        request.session.pop(_SHOWN, None)
        say(request, "ok", _("外部账号关联好了"), _("以后可以用它登录。"))
        return HttpResponseRedirect(account_page("linked"))

    words = {
        "title": _("关联外部账号"),
        "text": _("把“%(name)s”关联到您的账号“%(login)s”。以后用它就能登录。")
        % {"name": _named(shown), "login": account.login},
        "word": _("关联"),
    }
    return _present(request, actor, words, link)


@own
@require_http_methods(["GET", "HEAD", "POST"])
def unlink(request: HttpRequest, actor: Actor, linked_id: Any) -> HttpResponse:
    """Take an outside account off (解除外部账号)."""
    one = next((one for one in queries.linked_of(actor) if one.id == linked_id), None)

    def take_off() -> HttpResponse:
        actions.unlink_account(actor=actor, linked_id=linked_id, at=now())
        say(request, "ok", _("外部账号已经解除"))
        return HttpResponseRedirect(account_page("linked"))

    if one is None:
        return take_off()  # which says that there is no such one
    name = f"{one.provider}（{one.label}）" if one.label else one.provider
    words = {
        "title": _("解除外部账号"),
        "text": _("解除以后，“%(name)s”不能再登录您的账号。") % {"name": name},
        "word": _("解除"),
    }
    return _present(request, actor, words, take_off)


def _present(request: HttpRequest, actor: Actor, words: dict[str, str], act: Any) -> HttpResponse:
    """A page on which the owner shows that she is there, and then acts (本人在场才办)."""
    typed = typed_of(request, "sms", longest=20)
    refusal: Refusal | None = None
    sent = "sent" in request.POST
    if request.method == "POST":
        try:
            if is_here(request, actor):
                done: HttpResponse = act()
                return done
            sent = True
        except Conflict as problem:
            refusal, sent = problem, False
        except Refusal as problem:
            refusal = problem
    fields = presence_fields(actor, sent, typed, refusal)
    asks = any(one["name"] == "sms" for one in fields)
    context = {**words, "fields": fields, "asks_message": asks, "sent": sent}
    return show(request, "present", {**context, "back_url": account_page("linked")}, refusal)
