"""Getting an account back, making one of two, and leaving (找回、合并、注销)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Refusal
from tongban.doors.web import entering
from tongban.doors.web.account.addresses import account_page
from tongban.doors.web.account.own import field, now, own, say, show, typed_of
from tongban.doors.web.templatetags.tongban import translated
from tongban.people.identity import actions
from tongban.people.identity.rules import Method
from tongban.people.identity.rules.acts import ensure_level
from tongban.people.identity.rules.leaving import FATES
from tongban.standards.text import msg
from tongban.work.cases import queries as cases
from tongban.work.cases.rules.moves import OPEN


@require_http_methods(["GET", "HEAD", "POST"])
def redeem(request: HttpRequest) -> HttpResponse:
    """Set a password with the code that was handed out (凭一次性码设密码): by a counter, or to officials by their personnel officer."""
    official = settings.DOOR == "workbench"
    typed = typed_of(request, "login", "code", longest=60)
    refusal: Refusal | None = None
    if request.method == "POST":
        at = now()
        try:
            account = actions.redeem(
                login=typed["login"],
                code=typed["code"],
                password=request.POST.get("password", "")[:200],
                address=entering.address_of(request),
                at=at,
                official=official,
            )
        except Refusal as problem:
            refusal = problem
        else:
            # Whoever saw a clerk a moment ago is known by that; a joiner has shown that she knows her password.
            entering.enter(request, account, methods=[Method.PASSWORD if official else Method.COUNTER], at=at)
            say(request, "ok", _("密码设好了"), _("请再绑定动态码或者通行密钥，账号更安全。"))
            return HttpResponseRedirect(account_page("ways"))
    fields = [
        field("login", _("登录名"), typed, refusal, autocomplete="username", maxlength=60),
        field(
            "code",
            _("一次性码"),
            typed,
            refusal,
            help=_("人事管理人员给您的 12 位码。") if official else _("窗口工作人员给您的 12 位码。"),
            maxlength=20,
            autocomplete="off",
        ),
        field(
            "password",
            _("新密码"),
            {},
            refusal,
            "password",
            help=_("至少 8 个字符。"),
            autocomplete="new-password",
            maxlength=200,
        ),
    ]
    return show(request, "redeem", {"fields": fields, "official": official}, refusal)


@own
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Leave (注销): what is erased and what is kept stands before the button."""
    refusal: Refusal | None = None
    if request.method == "POST":
        ensure_level(actor, "identity.leave")
        try:
            if any(row.state in OPEN for row in cases.mine(actor)):
                raise Conflict("identity.leave_open", msg("还有没办完的件。请等它们办完，或者先撤回。"))
            actions.leave(actor=actor, at=now())
        except Refusal as problem:
            refusal = problem
        else:
            request.session.flush()
            say(request, "ok", _("账号已经注销"), _("需要的时候，可以用同一身份证重新注册。"))
            return HttpResponseRedirect("/")
    fates = [
        {"what": translated(one.what), "erased": one.erased, "why": translated(one.why)} for one in FATES
    ]
    return show(request, "leave", {"fates": fates}, refusal)


@own
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Make one of two accounts (合并账号): the unproven one ends in the one its owner has."""
    typed = typed_of(request, "login", "code", longest=60)
    refusal: Refusal | None = None
    if request.method == "POST":
        at = now()
        try:
            account = actions.merge(
                actor=actor,
                login=typed["login"],
                password=request.POST.get("password", "")[:200],
                code=typed["code"],
                address=entering.address_of(request),
                browser=entering.browser_of(request),
                at=at,
            )
        except Refusal as problem:
            refusal = problem
        else:
            request.session.flush()
            methods = [Method.PASSWORD, Method.ONE_TIME] if typed["code"].strip() else [Method.PASSWORD]
            entering.enter(request, account, methods=methods, at=at)
            say(request, "ok", _("两个账号合成了一个"))
            return HttpResponseRedirect(account_page())
    fields = [
        field("login", _("原来账号的登录名"), typed, refusal, autocomplete="username", maxlength=60),
        field(
            "password", _("它的密码"), {}, refusal, "password", autocomplete="current-password", maxlength=200
        ),
        field(
            "code",
            _("动态码"),
            typed,
            refusal,
            help=_("原来的账号绑定过动态码才填。"),
            required=False,
            width="s",
            maxlength=40,
            autocomplete="one-time-code",
        ),
    ]
    return show(request, "merge", {"fields": fields}, refusal)
