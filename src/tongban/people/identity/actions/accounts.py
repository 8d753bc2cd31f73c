"""Opening of accounts (开户) and tokens of programs (令牌)."""

import secrets
import uuid
from datetime import datetime, timedelta

import psycopg
from django.db import IntegrityError, transaction

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Invalid
from tongban.base.ids import new_id
from tongban.base.record import record
from tongban.people.identity.models import Account, Token
from tongban.people.identity.queries import token_digest
from tongban.people.identity.rules import LONGEST_LOGIN, Level
from tongban.standards import plaintext
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg

_SHORTEST_PASSWORD = 8


def open_account(
    *,
    actor: Actor,
    login: str,
    password: str,
    at: datetime,
    party_id: uuid.UUID | None = None,
    staff_name: str = "",
    level: Level = Level.BASIC,
) -> uuid.UUID:
    """Open an account (开户) for a person or an official; returns its id.

    ``level``: how well it is known whose it is; who opens the account answers for it. An official was seen in person.
    """
    login = new_login(login)
    ensure_password(password)
    account = Account(id=new_id(), login=login, party_id=party_id, staff_name=staff_name, opened_at=at)
    account.level = Level.ADVANCED if staff_name else level
    account.set_password(password)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
            record(
                stream=f"account:{account.id}",
                act="identity.open",
                actor=actor,
                at=at,
                data={"level": int(account.level)},
            )
    except IntegrityError as error:
        broken = error.__cause__.diag.constraint_name if isinstance(error.__cause__, psycopg.Error) else None
        if broken == "account_login_key":
            raise Conflict("identity.login_once", msg("这个登录名已经有人用了。")) from error
        if broken == "account_party_id_key":
            raise Conflict("identity.party_once", msg("这个证件号码已经登记过，请直接登录。")) from error
        raise
    return account.id


def ensure_password(password: str) -> None:
    """Raise Invalid for a password that is too short (密码太短), at its field."""
    if len(password) < _SHORTEST_PASSWORD:
        problem = msg("密码至少要 8 个字符。")
        raise Invalid("identity.password", problem, fields={"password": [problem]})


def new_login(typed: str) -> str:
    """A login in its one spelling (登录名). Raises Invalid at its field."""
    try:
        login = plaintext.clean(typed, limit=LONGEST_LOGIN)
        problem: str = "" if login else msg("请填写这一项。")
    except BadCode as error:
        login, problem = "", Message(error.message, error.params)
    if problem:
        raise Invalid("identity.login", msg("请改正标出的内容。"), fields={"login": [problem]})
    return login


@transaction.atomic
def issue_token(
    *, actor: Actor, account_id: uuid.UUID, label: str, days: int, at: datetime, token: str | None = None
) -> str:
    """Issue a token (签发令牌) for programs of an account; returns it, this once. ``token``: a fixed one, for rehearsals."""
    made = token or secrets.token_urlsafe(32)
    Token.objects.create(
        digest=token_digest(made),
        account_id=account_id,
        label=label,
        issued_at=at,
        expires_at=at + timedelta(days=days),
    )
    record(stream=f"account:{account_id}", act="identity.token", actor=actor, at=at, data={"label": label})
    return made
