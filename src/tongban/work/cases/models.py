"""Tables of cases (办件表)."""

from django.db import models
from django.db.models import Q

from tongban.base.ids import new_id

_STATES = [
    "draft",
    "submitted",
    "supplement",
    "accepted",
    "examined",
    "granted",
    "refused",
    "declined",
    "withdrawn",
    "closed",
]


class Case(models.Model):
    """Case (办件). The dates are written by the move that causes them; lists and pages only compare."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=43, null=True, unique=True)
    state = models.CharField(max_length=12, default="draft")
    version = models.PositiveIntegerField(default=1)
    edition = models.ForeignKey("catalogue.Edition", on_delete=models.PROTECT, related_name="+")
    organ = models.ForeignKey("parties.Organ", on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=12)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey("identity.Account", on_delete=models.PROTECT, related_name="+")
    form = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    examiner = models.ForeignKey("identity.Account", on_delete=models.PROTECT, null=True, related_name="+")
    act_by = models.DateField(null=True)
    warn_on = models.DateField(null=True)
    promised_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    provisional = models.BooleanField(default=False)

    class Meta:
        db_table = "case_file"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=_STATES), name="case_state_known"),
            models.CheckConstraint(
                condition=Q(state="draft", number__isnull=True)
                | (~Q(state="draft") & Q(number__isnull=False, submitted_at__isnull=False)),
                name="case_number_from_submission",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "examined", "granted", "refused", "closed"])
                | Q(accepted_at__isnull=False, due_on__isnull=False),
                name="case_due_from_acceptance",
            ),
        ]
        indexes = [
            # An office's work list: what waits in a state, the most pressing first.
            models.Index(
                fields=["organ", "state", "act_by", "id"],
                name="case_work",
                condition=Q(state__in=["submitted", "supplement", "accepted", "examined", "granted"]),
            ),
            models.Index(fields=["organ", "-id"], name="case_of_organ"),
            models.Index(fields=["party", "-id"], name="case_of_party"),
        ]


class Attachment(models.Model):
    """Attachment (附件): a material handed in for one demand of the guide."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="attachments")
    key = models.CharField(max_length=40)
    material = models.ForeignKey("materials.Material", on_delete=models.PROTECT, related_name="+")
    attached_at = models.DateTimeField()

    class Meta:
        db_table = "case_attachment"
        constraints = [models.UniqueConstraint(fields=["case", "key", "material"], name="attachment_once")]


class Document(models.Model):
    """Document (文书) of a case: supplement notice, decline, opinion, decision."""

    id = models.UUIDField(primary_key=True, default=new_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="documents")
    verb = models.CharField(max_length=20)
    body = models.JSONField()
    by = models.ForeignKey("identity.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "case_document"
        constraints = [
            # Article 32: told once, all of it. The database holds the platform to it.
            models.UniqueConstraint(
                fields=["case"], condition=Q(verb="request_supplement"), name="supplement_once"
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(verb__in=["grant", "refuse", "decline"]), name="decision_once"
            ),
        ]
        indexes = [models.Index(fields=["case", "at"], name="document_of_case")]
