"""Lists against the ledger (清单对账): what was published must still be what is there, whoever touched the tables since."""

import json
import uuid
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from tongban.base.batches import batched
from tongban.base.db import fetch_all
from tongban.base.ledger import queries as ledger
from tongban.base.ledger.rules import Finding
from tongban.offers.powers.models import Adjustment
from tongban.offers.powers.rules.content import content_digest
from tongban.standards.canonical import digest

_CHUNK = 50  # organs at a time
PUBLISHING = ("powers.approve", "powers.adjust")

Begun = tuple[str, int, str]  # code, number, digest
Ended = tuple[str, int, bool, str, str]  # code, number, removed, reason, basis


def publication_digest(
    *,
    organ_id: uuid.UUID,
    number: int,
    starts_on: date,
    reason: str,
    basis: str,
    begun: Iterable[Begun],
    ended: Iterable[Ended],
) -> str:
    """Digest over everything that an adjustment did to a list (公布内容摘要), as the ledger keeps it."""
    return digest(
        {
            "organ": str(organ_id),
            "number": number,
            "starts_on": starts_on.isoformat(),
            "reason": reason,
            "basis": basis,
            "begun": [list(one) for one in sorted(begun)],
            "ended": [list(one) for one in sorted(ended)],
        }
    )


_BEGUN = """
    SELECT e.adjustment_id, en.basic_id, e.number, e.name, e.item_type, e.body, e.digest, e.starts_on, a.starts_on
    FROM power_edition e JOIN power_entry en ON en.id = e.entry_id JOIN power_adjustment a ON a.id = e.adjustment_id
    WHERE a.organ_id = ANY(%s)
"""
_ENDED = """
    SELECT e.ended_by_id, en.basic_id, e.number, e.removed, e.end_reason, e.end_basis, e.ends_on, a.starts_on
    FROM power_edition e JOIN power_entry en ON en.id = e.entry_id JOIN power_adjustment a ON a.id = e.ended_by_id
    WHERE a.organ_id = ANY(%s)
"""


def against_ledger() -> Iterator[Finding]:
    """Hold every published list against the ledger (清单对账): each wording, each day, each removal."""
    told_organs = (stream.removeprefix("powers:") for stream in ledger.streams("powers"))
    organs = dict.fromkeys([*told_organs, *map(str, _organs())])
    for batch in batched(organs, _CHUNK):
        yield from _of_organs([uuid.UUID(organ) for organ in batch])


def _organs() -> Iterator[uuid.UUID]:
    found = (
        Adjustment.objects.filter(state="published")
        .order_by("power_list")
        .values_list("power_list", flat=True)
    )
    yield from found.distinct().iterator(5_000)


def _of_organs(organs: list[uuid.UUID]) -> Iterator[Finding]:
    begun, ended = _grouped(fetch_all(_BEGUN, [organs])), _grouped(fetch_all(_ENDED, [organs]))
    told = ledger.acts_of_many([f"powers:{organ}" for organ in organs])
    acts = {
        str(act.data["adjustment"]): act.data
        for found in told.values()
        for act in found
        if act.act in PUBLISHING
    }
    for row in Adjustment.objects.filter(power_list__in=organs, state="published").order_by(
        "power_list", "number"
    ):
        name, data = f"power_adjustment({row.id})", acts.pop(str(row.id), None)
        if data is None:
            yield Finding(name, "not in the ledger: nobody published it")
            continue
        new, old = begun.pop(row.id, []), ended.pop(row.id, [])
        for code, number, title, kind, body, digest_, starts_on, expected in new:
            same = content_digest(code, title, kind, json.loads(body)) == digest_
            if not same or starts_on != expected:
                yield Finding(
                    f"power_edition({row.power_list_id}, {code}, {number})", "changed: not what was published"
                )
        if any(ends_on != expected for *_, ends_on, expected in old):
            yield Finding(name, "changed: an edition does not end when it did")
        made = publication_digest(
            organ_id=row.power_list_id,
            number=row.number,
            starts_on=row.starts_on,
            reason=row.reason,
            basis=row.basis,
            begun=[(code, number, digest_) for code, number, _, _, _, digest_, *_ in new],
            ended=[(code, number, gone, why, basis) for code, number, gone, why, basis, *_ in old],
        )
        if made != data["publication"]:
            yield Finding(name, "changed: what it did to the list is not what the ledger says")
    yield from (Finding(f"power_adjustment({gone})", "missing: recorded in the ledger") for gone in acts)
    for left in {**begun, **ended}:
        yield Finding(f"power_adjustment({left})", "changed: editions of an adjustment that is not published")


def _grouped(rows: list[tuple[Any, ...]]) -> dict[uuid.UUID, list[tuple[Any, ...]]]:
    found: dict[uuid.UUID, list[tuple[Any, ...]]] = {}
    for adjustment, *more in rows:
        found.setdefault(adjustment, []).append(tuple(more))
    return found
