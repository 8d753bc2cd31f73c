"""What is known of whoever signs on (登录者查询): the session, and the claims that a system may be told."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from tongban.base.db import fetch_one
from tongban.people.identity.queries import actor_of
from tongban.people.identity.rules import Level, Method, session_level
from tongban.people.parties import queries as parties
from tongban.people.signon.rules.claims import Claim, Known, told

_SESSION = """
    SELECT s.id, s.account_id, s.methods, s.proven_at, a.level, a.staff_name <> ''
    FROM account_session s JOIN account a ON a.id = s.account_id
    WHERE s.id = %s AND s.ended_at IS NULL AND a.is_active
"""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """How somebody is signed in (登录情况): by which proofs, when the last was given, and what that is worth."""

    session_id: uuid.UUID
    account_id: uuid.UUID
    methods: tuple[Method, ...]
    proven_at: datetime
    level: Level
    own_level: Level
    is_staff: bool


def signed_in(session_id: uuid.UUID | None) -> SignedIn | None:
    """How somebody is signed in (登录情况) by a session that has not ended, or None. One statement."""
    row = fetch_one(_SESSION, [session_id]) if session_id else None
    if row is None:
        return None
    methods = tuple(Method(method) for method in row[2])
    own = Level(row[4])
    return SignedIn(row[0], row[1], methods, row[3], session_level(own, methods), own, row[5])


def known(account_id: uuid.UUID, *, at: datetime) -> Known:
    """What the platform knows of an account (账号已知信息), as far as any claim asks for it."""
    found = actor_of(account_id, at=at)
    if found is None:
        return Known()
    actor, name = found
    if actor.party_id is not None:
        party = parties.party(actor.party_id)
        return Known(name=party.name, phone=party.phone, masked_number=party.masked_number)
    own = sorted(
        (post for post in actor.posts if post.for_id is None),
        key=lambda post: (str(post.organ_id), post.role),
    )
    organs = parties.organs_by_id({post.organ_id for post in own})
    posts = tuple(
        {
            "organ": organs[post.organ_id].credit_code,
            "organ_name": organs[post.organ_id].name,
            "role": post.role,
        }
        for post in own
    )
    return Known(name=name, posts=posts)


def shared_with(account_id: uuid.UUID | None, claims: Collection[str], *, at: datetime) -> dict[str, object]:
    """What a system is told of an account (共享内容): these claims, and no question to the database without any."""
    if account_id is None or not claims:
        return {}
    return told({Claim(claim) for claim in claims}, known(account_id, at=at))
