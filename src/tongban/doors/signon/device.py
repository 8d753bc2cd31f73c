"""The page on which somebody lets a terminal in (终端登录, RFC 8628): type its code, read what is asked, agree or not."""

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.base.errors import Refusal
from tongban.doors.signon.issuer import audience, now
from tongban.doors.signon.shown import shares_shown
from tongban.doors.web import entering
from tongban.doors.web.middleware import own_actor_of
from tongban.people.identity.rules import LEVEL_LABELS
from tongban.people.parties import queries as parties
from tongban.people.signon import actions, queries
from tongban.people.signon.rules.devices import shown

_PAGE = "/oidc/device"


@require_http_methods(["GET", "HEAD", "POST"])
def device(request: HttpRequest) -> HttpResponse:
    """Let a terminal in (终端登录)."""
    typed = (request.POST.get("user_code") or request.GET.get("user_code") or "")[:20]
    actor, at = own_actor_of(request), now()
    who = queries.signed_in(actor.session_id)
    if who is None:
        address = f"{_PAGE}?user_code={quote(typed)}" if typed else _PAGE
        return HttpResponseRedirect(f"/login?next={quote(address)}")
    if request.method != "POST":
        return _form(request, typed, "")
    address = entering.address_of(request)
    try:
        found = actions.terminal_of(actor=actor, typed=typed, audience=audience(), address=address, at=at)
    except Refusal as refusal:
        return _form(request, typed, _(refusal.message), refusal.status)
    if found is None:
        return _form(request, typed, _("没有这个代码，或者已经过期。请看清终端上显示的代码。"), 422)
    if who.level < found.system.kept.level:
        needed = _(LEVEL_LABELS[type(who.level)(found.system.kept.level)])
        return _form(
            request, typed, _("这个终端需要“%(level)s”，请先提升实名等级。") % {"level": needed}, 403
        )
    decision = {"yes": True, "no": False}.get(request.POST.get("decision", ""))
    if decision is None:
        context = {
            "system": found.system.kept.name,
            "organ": parties.organ(found.system.organ_id).name,
            "code": shown(found.user_code),
            "shares": shares_shown(found.shares(), found.system.kept),
        }
        return render(request, "signon/terminal.html", context)
    done = actions.answer_device(actor=actor, terminal=found, who=who, allowed=decision, at=at)
    if not done:
        return _form(request, typed, _("这个代码刚刚失效了，请在终端上重新开始。"), 409)
    return render(
        request, "signon/terminal_done.html", {"allowed": decision, "system": found.system.kept.name}
    )


def _form(request: HttpRequest, typed: str, problem: str, status: int = 200) -> HttpResponse:
    field = {
        "name": "user_code",
        "label": _("终端上显示的代码"),
        "help": _("八个字母，大小写都可以。"),
        "value": typed,
        "required": True,
        "maxlength": 20,
        "autocomplete": "off",
        "width": "m",
        "errors": [problem] if problem else [],
    }
    return render(request, "signon/device.html", {"field": field}, status=status)
