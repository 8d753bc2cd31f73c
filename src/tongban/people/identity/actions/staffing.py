"""Joiners and leavers (人员进出): what a personnel system or an import tells of an organ's staff.

Whoever leaves loses posts, deputies, sessions and tokens at once, and her account is closed to her; it stays, for the ledger names it. What she may
do in the organ, the personnel system does not say: posts are given by the organ.
"""

import uuid
from collections.abc import Collection
from datetime import date, datetime

import psycopg
from django.db import IntegrityError, transaction
from django.db.models import Q

from tongban.base.actor import Actor, ActorKind
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.base.ids import new_id
from tongban.base.record import record
from tongban.people.identity.actions.accounts import ensure_password, new_login
from tongban.people.identity.actions.sessions import end_sessions
from tongban.people.identity.models import Account, Deputy, Holding, Session, StaffRecord, Token
from tongban.people.identity.queries.actors import day_of
from tongban.people.identity.rules import Level, Role
from tongban.standards import plaintext
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg

_LONGEST = 60  # characters of a name and of a personnel number


def join_staff(
    *,
    actor: Actor,
    organ_id: uuid.UUID,
    login: str,
    name: str,
    at: datetime,
    number: str = "",
    password: str = "",
    active: bool = True,
) -> uuid.UUID:
    """Bring a joiner in (人员进入); returns the account's id. Without a password nobody signs in until there is another way."""
    _ensure_keeps(actor, organ_id)
    login, name, number = new_login(login), _text("name", name), _text("number", number, empty=True)
    account = Account(id=new_id(), login=login, staff_name=name, opened_at=at, is_active=active)
    account.level = Level.ADVANCED  # her organ knows her in person
    _set_password(account, password)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
            StaffRecord.objects.create(
                account=account, organ_id=organ_id, number=number, added_at=at, changed_at=at
            )
            _tell(account.id, "identity.join_staff", actor, organ_id, at)
    except IntegrityError as error:
        raise _taken(error) from error
    return account.id


@transaction.atomic
def adopt_staff(
    *, actor: Actor, organ_id: uuid.UUID, account_id: uuid.UUID, number: str, at: datetime
) -> None:
    """Put an official who has an account already on the organ's list (纳入登记), where no other organ keeps her."""
    _ensure_keeps(actor, organ_id)
    account = Account.objects.select_for_update().filter(pk=account_id).exclude(staff_name="").first()
    if account is None:
        raise Conflict("identity.staff_login", msg("这个登录名是办事群众的账号，不能登记为工作人员。"))
    known = StaffRecord.objects.filter(pk=account_id).first()
    if known is not None and known.organ_id != organ_id and known.removed_at is None:
        raise Conflict(
            "identity.staff_elsewhere", msg("这位工作人员由另一个机关登记，请先由那个机关办理离开。")
        )
    kept = {"organ_id": organ_id, "number": _text("number", number, empty=True), "added_at": at}
    try:
        with transaction.atomic():
            StaffRecord.objects.update_or_create(
                account=account, defaults=kept | {"changed_at": at, "removed_at": None}
            )
    except IntegrityError as error:
        raise _taken(error) from error
    _tell(account_id, "identity.adopt_staff", actor, organ_id, at)


@transaction.atomic
def change_staff(
    *,
    actor: Actor,
    account_id: uuid.UUID,
    at: datetime,
    login: str | None = None,
    name: str | None = None,
    number: str | None = None,
    active: bool | None = None,
    password: str = "",
    version: int | None = None,
) -> None:
    """Change what is known of an official (变更登记), also that she leaves or is back; what is None stays. Nothing changed is no act.

    ``version``: the one that the caller saw. Raises NotFound for another organ's, Conflict for another version or a login that is taken.
    """
    account, kept = _held(actor, account_id)
    if version is not None and version != kept.version:
        raise Conflict("identity.staff_version", msg("这份登记刚刚改过，请重新读取后再改。"))
    changed = []
    if login is not None and login != account.login:
        account.login = new_login(login)
        changed.append("login")
    if name is not None and name != account.staff_name:
        account.staff_name = _text("name", name)
        changed.append("name")
    if number is not None and number != kept.number:
        kept.number = _text("number", number, empty=True)
        changed.append("number")
    if password:
        _ensure_unused(account)
        _set_password(account, password)
        changed.append("password")
    leaves = active is not None and active != account.is_active
    if changed or leaves:
        kept.version, kept.changed_at = kept.version + 1, at
        try:
            with transaction.atomic():
                account.save()
                kept.save()
        except IntegrityError as error:
            raise _taken(error) from error
    if changed:
        _tell(account_id, "identity.change_staff", actor, kept.organ_id, at, changed=changed)
    if leaves and active:
        _back(account, kept, actor, at)
    elif leaves:
        _leave(account, kept, actor, at)


@transaction.atomic
def remove_staff(*, actor: Actor, account_id: uuid.UUID, at: datetime, version: int | None = None) -> None:
    """Take an official off the list (注销登记): she leaves, and the organ finds her no more. Her account and what she did stay known."""
    account, kept = _held(actor, account_id)
    if version is not None and version != kept.version:
        raise Conflict("identity.staff_version", msg("这份登记刚刚改过，请重新读取后再改。"))
    if account.is_active:
        _leave(account, kept, actor, at)
    kept.removed_at = at
    kept.save(update_fields=["removed_at"])
    _tell(account_id, "identity.remove_staff", actor, kept.organ_id, at)


