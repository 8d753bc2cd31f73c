"""Table of mandates (授权表)."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from tongban.base.ids import new_id
from tongban.people.mandates.rules import BY_LAW, OPEN, Act, Kind, State

_ACTS = sorted(act.value for act in Act)
_KINDS = sorted(kind.value for kind in Kind)
_STATES = sorted(state.value for state in State)
_OPEN = sorted(state.value for state in OPEN)
_BY_LAW = sorted(kind.value for kind in BY_LAW)


class Reminder(models.Model):
    """Reminder (到期提醒): that both sides were told that a mandate ends soon, and when; once. What a mandate gives stays fixed."""

    mandate = models.OneToOneField("Mandate", on_delete=models.PROTECT, primary_key=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "mandate_reminder"


class Mandate(models.Model):
    """Mandate (授权): ``giver`` lets ``agent`` act for it, within limits (``rules.Limits``).

    ``scope``: digest of kind, acts, items, places and amount, by which equal ones are known. ``under``: the mandate by whose
    right it was given, where it was passed on. ``seen``: what proved it, named: the source, or the paper that a clerk saw at
    ``counter``, whose ``scan`` is kept.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=14)
    state = models.CharField(max_length=10)
    giver = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+", db_index=False)
    agent = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+", db_index=False)
    under = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="passed_on")
    acts = ArrayField(models.CharField(max_length=10))
    items = ArrayField(models.CharField(max_length=33), default=list)
    places = ArrayField(models.CharField(max_length=12), default=list)
    amount = models.PositiveBigIntegerField(null=True)
    scope = models.CharField(max_length=64)
    pass_on = models.BooleanField(default=False)
    since = models.DateField()
    until = models.DateField(null=True)
    offered_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    seen = models.CharField(max_length=200, blank=True)
    counter = models.ForeignKey("parties.Organ", on_delete=models.PROTECT, null=True, related_name="+")
    scan = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "mandate"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=_KINDS), name="mandate_kind"),
            models.CheckConstraint(condition=Q(state__in=_STATES), name="mandate_state"),
            models.CheckConstraint(
                condition=Q(acts__contained_by=_ACTS, acts__len__gt=0), name="mandate_acts"
            ),
            models.CheckConstraint(condition=~Q(giver=F("agent")), name="mandate_not_oneself"),
            models.CheckConstraint(
                condition=Q(until__isnull=False, until__gt=F("since"))
                | Q(until__isnull=True, kind__in=_BY_LAW),
                name="mandate_until_after_since",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["offered", "refused"], accepted_at__isnull=True)
                | Q(state__in=["accepted", "resigned"], accepted_at__isnull=False)
                | Q(state__in=["withdrawn", "lapsed"]),
                name="mandate_accepted_when",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_OPEN, ended_at__isnull=True)
                | (~Q(state__in=_OPEN) & Q(ended_at__isnull=False)),
                name="mandate_ended_when",
            ),
            # Whoever was let in by somebody else's right cannot let in others.
            models.CheckConstraint(
                condition=Q(under__isnull=True) | Q(pass_on=False), name="mandate_passed_on_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=_BY_LAW, seen__gt="") | ~Q(kind__in=_BY_LAW),
                name="mandate_by_law_proven",
            ),
            models.UniqueConstraint(
                fields=["giver"],
                condition=Q(kind="representative", state="accepted"),
                name="mandate_one_representative",
            ),
            # Nobody is given the same twice for the same days, whatever the code above does.
            ExclusionConstraint(
                name="mandate_once",
                expressions=[
                    (F("giver"), RangeOperators.EQUAL),
                    (F("agent"), RangeOperators.EQUAL),
                    (F("scope"), RangeOperators.EQUAL),
                    (
                        Func(F("since"), F("until"), function="daterange", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(state__in=_OPEN),
            ),
        ]
        indexes = [
            models.Index(fields=["giver", "-id"], name="mandate_of_giver"),
            models.Index(fields=["agent", "-id"], name="mandate_of_agent"),
            models.Index(
                fields=["until", "id"],
                name="mandate_lapsing",
                condition=Q(state__in=_OPEN, until__isnull=False),
            ),
        ]
