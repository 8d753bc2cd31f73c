"""Codes that are handed to owners (一次性码表)."""

from django.db import models

from tongban.base.ids import new_id
from tongban.people.identity.models.accounts import Account


class RecoveryTicket(models.Model):
    """Recovery ticket (一次性码): lets the owner set a password, once, within a day; kept as a digest. ``by``: who handed it out."""

    id = models.UUIDField(primary_key=True, default=new_id)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    digest = models.BinaryField(unique=True)
    by = models.UUIDField()
    issued_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "account_recovery_ticket"
        indexes = [models.Index(fields=["account"], name="recovery_ticket_of_account")]
