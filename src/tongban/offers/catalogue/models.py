"""Tables of the catalogue (事项目录表)."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Left, Substr

from tongban.base.ids import new_id
from tongban.offers.catalogue.rules.changes import ChangeState
from tongban.offers.catalogue.rules.citing import Became, FlagOutcome
from tongban.offers.catalogue.rules.editions import PENDING, EditionState
from tongban.offers.catalogue.rules.sightings import SightChannel


class BasicItem(models.Model):
    """Basic item (基本目录事项): code of 12, name and type, set once for the whole province.

    A kind of business item (业务办理项) is one as well: code of 14, below the item that it is a part of.
    """

    code = models.CharField(max_length=14, primary_key=True)
    name = models.CharField(max_length=200)
    item_type = models.CharField(max_length=2)
    department = models.CharField(max_length=60, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    origin = models.CharField(max_length=200, help_text="where the name and the type come from")
    demonstration = models.BooleanField()

    class Meta:
        db_table = "basic_item"
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9A-Z]{12}([0-9]{2})?$"), name="basic_item_code_shape"
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^.{12}$") | Q(parent=Left("code", 12)),
                name="basic_item_business_below",
            ),
            models.CheckConstraint(
                condition=Q(item_type__in=["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "20"]),
                name="basic_item_type_known",
            ),
        ]


class Item(models.Model):
    """Item (实施清单事项): a basic item as one organ carries it out in one place; code of 31, of a business item 33."""

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
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9A-Z]{31}([0-9]{2})?$"), name="item_code_shape"
            ),
            models.CheckConstraint(
                condition=Q(basic=Substr("code", 20)) & Q(level=Substr("code", 19, 1)),
                name="item_code_says_basic",
            ),
        ]


class Alias(models.Model):
    """Alias (旧编码): a code of the older generation, 10 or 24, by which a basic item or an item is still asked for."""

    code = models.CharField(max_length=24, primary_key=True)
    basic = models.ForeignKey(BasicItem, on_delete=models.PROTECT, null=True, related_name="aliases")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, related_name="aliases")

    class Meta:
        db_table = "item_alias"
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9A-Z]{10}([0-9A-Z]{14})?$"), name="alias_shape"
            ),
            models.CheckConstraint(
                condition=Q(basic__isnull=True, item__isnull=False)
                | Q(basic__isnull=False, item__isnull=True),
                name="alias_of_one",
            ),
        ]


def _guards(table: str, owner: str) -> list[models.BaseConstraint]:
    """What the database itself holds of a table of editions whose ``owner`` is the thing they are editions of."""
    return [
        models.UniqueConstraint(fields=[owner, "number"], name=f"{table}_number_once"),
        models.CheckConstraint(
            condition=Q(state__in=PENDING) | Q(published_at__isnull=False), name=f"{table}_published_when"
        ),
        models.CheckConstraint(
            condition=Q(state="draft") | Q(starts_on__isnull=False, checked_at__isnull=False),
            name=f"{table}_planned_when",
        ),
        models.CheckConstraint(
            condition=Q(state__in=["draft", "checked"]) | Q(approved_at__isnull=False),
            name=f"{table}_approved_when",
        ),
        models.CheckConstraint(
            condition=Q(state__in=[state.value for state in EditionState]), name=f"{table}_state_known"
        ),
        # Four eyes: who approved wrote nothing of it. What the platform did by itself has no account.
        models.CheckConstraint(
            condition=Q(approved_by__isnull=True) | ~Q(writers__contains=[F("approved_by")]),
            name=f"{table}_four_eyes",
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
            condition=~Q(state__in=PENDING),
        ),
    ]


class Content(models.Model):
    """Content from a day to a day (有期限的内容): what every edition has, of an item or of a basic item.

    ``starts_on`` and ``ends_on`` (exclusive) are a plan until it is published. ``writers``, ``checked_by``,
    ``approved_by``: accounts, absent where the platform did it (an import). ``approver``: the name shown.
    ``remark``: why it was sent back, or what the approver said.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, default="draft")
    body = models.JSONField()
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    made_at = models.DateTimeField()
    writers = ArrayField(models.UUIDField(), default=list)
    checked_at = models.DateTimeField(null=True)
    checked_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.UUIDField(null=True)
    approver = models.CharField(max_length=60, blank=True)
    published_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=400, blank=True)
    remark = models.CharField(max_length=400, blank=True)

    class Meta:
        abstract = True


