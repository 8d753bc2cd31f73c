"""Tokens (令牌): issued, refreshed, revoked; a used refresh token ends its whole family (RFC 9700, 4.14)."""

import secrets
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from tongban.base.actor import Actor, ActorKind
from tongban.base.actor import system as platform
from tongban.base.crypto import derived_key, token_digest
from tongban.base.db import execute
from tongban.base.ids import new_id
from tongban.base.record import record
from tongban.people.identity.rules import Level
from tongban.people.signon.actions.keys import sign
from tongban.people.signon.models import AccessToken, Authorisation, RefreshToken
from tongban.people.signon.queries import CompanyTold, SystemView, shared_with
from tongban.people.signon.rules.claims import For, Scope
from tongban.people.signon.rules.refusals import ProtocolRefusal, invalid_grant
from tongban.people.signon.rules.registration import Flow
from tongban.people.signon.rules.requests import read_scopes
from tongban.people.signon.rules.rights import read_rights
from tongban.people.signon.rules.tokens import (
    ACCESS_LIFE,
    OFFLINE_LIFE,
    REFRESH_LIFE,
    Standing,
    id_claims,
    sid_of,
    subject_of,
)


@dataclass(frozen=True, slots=True)
class Issued:
    """What a system gets (发出的令牌)."""

    access_token: str
    lives: timedelta
    scopes: tuple[str, ...]
    id_token: str = ""
    refresh_token: str = ""


Counts = Callable[[uuid.UUID], bool]


def nobody(_mandate_id: uuid.UUID) -> bool:
    """No mandate counts (不认授权), where the door does not say which do: mandates stand beside this room."""
    return False


def subject(system: SystemView, account_id: uuid.UUID) -> str:
    """The subject by which the system knows an account (用户标识)."""
    return subject_of(derived_key("pairwise", "signon.subject"), system.kept.sector, account_id)


def sid(system: SystemView, session_id: uuid.UUID) -> str:
    """The name of a session for the system (会话标识)."""
    return sid_of(derived_key("pairwise", "signon.sid"), system.id, session_id)


# One round trip: every sign-on pays for it.
_ISSUE = """
    WITH given AS (
        UPDATE signon_authorisation SET redeemed_at = %(at)s WHERE id = %(id)s AND redeemed_at IS NULL
    ), refreshed AS (
        INSERT INTO signon_refresh (digest, authorisation_id, issued_at, expires_at)
        SELECT %(refresh)s::bytea, %(id)s, %(at)s, %(refresh_until)s WHERE %(refresh)s::bytea IS NOT NULL
    )
    INSERT INTO signon_access (digest, authorisation_id, scopes, bound, issued_at, expires_at)
    VALUES (%(access)s, %(id)s, %(scopes)s::varchar[], %(bound)s, %(at)s, %(until)s)
"""


def issue(
    given: Authorisation,
    system: SystemView,
    *,
    issuer: str,
    bound: str,
    at: datetime,
    scopes: Collection[str] = (),
) -> Issued:
    """Tokens of an authorisation (发令牌), within its transaction: access, refresh where allowed, and who it is."""
    named = tuple(sorted(scopes or given.scopes))
    access = secrets.token_urlsafe(32)
    refreshing = secrets.token_urlsafe(32) if Flow.REFRESH in system.kept.flows else ""
    values = {
        "id": given.id,
        "at": at,
        "access": token_digest(access),
        "scopes": list(named),
        "bound": bound,
        "until": at + ACCESS_LIFE,
        "refresh": token_digest(refreshing) if refreshing else None,
        "refresh_until": at + (OFFLINE_LIFE if given.offline else REFRESH_LIFE),
    }
    execute(_ISSUE, values)
    return Issued(access, ACCESS_LIFE, named, _id_token(given, system, issuer, access, at), refreshing)


def _id_token(given: Authorisation, system: SystemView, issuer: str, access: str, at: datetime) -> str:
    if given.account_id is None or given.auth_time is None or Scope.OPENID.value not in given.scopes:
        return ""
    standing = Standing(
        issuer=issuer,
        client_id=system.client_id,
        subject=subject(system, given.account_id),
        level=Level(given.level),
        amr=tuple(given.amr),
        auth_time=given.auth_time,
        nonce=given.nonce,
        sid=sid(system, given.session_id) if given.session_id else "",
    )
    party_id = given.account.party_id if given.in_token and given.account else None
    shared = shared_with(
        given.account_id, party_id, given.in_token, at=at, company=company_told(system, company_of(given))
    )
    claims = id_claims(standing, at=at, access_token=access, shared=shared)
    return sign(claims, algorithm=system.kept.signing, at=at)


def company_of(given: Authorisation) -> For | None:
    """For which company somebody signed on (代表企业), or None."""
    if given.company_id is None or given.mandate_id is None:
        return None
    return For(given.company_id, given.mandate_id, given.mandate_kind)


def company_told(system: SystemView, company: For | None) -> CompanyTold | None:
    """The same with the subject by which the system knows the company (企业标识): its own, as of people."""
    return None if company is None else CompanyTold(subject(system, company.party_id), company)


