"""Accounts, tokens and counted guesses (账号表)."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from tongban.base.ids import new_id


class Accounts(BaseUserManager["Account"]):
    """Accounts by their login (账号管理器), as Django's sign-in asks for it."""


class Account(AbstractBaseUser):
    """Account (账号): a login and a password. Of a person (``party``) or of an official (``staff_name``).

    Neither of both at level 1 only: somebody who has not proven yet who she is, or an account that was closed.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    login = models.CharField(max_length=60, unique=True)
    party = models.OneToOneField("parties.Party", on_delete=models.PROTECT, null=True, related_name="+")
    staff_name = models.CharField(max_length=60, blank=True)
    # How well it is known who owns it (rules.Level); a session is worth no more than this.
    level = models.PositiveSmallIntegerField(db_default=2)
    is_active = models.BooleanField(default=True)
    opened_at = models.DateTimeField()
    # Why it is closed for good: "left" by its owner, or "merged" into another of hers; its number stays known to the ledger.
    closed_because = models.CharField(max_length=10, blank=True, db_default="")

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = Accounts()

    class Meta:
        db_table = "account"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(party__isnull=False, staff_name="")
                | (models.Q(party__isnull=True) & ~models.Q(staff_name=""))
                | models.Q(party__isnull=True, staff_name="", level=1),
                name="account_person_or_staff",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_because="") | models.Q(is_active=False, party__isnull=True),
                name="account_closed",
            ),
            models.CheckConstraint(condition=models.Q(level__in=[1, 2, 3]), name="account_level"),
        ]


class Token(models.Model):
    """Token (令牌): lets a program act as an account; only its digest is kept."""

    digest = models.CharField(max_length=64, primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tokens")
    label = models.CharField(max_length=60)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "token"


class Guess(models.Model):
    """Failed sign-ins (登录失败计数) of one login from one address, known by a keyed digest of both."""

    who = models.BinaryField(primary_key=True)
    failures = models.PositiveIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "login_guess"
