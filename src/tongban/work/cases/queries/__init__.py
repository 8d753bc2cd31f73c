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
from tongban.work.cases.queries.calendar import ClockView, PartClock, calendar, clock, clock_file
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
from tongban.work.cases.queries.prefill import Known, fixed, known
from tongban.work.cases.queries.supervision import After, Pressing, by_urgency, organs_overseen, overseen
from tongban.work.cases.queries.witness import against_ledger
from tongban.work.cases.queries.work import Whose, to_accept, work_list

__all__ = [
    "After",
    "AttachmentView",
    "CaseRow",
    "CaseView",
    "ClockView",
    "DocumentView",
    "Download",
    "Granted",
    "Known",
    "Moment",
    "PartClock",
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
    "clock",
    "clock_file",
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
    "mine",
    "of_office",
    "one",
    "organs_overseen",
    "overseen",
    "shown",
    "to_accept",
    "unmet",
    "work_list",
]
