"""Ways of signing in (登录方式): one-time codes, recovery codes, passkeys, the password; adding and taking away."""

import hmac
import secrets
import uuid
from datetime import datetime

import pyotp
from django.contrib.auth.hashers import check_password
from django.db import IntegrityError, transaction

from tongban.base.actor import Actor
from tongban.base.crypto import blind_index, decrypt, encrypt
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ids import new_id
from tongban.base.record import record
from tongban.people.identity.actions.accounts import ensure_password
from tongban.people.identity.actions.sessions import end_sessions
from tongban.people.identity.actions.signing_in import guessed, is_known
from tongban.people.identity.actions.telling import tell
from tongban.people.identity.models import Account, Passkey, RecoveryCode, Totp
from tongban.people.identity.queries.factors import SECRET_PURPOSE, ways_of
from tongban.people.identity.rules.account_notices import AccountNews
from tongban.people.identity.rules.one_time import ALPHABET, CODES, LONGEST_LABEL, spelled, steps
from tongban.standards import plaintext
from tongban.standards.codes import BadCode
from tongban.standards.text import msg

_CODE_PURPOSE = "account_recovery_code"
_GUESS = "identity.second"
_CODE_LENGTH = 10


def _owned(actor: Actor) -> Account:
    """The actor's own account, locked. Within a transaction."""
    found = (
        Account.objects.select_for_update().filter(pk=actor.id, is_active=True).first() if actor.id else None
    )
    if found is None:
        raise Forbidden("identity.sign_in_first", msg("请先登录。"))
    return found


def _added(account: Account, actor: Actor, way: str, facts: str, at: datetime) -> None:
    tell(account.id, AccountNews.FACTOR_ADDED, facts, at)
    record(stream=f"account:{account.id}", act="identity.add_way", actor=actor, at=at, data={"way": way})


# ── one-time codes ──


@transaction.atomic
def begin_totp(*, actor: Actor, at: datetime) -> str:
    """Begin with one-time codes (开始绑定动态码); returns the secret, which its owner's device keeps. Nothing counts before a code fits."""
    account = _owned(actor)
    found = Totp.objects.filter(account=account).first()
    if found is not None and found.confirmed_at is not None:
        raise Conflict("identity.totp_once", msg("已经绑定过动态码。要换手机，先去掉原来的。"))
    if found is not None:
        return decrypt(SECRET_PURPOSE, bytes(found.secret))  # the page was opened again
    secret = pyotp.random_base32()
    Totp.objects.create(account=account, secret=encrypt(SECRET_PURPOSE, secret), begun_at=at)
    return secret


@transaction.atomic
def confirm_totp(*, actor: Actor, code: str, at: datetime) -> list[str]:
    """The first code fits (绑定动态码); returns the recovery codes, this once. The caller knows that the owner is there."""
    account = _owned(actor)
    found = Totp.objects.select_for_update().filter(account=account).first()
    if found is None or found.confirmed_at is not None:
        raise Conflict("identity.totp_begin", msg("请从头绑定一次动态码。"))
    step = _step_of(found, code, at)
    if step is None:
        problem = msg("动态码不对。请看手机上现在的 6 位数字，并核对手机的时间。")
        raise Invalid("identity.totp_code", msg("请改正标出的内容。"), fields={"code": [problem]})
    found.confirmed_at, found.last_step = at, step
    found.save(update_fields=["confirmed_at", "last_step"])
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(_CODE_LENGTH)) for _ in range(CODES)]
    RecoveryCode.objects.filter(account=account).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(id=new_id(), account=account, digest=_digest(account.id, text)) for text in codes
    )
    _added(account, actor, "totp", "", at)
    return [f"{text[:5]}-{text[5:]}" for text in codes]


def check_code(*, account_id: uuid.UUID, code: str, browser: str, at: datetime) -> str | None:
    """What a code of this account is (核对动态码): ``"totp"``, ``"recovery"``, or None where it is neither. It is used by that.

    Slowed like passwords, over all addresses at once: only who knows the password comes this far. A browser that signed in
    before (``browser``) is counted apart.
    """
    device = browser if is_known(account_id, browser) else ""
    found = ""

    def right() -> bool:
        nonlocal found
        found = _used(account_id, spelled(code), at)
        return bool(found)

    guessed(purpose=_GUESS, subject=str(account_id), address=device, right=right, at=at)
    return found or None


def _used(account_id: uuid.UUID, code: str, at: datetime) -> str:
    totp = Totp.objects.filter(account_id=account_id, confirmed_at__isnull=False).first()
    if totp is None:
        return ""
    step = _step_of(totp, code, at)
    if step is not None:
        # In one statement: of two that come with the same code at the same moment, one is told no.
        fresh = Totp.objects.filter(pk=account_id, last_step__lt=step).update(last_step=step)
        return "totp" if fresh else ""
    codes = RecoveryCode.objects.filter(account_id=account_id, used_at=None, digest=_digest(account_id, code))
    return "recovery" if codes.update(used_at=at) else ""


def _step_of(totp: Totp, code: str, at: datetime) -> int | None:
    made = pyotp.TOTP(decrypt(SECRET_PURPOSE, bytes(totp.secret)))
    typed = spelled(code).encode()
    fitting = [
        step
        for step in steps(at, totp.last_step)
        if hmac.compare_digest(made.generate_otp(step).encode(), typed)
    ]
    return fitting[0] if fitting else None


