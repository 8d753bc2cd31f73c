"""Tables of cases (办件表)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from tongban.base.ids import new_id
from tongban.work.cases.rules.checks import CheckState
from tongban.work.cases.rules.joint import PartState
from tongban.work.cases.rules.moves import OPEN, State

# Sorted, so that a migration does not depend on the order of a set.
_STATES = [state.value for state in State]
_OPEN = sorted(state.value for state in OPEN)
_ACCEPTED = ["accepted", "special", "examined", "granted", "made", "closed", "refused", "revoked"]


class Bundle(models.Model):
    """Bundle (一件事): several cases of one applicant that are filled in, submitted and delivered as one.

    ``definition``: the code of the catalogue's bundle; ``edition``: what that said then. ``place``: where it is asked for.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=30, null=True, unique=True)
    definition = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    edition = models.ForeignKey(
        "catalogue.BundleEdition", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    place = models.CharField(max_length=12)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "case_bundle"
        constraints = [
            models.CheckConstraint(
                condition=Q(number__isnull=True, submitted_at__isnull=True)
                | Q(number__isnull=False, submitted_at__isnull=False),
                name="bundle_number_from_submission",
            )
        ]
        indexes = [models.Index(fields=["party", "-id"], name="bundle_of_party")]


class Case(models.Model):
    """Case (办件). The dates are written by the act that causes them; lists and pages only compare.

    ``clock``: what happened to the clock, from which the dates follow. ``kept``: answers of earlier editions that the
    present one does not ask. ``counter``: the organ whose counter took the application in, where it is another.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=43, null=True, unique=True)
    state = models.CharField(max_length=12, default="draft")
    version = models.PositiveIntegerField(default=1)
    edition = models.ForeignKey("catalogue.Edition", on_delete=models.PROTECT, related_name="+")
    # What a longer index of this table begins with, or what nobody looks a case up by, has no index of its own: every act
    # rewrites the row, and with it an entry of each.
    organ = models.ForeignKey("parties.Organ", on_delete=models.PROTECT, related_name="+", db_index=False)
    place = models.CharField(max_length=12)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(
        "identity.Account", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    counter = models.ForeignKey(
        "parties.Organ", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    bundle = models.ForeignKey(
        Bundle, on_delete=models.PROTECT, null=True, related_name="cases", db_index=False
    )
    handler = models.ForeignKey(
        "identity.Account", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    form = models.JSONField(default=dict)
    kept = models.JSONField(default=dict)
    committed = models.JSONField(null=True)
    delivery = models.JSONField(default=dict)
    clock = models.JSONField(default=list)
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    examiner = models.ForeignKey(
        "identity.Account", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    act_by = models.DateField(null=True)
    warn_on = models.DateField(null=True)
    promised_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    later_by = models.DateField(null=True)
    provisional = models.BooleanField(default=False)

    class Meta:
        db_table = "case_file"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=_STATES), name="case_state_known"),
            models.CheckConstraint(
                condition=Q(state="draft", number__isnull=True)
                | (~Q(state="draft") & Q(number__isnull=False, submitted_at__isnull=False)),
                name="case_number_from_submission",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=_ACCEPTED) | Q(accepted_at__isnull=False, due_on__isnull=False),
                name="case_due_from_acceptance",
            ),
        ]
        indexes = [
            # An office's work list: what waits in a state, the most pressing first.
            models.Index(
                fields=["organ", "state", "act_by", "id"], name="case_work_list", condition=Q(state__in=_OPEN)
            ),
            models.Index(fields=["organ", "-id"], name="case_of_organ"),
            models.Index(fields=["party", "-id"], name="case_of_party"),
            # A supervisor's list: the cases of a place and of those under it (GB/T 2260 codes sort together).
            models.Index(fields=["place", "-id"], name="case_of_place"),
            models.Index(fields=["bundle"], name="case_of_bundle", condition=Q(bundle__isnull=False)),
            # A counter's drafts and cases; few have one.
            models.Index(
                fields=["counter", "-id"], name="case_of_counter", condition=Q(counter__isnull=False)
            ),
            # A supervisor's list of what is pressing, over a whole province.
            models.Index(fields=["act_by", "id"], name="case_pressing", condition=Q(state__in=_OPEN)),
            # What a new calendar may move, and what falls due without a word.
            models.Index(fields=["id"], name="case_provisional", condition=Q(provisional=True)),
            models.Index(
                fields=["act_by", "id"],
                name="case_lapsing",
                condition=Q(state__in=["pre_review", "passed", "submitted"]),
            ),
        ]


class Reach(models.Model):
    """Reach (办件可及): a further organ that takes part in a case: the counter, a department, one that passed it on."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="reaches", db_index=False)
    organ = models.ForeignKey("parties.Organ", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        db_table = "case_reach"
        constraints = [models.UniqueConstraint(fields=["organ", "case"], name="reach_once")]
        indexes = [models.Index(fields=["case"], name="reach_of_case")]


class Attachment(models.Model):
    """Attachment (附件): a material handed in for one demand of the guide."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="attachments")
    key = models.CharField(max_length=40)
    material = models.ForeignKey("materials.Material", on_delete=models.PROTECT, related_name="+")
    attached_at = models.DateTimeField()

    class Meta:
        db_table = "case_attachment"
        constraints = [models.UniqueConstraint(fields=["case", "key", "material"], name="attachment_once")]


class Document(models.Model):
    """Document (文书) of a case: notice, opinion, decision. ``body`` is what was decided to be said, and never changes.

    ``number`` and ``file``: of the signed PDF, made right after the act for those documents that go out.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="documents")
    verb = models.CharField(max_length=20)
    body = models.JSONField()
    by = models.ForeignKey(
        "identity.Account", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    number = models.CharField(max_length=60, null=True, unique=True)
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "case_document"
        constraints = [
            # Article 32: told once, all of it; a second time only by a superior, and never a third. The database holds
            # the platform to it.
            models.UniqueConstraint(
                fields=["case", "verb"],
                condition=Q(verb__in=["request_supplement", "request_again", "extend"]),
                name="document_once",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(
                    verb__in=["grant", "grant_partly", "grant_at_once", "grant_by_rule", "refuse", "decline"]
                ),
                name="decision_once",
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=True, file__isnull=True)
                | Q(number__isnull=False, file__isnull=False),
                name="document_numbered_when_made",
            ),
        ]
        indexes = [
            models.Index(fields=["case", "at"], name="document_of_case"),
            # Decisions by rule of which an applicant asked a person's view; few.
            models.Index(fields=["case"], name="document_review_asked", condition=Q(verb="ask_review")),
        ]


class Result(models.Model):
    """Result (许可公示): a decision that the law opens to everybody (行政许可法第四十条), from the moment its document is made.

    What it shows is read from the case and its licence; the row only says that it is open, and finds it.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="result")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_index=False)
    organ = models.ForeignKey("parties.Organ", on_delete=models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey("catalogue.Item", on_delete=models.PROTECT, related_name="+", db_index=False)
    decided_on = models.DateField()

    class Meta:
        db_table = "case_result"
        indexes = [
            models.Index(fields=["-decided_on", "-id"], name="result_newest"),
            models.Index(fields=["organ", "-decided_on", "-id"], name="result_of_organ"),
            models.Index(fields=["item", "-decided_on", "-id"], name="result_of_item"),
        ]


class Notice(models.Model):
    """Notice (消息) to the applicant that something happened to a case: one for each act, sent once."""

    id = models.UUIDField(primary_key=True, default=new_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notices")
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    act = models.PositiveIntegerField()
    verb = models.CharField(max_length=20)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "case_notice"
        constraints = [models.UniqueConstraint(fields=["case", "act"], name="notice_once")]
        indexes = [
            models.Index(fields=["party", "-id"], name="notice_of_party"),
            models.Index(fields=["party"], name="notice_unread", condition=Q(read_at__isnull=True)),
        ]


class Proposal(models.Model):
    """Proposal (呈批): what an official asks a superior to approve. ``ended_at``: when it was approved or turned down."""

    id = models.UUIDField(primary_key=True, default=new_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="proposals")
    verb = models.CharField(max_length=20)
    body = models.JSONField()
    by = models.ForeignKey("identity.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    approved = models.BooleanField(null=True)

    class Meta:
        db_table = "case_proposal"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "verb"], condition=Q(ended_at__isnull=True), name="proposal_open_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, approved__isnull=True)
                | Q(ended_at__isnull=False, approved__isnull=False),
                name="proposal_ends_with_an_answer",
            ),
        ]


class Part(models.Model):
    """Part (部门办理) of joint handling: one department's turn, budget and opinion."""

    id = models.UUIDField(primary_key=True, default=new_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="parts")
    key = models.CharField(max_length=40)
    organ = models.ForeignKey("parties.Organ", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, default="waiting")
    agrees = models.BooleanField(null=True)
    opinion = models.TextField(blank=True)
    by = models.ForeignKey("identity.Account", on_delete=models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    act_by = models.DateField(null=True)
    warn_on = models.DateField(null=True)

    class Meta:
        db_table = "case_part"
        constraints = [
            models.UniqueConstraint(fields=["case", "key"], name="part_once"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in PartState]), name="part_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="done", agrees__isnull=False, done_at__isnull=False, by__isnull=False)
                | (~Q(state="done") & Q(agrees__isnull=True, done_at__isnull=True)),
                name="part_done_with_an_opinion",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organ", "act_by", "id"], name="part_work", condition=Q(state__in=["open", "paused"])
            )
        ]


