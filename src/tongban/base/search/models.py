"""Tables of search (检索表)."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from tongban.base.ids import new_id


class Text(models.Model):
    """Search text (检索文本): title and words that documents share; ``facets`` are those of all its documents together.

    A facet is never taken away again: it only says which texts need not be looked at.
    """

    digest = models.TextField(unique=True)
    group = models.TextField(db_column="grp")
    title = models.TextField()
    prior = models.FloatField()
    facets = ArrayField(models.TextField(), default=list)

    class Meta:
        db_table = "search_text"
        indexes = [models.Index(F("prior").desc(), "title", name="search_text_browsed")]


class Posting(models.Model):
    """Posting (倒排项): a term of a text with its weight."""

    pk = models.CompositePrimaryKey("text_id", "term")
    text = models.ForeignKey(Text, on_delete=models.CASCADE, related_name="postings", db_index=False)
    term = models.TextField(db_collation="C")
    weight = models.FloatField()

    class Meta:
        db_table = "search_posting"
        # Answers a question from the index alone.
        indexes = [models.Index(fields=["term"], include=["text", "weight"], name="search_posting_term")]


class Document(models.Model):
    """Search document (检索文档): found from ``starts_on`` until ``ends_on`` (exclusive). ``reach``: the place's digits in use."""

    key = models.TextField(primary_key=True)
    kind = models.TextField()
    ref = models.TextField()
    group = models.TextField(db_column="grp")
    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="documents", db_index=False)
    place = models.TextField(blank=True)
    reach = models.TextField(blank=True, db_collation="C")
    owner = models.TextField(blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    facets = ArrayField(models.TextField())
    prior = models.FloatField()
    shown = models.JSONField()

    class Meta:
        db_table = "search_document"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="search_document_ends_after",
            )
        ]
        indexes = [
            models.Index(fields=["ref", "starts_on"], name="search_document_ref"),
            models.Index(fields=["text", "reach"], name="search_document_text"),
            models.Index(fields=["group", "reach", "key"], name="search_document_group"),
            models.Index(fields=["owner"], name="search_document_owner", condition=~Q(owner="")),
        ]


class Facet(models.Model):
    """Facet (分面): a name by which anything was ever to be narrowed, so that pages can offer it."""

    name = models.TextField(primary_key=True, db_collation="C")

    class Meta:
        db_table = "search_facet"


class Phrase(models.Model):
    """Phrase (提示词): a title, a keyword, or a word of a synonym group (``synonym``), suggested while somebody types."""

    phrase = models.TextField(unique=True, db_collation="C")
    weight = models.FloatField()
    synonym = models.BooleanField(default=False)

    class Meta:
        db_table = "search_phrase"


class PhraseOf(models.Model):
    """Phrase of a text (提示词归属): it is suggested while a document of one of its texts is in force."""

    pk = models.CompositePrimaryKey("phrase_id", "text_id")
    phrase = models.ForeignKey(Phrase, on_delete=models.CASCADE, related_name="texts", db_index=False)
    text = models.ForeignKey(Text, on_delete=models.CASCADE, related_name="phrases")

    class Meta:
        db_table = "search_phrase_of"


class PhraseKey(models.Model):
    """Phrase key (提示键): what a phrase is found by, typed as characters, pinyin or initials, or by a slip of it."""

    pk = models.CompositePrimaryKey("phrase_id", "key")
    phrase = models.ForeignKey(Phrase, on_delete=models.CASCADE, related_name="keys", db_index=False)
    key = models.TextField(db_collation="C")
    rank = models.FloatField()

    class Meta:
        db_table = "search_phrase_key"
        indexes = [models.Index(fields=["key"], include=["phrase", "rank"], name="search_phrase_key_typed")]


class SynonymGroup(models.Model):
    """Synonym group (同义词组), kept by editors; an ended one stays for its history."""

    id = models.UUIDField(primary_key=True, default=new_id)
    words = ArrayField(models.TextField())
    leads = ArrayField(models.TextField())
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    changed_by = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "search_synonym"
        constraints = [
            models.CheckConstraint(
                condition=~Q(words=[]) & ~Q(leads=[]), name="search_synonym_says_something"
            )
        ]
        indexes = [
            GinIndex(fields=["words"], name="search_synonym_words", condition=Q(ended_at__isnull=True))
        ]
