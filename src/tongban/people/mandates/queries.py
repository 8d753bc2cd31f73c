"""Reads of mandates (授权查询): as whom somebody acts, what was given and received, who did something for whom."""

import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from tongban.base.actor import Actor, ActorKind
from tongban.base.batches import batched
from tongban.base.db import fetch_all, fetch_one
from tongban.base.errors import Forbidden, NotFound
from tongban.base.ledger import queries as ledger
from tongban.base.ledger.rules import Finding
from tongban.people.identity.queries import day_of
from tongban.people.identity.rules import Level
from tongban.people.mandates.models import Mandate
from tongban.people.mandates.rules import (
    Act,
    Kind,
    Limits,
    Problem,
    State,
    limits_of,
    problem,
    signs_on,
    standing,
)
from tongban.people.parties.rules import PartyKind
from tongban.standards.text import msg


@dataclass(frozen=True, slots=True)
class MandateView:
    """A mandate as its two sides see it (授权视图). ``mine``: whether the reader gave it, by herself or for a legal person."""

    id: uuid.UUID
    number: str
    kind: Kind
    state: State
    giver_id: uuid.UUID
    giver_name: str
    giver_kind: PartyKind
    agent_id: uuid.UUID
    agent_name: str
    limits: Limits
    pass_on: bool
    under_id: uuid.UUID | None
    offered_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    seen: str
    counter_name: str


_COLUMNS = """
    m.id, m.number, m.kind, m.state, m.giver_id, g.name, g.kind, m.agent_id, a.name, m.acts, m.items, m.places, m.amount,
    m.since, m.until, m.pass_on, m.under_id, m.offered_at, m.accepted_at, m.ended_at, m.seen, coalesce(o.name, '')
"""
_SELECT = f"""
    SELECT {_COLUMNS} FROM mandate m JOIN party g ON g.id = m.giver_id JOIN party a ON a.id = m.agent_id
        LEFT JOIN organ o ON o.id = m.counter_id
"""  # noqa: S608 -- constant text


def _view(row: Sequence[Any]) -> MandateView:
    id_, number, kind, state, giver_id, giver, giver_kind, agent_id, agent, *rest = row
    acts, items, places, amount, since, until, pass_on, under_id, offered, accepted, ended, seen, counter = (
        rest
    )
    limits = _limits(number, kind, acts, items, places, amount, since, until)
    return MandateView(
        id_,
        number,
        Kind(kind),
        State(state),
        giver_id,
        giver,
        PartyKind(giver_kind),
        agent_id,
        agent,
        limits,
        pass_on,
        under_id,
        offered,
        accepted,
        ended,
        seen,
        counter,
    )


def _limits(
    number: str,
    kind: str,
    acts: Collection[str],
    items: Collection[str],
    places: Collection[str],
    amount: int | None,
    since: date,
    until: date | None,
) -> Limits:
    return Limits(
        number=number,
        kind=Kind(kind),
        acts=frozenset(Act(act) for act in acts),
        since=since,
        until=until,
        items=frozenset(items),
        places=frozenset(places),
        amount=amount,
    )


def limits_in(row: Mandate) -> Limits:
    """The limits of a row (授权行的范围)."""
    return _limits(row.number, row.kind, row.acts, row.items, row.places, row.amount, row.since, row.until)


_NOT_YOURS = msg("没有这项授权，或者它不是给您的。")


@dataclass(frozen=True, slots=True)
class Acting:
    """For whom somebody acts (代办身份): the actor for the other party, with the names to show."""

    actor: Actor
    mandate_id: uuid.UUID
    number: str
    kind: Kind
    giver_name: str


def acting(actor: Actor, mandate_id: uuid.UUID, *, at: datetime) -> Acting:
    """As whom the actor acts under a mandate (以授权行事). One statement; nothing that a browser keeps is believed.

    Raises NotFound where the mandate is not hers, Forbidden with the rule where it does not count at this moment.
    """
    row = fetch_one(f"{_SELECT} WHERE m.id = %s", [mandate_id])
    view = None if row is None else _view(row)
    own = actor.kind is ActorKind.PERSON and actor.mandate_id is None and actor.party_id is not None
    if view is None or not own or view.agent_id != actor.party_id:
        raise NotFound("mandates.mandate", _NOT_YOURS)
    refuse(standing(view.limits, view.state, day_of(at)))
    if actor.level < Level.BASIC:
        raise Forbidden("mandates.level", msg("替别人办事，要先实名认证。"))
    other = replace(actor, party_id=view.giver_id, mandate_id=view.id, bounds=view.limits)
    return Acting(other, view.id, view.number, view.kind, view.giver_name)


