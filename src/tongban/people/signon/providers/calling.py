"""Calls to connected systems (呼叫接入系统) by plain HTTP: short, bounded, without redirects.

Only addresses are called that a second person approved; a redirect would lead to one that nobody did (RFC 9700, 4.12).
"""

import http.client
from contextlib import closing
from typing import Final
from urllib.parse import urlencode, urlsplit

PATIENCE: Final = 5.0  # seconds; [O] our own numbers
MOST_BYTES: Final = 100_000


class Unreachable(Exception):  # noqa: N818 -- names what is the matter
    """A system did not answer as it must (无法访问)."""


def fetch(address: str) -> str:
    """What stands at an address (读取). Raises :class:`Unreachable` for anything but a short 200."""
    status, body = _call("GET", address, b"", {"Accept": "application/json"})
    if status != 200:
        raise Unreachable(f"HTTP {status}")
    return body.decode("utf-8", errors="replace")


def post_form(address: str, fields: dict[str, str]) -> int:
    """Post a form (投递); returns the status. Raises :class:`Unreachable` where there was no answer."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    return _call("POST", address, urlencode(fields).encode(), headers)[0]


def _call(method: str, address: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    parts = urlsplit(address)
    kinds = {"https": http.client.HTTPSConnection, "http": http.client.HTTPConnection}
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with closing(kinds[parts.scheme](parts.hostname or "", parts.port, timeout=PATIENCE)) as connection:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            content = answer.read(MOST_BYTES + 1)
    except (OSError, http.client.HTTPException, KeyError) as error:
        raise Unreachable(type(error).__name__) from error
    if len(content) > MOST_BYTES:
        raise Unreachable("too much")
    return answer.status, content
