"""Acts on editions of basic items (基本目录版本行为): one change of the standard, with the editions of all who carry it out."""

import uuid
from collections.abc import Iterator, Mapping
from datetime import date, datetime

from django.db import transaction

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, NotFound
from tongban.base.ids import new_id
from tongban.base.ledger.queries import done_before
from tongban.base.record import Repeated, record
from tongban.offers.catalogue.actions import editions, moving
from tongban.offers.catalogue.actions.items import ensure_basic_editor, ensure_editor
from tongban.offers.catalogue.actions.reading import read_draft, read_terms
from tongban.offers.catalogue.models import BasicEdition, BasicItem, Edition, Item
from tongban.offers.catalogue.queries import impact, latest_guides
from tongban.offers.catalogue.rules.editions import PENDING, Verb
from tongban.offers.catalogue.rules.fitting import fitted
from tongban.offers.catalogue.rules.guide import Guide, Terms
from tongban.standards.text import msg


def draft_basic(
    *, actor: Actor, basic_code: str, body: Mapping[str, object], at: datetime, key: str | None = None
) -> uuid.UUID:
    """Write a draft of what a basic item says (起草基本目录版本), whole or in part; returns its id. The same key gives the same draft again."""
    try:
        with transaction.atomic():
            return _drafted(actor, basic_code, body, at, key)
    except Repeated:
        if done_before(actor, key or "") != (f"basic:{basic_code}", "catalogue.draft_basic"):
            raise Conflict("catalogue.key", msg("这个请求编号已经用在另一次操作上。")) from None
        found = BasicEdition.objects.filter(basic=basic_code, writers__contains=[actor.id])
        return found.order_by("-number").values_list("id", flat=True)[0]


def _drafted(
    actor: Actor, basic_code: str, body: Mapping[str, object], at: datetime, key: str | None
) -> uuid.UUID:
    ensure_basic_editor(actor)
    basic = BasicItem.objects.select_for_update(no_key=True).filter(pk=basic_code).first()
    if basic is None:
        raise NotFound("catalogue.basic", msg("没有这个基本目录事项。"))
    edition = BasicEdition(id=new_id(), basic=basic, made_at=at, name=basic.name)
    edition.number = moving.next_number(BasicEdition.objects.filter(basic=basic))
    moving.fill(edition, read_draft(Terms, body), actor)
    edition.save(force_insert=True)
    data = {"edition": str(edition.id), "number": edition.number, "digest": edition.digest}
    record(stream=f"basic:{basic_code}", act="catalogue.draft_basic", actor=actor, at=at, data=data, key=key)
    return edition.id


@transaction.atomic
def write_basic(
    *, actor: Actor, edition_id: uuid.UUID, body: Mapping[str, object], seen: str, at: datetime
) -> str:
    """Change a draft of a basic item (修改基本目录草稿); like :func:`editions.write`. Returns the new digest."""
    edition = _opened(actor, edition_id)
    data = moving.written(edition, read_draft(Terms, body), seen, actor)
    _record(actor, edition, "catalogue.write_basic", data, at)
    return edition.digest


@transaction.atomic
def discard_basic(*, actor: Actor, edition_id: uuid.UUID, at: datetime, seen: str | None = None) -> None:
    """Delete a draft of a basic item (删除基本目录草稿) and the drafts that were proposed with it."""
    edition = _opened(actor, edition_id, seen)
    moving.step(edition, Verb.DISCARD, actor)
    for own in _along(edition):
        moving.step(own, Verb.DISCARD, actor)
        told = {"edition": str(own.id), "digest": own.digest}
        record(stream=f"item:{own.item_id}", act="catalogue.discard", actor=actor, at=at, data=told)
        own.delete()
    data = {"edition": str(edition.id), "digest": edition.digest}
    _record(actor, edition, "catalogue.discard_basic", data, at)
    edition.delete()


@transaction.atomic
def propose(*, actor: Actor, edition_id: uuid.UUID, starts_on: date, at: datetime) -> list[uuid.UUID]:
    """Draft an edition for every implementation that this standard would break (代拟实施清单版本); returns their ids.

    Each is the organ's own text, changed only where it would go beyond. Whose draft is there already is left alone, so
    that asking again adds nothing. The drafts are checked, approved and published with the standard.
    """
    edition = _opened(actor, edition_id)
    moving.step(edition, Verb.WRITE, actor)
    terms = read_terms(edition.body)
    held = set(edition.along.values_list("item__code", flat=True))
    broken = [code for code, _ in impact(edition_id, starts_on) if code not in held]
    guides = latest_guides(broken, starts_on)
    items = Item.objects.select_for_update(of=("self",)).select_related("basic").filter(code__in=broken)
    return [
        editions.start(actor, item, fitted(terms, guides[item.code]).body(), at, along=edition_id)
        for item in items.order_by("id")
    ]


