"""Entering and leaving a door (进出门): the browser's session and the one in our own table begin and end together."""

import contextlib
import re
import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest

from tongban.base.actor import Actor, ActorKind
from tongban.base.errors import Forbidden, NotFound
from tongban.doors.web.middleware import ACTING, BOUND, SESSION, browser_cookie, session_actor_of
from tongban.people.identity import actions as identity
from tongban.people.identity.rules import Method

if TYPE_CHECKING:
    from tongban.people.identity.models import Account

_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
_BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)


def address_of(request: HttpRequest) -> str:
    """The network address of the visitor (来访地址)."""
    return str(request.META.get("REMOTE_ADDR", ""))


def device_of(request: HttpRequest) -> str:
    """The device as its owner would know it (设备): browser and system, from what the browser says of itself."""
    said = request.headers.get("User-Agent", "")
    browser = next((name for mark, name in _BROWSERS if mark in said), "")
    system = next((name for name in _SYSTEMS if re.search(rf"\b{name}\b", said)), "")
    return " · ".join(filter(None, (browser, system))) or said[:40]


_BROWSER = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)  # as enter() makes them


def browser_of(request: HttpRequest) -> str:
    """The token by which this browser is known again (设备标记), or '' where it brings none that we could have made."""
    given = request.COOKIES.get(browser_cookie(), "")
    return given if _BROWSER.fullmatch(given) else ""


def acting(account: "Account") -> Actor:
    """The owner of an account as she enters (进门的行为人), before there is a session to look her up by."""
    kind = ActorKind.STAFF if account.staff_name else ActorKind.PERSON
    return Actor(
        kind=kind, id=account.id, party_id=account.party_id, name=account.staff_name, level=account.level
    )


def enter(
    request: HttpRequest,
    account: "Account",
    *,
    methods: Sequence[Method],
    at: datetime,
    mandate_id: uuid.UUID | None = None,
) -> None:
    """Let somebody in (进门) who has just shown by ``methods`` that the account is hers.

    Where she is in already, her session goes on, proven anew: what it opened elsewhere stays open. Somebody else's ends.
    ``mandate_id``: where she came with a company's certificate, under which mandate she is in for it. Such a session is apart
    from her own: neither lifts the other.
    """
    before, apart = session_actor_of(request), mandate_id is not None or BOUND in request.session
    login(request, account, backend="django.contrib.auth.backends.ModelBackend")
    if before.session_id is not None and apart:
        _end(before, at)
    elif before.session_id is not None and _goes_on(before, account, methods, at):
        request.session.pop(ACTING, None)
        return
    browser = browser_of(request) or secrets.token_urlsafe(32)
    session_id = identity.begin_session(
        account_id=account.id,
        door=settings.DOOR,
        device=device_of(request),
        address=address_of(request),
        methods=methods,
        actor=acting(account),
        at=at,
        browser=browser,
    )
    request.session[SESSION] = str(session_id)
    if mandate_id is None:  # whoever comes in comes as herself
        for key in (ACTING, BOUND):
            request.session.pop(key, None)
    else:
        request.session[ACTING], request.session[BOUND] = str(mandate_id), True
    request.fresh_browser = browser  # type: ignore[attr-defined] # the middleware gives it to the browser


def _goes_on(before: Actor, account: "Account", methods: Sequence[Method], at: datetime) -> bool:
    """Whether the session that is there goes on (会话延续): for its owner, proven anew; for anybody else it ends."""
    if before.id == account.id:
        try:
            for method in methods:
                identity.lift_session(actor=before, method=method, at=at)
        except Forbidden:
            return False  # it was ended in this very moment
        return True
    _end(before, at)
    return False


def _end(before: Actor, at: datetime) -> None:
    if before.session_id is not None:
        with contextlib.suppress(NotFound):
            identity.end_session(actor=before, session_id=before.session_id, because="replaced", at=at)


def leave(request: HttpRequest, *, at: datetime) -> None:
    """Let somebody out (出门): both sessions end, and whoever else was opened by it is told."""
    actor = session_actor_of(request)
    if actor.session_id is not None:
        with contextlib.suppress(NotFound):  # ended from another device in this very moment
            identity.end_session(actor=actor, session_id=actor.session_id, because="sign_out", at=at)
    logout(request)
