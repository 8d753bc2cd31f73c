"""Guide pages answered before Django (指南页前置): the same for everybody, so one finished answer serves a second of readers.

So are a guide's paper, screen, history and data, which lie below the same address.

Why: Django's own way through a request costs some 300 µs here, four times what a static file costs in the same server, and
guides are read far more than anything else (make bench). What is kept is kept for one second and by everything that the
page depends on; so a published change shows at most a second late, and an edition never shows before its first moment.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from http.cookies import CookieError, SimpleCookie
from typing import Any

Headers = list[tuple[str, str]]
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

KEPT_SECONDS = 1.0  # [O] our own number
KEPT_PAGES = 1_000  # some 40 kB each
KEPT_BYTES = 512 * 1024  # a longer answer is handed on and forgotten; [O] our own number
_PATH, _FILES = "/items/", "/files/"
_CHOICES = ("tongban_language", "tongban_place", "tongban_elderly")


class GuideFront:
    """A WSGI application before another (前置应用), keeping its guide pages for a second."""

    def __init__(self, application: Application, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._application = application
        self._clock = clock
        self._pages: OrderedDict[tuple[object, ...], tuple[float, Headers, bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer from what is kept, or ask the application and keep what it said."""
        path = environ["PATH_INFO"]
        # Files go out piece by piece, and are kept by the reader for good.
        if environ["REQUEST_METHOD"] != "GET" or not path.startswith(_PATH) or _FILES in path:
            return self._application(environ, start_response)
        key = _key(environ)
        kept = self._pages.get(key)
        if kept is None or kept[0] < self._clock():
            status, headers, body = self._ask(environ)
            if not status.startswith("200"):
                start_response(status, headers)
                return [body]
            kept = (self._clock() + KEPT_SECONDS, headers, body)
            if len(body) <= KEPT_BYTES:
                self._keep(key, kept)
        _, headers, body = kept
        asked = environ.get("HTTP_IF_NONE_MATCH")
        if asked and asked in {value for name, value in headers if name == "ETag"}:
            start_response(
                "304 Not Modified", [(name, value) for name, value in headers if name != "Content-Length"]
            )
            return []
        start_response("200 OK", headers)
        return [body]

    def _ask(self, environ: dict[str, Any]) -> tuple[str, Headers, bytes]:
        """The application's whole answer, never a 304: what is kept must serve readers who have nothing yet."""
        said: list[tuple[str, Headers]] = []
        asked = {name: value for name, value in environ.items() if name != "HTTP_IF_NONE_MATCH"}
        parts = self._application(asked, lambda status, headers, *_: said.append((status, headers)))
        try:
            body = b"".join(parts)
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()
        status, headers = said[0]
        named = [(name, value) for name, value in headers if name.lower() != "content-length"]
        return status, [*named, ("Content-Length", str(len(body)))], body

    def _keep(self, key: tuple[object, ...], page: tuple[float, Headers, bytes]) -> None:
        with self._lock:
            self._pages[key] = page
            self._pages.move_to_end(key)
            while len(self._pages) > KEPT_PAGES:
                self._pages.popitem(last=False)


def _key(environ: dict[str, Any]) -> tuple[object, ...]:
    """Everything that a guide page depends on (成页条件): address, situation, and the reader's three choices."""
    return (
        environ["PATH_INFO"],
        environ.get("QUERY_STRING", ""),
        environ.get("HTTP_HOST", ""),
        environ.get("HTTP_ACCEPT_LANGUAGE", ""),
        _choices(environ.get("HTTP_COOKIE", "")),
    )


def _choices(cookies: str) -> tuple[str, ...]:
    if not cookies:
        return ()
    try:
        read = SimpleCookie(cookies)
    except CookieError:
        return (cookies,)
    return tuple(read[name].value if name in read else "" for name in _CHOICES)
