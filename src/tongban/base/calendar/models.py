"""Table of the working calendar (工作日历表)."""

from django.db import models
from django.db.models import F, Q

from tongban.base.ids import new_id


class CalendarEdition(models.Model):
    """Calendar edition (日历版本): the whole table of ``first`` to ``last`` as it stood after an import. Never changed."""

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.CharField(max_length=60, unique=True)
    rows = models.TextField(help_text="the whole table as csv, one order and one spelling")
    source = models.TextField(help_text="the file as it was imported")
    digest = models.CharField(max_length=64, unique=True)
    first = models.DateField()
    last = models.DateField()
    imported_at = models.DateTimeField()

    class Meta:
        db_table = "calendar_edition"
        constraints = [
            models.CheckConstraint(condition=Q(first__lt=F("last")), name="calendar_edition_covers"),
        ]
        # Each act asks for the newest one.
        indexes = [models.Index(F("imported_at").desc(), F("id").desc(), name="calendar_edition_newest")]
