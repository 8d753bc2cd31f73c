"""Ways of signing in besides a password (登录方式表): one-time codes, recovery codes, passkeys."""

from django.db import models

from tongban.base.ids import new_id
from tongban.people.identity.models.accounts import Account


class Totp(models.Model):
    """One-time codes (动态码, RFC 6238) of an account. ``last_step``: the last time step whose code was used; none is used again."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, primary_key=True, related_name="+")
    secret = models.BinaryField()
    begun_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(db_default=0)

    class Meta:
        db_table = "account_totp"


class RecoveryCode(models.Model):
    """Recovery code (恢复码): works once in place of a one-time code; kept as a keyed digest."""

    id = models.UUIDField(primary_key=True, default=new_id)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    digest = models.BinaryField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "account_recovery_code"
        constraints = [models.UniqueConstraint(fields=["account", "digest"], name="recovery_code_once")]


class Passkey(models.Model):
    """Passkey (通行密钥, W3C Web Authentication): a key pair on the owner's device; ours is the public half."""

    id = models.UUIDField(primary_key=True, default=new_id)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    credential = models.BinaryField(unique=True)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField()
    label = models.CharField(max_length=60)
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "account_passkey"
        indexes = [models.Index(fields=["account", "added_at"], name="passkey_of_account")]
