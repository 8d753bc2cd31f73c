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
)
from tongban.work.cases.queries.calendar import calendar
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
    granted,
    one,
    shown,
)
from tongban.work.cases.queries.lists import CaseRow, mine, of_office, work_list
from tongban.work.cases.queries.prefill import Known, fixed, known
from tongban.work.cases.queries.witness import against_ledger

__all__ = [
    "AttachmentView",
    "BundleFile",
    "CaseRow",
    "CaseView",
    "DocumentView",
    "Download",
    "Granted",
    "Known",
    "MemberView",
    "Moment",
    "PartView",
    "ProposalView",
    "against_ledger",
    "arrived_since_first_notice",
    "attached_file",
    "bundle",
    "bundle_lacks",
    "bundle_names",
    "bundles_against_ledger",
    "by_number",
    "calendar",
    "demanded_targets",
    "expected_day",
    "fixed",
    "granted",
    "has_bad_record",
    "held_materials",
    "held_targets",
    "known",
    "lapsing",
    "mine",
    "of_office",
    "one",
    "shown",
    "unmet",
    "work_list",
]
