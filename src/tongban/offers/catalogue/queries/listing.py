"""Lists of the public catalogue (公开目录列表): items, basic items and editions, page by page, as of a day."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tongban.base.actor import Actor
from tongban.base.db import fetch_all, fetch_one
from tongban.base.errors import NotFound
from tongban.offers.catalogue.models import BasicItem, Edition, Item
from tongban.offers.catalogue.queries.editing import ensure_may_compare
from tongban.offers.catalogue.queries.guides import IN_FORCE, PUBLIC, sound
from tongban.offers.catalogue.rules.editions import EditionState
from tongban.standards.text import msg


@dataclass(frozen=True, slots=True)
class Listed:
    """An item in force in a list (列表事项)."""

    code: str
    name: str
    basic_code: str
    item_type: str
    level: str
    organ_name: str
    organ_code: str
    place: str
    place_name: str
    number: int
    starts_on: date
    digest: str


_FILTERED = f"""
    FROM edition e JOIN item i ON i.id = e.item_id JOIN basic_item b ON b.code = i.basic_id
    JOIN organ o ON o.id = i.organ_id JOIN place p ON p.code = i.place_id
    WHERE {IN_FORCE} AND i.code > %s AND (%s = '' OR i.basic_id = %s) AND (%s = '' OR i.place_id = %s)
      AND (%s = '' OR o.credit_code = %s) AND (%s = '' OR b.item_type = %s)
"""
_LISTED = f"""
    SELECT i.code, e.name, i.basic_id, b.item_type, i.level, o.name, o.credit_code, p.code, p.name, e.number,
           e.starts_on, e.digest {_FILTERED} ORDER BY i.code LIMIT %s
"""
_STAMP = f"SELECT count(*), string_agg(i.code || e.digest, '' ORDER BY i.code) {_FILTERED}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the catalogue is wanted (筛选条件); empty texts ask nothing."""

    on: date
    after: str = ""
    basic: str = ""
    place: str = ""
    organ: str = ""
    item_type: str = ""

    def params(self) -> list[object]:
        """In the order of the statement (参数)."""
        twice = [one for one in (self.basic, self.place, self.organ, self.item_type) for _ in (1, 2)]
        return [self.on, self.on, self.after, *twice]


def listed(wanted: Wanted, limit: int) -> list[Listed]:
    """Items in force (事项列表), by code, those after ``wanted.after``: the last code of the page before."""
    return [Listed(*row) for row in fetch_all(_LISTED, [*wanted.params(), limit])]


def stamp(wanted: Wanted) -> str:
    """What the chosen part of the catalogue says, in one digest (目录指纹): another as soon as any item says something else."""
    row = fetch_one(_STAMP, wanted.params())
    return hashlib.sha256(f"{row[0]} {row[1]}".encode()).hexdigest() if row else ""


@dataclass(frozen=True, slots=True)
class PublicVersion:
    """A published edition among the others (公开版本行)."""

    number: int
    state: EditionState
    starts_on: date
    ends_on: date | None
    reason: str
    approver: str
    digest: str
    published_at: datetime


_HISTORY = "SELECT e.number, e.state, e.starts_on, e.ends_on, e.reason, e.approver, e.digest, e.published_at"
_OF_ITEM = f"{_HISTORY} FROM edition e JOIN item i ON i.id = e.item_id WHERE i.code = %s AND {PUBLIC} ORDER BY e.number DESC"
_OF_BASIC = f"{_HISTORY} FROM basic_edition e WHERE e.basic_id = %s AND {PUBLIC} ORDER BY e.number DESC"


def versions(item_code: str) -> list[PublicVersion]:
    """The published editions of an item (公开版本沿革), newest first. Raises NotFound where there is none."""
    found = _versions(_OF_ITEM, item_code)
    if not found:
        raise NotFound("catalogue.item", msg("没有找到这个事项，它可能已经取消，或者地址不完整。"))
    return found


