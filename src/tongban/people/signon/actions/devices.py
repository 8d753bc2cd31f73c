"""Terminals (终端设备, RFC 8628): ask for a code, wait; somebody types it elsewhere, reads what is asked, and agrees or not."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from tongban.base.actor import Actor
from tongban.base.crypto import token_digest
from tongban.base.ids import new_id
from tongban.base.record import record
from tongban.people.identity import actions as identity
from tongban.people.signon.actions.consents import consent
from tongban.people.signon.actions.tokens import Issued, issue
from tongban.people.signon.models import Authorisation, DeviceRequest
from tongban.people.signon.queries import SignedIn, SystemView, live
from tongban.people.signon.rules import devices
from tongban.people.signon.rules.claims import Scope, claims_of
from tongban.people.signon.rules.refusals import ProtocolRefusal, invalid_grant
from tongban.people.signon.rules.registration import Audience, Flow
from tongban.people.signon.rules.requests import read_scopes
from tongban.people.signon.rules.tokens import DEVICE_LIFE, DEVICE_PAUSE, amr_of


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal that waits (等待的终端): which system it is of, and what it asks."""

    user_code: str
    system: SystemView
    scopes: frozenset[Scope]

    def shares(self) -> frozenset[str]:
        """What somebody agrees to share (需要同意的内容)."""
        return frozenset(claim.value for claim in claims_of(self.scopes))


def ask_for_device(system: SystemView, *, scope: str, at: datetime) -> tuple[str, str]:
    """A terminal asks (设备请求); returns its device code, this once, and the code that somebody types."""
    if Flow.DEVICE not in system.kept.flows:
        raise ProtocolRefusal("unauthorized_client", "this client may not use the device flow")
    scopes = read_scopes(scope, system.kept)
    if Scope.OFFLINE in scopes:
        raise ProtocolRefusal("invalid_scope", "a terminal stands in a public place: no offline_access")
    code = secrets.token_urlsafe(32)
    user_code = devices.written([secrets.randbelow(len(devices.ALPHABET)) for _ in range(devices.LENGTH)])
    DeviceRequest.objects.create(
        digest=token_digest(code),
        user_code=user_code,
        system_id=system.id,
        scopes=sorted(scopes),
        pause=int(DEVICE_PAUSE.total_seconds()),
        made_at=at,
        expires_at=at + DEVICE_LIFE,
    )
    return code, user_code


def terminal_of(
    *, actor: Actor, typed: str, audience: Audience, address: str, at: datetime
) -> Terminal | None:
    """The terminal that shows this code (查终端), or None; guesses are slowed (RFC 8628, 5.1)."""
    wanted = devices.read(typed)
    found: list[DeviceRequest] = []

    def right() -> bool:
        waiting = DeviceRequest.objects.select_related("system").filter(
            user_code=wanted, state="waiting", expires_at__gt=at, system__audience=audience.value
        )
        found.extend(waiting[:1])
        return bool(found)

    if not identity.guessed(
        purpose="signon.device", subject=str(actor.id), address=address, right=right, at=at
    ):
        return None
    system = live(found[0].system.client_id, audience)
    return None if system is None else Terminal(wanted, system, frozenset(map(Scope, found[0].scopes)))


@transaction.atomic
def answer_device(*, actor: Actor, terminal: Terminal, who: SignedIn, allowed: bool, at: datetime) -> bool:
    """Let the terminal in, or not (答复终端); whether it still waited."""
    found = (
        DeviceRequest.objects.select_for_update()
        .filter(user_code=terminal.user_code, state="waiting", expires_at__gt=at)
        .first()
    )
    if found is None:
        return False
    if allowed:
        found.authorisation = _authorised(actor, terminal, who, found.scopes, at)
    found.state = "allowed" if allowed else "denied"
    found.save(update_fields=["state", "authorisation"])
    return True


def _authorised(
    actor: Actor, terminal: Terminal, who: SignedIn, scopes: Collection[str], at: datetime
) -> Authorisation:
    if terminal.system.kept.audience is Audience.PUBLIC:
        consent(actor=actor, system=terminal.system, shares=terminal.shares(), at=at)
    given = Authorisation.objects.create(
        id=new_id(),
        system_id=terminal.system.id,
        account_id=who.account_id,
        session_id=who.session_id,
        scopes=sorted(scopes),
        in_token=[],
        in_answer=sorted(claims_of(terminal.scopes)),
        level=int(who.level),
        amr=amr_of(who.methods),
        auth_time=who.proven_at,
        begun_at=at,
    )
    data = {
        "system": str(terminal.system.id),
        "authorisation": str(given.id),
        "session": str(who.session_id),
        "shares": sorted(terminal.shares()),
        "level": int(who.level),
    }
    record(stream=f"account:{who.account_id}", act="signon.sign_on_device", actor=actor, at=at, data=data)
    return given


def poll_device(code: str, system: SystemView, *, issuer: str, bound: str, at: datetime) -> Issued:
    """The terminal asks whether it may (轮询): raises the refusals of RFC 8628, 3.5 until it may; then tokens, once."""
    if Flow.DEVICE not in system.kept.flows:
        raise ProtocolRefusal("unauthorized_client", "this client may not use the device flow")
    refusal = invalid_grant("no such device code")
    with transaction.atomic():
        found = (
            DeviceRequest.objects.select_for_update(of=("self",))
            .select_related("authorisation", "authorisation__session")
            .filter(pk=token_digest(code), system_id=system.id)
            .first()
        )
        if found is not None and found.expires_at <= at:
            refusal = ProtocolRefusal("expired_token", "the code has expired")
        elif found is not None and found.state == "waiting":
            refusal = _waiting(found, at)
        elif found is not None and found.state == "denied":
            refusal = ProtocolRefusal("access_denied", "refused by the user")
        elif found is not None and found.state == "allowed" and (given := found.authorisation) is not None:
            left = given.session is not None and given.session.ended_at is not None
            if given.ended_at is None and not left:
                found.state = "used"
                found.save(update_fields=["state"])
                given.redeemed_at = at
                given.save(update_fields=["redeemed_at"])
                return issue(given, system, issuer=issuer, bound=bound, at=at)
    raise refusal


def _waiting(found: DeviceRequest, at: datetime) -> ProtocolRefusal:
    hasty = found.polled_at is not None and at < found.polled_at + timedelta(seconds=found.pause)
    found.polled_at = at
    found.pause = min(found.pause + 5, 60) if hasty else found.pause  # RFC 8628, 3.5: five seconds more
    found.save(update_fields=["polled_at", "pause"])
    if hasty:
        return ProtocolRefusal("slow_down", "ask less often")
    return ProtocolRefusal("authorization_pending", "nobody has answered yet")
