"""Outside accounts (外部账号表): attempts under way, and those that are linked."""

from django.db import models

from tongban.base.ids import new_id
from tongban.people.identity.models.accounts import Account


class OutsideAttempt(models.Model):
    """Attempt (登录尝试) to come in by an outside account: from one browser, for ten minutes, taken once.

    ``state`` and ``browser`` as digests; ``sealed``: nonce, PKCE verifier, purpose and where to go on, encrypted.
    """

    state = models.BinaryField(primary_key=True)
    browser = models.BinaryField()
    provider = models.CharField(max_length=40)
    sealed = models.BinaryField()
    begun_at = models.DateTimeField()

    class Meta:
        db_table = "outside_attempt"
        indexes = [models.Index(fields=["begun_at"], name="outside_attempt_old")]


class LinkedAccount(models.Model):
    """Linked account (关联的外部账号): one subject of one issuer opens one account.

    ``subject``: a blind index over issuer and subject; ``sealed``: the subject itself and the label, encrypted.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    provider = models.CharField(max_length=40)
    subject = models.BinaryField()
    sealed = models.BinaryField()
    linked_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "account_linked"
        constraints = [models.UniqueConstraint(fields=["subject"], name="linked_once")]
        indexes = [models.Index(fields=["account", "linked_at"], name="linked_of_account")]
