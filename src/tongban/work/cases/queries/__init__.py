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
from tongban.work.cases.queries.counter import of_counter, passed_on_by, receivers, to_hand_out
from tongban.work.cases.queries.delivery import DeliveryView, counters, delivery
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
from tongban.work.cases.queries.originals import OriginalView, may_send, on_the_way, originals, taking_part
from tongban.work.cases.queries.prefill import Known, fixed, known
from tongban.work.cases.queries.witness import against_ledger

__all__ = [
    "AttachmentView",
    "CaseRow",
    "CaseView",
    "DeliveryView",
    "DocumentView",
    "Download",
    "Granted",
    "Known",
    "Moment",
    "OriginalView",
    "PartView",
    "ProposalView",
    "against_ledger",
    "arrived_since_first_notice",
    "attached_file",
    "by_number",
    "calendar",
    "counters",
    "delivery",
    "demanded_targets",
    "fixed",
    "granted",
    "has_bad_record",
    "held_materials",
    "held_targets",
    "known",
    "lapsing",
    "may_send",
    "mine",
    "of_counter",
    "of_office",
    "on_the_way",
    "one",
    "originals",
    "passed_on_by",
    "receivers",
    "shown",
    "taking_part",
    "to_hand_out",
    "unmet",
    "work_list",
]