class Edition(Content):
    """Edition (事项版本): the terms of an item from ``starts_on`` to ``ends_on`` (exclusive). Frozen once published."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="editions")
    along = models.ForeignKey(
        "BasicEdition",
        on_delete=models.PROTECT,
        null=True,
        related_name="along",
        help_text="the basic edition with which it was proposed, is approved and begins",
    )

    class Meta:
        db_table = "edition"
        constraints = _guards("edition", "item")
        indexes = [models.Index(fields=["item"], name="edition_pending", condition=Q(state__in=PENDING))]


class BasicEdition(Content):
    """Basic edition (基本目录版本): what a basic item says for all who carry it out, from a day to a day."""

    basic = models.ForeignKey(BasicItem, on_delete=models.PROTECT, related_name="editions")

    class Meta:
        db_table = "basic_edition"
        constraints = _guards("basic_edition", "basic")


class BulkChange(models.Model):
    """Bulk change (批量变更): who wants to change many items, by what, how far it is, what was found, what is planned.

    ``content``: the bytes of the file until they were looked through. ``operation`` and ``selection``: where it is one
    operation on chosen items. ``problems``: [sheet, row, column, code, reason, params], the first of ``refused``.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    state = models.CharField(max_length=10, default=ChangeState.WAITING.value)
    name = models.CharField(max_length=200)
    content = models.BinaryField(null=True)
    operation = models.JSONField(null=True)
    selection = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    maker = models.CharField(max_length=60)
    total = models.PositiveIntegerField(default=0)
    progress = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    fresh = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0, help_text="items that cannot go to approval yet")
    refused = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    together = models.BooleanField(default=False)
    starts_on = models.DateField(null=True)
    reason = models.CharField(max_length=400, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    remark = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "bulk_change"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ChangeState]), name="bulk_change_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["ready", "confirmed", "done"]) | Q(refused=0),
                name="bulk_change_whole_or_not",
            ),
        ]
        indexes = [models.Index(fields=["made_by", "-made_at"], name="bulk_change_mine")]


class BulkRow(models.Model):
    """Row of a bulk change (批量变更的一项): what one item is to say. ``base``: the edition that it was held against."""

    id = models.BigAutoField(primary_key=True)
    change = models.ForeignKey(BulkChange, on_delete=models.CASCADE, related_name="rows")
    code = models.CharField(max_length=33)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=200)
    organ_name = models.CharField(max_length=200)
    verdict = models.CharField(max_length=8)
    body = models.JSONField(null=True)
    base = models.UUIDField(null=True)
    base_digest = models.CharField(max_length=64, blank=True)
    before = models.JSONField(default=dict, help_text="the elements of the base that differ")
    appeared = models.JSONField(default=list, help_text="elements that the base does not have")
    held = models.JSONField(default=list, help_text="why it cannot go to approval yet")
    edition = models.UUIDField(null=True, help_text="the draft that became of it")

    class Meta:
        db_table = "bulk_row"
        constraints = [
            models.UniqueConstraint(fields=["change", "code"], name="bulk_row_once"),
            models.CheckConstraint(
                condition=Q(verdict__in=["same", "changed", "new"]), name="bulk_row_verdict_known"
            ),
        ]


