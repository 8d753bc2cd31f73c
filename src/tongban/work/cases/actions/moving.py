"""How a case moves (办件流转的做法): lock, access, table, write, record, in one transaction and one ledger entry.

A submit costs four statements (plus BEGIN and COMMIT), as many as the raw statements that write the same rows would need;
``make bench`` shows both.
"""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from tongban.base.actor import Actor
from tongban.base.db import execute, fetch_one
from tongban.base.errors import Conflict, Forbidden, NotFound
from tongban.base.ledger.queries import done_before
from tongban.base.record import Repeated, record
from tongban.offers.catalogue import queries as catalogue
from tongban.standards.text import msg
from tongban.work.cases.access import may, sees
from tongban.work.cases.queries import calendar
from tongban.work.cases.rules.clock import Dates, dates_after
from tongban.work.cases.rules.moves import STAFF_LABELS, Move, State, Verb, find

CHINA = ZoneInfo("Asia/Shanghai")  # the day of an act is the day on the wall of a Chinese office


@dataclass(frozen=True, slots=True)
class Ref:
    """Where a case stands after an act (办件凭据)."""

    id: uuid.UUID
    number: str | None
    state: State
    version: int


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
    form: dict[str, object]
    examiner_id: uuid.UUID | None
    dates: Dates
    handed_in: tuple[str, ...]  # "<key of the demand> <id of the material>", in order

    @property
    def attached(self) -> frozenset[str]:
        """Keys of the guide's demands for which something is handed in (已附材料)."""
        return frozenset(pair.split(" ", 1)[0] for pair in self.handed_in)

    def ref(self) -> Ref:
        """Its reference (凭据)."""
        return Ref(self.id, self.number, self.state, self.version)


_LOCK = """
    SELECT id, number, state, version, edition_id, organ_id, party_id, form, examiner_id,
           act_by, warn_on, promised_on, due_on, provisional,
           (SELECT array_agg(a.key || ' ' || a.material_id ORDER BY a.key, a.material_id) FROM case_attachment a WHERE a.case_id = c.id)
    FROM case_file c WHERE c.id = %s FOR UPDATE OF c
"""


def lock(actor: Actor, case_id: uuid.UUID) -> Locked:
    """The case, locked for this transaction (锁定办件); NotFound where there is none or it is not for this actor."""
    row = fetch_one(_LOCK, [case_id])
    gone = NotFound("cases.visible", msg("没有找到这件办件，或者您不能查看它。"))
    if row is None:
        raise gone
    case = Locked(
        *(
            *row[:2],
            State(row[2]),
            *row[3:7],
            json.loads(row[7]),
            row[8],
            Dates(*row[9:14]),
            tuple(row[14] or ()),
        )
    )
    if not sees(actor, party_id=case.party_id, organ_id=case.organ_id, state=case.state):
        raise gone
    return case


Changes = dict[str, object]
Write = Callable[[Locked], tuple[Changes, dict[str, object]]]


def _nothing(case: Locked) -> tuple[Changes, dict[str, object]]:
    return {}, {}


def move(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    verb: Verb,
    at: datetime,
    key: str | None,
    version: int | None,
    write: Write = _nothing,
) -> Ref:
    """Make one move (流转) and return where the case stands after it.

    ``version``: the one the actor saw; another means that somebody acted in between. The same ``key`` by the same actor on the same case gives the same answer again and writes nothing.
    """
    try:
        with transaction.atomic():
            case = lock(actor, case_id)
            found = find(case.state, verb)
            if found is None or (version is not None and version != case.version):
                return _repeated_or_refused(actor, case, verb, key, found)
            allowed, reason = may(
                actor, found, party_id=case.party_id, organ_id=case.organ_id, examiner_id=case.examiner_id
            )
            if not allowed:
                raise Forbidden(f"cases.{verb}", reason)
            changes, data = write(case)
            return _write(actor, case, found, changes, data, at, key)
    except Repeated:
        return _answer_of(actor, key, case_id, verb)


def _repeated_or_refused(actor: Actor, case: Locked, verb: Verb, key: str | None, move: Move | None) -> Ref:
    if key is not None and done_before(actor, key) == (stream_of(case.id), f"cases.{verb}"):
        return case.ref()
    params = {"state": STAFF_LABELS[case.state]}
    if move is None:
        raise Conflict(
            "cases.move", msg("这件办件现在是“%(state)s”，不能再这样做。请刷新后看最新情况。"), params
        )
    raise Conflict(
        "cases.version",
        msg("您打开页面以后，这件办件有了新的变化（现在是“%(state)s”）。请看过最新情况再办。"),
        params,
    )


def _answer_of(actor: Actor, key: str | None, case_id: uuid.UUID, verb: Verb) -> Ref:
    """The answer to a repeated key: what stands now, if it was the same act; a Conflict where it was another."""
    done = done_before(actor, key) if key is not None else None
    if done != (stream_of(case_id), f"cases.{verb}"):
        raise Conflict("cases.key", msg("这个请求编号已经用在另一次操作上。"))
    with transaction.atomic():
        return lock(actor, case_id).ref()


def stream_of(case_id: uuid.UUID) -> str:
    """Name of a case's stream in the ledger (办件链名)."""
    return f"case:{case_id}"


def _write(
    actor: Actor,
    case: Locked,
    move: Move,
    changes: Changes,
    data: dict[str, object],
    at: datetime,
    key: str | None,
) -> Ref:
    today = at.astimezone(CHINA).date()
    limits = catalogue.guide_of(case.edition_id).limits
    dates = dates_after(move.clock, today=today, limits=limits, calendar=calendar(), standing=case.dates)
    after = replace(
        case,
        state=move.target,
        version=case.version + 1,
        dates=dates,
        number=_text(changes.get("number")) or case.number,
    )
    columns = {
        "state": move.target.value,
        "version": after.version,
        "act_by": dates.act_by,
        "warn_on": dates.warn_on,
        "promised_on": dates.promised_on,
        "due_on": dates.due_on,
        "provisional": dates.provisional,
        **changes,
    }
    # Column names are this module's own; the values are bound.
    assignments = ", ".join(f"{column} = %s" for column in columns)
    execute(f"UPDATE case_file SET {assignments} WHERE id = %s", [*columns.values(), case.id])  # noqa: S608 -- see above
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
            **_kept(dates),
            **data,
        },
        event={"case_id": str(case.id), "number": after.number},
    )
    return after.ref()


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _kept(dates: Dates) -> dict[str, object]:
    """The dates as the ledger keeps them: only those that are set."""
    named = {name: getattr(dates, name) for name in ("act_by", "warn_on", "promised_on", "due_on")}
    kept: dict[str, object] = {name: day.isoformat() for name, day in named.items() if day is not None}
    return kept | ({"provisional": True} if dates.provisional else {})