_HELD = "SELECT state FROM mandate WHERE id = %s FOR SHARE"


def hold(actor: Actor, *, at: datetime | None = None) -> None:
    """Hold the mandate under which an act is done until the act is written (锁定授权): whoever withdraws it waits, or was first.

    Called within the act's transaction, before the act locks what it changes. One statement, and none where somebody acts for
    herself. Raises Forbidden with the rule where the mandate does not count any more.
    """
    if actor.mandate_id is None:
        return
    row = fetch_one(_HELD, [actor.mandate_id])
    limits = limits_of(actor)
    if row is None or limits is None:
        raise Forbidden("mandates.mandate", _NOT_YOURS)
    state = State(row[0])
    refuse(standing(limits, state, limits.since if at is None else day_of(at)))


def counts(mandate_id: uuid.UUID, *, at: datetime) -> bool:
    """Whether a mandate counts at this moment, and lets its agent sign on for the other (授权是否仍可登录). One statement."""
    row = fetch_one(f"{_SELECT} WHERE m.id = %s", [mandate_id])
    view = None if row is None else _view(row)
    return (
        view is not None and signs_on(view.limits) and standing(view.limits, view.state, day_of(at)) is None
    )


def companies_of(actor: Actor, *, at: datetime) -> list[MandateView]:
    """For which companies the actor may sign on elsewhere (可代表登录的企业), the newest mandate of each. One statement."""
    if actor.level < Level.BASIC or actor.kind is not ActorKind.PERSON:
        return []
    found: dict[uuid.UUID, MandateView] = {}
    for view in received(actor):
        good = signs_on(view.limits) and standing(view.limits, view.state, day_of(at)) is None
        if good and view.giver_kind is PartyKind.LEGAL:
            found.setdefault(view.giver_id, view)
    return list(found.values())


def relied_on(mandate_id: uuid.UUID, *, giver_id: uuid.UUID, agent_id: uuid.UUID, at: datetime) -> Limits:
    """Hold a mandate on which somebody relies at a counter until the act is written (窗口核对授权); its limits.

    Raises Forbidden with the rule where it does not count any more. One statement; the caller's transaction.
    """
    where = "WHERE m.id = %s AND m.giver_id = %s AND m.agent_id = %s FOR SHARE OF m"
    row = fetch_one(f"{_SELECT} {where}", [mandate_id, giver_id, agent_id])
    if row is None:
        raise Forbidden("mandates.mandate", _NOT_YOURS)
    view = _view(row)
    refuse(standing(view.limits, view.state, day_of(at)))
    return view.limits


def between(giver_id: uuid.UUID, agent_id: uuid.UUID, *, on: date) -> list[MandateView]:
    """What counts on a day between two whose documents a clerk has before her (窗口查授权), newest first. One statement."""
    where = """
        WHERE m.giver_id = %s AND m.agent_id = %s AND m.state = 'accepted'
            AND m.since <= %s AND (m.until IS NULL OR m.until > %s) ORDER BY m.id DESC
    """
    return [_view(row) for row in fetch_all(f"{_SELECT} {where}", [giver_id, agent_id, on, on])]


def of_id(mandate_id: uuid.UUID) -> MandateView:
    """A mandate by its id (按标识取授权); the caller decided that it may be read."""
    row = fetch_one(f"{_SELECT} WHERE m.id = %s", [mandate_id])
    if row is None:
        raise NotFound("mandates.mandate", _NOT_YOURS)
    return _view(row)


def ensure(actor: Actor, acts: Collection[Act], *, item: str, place: str, amount: int | None = None) -> None:
    """Refuse what the actor's mandate does not reach (核对授权范围); nothing where she acts for herself."""
    limits = limits_of(actor)
    if limits is not None:
        refuse(problem(limits, acts, item=item, place=place, amount=amount))


def refuse(found: Problem | None) -> None:
    """Raise what was found as a refusal (拒绝代办)."""
    if found is not None:
        raise Forbidden(found.rule, found.text, found.params)


