"""Acts on cases (办件行为): one function, one verb, one transaction, one ledger entry."""

from tongban.work.cases.actions.applicant import (
    EDITION_ENDED,
    attach,
    detach,
    discard,
    insist,
    resubmit,
    save,
    start,
    submit,
)
from tongban.work.cases.actions.bundles import (
    BundleRef,
    attach_to_bundle,
    detach_from_bundle,
    discard_bundle,
    save_bundle,
    start_bundle,
    submit_bundle,
    upgrade_bundle,
    withdraw_bundle,
)
from tongban.work.cases.actions.by_rule import ask_review
from tongban.work.cases.actions.carrying import upgrade
from tongban.work.cases.actions.checks import (
    assign_check,
    find_breach,
    find_kept,
    find_rectified,
    repair_record,
    revoke_for_breach,
)
from tongban.work.cases.actions.commitments import commit
from tongban.work.cases.actions.counter import start_at_counter, take_in, transfer
from tongban.work.cases.actions.deciding import (
    correct,
    examine,
    finish,
    grant,
    grant_at_once,
    grant_partly,
    refuse,
    review,
    revoke,
    send_back,
    terminate,
)
from tongban.work.cases.actions.delivery import choose_delivery
from tongban.work.cases.actions.export import Exported, export
from tongban.work.cases.actions.filing import file_pdf
from tongban.work.cases.actions.handling import Outcome, accept_all, claim, hand_over, put_back
from tongban.work.cases.actions.joint import opine, pause, unpause
from tongban.work.cases.actions.later import hand_in, withdraw
from tongban.work.cases.actions.migrating import (
    cancel_migration,
    confirm_migration,
    further,
    plan_migration,
    resume_migration,
)
from tongban.work.cases.actions.moving import CHINA, Ref, day_of
from tongban.work.cases.actions.noticing import notify, read_notices
from tongban.work.cases.actions.originals import receive_originals, send_originals
from tongban.work.cases.actions.presence import Paper, Presented, Standing, name_presence
from tongban.work.cases.actions.redating import redate
from tongban.work.cases.actions.special import (
    extend,
    propose_extension,
    propose_second_notice,
    resume,
    suspend,
    turn_down,
)
from tongban.work.cases.actions.staff import (
    accept,
    decline,
    deliver,
    pass_review,
    receive,
    request_again,
    request_supplement,
    return_for_changes,
)
from tongban.work.cases.actions.timers import deem_accepted, grant_by_rule, lapse
from tongban.work.cases.actions.tracking import track

__all__ = [
    "CHINA",
    "EDITION_ENDED",
    "BundleRef",
    "Exported",
    "Outcome",
    "Paper",
    "Presented",
    "Ref",
    "Standing",
    "accept",
    "accept_all",
    "ask_review",
    "assign_check",
    "attach",
    "attach_to_bundle",
    "cancel_migration",
    "choose_delivery",
    "claim",
    "commit",
    "confirm_migration",
    "correct",
    "day_of",
    "decline",
    "deem_accepted",
    "deliver",
    "detach",
    "detach_from_bundle",
    "discard",
    "discard_bundle",
    "examine",
    "export",
    "extend",
    "file_pdf",
    "find_breach",
    "find_kept",
    "find_rectified",
    "finish",
    "further",
    "grant",
    "grant_at_once",
    "grant_by_rule",
    "grant_partly",
    "hand_in",
    "hand_over",
    "insist",
    "lapse",
    "name_presence",
    "notify",
    "opine",
    "pass_review",
    "pause",
    "plan_migration",
    "propose_extension",
    "propose_second_notice",
    "put_back",
    "read_notices",
    "receive",
    "receive_originals",
    "redate",
    "refuse",
    "repair_record",
    "request_again",
    "request_supplement",
    "resubmit",
    "resume",
    "resume_migration",
    "return_for_changes",
    "review",
    "revoke",
    "revoke_for_breach",
    "save",
    "save_bundle",
    "send_back",
    "send_originals",
    "start",
    "start_at_counter",
    "start_bundle",
    "submit",
    "submit_bundle",
    "suspend",
    "take_in",
    "terminate",
    "track",
    "transfer",
    "turn_down",
    "unpause",
    "upgrade",
    "upgrade_bundle",
    "withdraw",
    "withdraw_bundle",
]
