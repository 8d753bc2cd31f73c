"""Registration online (网上注册): an account of somebody who still has to prove who she is."""

import math
import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

import psycopg
from django.db import IntegrityError, transaction

from tongban.base.actor import Actor, ActorKind
from tongban.base.crypto import blind_index, encrypt
from tongban.base.errors import Conflict, Forbidden, Invalid
from tongban.base.ids import new_id
from tongban.base.record import record
from tongban.people.identity.actions.accounts import ensure_password, new_login
from tongban.people.identity.actions.linking import keep_link
from tongban.people.identity.actions.signing_in import count
from tongban.people.identity.models import Account, Claim, Guess
from tongban.people.identity.queries.proofs import CLAIM_PURPOSE
from tongban.people.identity.rules import Level
from tongban.people.identity.rules.brakes import Count, registration_waits
from tongban.people.identity.rules.outside import Shown
from tongban.standards import phone as phones
from tongban.standards import plaintext, resident_id
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg

_CHINA = ZoneInfo("Asia/Shanghai")
_LONGEST_NAME = 60
_BUSY_PURPOSE = "identity.register"


def register_person(
    *,
    login: str,
    password: str,
    name: str,
    id_number: str,
    phone: str,
    at: datetime,
    outside: Shown | None = None,
    address: str = "",
) -> uuid.UUID:
    """Open an unproven account (注册账号) of whoever says she is this person; returns its id.

    ``outside``: the outside account by which it is opened and that opens it from now on; it needs no password then. ``address``:
    from where she comes; from one address only so many are opened in a row (``rules/brakes.py``). Nothing is said here about whether the person is known: a stranger must not learn it. Raises Invalid with all that is wrong.
    """
    facts = _clean(login, password, name, id_number, phone, at, outside is not None)
    busy = blind_index(_BUSY_PURPOSE, address) if address and outside is None else b""
    if busy:
        _ensure_turn(busy, at)
    account = Account(id=new_id(), login=facts["login"], opened_at=at, level=Level.UNPROVEN.value)
    if password:
        account.set_password(password)
    else:
        account.set_unusable_password()
    by = Actor(kind=ActorKind.PERSON, id=account.id)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
            _write_claim(account.id, facts, at)
            data: dict[str, object] = {"level": Level.UNPROVEN.value}
            if outside is not None:
                data |= {"provider": outside.provider, "linked": str(keep_link(account.id, outside, at))}
            record(stream=f"account:{account.id}", act="identity.register", actor=by, at=at, data=data)
    except IntegrityError as error:
        broken = error.__cause__.diag.constraint_name if isinstance(error.__cause__, psycopg.Error) else None
        if broken == "account_login_key":
            taken = msg("这个登录名已经有人用了。")
            raise Conflict("identity.login_once", taken, fields={"login": [taken]}) from error
        raise
    if busy:
        count([busy], at)
    return account.id


def _ensure_turn(busy: bytes, at: datetime) -> None:
    """Raise Forbidden where others have just opened many accounts from this address (注册限速)."""
    found = Guess.objects.filter(pk=busy).first()
    until = registration_waits(Count(found.failures, found.last_at) if found else None, at)
    if until is not None:
        seconds = max(1, math.ceil((until - at).total_seconds()))
        raise Forbidden(
            "identity.register_wait",
            msg(
                "您所在的网络今天注册的人很多，请等 %(seconds)s 秒再按一次，填的都还在。也可以带身份证到窗口开户。"
            ),
            {"seconds": seconds},
        )


@transaction.atomic
def correct_claim(*, actor: Actor, name: str, id_number: str, phone: str, at: datetime) -> None:
    """Correct who the owner of an unproven account says she is (更正自报身份). What was proven of another number counts no more."""
    facts = person_facts(name, id_number, phone, at)
    found = (
        Account.objects.select_for_update().filter(pk=actor.id, party=None, staff_name="")
        if actor.id
        else None
    )
    account = found.first() if found is not None else None
    if account is None or not account.is_active:
        raise Conflict("identity.claim_settled", msg("身份已经核验过，不能在这里改。"))
    _write_claim(account.id, facts, at)
    record(stream=f"account:{account.id}", act="identity.correct_claim", actor=actor, at=at, data={})


def _write_claim(account_id: uuid.UUID, facts: dict[str, str], at: datetime) -> None:
    sealed = {part: encrypt(CLAIM_PURPOSE, facts[part]) for part in ("name", "phone")}
    number = encrypt(CLAIM_PURPOSE, facts["id_number"])
    Claim.objects.update_or_create(account_id=account_id, defaults={**sealed, "number": number, "at": at})


def _clean(
    login: str, password: str, name: str, id_number: str, phone: str, at: datetime, other_way: bool
) -> dict[str, str]:
    errors: dict[str, list[str]] = {}
    facts: dict[str, str] = {}
    try:
        facts["login"] = new_login(login)
    except Invalid as refusal:
        errors |= refusal.fields
    try:
        if password or not other_way:
            ensure_password(password)
    except Invalid as refusal:
        errors |= refusal.fields
    try:
        facts |= person_facts(name, id_number, phone, at)
    except Invalid as refusal:
        errors |= refusal.fields
    if errors:
        raise Invalid("identity.registration", msg("请改正标出的内容。"), fields=errors)
    return facts


def person_facts(name: str, id_number: str, phone: str, at: datetime) -> dict[str, str]:
    """Name, number and telephone in their one spelling (整理身份信息). Raises Invalid with all that is wrong."""
    today = at.astimezone(_CHINA).date()
    errors: dict[str, list[str]] = {}
    facts: dict[str, str] = {}
    for field, read, given in (
        ("name", _name, name),
        ("id_number", lambda text: resident_id.parse(text, today=today).number, id_number),
        ("phone", phones.parse_mobile, phone),
    ):
        try:
            facts[field] = read(given)
        except BadCode as error:
            errors[field] = [Message(error.message, error.params)]
    if errors:
        raise Invalid("identity.facts", msg("请改正标出的内容。"), fields=errors)
    return facts


def _name(text: str) -> str:
    name = plaintext.clean(text, limit=_LONGEST_NAME)
    if not name:
        raise BadCode("identity.name", msg("请填写这一项。"))
    return name
