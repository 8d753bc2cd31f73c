"""Table of exchange messages (交换报文表)."""

from django.db import models
from django.db.models import F, Q

from tongban.base.ids import new_id
from tongban.records.exchange.rules import LARGEST


class ExchangeMessage(models.Model):
    """Exchange message (交换报文): as it was sent, with its evidence. Never changed, never deleted (a trigger).

    ``number``: in the inbox of the addressed organ. ``to_system``: where it is for one system of that organ alone. ``content``: cipher
    text. ``certificate_id`` is a mention: whose certificate signed, by its registration.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    sender = models.ForeignKey("signon.System", on_delete=models.PROTECT, related_name="+", db_index=False)
    from_organ = models.ForeignKey("parties.Organ", on_delete=models.PROTECT, related_name="+")
    to_organ = models.ForeignKey("parties.Organ", on_delete=models.PROTECT, related_name="+", db_index=False)
    to_system = models.ForeignKey("signon.System", on_delete=models.PROTECT, null=True, related_name="+")
    number = models.PositiveBigIntegerField()
    key = models.CharField(max_length=64)
    media_type = models.CharField(max_length=120)
    purpose = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    envelope = models.BinaryField()
    content = models.BinaryField()
    evidence = models.BinaryField()
    certificate_id = models.UUIDField()
    sent_at = models.DateTimeField()

    class Meta:
        db_table = "exchange_message"
        constraints = [
            models.UniqueConstraint(fields=["sender", "key"], name="exchange_message_once"),
            models.UniqueConstraint(fields=["to_organ", "number"], name="exchange_message_number"),
            models.CheckConstraint(condition=Q(size__gt=0, size__lte=LARGEST), name="exchange_message_size"),
            models.CheckConstraint(
                condition=Q(to_system__isnull=True) | ~Q(to_system=F("sender")),
                name="exchange_message_to_another",
            ),
        ]
