"""Ways of signing in (登录方式): the list, one-time codes, the password."""

from typing import Any

import pyotp
import segno
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tongban.base.actor import Actor
from tongban.base.errors import Invalid, Refusal
from tongban.doors.web.account.addresses import account_page
from tongban.doors.web.account.own import field, now, own, say, show, typed_of
from tongban.doors.web.account.presence import (
    ensure_present,
    ensure_strong,
    is_here,
    presence_fields,
    send_code,
)
from tongban.doors.web.views import next_of
from tongban.people.identity import actions, queries
from tongban.people.identity.rules import Method
from tongban.standards.text import msg

_WAYS = "ways"


@own
@require_http_methods(["GET", "HEAD"])
def ways(request: HttpRequest, actor: Actor) -> HttpResponse:
    """How I sign in (登录方式)."""
    found = queries.ways_of(queries.own_account(actor).id)
    return show(request, "ways", {"ways": found, "base_url": account_page(_WAYS)})


@own
@require_http_methods(["GET", "HEAD", "POST"])
def totp(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Bind one-time codes (绑定动态码): scan, type the first code, keep the recovery codes."""
    at = now()
    onward = next_of(request, account_page(_WAYS))
    secret = actions.begin_totp(actor=actor, at=at)
    typed = typed_of(request, "code", "sms", longest=20)
    refusal: Refusal | None = None
    sent = "sent" in request.POST
    if request.method == "POST":
        try:
            if is_here(request, actor):
                codes = actions.confirm_totp(actor=actor, code=typed["code"], at=at)
                if actor.session_id is not None:
                    actions.lift_session(actor=actor, method=Method.ONE_TIME, at=at)
                return show(request, "codes", {"codes": codes, "onward": onward})
            sent = True
        except Refusal as problem:
            refusal = problem
    uri = pyotp.TOTP(secret).provisioning_uri(name=queries.own_account(actor).login, issuer_name="通办")
    fields = [
        field(
            "code",
            _("动态码"),
            typed,
            refusal,
            help=_("手机上现在显示的 6 位数字。"),
            width="s",
            maxlength=8,
            inputmode="numeric",
            autocomplete="off",
        ),
        *presence_fields(actor, sent, typed, refusal),
    ]
    context = {
        "qr": segno.make(uri, error="m").svg_data_uri(scale=4, border=2),
        "secret": " ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
        "uri": uri,
        "fields": fields,
        "asks_message": any(one["name"] == "sms" for one in fields),
        "sent": sent,
        "onward": onward,
        "back_url": account_page(_WAYS),
    }
    return show(request, "totp", context, refusal)


@own
@require_POST
def remove_totp(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Take the one-time codes away (去掉动态码); asked of a session that showed more than a password."""
    ensure_strong(actor)
    actions.remove_totp(actor=actor, at=now())
    say(request, "ok", _("动态码已经去掉"))
    return HttpResponseRedirect(account_page(_WAYS))


@own
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Change the password (改密码), or set the first; all other devices are signed out."""
    refusal: Refusal | None = None
    typed, sent = typed_of(request, "sms", longest=20), "sent" in request.POST
    known = queries.ways_of(queries.own_account(actor).id).has_password
    if request.method == "POST":
        try:
            if "send" in request.POST and not known:
                send_code(actor)
                sent = True
            else:
                _change(request, actor, known)
                say(request, "ok", _("密码改好了") if known else _("密码设好了"), _("别的设备都已经退出。"))
                return HttpResponseRedirect(account_page(_WAYS))
        except Refusal as problem:
            refusal = problem
    shown = [] if known else presence_fields(actor, sent, typed, refusal)
    context = {
        "fields": _password_fields(refusal, known) + shown,
        "known": known,
        "asks_message": any(one["name"] == "sms" for one in shown),
        "sent": sent,
        "back_url": account_page(_WAYS),
    }
    return show(request, "password", context, refusal)


def _password_fields(refusal: Refusal | None, known: bool) -> list[dict[str, Any]]:
    """The new password twice, after the present one where there is one (改密码字段)."""
    shapes = (
        ("again", _("现在的密码"), "", "current-password"),
        ("password", _("新密码"), _("至少 8 个字符。"), "new-password"),
        ("repeated", _("新密码再输一次"), "", "new-password"),
    )
    return [
        field(name, label, {}, refusal, "password", help=told, autocomplete=complete, maxlength=200)
        for name, label, told, complete in shapes
        if known or name != "again"
    ]


def _change(request: HttpRequest, actor: Actor, known: bool) -> None:
    typed = {name: request.POST.get(name, "")[:200] for name in ("again", "password", "repeated")}
    if typed["password"] != typed["repeated"]:
        problem = msg("两次输的不一样，请再输一次。")
        raise Invalid("identity.repeated", problem, fields={"repeated": [problem]})
    if known:
        if not actions.password_fits(
            actor=actor, password=typed["again"], address=str(request.META.get("REMOTE_ADDR", "")), at=now()
        ):
            problem = msg("密码不对，请再试一次。")
            raise Invalid("identity.again", problem, fields={"again": [problem]})
    else:
        ensure_present(request, actor)
    actions.change_password(actor=actor, password=typed["password"], at=now())
