"""Table of numbering (编号表)."""

from django.db import models


class Series(models.Model):
    """Series (编号序列): the last serial taken under a name."""

    name = models.CharField(max_length=80, primary_key=True)
    last = models.PositiveIntegerField()

    class Meta:
        db_table = "numbering_series"
