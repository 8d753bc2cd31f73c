"""Which actor an account, a session or a token is (行为人查询)."""

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tongban.base.actor import Actor, ActorKind, Post
from tongban.base.db import fetch_one
from tongban.people.identity.rules import Level, Method, session_level

# One statement for every signed-in request: the account, its person, its posts of the day. A deputy has what the other
# still holds that day, as long as both are in office: whoever leaves takes nothing along and leaves nothing behind.
_ACTOR = """
    SELECT a.id, a.party_id, a.staff_name, coalesce(p.name, a.login), a.level, s.id, s.methods, s.seen_at,
           EXISTS (SELECT FROM account_notice n WHERE n.account_id = a.id AND n.read_at IS NULL),
           (SELECT array_agg(concat_ws(' ', post.role, post.organ_id, o.place_id, coalesce(post.for_id::text, '-'), array_to_string(post.items, ','))) FROM (
                SELECT h.role, h.organ_id, NULL::uuid AS for_id, h.items FROM holding h
                WHERE h.account_id = a.id AND h.since <= %(today)s AND (h.until IS NULL OR h.until > %(today)s)
                UNION ALL
                SELECT d.role, d.organ_id, d.account_id, held.items FROM deputy d JOIN account away ON away.id = d.account_id
                    JOIN holding held ON held.account_id = d.account_id AND held.organ_id = d.organ_id
                        AND held.role = d.role AND held.since <= %(today)s AND (held.until IS NULL OR held.until > %(today)s)
                WHERE d.deputy_id = a.id AND d.since <= %(today)s AND d.until > %(today)s
                    AND (d.ended_at IS NULL OR d.ended_at > %(at)s) AND away.is_active
                    AND EXISTS (SELECT FROM holding h WHERE h.account_id = a.id AND h.organ_id = d.organ_id
                        AND h.since <= %(today)s AND (h.until IS NULL OR h.until > %(today)s))
            ) post JOIN organ o ON o.id = post.organ_id)
    FROM account a LEFT JOIN party p ON p.id = a.party_id
        LEFT JOIN account_session s ON s.account_id = a.id AND s.id = %(session)s AND s.ended_at IS NULL
    WHERE a.is_active AND a.id =
"""
_BY_ID = _ACTOR + " %(id)s"
_BY_SESSION = _ACTOR + " (SELECT account_id FROM account_session WHERE id = %(session)s AND ended_at IS NULL)"  # noqa: S608 -- constant text
_BY_TOKEN = _ACTOR + " (SELECT account_id FROM token WHERE digest = %(digest)s AND expires_at > %(at)s)"  # noqa: S608 -- constant text
_CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Visit:
    """Who comes with a session (来访): the actor, the name to greet, when the session was last noted as used, and whether
    there is something about the account that its owner has not read.
    """

    actor: Actor
    name: str
    seen_at: datetime | None
    has_news: bool


def actor_of(account_id: uuid.UUID, *, at: datetime) -> tuple[Actor, str] | None:
    """(actor, name to greet) of an active account (账号的行为人), or None; the level is that of the account itself."""
    return _actor(_BY_ID, {"id": account_id}, at)


def actor_of_session(session_id: uuid.UUID, *, at: datetime) -> tuple[Actor, str] | None:
    """(actor, name to greet) of a session that has not ended (会话的行为人), or None; with the level of the session."""
    return _actor(_BY_SESSION, {"session": session_id}, at)


def visit_of_session(session_id: uuid.UUID, *, at: datetime) -> Visit | None:
    """The visit (来访) of a session that has not ended, or None. The one statement of every signed-in request."""
    return _visit(_BY_SESSION, {"session": session_id}, at)


def day_of(at: datetime) -> date:
    """The day in China (当日) on which a moment lies: a post begins and ends with it."""
    return at.astimezone(_CHINA).date()


def _actor(sql: str, who: dict[str, object], at: datetime) -> tuple[Actor, str] | None:
    found = _visit(sql, who, at)
    return None if found is None else (found.actor, found.name)


def _visit(sql: str, who: dict[str, object], at: datetime) -> Visit | None:
    row = fetch_one(sql, {"session": None} | who | {"today": day_of(at), "at": at})
    if row is None:
        return None
    id_, party_id, staff_name, name, proven, session_id, methods, seen_at, has_news, posts = row
    level = Level(proven)
    if methods is not None:
        level = session_level(level, [Method(method) for method in methods])
    if not staff_name:  # a person; without a party as long as nobody knows who it is
        person = Actor(kind=ActorKind.PERSON, id=id_, party_id=party_id, level=level, session_id=session_id)
        return Visit(person, name, seen_at, has_news)
    held = _posts(posts or ())
    official = Actor(
        kind=ActorKind.STAFF, id=id_, name=staff_name, posts=held, level=level, session_id=session_id
    )
    return Visit(official, staff_name, seen_at, has_news)


def _posts(told: Iterable[str]) -> frozenset[Post]:
    """The posts as the statement tells them. Held twice, a role is held for the items of both; for all, where one is for all."""
    items: dict[tuple[str, ...], frozenset[str]] = {}
    for text in told:
        *which, codes = text.split(" ")
        post, these = tuple(which), frozenset(filter(None, codes.split(",")))
        known = items.get(post, these)
        items[post] = known | these if known and these else frozenset()
    return frozenset(
        Post(role, uuid.UUID(organ), place, None if away == "-" else uuid.UUID(away), these)
        for (role, organ, place, away), these in items.items()
    )


def token_digest(token: str) -> str:
    """Digest under which a token is kept (令牌摘要)."""
    return hashlib.sha256(token.encode()).hexdigest()


def actor_of_token(token: str, *, at: datetime) -> tuple[Actor, str] | None:
    """(actor, name) of a token that has not expired (令牌的行为人), or None. A token is worth what a password is."""
    found = _actor(_BY_TOKEN, {"digest": token_digest(token)}, at)
    if found is None:
        return None
    return replace(found[0], level=session_level(Level(found[0].level), [Method.PASSWORD])), found[1]
