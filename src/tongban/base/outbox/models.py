"""Table of the outbox (发件箱表)."""

from django.db import models


class Event(models.Model):
    """Event (事件): something that happened, waiting to be relayed to the jobs that follow from it."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=60)
    payload = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        db_table = "outbox_event"
