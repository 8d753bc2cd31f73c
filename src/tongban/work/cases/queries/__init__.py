"""Reads of cases (办件查询): lists and details, all through ``access.visible_to``."""

from tongban.work.cases.queries.calendar import calendar
from tongban.work.cases.queries.files import (
    AttachmentView,
    CaseView,
    DocumentView,
    Download,
    Granted,
    Moment,
    attached_file,
    by_number,
    demanded_targets,
    granted,
    one,
    shown,
)
from tongban.work.cases.queries.lists import CaseRow, mine, of_office, work_list
from tongban.work.cases.queries.prefill import Known, fixed, known
from tongban.work.cases.queries.witness import against_ledger

__all__ = [
    "AttachmentView",
    "CaseRow",
    "CaseView",
    "DocumentView",
    "Download",
    "Granted",
    "Known",
    "Moment",
    "against_ledger",
    "attached_file",
    "by_number",
    "calendar",
    "demanded_targets",
    "fixed",
    "granted",
    "known",
    "mine",
    "of_office",
    "one",
    "shown",
    "work_list",
]
