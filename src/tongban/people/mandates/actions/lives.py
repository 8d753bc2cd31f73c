"""The life of a mandate (授权流转): accept, refuse, withdraw, resign, lapse; what was passed on under it ends with it.

Whoever acts under a mandate holds its row (``queries.hold``) until her act is written; whoever ends it takes the row for
herself. So an act is before the end or after it, and never beside it. Rows are locked in the order of their ids by everybody.
"""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, NotFound
from tongban.base.ledger.queries import done_before
from tongban.base.record import Deed, Repeated, record, record_all
from tongban.people.identity.queries import day_of
from tongban.people.identity.rules.acts import ensure_level
from tongban.people.mandates.actions.writing import stream_of
from tongban.people.mandates.models import Mandate
from tongban.people.mandates.queries import limits_in
from tongban.people.mandates.queries import refuse as refuse_for
from tongban.people.mandates.rules import (
    BY_LAW,
    OPEN,
    PASSES_ON,
    STATE_LABELS,
    Kind,
    Move,
    State,
    Verb,
    find,
    lateness,
    standing,
)
from tongban.standards.text import msg


def accept(*, actor: Actor, mandate_id: uuid.UUID, at: datetime, key: str | None = None) -> None:
    """Accept a mandate (接受授权): the second of its two steps. Only then may its agent act."""
    ensure_level(actor, "mandates.accept")
    _move(actor, mandate_id, Verb.ACCEPT, at, key)


def refuse(*, actor: Actor, mandate_id: uuid.UUID, at: datetime, key: str | None = None) -> None:
    """Refuse an offered mandate (不接受授权)."""
    _move(actor, mandate_id, Verb.REFUSE, at, key)


def withdraw(*, actor: Actor, mandate_id: uuid.UUID, at: datetime, key: str | None = None) -> None:
    """Withdraw a mandate at once (收回授权, 民法典 第173条); what was done under it stays done."""
    _move(actor, mandate_id, Verb.WITHDRAW, at, key)


def resign(*, actor: Actor, mandate_id: uuid.UUID, at: datetime, key: str | None = None) -> None:
    """Resign from a mandate (辞去委托, 民法典 第173条)."""
    _move(actor, mandate_id, Verb.RESIGN, at, key)


def _move(actor: Actor, mandate_id: uuid.UUID, verb: Verb, at: datetime, key: str | None) -> None:
    try:
        with transaction.atomic():
            rows = _locked(actor, mandate_id)
            row = rows.get(mandate_id)
            if row is None:
                raise _unknown()
            _ensure_may(actor, row, rows, verb, day_of(at))
            move = find(State(row.state), verb)
            if move is None:
                if key is not None and done_before(actor, key) == (stream_of(row.id), f"mandates.{verb}"):
                    return
                raise Conflict(
                    "mandates.move",
                    msg("这项授权现在是“%(state)s”，不能再这样做。"),
                    {"state": STATE_LABELS[State(row.state)]},
                )
            if verb is Verb.ACCEPT:
                _ensure_acceptable(row, rows, day_of(at))
            _write(actor, row, move, at, key)
            if move.target not in OPEN:
                under = [one for one in rows.values() if one.under_id == row.id and State(one.state) in OPEN]
                end(actor, under, Verb.WITHDRAW, "under", at)
    except Repeated as error:
        if done_before(actor, key or "") != (stream_of(mandate_id), f"mandates.{verb}"):
            raise Conflict("mandates.key", msg("这个请求编号已经用在另一次操作上。")) from error


def _unknown() -> NotFound:
    return NotFound("mandates.mandate", msg("没有这项授权，或者您不能查看它。"))


def _locked(actor: Actor, mandate_id: uuid.UUID) -> dict[uuid.UUID, Mandate]:
    """The mandate, the one above it, those under it and the one under which the actor acts, locked together."""
    above = Mandate.objects.filter(pk=mandate_id).values("under_id")
    wanted = Q(pk=mandate_id) | Q(under_id=mandate_id) | Q(pk__in=above) | Q(pk=actor.mandate_id)
    return {row.id: row for row in Mandate.objects.select_for_update().filter(wanted).order_by("pk")}


