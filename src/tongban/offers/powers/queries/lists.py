"""Published lists (已公布的清单): whole as of a day, one entry's history, what differs between two days. Public.

Each question is one statement, whatever the size of the list.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tongban.base.db import fetch_all, fetch_one
from tongban.offers.catalogue.rules.elements import Row
from tongban.offers.powers.rules.adjustments import ChangeKind, Validity, validity_of
from tongban.offers.powers.rules.content import Content, Said, differing
from tongban.standards.item_codes import ItemType


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry in one of its editions (权责事项视图)."""

    basic: str
    number: int
    name: str
    item_type: ItemType
    content: Content
    digest: str
    starts_on: date
    ends_on: date | None

    @property
    def said(self) -> Said:
        """What it says (所载内容), for comparing."""
        return self.name, self.item_type.value, self.content

    def told(self) -> dict[str, object]:
        """As programs read it (机器可读形式)."""
        return {
            "basic": self.basic,
            "name": self.name,
            "item_type": self.item_type.value,
            **self.content.told(),
            "number": self.number,
            "digest": self.digest,
            "starts_on": self.starts_on.isoformat(),
            "ends_on": self.ends_on.isoformat() if self.ends_on else None,
        }


_COLUMNS = "en.basic_id, e.number, e.name, e.item_type, e.body, e.digest, e.starts_on, e.ends_on"
_FROM = "FROM power_entry en JOIN power_edition e ON e.entry_id = en.id"
_ON = "e.starts_on <= %s AND (e.ends_on IS NULL OR e.ends_on > %s)"


def _view(row: Sequence[Any]) -> EntryView:
    basic, number, name, item_type, body, digest, starts_on, ends_on = row
    return EntryView(
        basic,
        number,
        name,
        ItemType(item_type),
        Content.model_validate_json(body),
        digest,
        starts_on,
        ends_on,
    )


_LIST = f"SELECT {_COLUMNS} {_FROM} WHERE en.organ_id = %s AND {_ON} ORDER BY e.item_type, en.basic_id"
_ONE = f"SELECT {_COLUMNS} {_FROM} WHERE en.organ_id = %s AND en.basic_id = %s AND {_ON}"


def list_of(organ_id: uuid.UUID, on: date) -> list[EntryView]:
    """An organ's whole list as it stood on a day (某日清单), by type and code."""
    return [_view(row) for row in fetch_all(_LIST, [organ_id, on, on])]


def entry_of(organ_id: uuid.UUID, basic_code: str, on: date) -> EntryView | None:
    """The entry of a basic item in an organ's list on a day (权责事项), or None where the list does not have it then."""
    row = fetch_one(_ONE, [organ_id, basic_code, on, on])
    return None if row is None else _view(row)


@dataclass(frozen=True, slots=True)
class Line:
    """An entry in a list of names (清单行)."""

    basic: str
    name: str
    item_type: ItemType
    office: str
    starts_on: date


_LINES = f"""
    SELECT en.basic_id, e.name, e.item_type, e.body ->> 'office', e.starts_on {_FROM}
    WHERE en.organ_id = %s AND {_ON} AND (%s = '' OR e.item_type = %s) ORDER BY e.item_type, en.basic_id LIMIT %s OFFSET %s
"""


def lines(
    organ_id: uuid.UUID, on: date, *, kind: ItemType | None = None, page: int = 1, size: int = 100
) -> list[Line]:
    """One page of an organ's list on a day (清单分页), all types or one, without what the entries say."""
    given = kind.value if kind else ""
    found = fetch_all(_LINES, [organ_id, on, on, given, given, size, (page - 1) * size])
    return [
        Line(basic, name, ItemType(item_type), office, starts_on)
        for basic, name, item_type, office, starts_on in found
    ]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many entries of each type a list has (分类项数)."""

    by_type: dict[ItemType, int]

    @property
    def total(self) -> int:
        """All of them (总项数)."""
        return sum(self.by_type.values())


_COUNTS = f"SELECT e.item_type, count(*) {_FROM} WHERE en.organ_id = %s AND {_ON} GROUP BY 1 ORDER BY 1"


def counts(organ_id: uuid.UUID, on: date) -> Counted:
    """Entries by type on a day (分类项数)."""
    return Counted({ItemType(kind): number for kind, number in fetch_all(_COUNTS, [organ_id, on, on])})


# --- which lists there are ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OrganLists:
    """An organ, or a place, with how many organs and entries it has (清单目录)."""

    code: str
    name: str
    organs: int
    entries: int


_ORGANS = f"""
    SELECT o.credit_code, o.name, 1, count(e.id) {_FROM} JOIN organ o ON o.id = en.organ_id
    WHERE o.place_id = %s AND {_ON} GROUP BY o.credit_code, o.name ORDER BY o.name
