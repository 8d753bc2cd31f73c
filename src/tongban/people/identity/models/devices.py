"""Devices an account was used on, and what its owner is told (设备和账号消息表)."""

from django.db import models

from tongban.base.ids import new_id
from tongban.people.identity.models.accounts import Account


class Device(models.Model):
    """Device (设备): a browser that signed in to an account before; known again by a random token, kept as a digest only."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    digest = models.BinaryField()
    label = models.CharField(max_length=100)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "account_device"
        constraints = [models.UniqueConstraint(fields=["account", "digest"], name="device_once")]


class AccountNotice(models.Model):
    """Notice about an account (账号消息), for its owner. ``facts``: what it is about in plain words, encrypted."""

    id = models.UUIDField(primary_key=True, default=new_id)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    news = models.CharField(max_length=20)
    facts = models.BinaryField()
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "account_notice"
        indexes = [
            models.Index(fields=["account", "-at"], name="account_notice_list"),
            models.Index(fields=["account"], name="account_notice_unread", condition=models.Q(read_at=None)),
        ]