class ReviewFlag(models.Model):
    """Review flag (复核提示): an edition rests on an article that a new wording of the law changed, until an editor clears it.

    ``wording``: the law's edition that changed it; laws live elsewhere, so it is a mention. ``article``: as it was
    numbered before; ``became``: what happened to it; ``now``: its number since, "" where it is gone. ``cited``: the
    citation of the edition. ``outcome``: how it was cleared, "" while it is open.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, null=True, related_name="flags")
    basic_edition = models.ForeignKey(BasicEdition, on_delete=models.PROTECT, null=True, related_name="flags")
    law = models.CharField(max_length=100)
    wording = models.UUIDField()
    law_starts_on = models.DateField()
    article = models.CharField(max_length=40)
    became = models.CharField(max_length=10)
    now = models.CharField(max_length=40, blank=True)
    cited = models.CharField(max_length=400)
    raised_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, blank=True)
    note = models.CharField(max_length=400, blank=True)
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.UUIDField(null=True)
    cleared_name = models.CharField(max_length=60, blank=True)

    class Meta:
        db_table = "review_flag"
        constraints = [
            models.CheckConstraint(
                condition=Q(edition__isnull=True, basic_edition__isnull=False)
                | Q(edition__isnull=False, basic_edition__isnull=True),
                name="review_flag_of_one",
            ),
            models.UniqueConstraint(
                fields=["edition", "wording", "article"],
                condition=Q(edition__isnull=False),
                name="review_flag_once",
            ),
            models.UniqueConstraint(
                fields=["basic_edition", "wording", "article"],
                condition=Q(basic_edition__isnull=False),
                name="review_flag_once_basic",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", cleared_at__isnull=True)
                | Q(outcome__in=[one.value for one in FlagOutcome], cleared_at__isnull=False),
                name="review_flag_cleared_when",
            ),
            models.CheckConstraint(
                condition=Q(became__in=[one.value for one in Became]), name="review_flag_became_known"
            ),
        ]
        indexes = [models.Index(fields=["law", "wording"], name="review_flag_by_law")]


class Sighting(models.Model):
    """Sighting (所见文本): what was really shown of an item, somewhere on a day, as somebody reports it.

    What is None was not told there; an empty list says "none". ``digest``: of what was said, so that one report stands once.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="sightings")
    channel = models.CharField(max_length=10)
    whereabouts = models.CharField(max_length=200)
    seen_on = models.DateField()
    reporter = models.CharField(max_length=60)
    name = models.CharField(max_length=200, blank=True)
    statutory_days = models.PositiveSmallIntegerField(null=True)
    promised_days = models.PositiveSmallIntegerField(null=True)
    materials = ArrayField(models.CharField(max_length=200), null=True)
    fees = ArrayField(models.CharField(max_length=400), null=True)
    note = models.CharField(max_length=400, blank=True)
    digest = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True)

    class Meta:
        db_table = "sighting"
        constraints = [
            models.UniqueConstraint(
                fields=["item", "channel", "whereabouts", "seen_on", "digest"], name="sighting_once"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=[one.value for one in SightChannel]), name="sighting_channel_known"
            ),
        ]
        indexes = [models.Index(fields=["-seen_on", "id"], name="sighting_newest")]


class GuideFile(models.Model):
    """File of guides (指南文件): a file that an editor gave to be shown to everybody; an edition may name no other.

    Without this list an edition could publish any paper that the platform keeps, by naming its digest.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    given_at = models.DateTimeField()
    given_by = models.UUIDField(null=True)

    class Meta:
        db_table = "guide_file"
        constraints = [
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="guide_file_digest")
        ]


class BundleEdition(models.Model):
    """Edition of a bundle (一件事版本): what was published under its code, in order; the last one is in force. Never changed (a trigger)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    code = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=100)
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+", db_index=False)
    body = models.JSONField()
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by = models.UUIDField(null=True)

    class Meta:
        db_table = "bundle_edition"
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], name="bundle_edition_number_once"),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[a-z][a-z0-9-]{1,39}$"), name="bundle_code_shape"
            ),
        ]
