"""Acts on identity (身份行为): open accounts, appoint, name and end deputies, sign in, issue tokens."""

import secrets
import threading
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache

import psycopg
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import Q

from tongban.base.actor import Actor
from tongban.base.crypto import blind_index
from tongban.base.db import execute
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ids import new_id
from tongban.base.ledger.queries import done_with
from tongban.base.record import Repeated, record
from tongban.people.identity.models import Account, Deputy, Guess, Holding, Token
from tongban.people.identity.queries import day_of, token_digest
from tongban.people.identity.rules import LONGEST_LOGIN, Role, absence_problem, wait_until
from tongban.standards import plaintext
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg

_PURPOSE = "identity.guess"
_SHORTEST_PASSWORD = 8
# Argon2 takes 100 MB for each check: a rush of sign-ins queues up here instead of taking the machine's memory.
_AT_ONCE = threading.BoundedSemaphore(2)


@cache
def _dummy() -> Account:
    """Nobody's account: checking a password against it makes an unknown login cost the time of a wrong password."""
    return Account(password=make_password(secrets.token_hex(8)))


def open_account(
    *,
    actor: Actor,
    login: str,
    password: str,
    at: datetime,
    party_id: uuid.UUID | None = None,
    staff_name: str = "",
) -> uuid.UUID:
    """Open an account (开户) for a person or an official; returns its id."""
    login = _new_login(login)
    if len(password) < _SHORTEST_PASSWORD:
        raise Invalid(
            "identity.password",
            msg("密码至少要 8 个字符。"),
            fields={"password": [msg("密码至少要 8 个字符。")]},
        )
    account = Account(id=new_id(), login=login, party_id=party_id, staff_name=staff_name, opened_at=at)
    account.set_password(password)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
            record(stream=f"account:{account.id}", act="identity.open", actor=actor, at=at, data={})
    except IntegrityError as error:
        broken = error.__cause__.diag.constraint_name if isinstance(error.__cause__, psycopg.Error) else None
        if broken == "account_login_key":
            raise Conflict("identity.login_once", msg("这个登录名已经有人用了。")) from error
        if broken == "account_party_id_key":
            raise Conflict("identity.party_once", msg("这个证件号码已经登记过，请直接登录。")) from error
        raise
    return account.id


def _new_login(typed: str) -> str:
    try:
        login = plaintext.clean(typed, limit=LONGEST_LOGIN)
        problem: str = "" if login else msg("请填写这一项。")
    except BadCode as error:
        login, problem = "", Message(error.message, error.params)
    if problem:
        raise Invalid("identity.login", msg("请改正标出的内容。"), fields={"login": [problem]})
    return login


@transaction.atomic
def appoint(
    *, actor: Actor, account_id: uuid.UUID, organ_id: uuid.UUID, role: Role, since: date, at: datetime
) -> None:
    """Appoint an official to a role in an organ (任职). Doing it twice changes nothing."""
    _, fresh = Holding.objects.get_or_create(
        account_id=account_id, organ_id=organ_id, role=role, until=None, defaults={"since": since}
    )
    if fresh:
        data = {"organ": str(organ_id), "role": role.value, "since": since.isoformat()}
        record(stream=f"account:{account_id}", act="identity.appoint", actor=actor, at=at, data=data)


def deputise(
    *,
    actor: Actor,
    organ_id: uuid.UUID,
    role: Role,
    deputy_id: uuid.UUID,
    since: date,
    until: date,
    at: datetime,
    key: str | None = None,
) -> uuid.UUID:
    """Name a deputy (委托代理): a colleague of the organ acts in one of the actor's roles; returns the deputising's id.

    ``until`` is exclusive. Only what one holds oneself can be given: a deputy names no deputy of her own. The same key by
    the same actor gives the same again.
    """
    if actor.id is None or not any(
        (post.role, post.organ_id, post.for_id) == (role, organ_id, None) for post in actor.posts
    ):
        raise Forbidden(
            "identity.deputy_role", msg("只能委托您本人担任的岗位；代理别人的岗位不能再转给他人。")
        )
    _ensure_fit(actor.id, organ_id, deputy_id, since, until, day_of(at))
    named = Deputy(
        id=new_id(),
        account_id=actor.id,
        deputy_id=deputy_id,
        organ_id=organ_id,
        role=role,
        since=since,
        until=until,
        named_at=at,
    )
    data = {
        "id": str(named.id),
        "deputy": str(deputy_id),
        "organ": str(organ_id),
        "role": role.value,
        "since": since.isoformat(),
        "until": until.isoformat(),
    }
    try:
        with transaction.atomic():
            # First the entry: a second press is known by its key before it could stand in its own way.
            record(
                stream=f"account:{actor.id}", act="identity.deputise", actor=actor, at=at, data=data, key=key
            )
            named.save(force_insert=True)
    except Repeated:
        return _deputised_under(actor, key or "")
    except IntegrityError as error:
        if "deputy_once" in str(error):
            raise Conflict("identity.deputy_once", msg("这几天已经委托这位同事代理这个岗位了。")) from error
        raise
    return named.id


