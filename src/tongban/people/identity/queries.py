"""Reads of identity (身份查询): which actor an account or a token is."""

import hashlib
import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

from tongban.base.actor import Actor, ActorKind, Post
from tongban.base.db import fetch_one
from tongban.people.identity.models import Account

# One statement for every signed-in request: the account, its person, its posts of the day.
_ACTOR = """
    SELECT a.id, a.party_id, a.staff_name, p.name,
           (SELECT array_agg(h.role || ' ' || h.organ_id) FROM holding h
             WHERE h.account_id = a.id AND h.since <= %s::date AND (h.until IS NULL OR h.until > %s::date))
    FROM account a LEFT JOIN party p ON p.id = a.party_id
    WHERE a.is_active AND a.id =
"""
_BY_ID = _ACTOR + " %s"
_BY_TOKEN = _ACTOR + " (SELECT account_id FROM token WHERE digest = %s AND expires_at > %s)"  # noqa: S608 -- constant text
_CHINA = ZoneInfo("Asia/Shanghai")  # a post begins and ends with a day on the wall of a Chinese office


def actor_of(account_id: uuid.UUID, *, at: datetime) -> tuple[Actor, str] | None:
    """(actor, name to greet) of an active account (账号的行为人), or None."""
    return _actor(_BY_ID, [account_id], at)


def _actor(sql: str, params: list[object], at: datetime) -> tuple[Actor, str] | None:
    today = at.astimezone(_CHINA).date()
    row = fetch_one(sql, [today, today, *params])
    if row is None:
        return None
    id_, party_id, staff_name, person_name, posts = row
    if party_id is not None:
        return Actor(kind=ActorKind.PERSON, id=id_, party_id=party_id), person_name
    held = frozenset(
        Post(role, uuid.UUID(organ)) for role, organ in (post.split(" ") for post in posts or ())
    )
    return Actor(kind=ActorKind.STAFF, id=id_, name=staff_name, posts=held), staff_name


def token_digest(token: str) -> str:
    """Digest under which a token is kept (令牌摘要)."""
    return hashlib.sha256(token.encode()).hexdigest()


def actor_of_token(token: str, *, at: datetime) -> tuple[Actor, str] | None:
    """(actor, name) of a token that has not expired (令牌的行为人), or None."""
    return _actor(_BY_TOKEN, [token_digest(token), at], at)


def account_by_login(login: str) -> Account | None:
    """The account of this login (按登录名取账号), active or not."""
    return Account.objects.filter(login=login).first()


def has_accounts() -> bool:
    """Whether anybody can log in yet (是否已有账号): a database without accounts is a fresh one."""
    return Account.objects.exists()
