"""What surrounds every request of every door (中间件): security headers, the actor, refusals, a lost database."""

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from tongban.base.actor import PUBLIC, Actor
from tongban.base.db import LOST
from tongban.base.errors import Refusal
from tongban.doors.web import errors
from tongban.doors.web.policy import POLICY
from tongban.people.identity import actions
from tongban.people.identity import queries as identity
from tongban.people.identity.rules import SEEN_EVERY

SESSION = "tongban_session"  # under which a browser's session keeps the id of the session in our own table

_YEAR = 365 * 24 * 3600

Handler = Callable[[HttpRequest], HttpResponse]


def headers(get_response: Handler) -> Handler:
    """Security headers (安全响应头) on everything; nothing personal stays in a shared cache."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault(
            "Content-Security-Policy", POLICY
        )  # a file handed out brings a stricter one
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        response.headers.setdefault("Cache-Control", "private, no-store")
        if not response.streaming:
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response

    return handle


def hosts(get_response: Handler) -> Handler:
    """Only under our own names (域名核对): a page elsewhere that makes its name lead to us reads nothing here."""

    def handle(request: HttpRequest) -> HttpResponse:
        request.get_host()
        return get_response(request)

    return handle


_SESSION_KEY = re.compile(r"[0-9a-z]{32}", re.ASCII)  # as the framework makes them


def cookies(get_response: Handler) -> Handler:
    """A session cookie that we never made counts as none (伪造的会话): PostgreSQL refuses a NUL even in a question."""

    def handle(request: HttpRequest) -> HttpResponse:
        given = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if given is not None and not _SESSION_KEY.fullmatch(given):
            del request.COOKIES[settings.SESSION_COOKIE_NAME]
        return get_response(request)

    return handle


class Faults:
    """Refusals become pages (拒绝页); a reader whose connection was cut by a database restart is served again."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve; a read that met a dead connection is tried once more on a fresh one."""
        response = self.get_response(request)
        if getattr(response, "lost_database", False):
            connection.close()
            if request.method in ("GET", "HEAD"):
                request.without_database = False  # type: ignore[attr-defined] # set by the page that was lost
                response = self.get_response(request)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The answer to what a view raised, where it is expected."""
        if isinstance(exception, Refusal):
            return errors.refused(request, exception)
        if isinstance(exception, LOST):
            return errors.unavailable(request, exception)
        return None


def _who(request: HttpRequest) -> tuple[Actor, str]:
    session_id = request.session.get(SESSION) if request.session.get(SESSION_KEY) else None
    if not session_id:
        return PUBLIC, ""
    at = datetime.now(UTC)
    visit = identity.visit_of_session(uuid.UUID(session_id), at=at)
    if visit is None:
        return PUBLIC, ""
    if visit.seen_at is not None and at - visit.seen_at > SEEN_EVERY:
        actions.touch_session(session_id=uuid.UUID(session_id), at=at)
    request.has_news = visit.has_news  # type: ignore[attr-defined] # read by the page's context, without asking again
    return visit.actor, visit.name


def actor(get_response: Handler) -> Handler:
    """``request.actor`` and ``request.actor_name`` (行为人), looked up only by pages that ask; a browser that signed in
    gets the token by which it is known again.
    """

    def handle(request: HttpRequest) -> HttpResponse:
        who = SimpleLazyObject(lambda: _who(request))
        request.who = who  # type: ignore[attr-defined] # (actor, name), read through the two functions below
        response = get_response(request)
        fresh = getattr(request, "fresh_browser", "")
        if fresh:
            secure = settings.SESSION_COOKIE_SECURE
            response.set_cookie(
                browser_cookie(), fresh, max_age=_YEAR, httponly=True, samesite="Lax", secure=secure
            )
        return response

    return handle


def browser_cookie() -> str:
    """Name of the cookie by which a browser is known again (设备标记) at this door."""
    return f"tongban_{settings.DOOR}_browser"


def actor_of(request: HttpRequest) -> Actor:
    """The actor of a request (请求的行为人)."""
    found: Actor = request.who[0]  # type: ignore[attr-defined] # set by the middleware above
    return found


def name_of(request: HttpRequest) -> str:
    """The name to greet (称呼), empty for a stranger."""
    who = getattr(request, "who", None)
    return who[1] if who is not None and settings.SESSION_COOKIE_NAME in request.COOKIES else ""