def end(given: Authorisation, *, because: str, at: datetime) -> None:
    """End an authorisation (结束登录授权) with everything that came of it, because somebody used what she should not have."""
    Authorisation.objects.filter(pk=given.id).update(ended_at=at, ended_because=because)
    data = {"system": str(given.system_id), "authorisation": str(given.id), "because": because}
    stream = f"account:{given.account_id}" if given.account_id else f"system:{given.system_id}"
    record(stream=stream, act="signon.end", actor=platform("signon"), at=at, data=data)


def refresh(
    token: str,
    system: SystemView,
    *,
    issuer: str,
    bound: str,
    scope: str,
    at: datetime,
    counts: Counts = nobody,
) -> Issued:
    """New tokens for a refresh token (更新令牌), which is used up. A second use ends the family, whoever came first.

    ``counts``: whether a mandate still counts, where somebody signed on for a company.
    """
    if Flow.REFRESH not in system.kept.flows:
        raise ProtocolRefusal("unauthorized_client", "this client may not refresh")
    with transaction.atomic():
        found = (
            RefreshToken.objects.select_for_update(of=("self", "authorisation"))
            .select_related("authorisation", "authorisation__session", "authorisation__account")
            .filter(pk=token_digest(token), authorisation__system_id=system.id)
            .first()
        )
        if found is None:
            raise invalid_grant("no such refresh token")
        given = found.authorisation
        lapsed = given.mandate_id is not None and not counts(given.mandate_id)
        if found.used_at is None and not lapsed:
            _ensure_stands(found, given, at)
            scopes = _narrowed(scope, given, system)
            found.used_at = at
            found.save(update_fields=["used_at"])
            return issue(given, system, issuer=issuer, bound=bound, at=at, scopes=scopes)
        if given.ended_at is None:
            end(given, because="mandate_ended" if lapsed else "refresh_reused", at=at)
    if lapsed:
        raise invalid_grant("the mandate under which somebody signed on has ended")
    raise invalid_grant("the refresh token was used before: everything that came of it is revoked")


def _ensure_stands(found: RefreshToken, given: Authorisation, at: datetime) -> None:
    closed = given.account is not None and not given.account.is_active
    left = given.session is not None and given.session.ended_at is not None and not given.offline
    if found.expires_at <= at or given.ended_at is not None or closed or left:
        raise invalid_grant("the refresh token has expired or was revoked")


def _narrowed(scope: str, given: Authorisation, system: SystemView) -> list[str]:
    """The scopes asked for, of those given at first (RFC 6749, 6)."""
    if not scope:
        return list(given.scopes)
    asked = {word.value for word in read_scopes(scope, system.kept, openid=False)}
    if not asked <= set(given.scopes):
        raise ProtocolRefusal("invalid_scope", "more than was granted")
    return sorted(asked)


@transaction.atomic
def system_token(
    system: SystemView, *, bound: str, scope: str, at: datetime, api: str, resource: str = ""
) -> Issued:
    """A token for a system in its own name (系统令牌, RFC 6749 4.4): no person, no scope of persons, no refresh.

    ``api``: the address of our API, for which every token with a right is made out; ``resource``: the one that was asked for
    (RFC 8707), which can be no other. Without a scope the token opens nothing: nobody is given what she did not ask for.
    """
    if Flow.SYSTEM not in system.kept.flows:
        raise ProtocolRefusal("unauthorized_client", "this client may not use client_credentials")
    if resource and resource != api:
        raise ProtocolRefusal("invalid_target", "the only resource is the API of this platform")
    rights = sorted(right.value for right in read_rights(scope, system.kept.rights))
    given = Authorisation.objects.create(
        id=new_id(),
        system_id=system.id,
        scopes=rights,
        in_token=[],
        in_answer=[],
        amr=[],
        begun_at=at,
        redeemed_at=at,
    )
    access = secrets.token_urlsafe(32)
    AccessToken.objects.create(
        digest=token_digest(access),
        authorisation=given,
        scopes=rights,
        bound=bound,
        resource=api if rights else "",
        issued_at=at,
        expires_at=at + ACCESS_LIFE,
    )
    who = Actor(
        kind=ActorKind.CONNECTED,
        id=system.id,
        name=system.kept.name,
        organ_id=system.organ_id,
        scopes=frozenset(rights),
    )
    data: dict[str, object] = {"authorisation": str(given.id)}
    if rights:
        data["rights"] = rights
    record(stream=f"system:{system.id}", act="signon.system_token", actor=who, at=at, data=data)
    return Issued(access, ACCESS_LIFE, tuple(rights))


@transaction.atomic
def revoke(token: str, system: SystemView, *, at: datetime) -> None:
    """A system gives a token back (撤销令牌, RFC 7009): a refresh token ends all that came of it. Unknown ones are no error."""
    digest = token_digest(token)
    family = (
        Authorisation.objects.select_for_update()
        .filter(
            pk__in=RefreshToken.objects.filter(pk=digest).values("authorisation"),
            system_id=system.id,
            ended_at=None,
        )
        .first()
    )
    if family is not None:
        end(family, because="revoked", at=at)
        return
    mine = AccessToken.objects.filter(pk=digest, authorisation__system_id=system.id, ended_at=None)
    mine.update(ended_at=at)
