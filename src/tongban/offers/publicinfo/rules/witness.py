"""What a document's editions must look like by its own acts (信息与账本对照): the ledger re-derived into the rows it has to match."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from tongban.offers.publicinfo.rules.documents import DocumentState, DocumentVerb


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
    def data(self) -> Mapping[str, Any]:
        """What."""
        ...


def expected(acts: Iterable[Recorded]) -> dict[int, dict[str, object]]:
    """Number of an edition -> the columns that its acts determine (应有内容)."""
    rows: dict[int, dict[str, object]] = {}
    for recorded in acts:
        verb, data, who = recorded.act.removeprefix("publicinfo."), recorded.data, recorded.actor.get("id")
        if verb in ("start", "redraft"):
            rows[data["number"]] = {
                "state": data["to"],
                "digest": data["digest"],
                "version": 1,
                "writers": [who] if who else [],
                "reviewer_id": None,
                "made_at": recorded.at,
                "published_at": None,
                "ended_at": None,
                "reason": "",
            }
            continue
        row = rows[data["number"]]
        row |= {"state": data["to"], "digest": data["digest"], "reason": data.get("reason", "")}
        row["version"] = int(str(row["version"])) + 1
        if verb == DocumentVerb.WRITE and who not in (writers := list(_list(row["writers"]))):
            row["writers"] = [*writers, who]
        if verb == DocumentVerb.WITHDRAW:
            row["ended_at"] = recorded.at
        if verb == DocumentVerb.APPROVE:
            row |= {"reviewer_id": who, "published_at": recorded.at}
            for number, earlier in rows.items():
                if number != data["number"] and earlier["state"] == DocumentState.PUBLISHED:
                    earlier |= {"state": DocumentState.REVISED.value, "ended_at": recorded.at}
    return rows


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
