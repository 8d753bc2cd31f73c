"""Staff as a personnel system keeps them (人事登记表)."""

from django.db import models
from django.db.models import Q

from tongban.people.identity.models.accounts import Account


class StaffRecord(models.Model):
    """Staff record (人事登记): which organ keeps an official's account, and under which number its personnel system knows her.

    ``version`` counts the changes; ``removed_at``: the organ keeps her no more, and nobody finds her by its list.
    """

    account = models.OneToOneField(Account, on_delete=models.PROTECT, primary_key=True, related_name="+")
    organ = models.ForeignKey("parties.Organ", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=60, blank=True)
    version = models.PositiveIntegerField(db_default=1)
    added_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "staff_record"
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "number"],
                condition=~Q(number="") & Q(removed_at__isnull=True),
                name="staff_number_once",
            ),
        ]
