"""Table of materials (材料表)."""

from django.db import models

from tongban.base.ids import new_id


class Material(models.Model):
    """Material (材料): a file that a party handed in, under a name."""

    id = models.UUIDField(primary_key=True, default=new_id)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    file_name = models.CharField(max_length=200)
    trust = models.CharField(max_length=1, default="C")
    kept_at = models.DateTimeField()
    kept_by = models.UUIDField(null=True)  # the account that handed it in

    class Meta:
        db_table = "material"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(trust__in=["A", "B", "C", "D"]), name="material_trust_known"
            )
        ]
        indexes = [models.Index(fields=["party", "-id"], name="material_of_party")]
