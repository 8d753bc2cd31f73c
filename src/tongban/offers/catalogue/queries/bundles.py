"""Reads of bundles (一件事查询): what is offered where, by which organs, and the merged form."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from tongban.base.db import fetch_all
from tongban.base.errors import NotFound
from tongban.offers.catalogue.models import BundleEdition
from tongban.offers.catalogue.queries.guides import IN_FORCE, EditionView, edition, guide_of
from tongban.offers.catalogue.rules.bundles import Definition, Merged, merge
from tongban.people.places import queries as places
from tongban.people.places.queries import PlaceView
from tongban.standards import divisions
from tongban.standards.text import msg


@dataclass(frozen=True, slots=True)
class BundleView:
    """A published bundle (一件事视图)."""

    id: uuid.UUID
    number: int
    digest: str
    definition: Definition


def bundles() -> list[BundleView]:
    """The bundles in force (现行一件事), the last edition of each code, by name. One statement."""
    found = BundleEdition.objects.order_by("code", "-number").distinct("code")
    return sorted((_view(row) for row in found), key=lambda one: one.definition.name)


def bundle(code: str) -> BundleView:
    """The bundle in force under a code (取一件事); raises NotFound."""
    row = BundleEdition.objects.filter(code=code).order_by("-number").first()
    if row is None:
        raise NotFound("catalogue.bundle", msg("没有找到这个“一件事”，它可能已经取消。"))
    return _view(row)


def _view(row: BundleEdition) -> BundleView:
    return BundleView(row.id, row.number, row.digest, bundle_edition(row.id))


@lru_cache(maxsize=500)
def bundle_edition(edition_id: uuid.UUID) -> Definition:
    """What an edition of a bundle says (一件事版本内容); it never changes, so it is read once per process."""
    return Definition.model_validate(BundleEdition.objects.values_list("body", flat=True).get(pk=edition_id))


_OFFERS = f"""
    SELECT i.basic_id, i.place_id, e.id FROM edition e JOIN item i ON i.id = e.item_id
    WHERE i.basic_id = ANY(%s) AND (%s::text[] IS NULL OR i.place_id = ANY(%s)) AND {IN_FORCE} ORDER BY i.code
"""  # noqa: S608 -- constant text


def offer(definition: Definition, place: str, on: date) -> tuple[EditionView, ...]:
    """Who carries out its items for a place (一件事的办理机关): of each item the organ of the place, or of the nearest one above.

    In the order of the definition; empty where the place lies outside, or not all items are offered there. Two statements.
    """
    up = [step.code for step in places.path(place)]
    if definition.place not in up:
        return ()
    rows = fetch_all(_OFFERS, [[item.basic for item in definition.items], up, up, on, on])
    nearest: dict[str, tuple[int, uuid.UUID]] = {}
    for basic, at, edition_id in rows:
        step = up.index(at)
        if basic not in nearest or step > nearest[basic][0]:
            nearest[basic] = (step, edition_id)
    if len(nearest) < len(definition.items):
        return ()
    found = tuple(edition(nearest[item.basic][1]) for item in definition.items)
    return found if all(one.guide.channels.online != "none" for one in found) else ()


def places_of(definition: Definition, on: date) -> list[PlaceView]:
    """Places of its organs at which all its items can be asked for (开办地方), by code."""
    rows = fetch_all(_OFFERS, [[item.basic for item in definition.items], None, None, on, on])
    area = divisions.parse(definition.place).prefix
    named = sorted({at for _, at, _ in rows if at.startswith(area)})
    return [place for code in named if offer(definition, code, on) and (place := places.find(code))]


@lru_cache(maxsize=500)
def merged(bundle_id: uuid.UUID, editions: tuple[uuid.UUID, ...]) -> Merged:
    """The items' forms in one (合并表单), for an edition of a bundle and editions of its items, none of which ever changes."""
    return merge(bundle_edition(bundle_id), [guide_of(one) for one in editions])


def mentioning(basic: Collection[str]) -> Sequence[BundleView]:
    """Bundles that hold one of these basic items (含此事项的一件事)."""
    return [one for one in bundles() if any(item.basic in basic for item in one.definition.items)]
