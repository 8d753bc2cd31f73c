"""Connected systems, what people agreed to share with them, and the keys that sign (接入系统表)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from tongban.base.ids import new_id


class System(models.Model):
    """Connected system (接入系统) of an organ, known by ``client_id``.

    ``registration``: what is in force (``rules.registration``), absent until the first approval; ``proposal``: what waits for
    approval. ``writer_id``, ``proposer_id``, ``approver_id``: accounts; who approves never wrote it.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    client_id = models.CharField(max_length=40, unique=True)
    organ = models.ForeignKey("parties.Organ", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    state = models.CharField(max_length=12, default="requested")
    version = models.PositiveIntegerField(default=1)
    audience = models.CharField(max_length=10)
    registration = models.JSONField(null=True)
    proposal = models.JSONField(null=True)
    writer_id = models.UUIDField(null=True)
    proposer_id = models.UUIDField(null=True)
    approver_id = models.UUIDField(null=True)
    sent_back = models.CharField(max_length=400, blank=True)
    requested_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "signon_system"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["requested", "approved", "suspended", "retired", "discarded"]),
                name="signon_system_state",
            ),
            models.CheckConstraint(
                condition=Q(audience__in=["public", "staff"]), name="signon_system_audience"
            ),
            # Nothing is in force that only its writer has read.
            models.CheckConstraint(
                condition=Q(state__in=["requested", "discarded"], registration__isnull=True)
                | (
                    Q(state__in=["approved", "suspended", "retired"], registration__isnull=False)
                    & Q(approver_id__isnull=False, approved_at__isnull=False)
                    & ~Q(approver_id=F("writer_id"))
                ),
                name="signon_system_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(proposal__isnull=True) | Q(proposer_id__isnull=False),
                name="signon_system_proposed_by",
            ),
        ]


class Consent(models.Model):
    """Consent (授权同意): what a person agreed to share with a system, until she withdraws it. It is withdrawn, never deleted."""

    id = models.UUIDField(primary_key=True, default=new_id)
    account = models.ForeignKey("identity.Account", on_delete=models.PROTECT, related_name="+")
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="+")
    shares = ArrayField(models.CharField(max_length=40))
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "signon_consent"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "system"],
                condition=Q(withdrawn_at__isnull=True),
                name="signon_consent_once",
            ),
        ]


class Use(models.Model):
    """Use of a right (接口使用次数) by a system on a day: how often, and nothing of what was seen."""

    pk = models.CompositePrimaryKey("system_id", "day", "right")
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    right = models.CharField(max_length=40)
    uses = models.PositiveBigIntegerField()

    class Meta:
        db_table = "signon_use"


class SigningKey(models.Model):
    """Signing key (登录签名密钥): signs ID tokens and logout tokens. The private part is encrypted; a former key stays known.

    ``kid``: thumbprint of the public part (RFC 7638).
    """

    kid = models.CharField(max_length=43, primary_key=True)
    algorithm = models.CharField(max_length=10)
    private = models.BinaryField()
    public = models.JSONField()
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "signon_key"
        constraints = [
            models.CheckConstraint(
                condition=Q(algorithm__in=["ES256", "RS256"]), name="signon_key_algorithm"
            ),
            models.UniqueConstraint(
                fields=["algorithm"], condition=Q(retired_at__isnull=True), name="signon_key_one_signs"
            ),
        ]
