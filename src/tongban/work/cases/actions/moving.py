"""How a case moves (办件流转的做法): lock, access, table, write, record, in one transaction and one ledger entry.

A submit costs five statements (plus BEGIN and COMMIT): lock, read, number, row, ledger. ``make bench`` holds them
against raw statements that write the same rows.
"""

import json
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from psycopg.types.json import Jsonb

from tongban.base.actor import Actor, ActorKind
from tongban.base.calendar.queries import CURRENT_ID_SQL, calendar_of
from tongban.base.db import execute, fetch_all, fetch_one
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.base.ids import new_id
from tongban.base.ledger.queries import done_before
from tongban.base.record import Repeated, record
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.rules.guide import Guide, Limits, Material
from tongban.people.certificates import queries as certificates
from tongban.people.mandates.queries import hold
from tongban.standards.canonical import digest
from tongban.standards.text import msg
from tongban.standards.workdays import Calendar
from tongban.work.cases.access import acts_of, ensure_move_mandated, may, sees, states_amount
from tongban.work.cases.actions.attending import attended
from tongban.work.cases.queries import waited_for
from tongban.work.cases.rules.amounts import amount
from tongban.work.cases.rules.clock import Dates, History, dates, events_of, history
from tongban.work.cases.rules.delivery import collected_at
from tongban.work.cases.rules.joint import PartState
from tongban.work.cases.rules.labels import STAFF_LABELS
from tongban.work.cases.rules.moves import EDITABLE, By, Move, State, Trait, Verb, find, traits_of
from tongban.work.cases.rules.signing import DECIDING, Need, need

CHINA = ZoneInfo("Asia/Shanghai")  # the day of an act is the day on the wall of a Chinese office


def day_of(at: datetime) -> date:
    """The day of a moment (当日) on the wall of a Chinese office."""
    return at.astimezone(CHINA).date()


@dataclass(frozen=True, slots=True)
class Ref:
    """Where a case stands after an act (办件凭据)."""

    id: uuid.UUID
    number: str | None
    state: State
    version: int


@dataclass(frozen=True, slots=True)
class PartRow:
    """A department's part as an act sees it (部门办理)."""

    key: str
    organ_id: uuid.UUID
    state: PartState


@dataclass(frozen=True, slots=True)
class Locked:
    """A case as its act sees it (锁定的办件): one row, locked until the transaction ends."""

    id: uuid.UUID
    number: str | None
    state: State
    version: int
    edition_id: uuid.UUID
    organ_id: uuid.UUID
    party_id: uuid.UUID
    account_id: uuid.UUID
    counter_id: uuid.UUID | None
    bundle_id: uuid.UUID | None
    place: str
    form: dict[str, object]
    kept: dict[str, object]
    committed: dict[str, object] | None
    delivery: dict[str, object]
    clock: History
    handler_id: uuid.UUID | None
    examiner_id: uuid.UUID | None
    submitted_at: datetime | None
    later_by: date | None
    dates: Dates
    handed_in: tuple[str, ...]  # "<key of the demand> <id of the material>", in order
    reaching: tuple[uuid.UUID, ...]
    parts: tuple[PartRow, ...]
    edition_ends_on: date | None  # as it is now: an edition's end may be set after it was read
    calendar_id: uuid.UUID | None

    @property
    def calendar(self) -> Calendar:
        """The calendar by which this act counts (所用工作日历)."""
        return calendar_of(self.calendar_id)

    @property
    def attached(self) -> frozenset[str]:
        """Keys of the guide's demands for which something is handed in (已附材料)."""
        return frozenset(pair.split(" ", 1)[0] for pair in self.handed_in)

    @property
    def guide(self) -> Guide:
        """The guide of its edition (所用办事指南)."""
        return catalogue.guide_of(self.edition_id)

    @property
    def traits(self) -> frozenset[Trait]:
        """What narrows its table of moves (事项特征)."""
        by_hand = self.delivery.get("way") in ("post", "counter")
        return traits_of(self.guide, committed=self.committed is not None, by_hand=by_hand)

    @property
    def turns(self) -> frozenset[uuid.UUID]:
        """Further organs whose turn it is (轮到的机关): departments in joint handling, the counter that hands a result out."""
        busy = (PartState.OPEN, PartState.PAUSED)
        departments = frozenset(part.organ_id for part in self.parts if part.state in busy)
        return departments | collected_at(self.delivery)

    def ref(self) -> Ref:
        """Its reference (凭据)."""
        return Ref(self.id, self.number, self.state, self.version)