def _ensure_fit(
    account_id: uuid.UUID,
    organ_id: uuid.UUID,
    deputy_id: uuid.UUID,
    since: date,
    until: date,
    today: date,
) -> None:
    """Raise Invalid with everything that stands against this deputy on these days, under the rule of the first."""
    found: list[tuple[str, str, str]] = []
    if deputy_id == account_id:
        found.append(("identity.deputy_oneself", "deputy", msg("不能委托自己，请选一位同事。")))
    elif not _in_office(deputy_id, organ_id, today):
        found.append(("identity.deputy_colleague", "deputy", msg("请选本机关在职的同事。")))
    problem = absence_problem(since, until, today)
    if problem is not None:
        found.append(("identity.deputy_days", *problem))
    if found:
        fields = {field: [text] for _rule, field, text in found}
        raise Invalid(found[0][0], msg("请改正标出的内容。"), fields=fields)


def _in_office(account_id: uuid.UUID, organ_id: uuid.UUID, today: date) -> bool:
    held = Holding.objects.filter(
        Q(until=None) | Q(until__gt=today),
        account_id=account_id,
        account__is_active=True,
        account__party=None,
        organ_id=organ_id,
        since__lte=today,
    )
    return held.exists()


def _deputised_under(actor: Actor, key: str) -> uuid.UUID:
    done = done_with(actor, key)
    if done is None or done[1].act != "identity.deputise":
        raise Conflict("identity.key", msg("这个请求编号已经用在另一次操作上。"))
    return uuid.UUID(str(done[1].data["id"]))


@transaction.atomic
def end_deputy(*, actor: Actor, deputising_id: uuid.UUID, at: datetime) -> None:
    """End a deputising (结束代理) at once; only who named the deputy may. A second time is refused."""
    found = Deputy.objects.select_for_update().filter(pk=deputising_id).first()
    if found is None or found.account_id != actor.id:
        raise NotFound("identity.deputy", msg("没有这次代理。"))
    if found.ended_at is not None or found.until <= day_of(at):
        raise Conflict("identity.deputy_ended", msg("这次代理已经结束了。"))
    found.ended_at = at
    found.save(update_fields=["ended_at"])
    data = {"id": str(found.id), "deputy": str(found.deputy_id)}
    record(stream=f"account:{actor.id}", act="identity.end_deputy", actor=actor, at=at, data=data)


def sign_in(*, login: str, password: str, address: str, at: datetime) -> Account:
    """The account of this login and password (登录).

    Raises Forbidden with the same words for an unknown login, a wrong password and a closed account. After five failures
    from one address the next tries wait; others, from elsewhere, do not, so nobody can lock the owner out.
    """
    try:
        typed = plaintext.clean(login, limit=LONGEST_LOGIN)
    except BadCode:
        typed = ""  # no account has such a login, nor an empty one
    who = blind_index(_PURPOSE, f"{typed.lower()}\n{address}")
    guess = Guess.objects.filter(pk=who).first()
    if guess and wait_until(guess.failures, guess.last_at) > at:
        raise Forbidden("identity.wait", msg("试错的次数太多，请稍等几分钟再登录。"))
    account = Account.objects.filter(login=typed).first()
    with _AT_ONCE:
        right = (account or _dummy()).check_password(password)
    if account is None or not right or not account.is_active:
        _count_failure(who, at)
        raise Forbidden("identity.wrong", msg("登录名或密码不对，请再试一次。"))
    if guess:
        guess.delete()
    return account


def guessed(*, purpose: str, subject: str, address: str, right: Callable[[], bool], at: datetime) -> bool:
    """Let somebody guess at a secret (限速猜测) under the same brake as :func:`sign_in`: whether ``right()``.

    ``purpose``: which secret; ``subject``: whose. After five failures from one address at one subject the next tries wait
    (Forbidden) and are not looked at.
    """
    who = blind_index(purpose, f"{subject}\n{address}")
    guess = Guess.objects.filter(pk=who).first()
    if guess and wait_until(guess.failures, guess.last_at) > at:
        raise Forbidden("identity.wait_code", msg("试错的次数太多，请稍等几分钟再试。"))
    if not right():
        _count_failure(who, at)
        return False
    if guess:
        guess.delete()
    return True


_FORGET_AFTER = timedelta(days=1)
_COUNT = """
    INSERT INTO login_guess AS g (who, failures, last_at) VALUES (%s, 1, %s)
    ON CONFLICT (who) DO UPDATE
        SET failures = CASE WHEN g.last_at < %s THEN 1 ELSE g.failures + 1 END, last_at = excluded.last_at
"""


def _count_failure(who: bytes, at: datetime) -> None:
    # One statement: between two, a right password elsewhere in the same office could take the row away.
    execute(_COUNT, [who, at, at - _FORGET_AFTER])


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
