"""Acts on certificates (证书行为): register, decide, issue, stop and end; ceremonies; what is published for everybody."""

from .archiving import Archived, take_archive
from .ceremonies import hierarchy, hold_ceremony, revoke_authority
from .completing import Completed, complete
from .deciding import approve, refuse, withdraw
from .delivering import deliver, request_in_token
from .ending import keep_time, resume, revoke, supersede, suspend
from .issuing import Issued, issue, issue_requested, renew, replace, take
from .publishing import answer, publish_list, publish_list_for, publish_lists_due, stamp
from .registering import ask, register
from .sealing import Sealer, make_seal_key, sealer
from .unlocking import change_pin, unlock

__all__ = [
    "Archived",
    "Completed",
    "Issued",
    "Sealer",
    "answer",
    "approve",
    "ask",
    "change_pin",
    "complete",
    "deliver",
    "hierarchy",
    "hold_ceremony",
    "issue",
    "issue_requested",
    "keep_time",
    "make_seal_key",
    "publish_list",
    "publish_list_for",
    "publish_lists_due",
    "refuse",
    "register",
    "renew",
    "replace",
    "request_in_token",
    "resume",
    "revoke",
    "revoke_authority",
    "sealer",
    "stamp",
    "supersede",
    "suspend",
    "take",
    "take_archive",
    "unlock",
    "withdraw",
]
