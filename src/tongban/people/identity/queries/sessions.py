"""Reads of sessions (会话查询)."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from tongban.base.actor import Actor
from tongban.base.crypto import decrypt
from tongban.people.identity.models import Session
from tongban.people.identity.rules import Method

ADDRESS_PURPOSE = "session.address"


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session as its owner sees it (会话视图)."""

    id: uuid.UUID
    door: str
    device: str
    address: str
    methods: tuple[Method, ...]
    started_at: datetime
    seen_at: datetime


def sessions_of(actor: Actor, *, limit: int = 100) -> list[SessionView]:
    """The actor's sessions that have not ended (我的会话), the latest first. One statement."""
    if actor.id is None:
        return []
    found = Session.objects.filter(account_id=actor.id, ended_at=None).order_by("-started_at")[:limit]
    return [
        SessionView(
            one.id,
            one.door,
            one.device,
            decrypt(ADDRESS_PURPOSE, bytes(one.address)),
            tuple(Method(method) for method in one.methods),
            one.started_at,
            one.seen_at,
        )
        for one in found
    ]


def session_methods(actor: Actor) -> frozenset[Method]:
    """By which proofs the holder of the actor's session showed who she is (会话认证方式); none where there is no session."""
    if actor.session_id is None:
        return frozenset()
    found = (
        Session.objects.filter(pk=actor.session_id, ended_at=None).values_list("methods", flat=True).first()
    )
    return frozenset(Method(method) for method in found or ())
