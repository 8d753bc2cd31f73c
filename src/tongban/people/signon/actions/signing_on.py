"""Signing somebody on to a system (登录到系统): a code through the browser, redeemed once by the system itself."""

import secrets
from datetime import datetime

from django.db import transaction

from tongban.base.actor import Actor
from tongban.base.crypto import token_digest
from tongban.base.ids import new_id
from tongban.base.record import record
from tongban.people.signon.actions.tokens import Issued, end, issue
from tongban.people.signon.models import Authorisation
from tongban.people.signon.queries import SignedIn, SystemView
from tongban.people.signon.rules.claims import Scope
from tongban.people.signon.rules.proofs import ensure_verifier
from tongban.people.signon.rules.refusals import ProtocolRefusal, invalid_grant
from tongban.people.signon.rules.registration import Flow
from tongban.people.signon.rules.requests import Asked
from tongban.people.signon.rules.tokens import CODE_LIFE, amr_of


@transaction.atomic
def authorise(*, actor: Actor, system: SystemView, asked: Asked, who: SignedIn, at: datetime) -> str:
    """Sign the actor on to a system (登录授权); returns the code, this once.

    The door has seen that she is signed in well enough and agrees. The code is bound to system, address, verifier, nonce and
    session.
    """
    code = secrets.token_urlsafe(32)
    given = Authorisation(
        id=new_id(),
        system_id=system.id,
        account_id=who.account_id,
        session_id=who.session_id,
        code=token_digest(code),
        redirect=asked.redirect,
        challenge=asked.challenge,
        nonce=asked.nonce,
        scopes=sorted(asked.scopes),
        in_token=sorted(asked.in_token),
        in_answer=sorted(asked.in_answer),
        offline=Scope.OFFLINE in asked.scopes,
        level=int(who.level),
        amr=amr_of(who.methods),
        auth_time=who.proven_at,
        begun_at=at,
    )
    given.save(force_insert=True)
    data = {
        "system": str(system.id),
        "authorisation": str(given.id),
        "session": str(who.session_id),
        "shares": sorted(asked.shares()),
        "level": int(who.level),
    }
    record(stream=f"account:{who.account_id}", act="signon.sign_on", actor=actor, at=at, data=data)
    return code


def redeem(
    *, code: str, redirect: str, verifier: str, system: SystemView, issuer: str, bound: str, at: datetime
) -> Issued:
    """Tokens for a code (兑换授权码), once: whoever brings it again ends everything that came of it (RFC 6749, 4.1.2)."""
    if Flow.CODE not in system.kept.flows:
        raise ProtocolRefusal("unauthorized_client", "this client may not use authorization_code")
    with transaction.atomic():
        given = (
            Authorisation.objects.select_for_update(of=("self",))
            .select_related("session", "account")
            .filter(code=token_digest(code), system_id=system.id)
            .first()
        )
        if given is None:
            raise invalid_grant("no such code")
        if given.redeemed_at is None:
            _ensure_redeemable(given, redirect, verifier, at)
            given.redeemed_at = at
            given.save(update_fields=["redeemed_at"])
            return issue(given, system, issuer=issuer, bound=bound, at=at)
        if given.ended_at is None:
            end(given, because="code_replayed", at=at)
    raise invalid_grant("the code was used before: everything that came of it is revoked")


def _ensure_redeemable(given: Authorisation, redirect: str, verifier: str, at: datetime) -> None:
    if given.ended_at is not None or at >= given.begun_at + CODE_LIFE:
        raise invalid_grant("the code has expired")
    if given.redirect != redirect:
        raise invalid_grant("redirect_uri is not the one of the request")
    ensure_verifier(verifier, given.challenge)
    closed = given.account is None or not given.account.is_active
    if closed or given.session is None or given.session.ended_at is not None:
        raise invalid_grant("whoever signed on has signed out")
