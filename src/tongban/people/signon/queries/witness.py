"""Connected systems held against the ledger (接入对账): what is in force is what a second person has approved, to the letter."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tongban.base.batches import batched
from tongban.base.ledger import queries as ledger
from tongban.base.ledger.queries import Act
from tongban.base.ledger.rules import Finding
from tongban.people.signon.models import System
from tongban.people.signon.rules.systems import SystemState, SystemVerb, find
from tongban.standards.canonical import digest

_CHUNK = 200
_VERBS = {f"signon.{verb.value}": verb for verb in SystemVerb}


@dataclass(frozen=True, slots=True)
class Expected:
    """What its acts have made of a system (应有状态). ``kept``, ``waits``: digests of what is in force and of what waits, or ''."""

    state: SystemState | None
    client_id: str
    organ_id: str
    kept: str = ""
    waits: str = ""
    writer: str = ""
    proposer: str = ""
    approver: str = ""
    sent_back: str = ""


def expected(acts: Sequence[Act]) -> Expected | None:
    """What follows from the acts alone (推算应有状态); None where nobody registered it. A move that the table does not know has no state."""
    if not acts or acts[0].act != "signon.request":
        return None
    first = acts[0]
    now = Expected(
        SystemState.REQUESTED,
        str(first.data["client"]),
        str(first.data["organ"]),
        waits=str(first.data["digest"]),
        proposer=first.actor.get("id", ""),
    )
    for act in acts[1:]:
        verb = _VERBS.get(act.act)
        if verb is not None and now.state is not None:
            now = _after(now, verb, act.data, act.actor.get("id", ""))
    return now


def _after(now: Expected, verb: SystemVerb, data: Mapping[str, object], who: str) -> Expected:
    move = None if now.state is None else find(now.state, verb)
    state = None if move is None else move.target
    kept, waits, writer, proposer, approver = now.kept, now.waits, now.writer, now.proposer, now.approver
    sent_back = "" if verb in (SystemVerb.AMEND, SystemVerb.APPROVE) else now.sent_back
    if verb is SystemVerb.AMEND:
        waits, proposer = str(data["digest"]), who
    elif verb is SystemVerb.APPROVE:
        kept, writer, approver, waits = str(data["digest"]), proposer, who, ""
    elif verb in (SystemVerb.DISCARD, SystemVerb.RETIRE):
        waits = ""
    elif verb is SystemVerb.SEND_BACK:
        sent_back = str(data["reason"])
    return Expected(state, now.client_id, now.organ_id, kept, waits, writer, proposer, approver, sent_back)


def against_ledger() -> Iterator[Finding]:
    """Hold every system against the ledger (接入对账)."""
    for batch in batched(System.objects.order_by("id").iterator(_CHUNK), _CHUNK):
        told = ledger.acts_of_many([f"system:{row.id}" for row in batch])
        for row in batch:
            for problem in _problems(row, expected(told.get(f"system:{row.id}", []))):
                yield Finding(f"signon_system({row.id})", problem)
    yield from ledger.gone("system", "signon_system", System.objects.all())


def _problems(row: System, due: Expected | None) -> Iterator[str]:
    if due is None:
        yield "changed: no act has registered it"
        return
    if (row.client_id, str(row.organ_id)) != (due.client_id, due.organ_id):
        yield "changed: it is not the system that was registered"
    if row.state != due.state:
        yield "changed: its state is not what the ledger says"
    if _digest(row.registration) != due.kept:
        yield "changed: what is in force is not what was approved"
    if _digest(row.proposal) != due.waits:
        yield "changed: what waits is not what was proposed"
    if row.sent_back != due.sent_back:
        yield "changed: what was said of it is not what the ledger says"
    if _text(row.approver_id) != due.approver:
        yield "changed: it was not approved by whom the ledger says"
    if _text(row.writer_id) != due.writer:
        yield "changed: it was not written by whom the ledger says"
    if row.registration is not None and (row.name, row.audience) != (
        row.registration.get("name"),
        row.registration.get("audience"),
    ):
        yield "changed: its name is not that of its registration"


def _digest(stored: object) -> str:
    return "" if stored is None else digest(stored)


def _text(who: uuid.UUID | None) -> str:
    return "" if who is None else str(who)
