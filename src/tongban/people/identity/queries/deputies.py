"""Who deputises for whom (代理查询)."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tongban.base.actor import Actor
from tongban.base.db import fetch_all
from tongban.people.identity.queries.actors import day_of
from tongban.people.identity.rules import Role


@dataclass(frozen=True, slots=True)
class DeputyView:
    """A deputising as its page shows it (代理视图). ``until`` is the first day on which it no longer counts."""

    id: uuid.UUID
    account_id: uuid.UUID
    account_name: str
    deputy_id: uuid.UUID
    deputy_name: str
    organ_id: uuid.UUID
    role: Role
    since: date
    until: date
    ended_at: datetime | None


_DEPUTIES = """
    SELECT d.id, d.account_id, a.staff_name, d.deputy_id, b.staff_name, d.organ_id, d.role, d.since, d.until, d.ended_at
    FROM deputy d JOIN account a ON a.id = d.account_id JOIN account b ON b.id = d.deputy_id
"""
_NAMED_BY = _DEPUTIES + " WHERE d.account_id = %s ORDER BY d.since DESC, d.id DESC LIMIT %s"
_NAMED_FOR = _DEPUTIES + (
    " WHERE d.deputy_id = %s AND d.until > %s AND d.ended_at IS NULL ORDER BY d.since, d.id LIMIT %s"
)


def deputies_of(actor: Actor, *, limit: int = 100) -> list[DeputyView]:
    """Whom the actor has ever named (我委托的代理), the latest first. One statement."""
    return [_deputy(*row) for row in fetch_all(_NAMED_BY, [actor.id, limit])]


def deputising(actor: Actor, *, at: datetime, limit: int = 100) -> list[DeputyView]:
    """For whom the actor deputises today or later (我代理的人), the earliest first. One statement."""
    return [_deputy(*row) for row in fetch_all(_NAMED_FOR, [actor.id, day_of(at), limit])]


def _deputy(*row: Any) -> DeputyView:
    id_, account_id, account_name, deputy_id, deputy_name, organ_id, role, *days = row
    return DeputyView(id_, account_id, account_name, deputy_id, deputy_name, organ_id, Role(role), *days)


_COLLEAGUES = """
    SELECT h.organ_id, a.id, a.staff_name, array_agg(DISTINCT h.role) FROM holding h JOIN account a ON a.id = h.account_id
    WHERE h.organ_id = ANY(%s) AND a.is_active AND a.id <> %s AND h.since <= %s AND (h.until IS NULL OR h.until > %s)
    GROUP BY h.organ_id, a.id ORDER BY h.organ_id, a.login
"""


@dataclass(frozen=True, slots=True)
class Colleague:
    """A colleague (同事): another official in office in the same organ, with her roles there."""

    id: uuid.UUID
    name: str
    roles: tuple[Role, ...]


def colleagues(actor: Actor, *, at: datetime) -> dict[uuid.UUID, list[Colleague]]:
    """Who else is in office today in the organs in which the actor herself holds a post (同事名单), by organ."""
    own = [post.organ_id for post in actor.posts if post.for_id is None]
    today = day_of(at)
    found: dict[uuid.UUID, list[Colleague]] = {}
    for organ_id, account_id, name, roles in fetch_all(_COLLEAGUES, [own, actor.id, today, today]):
        held = tuple(role for role in Role if role in roles)
        found.setdefault(organ_id, []).append(Colleague(account_id, name, held))
    return found
