"""Sessions (会话表)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from tongban.base.ids import new_id
from tongban.people.identity.models.accounts import Account


class Session(models.Model):
    """Session (会话): one sign-in on one device at one door, until it is ended. It is ended, never deleted.

    ``methods``: by which proofs its holder signed in (:class:`~tongban.people.identity.rules.Method`); ``proven_at``: when
    the last of them was given. ``address``: where it began, encrypted.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    door = models.CharField(max_length=20)
    device = models.CharField(max_length=100)
    address = models.BinaryField()
    methods = ArrayField(models.CharField(max_length=10))
    started_at = models.DateTimeField()
    proven_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=20, blank=True)

    class Meta:
        db_table = "account_session"
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_because="")
                | (Q(ended_at__isnull=False) & ~Q(ended_because="")),
                name="session_ended_because",
            ),
            models.CheckConstraint(condition=Q(methods__len__gt=0), name="session_methods"),
            models.CheckConstraint(condition=Q(proven_at__gte=F("started_at")), name="session_proven_when"),
        ]
        indexes = [
            models.Index(
                fields=["account", "-started_at"], name="session_open", condition=Q(ended_at__isnull=True)
            )
        ]
