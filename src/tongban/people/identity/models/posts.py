"""Posts (岗位表): holdings and deputies."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func

from tongban.base.ids import new_id
from tongban.people.identity.models.accounts import Account

_ROLES = [
    "clerk",
    "reviewer",
    "decider",
    "editor",
    "head",
    "governor",
    "supervisor",
    "registrar",
    "personnel",
]


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
