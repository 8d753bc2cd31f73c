"""Consents (授权同意): given on a page that says what and why; withdrawn at any time (个人信息保护法 第十五条)."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from tongban.base.actor import Actor
from tongban.base.errors import Forbidden, NotFound
from tongban.base.record import record
from tongban.people.signon.models import Authorisation, Consent
from tongban.people.signon.queries import SystemView
from tongban.standards.text import msg


@transaction.atomic
def consent(*, actor: Actor, system: SystemView, shares: Collection[str], at: datetime) -> None:
    """The actor agrees to share these with a system (同意授权); it takes the place of what she agreed to before, wider or not."""
    if actor.id is None:
        raise Forbidden("signon.signed_in", msg("请先登录。"))
    standing = Consent.objects.select_for_update().filter(
        account_id=actor.id, system_id=system.id, withdrawn_at=None
    )
    before = standing.first()
    agreed = set(shares) | (set(before.shares) if before else set())
    if before is not None:
        before.withdrawn_at = at
        before.save(update_fields=["withdrawn_at"])
    Consent.objects.create(account_id=actor.id, system_id=system.id, shares=sorted(agreed), given_at=at)
    data = {"system": str(system.id), "shares": sorted(agreed)}
    record(stream=f"account:{actor.id}", act="signon.consent", actor=actor, at=at, data=data)


@transaction.atomic
def withdraw(*, actor: Actor, system_id: uuid.UUID, at: datetime) -> None:
    """The actor withdraws her consent (撤回同意): the system's tokens for her end at once."""
    absent = NotFound("signon.consent", msg("没有给过这个系统授权，或者已经撤回了。"))
    if actor.id is None:
        raise absent
    mine = Consent.objects.filter(account_id=actor.id, system_id=system_id, withdrawn_at=None)
    if not mine.update(withdrawn_at=at):
        raise absent
    given = Authorisation.objects.filter(account_id=actor.id, system_id=system_id, ended_at=None)
    ended = given.update(ended_at=at, ended_because="withdrawn")
    data = {"system": str(system_id), "authorisations": ended}
    record(stream=f"account:{actor.id}", act="signon.withdraw", actor=actor, at=at, data=data)
