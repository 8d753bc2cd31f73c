"""Reads of consents (授权同意查询)."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from tongban.base.actor import Actor
from tongban.people.signon.models import Consent
from tongban.people.signon.rules.registration import Registration, from_json


@dataclass(frozen=True, slots=True)
class ConsentView:
    """A consent as its giver sees it (授权同意视图)."""

    system_id: uuid.UUID
    organ_id: uuid.UUID
    kept: Registration
    shares: tuple[str, ...]
    given_at: datetime


def consents_of(actor: Actor, *, limit: int = 200) -> list[ConsentView]:
    """The actor's consents that stand (我的授权同意), the latest first. One statement."""
    if actor.id is None:
        return []
    found = (
        Consent.objects.filter(account_id=actor.id, withdrawn_at=None, system__registration__isnull=False)
        .select_related("system")
        .order_by("-given_at")[:limit]
    )
    return [
        ConsentView(
            one.system_id,
            one.system.organ_id,
            from_json(one.system.registration or {}),
            tuple(one.shares),
            one.given_at,
        )
        for one in found
    ]
