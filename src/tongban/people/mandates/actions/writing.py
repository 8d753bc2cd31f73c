"""How a mandate is written (写入授权): one row, one entry in its stream, in the transaction of whoever calls."""

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction

from tongban.base.actor import Actor
from tongban.base.errors import Conflict
from tongban.base.ids import new_id
from tongban.base.numbering.actions import take
from tongban.base.record import record
from tongban.people.identity.queries import day_of
from tongban.people.mandates.models import Mandate
from tongban.people.mandates.queries import terms_of
from tongban.people.mandates.rules import Limits, State
from tongban.standards.canonical import digest
from tongban.standards.text import msg


def stream_of(mandate_id: uuid.UUID) -> str:
    """The ledger stream of a mandate (授权账本链)."""
    return f"mandate:{mandate_id}"


def next_number(at: datetime) -> str:
    """The next number of a mandate (授权编号): SQ, the day and a serial. No rule was found; [O] our own form."""
    day = day_of(at)
    return f"SQ{day:%Y%m%d}{take(f'mandate:{day:%Y%m%d}'):06d}"


def write(
    *,
    actor: Actor,
    act: str,
    limits: Limits,
    giver_id: uuid.UUID,
    agent_id: uuid.UUID,
    state: State,
    at: datetime,
    pass_on: bool = False,
    under_id: uuid.UUID | None = None,
    seen: str = "",
    counter_id: uuid.UUID | None = None,
    scan: str | None = None,
    key: str | None = None,
) -> uuid.UUID:
    """Write a mandate with its first entry (写入授权); Conflict where an equal one is open for some of these days."""
    terms = {
        "kind": limits.kind.value,
        "acts": sorted(limits.acts),
        "items": sorted(limits.items),
        "places": sorted(limits.places),
        "amount": limits.amount,
    }
    row = Mandate(
        id=new_id(),
        number=limits.number,
        kind=limits.kind,
        state=state,
        giver_id=giver_id,
        agent_id=agent_id,
        under_id=under_id,
        acts=sorted(limits.acts),
        items=sorted(limits.items),
        places=sorted(limits.places),
        amount=limits.amount,
        scope=digest(terms),
        pass_on=pass_on,
        since=limits.since,
        until=limits.until,
        offered_at=at,
        accepted_at=at if state is State.ACCEPTED else None,
        seen=seen,
        counter_id=counter_id,
        scan_id=scan,
    )
    proof = {"seen": seen, "counter": str(counter_id), "scan": scan} if counter_id else {"seen": seen}
    data: dict[str, object] = {
        "terms": terms_of(row),
        "to": state.value,
        **({name: value for name, value in proof.items() if value}),
    }
    try:
        with transaction.atomic():
            # First the entry: a second press is known by its key before it could stand in its own way.
            record(stream=stream_of(row.id), act=f"mandates.{act}", actor=actor, at=at, data=data, key=key)
            row.save(force_insert=True)
    except IntegrityError as error:
        if "mandate_once" in str(error):
            raise Conflict("mandates.once", msg("同样的授权已经有一份还有效，不用再授。")) from error
        if "mandate_one_representative" in str(error):
            raise Conflict("mandates.one_representative", msg("这家法人已经有登记的法定代表人。")) from error
        raise
    return row.id
