"""An account as its owner sees it (我的账号查询)."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from tongban.base.actor import Actor
from tongban.base.errors import NotFound
from tongban.people.identity.models import Account
from tongban.people.identity.rules import Level
from tongban.standards.text import msg


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """One's own account (我的账号). ``party_id``: the person it is, absent for an official and for whoever is not proven yet."""

    id: uuid.UUID
    login: str
    level: Level
    party_id: uuid.UUID | None
    staff_name: str
    opened_at: datetime
    has_password: bool


def own_account(actor: Actor) -> OwnAccount:
    """The actor's own account (本人账号), whomever she acts for. Raises NotFound for whoever has none."""
    found = Account.objects.filter(pk=actor.id, is_active=True).first() if actor.id else None
    if found is None:
        raise NotFound("identity.account", msg("没有这个账号。"))
    return OwnAccount(
        found.id,
        found.login,
        Level(found.level),
        found.party_id,
        found.staff_name,
        found.opened_at,
        found.has_usable_password(),
    )
