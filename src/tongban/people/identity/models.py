"""Tables of identity (身份表)."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func

from tongban.base.ids import new_id


class Accounts(BaseUserManager["Account"]):
    """Accounts by their login (账号管理器), as Django's sign-in asks for it."""


class Account(AbstractBaseUser):
    """Account (账号): a login and a password. Of a person (``party``) or of an official (``staff_name``)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    login = models.CharField(max_length=60, unique=True)
    party = models.OneToOneField("parties.Party", on_delete=models.PROTECT, null=True, related_name="+")
    staff_name = models.CharField(max_length=60, blank=True)
    is_active = models.BooleanField(default=True)
    opened_at = models.DateTimeField()

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = Accounts()

    class Meta:
        db_table = "account"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(party__isnull=False, staff_name="")
                | (models.Q(party__isnull=True) & ~models.Q(staff_name="")),
                name="account_person_or_staff",
            )
        ]


_ROLES = ["clerk", "reviewer", "decider", "editor", "head", "governor", "supervisor"]


class Holding(models.Model):
    """Holding (任职): an account holds a role in an organ, from a day to a day (exclusive)."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="holdings")
    organ = models.ForeignKey("parties.Organ", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        db_table = "holding"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "organ", "role"],
                condition=models.Q(until__isnull=True),
                name="holding_once",
            ),
            models.CheckConstraint(condition=models.Q(role__in=_ROLES), name="holding_role"),
        ]


class Deputy(models.Model):
    """Deputy (代理人): a colleague acts for ``account`` in one of her roles, from a day to a day (exclusive), or until it is ended.

    It gives nothing by itself: on each day it counts as far as the one still holds the role and the other a post of the organ.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    deputy = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    organ = models.ForeignKey("parties.Organ", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    since = models.DateField()
    until = models.DateField()
    named_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "deputy"
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=_ROLES), name="deputy_role"),
            models.CheckConstraint(condition=models.Q(until__gt=F("since")), name="deputy_until_after_since"),
            models.CheckConstraint(condition=~models.Q(deputy=F("account")), name="deputy_not_oneself"),
            # Nobody is named twice for the same days, whatever the code above does.
            ExclusionConstraint(
                name="deputy_once",
                expressions=[
                    (F("account"), RangeOperators.EQUAL),
                    (F("organ"), RangeOperators.EQUAL),
                    (F("role"), RangeOperators.EQUAL),
                    (F("deputy"), RangeOperators.EQUAL),
                    (
                        Func(F("since"), F("until"), function="daterange", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=models.Q(ended_at__isnull=True),
            ),
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
