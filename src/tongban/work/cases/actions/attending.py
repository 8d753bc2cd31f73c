"""Who stands at the counter (到场): asked at every act that a counter does in the applicant's place.

The clerk types, but it is the applicant's act: the ledger keeps whose it was. A presence counts on its day and for one act: who
comes again is named again. Where somebody stands there for another, her mandate is held until the act is written, so that it
is before a withdrawal or after it.
"""

import uuid
from datetime import datetime

from tongban.base.actor import Actor
from tongban.base.errors import Conflict
from tongban.people.identity.queries import day_of
from tongban.people.mandates import queries as mandates
from tongban.people.mandates.queries import refuse
from tongban.people.mandates.rules import Act, problem
from tongban.standards.text import msg
from tongban.work.cases.access import Served, at_counter, item_of
from tongban.work.cases.models import Presence


def attended(
    actor: Actor,
    case: Served,
    case_id: uuid.UUID,
    acts: frozenset[Act],
    at: datetime,
    amount: int | None = None,
) -> dict[str, object]:
    """Who stands there for this act (核对到场人), as the ledger keeps it; nothing where no counter acts.

    Raises Conflict where nobody was named today, and the mandate's refusal where it does not reach this act any more.
    """
    if not at_counter(actor, case):
        return {}
    found = Presence.objects.filter(pk=case_id).first()
    if found is None or day_of(found.at) != day_of(at):
        raise Conflict("cases.presence", msg("请先写明今天是谁到窗口来办、看了什么证件，再办这一步。"))
    if found.mandate_id is not None:
        limits = mandates.relied_on(
            found.mandate_id, giver_id=found.party_id, agent_id=found.present_id, at=at
        )
        refuse(problem(limits, acts, item=item_of(case), place=case.place, amount=amount))
    found.delete()
    return {"present": told(found)}


def told(presence: Presence) -> dict[str, object]:
    """A presence as the ledger keeps it (到场入账): ids, and the kind of document; no name and no number."""
    kept: dict[str, object] = {"party": str(presence.present_id), "seen": presence.seen}
    return kept if presence.mandate_id is None else kept | {"mandate": str(presence.mandate_id)}
