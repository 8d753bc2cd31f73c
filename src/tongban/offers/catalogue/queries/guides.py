"""Guides and editions in force (指南与现行版本): what a day, an item or an id names."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from tongban.base.db import fetch_all, fetch_one
from tongban.base.errors import NotFound
from tongban.offers.catalogue.models import Alias, Edition, Item
from tongban.offers.catalogue.rules.editions import PENDING
from tongban.offers.catalogue.rules.guide import CaseKind, Guide
from tongban.standards.codes import BadCode
from tongban.standards.item_codes import OldCode
from tongban.standards.text import msg


def sound(text: str) -> str:
    """``text`` (可查文字) without what PostgreSQL cannot be asked for: NUL and lone surrogates. Nothing stored holds them."""
    return text.encode(errors="ignore").decode().replace("\0", " ")


@dataclass(frozen=True, slots=True)
class EditionView:
    """An edition with the item, organ and place that it belongs to (版本视图)."""

    id: uuid.UUID
    number: int
    item_id: uuid.UUID
    item_code: str
    basic_code: str
    item_type: str
    level: str
    organ_id: uuid.UUID
    organ_name: str
    organ_code: str
    place: str
    place_name: str
    starts_on: date
    ends_on: date | None
    digest: str
    guide: Guide


@lru_cache(maxsize=5_000)
def _guide(edition_id: uuid.UUID) -> Guide:
    """A published edition never changes, so its guide is read once per process and never dropped for being stale."""
    body = (
        Edition.objects.exclude(state__in=PENDING)
        .filter(pk=edition_id)
        .values_list("body", flat=True)
        .first()
    )
    if body is None:
        raise NotFound("catalogue.edition", msg("没有这个事项版本。"))
    return Guide.model_validate(body)


def body_of(edition_id: uuid.UUID) -> dict[str, object]:
    """The published body of an edition (版本原文), the very value whose digest the edition bears. One statement."""
    found: dict[str, object] = Edition.objects.values_list("body", flat=True).get(pk=edition_id)
    return found


def guide_of(edition_id: uuid.UUID) -> Guide:
    """The guide (办事指南) of a published edition; no statement when it was read before."""
    return _guide(edition_id)


_VIEW = """
    SELECT e.id, e.number, i.id, i.code, i.basic_id, b.item_type, i.level, o.id, o.name, o.credit_code,
           p.code, p.name, e.starts_on, e.ends_on, e.digest
    FROM edition e JOIN item i ON i.id = e.item_id JOIN basic_item b ON b.code = i.basic_id
    JOIN organ o ON o.id = i.organ_id JOIN place p ON p.code = i.place_id
"""
PUBLIC = "e.state IN ('published', 'superseded', 'retired')"
IN_FORCE = f"{PUBLIC} AND e.starts_on <= %s AND (e.ends_on IS NULL OR e.ends_on > %s)"


@lru_cache(maxsize=5_000)
def _view(edition_id: uuid.UUID) -> EditionView:
    row = fetch_one(f"{_VIEW} WHERE e.id = %s AND {PUBLIC}", [edition_id])
    if row is None:
        raise NotFound("catalogue.edition", msg("没有这个事项版本。"))
    return EditionView(*(*row, _guide(edition_id)))


def edition(edition_id: uuid.UUID) -> EditionView:
    """A published edition by its id (按标识取版本), from this process's memory after the first time.

    Its end may be set after it was read: callers that need to know what is in force ask :func:`in_force`.
    """
    return _view(edition_id)


def in_force(item_code: str, on: date) -> EditionView:
    """The edition of an item in force on a day (现行版本). One small statement; raises NotFound."""
    found = in_force_id(item_code, on)
    if found is None:
        raise NotFound("catalogue.item", msg("没有找到这个事项，它可能已经取消，或者地址不完整。"))
    return _view(found)


_IN_FORCE_ID = f"SELECT e.id FROM edition e JOIN item i ON i.id = e.item_id WHERE i.code = %s AND {IN_FORCE}"  # noqa: S608 -- constant text


def in_force_id(item_code: str, on: date) -> uuid.UUID | None:
    """Id of the edition of an item in force on a day (现行版本标识), or None."""
    if sound(item_code) != item_code:
        return None
    row = fetch_one(_IN_FORCE_ID, [item_code, on, on])
    return None if row is None else row[0]


_OFFERING = f"SELECT e.id FROM edition e JOIN item i ON i.id = e.item_id WHERE i.basic_id = %s AND {IN_FORCE} ORDER BY i.code"  # noqa: S608 -- constant text


def offering(basic_code: str, on: date) -> list[EditionView]:
    """The editions in force on a day of all organs that carry a basic item out (各地现行版本), by item code."""
    if sound(basic_code) != basic_code:
        return []
    return [_view(row[0]) for row in fetch_all(_OFFERING, [basic_code, on, on])]


def carried_out_elsewhere(basic_code: str, organ_id: uuid.UUID) -> bool:
    """Whether another organ carries a basic item out (别处有没有这个事项), with an edition in whatever state."""
    return Item.objects.filter(basic=basic_code).exclude(organ_id=organ_id).exists()


def item_of_code(item_code: str) -> uuid.UUID | None:
    """The item of a code (按编码取事项标识), in force or not; or None."""
    if sound(item_code) != item_code:
        return None
    return Item.objects.filter(code=item_code).values_list("id", flat=True).first()


def code_of_alias(text: str) -> str | None:
    """The present code (31, 33, or 12, 14 of a basic item) of what an old code means (旧编码所指), or None."""
    try:
        old = str(OldCode.parse(text))
    except BadCode:
        return None
    found = Alias.objects.filter(pk=old).values_list("item__code", "basic_id").first()
    return None if found is None else found[0] or found[1]


def with_edition(codes: Collection[str]) -> set[str]:
    """Those of these item codes that have an edition (已有版本的事项), in whatever state."""
    return set(Edition.objects.filter(item__code__in=codes).values_list("item__code", flat=True))


def codes_of(organs: Collection[uuid.UUID]) -> list[str]:
    """Item codes of these organs (机关的事项编码)."""
    return list(Item.objects.filter(organ_id__in=organs).values_list("code", flat=True))


def editions_named(organs: Collection[uuid.UUID], text: str) -> list[uuid.UUID]:
    """Editions of these organs with ``text`` in their name (按名称查版本), old ones too: cases stand on them."""
    if sound(text) != text:
        return []
    found = Edition.objects.filter(item__organ_id__in=organs, name__contains=text)
    return list(found.values_list("id", flat=True))


def instant_editions(organs: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """Editions of these organs that promise a decision on the spot (即办件版本), old ones too: cases stand on them."""
    found = Edition.objects.filter(item__organ_id__in=organs, body__case_kind=CaseKind.INSTANT.value)
    return list(found.exclude(state__in=PENDING).values_list("id", flat=True))
