"""Acts on public information (公开信息行为): take in a law's wording; write, review, publish and withdraw documents."""

from tongban.offers.publicinfo.actions.documents import (
    DocumentRef,
    Taken,
    approve,
    revise,
    send,
    send_back,
    start,
    take_in_agency,
    withdraw,
    write,
)
from tongban.offers.publicinfo.actions.laws import publish_law

__all__ = [
    "DocumentRef",
    "Taken",
    "approve",
    "publish_law",
    "revise",
    "send",
    "send_back",
    "start",
    "take_in_agency",
    "withdraw",
    "write",
]