def basic_versions(code: str) -> list[PublicVersion]:
    """The published editions of a basic item (基本目录版本沿革), newest first; none where it has no standard."""
    return _versions(_OF_BASIC, code)


def _versions(sql: str, code: str) -> list[PublicVersion]:
    rows: Sequence[Any] = fetch_all(sql, [sound(code)])
    return [PublicVersion(row[0], EditionState(row[1]), *row[2:]) for row in rows]


def version_id(item_code: str, number: int) -> uuid.UUID:
    """Id of the published edition with this number (按号取版本标识). Raises NotFound."""
    row = fetch_one(
        f"SELECT e.id FROM edition e JOIN item i ON i.id = e.item_id WHERE i.code = %s AND e.number = %s AND {PUBLIC}",  # noqa: S608 -- constant text
        [sound(item_code), number],
    )
    if row is None:
        raise NotFound("catalogue.edition", msg("没有这个事项版本。"))
    found: uuid.UUID = row[0]
    return found


@dataclass(frozen=True, slots=True)
class BasicLine:
    """A basic item in a list (基本目录行); ``items``: how many implementations of it are in force."""

    code: str
    name: str
    item_type: str
    department: str
    parent: str | None
    demonstration: bool
    items: int


_BASICS = f"""
    SELECT b.code, b.name, b.item_type, b.department, b.parent_id, b.demonstration,
           (SELECT count(*) FROM item i JOIN edition e ON e.item_id = i.id WHERE i.basic_id = b.code AND {IN_FORCE})
    FROM basic_item b WHERE b.code > %s AND (%s = '' OR b.item_type = %s) ORDER BY b.code LIMIT %s
"""  # noqa: S608 -- constant text


def basic_listed(on: date, *, after: str, item_type: str, limit: int) -> list[BasicLine]:
    """Basic items (基本目录列表), by code."""
    return [BasicLine(*row) for row in fetch_all(_BASICS, [on, on, after, item_type, item_type, limit])]


def basic_line(code: str) -> BasicLine:
    """One basic item (一个基本目录事项), its implementations not counted. Raises NotFound."""
    found = BasicItem.objects.filter(pk=sound(code)).first()
    if found is None:
        raise NotFound("catalogue.basic", msg("没有这个基本目录事项。"))
    return BasicLine(
        found.code,
        found.name,
        found.item_type,
        found.department,
        found.parent_id,
        found.demonstration,
        0,
    )


@dataclass(frozen=True, slots=True)
class DraftText:
    """An edition of one's own organ, pending ones too, as a program works on it (本机关版本文本)."""

    id: uuid.UUID
    item_code: str
    number: int
    state: EditionState
    starts_on: date | None
    ends_on: date | None
    reason: str
    remark: str
    approver: str
    digest: str
    body: dict[str, object]


def own_text(actor: Actor, edition_id: uuid.UUID) -> DraftText:
    """The text of an edition of one's own organ (本机关版本). Raises Forbidden for who edits nothing, NotFound for others'."""
    ensure_may_compare(actor)
    found = (
        Edition.objects.filter(pk=edition_id, item__organ_id__in=actor.organs_as("editor"))
        .select_related("item")
        .first()
    )
    if found is None:
        raise NotFound("catalogue.edition", msg("没有这个事项版本。"))
    return DraftText(
        found.id,
        found.item.code,
        found.number,
        EditionState(found.state),
        found.starts_on,
        found.ends_on,
        found.reason,
        found.remark,
        found.approver,
        found.digest,
        found.body,
    )


def item_id_of(actor: Actor, item_code: str) -> uuid.UUID:
    """Id of an item of one's own organ (本机关事项标识). Raises Forbidden, NotFound like :func:`own_text`."""
    ensure_may_compare(actor)
    items = Item.objects.filter(code=sound(item_code), organ_id__in=actor.organs_as("editor"))
    found = items.values_list("id", flat=True).first()
    if found is None:
        raise NotFound("catalogue.item", msg("没有这个事项。"))
    return found
