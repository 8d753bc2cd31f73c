"""Signing somebody on to a system (登录到系统): a code through the browser, redeemed once by the system itself."""

import secrets
from datetime import datetime

from django.db import transaction

from tongban.base.crypto import token_digest
from tongban.base.db import execute, fetch_one
from tongban.base.ids import new_id
from tongban.base.record import record
from tongban.people.signon.actions.tokens import Counts, Issued, end, issue, nobody
from tongban.people.signon.models import Authorisation
from tongban.people.signon.queries import SignedIn, SystemView
from tongban.people.signon.rules.claims import For, Scope
from tongban.people.signon.rules.proofs import ensure_verifier
from tongban.people.signon.rules.refusals import ProtocolRefusal, invalid_grant
from tongban.people.signon.rules.registration import Flow
from tongban.people.signon.rules.requests import Asked
from tongban.people.signon.rules.tokens import CODE_LIFE, amr_of

_BEGIN = """
    INSERT INTO signon_authorisation (id, system_id, account_id, session_id, code, redirect, challenge, nonce, scopes, in_token,
        in_answer, offline, level, amr, auth_time, company_id, mandate_id, mandate_kind, begun_at, ended_because)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s::varchar[], %s::varchar[], %s::varchar[], %s, %s, %s::varchar[], %s, %s, %s, %s,
        %s, '')
"""


@transaction.atomic
def authorise(
    *, system: SystemView, asked: Asked, who: SignedIn, at: datetime, company: For | None = None
) -> str:
    """Sign somebody on to a system (登录授权); returns the code, this once.

    The door has seen that she is signed in well enough and agrees, and that she may act for ``company``. The code is bound to
    system, address, verifier, nonce and session.
    """
    code = secrets.token_urlsafe(32)
    made = new_id()
    values = [made, system.id, who.account_id, who.session_id, token_digest(code)]
    values += [asked.redirect, asked.challenge, asked.nonce]
    values += [sorted(asked.scopes), sorted(asked.in_token), sorted(asked.in_answer)]
    values += [Scope.OFFLINE in asked.scopes, int(who.level), amr_of(who.methods), who.proven_at]
    values += [None, None, ""] if company is None else [company.party_id, company.mandate_id, company.kind]
    values.append(at)
    execute(_BEGIN, values)
    data: dict[str, object] = {
        "system": str(system.id),
        "authorisation": str(made),
        "session": str(who.session_id),
        "shares": sorted(asked.shares()),
        "level": int(who.level),
    }
    if company is not None:
        data |= {"mandate": str(company.mandate_id), "for": str(company.party_id)}
    record(stream=f"account:{who.account_id}", act="signon.sign_on", actor=who.actor(), at=at, data=data)
    return code


_COLUMNS = [
    "id",
    "account_id",
    "session_id",
    "redirect",
    "challenge",
    "nonce",
    "scopes",
    "in_token",
    "in_answer",
    "offline",
    "level",
    "amr",
    "auth_time",
    "company_id",
    "mandate_id",
    "mandate_kind",
    "begun_at",
    "redeemed_at",
    "ended_at",
]
_CODE = f"""
    SELECT {", ".join(f"g.{name}" for name in _COLUMNS)}, a.is_active AND o.ended_at IS NULL
    FROM signon_authorisation g JOIN account a ON a.id = g.account_id JOIN account_session o ON o.id = g.session_id
    WHERE g.code = %s AND g.system_id = %s FOR UPDATE OF g
"""  # noqa: S608 -- constant text


def redeem(
    *,
    code: str,
    redirect: str,
    verifier: str,
    system: SystemView,
    issuer: str,
    bound: str,
    at: datetime,
    counts: Counts = nobody,
) -> Issued:
    """Tokens for a code (兑换授权码), once: whoever brings it again ends everything that came of it (RFC 6749, 4.1.2).

    ``counts``: whether a mandate still counts, where somebody signed on for a company.
    """
    if Flow.CODE not in system.kept.flows:
        raise ProtocolRefusal("unauthorized_client", "this client may not use authorization_code")
    with transaction.atomic():
        row = fetch_one(_CODE, [token_digest(code), system.id])
        if row is None:
            raise invalid_grant("no such code")
        given = Authorisation(system_id=system.id, **dict(zip(_COLUMNS, row[:-1], strict=True)))
        if given.redeemed_at is None:
            _ensure_redeemable(given, redirect, verifier, at, stands=row[-1])
            if given.mandate_id is not None and not counts(given.mandate_id):
                raise invalid_grant("the mandate under which somebody signed on has ended")
            return issue(given, system, issuer=issuer, bound=bound, at=at)
        if given.ended_at is None:
            end(given, because="code_replayed", at=at)
    raise invalid_grant("the code was used before: everything that came of it is revoked")


def _ensure_redeemable(
    given: Authorisation, redirect: str, verifier: str, at: datetime, *, stands: bool
) -> None:
    if given.ended_at is not None or at >= given.begun_at + CODE_LIFE:
        raise invalid_grant("the code has expired")
    if given.redirect != redirect:
        raise invalid_grant("redirect_uri is not the one of the request")
    ensure_verifier(verifier, given.challenge)
    if not stands:
        raise invalid_grant("whoever signed on has signed out")
