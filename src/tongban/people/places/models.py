"""Table of places (区划表)."""

from django.db import models


class Place(models.Model):
    """Place (区划): an administrative division (statistical code of 12 digits, GB/T 2260 in its first six)."""

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=60)
    level = models.CharField(max_length=12)
    kind = models.CharField(max_length=20, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    sort_key = models.CharField(max_length=120, help_text="pinyin of the name")

    class Meta:
        db_table = "place"
        constraints = [
            models.CheckConstraint(condition=models.Q(code__regex=r"^[0-9]{12}$"), name="place_code_shape"),
            models.CheckConstraint(
                condition=models.Q(level__in=["province", "prefecture", "county", "township", "village"]),
                name="place_level_known",
            ),
        ]
        indexes = [models.Index(fields=["parent", "sort_key"], name="place_children")]