def received(actor: Actor, *, limit: int = 200) -> list[MandateView]:
    """Mandates that were given to the actor herself (我收到的授权), open ones first. One statement."""
    return _listed("m.agent_id = %s", [_self(actor)], limit)


def given(actor: Actor, *, limit: int = 200) -> list[MandateView]:
    """Mandates of the party for which the actor acts (我给出的授权), open ones first. One statement.

    Under a mandate only who may pass it on reads them: whoever appoints must see who is appointed.
    """
    if actor.mandate_id is not None and not may_give(actor):
        return []
    return _listed("m.giver_id = %s", [actor.party_id], limit)


def _self(actor: Actor) -> uuid.UUID | None:
    """The actor's own party: under a mandate nobody reads what was given to the other."""
    return None if actor.mandate_id is not None else actor.party_id


def _listed(condition: str, values: list[object], limit: int) -> list[MandateView]:
    sql = f"{_SELECT} WHERE {condition} ORDER BY m.ended_at IS NOT NULL, m.id DESC LIMIT %s"
    return [_view(row) for row in fetch_all(sql, [*values, limit])]


def one(actor: Actor, mandate_id: uuid.UUID) -> MandateView:
    """A mandate that the actor gave or was given (取授权); NotFound otherwise."""
    row = fetch_one(f"{_SELECT} WHERE m.id = %s", [mandate_id])
    found = None if row is None else _view(row)
    if found is None or not (
        (actor.mandate_id is None and found.agent_id == actor.party_id)
        or (found.giver_id == actor.party_id and may_give(actor))
    ):
        raise NotFound("mandates.mandate", msg("没有这项授权，或者您不能查看它。"))
    return found


def may_give(actor: Actor) -> bool:
    """Whether the actor may give mandates of the party for which she acts (能否授权): herself, its representative, or who may pass on."""
    if actor.mandate_id is None:
        return actor.party_id is not None
    return Mandate.objects.filter(pk=actor.mandate_id, pass_on=True, state=State.ACCEPTED).exists()


@dataclass(frozen=True, slots=True)
class Told:
    """A mandate as a time line names it (授权说明): number, kind, who acts for whom; ``seen``: what proved it."""

    number: str
    kind: Kind
    agent_name: str
    giver_name: str
    seen: str = ""


def told(mandate_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Told]:
    """What a time line says of mandates (授权说明), by id. No statement for none, else one. The caller decided who reads it."""
    if not mandate_ids:
        return {}
    rows = Mandate.objects.filter(pk__in=mandate_ids)
    values = rows.values_list("id", "number", "kind", "agent__name", "giver__name", "seen")
    return {id_: Told(number, Kind(kind), *rest) for id_, number, kind, *rest in values}


# --- held against the ledger -------------------------------------------------------------------------------------------

_CHUNK = 1_000


def terms_of(row: Mandate) -> dict[str, object]:
    """What a mandate gives, as the ledger keeps it (授权内容入账): no name and no number of anybody."""
    return {
        "number": row.number,
        "kind": row.kind,
        "giver": str(row.giver_id),
        "agent": str(row.agent_id),
        "under": None if row.under_id is None else str(row.under_id),
        "acts": sorted(row.acts),
        "items": sorted(row.items),
        "places": sorted(row.places),
        "amount": row.amount,
        "pass_on": row.pass_on,
        "since": row.since.isoformat(),
        "until": None if row.until is None else row.until.isoformat(),
    }


def against_ledger() -> Iterator[Finding]:
    """Hold every mandate against the ledger (授权对账): what it gives, and where it stands."""
    for batch in batched(Mandate.objects.order_by("id").iterator(_CHUNK), _CHUNK):
        acts = ledger.acts_of_many([f"mandate:{row.id}" for row in batch])
        for row in batch:
            yield from _findings(row, acts.get(f"mandate:{row.id}", []))
    yield from ledger.gone("mandate", "mandate", Mandate.objects.all())


def _findings(row: Mandate, acts: Sequence[ledger.Act]) -> Iterator[Finding]:
    where = f"mandate({row.id})"
    if not acts:
        yield Finding(where, "changed: the ledger knows nothing of this mandate")
        return
    terms = acts[0].data.get("terms")
    if terms != terms_of(row):
        yield Finding(where, "changed: what it gives is not what its first act says")
    if acts[-1].data.get("to") != row.state:
        yield Finding(where, "changed: its state is not what its last act left")
