"""Tables of power lists (权责清单表)."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from tongban.base.ids import new_id


class PowerList(models.Model):
    """Power list (权责清单) of one organ: what adjusts it queues up at this row."""

    organ = models.OneToOneField(
        "parties.Organ", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )

    class Meta:
        db_table = "power_list"


class Entry(models.Model):
    """Entry (权责事项): a basic item in one organ's list; its wordings are its editions.

    The database takes codes of 12 characters only (``power_entry_basic_12``, in the migrations: Django writes no such check
    over a foreign key). A business item is a way of exercising a power, not another power.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    power_list = models.ForeignKey(
        PowerList, on_delete=models.PROTECT, related_name="entries", db_column="organ_id", db_index=False
    )
    basic = models.ForeignKey("catalogue.BasicItem", on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "power_entry"
        constraints = [
            models.UniqueConstraint(fields=["power_list", "basic"], name="power_entry_once"),
        ]


class Adjustment(models.Model):
    """Adjustment (清单调整): changes of one list, published together. Frozen once sent. ``writers``: account ids.

    ``changes``: what people wrote, by basic code: {"seen", "content" or null, "reason", "basis"}; an import keeps none
    besides its editions. ``added``, ``changed``, ``removed``: how many, since it was published.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    power_list = models.ForeignKey(
        PowerList, on_delete=models.PROTECT, related_name="adjustments", db_column="organ_id", db_index=False
    )
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, default="draft")
    version = models.PositiveIntegerField(default=1)
    reason = models.CharField(max_length=400)
    basis = models.CharField(max_length=400, blank=True)
    starts_on = models.DateField()
    changes = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    imported = models.BooleanField(default=False)
    writers = ArrayField(models.UUIDField(), default=list)
    reviewer_id = models.UUIDField(null=True)
    sent_back = models.CharField(max_length=400, blank=True)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "power_adjustment"
        constraints = [
            models.UniqueConstraint(fields=["power_list", "number"], name="power_adjustment_number_once"),
            models.UniqueConstraint(
                fields=["power_list"],
                condition=Q(state__in=["draft", "in_review"]),
                name="power_adjustment_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "in_review", "published", "discarded"]),
                name="power_adjustment_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="published", published_at__isnull=False)
                | (~Q(state="published") & Q(published_at__isnull=True)),
                name="power_adjustment_published_when",
            ),
            # Nothing public that nobody read besides its writers.
            models.CheckConstraint(
                condition=~Q(state="published")
                | Q(imported=True)
                | (Q(reviewer_id__isnull=False) & ~Q(writers__contains=[F("reviewer_id")])),
                name="power_adjustment_four_eyes",
            ),
        ]


class EntryEdition(models.Model):
    """Entry edition (权责事项版本): what an entry says from ``starts_on`` to ``ends_on`` (exclusive). Never changed.

    ``name`` and ``item_type`` are those of the basic item when it was published. It ends once, by another adjustment.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="editions", db_index=False)
    number = models.PositiveIntegerField()
    adjustment = models.ForeignKey(Adjustment, on_delete=models.PROTECT, related_name="begun")
    name = models.CharField(max_length=200)
    item_type = models.CharField(max_length=2)
    body = models.JSONField()
    digest = models.CharField(max_length=64)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    ended_by = models.ForeignKey(Adjustment, on_delete=models.PROTECT, null=True, related_name="ended")
    removed = models.BooleanField(default=False)
    end_reason = models.CharField(max_length=400, blank=True)
    end_basis = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "power_edition"
        constraints = [
            models.UniqueConstraint(fields=["entry", "number"], name="power_edition_number_once"),
            models.CheckConstraint(
                condition=Q(item_type__in=["01", "02", "03", "04", "05", "06", "07", "08", "09", "10"]),
                name="power_edition_is_power",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True, ended_by__isnull=True, removed=False)
                | Q(ends_on__gt=F("starts_on"), ended_by__isnull=False),
                name="power_edition_ends_after",
            ),
            # Nothing leaves a list without a word.
            models.CheckConstraint(
                condition=Q(removed=False) | (~Q(end_reason="") & ~Q(end_basis="")),
                name="power_edition_left_why",
            ),
            # No two wordings of one entry in force on the same day, whatever the code above does.
            ExclusionConstraint(
                name="power_one_in_force",
                expressions=[
                    (F("entry"), RangeOperators.EQUAL),
                    (
                        Func(
                            F("starts_on"), F("ends_on"), function="daterange", output_field=DateRangeField()
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
