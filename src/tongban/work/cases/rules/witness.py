"""What a case must look like by its own acts (办件与账本对照): the ledger re-derived into the row it has to match."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Protocol

from tongban.work.cases.rules.moves import State, Verb


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


_STAMPS = {
    Verb.SUBMIT: ("submitted_at",),
    Verb.ACCEPT: ("accepted_at",),
    Verb.GRANT: ("decided_at",),
    Verb.REFUSE: ("decided_at", "ended_at"),
    Verb.DECLINE: ("ended_at",),
    Verb.WITHDRAW: ("ended_at",),
    Verb.CLOSE: ("ended_at",),
}
_DATES = ("act_by", "warn_on", "promised_on", "due_on")


def expected(acts: Iterable[Recorded]) -> dict[str, object]:
    """Columns of the case that its acts determine (应有内容), by name.

    ``form`` (a digest) and ``handed_in`` are there only while nobody may change them, that is outside draft and supplement.
    """
    row: dict[str, object] = dict.fromkeys(
        ("submitted_at", "accepted_at", "decided_at", "ended_at", "examiner_id", "number")
    )
    for recorded in acts:
        verb, data = recorded.act.removeprefix("cases."), recorded.data
        if verb == "start":
            row |= {
                "state": State.DRAFT.value,
                "started_at": recorded.at,
                "account_id": recorded.actor.get("id"),
            }
            row |= {"edition_id": data["edition"], "party_id": data["party"], "organ_id": data["organ"]}
            row |= {**dict.fromkeys(_DATES), "provisional": False}
            continue
        row |= {"state": data["to"], "number": data["number"], "provisional": data.get("provisional", False)}
        row |= {name: data.get(name) for name in _DATES}
        row |= dict.fromkeys(_STAMPS.get(Verb(verb), ()), recorded.at)
        if verb in (Verb.SUBMIT, Verb.RESUBMIT):
            row |= {"form": data["form"], "handed_in": data["handed_in"]}
        if verb == Verb.EXAMINE:
            row["examiner_id"] = recorded.actor.get("id")
    if row.get("state") in (State.DRAFT, State.SUPPLEMENT):
        row.pop("form", None)
        row.pop("handed_in", None)
    return row


def differing(wanted: Mapping[str, object], found: Mapping[str, object]) -> list[str]:
    """Names of the columns in which ``found`` is not what the ledger says (不符之处)."""
    return [name for name, value in wanted.items() if _plain(found[name]) != _plain(value)]


def _plain(value: object) -> object:
    """One spelling for a moment, a day and an id, whether they come from a column or from the ledger's text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [str(part) for part in value]
    return value if value is None or isinstance(value, bool) else str(value)
