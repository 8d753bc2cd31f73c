"""Table of licences (证照表)."""

from django.db import models
from django.db.models import Q

from tongban.base.ids import new_id


class Licence(models.Model):
    """Licence (电子证照). ``case_id`` is a mention: licences do not know cases."""

    id = models.UUIDField(primary_key=True, default=new_id)
    identifier = models.CharField(max_length=150, unique=True)
    number = models.CharField(max_length=60, unique=True)
    token = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=100)
    holder = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    holder_name = models.CharField(max_length=100)
    issuer = models.ForeignKey("parties.Organ", on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=12)
    case_id = models.UUIDField(unique=True)
    case_number = models.CharField(max_length=43)
    facts = models.JSONField()
    state = models.CharField(max_length=10, default="issued")
    issued_at = models.DateTimeField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    document = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_because = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "licence"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["issued", "revoked"]), name="licence_state_known"),
            models.CheckConstraint(
                condition=Q(state="issued", revoked_at__isnull=True)
                | Q(state="revoked", revoked_at__isnull=False),
                name="licence_revoked_when",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="licence_validity",
            ),
        ]
        indexes = [models.Index(fields=["holder", "-id"], name="licence_of_holder")]
