"""Acts on certificates (证书行为): register, decide, issue, stop and end; ceremonies; what is published for everybody."""

from .ceremonies import hierarchy, hold_ceremony, revoke_authority
from .deciding import approve, refuse, withdraw
from .ending import keep_time, resume, revoke, supersede, suspend
from .issuing import Issued, issue, issue_requested, renew, replace, take
from .publishing import answer, publish_list, publish_list_for, publish_lists_due, stamp
from .registering import ask, register
from .sealing import Sealer, make_seal_key, sealer
from .unlocking import change_pin, unlock

__all__ = [
    "Issued",
    "Sealer",
    "answer",
    "approve",
    "ask",
    "change_pin",
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
    "resume",
    "revoke",
    "revoke_authority",
    "sealer",
    "stamp",
    "supersede",
    "suspend",
    "take",
    "unlock",
    "withdraw",
]
