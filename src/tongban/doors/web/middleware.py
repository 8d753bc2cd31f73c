"""What surrounds every request of every door (中间件): security headers, the actor, refusals, a lost database."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from tongban.base.actor import PUBLIC, Actor
from tongban.base.db import LOST
from tongban.base.errors import Forbidden, NotFound, Refusal
from tongban.doors.web import errors
from tongban.doors.web.policy import POLICY
from tongban.people.identity import actions
from tongban.people.identity import queries as identity
from tongban.people.identity.rules import SEEN_EVERY
from tongban.people.mandates import queries as mandates
from tongban.people.mandates.queries import Acting
from tongban.standards.text import msg

SESSION = "tongban_session"  # under which a browser's session keeps the id of the session in our own table
ACTING = "tongban_acting"  # under which it keeps the id of the mandate chosen; what it is worth is asked anew each time
BOUND = "tongban_bound"  # whether it was opened with a company's certificate, and for that company only

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


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who visits (来访者): herself, and for whom she acts now. ``refusal``: why she may not act so any more.

    ``bound``: she came in with a company's certificate, and is here for that company only.
    """

    own: Actor
    name: str = ""
    acting: Acting | None = None
    refusal: Refusal | None = None
    bound: bool = False


def session_of(request: HttpRequest) -> uuid.UUID | None:
    """The id of the session that this browser brings (会话标识), whether it still stands or not; None without one.

    A session for a company only is none of hers: nothing is opened elsewhere in her own name by it.
    """
    return None if request.session.get(BOUND) else _session_id(request)


def _session_id(request: HttpRequest) -> uuid.UUID | None:
    session_id = request.session.get(SESSION) if request.session.get(SESSION_KEY) else None
    return uuid.UUID(session_id) if session_id else None


def _who(request: HttpRequest) -> Visitor:
    session_id = _session_id(request)
    if session_id is None:
        return Visitor(PUBLIC)
    at = datetime.now(UTC)
    visit = identity.visit_of_session(session_id, at=at)
    if visit is None:
        return Visitor(PUBLIC)
    if visit.seen_at is not None and at - visit.seen_at > SEEN_EVERY:
        actions.touch_session(session_id=session_id, at=at)
    request.has_news = visit.has_news  # type: ignore[attr-defined] # read by the page's context, without asking again
    chosen, bound = request.session.get(ACTING), bool(request.session.get(BOUND))
    if chosen is None:
        return Visitor(PUBLIC) if bound else Visitor(visit.actor, visit.name)
    try:
        acting = mandates.acting(visit.actor, uuid.UUID(chosen), at=at)
    except (Forbidden, NotFound) as refusal:
        return Visitor(visit.actor, visit.name, refusal=refusal, bound=bound)
    return Visitor(visit.actor, visit.name, acting, bound=bound)


def actor(get_response: Handler) -> Handler:
    """Who visits (行为人), looked up only by pages that ask: one statement, and one more where she acts for another. A browser
    that signed in gets the token by which it is known again.
    """

    def handle(request: HttpRequest) -> HttpResponse:
        request.who = SimpleLazyObject(lambda: _who(request))  # type: ignore[attr-defined] # read by the functions below
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


def visitor_of(request: HttpRequest) -> Visitor:
    """Who visits (来访者), with for whom she acts."""
    found: Visitor = request.who  # type: ignore[attr-defined] # set by the middleware above
    return found


def actor_of(request: HttpRequest) -> Actor:
    """The actor of a request (请求的行为人): for the other party where the visitor acts for one.

    Raises the mandate's refusal where it does not count any more: nothing is done in one's own name by mistake.
    """
    found = visitor_of(request)
    if found.refusal is not None:
        raise found.refusal
    return found.own if found.acting is None else found.acting.actor


def own_actor_of(request: HttpRequest) -> Actor:
    """The visitor herself (来访者本人), for whomever she acts.

    Raises Forbidden where she came in with a company's certificate: that shows nothing of herself, and opens nothing of hers.
    """
    found = visitor_of(request)
    if found.bound:
        text = msg("您是用法人证书登录的，只能代这家法人办事。办别的事，请退出，用您自己的方式登录。")
        raise Forbidden("certificates.company_only", text)
    return found.own


def session_actor_of(request: HttpRequest) -> Actor:
    """Whose session it is (会话所有人), however she came in: for entering and leaving, and nothing else."""
    return visitor_of(request).own


def name_of(request: HttpRequest) -> str:
    """The name to greet (称呼), empty for a stranger."""
    who = getattr(request, "who", None)
    return who.name if who is not None and settings.SESSION_COOKIE_NAME in request.COOKIES else ""