@transaction.atomic
def set_posts(
    *, actor: Actor, account_id: uuid.UUID, roles: Collection[Role], at: datetime
) -> tuple[list[Role], list[Role]]:
    """The posts that an official holds in the organ that keeps her (调整岗位), all of them; returns those begun and those ended.

    An act of the organ's own administration, not of a personnel system: only an import does it.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise Forbidden("identity.posts", msg("岗位由机关任命，人事系统不能给。"))
    _, kept = _held(actor, account_id)
    today = day_of(at)
    in_force = Holding.objects.select_for_update().filter(
        Q(until=None) | Q(until__gt=today), account_id=account_id, organ_id=kept.organ_id
    )
    held = {Role(one.role): one for one in in_force}
    begun = sorted(set(roles) - held.keys())
    ended = sorted(held.keys() - set(roles))
    for role in ended:
        _end_holding(held[role], today)
    for role in begun:
        Holding.objects.create(account_id=account_id, organ_id=kept.organ_id, role=role, since=today)
    if begun or ended:
        _tell(account_id, "identity.set_posts", actor, kept.organ_id, at,
              begun=[role.value for role in begun], ended=[role.value for role in ended])  # fmt: skip
    return begun, ended


def _leave(account: Account, kept: StaffRecord, actor: Actor, at: datetime) -> None:
    """From today on she holds nothing, stands for nobody, and nobody for her; every session and token ends now."""
    if account.id == actor.id:
        raise Conflict("identity.leave_oneself", msg("不能把自己用的账号办理离开。"))
    today = day_of(at)
    account.is_active = False
    account.save(update_fields=["is_active"])
    ended = []
    for one in Holding.objects.select_for_update().filter(
        Q(until=None) | Q(until__gt=today), account=account
    ):
        _end_holding(one, today)
        ended.append(f"{one.role} {one.organ_id}")
    Deputy.objects.filter(Q(account=account) | Q(deputy=account), ended_at=None, until__gt=today).update(
        ended_at=at
    )
    Token.objects.filter(account=account, expires_at__gt=at).update(expires_at=at)
    end_sessions(actor=actor, account_id=account.id, because="left", at=at)
    _tell(account.id, "identity.leave_staff", actor, kept.organ_id, at, posts=sorted(ended))


def _end_holding(one: Holding, today: date) -> None:
    """A post that has not begun yet never does."""
    one.until = max(one.since, today)
    one.save(update_fields=["until"])


def _back(account: Account, kept: StaffRecord, actor: Actor, at: datetime) -> None:
    """She is back: the account opens again; posts are given anew."""
    account.is_active = True
    account.save(update_fields=["is_active"])
    _tell(account.id, "identity.rejoin_staff", actor, kept.organ_id, at)


def _held(actor: Actor, account_id: uuid.UUID) -> tuple[Account, StaffRecord]:
    """The account and its record, locked, where the actor keeps it."""
    kept = StaffRecord.objects.select_for_update().filter(pk=account_id, removed_at=None).first()
    if kept is None or not _keeps(actor, kept.organ_id):
        raise NotFound("identity.staff", msg("本机关没有登记这位工作人员。"))
    return Account.objects.select_for_update().get(pk=account_id), kept


def _keeps(actor: Actor, organ_id: uuid.UUID) -> bool:
    return actor.kind is ActorKind.SYSTEM or organ_id in actor.organs_as(Role.PERSONNEL)


def _ensure_keeps(actor: Actor, organ_id: uuid.UUID) -> None:
    if not _keeps(actor, organ_id):
        raise Forbidden("identity.personnel", msg("只有本机关的人事管理岗位能管理工作人员账号。"))


def _ensure_unused(account: Account) -> None:
    """Whoever has signed in once keeps her password for herself: nobody else can act in her name by setting it."""
    if Session.objects.filter(account=account).exists() or Holding.objects.filter(account=account).exists():
        problem = msg("这个账号已经有岗位或者有人用过，密码只能由本人修改。")
        raise Invalid("identity.password_hers", problem, fields={"password": [problem]})


def _set_password(account: Account, password: str) -> None:
    if password:
        ensure_password(password)
        account.set_password(password)
    else:
        account.set_unusable_password()


def _text(field: str, typed: str, *, empty: bool = False) -> str:
    try:
        found = plaintext.clean(typed, limit=_LONGEST)
        problem: str = "" if found or empty else msg("请填写这一项。")
    except BadCode as error:
        found, problem = "", Message(error.message, error.params)
    if problem:
        raise Invalid("identity.staff_fields", msg("请改正标出的内容。"), fields={field: [problem]})
    return found


def _taken(error: IntegrityError) -> Refusal:
    broken = error.__cause__.diag.constraint_name if isinstance(error.__cause__, psycopg.Error) else None
    if broken == "account_login_key":
        return Conflict("identity.login_once", msg("这个登录名已经有人用了。"))
    if broken == "staff_number_once":
        return Conflict("identity.staff_number_once", msg("这个人事编号已经登记过另一位工作人员。"))
    raise error


def _tell(
    account_id: uuid.UUID, act: str, actor: Actor, organ_id: uuid.UUID, at: datetime, **more: object
) -> None:
    data = {"organ": str(organ_id)} | more
    record(stream=f"account:{account_id}", act=act, actor=actor, at=at, data=data)