# Where the lock was waited for, the row is the new one, but the subqueries still see the moment at which the statement began:
# the file that another act has just put in would be missing. The last column is the version of that moment. Every act that
# writes anything of a case raises the version, so that a difference says: read again. The lock is ours by then.
_SELECT = f"""
    SELECT id, number, state, version, edition_id, organ_id, party_id, account_id, counter_id, bundle_id, place, form, kept,
           committed, delivery, clock, handler_id, examiner_id, submitted_at, later_by,
           act_by, warn_on, promised_on, due_on, provisional,
           (SELECT array_agg(a.key || ' ' || a.material_id ORDER BY a.key, a.material_id) FROM case_attachment a WHERE a.case_id = c.id),
           (SELECT array_agg(r.organ_id) FROM case_reach r WHERE r.case_id = c.id),
           (SELECT array_agg(p.key || ' ' || p.organ_id || ' ' || p.state ORDER BY p.position) FROM case_part p WHERE p.case_id = c.id),
           (SELECT e.ends_on FROM edition e WHERE e.id = c.edition_id),
           {CURRENT_ID_SQL},
           (SELECT v.version FROM case_file v WHERE v.id = c.id)
    FROM case_file c
"""  # noqa: S608 -- constant text
_LOCK = f"{_SELECT} WHERE c.id = %s FOR UPDATE OF c"
_NEXT = "SELECT id FROM case_file WHERE edition_id = %s AND state = ANY(%s) AND id > %s ORDER BY id LIMIT %s"
# In order of their ids for everybody who takes several, so that two of them never wait for each other.
_BATCH = f"""{_SELECT}
    WHERE c.id = ANY(%s) AND c.edition_id = %s AND c.state = ANY(%s) ORDER BY c.id
"""


def lock(actor: Actor, case_id: uuid.UUID, at: datetime | None = None) -> Locked:
    """The case, locked for this transaction (锁定办件); NotFound where there is none or it is not for this actor.

    Where the actor acts under a mandate, its row is held first, until the transaction ends. ``at``: when, for its days.
    """
    hold(actor, at=at)
    row = fetch_one(_LOCK, [case_id])
    if row is not None and _outdated(row):
        row = fetch_one(_LOCK, [case_id])
    gone = NotFound("cases.visible", msg("没有找到这件办件，或者您不能查看它。"))
    if row is None:
        raise gone
    case = _read(row)
    if not sees(actor, case, case.state, case.reaching):
        raise gone
    return case


def batch(
    edition_id: uuid.UUID, states: Collection[State], after: uuid.UUID, size: int, *, locked: bool
) -> tuple[list[Locked], list[uuid.UUID]]:
    """The next cases of an edition in these states (一批办件), by id, and the ids that were found.

    ``locked`` for the transaction, or as a mere look. What has left these states while it was waited for is found, but not
    among the cases: the ids alone say how far this batch came.
    """
    wanted = sorted(state.value for state in states)
    found = [row[0] for row in fetch_all(_NEXT, [edition_id, wanted, after, size])]
    if not found:
        return [], []
    statement = f"{_BATCH} FOR UPDATE OF c" if locked else _BATCH
    rows = fetch_all(statement, [found, edition_id, wanted])
    if any(_outdated(row) for row in rows):
        rows = fetch_all(statement, [found, edition_id, wanted])
    return [_read(row) for row in rows], found


def _outdated(row: tuple[Any, ...]) -> bool:
    """Whether somebody wrote between the beginning of the statement and the lock (等锁期间有改动)."""
    return bool(row[3] != row[-1])


def _read(row: tuple[Any, ...]) -> Locked:
    found: tuple[Any, ...] = (
        *row[:2],
        State(row[2]),
        *row[3:11],
        *(None if part is None else json.loads(part) for part in row[11:15]),
        history(json.loads(row[15])),
        *row[16:20],
        Dates(*row[20:25]),
        tuple(row[25] or ()),
        tuple(row[26] or ()),
        tuple(_part(told) for told in row[27] or ()),
        *row[28:30],
    )
    return Locked(*found)


def _part(told: str) -> PartRow:
    key, organ, state = told.split(" ")
    return PartRow(key, uuid.UUID(organ), PartState(state))


Changes = dict[str, object]


@dataclass(frozen=True, slots=True)
class Step:
    """What a verb writes (一步的内容).

    ``changes``: columns of the case. ``data``: what the ledger keeps of it. ``days``: of an extension or a special procedure.
    ``on``: the day from which the clock counts, where it is not the day of the act. ``events``: further events of the clock.
    """

    changes: Changes = field(default_factory=dict)
    data: dict[str, object] = field(default_factory=dict)
    days: int = 0
    on: date | None = None
    events: History = ()


Write = Callable[[Locked], Step]
Choose = Callable[[Locked], Verb]


