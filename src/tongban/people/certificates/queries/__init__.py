"""Reads of certificates (证书查询): one and many, what waits, what is in force, statistics."""

from .authorities import intermediates, roots
from .certificates import (
    PAGE,
    CertificateView,
    EndingView,
    HolderView,
    active_of,
    ending,
    file_of,
    history,
    holder_by_fingerprint,
    listed,
    mine,
    one,
    proof_of,
    waiting,
)
from .holders import Holds, holders
from .showing import holder_who_connected, holder_who_signed
from .statistics import Statistics, months_until, statistics
from .witness import against_ledger

__all__ = [
    "PAGE",
    "CertificateView",
    "EndingView",
    "HolderView",
    "Holds",
    "Statistics",
    "active_of",
    "against_ledger",
    "ending",
    "file_of",
    "history",
    "holder_by_fingerprint",
    "holder_who_connected",
    "holder_who_signed",
    "holders",
    "intermediates",
    "listed",
    "mine",
    "months_until",
    "one",
    "proof_of",
    "roots",
    "statistics",
    "waiting",
]
