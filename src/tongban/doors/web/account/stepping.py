"""Stepping up in place (当场提升等级): an act that needs a higher level asks for what is missing, and goes on with all that was typed.

What was sent is kept in the browser's session, encrypted, while its owner proves who she is; afterwards one press sends it again.
Works without JavaScript.
"""

import json
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tongban.base.actor import Actor
from tongban.base.crypto import Unreadable, decrypt, encrypt
from tongban.base.errors import Forbidden, Invalid, Refusal
from tongban.doors.web import entering
from tongban.doors.web.account.addresses import account_page
from tongban.doors.web.account.own import field, now, own, say, show, typed_of
from tongban.doors.web.account.passkeys import signed_account
from tongban.doors.web.account.presence import strongly_here
from tongban.doors.web.middleware import Handler
from tongban.doors.web.templatetags.tongban import translated
from tongban.doors.web.views import next_of
from tongban.people.identity import actions, queries
from tongban.people.identity.rules import LEVEL_LABELS, Level, Method
from tongban.people.identity.rules.acts import LevelTooLow
from tongban.standards.text import msg

_KEPT = "kept_form"
_PURPOSE = "stepup.kept"
_LONGEST = 500_000  # [O] characters of a form that are kept
_NOT_KEPT = frozenset({"csrfmiddlewaretoken", "password", "again", "repeated"})


_STRONG = "strong"  # in the place of a level: whatever the account's, shown by more than a password


def address(level: str, onward: str) -> str:
    """Address of the step-up page (提升等级地址) that leads on to ``onward``."""
    return f"/stepup?{urlencode({'level': level, 'next': onward})}"


class Ask:
    """Whatever was refused because the level is too low (等级不够的拒绝) leads to the step-up page: the last of the middleware."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve (应答)."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """To the step-up page, where it helps (去提升等级)."""
        return ask(request, exception) if isinstance(exception, LevelTooLow) else None


def ask(request: HttpRequest, refusal: LevelTooLow) -> HttpResponse:
    """Keep what was sent and ask for what is missing (去提升等级)."""
    onward = request.get_full_path()
    if request.method == "POST":
        _keep(request, onward)
    return HttpResponseRedirect(address(_STRONG if refusal.strong else str(int(refusal.needed)), onward))


def _keep(request: HttpRequest, onward: str) -> None:
    try:
        sent = [
            [name, value]
            for name, values in request.POST.lists()
            for value in values
            if name not in _NOT_KEPT
        ]
    except (SuspiciousOperation, MultiPartParserError, UnreadablePostError):
        return
    text = json.dumps({"next": onward, "fields": sent}, ensure_ascii=False)
    if len(text) <= _LONGEST:
        request.session[_KEPT] = encrypt(_PURPOSE, text).hex()


def _kept(request: HttpRequest, onward: str) -> list[list[str]] | None:
    """The form that was sent to this address and waits (待续表单), or None."""
    try:
        found = json.loads(decrypt(_PURPOSE, bytes.fromhex(request.session.get(_KEPT, ""))))
    except (Unreadable, ValueError):
        return None
    return found["fields"] if found["next"] == onward else None


def _level_of(request: HttpRequest) -> str:
    given = request.POST.get("level") or request.GET.get("level") or ""
    return given if given in ("2", _STRONG) else "3"


def _reached(actor: Actor, needed: str) -> bool:
    return strongly_here(actor) if needed == _STRONG else actor.level >= int(needed)


@own
@require_http_methods(["GET", "HEAD", "POST"])
def step_up(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What is missing for a level (提升等级), and on to where it was needed."""
    onward, needed = next_of(request, account_page()), _level_of(request)
    refusal: Refusal | None = None
    if request.method == "POST" and not _reached(actor, needed):
        code = typed_of(request, "code", longest=40)["code"]
        browser = entering.browser_of(request)
        try:
            account_id = queries.own_account(actor).id
            if not actions.check_code(account_id=account_id, code=code, browser=browser, at=now()):
                problem = msg("不对，或者已经用过。请等下一个动态码再试，或者用一个恢复码。")
                raise Invalid("identity.code", problem, fields={"code": [problem]})
            actions.lift_session(actor=actor, method=Method.ONE_TIME, at=now())
        except Refusal as problem_found:
            refusal = problem_found
        else:
            return HttpResponseRedirect(address(needed, onward))
    if _reached(actor, needed):
        return _go_on(request, onward)
    return _missing(request, actor, needed, onward, refusal)


def _go_on(request: HttpRequest, onward: str) -> HttpResponse:
    fields = _kept(request, onward)
    if fields is None:
        return HttpResponseRedirect(onward)
    return show(request, "stepped", {"onward": onward, "kept": fields})


def _missing(
    request: HttpRequest, actor: Actor, needed: str, onward: str, refusal: Refusal | None
) -> HttpResponse:
    account = queries.own_account(actor)
    ways = queries.ways_of(account.id)
    here = address(needed, onward)
    level = Level.UNPROVEN if needed == _STRONG else Level(int(needed))
    code = field(
        "code",
        _("动态码"),
        {},
        refusal,
        help=_("手机上现在显示的 6 位数字；手机不在身边，填一个恢复码。"),
        width="s",
        maxlength=40,
        autocomplete="one-time-code",
    )
    context: dict[str, Any] = {
        "needed": translated(LEVEL_LABELS[Level.ADVANCED if needed == _STRONG else level]),
        "strong": needed == _STRONG,
        "level": needed,
        "onward": onward,
        "proven": account.level >= level,
        "at_counter": account.level < level and level is Level.ADVANCED,
        "ways": ways,
        "code": code if ways.totp_since else None,
        "kept": _kept(request, onward) is not None,
        "proofs_url": f"{account_page('proofs')}?{urlencode({'next': here})}",
        "totp_url": f"{account_page('ways/totp')}?{urlencode({'next': here})}",
        "passkey_url": f"{account_page('ways/passkey')}?{urlencode({'next': here})}",
        "here": here,
    }
    return show(request, "stepup", context, refusal)


@own
@require_POST
def with_passkey(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show with a passkey that it is the owner (通行密钥提升)."""
    onward, needed = next_of(request, account_page()), _level_of(request)
    try:
        account = signed_account(request)
        if account.id != actor.id:
            raise Forbidden("identity.passkey_of_another", msg("这个通行密钥是别的账号的。"))
        actions.lift_session(actor=actor, method=Method.PASSKEY, at=now())
    except Refusal as refusal:
        say(request, "bad", _("没有用上通行密钥"), str(translated(refusal)))
    return HttpResponseRedirect(address(needed, onward))
