"""Pages and switches that belong to no door alone (共用页面): health, language, type size, sign-in, the living page."""

import uuid
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.base.errors import Invalid, Refusal
from tongban.doors.web import entering
from tongban.doors.web.samples import samples
from tongban.people.identity import actions as identity
from tongban.people.identity import queries as identities
from tongban.people.identity.rules import Method
from tongban.people.places import queries as places
from tongban.people.places.rules import PROVINCE
from tongban.standards.text import msg

if TYPE_CHECKING:
    from tongban.people.identity.models import Account

HALF = (
    "half_signed_in"  # under which a browser's session keeps whose password was right, until the code comes
)
_HALF_LIVES = timedelta(minutes=10)  # [O]

_YEAR = 365 * 24 * 3600


def next_of(request: HttpRequest, default: str = "/") -> str:
    """Where to go on (返回地址): ``next`` if it is an address of this door, otherwise ``default``."""
    wanted = str(request.POST.get("next") or request.GET.get("next") or "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    return wanted if safe else default


@lru_cache(maxsize=10_000)
def _place_name(code: str) -> str:
    found = places.find(code)
    if found is None:
        return ""
    return found.name


def place_of(request: HttpRequest) -> tuple[str, str]:
    """(code, name) of the place that the visitor chose (访客所在地), the province where none was."""
    code = request.COOKIES.get("tongban_place", PROVINCE)
    code = code if len(code) == 12 and code.isascii() and code.isdigit() else PROVINCE
    return code, _place_name(code)


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Whether this door serves and reaches its database (健康检查)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


def remember(request: HttpRequest, name: str, value: str) -> HttpResponse:
    """Remember a choice in a cookie for a year (记住选择) and go on to ``next``."""
    response = HttpResponseRedirect(next_of(request))
    response.set_cookie(
        name, value, max_age=_YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
    )
    return response


@require_safe
def language(request: HttpRequest, code: str) -> HttpResponse:
    """Choose the language (切换语言)."""
    known = dict(settings.LANGUAGES)
    return remember(request, settings.LANGUAGE_COOKIE_NAME, code if code in known else settings.LANGUAGE_CODE)


@require_safe
def elderly(request: HttpRequest, switch: str) -> HttpResponse:
    """Large type on or off (大字版)."""
    return remember(request, "tongban_elderly", "on" if switch == "on" else "off")


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in (登录). People at the portal, officials at the workbench; the wrong door says so."""
    hint = request.GET.get("login_hint", "") if request.method == "GET" else ""
    typed = {"login": request.POST.get("login", hint)[:60], "next": next_of(request)}
    if request.method != "POST":
        return render(request, "web/login.html", {"typed": typed})
    now = datetime.now(UTC)
    try:
        account = identity.sign_in(
            login=typed["login"],
            password=request.POST.get("password", "")[:200],
            address=entering.address_of(request),
            browser=entering.browser_of(request),
            at=now,
        )
    except Refusal as refusal:
        return render(request, "web/login.html", {"typed": typed, "refusal": refusal}, status=refusal.status)
    wrong = wrong_door(account)
    if wrong:
        return render(request, "web/login.html", {"typed": typed, "wrong_door": wrong}, status=403)
    if identities.asks_code(account.id):
        return begin_second(request, account.id, Method.PASSWORD, typed["next"], now)
    entering.enter(request, account, methods=[Method.PASSWORD], at=now)
    return HttpResponseRedirect(typed["next"])


def begin_second(
    request: HttpRequest, account_id: uuid.UUID, method: Method, onward: str, at: datetime
) -> HttpResponse:
    """On to the second half of signing in (去第二步) of somebody who has shown ``method``."""
    kept = {"account": str(account_id), "method": method.value, "at": at.isoformat(), "next": onward}
    request.session[HALF] = kept
    return HttpResponseRedirect("/login/code")


def wrong_door(account: "Account") -> str:
    """What to say to an account that belongs at another door (走错门), or ''."""
    if bool(account.staff_name) == (settings.DOOR == "workbench"):
        return ""
    if account.staff_name:
        return _("这个账号是工作人员账号，请从工作台登录。")
    return _("这个账号是办事人账号，请从门户登录。")


@require_http_methods(["GET", "HEAD", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """The second half of signing in (第二步): a one-time code or a recovery code after the right password, or an outside account."""
    half = request.session.get(HALF)
    now = datetime.now(UTC)
    if not half or now - datetime.fromisoformat(half["at"]) > _HALF_LIVES:
        request.session.pop(HALF, None)
        return HttpResponseRedirect("/login")
    if request.method != "POST":
        return render(request, "web/login_code.html")
    account = identities.active_account(uuid.UUID(half["account"]))
    try:
        code = request.POST.get("code", "")[:40]
        browser = entering.browser_of(request)
        found = account and identity.check_code(account_id=account.id, code=code, browser=browser, at=now)
        if account is None or not found:
            problem = msg("不对，或者已经用过。请等下一个动态码再试，或者用一个恢复码。")
            raise Invalid("identity.code", problem, fields={"code": [problem]})
    except Refusal as refusal:
        return render(request, "web/login_code.html", {"refusal": refusal}, status=refusal.status)
    del request.session[HALF]
    entering.enter(request, account, methods=[Method(half["method"]), Method.ONE_TIME], at=now)
    return HttpResponseRedirect(half["next"])


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out (退出)."""
    entering.leave(request, at=datetime.now(UTC))
    return HttpResponseRedirect("/")


@require_safe
def living(request: HttpRequest) -> HttpResponse:
    """The living page (样式一览): every part in all its states, with sample content; open to everybody."""
    return render(request, "web/living.html", {"sample": samples()})
