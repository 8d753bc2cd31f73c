"""Addresses of the pages of an account (地址表), under the prefix of each door."""

from django.urls import URLPattern, path

from tongban.doors.web.account import overview
from tongban.doors.web.account.addresses import PREFIXES


def addresses(door: str) -> list[URLPattern]:
    """The addresses at one door (一个门的地址)."""
    base = PREFIXES[door]
    return [
        path(base, overview.overview, name="account"),
        path(f"{base}/sessions", overview.sessions, name="account-sessions"),
        path(f"{base}/sessions/end", overview.end_everywhere),
        path(f"{base}/sessions/<uuid:session_id>/end", overview.end_session),
    ]
