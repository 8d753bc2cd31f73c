"""What every page is told about itself (页面环境)."""

from collections.abc import Callable, Container
from functools import cache
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.utils.translation import get_language

from tongban.doors.web.account.addresses import account_page
from tongban.doors.web.middleware import ACTING, actor_of, name_of, visitor_of
from tongban.doors.web.views import place_of
from tongban.offers.catalogue.queries import waiting_for
from tongban.people.identity.queries import offered_providers
from tongban.work.cases.queries import unread

Shown = dict[str, str]


def page(request: HttpRequest) -> dict[str, object]:
    """``page`` in every template: door, language, place, size of type, who is signed in.

    The page that tells of a lost database asks the database nothing.
    """
    blind = getattr(request, "without_database", False)
    code, name = ("", "") if blind else place_of(request)
    session = () if blind else _session(request)
    acting = _acting(request) if ACTING in session else None
    return {
        "page": {
            "door": settings.DOOR,
            "title": "",
            "language": get_language() or "zh-hans",
            "elderly": request.COOKIES.get("tongban_elderly") == "on",
            "place_code": code,
            "place_name": name,
            "query": _asked(request),
            "user_name": "" if blind else name_of(request),
            "acting": acting,
            "base": f"web/base_{settings.DOOR}.html",
            "account_url": account_page(),
            "news": cache(lambda: _has_news(request)) if session and not blind else False,
            "unread": _unread(request) if session and not blind else 0,
            "waiting": _waiting(request) if session and not blind else 0,
            "outside": offered_providers if settings.DOOR == "portal" else [],
            "login_url": f"/login?next={quote(request.path)}",
            "logout_url": "/logout",
            "path": request.get_full_path(),
            "notice": request.session.pop("notice", None) if "notice" in session else None,
        }
    }


def _waiting(request: HttpRequest) -> Callable[[], int]:
    """What waits for this editor's approval (等我审批), asked for only by a page that shows it: staff's header."""
    return cache(lambda: waiting_for(actor_of(request)) if settings.DOOR == "workbench" else 0)


def _unread(request: HttpRequest) -> Callable[[], int]:
    """How many notices the visitor has not read (未读消息), asked for only by a page that shows it: the portal's header."""

    def count() -> int:
        return (
            unread(actor_of(request)) if settings.DOOR == "portal" and not visitor_of(request).refusal else 0
        )

    return cache(count)


def _acting(request: HttpRequest) -> Callable[[], Shown | None]:
    """For whom the visitor acts (代办身份), asked for only by a page that shows it; None where she acts for herself."""

    def found() -> Shown | None:
        visitor = visitor_of(request)
        if visitor.acting is None:
            return None
        acting = visitor.acting
        return {"name": acting.giver_name, "number": acting.number, "id": str(acting.mandate_id)}

    return cache(found)


def _has_news(request: HttpRequest) -> bool:
    """Whether the owner has not read something about her account (账号消息); known since the actor was looked up."""
    return bool(name_of(request)) and bool(getattr(request, "has_news", False))


def _asked(request: HttpRequest) -> str:
    """What the reader searches for (检索词); nothing where the address cannot be read: the page says so without it."""
    try:
        return request.GET.get("q", "")[:100]
    except SuspiciousOperation:
        return ""


def _session(request: HttpRequest) -> Container[str]:
    """The session of a reader who has one: a stranger's page opens none and asks the database for none."""
    return (
        request.session
        if settings.SESSION_COOKIE_NAME in request.COOKIES and hasattr(request, "session")
        else ()
    )
