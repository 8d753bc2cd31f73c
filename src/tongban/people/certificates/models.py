"""Tables of the certificate service (证书服务表)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tongban.base.ids import new_id

_PROFILES: list[str] = ["person", "legal_person", "official", "seal", "server"]
_STATES: list[str] = [
    "requested",
    "approved",
    "issued",
    "suspended",
    "revoked",
    "superseded",
    "expired",
    "refused",
    "withdrawn",
    "lapsed",
]
_REASONS: list[str] = [
    "",
    "unspecified",
    "key_compromise",
    "affiliation_changed",
    "superseded",
    "cessation",
    "privilege_withdrawn",
]
_LIVE: list[str] = ["issued", "suspended", "revoked", "superseded", "expired"]


class Authority(models.Model):
    """Authority (认证机构): a root, an issuing authority, its OCSP responder or its time stamping authority.

    ``key``: where the private key is kept, e.g. ``local:<name>`` or ``token:<label>``; never the key itself.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    slug = models.SlugField(max_length=40, unique=True)
    kind = models.CharField(max_length=10)
    algorithm = models.CharField(max_length=10)
    name = models.CharField(max_length=100)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    certificate = models.BinaryField()
    fingerprint = models.CharField(max_length=64, unique=True)
    key = models.CharField(max_length=100)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    demonstration = models.BooleanField()
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_because = models.CharField(max_length=24, blank=True)

    class Meta:
        db_table = "certificate_authority"
        constraints: ClassVar = [
            # A root stands above every list: nobody could say that it is revoked.
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_because="")
                | Q(revoked_at__isnull=False, retired_at__isnull=False, parent__isnull=False)
                & ~Q(revoked_because=""),
                name="authority_revoked_whole",
            ),
            models.CheckConstraint(condition=Q(revoked_because__in=_REASONS), name="authority_reason"),
            models.CheckConstraint(
                condition=Q(kind="root", parent__isnull=True)
                | Q(kind__in=["issuing", "ocsp", "tsa"], parent__isnull=False),
                name="authority_kind",
            ),
            models.CheckConstraint(condition=Q(algorithm__in=["p256", "sm2"]), name="authority_algorithm"),
            models.UniqueConstraint(
                fields=["kind", "algorithm"],
                condition=Q(retired_at__isnull=True),
                name="authority_current_once",
            ),
        ]


