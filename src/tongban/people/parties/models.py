"""Tables of parties (当事人表)."""

from django.db import models

from tongban.base.ids import new_id


class Party(models.Model):
    """Party (当事人): a natural person (自然人) or a legal person (法人).

    A person's identity number is encrypted; ``id_index`` finds it again. A legal person is known by its unified credit code,
    which is public, and has a legal representative (法定代表人), herself a party.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=6, db_default="person", default="person")
    name = models.CharField(max_length=100)
    id_type = models.CharField(max_length=4, default="1")
    id_number = models.BinaryField(null=True)
    id_index = models.BinaryField(unique=True, null=True)
    phone = models.BinaryField()
    credit_code = models.CharField(max_length=18, unique=True, null=True)
    legal_kind = models.CharField(max_length=11, blank=True, default="", db_default="")
    representative = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    registered_at = models.DateTimeField()

    class Meta:
        db_table = "party"
        # A clerk searches by the beginning of a name.
        indexes = [models.Index(fields=["name"], name="party_by_name", opclasses=["varchar_pattern_ops"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    kind="person",
                    id_number__isnull=False,
                    id_index__isnull=False,
                    credit_code__isnull=True,
                    legal_kind="",
                    representative__isnull=True,
                )
                | models.Q(
                    kind="legal",
                    id_number__isnull=True,
                    id_index__isnull=True,
                    credit_code__isnull=False,
                    credit_code__regex=r"^[0-9A-Z]{18}$",
                    legal_kind__in=["enterprise", "institution", "other", "social"],
                    representative__isnull=False,
                ),
                name="party_person_or_legal",
            )
        ]


class Organ(models.Model):
    """Organ (实施机关): a body that exercises powers in a place, by its unified social credit code (GB 32100)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.CharField(max_length=100)
    short_name = models.CharField(max_length=40)
    credit_code = models.CharField(max_length=18, unique=True)
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    nature = models.CharField(max_length=2, default="1")
    duties = models.CharField(max_length=200, blank=True)
    demonstration = models.BooleanField()

    class Meta:
        db_table = "organ"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(credit_code__regex=r"^[0-9A-Z]{18}$"), name="organ_code_shape"
            ),
            models.UniqueConstraint(fields=["place", "name"], name="organ_name_once_in_place"),
        ]
