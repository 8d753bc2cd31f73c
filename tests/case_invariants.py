"""What must hold of a case after every act (不变量), whoever did what and when: checked against its row, its documents and its ledger.

Nothing here asks the actions how they did it. The table of moves and the clock are used as what they are, pure functions,
on what the database says now; the rest is counted and compared.
"""

import json
import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from tongban.base.calendar.queries import current
from tongban.base.db import fetch_one
from tongban.offers.catalogue.queries import guide_of
from tongban.offers.catalogue.rules.guide import Guide
from tongban.standards.canonical import digest
from tongban.standards.workdays import Calendar
from tongban.work.cases.rules.clock import Dates, History, dates, history, part_dates
from tongban.work.cases.rules.moves import EDITABLE, OVER, State, Trait, Verb, find, traits_of

_SNAPSHOT = """
    SELECT row_to_json(c),
           (SELECT json_agg(d ORDER BY d.at, d.id) FROM case_document d WHERE d.case_id = c.id),
           (SELECT json_agg(p ORDER BY p.position) FROM case_part p WHERE p.case_id = c.id),
           (SELECT json_agg(a.key || ' ' || a.material_id ORDER BY a.key, a.material_id)
              FROM case_attachment a WHERE a.case_id = c.id),
           (SELECT json_agg(q ORDER BY q.at, q.id) FROM case_proposal q WHERE q.case_id = c.id),
           (SELECT row_to_json(k) FROM case_check k WHERE k.case_id = c.id),
           (SELECT json_agg(e.body ORDER BY e.seq) FROM ledger_entry e
             WHERE e.stream = 'case:' || c.id AND e.seq > %s)
    FROM case_file c WHERE c.id = %s
"""


@dataclass(frozen=True)
class Snapshot:
    """A case as the database has it (快照). ``entries``: what was added to its ledger since the last one."""

    row: dict[str, Any]
    documents: list[dict[str, Any]]
    parts: list[dict[str, Any]]
    handed_in: list[str]
    proposals: list[dict[str, Any]]
    check: dict[str, Any] | None
    entries: list[dict[str, Any]]

    @property
    def state(self) -> State:
        """Where it stands."""
        return State(self.row["state"])

    @property
    def guide(self) -> Guide:
        """The guide of its edition."""
        return guide_of(uuid.UUID(self.row["edition_id"]))

    @property
    def traits(self) -> frozenset[Trait]:
        """What narrows its table of moves."""
        by_hand = self.row["delivery"].get("way") in ("post", "counter")
        return traits_of(self.guide, committed=self.row["committed"] is not None, by_hand=by_hand)

    @property
    def clock(self) -> History:
        """What happened to its clock."""
        return history(self.row["clock"])

    def lasting(self) -> tuple[object, ...]:
        """All of it that a refused act must leave alone."""
        return (self.row, self.documents, self.parts, self.handed_in, self.proposals, self.check)


def snapshot(case_id: uuid.UUID, seen: int) -> Snapshot:
    """The case now, and its ledger from the ``seen``-th entry on. One statement."""
    found = fetch_one(_SNAPSHOT, [seen, case_id])
    assert found is not None
    told = [None if part is None else json.loads(part) if isinstance(part, str) else part for part in found]
    row, documents, parts, handed_in, proposals, check, entries = told
    return Snapshot(
        row,
        documents or [],
        parts or [],
        handed_in or [],
        proposals or [],
        check,
        [json.loads(entry) for entry in entries or []],
    )


