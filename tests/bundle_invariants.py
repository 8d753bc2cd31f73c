"""What must hold of a bundle after every act (一件事不变量): its cases and its own stream agree, and are all submitted or none."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests import case_invariants as hold
from tests.case_invariants import Snapshot

from tongban.base.db import fetch_one
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.rules.bundles import Merged
from tongban.work.cases.rules.moves import State, Verb, find

_SNAPSHOT = """
    SELECT (SELECT row_to_json(b) FROM case_bundle b WHERE b.id = %s),
           (SELECT json_agg(c.id ORDER BY c.id) FROM case_file c WHERE c.bundle_id = %s),
           (SELECT json_agg(e.body ORDER BY e.seq) FROM ledger_entry e
             WHERE e.stream = 'bundle:' || %s::uuid AND e.seq > %s)
"""
_GONE = """
    SELECT (SELECT count(*) FROM case_file WHERE id = ANY(%s)) + (SELECT count(*) FROM case_attachment WHERE case_id = ANY(%s)),
           (SELECT json_agg(e.body ORDER BY e.stream) FROM ledger_entry e WHERE e.stream = ANY(%s) AND e.seq > 1)
"""


@dataclass(frozen=True)
class Whole:
    """A bundle as the database has it (快照), with its cases in the order of its definition."""

    row: dict[str, Any]
    entries: list[dict[str, Any]]
    members: tuple[Snapshot, ...]

    @property
    def merged(self) -> Merged:
        """The items of its cases asked as one."""
        editions = tuple(uuid.UUID(case.row["edition_id"]) for case in self.members)
        return catalogue.merged(uuid.UUID(self.row["edition_id"]), editions)


def snapshot(bundle_id: uuid.UUID, seen: int, members: Sequence[tuple[uuid.UUID, int]]) -> Whole:
    """The bundle now with its ledger from the ``seen``-th entry on, and each case (id, how many entries were seen)."""
    row, cases, entries = _told(fetch_one(_SNAPSHOT, [bundle_id, bundle_id, bundle_id, seen]))
    assert row is not None, "a bundle is gone"
    assert cases == sorted(str(case_id) for case_id, _ in members), "not the cases that it was begun with"
    found = tuple(hold.snapshot(case_id, of_case) for case_id, of_case in members)
    return Whole(row, [json.loads(entry) for entry in entries or []], found)


def _told(found: Sequence[Any] | None) -> list[Any]:
    assert found is not None
    return [json.loads(part) if isinstance(part, str) else part for part in found]


def refused(before: Whole, after: Whole) -> int:
    """A refused or repeated act changed neither the bundle nor any case of it."""
    assert after.row == before.row
    assert after.entries == []
    return 2 + sum(hold.refused(*pair) for pair in zip(before.members, after.members, strict=True))


def drafted(before: Whole, after: Whole) -> int:
    """Filling in writes no entry, moves no case, and makes the page of before a stale one exactly where something changed."""
    assert after.entries == []
    checked = sum(hold.aside(*pair, 0) for pair in zip(before.members, after.members, strict=True))
    changed = any(
        (then.row["form"], then.handed_in, then.row["edition_id"])
        != (now.row["form"], now.handed_in, now.row["edition_id"])
        for then, now in zip(before.members, after.members, strict=True)
    )
    assert after.row == before.row | {"version": before.row["version"] + changed}
    return checked + 2


def submitted(before: Whole, after: Whole, roles: frozenset[str]) -> int:
    """All moved as they would alone, each with a number of its own, and one entry of the bundle names them all."""
    assert [entry["act"] for entry in after.entries] == ["bundles.submit"]
    checked = 0
    for then, now in zip(before.members, after.members, strict=True):
        checked += hold.moved(then, now, roles)
        assert now.entries[0]["act"] == "cases.submit"
    numbers = [now.row["number"] for now in after.members]
    assert len(set(numbers)) == len(numbers)
    told = after.entries[0]["data"]
    assert told["cases"] == [{"case": now.row["id"], "number": now.row["number"]} for now in after.members]
    assert told["number"] == after.row["number"]
    assert after.row["version"] == before.row["version"] + 1
    return checked + 4


def withdrawn(before: Whole, after: Whole, roles: frozenset[str]) -> int:
    """Withdrawn is what could be, and nothing else was touched."""
    assert [entry["act"] for entry in after.entries] == ["bundles.withdraw"]
    checked, moved = 0, []
    for then, now in zip(before.members, after.members, strict=True):
        if find(then.state, Verb.WITHDRAW, then.traits) is None:
            checked += hold.refused(then, now)
            continue
        moved.append(now.row["id"])
        checked += hold.moved(then, now, roles)
        assert now.state is State.WITHDRAWN
    assert moved
    assert after.entries[0]["data"]["cases"] == moved
    assert after.row == before.row | {"version": before.row["version"] + 1}
    return checked + 3


def discarded(before: Whole, seen: int) -> int:
    """Nothing is left of thrown away drafts but one entry each that says so. Submitted ones are never thrown away."""
    assert {case.state for case in before.members} == {State.DRAFT}
    id_, ids = before.row["id"], [case.row["id"] for case in before.members]
    row, cases, entries = _told(fetch_one(_SNAPSHOT, [id_, id_, id_, seen]))
    assert (row, cases) == (None, None)
    assert [json.loads(entry)["act"] for entry in entries] == ["bundles.discard"]
    left, told = _told(fetch_one(_GONE, [ids, ids, [f"case:{id_}" for id_ in ids]]))
    assert left == 0
    assert [json.loads(entry)["act"] for entry in told] == ["cases.discard"] * len(ids)
    return 5


def holds(bundle: Whole) -> int:
    """What holds of every bundle at every moment."""
    sent = bundle.row["number"] is not None
    for case in bundle.members:
        assert (case.row["number"] is not None) == sent
        assert case.row["submitted_at"] == bundle.row["submitted_at"]
        assert (case.state is not State.DRAFT) == sent
        assert case.row["party_id"] == bundle.row["party_id"]
    if not sent:
        _shared(bundle)
    return 4


def _shared(bundle: Whole) -> None:
    """One answer stands in every item that asks it, and one material lies in every item that wants it."""
    merged, forms = bundle.merged, [case.row["form"] for case in bundle.members]
    for fact in merged.facts.values():
        answers = [forms[place].get(key) for place, key in fact.asked.items()]
        assert all(answer == answers[0] for answer in answers), (fact.key, answers)
    there = [{tuple(pair.split(" ")) for pair in case.handed_in} for case in bundle.members]
    for paper in merged.papers_for(forms):
        lie = [
            {material for key, material in there[place] if key == own} for place, own in paper.wanted.items()
        ]
        assert all(one == lie[0] for one in lie), (paper.key, lie)
