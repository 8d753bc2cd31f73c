"""What a token opens (令牌查询): only while system, account and, unless it outlives it, session still stand."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tongban.base.actor import Actor, ActorKind
from tongban.base.crypto import token_digest
from tongban.base.db import fetch_one
from tongban.people.signon.queries.systems import SystemView, _read
from tongban.people.signon.rules.claims import For
from tongban.people.signon.rules.registration import Audience

_STANDS = """
    g.ended_at IS NULL AND s.state = 'approved' AND (a.id IS NULL OR a.is_active)
    AND (g.offline OR g.session_id IS NULL OR EXISTS (
        SELECT FROM account_session o WHERE o.id = g.session_id AND o.ended_at IS NULL))
"""
_WHOSE = """
    s.id, s.client_id, s.organ_id, s.registration, g.id, g.account_id, a.party_id, g.in_answer, t.issued_at, t.expires_at,
    g.company_id, g.mandate_id, g.mandate_kind
"""
_JOINED = """
    JOIN signon_authorisation g ON g.id = t.authorisation_id JOIN signon_system s ON s.id = g.system_id
    LEFT JOIN account a ON a.id = g.account_id
"""
_ACCESS = f"""
    SELECT {_WHOSE}, t.resource, t.scopes, t.bound FROM signon_access t {_JOINED}
    WHERE t.digest = %s AND t.expires_at > %s AND t.ended_at IS NULL AND s.audience = %s AND {_STANDS}
"""  # noqa: S608 -- constant text
_REFRESH = f"""
    SELECT {_WHOSE}, '', g.scopes, '' FROM signon_refresh t {_JOINED}
    WHERE t.digest = %s AND t.expires_at > %s AND t.used_at IS NULL AND s.audience = %s AND {_STANDS}
"""  # noqa: S608 -- constant text


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token that opens something (有效令牌). ``account_id`` is absent where a system acts in its own name."""

    system: SystemView
    authorisation_id: uuid.UUID
    account_id: uuid.UUID | None
    party_id: uuid.UUID | None
    claims: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime
    resource: str
    company: For | None
    scopes: tuple[str, ...]
    bound: str


def access_token(token: str, audience: Audience, *, at: datetime) -> TokenView | None:
    """What an access token opens (访问令牌查询), or None. One statement."""
    return _view(fetch_one(_ACCESS, [token_digest(token), at, audience.value]))


def refresh_token(token: str, audience: Audience, *, at: datetime) -> TokenView | None:
    """What a refresh token that was not used yet opens (更新令牌查询), or None. One statement."""
    return _view(fetch_one(_REFRESH, [token_digest(token), at, audience.value]))


def _view(row: tuple[Any, ...] | None) -> TokenView | None:
    if row is None:
        return None
    system = SystemView(row[0], row[1], row[2], _read(row[3]))
    authorisation, account, party, claims, issued, expires, company, mandate, kind, *of_token = row[4:]
    resource, scopes, bound = of_token
    return TokenView(
        system,
        authorisation,
        account,
        party,
        tuple(claims),
        issued,
        expires,
        resource,
        None if company is None else For(company, mandate, kind),
        tuple(scopes),
        bound,
    )


_OF_SYSTEM = f"""
    SELECT s.id, s.organ_id, s.registration, t.scopes, t.bound FROM signon_access t {_JOINED}
    WHERE t.digest = %s AND t.expires_at > %s AND t.ended_at IS NULL AND t.resource = %s AND g.account_id IS NULL AND {_STANDS}
"""  # noqa: S608 -- constant text


@dataclass(frozen=True, slots=True)
class Program:
    """A connected system at our API (来访系统): who it is, and the certificate that its token is bound to, or ''."""

    actor: Actor
    bound: str


def program_of_token(token: str, *, resource: str, at: datetime) -> Program | None:
    """The system whose own token this is (令牌的系统), or None: not a person's, not one for elsewhere. One statement.

    It has the rights that the token was given *and* that its registration still has.
    """
    row = fetch_one(_OF_SYSTEM, [token_digest(token), at, resource])
    if row is None:
        return None
    system_id, organ_id, registration, scopes, bound = row
    kept = _read(registration)
    actor = Actor(
        kind=ActorKind.CONNECTED,
        id=system_id,
        name=kept.name,
        organ_id=organ_id,
        scopes=frozenset(scopes) & frozenset(right.value for right in kept.rights),
    )
    return Program(actor, bound)