# Verbs that file a document; no other does.
FILES = frozenset(
    {
        Verb.RETURN_FOR_CHANGES,
        Verb.REQUEST_SUPPLEMENT,
        Verb.REQUEST_AGAIN,
        Verb.TRANSFER,
        Verb.ACCEPT,
        Verb.DEEM_ACCEPTED,
        Verb.DECLINE,
        Verb.SUSPEND,
        Verb.EXTEND,
        Verb.OPINE,
        Verb.CONCLUDE,
        Verb.PAUSE,
        Verb.EXAMINE,
        Verb.RETURN,
        Verb.GRANT,
        Verb.GRANT_PARTLY,
        Verb.GRANT_AT_ONCE,
        Verb.GRANT_BY_RULE,
        Verb.REFUSE,
        Verb.DELIVER,
        Verb.TERMINATE,
        Verb.REVOKE,
        Verb.CORRECT,
        Verb.ASK_REVIEW,
        Verb.REVIEW,
    }
)
DECISIONS = frozenset({"grant", "grant_partly", "grant_at_once", "grant_by_rule", "refuse", "decline"})
ASKING = frozenset({"return_for_changes", "request_supplement", "request_again"})
# Whose turn it is: nothing of ours may run while it is the applicant's, and nothing at all when it is over.
_HERS = EDITABLE
_DATED = ("act_by", "warn_on", "promised_on", "due_on")


def refused(before: Snapshot, after: Snapshot) -> int:
    """A refused or repeated act changed nothing, neither in the row nor in the ledger. How many invariants were looked at."""
    assert after.lasting() == before.lasting(), _differing(before, after)
    assert after.entries == []
    return 2


def _differing(before: Snapshot, after: Snapshot) -> str:
    names = ("row", "documents", "parts", "handed_in", "proposals", "check")
    return ", ".join(name for name in names if getattr(before, name) != getattr(after, name))


def moved(before: Snapshot, after: Snapshot, roles: frozenset[str]) -> int:
    """A move that was made stands in the table, was made by one who may, and left one entry and its document."""
    assert len(after.entries) == 1, [entry["act"] for entry in after.entries]
    entry = after.entries[0]
    verb, data = Verb(entry["act"].removeprefix("cases.")), entry["data"]
    move = find(before.state, verb, before.traits)
    assert move is not None, (before.state, verb)
    assert (data["from"], data["to"]) == (before.row["state"], after.row["state"])
    assert after.state is move.target
    assert move.by.value in roles, (verb, move.by, roles)
    assert after.row["version"] == before.row["version"] + 1
    _filed(before, after, verb, data)
    for name in _DATED:
        assert data.get(name) == after.row[name], name
    added = after.row["clock"][len(before.row["clock"]) :]
    assert after.row["clock"][: len(before.row["clock"])] == before.row["clock"]
    assert data.get("clock", []) == added
    if before.state is not State.DRAFT:
        assert after.row["number"] == before.row["number"]
        assert after.row["submitted_at"] == before.row["submitted_at"]
    if verb in (Verb.GRANT, Verb.GRANT_PARTLY, Verb.REFUSE):
        assert entry["actor"]["id"] != before.row["examiner_id"]
    return 10


def _filed(before: Snapshot, after: Snapshot, verb: Verb, data: dict[str, Any]) -> None:
    old = {document["id"] for document in before.documents}
    new = [document for document in after.documents if document["id"] not in old]
    assert [d for d in after.documents if d["id"] in old] == before.documents  # none was changed or lost
    assert len(new) == (1 if verb in FILES else 0), verb
    if new:
        assert data["document"] == new[0]["id"]
        assert data["digest"] == digest(new[0]["body"])
        assert new[0]["verb"] == (Verb.OPINE if verb is Verb.CONCLUDE else verb)
    else:
        assert "document" not in data


def aside(before: Snapshot, after: Snapshot, entries: int) -> int:
    """An act that is no move left the state, the clock, the documents and the departments as they were."""
    assert len(after.entries) == entries, [entry["act"] for entry in after.entries]
    for name in ("state", "number", "clock", *_DATED, "provisional", "accepted_at", "decided_at", "ended_at"):
        assert after.row[name] == before.row[name], name
    assert (after.documents, after.parts) == (before.documents, before.parts)
    return 3


def holds(case: Snapshot) -> int:
    """What holds of every case at every moment. How many invariants were looked at."""
    _dated(case)
    _one_turn(case)
    _asked(case)
    _counted(case)
    _joined(case)
    return 5


def _as_dates(row: dict[str, Any]) -> Dates:
    days = (None if row[name] is None else date.fromisoformat(row[name]) for name in _DATED)
    return Dates(*days, provisional=bool(row.get("provisional", False)))


