"""Requests kept for a while (待续请求): pushed by a system (RFC 9126), or waiting while somebody signs in and agrees."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from tongban.base.crypto import token_digest
from tongban.people.signon.models import SavedRequest
from tongban.people.signon.queries import SystemView
from tongban.people.signon.rules.tokens import PENDING_LIFE, PUSHED_LIFE

PUSHED = "urn:ietf:params:oauth:request_uri:"


def push(params: Mapping[str, str], system: SystemView, *, at: datetime) -> str:
    """Keep a request that a system pushed (推送请求); returns its ``request_uri``, good once."""
    name = secrets.token_urlsafe(32)
    SavedRequest.objects.create(
        digest=token_digest(name),
        system_id=system.id,
        params=dict(params),
        pushed=True,
        made_at=at,
        expires_at=at + PUSHED_LIFE,
    )
    return PUSHED + name


def take_pushed(address: str, system: SystemView, *, at: datetime) -> dict[str, str] | None:
    """What this system pushed under this ``request_uri`` (取推送请求), once; or None."""
    if not address.startswith(PUSHED):
        return None
    name = token_digest(address.removeprefix(PUSHED))
    found = SavedRequest.objects.filter(pk=name, system_id=system.id, pushed=True, expires_at__gt=at).first()
    if found is None or not SavedRequest.objects.filter(pk=name, pushed=True).delete()[0]:
        return None
    return {str(key): str(value) for key, value in found.params.items()}


def save(params: Mapping[str, str], system: SystemView, *, at: datetime) -> str:
    """Keep a request while its visitor signs in or agrees (暂存请求); returns the key by which it goes on."""
    key = secrets.token_urlsafe(32)
    SavedRequest.objects.create(
        digest=token_digest(key),
        system_id=system.id,
        params=dict(params),
        pushed=False,
        made_at=at,
        expires_at=at + PENDING_LIFE,
    )
    return key


def saved(key: str, *, at: datetime) -> SavedRequest | None:
    """The request kept under this key (取暂存请求), or None."""
    found = SavedRequest.objects.select_related("system")
    return found.filter(pk=token_digest(key), pushed=False, expires_at__gt=at).first()


def done(key: str) -> bool:
    """The request was answered (办完): its key opens nothing any more. Whether it was still there."""
    return bool(SavedRequest.objects.filter(pk=token_digest(key)).delete()[0])
