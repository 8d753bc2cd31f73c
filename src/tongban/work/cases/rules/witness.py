"""What a case must look like by its own acts (办件与账本对照): the ledger re-derived into the row it has to match."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from tongban.standards.canonical import digest
from tongban.work.cases.rules.clock import events_of
from tongban.work.cases.rules.moves import MOVES, State, Verb


class Recorded(Protocol):
    """An act as the ledger tells it (账本行为)."""

    @property
    def act(self) -> str:
        """Name of the act."""
        ...

    @property
    def at(self) -> datetime:
        """When."""
        ...

    @property
    def actor(self) -> Mapping[str, str]:
        """Who."""
        ...

    @property
    def data(self) -> Mapping[str, object]:
        """What."""
        ...


_STAMPS: Mapping[Verb, tuple[str, ...]] = {
    Verb.SUBMIT: ("submitted_at",),
    Verb.GRANT: ("decided_at",),
    Verb.GRANT_PARTLY: ("decided_at",),
    Verb.GRANT_AT_ONCE: ("decided_at",),
    Verb.GRANT_BY_RULE: ("decided_at",),
    Verb.REFUSE: ("decided_at", "ended_at"),
    Verb.DECLINE: ("ended_at",),
    Verb.WITHDRAW: ("ended_at",),
    Verb.TERMINATE: ("ended_at",),
    Verb.DELIVER: ("ended_at",),
    Verb.CLOSE: ("ended_at",),
}
_DATES = ("act_by", "warn_on", "promised_on", "due_on")
# Acts that are no moves of the table: who handles it, and what changes its edition or its dates.
_HANDLING = frozenset({"claim", "put_back", "hand_over"})
_REDATING = frozenset({"recompute", "migrate", "upgrade"})


def expected(acts: Iterable[Recorded]) -> dict[str, object]:
    """Columns of the case that its acts determine (应有内容), by name.

    ``form`` (a digest), ``kept`` (another) and ``handed_in`` are there only while nobody may change them, that is outside draft
    and supplement.
    """
    row: dict[str, object] = dict.fromkeys(
        (
            "submitted_at",
            "accepted_at",
            "decided_at",
            "ended_at",
            "examiner_id",
            "number",
            "later_by",
            "handler_id",
        )
    )
    clock: list[object] = []
    for recorded in acts:
        verb, data = recorded.act.removeprefix("cases."), recorded.data
        if verb == "start":
            row |= _started(recorded)
        elif verb in _HANDLING:
            row["handler_id"] = data["handler"]
        elif verb in _REDATING:
            row |= {name: data.get(name) for name in _DATES} | {"provisional": data.get("provisional", False)}
            row |= {name: data[name] for name in _TOLD_BY_REDATING if name in data}
        elif verb in _VERBS:
            row |= _moved(Verb(verb), recorded, row)
            clock += _added(Verb(verb), recorded)
    if row.get("state") == State.DRAFT:  # what is chosen in a draft enters the ledger when it is submitted
        row.pop("committed", None)
        row.pop("delivery", None)
    if row.get("state") in (State.DRAFT, State.SUPPLEMENT, State.RETURNED):
        for name in ("form", "kept", "handed_in"):
            row.pop(name, None)
    return row | {"clock": clock}


def _added(verb: Verb, recorded: Recorded) -> list[object]:
    """What a move added to the clock: as it tells, or, of an act from before the clock was kept, as the table has it."""
    told = recorded.data.get("clock")
    if isinstance(told, list):
        return told
    move = next((move for move in MOVES if move.source == recorded.data["from"] and move.verb is verb), None)
    day = recorded.at.astimezone(_CHINA).date()
    return [] if move is None else [event.kept() for event in events_of(move.clock, day)]


_CHINA = ZoneInfo("Asia/Shanghai")
_VERBS = frozenset(verb.value for verb in Verb)


def _started(recorded: Recorded) -> dict[str, object]:
    data = recorded.data
    return {
        "state": State.DRAFT.value,
        "started_at": recorded.at,
        "account_id": recorded.actor.get("id"),
        "edition_id": data["edition"],
        "party_id": data["party"],
        "organ_id": data["organ"],
        "counter_id": data.get("counter"),
        "bundle_id": data.get("bundle"),
        **({"place": data["place"]} if "place" in data else {}),
        "kept": _NOTHING,
        **dict.fromkeys(_DATES),
        "provisional": False,
    }


_NOTHING = digest({})


def _moved(verb: Verb, recorded: Recorded, row: Mapping[str, object]) -> dict[str, object]:
    """What a move of the table leaves in the row."""
    data = recorded.data
    found: dict[str, object] = {"state": data["to"], "number": data["number"]}
    found |= {"provisional": data.get("provisional", False)} | {name: data.get(name) for name in _DATES}
    found |= dict.fromkeys(_STAMPS.get(verb, ()), recorded.at)
    found |= {name: data[name] for name in _TOLD_BY_MOVES if name in data}
    if data["from"] != data["to"] or verb is Verb.TRANSFER:
        found["handler_id"] = None
    if verb is Verb.SUBMIT:
        found |= {"committed": data.get("committed"), "delivery": data.get("delivery", {})}
    if verb is Verb.EXAMINE:
        found["examiner_id"] = recorded.actor.get("id")
    return found


# What a move tells of columns that neither its verb nor its moment determines.
_TOLD_BY_MOVES = (
    "accepted_at",
    "later_by",
    "examiner_id",
    "edition_id",
    "organ_id",
    "place",
    "form",
    "kept",
    "handed_in",
    "committed",
    "delivery",
)
_TOLD_BY_REDATING = ("edition_id", "form", "kept", "later_by")


def differing(wanted: Mapping[str, object], found: Mapping[str, object]) -> list[str]:
    """Names of the columns in which ``found`` is not what the ledger says (不符之处)."""
    return [name for name, value in wanted.items() if _plain(found[name]) != _plain(value)]


def _plain(value: object) -> object:
    """One spelling for a moment, a day and an id, whether they come from a column or from the ledger's text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value if value is None or isinstance(value, bool) else str(value)
