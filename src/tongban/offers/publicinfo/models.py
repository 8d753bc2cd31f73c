"""Tables of public information (公开信息表)."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, CharField, F, Func, JSONField, Q, Value, When
from django.db.models.fields.json import KeyTextTransform

from tongban.base.ids import new_id


class Law(models.Model):
    """Law (法规): known by its short name, which is its address."""

    id = models.UUIDField(primary_key=True, default=new_id)
    key = models.CharField(max_length=100, unique=True)
    title = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=12)

    class Meta:
        db_table = "law"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["law", "regulation", "local"]), name="law_kind_known"
            ),
            models.CheckConstraint(condition=~Q(key__contains="/") & ~Q(key=""), name="law_key_addressable"),
        ]


class LawEdition(models.Model):
    """Law edition (法规文本): the wording of a day, in force from ``starts_on`` to ``ends_on`` (exclusive). Frozen once published."""

    id = models.UUIDField(primary_key=True, default=new_id)
    law = models.ForeignKey(Law, on_delete=models.PROTECT, related_name="editions")
    dated = models.DateField(help_text="the day on which this wording was passed or promulgated")
    history = models.TextField(blank=True)
    starts_on = models.DateField()
    starts_said = models.BooleanField(help_text="whether the wording itself names starts_on")
    ends_on = models.DateField(null=True)
    digest = models.CharField(max_length=64)
    source_digest = models.CharField(max_length=64)
    published_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "law_edition"
        constraints = [
            models.UniqueConstraint(fields=["law", "dated"], name="law_edition_once_a_day"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="law_edition_ends_after",
            ),
            # No two wordings of one law in force on the same day, whatever the code above does.
            ExclusionConstraint(
                name="law_one_in_force",
                expressions=[
                    (F("law"), RangeOperators.EQUAL),
                    (
                        Func(
                            F("starts_on"), F("ends_on"), function="daterange", output_field=DateRangeField()
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]


class Article(models.Model):
    """Article (条文) of a law edition; ``inserted`` is the number after 之, 0 without one."""

    edition = models.ForeignKey(LawEdition, on_delete=models.PROTECT, related_name="articles")
    number = models.PositiveSmallIntegerField()
    inserted = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=30)
    chapter = models.CharField(max_length=210, blank=True)
    section = models.CharField(max_length=100, blank=True)
    text = models.TextField()

    class Meta:
        db_table = "law_article"
        constraints = [
            models.UniqueConstraint(fields=["edition", "number", "inserted"], name="law_article_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="law_article_numbered"),
        ]


class Document(models.Model):
    """Document (信息): what an organ announces, or an entry of its lists; its wordings are its editions."""

    id = models.UUIDField(primary_key=True, default=new_id)
    organ = models.ForeignKey("parties.Organ", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        db_table = "info_document"


class DocumentEdition(models.Model):
    """Document edition (信息版本): one wording and what became of it. Frozen once published. ``writers``: account ids."""

    id = models.UUIDField(primary_key=True, default=new_id)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12)
    title = models.CharField(max_length=120)
    body = models.TextField()
    facts = models.JSONField(default=dict, db_default=Value({}, JSONField()))
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=12, default="draft")
    version = models.PositiveIntegerField(default=1)
    writers = ArrayField(models.UUIDField())
    reviewer_id = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "info_edition"
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="info_edition_number_once"),
            models.UniqueConstraint(
                fields=["document"],
                condition=Q(state__in=["draft", "in_review"]),
                name="info_edition_one_open",
            ),
            models.UniqueConstraint(
                fields=["document"],
                condition=Q(state__in=["published", "withdrawn"]),
                name="info_edition_one_public",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "in_review", "published", "revised", "withdrawn"]),
                name="info_edition_state_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["notice", "policy", "review_rule", "faq", "complaint", "service", "agency"]
                ),
                name="info_edition_kind_known",
            ),
            # The lists of intermediary services and agencies have facts, announcements have none.
            models.CheckConstraint(
                condition=Q(kind__in=["service", "agency"]) & ~Q(facts={})
                | ~Q(kind__in=["service", "agency"]) & Q(facts={}),
                name="info_edition_facts_where_listed",
            ),
            # A document stays an announcement, a service or an agency.
            ExclusionConstraint(
                name="info_edition_one_family",
                expressions=[
                    (F("document"), RangeOperators.EQUAL),
                    (
                        Case(
                            When(kind__in=["service", "agency"], then=F("kind")),
                            default=Value("announcement"),
                            output_field=CharField(),
                        ),
                        RangeOperators.NOT_EQUAL,
                    ),
                ],
            ),
            # One public entry for one agency.
            models.UniqueConstraint(
                KeyTextTransform("credit_code", "facts"),
                condition=Q(kind="agency", state="published"),
                name="info_agency_once_public",
            ),
            # Nothing public that nobody read besides its writers.
            models.CheckConstraint(
                condition=Q(state__in=["draft", "in_review"])
                | (
                    Q(reviewer_id__isnull=False, published_at__isnull=False)
                    & ~Q(writers__contains=[F("reviewer_id")])
                ),
                name="info_edition_four_eyes",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-published_at", "-id"],
                name="info_edition_newest",
                condition=Q(state__in=["published", "withdrawn"]),
            ),
            GinIndex(
                fields=["facts"],
                name="info_edition_listed",
                opclasses=["jsonb_path_ops"],
                condition=Q(kind__in=["service", "agency"], state="published"),
            ),
        ]