class Original(models.Model):
    """Original (原件流转): papers on their way from a counter to the organ that decides; both ends sign for them."""

    id = models.UUIDField(primary_key=True, default=new_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="originals")
    what = models.CharField(max_length=400)
    sender = models.ForeignKey("parties.Organ", on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey("parties.Organ", on_delete=models.PROTECT, related_name="+")
    tracking = models.CharField(max_length=60, blank=True)
    sent_by = models.ForeignKey("identity.Account", on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    received_by = models.ForeignKey("identity.Account", on_delete=models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "case_original"
        constraints = [
            models.CheckConstraint(
                condition=Q(received_by__isnull=True, received_at__isnull=True)
                | Q(received_by__isnull=False, received_at__isnull=False),
                name="original_received_by_whom",
            )
        ]

    @property
    def received(self) -> bool:
        """Whether it was signed for (已签收)."""
        return self.received_at is not None


class Check(models.Model):
    """Follow-up check (承诺核查) of a decision on a promise; an unrepaired breach is the party's bad record."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True, related_name="followup")
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    organ = models.ForeignKey("parties.Organ", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default="scheduled")
    due_on = models.DateField()
    assignee = models.ForeignKey("identity.Account", on_delete=models.PROTECT, null=True, related_name="+")
    finding = models.TextField(blank=True)
    checked_at = models.DateTimeField(null=True)
    rectify_by = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "case_check"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in CheckState]), name="check_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="scheduled", checked_at__isnull=True)
                | (~Q(state="scheduled") & Q(checked_at__isnull=False)),
                name="check_found_when",
            ),
        ]
        indexes = [
            models.Index(fields=["organ", "state", "due_on"], name="check_work"),
            models.Index(
                fields=["party"],
                name="check_bad_record",
                condition=Q(state__in=["breached", "rectified", "revoked"]),
            ),
        ]


class Migration(models.Model):
    """Migration (换版迁移) of the running cases of an item to a newer edition: looked through first, then done in batches."""

    id = models.UUIDField(primary_key=True, default=new_id)
    old = models.ForeignKey("catalogue.Edition", on_delete=models.PROTECT, related_name="+")
    new = models.ForeignKey("catalogue.Edition", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("identity.Account", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default="looking")
    asked_at = models.DateTimeField()
    after = models.UUIDField(null=True)
    total = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "case_migration"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["looking", "ready", "moving", "done", "cancelled"]),
                name="migration_state_known",
            ),
            models.UniqueConstraint(
                fields=["old"],
                condition=Q(state__in=["looking", "ready", "moving"]),
                name="migration_one_at_a_time",
            ),
        ]


class Reason(models.Model):
    """Why a case stays on its edition (不能换版的原因), found by a migration."""

    migration = models.ForeignKey(Migration, on_delete=models.CASCADE, related_name="reasons")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    lines = ArrayField(models.TextField())

    class Meta:
        db_table = "case_migration_reason"
        constraints = [models.UniqueConstraint(fields=["migration", "case"], name="migration_reason_once")]


class Presence(models.Model):
    """Presence (到场): who stands at the counter for a case's applicant, on which day, by which document, under which mandate."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="+")
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+", db_index=False)
    present = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+", db_index=False)
    mandate = models.ForeignKey(
        "mandates.Mandate", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    seen = models.CharField(max_length=20)
    by = models.ForeignKey("identity.Account", on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        db_table = "case_presence"
        constraints = [
            # Nobody stands there for another without a mandate.
            models.CheckConstraint(
                condition=Q(present=F("party"), mandate__isnull=True)
                | (~Q(present=F("party")) & Q(mandate__isnull=False)),
                name="presence_mandated",
            ),
        ]


class Redating(models.Model):
    """Redating (日历更新重算): the dates of all open cases computed anew by an edition of the calendar, batch by batch.

    ``since``: the first day that counts otherwise; null: all cases are looked at. ``after``: the last case of the batch before.
    ``looked``: cases computed; ``moved``: those of which a date moved, ``due`` of them the promise or the limit; ``settled``:
    those whose dates stayed and are no longer (or are now) provisional.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    calendar = models.ForeignKey("calendar.CalendarEdition", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default="running")
    since = models.DateField(null=True)
    after = models.UUIDField(null=True)
    looked = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    due = models.PositiveIntegerField(default=0)
    settled = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "case_redating"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="running", ended_at__isnull=True)
                | Q(state__in=["done", "overtaken"], ended_at__isnull=False),
                name="redating_ends_in_time",
            ),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="running"), name="redating_one_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["-id"], name="redating_newest")]


class Redated(models.Model):
    """A case whose dates an edition of the calendar moved (期限变动办件), with what they were."""

    pk = models.CompositePrimaryKey("redating_id", "case_id")
    redating = models.ForeignKey(Redating, on_delete=models.CASCADE, related_name="cases", db_index=False)
    # No submitted case is ever deleted; a check of each of a million rows would say so again, for a fifth of the time.
    case = models.ForeignKey(Case, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    act_by_was = models.DateField(null=True)
    promised_was = models.DateField(null=True)
    due_was = models.DateField(null=True)
    act_by = models.DateField(null=True)
    promised_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    due = models.BooleanField()  # whether the promise or the limit moved, not only what is owed next

    class Meta:
        db_table = "case_redated"
