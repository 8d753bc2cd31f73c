"""One-time codes that somebody hands to an owner (一次性码): with one she sets her password, and nobody else ever knows it."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from tongban.base.actor import Actor, ActorKind
from tongban.base.crypto import blind_index
from tongban.base.errors import Invalid
from tongban.base.ids import new_id
from tongban.base.record import record
from tongban.people.identity.actions.accounts import ensure_password
from tongban.people.identity.actions.proving import account_of
from tongban.people.identity.actions.signing_in import guessed
from tongban.people.identity.models import Account, RecoveryTicket
from tongban.people.identity.rules.one_time import ALPHABET, spelled
from tongban.standards.text import msg

TICKET_LIVES = timedelta(days=1)  # [O]
_LENGTH = 12
_PURPOSE = "account_recovery_ticket"


def hand_out(account: Account, actor: Actor, at: datetime) -> str:
    """Make a code for the owner of an account (给一次性码), shown this once; former ones end. Part of the caller's act."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH))
    RecoveryTicket.objects.filter(account=account, used_at=None).delete()
    RecoveryTicket.objects.create(
        id=new_id(),
        account=account,
        digest=blind_index(_PURPOSE, code),
        by=account_of(actor),
        issued_at=at,
    )
    return "-".join(code[place : place + 4] for place in range(0, _LENGTH, 4))


def redeem(
    *, login: str, code: str, password: str, address: str, at: datetime, official: bool = False
) -> Account:
    """Set a new password with a code that was handed out (凭一次性码设密码); it works once. Slowed like a sign-in.

    ``official``: at the door of officials, whose codes come from their personnel officer; people's come from a counter.
    """
    ensure_password(password)
    digest = blind_index(_PURPOSE, spelled(code))
    tickets = RecoveryTicket.objects.filter(
        digest=digest, account__login=login.strip(), used_at=None, issued_at__gt=at - TICKET_LIVES
    )
    tickets = tickets.exclude(account__staff_name="") if official else tickets.filter(account__staff_name="")
    right = guessed(purpose="identity.redeem", subject="", address=address, right=tickets.exists, at=at)
    problem = msg("登录名或者一次性码不对，或者已经用过、过期了。")
    unfit = Invalid("identity.redeem", msg("请改正标出的内容。"), fields={"code": [problem]})
    if not right:
        raise unfit
    with transaction.atomic():
        ticket = tickets.select_for_update(of=("self",)).select_related("account").first()
        if ticket is None or not ticket.account.is_active:
            raise unfit
        ticket.used_at = at
        ticket.save(update_fields=["used_at"])
        account = ticket.account
        account.set_password(password)
        account.save(update_fields=["password"])
        by = Actor(
            kind=ActorKind.STAFF if account.staff_name else ActorKind.PERSON,
            id=account.id,
            party_id=account.party_id,
            name=account.staff_name,
        )
        record(stream=f"account:{account.id}", act="identity.redeem", actor=by, at=at, data={})
    return account
