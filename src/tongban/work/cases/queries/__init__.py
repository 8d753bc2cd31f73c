"""Reads of cases (办件查询): lists and details, all through ``access.visible_to``."""

from tongban.work.cases.queries.asking import (
    arrived_since_first_notice,
    demanded_targets,
    has_bad_record,
    held_materials,
    held_targets,
    lapsing,
    unmet,
)
from tongban.work.cases.queries.bundles import (
    BundleFile,
    MemberView,
    bundle,
    bundle_lacks,
    bundle_names,
    bundles_against_ledger,
    expected_day,
    outlooks,
)
from tongban.work.cases.queries.calendar import ClockView, PartClock, calendar, clock, clock_file
from tongban.work.cases.queries.export import (
    Export,
    export_of,
)
from tongban.work.cases.queries.files import (
    AttachmentView,
    CaseView,
    DocumentView,
    Download,
    Granted,
    Moment,
    PartView,
    ProposalView,
    attached_file,
    by_number,
    document_file,
    granted,
    has_document,
    one,
    shown,
)
from tongban.work.cases.queries.filing import (
    unfiled,
)
from tongban.work.cases.queries.foreseen import (
    deferred,
    foreseen,
    second_notice_may_rest_on,
    who_could_act,
)
from tongban.work.cases.queries.letters import (
    facts_now,
    facts_of,
    letter_of,
)
from tongban.work.cases.queries.lists import (
    CaseRow,
    Turn,
    mine,
    of_office,
    rows_of,
)
from tongban.work.cases.queries.notices import (
    NoticeView,
    notices,
    unread,
)
from tongban.work.cases.queries.prefill import (
    Known,
    fixed,
    known,
)
from tongban.work.cases.queries.receipts import (
    SEAL_SECONDS,
    Receipt,
    own_receipt,
)
from tongban.work.cases.queries.results import (
    Mark,
    ResultView,
    organs_with_results,
    results,
)
from tongban.work.cases.queries.supervision import (
    After,
    Pressing,
    by_urgency,
    organs_overseen,
    overseen,
)
from tongban.work.cases.queries.tracking import (
    Outline,
    OutlineDocument,
    OutlineStep,
    track_code,
)
from tongban.work.cases.queries.witness import (
    against_ledger,
)
from tongban.work.cases.queries.work import (
    Whose,
    to_accept,
    work_list,
)

__all__ = [
    "SEAL_SECONDS",
    "After",
    "AttachmentView",
    "BundleFile",
    "CaseRow",
    "CaseView",
    "ClockView",
    "DocumentView",
    "Download",
    "Export",
    "Granted",
    "Known",
    "Mark",
    "MemberView",
    "Moment",
    "NoticeView",
    "Outline",
    "OutlineDocument",
    "OutlineStep",
    "PartClock",
    "PartView",
    "Pressing",
    "ProposalView",
    "Receipt",
    "ResultView",
    "Turn",
    "Whose",
    "against_ledger",
    "arrived_since_first_notice",
    "attached_file",
    "bundle",
    "bundle_lacks",
    "bundle_names",
    "bundles_against_ledger",
    "by_number",
    "by_urgency",
    "calendar",
    "clock",
    "clock_file",
    "deferred",
    "demanded_targets",
    "document_file",
    "expected_day",
    "export_of",
    "facts_now",
    "facts_of",
    "fixed",
    "foreseen",
    "granted",
    "has_bad_record",
    "has_document",
    "held_materials",
    "held_targets",
    "known",
    "lapsing",
    "letter_of",
    "mine",
    "notices",
    "of_office",
    "one",
    "organs_overseen",
    "organs_with_results",
    "outlooks",
    "overseen",
    "own_receipt",
    "results",
    "rows_of",
    "second_notice_may_rest_on",
    "shown",
    "to_accept",
    "track_code",
    "unfiled",
    "unmet",
    "unread",
    "who_could_act",
    "work_list",
]
