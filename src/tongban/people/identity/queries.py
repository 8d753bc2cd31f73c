"""Reads of identity (身份查询): which actor an account or a token is, and who deputises for whom."""

import hashlib
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tongban.base.actor import Actor, ActorKind, Post
from tongban.base.db import fetch_all, fetch_one
from tongban.people.identity.models import Account
from tongban.people.identity.rules import Role

# One statement for every signed-in request: the account, its person, its posts of the day. A deputy has what the other
# still holds that day, as long as both are in office: whoever leaves takes nothing along and leaves nothing behind.
_ACTOR = """
    SELECT a.id, a.party_id, a.staff_name, p.name,
           (SELECT array_agg(concat_ws(' ', post.role, post.organ_id, o.place_id, post.for_id)) FROM (
                SELECT h.role, h.organ_id, NULL::uuid AS for_id FROM holding h
                WHERE h.account_id = a.id AND h.since <= %(today)s AND (h.until IS NULL OR h.until > %(today)s)
                UNION ALL
                SELECT d.role, d.organ_id, d.account_id FROM deputy d JOIN account away ON away.id = d.account_id
                WHERE d.deputy_id = a.id AND d.since <= %(today)s AND d.until > %(today)s
                    AND (d.ended_at IS NULL OR d.ended_at > %(at)s) AND away.is_active
                    AND EXISTS (SELECT FROM holding h WHERE h.account_id = d.account_id AND h.organ_id = d.organ_id
                        AND h.role = d.role AND h.since <= %(today)s AND (h.until IS NULL OR h.until > %(today)s))
                    AND EXISTS (SELECT FROM holding h WHERE h.account_id = a.id AND h.organ_id = d.organ_id
                        AND h.since <= %(today)s AND (h.until IS NULL OR h.until > %(today)s))
            ) post JOIN organ o ON o.id = post.organ_id)
    FROM account a LEFT JOIN party p ON p.id = a.party_id
    WHERE a.is_active AND a.id =
"""
_BY_ID = _ACTOR + " %(id)s"
_BY_TOKEN = _ACTOR + " (SELECT account_id FROM token WHERE digest = %(digest)s AND expires_at > %(at)s)"  # noqa: S608 -- constant text
_CHINA = ZoneInfo("Asia/Shanghai")


def actor_of(account_id: uuid.UUID, *, at: datetime) -> tuple[Actor, str] | None:
    """(actor, name to greet) of an active account (账号的行为人), or None."""
    return _actor(_BY_ID, {"id": account_id}, at)


def day_of(at: datetime) -> date:
    """The day in China (当日) on which a moment lies: a post begins and ends with it."""
    return at.astimezone(_CHINA).date()


def _actor(sql: str, who: dict[str, object], at: datetime) -> tuple[Actor, str] | None:
    row = fetch_one(sql, who | {"today": day_of(at), "at": at})
    if row is None:
        return None
    id_, party_id, staff_name, person_name, posts = row
    if party_id is not None:
        return Actor(kind=ActorKind.PERSON, id=id_, party_id=party_id), person_name
    held = frozenset(_post(*post.split(" ")) for post in posts or ())
    return Actor(kind=ActorKind.STAFF, id=id_, name=staff_name, posts=held), staff_name


def _post(role: str, organ: str, place: str, for_id: str = "") -> Post:
    return Post(role, uuid.UUID(organ), place, uuid.UUID(for_id) if for_id else None)


def token_digest(token: str) -> str:
    """Digest under which a token is kept (令牌摘要)."""
    return hashlib.sha256(token.encode()).hexdigest()


def actor_of_token(token: str, *, at: datetime) -> tuple[Actor, str] | None:
    """(actor, name) of a token that has not expired (令牌的行为人), or None."""
    return _actor(_BY_TOKEN, {"digest": token_digest(token)}, at)


def account_by_login(login: str) -> Account | None:
    """The account of this login (按登录名取账号), active or not."""
    return Account.objects.filter(login=login).first()


def has_accounts() -> bool:
    """Whether anybody can log in yet (是否已有账号): a database without accounts is a fresh one."""
    return Account.objects.exists()


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


def names(account_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of these officials (工作人员姓名), by account. One statement."""
    return dict(Account.objects.filter(pk__in=account_ids).values_list("id", "staff_name"))


_STAFFED = """
    SELECT DISTINCT h.organ_id FROM holding h JOIN account a ON a.id = h.account_id
    WHERE h.role = %s AND a.is_active AND h.since <= %s AND (h.until IS NULL OR h.until > %s)
"""


def organs_staffed(role: Role, on: date) -> set[uuid.UUID]:
    """Organs in which somebody holds this role on a day (有在岗人员的机关). One statement."""
    return {row[0] for row in fetch_all(_STAFFED, [role.value, on, on])}