def _digest(account_id: uuid.UUID, code: str) -> bytes:
    return blind_index(_CODE_PURPOSE, f"{account_id}\n{spelled(code)}")


@transaction.atomic
def remove_totp(*, actor: Actor, at: datetime) -> None:
    """Take the one-time codes away (去掉动态码), and the recovery codes with them. Never the last way in."""
    account = _owned(actor)
    ways = ways_of(account.id)
    if ways.totp_since is None:
        raise NotFound("identity.totp", msg("没有绑定动态码。"))
    if not ways.stand_alone:
        raise _last()
    drop_codes(account)
    tell(account.id, AccountNews.FACTOR_REMOVED, "", at)
    record(
        stream=f"account:{account.id}", act="identity.remove_way", actor=actor, at=at, data={"way": "totp"}
    )


def drop_codes(account: Account) -> None:
    """Forget secret and recovery codes (清除动态码). Part of the caller's act."""
    RecoveryCode.objects.filter(account=account).delete()
    Totp.objects.filter(account=account).delete()


def _last() -> Conflict:
    return Conflict("identity.last_way", msg("这是最后一种登录方式，去掉就进不来了。请先加一种别的。"))


# ── passkeys ──


@transaction.atomic
def add_passkey(
    *, actor: Actor, credential: bytes, public_key: bytes, sign_count: int, label: str, at: datetime
) -> uuid.UUID:
    """Keep a passkey (绑定通行密钥) whose registration the caller has verified (W3C WebAuthn, section 7.1)."""
    account = _owned(actor)
    try:
        name = plaintext.clean(label, limit=LONGEST_LABEL) or "通行密钥"
    except BadCode:
        name = "通行密钥"
    made = Passkey(
        id=new_id(),
        account=account,
        credential=credential,
        public_key=public_key,
        sign_count=sign_count,
        label=name,
        added_at=at,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("identity.passkey_once", msg("这个通行密钥已经绑定过了。")) from error
    _added(account, actor, "passkey", name, at)
    return made.id


@transaction.atomic
def use_passkey(*, credential: bytes, sign_count: int, at: datetime) -> Account:
    """The account of a passkey whose signature the caller has verified (用通行密钥). A counter that went back is refused: somebody copied it."""
    found = (
        Passkey.objects.select_for_update(of=("self",))
        .select_related("account")
        .filter(credential=credential)
    )
    key = found.first()
    if key is None or not key.account.is_active:
        raise Forbidden("identity.passkey", msg("不认识这个通行密钥。请用别的方式登录。"))
    if (sign_count or key.sign_count) and sign_count <= key.sign_count:
        raise Forbidden(
            "identity.passkey_copied", msg("这个通行密钥可能被复制过，不能用了。请用别的方式登录。")
        )
    key.sign_count, key.used_at = sign_count, at
    key.save(update_fields=["sign_count", "used_at"])
    return key.account


def public_key_of(credential: bytes) -> tuple[bytes, int] | None:
    """(public key, counter) of a passkey (公钥), or None; the caller verifies a signature with it."""
    found = Passkey.objects.filter(credential=credential).values_list("public_key", "sign_count").first()
    return None if found is None else (bytes(found[0]), found[1])


@transaction.atomic
def remove_passkey(*, actor: Actor, passkey_id: uuid.UUID, at: datetime) -> None:
    """Take a passkey away (去掉通行密钥). Never the last way in."""
    account = _owned(actor)
    key = Passkey.objects.filter(pk=passkey_id, account=account).first()
    if key is None:
        raise NotFound("identity.passkey", msg("没有这个通行密钥。"))
    if ways_of(account.id).stand_alone == 1:
        raise _last()
    label = key.label
    key.delete()
    tell(account.id, AccountNews.FACTOR_REMOVED, label, at)
    data = {"way": "passkey", "passkey": str(passkey_id)}
    record(stream=f"account:{account.id}", act="identity.remove_way", actor=actor, at=at, data=data)


# ── the password ──


def password_fits(*, actor: Actor, password: str, address: str, at: datetime) -> bool:
    """Whether the actor knows her password (再输密码), slowed like a sign-in: a session left open is not the owner."""
    encoded = (
        Account.objects.filter(pk=actor.id).values_list("password", flat=True).first() if actor.id else None
    )
    return guessed(
        purpose="identity.again",
        subject=str(actor.id),
        address=address,
        right=lambda: encoded is not None and check_password(password, encoded),
        at=at,
    )


@transaction.atomic
def change_password(*, actor: Actor, password: str, at: datetime) -> None:
    """Change the password (改密码); all other sessions end. The caller knows that the owner is there."""
    ensure_password(password)
    account = _owned(actor)
    account.set_password(password)
    account.save(update_fields=["password"])
    tell(account.id, AccountNews.PASSWORD_CHANGED, "", at)
    record(stream=f"account:{account.id}", act="identity.change_password", actor=actor, at=at, data={})
    end_sessions(actor=actor, account_id=account.id, because="password", at=at, except_id=actor.session_id)