class Certificate(models.Model):
    """Certificate (数字证书): one registration, from the request to the archive.

    ``account_id``, ``registered_by``, ``approved_by`` are mentions: certificates do not know accounts. ``place``: whose
    registrars reach it, the province where it was requested online. ``proof``: who saw which document, encrypted.
    ``parcel``: a PKCS#12 file that waits to be taken, once, sealed by a passphrase that nobody kept.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    profile = models.CharField(max_length=20)
    algorithm = models.CharField(max_length=10)
    delivery = models.CharField(max_length=10)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, null=True, related_name="+")
    organ = models.ForeignKey("parties.Organ", on_delete=models.PROTECT, null=True, related_name="+")
    account_id = models.UUIDField(null=True)
    name = models.CharField(max_length=100)
    code = models.CharField(max_length=100, blank=True)
    office = models.ForeignKey("parties.Organ", on_delete=models.PROTECT, null=True, related_name="+")
    place = models.CharField(max_length=12)
    proof = models.BinaryField()
    request = models.BinaryField(null=True)
    state = models.CharField(max_length=12, default="requested")
    version = models.PositiveIntegerField(default=1)
    predecessor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    registered_by = models.UUIDField(null=True)
    registered_at = models.DateTimeField()
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, null=True, related_name="+")
    serial = models.CharField(max_length=40, blank=True)
    certificate = models.BinaryField(null=True)
    fingerprint = models.CharField(max_length=64, null=True, unique=True)
    not_before = models.DateTimeField(null=True)
    not_after = models.DateTimeField(null=True)
    suspended_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=24, blank=True)
    parcel = models.BinaryField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "certificate"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(profile__in=_PROFILES), name="certificate_profile"),
            models.CheckConstraint(condition=Q(state__in=_STATES), name="certificate_state"),
            models.CheckConstraint(condition=Q(algorithm__in=["p256", "sm2"]), name="certificate_algorithm"),
            models.CheckConstraint(
                condition=Q(profile="person", party__isnull=False)
                | Q(profile="official", account_id__isnull=False, organ__isnull=False, party__isnull=True)
                | Q(profile="seal", organ__isnull=False, party__isnull=True)
                | Q(profile__in=["legal_person", "server"], party__isnull=True),
                name="certificate_holder",
            ),
            # Four eyes, whatever the code above does: nobody approves what she registered, nor her own.
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | Q(registered_by__isnull=True)
                | ~Q(approved_by=F("registered_by")),
                name="certificate_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | Q(account_id__isnull=True)
                | ~Q(approved_by=F("account_id")),
                name="certificate_not_ones_own",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["requested", "refused", "withdrawn"]) | Q(approved_at__isnull=False),
                name="certificate_approved_when",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=_LIVE,
                    certificate__isnull=False,
                    fingerprint__isnull=False,
                    authority__isnull=False,
                    not_before__isnull=False,
                    not_after__gt=F("not_before"),
                )
                & ~Q(serial="")
                | ~Q(state__in=_LIVE)
                & Q(
                    certificate__isnull=True,
                    fingerprint__isnull=True,
                    authority__isnull=True,
                    not_after__isnull=True,
                    serial="",
                ),
                name="certificate_issued_whole",
            ),
            models.CheckConstraint(
                condition=Q(state="suspended", suspended_at__isnull=False)
                | ~Q(state="suspended") & Q(suspended_at__isnull=True),
                name="certificate_suspended_when",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["revoked", "superseded"], ended_at__isnull=False)
                & ~Q(ended_because="")
                | ~Q(state__in=["revoked", "superseded"]) & Q(ended_because=""),
                name="certificate_ended_because",
            ),
            models.CheckConstraint(condition=Q(ended_because__in=_REASONS), name="certificate_reason"),
            models.UniqueConstraint(
                fields=["authority", "serial"],
                condition=Q(authority__isnull=False),
                name="certificate_serial_once",
            ),
            # One request at a time: what waits is approved or refused before another is made.
            models.UniqueConstraint(
                fields=["profile", "party"], condition=Q(state="requested"), name="certificate_asked_once"
            ),
            models.UniqueConstraint(
                fields=["profile", "account_id", "organ"],
                condition=Q(state="requested", profile="official"),
                name="certificate_asked_once_by_official",
            ),
            models.UniqueConstraint(
                fields=["predecessor"],
                condition=Q(state__in=["requested", "approved", *_LIVE]),
                name="certificate_one_successor",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["party", "-id"], name="certificate_of_party"),
            models.Index(fields=["account_id", "-id"], name="certificate_of_account"),
            models.Index(fields=["place", "state", "-id"], name="certificate_reached"),
            models.Index(
                fields=["not_after"],
                name="certificate_ending",
                condition=Q(state__in=["issued", "suspended"]),
            ),
            models.Index(
                fields=["authority"],
                name="certificate_on_list",
                condition=Q(state__in=["suspended", "revoked", "superseded"]),
            ),
        ]


class KeptKey(models.Model):
    """Kept key (托管密钥): a holder's private key, sealed under her PIN and the master secret. Deleted when its certificate ends."""

    certificate = models.OneToOneField(
        Certificate, on_delete=models.PROTECT, primary_key=True, related_name="kept_key"
    )
    salt = models.BinaryField()
    sealed = models.BinaryField()
    failures = models.PositiveIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "certificate_kept_key"


class RevocationList(models.Model):
    """Revocation list (撤销列表, CRL): as it was published; kept, since what was signed in its time is verified by it."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    der = models.BinaryField()
    this_update = models.DateTimeField()
    next_update = models.DateTimeField()

    class Meta:
        db_table = "certificate_revocation_list"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "number"], name="revocation_list_number"),
            models.CheckConstraint(
                condition=Q(next_update__gt=F("this_update")), name="revocation_list_lasts"
            ),
        ]
