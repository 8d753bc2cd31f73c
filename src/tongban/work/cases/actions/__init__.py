"""Acts on cases (办件行为): one function, one verb, one transaction, one ledger entry."""

from tongban.work.cases.actions.applicant import (
    attach,
    detach,
    discard,
    resubmit,
    save,
    start,
    submit,
    withdraw,
)
from tongban.work.cases.actions.moving import CHINA, Ref
from tongban.work.cases.actions.staff import (
    accept,
    close,
    decline,
    examine,
    grant,
    refuse,
    request_supplement,
    send_back,
)

__all__ = [
    "CHINA",
    "Ref",
    "accept",
    "attach",
    "close",
    "decline",
    "detach",
    "discard",
    "examine",
    "grant",
    "refuse",
    "request_supplement",
    "resubmit",
    "save",
    "send_back",
    "start",
    "submit",
    "withdraw",
]