@transaction.atomic
def go_along(
    *, actor: Actor, item_id: uuid.UUID, body: Mapping[str, object], basic_id: uuid.UUID, at: datetime
) -> uuid.UUID:
    """Draft an organ's edition that goes along with a draft of its basic item (随附版本); returns its id."""
    edition = _opened(actor, basic_id)
    moving.step(edition, Verb.WRITE, actor)
    items = Item.objects.select_for_update(of=("self",)).select_related("basic")
    item = items.filter(pk=item_id, basic=edition.basic_id).first()
    if item is None:
        raise NotFound("catalogue.item", msg("没有这个事项。"))
    ensure_editor(actor, item.organ_id)
    return editions.start(actor, item, read_draft(Guide, body), at, along=basic_id)


@transaction.atomic
def check_basic(
    *,
    actor: Actor,
    edition_id: uuid.UUID,
    starts_on: date,
    reason: str,
    at: datetime,
    ends_on: date | None = None,
    seen: str | None = None,
) -> None:
    """Check a draft of a basic item and send it to approval (基本目录送审), with every draft proposed along with it.

    Refused with the whole list where an implementation in force then or later would go beyond it.
    """
    edition = _opened(actor, edition_id, seen)
    plan = moving.plan_of(starts_on, ends_on, reason)
    terms = read_terms(edition.body)
    moving.ensure_publishable(terms, edition.basic)
    for own in _along(edition):
        editions.check_locked(actor, own, [terms], plan, at)
    siblings = BasicEdition.objects.filter(basic=edition.basic_id)
    data = moving.checked(edition, siblings, terms, plan, actor, at)
    _ensure_nobody_broken(edition, starts_on)
    _record(actor, edition, "catalogue.check_basic", data, at)


@transaction.atomic
def send_back_basic(
    *, actor: Actor, edition_id: uuid.UUID, reason: str, at: datetime, seen: str | None = None
) -> None:
    """Send a basic edition that waits, and all that goes along, back to its writers (退回基本目录), with the reason."""
    edition = _opened(actor, edition_id, seen)
    for own in _along(edition):
        editions.send_back_locked(actor, own, reason, at)
    data = moving.sent_back(edition, reason, actor)
    _record(actor, edition, "catalogue.send_back_basic", data, at)


@transaction.atomic
def approve_basic(
    *, actor: Actor, edition_id: uuid.UUID, at: datetime, remark: str = "", seen: str | None = None
) -> None:
    """Approve a basic edition and all that goes along (批准基本目录): by an editor who wrote nothing of any of them."""
    edition = _opened(actor, edition_id, seen)
    for own in _along(edition):
        editions.approve_locked(actor, own, remark, at)
    data = moving.approved(edition, remark, actor, at)
    _record(actor, edition, "catalogue.approve_basic", data, at)


@transaction.atomic
def publish_basic(*, actor: Actor, edition_id: uuid.UUID, at: datetime, seen: str | None = None) -> None:
    """Publish an approved basic edition and all that goes along (发布基本目录版本), all from one day.

    Refused with the whole list where an implementation in force then or later would go beyond it.
    """
    edition = _opened(actor, edition_id, seen)
    data = moving.put_in_force(edition, BasicEdition.objects.filter(basic=edition.basic_id), actor, at)
    for own in _along(edition):
        editions.publish_locked(actor, own, at)
    assert edition.starts_on is not None  # noqa: S101 -- a constraint: what was checked has a first day
    _ensure_nobody_broken(edition, edition.starts_on)
    _record(actor, edition, "catalogue.publish_basic", data, at, heard=True)


@transaction.atomic
def retire_basic(*, actor: Actor, edition_id: uuid.UUID, ends_on: date, reason: str, at: datetime) -> None:
    """Retire a basic edition (取消基本目录版本) from ``ends_on``; items go on without a standard to be held against."""
    edition = _opened(actor, edition_id)
    data = moving.retired(edition, ends_on, reason, actor)
    _record(actor, edition, "catalogue.retire_basic", data, at, heard=True)


def _opened(actor: Actor, edition_id: uuid.UUID, seen: str | None = None) -> BasicEdition:
    edition = moving.locked_basic(edition_id, seen)
    ensure_basic_editor(actor)
    return edition


def _along(edition: BasicEdition) -> Iterator[Edition]:
    """The editions proposed with a basic edition, each locked, in one order for everybody."""
    waiting = edition.along.filter(state__in=PENDING).order_by("item_id")
    for edition_id in waiting.values_list("id", flat=True):
        yield moving.locked(edition_id)


def _ensure_nobody_broken(edition: BasicEdition, starts_on: date) -> None:
    """Raise Conflict with every implementation that would go beyond, but for those whose new edition goes along."""
    held = set(edition.along.values_list("item__code", flat=True))
    broken = [(code, found) for code, found in impact(edition.id, starts_on) if code not in held]
    if broken:
        raise Conflict(
            "catalogue.impact",
            msg("有%(count)s个实施清单会超出这个标准，要先改或者一起改。"),
            {"count": len(broken)},
            {code: [one.told() for one in found] for code, found in broken},
        )


def _record(
    actor: Actor,
    edition: BasicEdition,
    act: str,
    data: Mapping[str, object],
    at: datetime,
    *,
    heard: bool = False,
) -> None:
    stream = f"basic:{edition.basic_id}"
    record(stream=stream, act=act, actor=actor, at=at, data=data, event=data if heard else None)
