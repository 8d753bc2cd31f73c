"""What one sign-on gave one system, and what hangs from it (登录授权表). Of codes and tokens only digests are kept."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from tongban.base.ids import new_id
from tongban.people.signon.models.systems import System


class Authorisation(models.Model):
    """Authorisation (登录授权): one sign-on of an account to a system, or a system's own.

    It begins with a code (``code``: its digest), which is redeemed once. ``offline``: it outlives the session. ``amr``,
    ``level``, ``auth_time``: how its owner had signed in. Ending it ends every token that came of it. ``company``, ``mandate_id``,
    ``mandate_kind``: for which company she signed on and by which right (mentions: mandates stand beside us); it ends with that.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey("identity.Account", on_delete=models.PROTECT, null=True, related_name="+")
    session = models.ForeignKey("identity.Session", on_delete=models.PROTECT, null=True, related_name="+")
    code = models.BinaryField(null=True, unique=True)
    redirect = models.CharField(max_length=400, blank=True)
    challenge = models.CharField(max_length=43, blank=True)
    nonce = models.CharField(max_length=255, blank=True)
    scopes = ArrayField(models.CharField(max_length=40))
    in_token = ArrayField(models.CharField(max_length=40))
    in_answer = ArrayField(models.CharField(max_length=40))
    offline = models.BooleanField(default=False)
    level = models.PositiveSmallIntegerField(default=1)
    amr = ArrayField(models.CharField(max_length=10))
    auth_time = models.DateTimeField(null=True)
    company = models.ForeignKey(
        "parties.Party", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    mandate_id = models.UUIDField(null=True)
    mandate_kind = models.CharField(max_length=20, blank=True, db_default="")
    begun_at = models.DateTimeField()
    redeemed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=20, blank=True)

    class Meta:
        db_table = "signon_authorisation"
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_because="")
                | (Q(ended_at__isnull=False) & ~Q(ended_because="")),
                name="signon_authorisation_ended",
            ),
            models.CheckConstraint(
                condition=Q(company__isnull=True, mandate_id__isnull=True, mandate_kind="")
                | (Q(company__isnull=False, mandate_id__isnull=False) & ~Q(mandate_kind="")),
                name="signon_company_by_mandate",
            ),
            # A code is bound to its session, address and verifier, or there is none.
            models.CheckConstraint(
                condition=Q(code__isnull=True)
                | (Q(account__isnull=False, session__isnull=False) & ~Q(redirect="") & ~Q(challenge="")),
                name="signon_code_is_bound",
            ),
        ]
        indexes = [
            models.Index(fields=["system", "account"], name="signon_by_system"),
            models.Index(
                fields=["mandate_id"], name="signon_by_mandate", condition=Q(mandate_id__isnull=False)
            ),
        ]


class RefreshToken(models.Model):
    """Refresh token (更新令牌): used once, for the next one. A second use ends the whole authorisation."""

    digest = models.BinaryField(primary_key=True)
    authorisation = models.ForeignKey(Authorisation, on_delete=models.CASCADE, related_name="+")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "signon_refresh"
        constraints = [
            # One of a family may still be used, never two.
            models.UniqueConstraint(
                fields=["authorisation"], condition=Q(used_at__isnull=True), name="signon_refresh_one_open"
            ),
        ]


class AccessToken(models.Model):
    """Access token (访问令牌), short-lived; ``bound``: thumbprint of the certificate that must come with it (RFC 8705).

    ``resource``: the address of our API where a system may use it in its own name; empty: it opens what the issuer tells.
    """

    digest = models.BinaryField(primary_key=True)
    authorisation = models.ForeignKey(Authorisation, on_delete=models.CASCADE, related_name="+")
    scopes = ArrayField(models.CharField(max_length=40))
    bound = models.CharField(max_length=43, blank=True)
    resource = models.CharField(max_length=400, blank=True, db_default="")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "signon_access"


class SavedRequest(models.Model):
    """Saved request (待续请求): pushed by a system beforehand (RFC 9126), or waiting while somebody signs in and agrees."""

    digest = models.BinaryField(primary_key=True)
    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="+", db_index=False)
    params = models.JSONField()
    pushed = models.BooleanField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "signon_request"


class DeviceRequest(models.Model):
    """Device request (设备请求, RFC 8628): a terminal waits until somebody types its user code elsewhere and agrees."""

    digest = models.BinaryField(primary_key=True)
    user_code = models.CharField(max_length=8, unique=True)
    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="+", db_index=False)
    scopes = ArrayField(models.CharField(max_length=40))
    state = models.CharField(max_length=10, default="waiting")
    authorisation = models.ForeignKey(
        Authorisation, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    pause = models.PositiveSmallIntegerField()
    polled_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "signon_device"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "denied"], authorisation__isnull=True)
                | Q(state__in=["allowed", "used"], authorisation__isnull=False),
                name="signon_device_state",
            ),
        ]


class UsedAssertion(models.Model):
    """Used assertion (已用断言): what a system proved itself with once, it never does again."""

    pk = models.CompositePrimaryKey("system_id", "jti")
    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="+", db_index=False)
    jti = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "signon_assertion"


class SignOut(models.Model):
    """Sign-out notice (退出通知): a system is to be told that a session has ended (Back-Channel Logout).

    ``authorisation``: where what ended was this one sign-on alone, whose mandate was withdrawn, and not the session.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey("identity.Session", on_delete=models.PROTECT, related_name="+")
    authorisation = models.ForeignKey(Authorisation, on_delete=models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "signon_sign_out"
        constraints = [
            models.UniqueConstraint(
                fields=["session", "system"],
                condition=Q(authorisation__isnull=True),
                name="signon_sign_out_once",
            ),
            models.UniqueConstraint(fields=["authorisation"], name="signon_sign_out_once_each"),
            models.CheckConstraint(
                condition=Q(told_at__isnull=True) | Q(told_at__gte=F("due_at")),
                name="signon_sign_out_told_when",
            ),
        ]
