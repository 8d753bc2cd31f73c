"""Who stands at the counter (窗口核验身份): a clerk sees the document, and the account is known to be hers."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.base.actor import Actor
from tongban.base.errors import Forbidden, Refusal
from tongban.doors.web.account.own import field, typed_of
from tongban.doors.workbench.door import now, staff
from tongban.people.identity import actions
from tongban.people.identity.rules import Role
from tongban.standards.text import msg

PAGE = "/counter/people"


def document_fields(typed: dict[str, str], refusal: Refusal | None) -> list[dict[str, object]]:
    """The fields that a clerk fills in from the document (证件字段)."""
    return [
        field("name", _("姓名"), typed, refusal, help=_("照证件填。"), maxlength=60, autocomplete="off"),
        field("id_number", _("身份证号码"), typed, refusal, maxlength=20, autocomplete="off"),
        field(
            "login",
            _("登录名"),
            typed,
            refusal,
            help=_("刚在网上注册、还没有核验过的人才填。"),
            required=False,
            maxlength=60,
            autocomplete="off",
        ),
    ]


def _seen(request: HttpRequest) -> None:
    if "seen" not in request.POST:
        problem = msg("请先当面看过证件原件。")
        raise Forbidden("identity.document_seen", problem, fields={"seen": [problem]})


def _page(
    request: HttpRequest, typed: dict[str, str], refusal: Refusal | None, recovering: bool
) -> HttpResponse:
    seen = field("seen", _("我当面看过证件原件，是本人"), {}, refusal, "checkbox")
    listed = refusal.fields.items() if refusal else ()
    context = {
        "fields": [*document_fields(typed, refusal), seen],
        "errors": [{"name": name, "text": text} for name, texts in listed for text in texts],
        "refusal": refusal if refusal and not refusal.fields else None,
        "recovering": recovering,
    }
    return render(request, "workbench/people.html", context, status=refusal.status if refusal else 200)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def identify(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Raise an account to the advanced level (窗口实名)."""
    if not actor.organs_as(Role.CLERK):
        raise Forbidden("identity.counter", msg("只有窗口受理人员能当面核验身份。"))
    typed = typed_of(request, "name", "id_number", "login")
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            _seen(request)
            actions.prove_at_counter(actor=actor, at=now(), **typed)
        except Refusal as found:
            refusal = found
        else:
            told = _("账号现在是高级实名，可以办所有的事。")
            request.session["notice"] = {"kind": "ok", "title": _("核验好了"), "text": told}
            return HttpResponseRedirect(PAGE)
    return _page(request, typed, refusal, recovering=False)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def recover(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Give an account back to its owner (窗口找回账号): a code, shown once, with which she sets a new password."""
    if not actor.organs_as(Role.CLERK):
        raise Forbidden("identity.counter", msg("只有窗口受理人员能当面核验身份。"))
    typed = typed_of(request, "name", "id_number", "login")
    if request.method != "POST":
        return _page(request, typed, None, recovering=True)
    try:
        _seen(request)
        login, code = actions.recover_at_counter(actor=actor, at=now(), **typed)
    except Refusal as refusal:
        return _page(request, typed, refusal, recovering=True)
    address = f"{settings.PUBLIC_URL}/recover"
    return render(request, "workbench/people_code.html", {"login": login, "code": code, "address": address})