def move(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    verb: Verb | Choose,
    at: datetime,
    key: str | None,
    version: int | None,
    write: Write = lambda case: Step(),
    twice: Conflict | None = None,
) -> Ref:
    """Make one move (流转) and return where the case stands after it.

    ``verb``: may depend on the case as it is found locked. ``version``: the one the actor saw; another means that somebody
    acted in between. The same ``key`` by the same actor on the same case gives the same answer again and writes nothing.
    ``twice``: what is said where the database refuses a document that there may be only once.
    """
    try:
        with transaction.atomic():
            case = lock(actor, case_id, at)
            chosen = verb if isinstance(verb, Verb) else verb(case)
            found = find(case.state, chosen, case.traits)
            if found is None or (version is not None and version != case.version):
                raise _too_late(case, found)
            there = _ensure_may(actor, found, case, at)
            _ensure_signed(actor, found.verb, case, at)
            return written(actor, case, found, _telling(write(case), there), at, key)
    except (Repeated, Refusal, IntegrityError) as error:
        refusal = twice if isinstance(error, IntegrityError) else error
        if refusal is None:
            raise
        _unless_repeated(refusal, actor, key, case_id, f"cases.{verb}" if isinstance(verb, Verb) else None)
    with transaction.atomic():
        return lock(actor, case_id).ref()


def move_within(*, actor: Actor, case: Locked, verb: Verb, at: datetime, step: Step) -> Ref:
    """Make a move that is one of several (一并流转), in the transaction of the act that they are, on a case that it has locked."""
    found = find(case.state, verb, case.traits)
    if found is None:
        raise _too_late(case, None)
    there = _ensure_may(actor, found, case, at)
    _ensure_signed(actor, found.verb, case, at)
    return written(actor, case, found, _telling(step, there), at, None)


def _ensure_may(actor: Actor, move: Move, case: Locked, at: datetime) -> dict[str, object]:
    """Refuse a move that is not this actor's; who stands there where a counter makes it for the applicant."""
    if move.by is By.APPLICANT and actor.mandate_id is not None:
        ensure_move_mandated(actor, move.verb, case, amount(case.guide.form, case.form))
    allowed, reason = may(actor, move, case, case.turns)
    if not allowed:
        raise Forbidden(f"cases.{move.verb}", reason)
    if move.by is not By.APPLICANT:
        return {}
    asked = amount(case.guide.form, case.form) if states_amount(move.verb) else None
    return attended(actor, case, case.id, acts_of(move.verb), at, asked)


def _telling(step: Step, there: dict[str, object]) -> Step:
    return replace(step, data=step.data | there) if there else step


def _ensure_signed(actor: Actor, verb: Verb, case: Locked, at: datetime) -> None:
    """What decides about a licence is signed by whoever holds a certificate (应当签名), at whatever door."""
    if actor.signer is not None or actor.kind is not ActorKind.STAFF or verb not in DECIDING:
        return
    if need(verb, catalogue.edition(case.edition_id).item_type) is Need.MUST and certificates.active_of(
        account_id=actor.id, at=at
    ):
        text = msg("这是许可决定，您有证书，要用证书签名：请输入证书口令。")
        raise Invalid("cases.signature", text, fields={"pin": [text]})


def _too_late(case: Locked, move: Move | None) -> Conflict:
    """What whoever comes too late is told (情况已变): the move is gone, or the case is not what was seen."""
    params = {"state": STAFF_LABELS[case.state]}
    if move is None:
        return Conflict(
            "cases.move", msg("这件办件现在是“%(state)s”，不能再这样做。请刷新后看最新情况。"), params
        )
    return Conflict(
        "cases.version",
        msg("您打开页面以后，这件办件有了新的变化（现在是“%(state)s”）。请看过最新情况再办。"),
        params,
    )


@contextmanager
def once(actor: Actor, case_id: uuid.UUID, act: str, key: str | None) -> Iterator[None]:
    """The transaction of an act that moves nothing (不流转的行为). Under a key that did the same before it writes nothing, and is no refusal."""
    try:
        with transaction.atomic():
            yield
    except (Repeated, Refusal) as error:
        _unless_repeated(error, actor, key, case_id, act)


def _unless_repeated(
    error: Repeated | Refusal, actor: Actor, key: str | None, case_id: uuid.UUID, act: str | None
) -> None:
    """Raise the refusal, unless ``key`` did this very act before (重复请求): a second press meets what the first one changed."""
    stream, done = (done_before(actor, key) if key is not None else None) or ("", "")
    if stream == stream_of(case_id) and act in (None, done):
        return
    if isinstance(error, Refusal):
        raise error
    raise Conflict("cases.key", msg("这个请求编号已经用在另一次操作上。")) from error


def stream_of(case_id: uuid.UUID) -> str:
    """The ledger stream of a case (办件账本链)."""
    return f"case:{case_id}"