def _ensure_may(actor: Actor, row: Mandate, rows: dict[uuid.UUID, Mandate], verb: Verb, today: date) -> None:
    """Refuse a move that is not this actor's to make: what is neither hers nor her party's she does not even see."""
    if verb in (Verb.ACCEPT, Verb.REFUSE, Verb.RESIGN):
        if actor.mandate_id is not None or row.agent_id != actor.party_id:
            raise _unknown()
    elif row.giver_id != actor.party_id:
        raise _unknown()
    elif actor.mandate_id is not None:
        own = rows.get(actor.mandate_id)
        if own is None:
            raise _unknown()
        refuse_for(standing(limits_in(own), State(own.state), today))
        if Kind(own.kind) not in PASSES_ON and row.under_id != own.id:
            raise Forbidden("mandates.giver", msg("只能收回您自己给出的授权。"))
    if Kind(row.kind) in BY_LAW and verb is not Verb.ACCEPT:
        raise Forbidden("mandates.by_law", msg("法定的代表和监护不能在这里收回或者辞去，要凭证明变更。"))


def _ensure_acceptable(row: Mandate, rows: dict[uuid.UUID, Mandate], today: date) -> None:
    limits = limits_in(row)
    if limits.until is not None and limits.until <= today:
        refuse_for(lateness(limits, today))
    above = None if row.under_id is None else rows[row.under_id]
    if above is not None and State(above.state) is not State.ACCEPTED:
        raise Conflict("mandates.above", msg("给您授权的人，自己的授权已经没有了。"))


def _write(actor: Actor, row: Mandate, move: Move, at: datetime, key: str | None) -> None:
    row.state = move.target
    if move.target is State.ACCEPTED:
        row.accepted_at = at
    if move.target not in OPEN:
        row.ended_at = at
    row.save(update_fields=["state", "accepted_at", "ended_at"])
    data = {"number": row.number, "from": move.source.value, "to": move.target.value}
    # What hung from a mandate that counted ends with it: whoever must know hears it.
    event = {"mandate": str(row.id)} if move.source is State.ACCEPTED else None
    record(
        stream=stream_of(row.id),
        act=f"mandates.{move.verb}",
        actor=actor,
        at=at,
        data=data,
        key=key,
        event=event,
    )


def end(actor: Actor, rows: Sequence[Mandate], verb: Verb, because: str, at: datetime) -> None:
    """End locked mandates together (成批结束), each with its entry; ``because``: a word for why."""
    deeds: list[Deed] = []
    for row in rows:
        move = find(State(row.state), verb)
        assert move is not None  # noqa: S101 -- only open ones are given, and every open one can end
        row.state, row.ended_at = move.target, at
        row.save(update_fields=["state", "ended_at"])
        data = {"number": row.number, "from": move.source.value, "to": move.target.value, "because": because}
        told = {"mandate": str(row.id)}
        deeds.append(
            Deed(stream_of(row.id), f"mandates.{verb}", data, heard=move.source is State.ACCEPTED, event=told)
        )
    record_all(deeds, actor=actor, at=at)


@transaction.atomic
def withdraw_all(*, actor: Actor, party_id: uuid.UUID, because: str, at: datetime) -> int:
    """Withdraw every open mandate of a party (全部收回); how many. The caller knows that the actor may."""
    found = Mandate.objects.select_for_update().filter(giver_id=party_id, state__in=sorted(OPEN))
    rows = list(found.order_by("pk"))
    end(actor, rows, Verb.WITHDRAW, because, at)
    return len(rows)


_LAPSED_AT_ONCE = 500


@transaction.atomic
def lapse_all(*, actor: Actor, at: datetime) -> int:
    """Put down that mandates are over (授权到期), the day after their last; how many. They counted no more by then."""
    over = Mandate.objects.select_for_update(skip_locked=True).filter(
        state__in=sorted(OPEN), until__lte=day_of(at)
    )
    rows = list(over.order_by("pk")[:_LAPSED_AT_ONCE])
    end(actor, rows, Verb.LAPSE, "until", at)
    return len(rows)
