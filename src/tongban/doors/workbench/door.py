"""Who comes in (进门检查): staff who hold a post; everybody else gets a clear page."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import quote

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from tongban.base.actor import Actor, ActorKind
from tongban.doors.web.middleware import actor_of
from tongban.doors.web.signing import SECRET

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
StaffView = Callable[Concatenate[HttpRequest, Actor, P], HttpResponseBase]

_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
_VERSION = re.compile(r"[0-9]{1,9}")
OURS = frozenset({"csrfmiddlewaretoken", "key", "version", "preview", "edit"}) | SECRET
NO_VERSION = 0  # no case has it: whoever sends none has seen nothing


def staff(view: StaffView[P]) -> View[P]:
    """Only for staff with a post (仅限工作人员): a stranger signs in first, and finds what was typed on the way."""

    @wraps(view)
    def handle(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        actor = actor_of(request)
        if actor.kind is ActorKind.PUBLIC:
            login = f"/login?next={quote(request.get_full_path(), safe='/')}"
            if request.method in ("GET", "HEAD"):
                return HttpResponseRedirect(login)
            return render(
                request, "workbench/expired.html", {"login": login, "typed": typed_in(request)}, status=403
            )
        if not actor.posts:
            return render(request, "workbench/no_posts.html", status=403)
        return view(request, actor, *args, **kwargs)

    return handle


def typed_in(request: HttpRequest) -> list[str]:
    """Every longer text of a sent form (已填文字), so that a refusal loses none of it."""
    texts = ((name, str(value)) for name, value in request.POST.items())
    return [text for name, text in texts if name not in OURS and text.strip() and text != "on"]


def now() -> datetime:
    """The moment of a request (此刻), read once and passed on."""
    return datetime.now(UTC)


def day_of(at: datetime) -> date:
    """The day in China on which a moment lies (当日)."""
    return timezone.localtime(at).date()


def key_of(request: HttpRequest) -> str | None:
    """The form's own key (幂等键), or None where it is none that we gave."""
    given = request.POST.get("key", "")
    return given if _KEY.fullmatch(given) else None


def version_of(request: HttpRequest) -> int:
    """The version that the sender saw (所见版本)."""
    given = request.POST.get("version", "")
    return int(given) if _VERSION.fullmatch(given) and given.isascii() else NO_VERSION
