"""Who may rate (评价权限)."""

import uuid

from tongban.base.actor import Actor
from tongban.standards.text import msg
from tongban.work.cases.rules.moves import RATEABLE, State


def may_rate(actor: Actor, *, party_id: uuid.UUID, state: State) -> tuple[bool, str]:
    """Whether ``actor`` may rate this case (可否评价), and why not."""
    if actor.party_id is None or actor.party_id != party_id:
        return False, msg("只有申请人本人可以评价。")
    if state not in RATEABLE:
        return False, msg("办件结束以后才能评价。")
    return True, ""