@cache
def _calendar() -> Calendar:
    """The calendar of the whole run: nobody imports another one meanwhile."""
    return current()


def _dated(case: Snapshot) -> None:
    """Every date is the pure function of what happened, of the edition's limits and of the calendar."""
    assert _as_dates(case.row) == dates(case.clock, case.guide.limits, _calendar())
    accepted = any(event.what.value == "accepted" for event in case.clock)
    assert accepted == (case.row["accepted_at"] is not None) == (case.row["due_on"] is not None)
    for part in case.parts:
        due = part_dates(case.clock, part["key"], _calendar())
        told = (part["act_by"], part["warn_on"])
        assert told == tuple(None if day is None else day.isoformat() for day in (due.act_by, due.warn_on))


def _one_turn(case: Snapshot) -> None:
    """One clock at most runs: ours, or it is the applicant's turn, or it is over."""
    ours = case.row["act_by"] is not None
    turns = [ours, case.state in _HERS, case.state in OVER]
    assert sum(turns) == 1, (case.state, case.row["act_by"])
    assert (case.row["warn_on"] is not None) == ours
    assert (case.row["ended_at"] is not None) == (case.state in OVER)


def _asked(case: Snapshot) -> None:
    """Nothing is asked, taken in or handed in that the edition does not list."""
    fields, materials = set(case.guide.form.by_key()), {material.key for material in case.guide.materials}
    allowed = {f"field:{key}" for key in fields} | {f"material:{key}" for key in materials}
    for document in case.documents:
        if document["verb"] in ASKING:
            assert {demand["target"] for demand in document["body"]["demands"]} <= allowed
    assert case.row["form"].keys() <= fields
    assert {pair.split(" ")[0] for pair in case.handed_in} <= materials
    if case.state not in _HERS:
        assert case.row["form"].keys() <= case.guide.form.asked(case.row["form"]).keys()


def _counted(case: Snapshot) -> None:
    """Told once; a second time only with the answer of a superior; extended once; decided once."""
    filed = Counter(document["verb"] for document in case.documents)
    assert filed["request_supplement"] <= 1
    assert filed["extend"] <= 1
    assert filed["request_again"] <= filed["request_supplement"]
    assert sum(filed[verb] for verb in DECISIONS) <= 1
    approved = [proposal for proposal in case.proposals if proposal["approved"]]
    assert Counter(proposal["verb"] for proposal in approved) == Counter(
        {verb: filed[verb] for verb in ("request_again", "extend") if filed[verb]}
    )
    for document in case.documents:
        if document["verb"] in ("request_again", "extend"):
            assert document["body"]["proposed_by"] != document["by_id"]


def _joined(case: Snapshot) -> None:
    """Departments have their turns one way only, and a case that is examined has the opinion of each."""
    states = [part["state"] for part in case.parts]
    if case.guide.departments and case.row["accepted_at"] is not None and "at_once" not in _ways(case):
        assert [part["key"] for part in case.parts] == [one.key for one in case.guide.departments]
    if case.parts and case.state in (State.EXAMINED, State.GRANTED, State.MADE, State.CLOSED, State.REFUSED):
        assert set(states) == {"done"}
    if case.parts and case.state is State.ACCEPTED:
        assert {"open", "paused"} & set(states), states  # somebody has the turn
    if case.state in OVER:
        assert not {"waiting", "open", "paused"} & set(states), states
    after = {one.key: set(one.after) for one in case.guide.departments}
    begun = {event.part for event in case.clock if event.what.value == "opened"}
    done = {event.part for event in case.clock if event.what.value == "closed"}
    for key in begun:
        assert after[key] <= done


def _ways(case: Snapshot) -> set[str]:
    return {document["verb"].removeprefix("grant_") for document in case.documents}


def joins(entries: list[str]) -> None:
    """Over a whole life: the departments' opinions join once for each time that the case was set out or sent back."""
    assert entries.count("cases.conclude") <= 1 + entries.count("cases.return")
