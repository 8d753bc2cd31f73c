"""What is known of whoever signs on (登录者查询): the session, and the claims that a system may be told."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from tongban.base.actor import Actor, ActorKind
from tongban.base.db import fetch_one
from tongban.people.identity.queries import actor_of
from tongban.people.identity.rules import Level, Method, session_level
from tongban.people.parties import queries as parties
from tongban.people.signon.rules.claims import Claim, For, Known, told

_SESSION = """
    SELECT s.id, s.account_id, s.methods, s.proven_at, a.level, a.staff_name, a.party_id, c.shares
    FROM account_session s JOIN account a ON a.id = s.account_id
        LEFT JOIN signon_consent c ON c.account_id = a.id AND c.system_id = %s AND c.withdrawn_at IS NULL
    WHERE s.id = %s AND s.ended_at IS NULL AND a.is_active
"""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """How somebody is signed in (登录情况): by which proofs, when the last was given, and what that is worth.

    ``agreed``: what she agreed to share with the system that was asked about; None where she never did, or took it back.
    """

    session_id: uuid.UUID
    account_id: uuid.UUID
    methods: tuple[Method, ...]
    proven_at: datetime
    level: Level
    own_level: Level
    staff_name: str
    party_id: uuid.UUID | None
    agreed: frozenset[str] | None = None

    @property
    def is_staff(self) -> bool:
        """Whether it is an official (工作人员)."""
        return bool(self.staff_name)

    def actor(self) -> Actor:
        """Who she is, for the ledger (行为人): herself, for whomever she acts."""
        kind = ActorKind.STAFF if self.is_staff else ActorKind.PERSON
        return Actor(
            kind=kind,
            id=self.account_id,
            party_id=self.party_id,
            name=self.staff_name,
            level=int(self.level),
            session_id=self.session_id,
        )


def signed_in(session_id: uuid.UUID | None, system_id: uuid.UUID | None = None) -> SignedIn | None:
    """How somebody is signed in (登录情况) by a session that has not ended, or None. One statement.

    ``system_id``: the system for which what she agreed to is told as well.
    """
    row = fetch_one(_SESSION, [system_id, session_id]) if session_id else None
    if row is None:
        return None
    methods = tuple(Method(method) for method in row[2])
    own = Level(row[4])
    agreed = None if row[7] is None else frozenset(row[7])
    level = session_level(own, methods)
    return SignedIn(row[0], row[1], methods, row[3], level, own, row[5], row[6], agreed)


def known(account_id: uuid.UUID, party_id: uuid.UUID | None, *, at: datetime) -> Known:
    """What the platform knows of an account (账号已知信息), as far as any claim asks for it; of a person by one statement."""
    if party_id is not None:
        party = parties.party(party_id)
        return Known(name=party.name, phone=party.phone, masked_number=party.masked_number)
    found = actor_of(account_id, at=at)
    if found is None or found[0].kind is not ActorKind.STAFF:
        return Known()  # nobody has proven yet who she is
    actor, name = found
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


@dataclass(frozen=True, slots=True)
class CompanyTold:
    """For which company somebody signed on, with the subject by which the system knows it (代表企业)."""

    subject: str
    company: For


def shared_with(
    account_id: uuid.UUID | None,
    party_id: uuid.UUID | None,
    claims: Collection[str],
    *,
    at: datetime,
    company: CompanyTold | None = None,
) -> dict[str, object]:
    """What a system is told of an account (共享内容): these claims, and no question to the database without any.

    ``company``: for which she signed on; whoever signed on for herself has none, and nothing is told of any.
    """
    if account_id is None or not claims:
        return {}
    found = known(account_id, party_id, at=at)
    if company is not None and not {Claim.COMPANY, Claim.COMPANY_CODE}.isdisjoint(claims):
        party = parties.party(company.company.party_id)
        about = {"sub": company.subject, "name": party.name, "mandate": company.company.kind}
        found = replace(found, company=about, company_code=party.masked_number)
    return told({Claim(claim) for claim in claims}, found)
