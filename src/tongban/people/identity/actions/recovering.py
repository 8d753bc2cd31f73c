"""Losing and leaving an account (找回、合并、注销): at a counter, by its owner, for good."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from tongban.base.actor import Actor, ActorKind
from tongban.base.crypto import blind_index
from tongban.base.errors import Conflict, Forbidden, Invalid
from tongban.base.ids import new_id
from tongban.base.record import record
from tongban.people.identity.actions.accounts import ensure_password
from tongban.people.identity.actions.counter import clerks_organ, found_at_counter
from tongban.people.identity.actions.factors import check_code, drop_codes
from tongban.people.identity.actions.linking import move_links
from tongban.people.identity.actions.proving import account_of
from tongban.people.identity.actions.sessions import end_sessions
from tongban.people.identity.actions.signing_in import guessed, sign_in
from tongban.people.identity.actions.telling import tell
from tongban.people.identity.models import (
    Account,
    AccountNotice,
    Claim,
    Device,
    LinkedAccount,
    Passkey,
    PhoneCode,
    RecoveryTicket,
    Token,
)
from tongban.people.identity.queries.factors import asks_code
from tongban.people.identity.rules import Level, Method, session_level
from tongban.people.identity.rules.account_notices import AccountNews
from tongban.people.identity.rules.acts import ensure_level
from tongban.people.identity.rules.one_time import ALPHABET, spelled
from tongban.people.parties import actions as parties
from tongban.people.parties import queries as known
from tongban.standards.text import msg

TICKET_LIVES = timedelta(days=1)  # [O]
_LENGTH = 12
_PURPOSE = "account_recovery_ticket"


def recover_at_counter(
    *, actor: Actor, name: str, id_number: str, login: str, at: datetime
) -> tuple[str, str]:
    """Give an account back to its owner (窗口找回), who stands at the counter with her document: (login, code), this once.

    Everything that opened the account before opens it no more: sessions, password, one-time codes, passkeys, outside accounts, known devices.
    """
    organ_id = clerks_organ(actor)
    code = "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH))
    with transaction.atomic():
        account, who = found_at_counter(name, id_number, login)
        if not who.settled:
            raise Conflict("identity.not_proven", msg("这个账号还没有核验过身份。请先做“窗口核验身份”。"))
        _shut(account)
        account.save(update_fields=["password"])
        RecoveryTicket.objects.filter(account=account, used_at=None).delete()
        RecoveryTicket.objects.create(
            id=new_id(),
            account=account,
            digest=blind_index(_PURPOSE, code),
            by=account_of(actor),
            issued_at=at,
        )
        tell(account.id, AccountNews.RECOVERED, known.organ(organ_id).name, at)
        data = {"organ": str(organ_id)}
        record(stream=f"account:{account.id}", act="identity.recover", actor=actor, at=at, data=data)
        end_sessions(actor=actor, account_id=account.id, because="recovered", at=at)
    return account.login, "-".join(code[place : place + 4] for place in range(0, _LENGTH, 4))


def _shut(account: Account) -> None:
    """Nothing opens the account any more. Part of the caller's act."""
    account.set_unusable_password()
    drop_codes(account)
    for table in (Passkey, LinkedAccount, Device, Token, PhoneCode):
        table.objects.filter(account=account).delete()


def redeem(*, login: str, code: str, password: str, address: str, at: datetime) -> Account:
    """Set a new password with the code from the counter (凭找回码设密码); the code works once. Slowed like a sign-in."""
    ensure_password(password)
    digest = blind_index(_PURPOSE, spelled(code))
    tickets = RecoveryTicket.objects.filter(
        digest=digest, account__login=login.strip(), used_at=None, issued_at__gt=at - TICKET_LIVES
    )
    right = guessed(purpose="identity.redeem", subject="", address=address, right=tickets.exists, at=at)
    problem = msg("登录名或者找回码不对，或者已经用过、过期了。")
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


def leave(*, actor: Actor, at: datetime) -> None:
    """Close the actor's account for good (注销). What is erased and what is kept: ``rules/leaving.py``.

    The event ``identity.leave`` tells other rooms. The caller has made sure that nothing of hers is under way.
    """
    ensure_level(actor, "identity.leave")
    with transaction.atomic():
        account = Account.objects.select_for_update().filter(pk=account_of(actor), is_active=True).first()
        if account is None or account.staff_name:
            raise Forbidden("identity.leave", msg("工作人员的账号由所在机关停用。"))
        party_id = account.party_id
        _close(account, "left")
        if party_id is not None:
            parties.forget_phone(actor=actor, party_id=party_id, at=at)
        record(
            stream=f"account:{account.id}",
            act="identity.leave",
            actor=actor,
            at=at,
            data={"party": str(party_id) if party_id else ""},
            event={"account": str(account.id)},
        )
        end_sessions(actor=actor, account_id=account.id, because="left", at=at)


def _close(account: Account, because: str) -> None:
    _shut(account)
    Claim.objects.filter(account=account).delete()
    AccountNotice.objects.filter(account=account).delete()
    RecoveryTicket.objects.filter(account=account).delete()
    account.login, account.party_id, account.level = f"{because}:{account.id}", None, Level.UNPROVEN.value
    account.is_active, account.closed_because = False, because
    account.save(update_fields=["login", "password", "party", "level", "is_active", "closed_because"])


def merge(
    *, actor: Actor, login: str, password: str, code: str, address: str, browser: str, at: datetime
) -> Account:
    """Let an unproven account end in the one that its owner has already (合并账号); returns that one.

    She is signed in to the one and proves the other by its password, and its one-time code where it has any. A party has one
    account, so only an account without a party can end: cases, materials and licences stay with the party as they are.
    What outside accounts opened the one open the other, where she showed it by more than a password; otherwise they end with it:
    a guessed password must not give itself a way in.
    """
    other = sign_in(login=login, password=password, address=address, at=at, browser=browser)
    if other.id == actor.id or other.party_id is None:
        raise Conflict("identity.merge_into", msg("要合并到已经核验过身份的那个账号。"))
    if asks_code(other.id) and not check_code(account_id=other.id, code=code, browser=browser, at=at):
        problem = msg("不对，或者已经用过。请等下一个动态码再试，或者用一个恢复码。")
        raise Invalid("identity.code", problem, fields={"code": [problem]})
    strong = asks_code(other.id)
    methods = [Method.PASSWORD, Method.ONE_TIME] if strong else [Method.PASSWORD]
    reached = session_level(Level(other.level), methods)
    ensure_level(Actor(kind=ActorKind.PERSON, id=other.id, level=reached.value), "identity.merge")
    with transaction.atomic():
        account = Account.objects.select_for_update().filter(pk=account_of(actor), is_active=True).first()
        if account is None or account.party_id is not None or account.staff_name:
            raise Conflict("identity.merge_from", msg("核验过身份的账号不能这样合并，请带身份证到窗口办理。"))
        gone = account.login
        moved = move_links(account.id, other.id) if strong else 0
        _close(account, "merged")
        tell(other.id, AccountNews.MERGED, gone, at)
        into = {"into": str(other.id), "linked": moved}
        record(stream=f"account:{account.id}", act="identity.merge", actor=actor, at=at, data=into)
        end_sessions(actor=actor, account_id=account.id, because="merged", at=at)
    return other
