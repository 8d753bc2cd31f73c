"""Tables of the catalogue (事项目录表)."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from tongban.base.ids import new_id


class BasicItem(models.Model):
    """Basic item (基本目录事项): code of 12, name and type, set once for the whole province."""

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=200)
    item_type = models.CharField(max_length=2)
    department = models.CharField(max_length=60, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    origin = models.CharField(max_length=200, help_text="where the name and the type come from")
    demonstration = models.BooleanField()

    class Meta:
        db_table = "basic_item"
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[0-9A-Z]{12}$"), name="basic_item_code_shape"),
            models.CheckConstraint(
                condition=Q(item_type__in=["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "20"]),
                name="basic_item_type_known",
            ),
        ]


class Item(models.Model):
    """Item (实施清单事项): a basic item as one organ carries it out in one place; code of 31."""

    id = models.UUIDField(primary_key=True, default=new_id)
    code = models.CharField(max_length=33, unique=True)
    basic = models.ForeignKey(BasicItem, on_delete=models.PROTECT, related_name="items")
    organ = models.ForeignKey("parties.Organ", on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=1)

    class Meta:
        db_table = "item"
        constraints = [
            models.UniqueConstraint(fields=["basic", "organ"], name="item_once_per_organ"),
            models.CheckConstraint(condition=Q(code__regex=r"^[0-9A-Z]{31}$"), name="item_code_shape"),
        ]


def _guards(table: str, owner: str) -> list[models.BaseConstraint]:
    """What the database itself holds of a table of editions whose ``owner`` is the thing they are editions of."""
    return [
        models.UniqueConstraint(fields=[owner, "number"], name=f"{table}_number_once"),
        models.CheckConstraint(
            condition=Q(state="draft") | Q(starts_on__isnull=False, published_at__isnull=False),
            name=f"{table}_published_when",
        ),
        models.CheckConstraint(
            condition=Q(state__in=["draft", "published", "superseded", "retired"]),
            name=f"{table}_state_known",
        ),
        # No two editions of one thing in force on the same day, whatever the code above does.
        ExclusionConstraint(
            name=f"{table}_one_in_force",
            expressions=[
                (F(owner), RangeOperators.EQUAL),
                (
                    Func(F("starts_on"), F("ends_on"), function="daterange", output_field=DateRangeField()),
                    RangeOperators.OVERLAPS,
                ),
            ],
            condition=~Q(state="draft"),
        ),
    ]


class Content(models.Model):
    """Content from a day to a day (有期限的内容): what every edition has, of an item or of a basic item."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, default="draft")
    body = models.JSONField()
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=400, blank=True)

    class Meta:
        abstract = True


class Edition(Content):
    """Edition (事项版本): the terms of an item from ``starts_on`` to ``ends_on`` (exclusive). Frozen once published."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="editions")

    class Meta:
        db_table = "edition"
        constraints = _guards("edition", "item")


class BasicEdition(Content):
    """Basic edition (基本目录版本): what a basic item says for all who carry it out, from a day to a day."""

    basic = models.ForeignKey(BasicItem, on_delete=models.PROTECT, related_name="editions")

    class Meta:
        db_table = "basic_edition"
        constraints = _guards("basic_edition", "basic")
