"""Who somebody says she is, what was proven of it, and codes sent to her telephone (实名核验表)."""

from django.db import models
from django.db.models import Q

from tongban.base.ids import new_id
from tongban.people.identity.models.accounts import Account

_KINDS = [
    "id_card",
    "phone",
    "social_security",
    "bank_card",
    "housing_fund",
    "driving_licence",
    "counter",
]
_OUTCOMES = ["match", "mismatch", "unknown"]


class Claim(models.Model):
    """Claim (自报身份): who the owner of an unproven account says she is, encrypted. It ends with the proof."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, primary_key=True, related_name="+")
    name = models.BinaryField()
    number = models.BinaryField()
    phone = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        db_table = "account_claim"


class Proof(models.Model):
    """Proof (核验记录): what a source or a clerk said of whom the account belongs to. Added, never changed.

    Of what was checked only keyed digests stay: ``value_digest`` of the card or number, ``number_digest`` of the identity number
    it was checked against. ``by``: the clerk's account, absent for a source.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    source = models.CharField(max_length=60)
    reference = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(max_length=10)
    value_digest = models.BinaryField()
    number_digest = models.BinaryField()
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "account_proof"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=_KINDS), name="proof_kind"),
            models.CheckConstraint(condition=Q(outcome__in=_OUTCOMES), name="proof_outcome"),
            models.CheckConstraint(
                condition=~Q(kind="counter") | Q(by__isnull=False), name="proof_by_a_clerk"
            ),
            models.UniqueConstraint(
                fields=["account", "kind", "number_digest"],
                condition=Q(outcome="match"),
                name="proof_once",
            ),
        ]
        indexes = [models.Index(fields=["account", "at"], name="proof_of_account")]


class PhoneCode(models.Model):
    """Code by message (短信验证码) that was sent to a number for an account; kept as a keyed digest, and so is the number."""

    id = models.UUIDField(primary_key=True, default=new_id)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    phone_digest = models.BinaryField()
    code_digest = models.BinaryField()
    sent_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(db_default=0)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "phone_code"
        indexes = [
            models.Index(fields=["account", "-sent_at"], name="phone_code_of_account"),
            models.Index(fields=["phone_digest", "-sent_at"], name="phone_code_of_phone"),
        ]
