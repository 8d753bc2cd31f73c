"""What is exported and changed in bulk (导出与批量): items by choice, and the text that each has now."""

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from tongban.base.actor import Actor
from tongban.base.batches import batched
from tongban.base.errors import Forbidden
from tongban.offers.catalogue.access import may_edit_basic
from tongban.offers.catalogue.models import Edition, Item
from tongban.offers.catalogue.queries.basic import since
from tongban.offers.catalogue.queries.editing import ensure_may_compare
from tongban.offers.catalogue.queries.files import Item as FileItem
from tongban.offers.catalogue.queries.guides import sound
from tongban.offers.catalogue.rules.editions import EditionState

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Text:
    """The text that an item has now (现有文本): of its newest draft, or else of the last edition that is published."""

    edition: uuid.UUID
    draft: bool
    name: str
    digest: str
    body: dict[str, object]


def texts_of(items: Collection[uuid.UUID], on: date) -> dict[uuid.UUID, Text]:
    """What these items say now (现有文本), drafts before what is published. Drafts that go along with a standard are left to it.

    One statement, however many items.
    """
    draft = Q(state=EditionState.DRAFT, along__isnull=True)
    found = Edition.objects.filter(draft | since(on), item__in=items).order_by("item", "number")
    texts: dict[uuid.UUID, Text] = {}
    for one in found.only("id", "item_id", "state", "name", "digest", "body"):
        text = Text(one.id, one.state == EditionState.DRAFT, one.name, one.digest, one.body)
        before = texts.get(one.item_id)
        if before is None or text.draft or not before.draft:
            texts[one.item_id] = text
    return texts


def chosen(actor: Actor, selection: Mapping[str, Any]) -> QuerySet[Item]:
    """Items that an editor chooses (选定事项): of one's own organs, or everybody's of one basic item for who edits the catalogue.

    ``selection``: everybody (bool), basic (a code, or how it begins), text (in its name), place, codes (a list).
    Raises Forbidden.
    """
    ensure_may_compare(actor)
    items = Item.objects.select_related("organ", "basic").order_by("code")
    if selection.get("everybody"):
        allowed, why = may_edit_basic(actor)
        if not allowed:
            raise Forbidden("catalogue.basic_editor", why)
        items = items.filter(basic=sound(str(selection.get("basic", ""))))
    else:
        items = items.filter(organ_id__in=actor.organs_as("editor"))
        if selection.get("basic"):
            items = items.filter(basic__code__startswith=sound(str(selection["basic"])))
    if selection.get("text"):
        items = items.filter(basic__name__contains=sound(str(selection["text"])))
    if selection.get("place"):
        items = items.filter(place=sound(str(selection["place"])))
    if selection.get("codes"):
        items = items.filter(code__in=[sound(str(code)) for code in selection["codes"]])
    return items


def chosen_items(actor: Actor, selection: Mapping[str, Any]) -> Iterator[Item]:
    """The same, piece by piece (逐项)."""
    last = ""
    while True:
        piece = list(chosen(actor, selection).filter(code__gt=last)[:_BATCH])
        yield from piece
        if len(piece) < _BATCH:
            return
        last = piece[-1].code


def own_texts(actor: Actor, selection: Mapping[str, Any], on: date, *, drafts: bool) -> Iterator[FileItem]:
    """What an editor exports (导出本机关事项): drafts first where ``drafts``, otherwise what is in force or comes next."""
    ensure_may_compare(actor)
    return _own_texts(actor, selection, on, drafts=drafts)


def _own_texts(actor: Actor, selection: Mapping[str, Any], on: date, *, drafts: bool) -> Iterator[FileItem]:
    for items in batched(chosen_items(actor, selection), _BATCH):
        if drafts:
            bodies = {item: text.body for item, text in texts_of([one.id for one in items], on).items()}
        else:
            bodies = _in_force([one.id for one in items], on)
        yield from ((one.code, one.organ.name, bodies[one.id]) for one in items if one.id in bodies)


def _in_force(items: Collection[uuid.UUID], on: date) -> dict[uuid.UUID, dict[str, object]]:
    found = Edition.objects.filter(since(on), item__in=items, starts_on__lte=on)
    return dict(found.values_list("item", "body"))


def public_texts(on: date, *, place: str = "", basic: str = "", item_type: str = "") -> Iterator[FileItem]:
    """The public catalogue in force on a day (公开目录导出), piece by piece by code."""
    last = ""
    while True:
        found = Edition.objects.filter(
            since(on), starts_on__lte=on, item__code__gt=last, **_filters(place, basic, item_type)
        )
        piece = list(
            found.order_by("item__code").values_list("item__code", "item__organ__name", "body")[:_BATCH]
        )
        yield from piece
        if len(piece) < _BATCH:
            return
        last = piece[-1][0]


def _filters(place: str, basic: str, item_type: str) -> dict[str, str]:
    filters = {"item__place": place, "item__basic": basic, "item__basic__item_type": item_type}
    return {name: value for name, value in filters.items() if value}
