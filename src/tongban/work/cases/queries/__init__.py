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
from tongban.work.cases.queries.counter import (
    may_transfer,
    of_counter,
    passed_on_by,
    receivers,
    serves,
    takeable,
    to_hand_out,
)
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
from tongban.work.cases.queries.letters import facts_now, facts_of, letter_of
from tongban.work.cases.queries.lists import CaseRow, Turn, mine, of_office
from tongban.work.cases.queries.originals import OriginalView, may_send, on_the_way, originals, taking_part
from tongban.work.cases.queries.prefill import Known, fixed, known
from tongban.work.cases.queries.supervision import After, Pressing, by_urgency, organs_overseen, overseen
from tongban.work.cases.queries.witness import against_ledger
from tongban.work.cases.queries.work import Whose, to_accept, work_list

__all__ = [
    "After",
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
    "Pressing",
    "ProposalView",
    "Turn",
    "Whose",
    "against_ledger",
    "arrived_since_first_notice",
    "attached_file",
    "by_number",
    "by_urgency",
    "calendar",
    "counters",
    "delivery",
    "demanded_targets",
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
    "may_send",
    "may_transfer",
    "mine",
    "of_counter",
    "of_office",
    "on_the_way",
    "one",
    "organs_overseen",
    "originals",
    "overseen",
    "passed_on_by",
    "receivers",
    "serves",
    "shown",
    "takeable",
    "taking_part",
    "to_accept",
    "to_hand_out",
    "unmet",
    "work_list",
]
