"""Ways in which an account signs in (登录方式查询)."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from tongban.base.actor import Actor
from tongban.people.identity.models import Account, LinkedAccount, Passkey, RecoveryCode, Totp

SECRET_PURPOSE = "account_totp.secret"  # noqa: S105 -- the name of a purpose


@dataclass(frozen=True, slots=True)
class PasskeyView:
    """A passkey as its owner sees it (通行密钥视图)."""

    id: uuid.UUID
    label: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class WaysIn:
    """Ways in (登录方式) of an account."""

    has_password: bool
    totp_since: datetime | None
    recovery_codes: int
    passkeys: tuple[PasskeyView, ...]
    linked: int = 0

    @property
    def stand_alone(self) -> int:
        """How many there are that open the account by themselves (能单独登录的方式): a one-time code does not."""
        return int(self.has_password) + len(self.passkeys) + self.linked

    @property
    def second(self) -> bool:
        """Whether there is anything besides the password (有第二种方式)."""
        return self.totp_since is not None or bool(self.passkeys)


def ways_of(account_id: uuid.UUID) -> WaysIn:
    """How an account signs in (登录方式). Four statements."""
    account = Account.objects.get(pk=account_id)
    totp = Totp.objects.filter(account_id=account_id, confirmed_at__isnull=False).first()
    keys = Passkey.objects.filter(account_id=account_id).order_by("added_at", "id")
    codes = RecoveryCode.objects.filter(account_id=account_id, used_at=None).count() if totp else 0
    return WaysIn(
        account.has_usable_password(),
        totp.confirmed_at if totp else None,
        codes,
        tuple(PasskeyView(key.id, key.label, key.added_at, key.used_at) for key in keys),
        LinkedAccount.objects.filter(account_id=account_id).count(),
    )


def asks_code(account_id: uuid.UUID) -> bool:
    """Whether a password of this account is followed by a one-time code (登录要动态码)."""
    return Totp.objects.filter(account_id=account_id, confirmed_at__isnull=False).exists()


def active_account(account_id: uuid.UUID) -> Account | None:
    """An account that may sign in (在用账号), by its id."""
    return Account.objects.filter(pk=account_id, is_active=True).first()


def credentials_of(actor: Actor) -> list[bytes]:
    """Ids of the actor's passkeys (通行密钥标识), so that a device is not asked for a second one."""
    if actor.id is None:
        return []
    return [
        bytes(one) for one in Passkey.objects.filter(account_id=actor.id).values_list("credential", flat=True)
    ]
