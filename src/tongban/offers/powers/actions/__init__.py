"""Acts on power lists (权责清单行为): propose and approve adjustments; take in whole lists."""

from tongban.offers.powers.actions.drafting import (
    approve,
    discard,
    drop,
    put,
    remove,
    rewrite,
    send,
    send_back,
    start,
)
from tongban.offers.powers.actions.publishing import AdjustmentRef, adjust

__all__ = [
    "AdjustmentRef",
    "adjust",
    "approve",
    "discard",
    "drop",
    "put",
    "remove",
    "rewrite",
    "send",
    "send_back",
    "start",
]
