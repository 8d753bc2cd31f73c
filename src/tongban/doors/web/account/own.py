"""Only for whoever is signed in (须登录): what every page of an account begins and ends with."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from tongban.base.actor import Actor
from tongban.base.errors import Refusal
from tongban.doors.web import errors
from tongban.doors.web.account.addresses import account_page
from tongban.doors.web.middleware import own_actor_of
from tongban.doors.web.templatetags.tongban import translated
from tongban.people.identity.rules.acts import LevelTooLow

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
OwnView = Callable[Concatenate[HttpRequest, Actor, P], HttpResponse]


def now() -> datetime:
    """The moment of a request (此刻), read once and passed on."""
    return datetime.now(UTC)


def own(view: OwnView[P]) -> View[P]:
    """Only for whoever is signed in (须登录), proven or not; others sign in first and come back."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        actor = own_actor_of(request)
        if actor.id is None:
            login = f"/login?next={quote(request.get_full_path(), safe='/')}"
            if request.method == "POST" and errors.typed_in(request):
                return errors.signed_out(request, login)
            return HttpResponseRedirect(login)
        return view(request, actor, *args, **kwargs)

    return guarded


def say(request: HttpRequest, kind: str, title: str, text: str = "") -> None:
    """Say something once on the next page (一次性提示)."""
    request.session["notice"] = {"kind": kind, "title": title, "text": text}


def show(
    request: HttpRequest, template: str, context: dict[str, Any], refusal: Refusal | None = None
) -> HttpResponse:
    """A page of the account (账号页); with a refusal it says so, at its fields where it names some."""
    if isinstance(refusal, LevelTooLow):
        raise refusal  # the middleware asks for what is missing, and keeps what was typed
    listed = (
        [{"name": name, "text": text} for name, texts in refusal.fields.items() for text in texts]
        if refusal
        else []
    )
    more = {
        "account_url": account_page(),
        "errors": listed,
        "refusal": refusal if refusal and not listed else None,
    }
    status = refusal.status if refusal else 200
    return render(request, f"web/account/{template}.html", {**more, **context}, status=status)


def field(
    name: str,
    label: str,
    typed: dict[str, str],
    refusal: Refusal | None = None,
    kind: str = "text",
    **more: Any,
) -> dict[str, Any]:
    """A field of such a page (字段), with what was typed and what is wrong with it."""
    problems = refusal.fields.get(name, []) if refusal else []
    return {
        "name": name,
        "label": label,
        "type": kind,
        "value": typed.get(name, ""),
        "errors": [translated(problem) for problem in problems],
        "required": True,
        "width": "m",
        **more,
    }


def typed_of(request: HttpRequest, *names: str, longest: int = 200) -> dict[str, str]:
    """What was typed into these fields (已填内容), bounded."""
    return {name: str(request.POST.get(name, ""))[:longest] for name in names}