def written(actor: Actor, case: Locked, move: Move, step: Step, at: datetime, key: str | None) -> Ref:
    """Write a move that was found lawful (写入流转): the row, with its dates, and the ledger entry with its event."""
    today = step.on or day_of(at)
    added = events_of(move.clock, today, step.days) + step.events
    clock = case.clock + added
    found = dates(clock, _limits_of(case, step), case.calendar) if added else case.dates
    after = replace(
        case,
        state=move.target,
        version=case.version + 1,
        number=_text(step.changes.get("number")) or case.number,
    )
    columns = {
        "state": move.target.value,
        "version": after.version,
        "act_by": found.act_by,
        "warn_on": found.warn_on,
        "promised_on": found.promised_on,
        "due_on": found.due_on,
        "provisional": found.provisional,
        **({"clock": Jsonb([event.kept() for event in clock])} if added else {}),
        # A claim ends where somebody else's turn begins.
        **({"handler_id": None} if move.source is not move.target else {}),
        **step.changes,
    }
    update(case.id, columns)
    told = step.changes.keys() & _COLUMNS_TOLD
    record(
        stream=stream_of(case.id),
        act=f"cases.{move.verb}",
        actor=actor,
        at=at,
        key=key,
        data={
            "number": after.number,
            "from": case.state.value,
            "to": move.target.value,
            **kept_dates(found),
            **({"clock": [event.kept() for event in added]} if added else {}),
            **{name: _plain(step.changes[name]) for name in sorted(told)},
            **_for_whom(actor, case),
            **_given_meanwhile(case),
            **step.data,
        },
        event={"case_id": str(case.id), "number": after.number, "verb": move.verb.value},
    )
    return after.ref()


# Columns that a verb may write and that nothing else in the ledger's entry tells.
_COLUMNS_TOLD = frozenset({"edition_id", "organ_id", "place", "later_by", "accepted_at", "examiner_id"})


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else _text(value)


def _limits_of(case: Locked, step: Step) -> Limits:
    edition = step.changes.get("edition_id")
    return catalogue.guide_of(edition).limits if isinstance(edition, uuid.UUID) else case.guide.limits


def _given_meanwhile(case: Locked) -> dict[str, object]:
    """What an application holds when the turn to change it ends without being sent (未提交的补正内容): by withdrawal, or by the office."""
    if case.state not in EDITABLE or case.state is State.DRAFT:
        return {}
    return {"form": digest(case.form), "handed_in": list(case.handed_in)}


def _for_whom(actor: Actor, case: Locked) -> dict[str, object]:
    """For whom a counter acted (代为办理), so that the time line can tell it from the applicant's own acts."""
    return (
        {"at_counter": str(case.counter_id)}
        if actor.kind is ActorKind.STAFF and case.counter_id in actor.organs_as("clerk")
        else {}
    )


def update(case_id: uuid.UUID, columns: Mapping[str, object]) -> None:
    """Write columns of a locked case (写入办件). Their names are this module's own; the values are bound."""
    assignments = ", ".join(f"{column} = %s" for column in columns)
    execute(f"UPDATE case_file SET {assignments} WHERE id = %s", [*columns.values(), case_id])  # noqa: S608 -- see above


def file_document(
    actor: Actor, case: Locked, verb: Verb, body: Mapping[str, object], at: datetime
) -> dict[str, object]:
    """Put a document into the case's file (文书入卷); the ledger keeps its digest. The database refuses a second decision."""
    document_id = new_id()
    execute(
        "INSERT INTO case_document (id, case_id, verb, body, by_id, at) VALUES (%s, %s, %s, %s, %s, %s)",
        [document_id, case.id, verb.value, Jsonb(dict(body)), actor.id, at],
    )
    return {"document": str(document_id), "digest": digest(dict(body))}


def waiting_for(case: Locked, on: date) -> tuple[Material, ...]:
    """Deferred materials that a case still waits for (还在等的容缺材料)."""
    return waited_for(
        case.guide,
        case.form,
        case.attached,
        party_id=case.party_id,
        on=on,
        committed=case.committed is not None,
    )


def reach(case_id: uuid.UUID, *organs: uuid.UUID) -> None:
    """Let further organs read a case (共享办件): the counter, departments, one that passed it on."""
    execute(
        "INSERT INTO case_reach (case_id, organ_id) SELECT %s, unnest(%s::uuid[]) ON CONFLICT DO NOTHING",
        [case_id, list(organs)],
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def kept_dates(found: Dates) -> dict[str, object]:
    """The dates as the ledger keeps them (入账期限): only those that are set."""
    named = {name: getattr(found, name) for name in ("act_by", "warn_on", "promised_on", "due_on")}
    kept: dict[str, object] = {name: day.isoformat() for name, day in named.items() if day is not None}
    return kept | ({"provisional": True} if found.provisional else {})
