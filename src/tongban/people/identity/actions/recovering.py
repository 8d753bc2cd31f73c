"""Losing and leaving an account (找回、合并、注销): at a counter, by its owner, for good."""

import logging
from datetime import datetime

from django.db import transaction

from tongban.base.actor import Actor, ActorKind
from tongban.base.errors import Conflict, Forbidden, Invalid
from tongban.base.record import record
from tongban.people.identity import providers
from tongban.people.identity.actions.counter import clerks_organ, found_at_counter, wrong_at_counter
from tongban.people.identity.actions.factors import check_code, drop_codes
from tongban.people.identity.actions.linking import move_links
from tongban.people.identity.actions.proving import account_of
from tongban.people.identity.actions.sessions import end_sessions
from tongban.people.identity.actions.signing_in import sign_in
from tongban.people.identity.actions.telling import tell
from tongban.people.identity.actions.tickets import hand_out
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
from tongban.people.identity.queries.proofs import claimed
from tongban.people.identity.rules import Level, Method, session_level
from tongban.people.identity.rules.account_notices import AccountNews
from tongban.people.identity.rules.acts import ensure_level
from tongban.people.parties import actions as parties
from tongban.people.parties import queries as known
from tongban.standards.text import msg

log = logging.getLogger(__name__)


def recover_at_counter(
    *, actor: Actor, name: str, id_number: str, login: str, at: datetime
) -> tuple[str, str]:
    """Give an account back to its owner (窗口找回), who stands at the counter with her document: (login, code), this once.

    Everything that opened the account before opens it no more: sessions, password, one-time codes, passkeys, outside accounts, known devices.
    """
    organ_id = clerks_organ(actor)
    with transaction.atomic():
        account, who = found_at_counter(name, id_number, login)
        if not who.settled:
            raise Conflict("identity.not_proven", msg("这个账号还没有核验过身份。请先做“窗口核验身份”。"))
        _shut(account)
        account.save(update_fields=["password"])
        code = hand_out(account, actor, at)
        tell(account.id, AccountNews.RECOVERED, known.organ(organ_id).name, at)
        data = {"organ": str(organ_id)}
        record(stream=f"account:{account.id}", act="identity.recover", actor=actor, at=at, data=data)
        end_sessions(actor=actor, account_id=account.id, because="recovered", at=at)
    return account.login, code


def _shut(account: Account) -> None:
    """Nothing opens the account any more. Part of the caller's act."""
    account.set_unusable_password()
    drop_codes(account)
    for table in (Passkey, LinkedAccount, Device, Token, PhoneCode):
        table.objects.filter(account=account).delete()


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


def merge_at_counter(*, actor: Actor, name: str, id_number: str, login: str, at: datetime) -> str:
    """Let an unproven account end in the one that its owner has (窗口合并账号), who stands at the counter with her document.

    Returns the login of the one that goes on. The one that ends is named by its login and must claim the same person. What
    outside accounts opened it open nothing any more: that they are hers, nobody has seen. Both are told: the one in its
    notices, the other by a message to the telephone that it claimed.
    """
    organ_id = clerks_organ(actor)
    with transaction.atomic():
        ending = Account.objects.select_for_update().filter(
            login=login.strip(), staff_name="", is_active=True, party=None
        )
        account = ending.first() if login.strip() else None
        if account is None:
            raise wrong_at_counter(
                "login", msg("没有这个登录名，或者它已经核验过身份。请填要并掉的、还没核验的那个。")
            )
        keeping, who = found_at_counter(name, id_number, "")
        claim = claimed(account.id)
        if (claim.number, claim.name) != (who.number, who.name):
            raise wrong_at_counter("login", msg("这个登录名填的是另一个人，不能并到这个账号。"))
        gone = account.login
        _close(account, "merged")
        tell(keeping.id, AccountNews.MERGED, f"{gone}（{known.organ(organ_id).name}）", at)
        data = {"into": str(keeping.id), "organ": str(organ_id)}
        record(stream=f"account:{account.id}", act="identity.merge_at_counter", actor=actor, at=at, data=data)
        end_sessions(actor=actor, account_id=account.id, because="merged", at=at)
    text = f"【通办】您的账号 {gone} 已在窗口并入账号 {keeping.login}。不是您本人办的话，请到就近的政务服务窗口说明。"
    try:
        providers.messages().send(claim.phone, text, at)
    except providers.Unavailable as reason:  # what was done stands, whether the message went out or not
        log.warning("the owner of a merged account was not told: %s", reason)
    return keeping.login
