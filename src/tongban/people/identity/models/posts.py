"""Posts (岗位表): holdings and deputies."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
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
    # Codes of the basic items for which it is held; none: for all of the organ.
    items = ArrayField(models.CharField(max_length=12), db_default=[], default=list)
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


class Appointment(models.Model):
    """Appointment (任免): somebody proposes that a holding begins or ends; a second person decides."""

    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=10)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    organ = models.ForeignKey("parties.Organ", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    items = ArrayField(models.CharField(max_length=12), default=list)
    since = models.DateField()
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=12, default="proposed")
    proposed_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    remark = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "appointment"
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=_ROLES), name="appointment_role"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["appoint", "dismiss"]), name="appointment_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(state="proposed", decided_by__isnull=True, decided_at__isnull=True)
                | (
                    models.Q(state__in=["approved", "turned_down", "taken_back"])
                    & models.Q(decided_by__isnull=False, decided_at__isnull=False)
                ),
                name="appointment_decided",
            ),
            # Nobody appoints herself, and nobody approves what she proposed or what is about her.
            models.CheckConstraint(
                condition=~models.Q(proposed_by=F("account")), name="appointment_not_oneself"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="approved", decided_by=F("proposed_by"))
                & ~models.Q(state="approved", decided_by=F("account")),
                name="appointment_two_persons",
            ),
            models.UniqueConstraint(
                fields=["account", "organ", "role"],
                condition=models.Q(state="proposed"),
                name="appointment_once",
            ),
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