"""
_PLACES = f"""
    SELECT p.code, p.name, count(DISTINCT en.organ_id), count(*) {_FROM}
    JOIN organ o ON o.id = en.organ_id JOIN place p ON p.code = o.place_id
    WHERE {_ON} GROUP BY p.code, p.name ORDER BY p.code
"""


def organs_of(place: str, on: date) -> list[OrganLists]:
    """Organs of a place that have a list on a day (某地有清单的机关), by name."""
    return [OrganLists(*row) for row in fetch_all(_ORGANS, [place, on, on])]


def places(on: date) -> list[OrganLists]:
    """Places whose organs have lists on a day (有清单的地方), by code."""
    return [OrganLists(*row) for row in fetch_all(_PLACES, [on, on])]


# --- what became of them -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of one entry between two days (对照结果). ``reason`` and ``basis``: why it was taken out, where it was."""

    basic: str
    kind: ChangeKind
    name: str
    item_type: ItemType
    rows: list[Row]
    reason: str
    basis: str


# Only what is not the same edition on both days is read.
_DIFFERENCE = f"""
    SELECT {_COLUMNS}, e.end_reason, e.end_basis, ({_ON}) AS before {_FROM}
    WHERE en.organ_id = %s AND ({_ON}) IS DISTINCT FROM ({_ON}) ORDER BY e.item_type, en.basic_id, e.starts_on
"""  # noqa: S608 -- constant text


def difference(organ_id: uuid.UUID, since: date, until: date) -> list[Difference]:
    """What differs between a list on two days (两日对照): added, changed, taken out; by type and code.

    An entry that says the same again on the later day is no difference, whatever happened to it between.
    """
    found: dict[str, dict[bool, tuple[EntryView, str, str]]] = {}
    for row in fetch_all(_DIFFERENCE, [since, since, organ_id, since, since, until, until]):
        view = _view(row[:8])
        found.setdefault(view.basic, {})[row[10]] = (view, row[8], row[9])
    told = []
    for basic, sides in found.items():
        old, new = sides.get(True), sides.get(False)
        shown = new or old
        if shown is None or (old and new and old[0].digest == new[0].digest):
            continue
        kind = ChangeKind.CHANGE if old and new else ChangeKind.ADD if new else ChangeKind.REMOVE
        told.append(
            Difference(
                basic,
                kind,
                shown[0].name,
                shown[0].item_type,
                differing(old[0].said if old else None, new[0].said if new else None),
                old[1] if old and new is None else "",
                old[2] if old and new is None else "",
            )
        )
    return told


@dataclass(frozen=True, slots=True)
class Past:
    """An edition in the history of an entry (事项沿革): what it changed, why, and how it ended."""

    entry: EntryView
    validity: Validity
    adjustment: int
    published_at: datetime
    reason: str
    basis: str
    removed: bool
    end_reason: str
    end_basis: str
    changes: list[Row]


_HISTORY = f"""
    SELECT {_COLUMNS}, a.number, a.published_at, a.reason, a.basis, e.removed, e.end_reason, e.end_basis {_FROM}
    JOIN power_adjustment a ON a.id = e.adjustment_id WHERE en.organ_id = %s AND en.basic_id = %s ORDER BY e.number
"""


def history(organ_id: uuid.UUID, basic_code: str, on: date) -> list[Past]:
    """All editions of an entry (事项沿革), newest first, as they stand on a day; empty where it never was in the list."""
    told: list[Past] = []
    before: EntryView | None = None
    for row in fetch_all(_HISTORY, [organ_id, basic_code]):
        entry = _view(row[:8])
        adjustment, published_at, reason, basis, removed, end_reason, end_basis = row[8:]
        # What came back after it had been taken out is compared with nothing.
        follows = before is not None and before.ends_on == entry.starts_on
        told.append(
            Past(
                entry,
                validity_of(entry.starts_on, entry.ends_on, removed, on),
                adjustment,
                published_at,
                reason,
                basis,
                removed,
                end_reason,
                end_basis,
                differing(before.said, entry.said) if before and follows else [],
            )
        )
        before = entry
    return told[::-1]


@dataclass(frozen=True, slots=True)
class Published:
    """A published adjustment (已公布的调整), in the history of a list."""

    number: int
    starts_on: date
    published_at: datetime
    reason: str
    basis: str
    imported: bool
    added: int
    changed: int
    removed: int
    digest: str


_PUBLISHED = """
    SELECT number, starts_on, published_at, reason, basis, imported, added, changed, removed, digest
    FROM power_adjustment WHERE organ_id = %s AND state = 'published' ORDER BY starts_on DESC, number DESC LIMIT %s
"""


def published(organ_id: uuid.UUID, limit: int = 100) -> list[Published]:
    """What adjusted a list (清单沿革), by the first day, newest first."""
    return [Published(*row) for row in fetch_all(_PUBLISHED, [organ_id, limit])]
