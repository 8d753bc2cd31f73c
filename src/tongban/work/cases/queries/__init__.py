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
from tongban.work.cases.queries.filing import document_file, unfiled
from tongban.work.cases.queries.letters import facts_now, facts_of, letter_of
from tongban.work.cases.queries.lists import CaseRow, mine, of_office, work_list
from tongban.work.cases.queries.notices import NoticeView, notices, unread
from tongban.work.cases.queries.prefill import Known, fixed, known
from tongban.work.cases.queries.receipts import SEAL_SECONDS, Receipt, own_receipt
from tongban.work.cases.queries.results import Mark, ResultView, organs_with_results, results
from tongban.work.cases.queries.tracking import Outline, OutlineDocument, OutlineStep, track_code
from tongban.work.cases.queries.witness import against_ledger

__all__ = [
    "SEAL_SECONDS",
    "AttachmentView",
    "CaseRow",
    "CaseView",
    "DocumentView",
    "Download",
    "Granted",
    "Known",
    "Mark",
    "Moment",
    "NoticeView",
    "Outline",
    "OutlineDocument",
    "OutlineStep",
    "PartView",
    "ProposalView",
    "Receipt",
    "ResultView",
    "against_ledger",
    "arrived_since_first_notice",
    "attached_file",
    "by_number",
    "calendar",
    "demanded_targets",
    "document_file",
    "facts_now",
    "facts_of",
    "fixed",
    "granted",
    "has_bad_record",
    "held_materials",
    "held_targets",
    "known",
    "lapsing",
    "letter_of",
    "mine",
    "notices",
    "of_office",
    "one",
    "organs_with_results",
    "own_receipt",
    "results",
    "shown",
    "track_code",
    "unfiled",
    "unmet",
    "unread",
    "work_list",
]
