"""Tables of the ledger (账本表). Written only by ``base.record`` and by sealing; read by everyone through queries."""

from django.db import models


class Head(models.Model):
    """Stream head (链头): the last seq and hash of a stream, locked by every append to it."""

    stream = models.CharField(max_length=80, primary_key=True)
    seq = models.PositiveIntegerField()
    hash = models.BinaryField()
    sealed_seq = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "ledger_head"
        indexes = [
            # The sealer's work list: only streams with something unsealed are in it.
            models.Index(
                fields=["stream"],
                name="ledger_head_unsealed",
                condition=models.Q(seq__gt=models.F("sealed_seq")),
            )
        ]


class Entry(models.Model):
    """Ledger entry (账本条目): one act as canonical JSON text and the hash that links it to the entry before."""

    pk = models.CompositePrimaryKey("stream", "seq")
    stream = models.CharField(max_length=80)
    seq = models.PositiveIntegerField()
    body = models.TextField()
    hash = models.BinaryField()
    act_key = models.CharField(max_length=120, null=True, unique=True)

    class Meta:
        db_table = "ledger_entry"


class Evidence(models.Model):
    """Evidence (签名证据) of a signed act: CMS SignedData over its content, in DER; the entry's body names its SHA-256."""

    pk = models.CompositePrimaryKey("stream", "seq")
    stream = models.CharField(max_length=80)
    seq = models.PositiveIntegerField()
    evidence = models.BinaryField()

    class Meta:
        db_table = "ledger_evidence"


class Seal(models.Model):
    """Seal (封存): the signed Merkle root over one batch of entries; names the root before it."""

    id = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    size = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    key_id = models.CharField(max_length=64)
    signature = models.BinaryField()

    class Meta:
        db_table = "ledger_seal"


class SealPart(models.Model):
    """Part of a seal (封存区段): entries first..last of one stream, at this position of the leaf order."""

    pk = models.CompositePrimaryKey("seal_id", "position")
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="parts")
    position = models.PositiveIntegerField()
    stream = models.CharField(max_length=80)
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        db_table = "ledger_seal_part"
        constraints = [
            models.UniqueConstraint(fields=["stream", "first"], name="ledger_seal_part_once"),
            models.CheckConstraint(
                condition=models.Q(last__gte=models.F("first")), name="ledger_seal_part_run"
            ),
        ]
