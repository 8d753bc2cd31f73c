"""The province's desk (基本目录办理): basic items with their editions, and whom a change of the standard would touch."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from pydantic import ValidationError

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, NotFound
from tongban.offers.catalogue.access import may_edit_basic
from tongban.offers.catalogue.models import BasicEdition, BasicItem, Edition, Item
from tongban.offers.catalogue.queries.basic import impact, latest_guides, since
from tongban.offers.catalogue.queries.drafting import ensure_may_edit_basic
from tongban.offers.catalogue.queries.editing import Past, ensure_may_compare
from tongban.offers.catalogue.queries.guides import sound
from tongban.offers.catalogue.rules.drafts import sketch
from tongban.offers.catalogue.rules.editions import PENDING, EditionState, validity_of
from tongban.offers.catalogue.rules.elements import Row, differences
from tongban.offers.catalogue.rules.guide import Element, Guide, Terms
from tongban.offers.catalogue.rules.narrowing import Violation
from tongban.standards.text import msg


@dataclass(frozen=True, slots=True)
class BasicRow:
    """A basic item in a list (基本目录事项行): how many carry it out, its standard in force, and what is pending."""

    code: str
    name: str
    item_type: str
    department: str
    parent: str | None
    items: int
    standard_id: uuid.UUID | None
    pending: int


def basics(
    actor: Actor, on: date, *, text: str = "", only: str = "", page: int = 1, size: int = 50
) -> tuple[list[BasicRow], int]:
    """(basic items by code, how many): one page (基本目录清单), for editors. ``only``: ``standard``, ``none`` or ``pending``."""
    ensure_may_compare(actor)
    found: QuerySet[BasicItem] = BasicItem.objects.all()
    if text:
        found = found.filter(Q(code__startswith=sound(text).upper()) | Q(name__contains=sound(text)))
    editions = BasicEdition.objects.filter(basic=OuterRef("pk"))
    standing = editions.filter(since(on), starts_on__lte=on)
    if only == "standard":
        found = found.filter(Exists(standing))
    elif only == "none":
        found = found.filter(~Exists(standing))
    elif only == "pending":
        found = found.filter(Exists(editions.filter(state__in=PENDING)))
    rows = list(found.order_by("code").annotate(carried=Count("items"))[(page - 1) * size : page * size])
    codes = [row.code for row in rows]
    listed = BasicEdition.objects.filter(basic__in=codes)
    now = dict(listed.filter(since(on), starts_on__lte=on).values_list("basic", "id"))
    waiting = dict(
        listed.filter(state__in=PENDING)
        .values("basic")
        .annotate(count=Count("id"))
        .values_list("basic", "count")
    )
    return [
        BasicRow(
            row.code,
            row.name,
            row.item_type,
            row.department,
            row.parent_id,
            row.carried,
            now.get(row.code),
            waiting.get(row.code, 0),
        )
        for row in rows
    ], found.count()


def basic_history(actor: Actor, code: str, on: date) -> tuple[BasicRow, list[Past]]:
    """A basic item and its editions as they stand on a day, the newest first (基本目录版本沿革). Drafts for its editors only."""
    ensure_may_compare(actor)
    row = BasicItem.objects.annotate(carried=Count("items")).filter(pk=sound(code)).first()
    if row is None:
        raise NotFound("catalogue.basic", msg("没有这个基本目录事项。"))
    told: list[Past] = []
    before: Element | None = None
    standing, pending = None, 0
    editions = row.editions.all() if may_edit_basic(actor)[0] else row.editions.exclude(state__in=PENDING)
    for edition in editions.order_by("number"):
        terms: Element = sketch(Terms, edition.body)
        validity = validity_of(EditionState(edition.state), edition.starts_on, edition.ends_on, on)
        standing = edition.id if validity == "in_force" else standing
        pending += edition.state in PENDING
        told.append(
            Past(
                edition.id,
                edition.number,
                validity,
                edition.starts_on,
                edition.ends_on,
                edition.reason,
                differences(before, terms) if before else [],
            )
        )
        before = terms
    named = BasicRow(
        row.code, row.name, row.item_type, row.department, row.parent_id, row.carried, standing, pending
    )
    return named, told[::-1]


@dataclass(frozen=True, slots=True)
class Touched:
    """An implementation that a changed standard would break (受影响的实施清单), the draft proposed for it, and what that changes."""

    item_id: uuid.UUID
    code: str
    organ_name: str
    place: str
    place_name: str
    broken: tuple[Violation, ...]
    draft_id: uuid.UUID | None
    changes: tuple[Row, ...]


def touched(actor: Actor, edition_id: uuid.UUID, on: date) -> list[Touched]:
    """Every implementation that this standard would break if it began on a day (影响范围), by place.

    Raises Conflict while the standard is incomplete: nobody can tell yet.
    """
    ensure_may_edit_basic(actor)
    edition = BasicEdition.objects.filter(pk=edition_id).first()
    if edition is None:
        raise NotFound("catalogue.edition", msg("没有这个事项版本。"))
    try:
        Terms.model_validate(edition.body)
    except ValidationError as error:
        raise Conflict(
            "catalogue.incomplete", msg("标准还没有写全，或者有填错的地方，先改好再看影响范围。")
        ) from error
    broken = dict(impact(edition_id, on))
    drafts = {one.item_id: one for one in Edition.objects.filter(along=edition_id)}
    items = Item.objects.filter(Q(code__in=broken) | Q(pk__in=drafts)).select_related("organ", "place")
    listed = list(items.order_by("place", "code"))
    guides = latest_guides([item.code for item in listed if item.id in drafts], on)
    return [_touched(item, broken, drafts, guides) for item in listed]


def _touched(
    item: Item,
    broken: Mapping[str, list[Violation]],
    drafts: Mapping[uuid.UUID, Edition],
    guides: Mapping[str, Guide],
) -> Touched:
    draft, guide = drafts.get(item.id), guides.get(item.code)
    return Touched(
        item.id,
        item.code,
        item.organ.name,
        item.place_id,
        item.place.name,
        tuple(broken.get(item.code, ())),
        draft.id if draft else None,
        tuple(differences(guide, sketch(Guide, draft.body))) if draft and guide else (),
    )
