"""Acts on editions of items (实施清单版本行为): draft, write, check, approve, publish, retire."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, NotFound
from tongban.base.ids import new_id
from tongban.base.ledger.queries import done_before
from tongban.base.record import Repeated, record
from tongban.base.search import actions as search
from tongban.offers.catalogue.actions import moving
from tongban.offers.catalogue.actions.items import ensure_editor
from tongban.offers.catalogue.actions.reading import read_draft, read_guide
from tongban.offers.catalogue.models import Edition, Item
from tongban.offers.catalogue.queries import document_of, standards_since
from tongban.offers.catalogue.rules.drafts import completed
from tongban.offers.catalogue.rules.editions import Verb
from tongban.offers.catalogue.rules.guide import Guide, Terms
from tongban.standards.text import msg


def draft_edition(
    *, actor: Actor, item_id: uuid.UUID, body: Mapping[str, object], at: datetime, key: str | None = None
) -> uuid.UUID:
    """Write a draft edition (起草版本) of an item, whole or in part; returns its id. The same key gives the same draft again."""
    try:
        with transaction.atomic():
            item = Item.objects.select_for_update().select_related("basic").filter(pk=item_id).first()
            if item is None:
                raise NotFound("catalogue.item", msg("没有这个事项。"))
            ensure_editor(actor, item.organ_id)
            return start(actor, item, read_draft(Guide, body), at, key=key)
    except Repeated:
        return _drafted_before(actor, key or "", item_id)


def start(
    actor: Actor,
    item: Item,
    body: dict[str, object],
    at: datetime,
    *,
    along: uuid.UUID | None = None,
    key: str | None = None,
) -> uuid.UUID:
    """A new draft of a locked item, for who may write it (新草稿); ``along``: the basic edition with which it was proposed."""
    edition = Edition(id=new_id(), item=item, made_at=at, name=item.basic.name, along_id=along)
    edition.number = moving.next_number(Edition.objects.filter(item=item))
    moving.fill(edition, body, actor)
    edition.save(force_insert=True)
    data = {"edition": str(edition.id), "number": edition.number, "digest": edition.digest}
    record(stream=f"item:{item.id}", act="catalogue.draft", actor=actor, at=at, data=data, key=key)
    return edition.id


def _drafted_before(actor: Actor, key: str, item_id: uuid.UUID) -> uuid.UUID:
    """The newest draft of this item, where the same actor began it under this key; a Conflict where the key did other things."""
    if done_before(actor, key) != (f"item:{item_id}", "catalogue.draft"):
        raise Conflict("catalogue.key", msg("这个请求编号已经用在另一次操作上。"))
    found = Edition.objects.filter(item=item_id, writers__contains=[actor.id]).order_by("-number")
    return found.values_list("id", flat=True)[0]


@transaction.atomic
def write(*, actor: Actor, edition_id: uuid.UUID, body: Mapping[str, object], seen: str, at: datetime) -> str:
    """Change a draft (修改草稿); ``seen``: its digest when it was opened. Returns the new digest.

    Raises Conflict where somebody else changed it since.
    """
    edition = moving.locked_own(actor, edition_id)
    data = moving.written(edition, read_draft(Guide, body), seen, actor)
    record(stream=f"item:{edition.item_id}", act="catalogue.write", actor=actor, at=at, data=data)
    return edition.digest


@transaction.atomic
def discard(*, actor: Actor, edition_id: uuid.UUID, at: datetime, seen: str | None = None) -> None:
    """Delete a draft (删除草稿). The ledger keeps that there was one, and its digest."""
    edition = moving.locked_own(actor, edition_id, seen)
    moving.step(edition, Verb.DISCARD, actor)
    data = {"edition": str(edition.id), "digest": edition.digest}
    record(stream=f"item:{edition.item_id}", act="catalogue.discard", actor=actor, at=at, data=data)
    edition.delete()


@transaction.atomic
def check(
    *,
    actor: Actor,
    edition_id: uuid.UUID,
    starts_on: date,
    reason: str,
    at: datetime,
    ends_on: date | None = None,
    seen: str | None = None,
) -> None:
    """Check a draft and send it to approval (检查并送审), to be in force from ``starts_on``, and no longer on ``ends_on``.

    ``seen``, here and below: the digest of what the actor was shown; a Conflict where it is another by now.
    It is completed from the standard first. Refused where a check of quality fails, and where it goes beyond a basic
    edition in force then or later.
    """
    edition = moving.locked_own(actor, edition_id, seen)
    _ensure_on_its_own(edition)
    standards = standards_since(edition.item.basic_id, starts_on)
    check_locked(actor, edition, standards, moving.plan_of(starts_on, ends_on, reason), at)


def check_locked(
    actor: Actor, edition: Edition, standards: list[Terms], plan: moving.Plan, at: datetime
) -> None:
    """The same for a locked edition, held against these ``standards`` (送审)."""
    guide = read_guide(completed(edition.body, standards[0] if standards else None))
    moving.ensure_publishable(guide, edition.item.basic, standards)
    data = moving.checked(edition, Edition.objects.filter(item=edition.item_id), guide, plan, actor, at)
    record(stream=f"item:{edition.item_id}", act="catalogue.check", actor=actor, at=at, data=data)


def _ensure_on_its_own(edition: Edition) -> None:
    """What was proposed with a basic edition goes its way with it, never alone."""
    if edition.along_id is not None:
        raise Conflict("catalogue.along", msg("这个版本随基本目录的新标准一起审批、一起开始，不能单独办。"))


@transaction.atomic
def send_back(
    *, actor: Actor, edition_id: uuid.UUID, reason: str, at: datetime, seen: str | None = None
) -> None:
    """Send an edition that waits back to its writers (退回修改), with the reason."""
    edition = moving.locked_own(actor, edition_id, seen)
    _ensure_on_its_own(edition)
    send_back_locked(actor, edition, reason, at)


def send_back_locked(actor: Actor, edition: Edition, reason: str, at: datetime) -> None:
    """The same for a locked edition (退回)."""
    data = moving.sent_back(edition, reason, actor)
    record(
        stream=f"item:{edition.item_id}", act="catalogue.send_back", actor=actor, at=at, data=data, event=data
    )


@transaction.atomic
def approve(
    *, actor: Actor, edition_id: uuid.UUID, at: datetime, remark: str = "", seen: str | None = None
) -> None:
    """Approve a checked edition (批准): by an editor who wrote nothing of it."""
    edition = moving.locked_own(actor, edition_id, seen)
    _ensure_on_its_own(edition)
    approve_locked(actor, edition, remark, at)


def approve_locked(actor: Actor, edition: Edition, remark: str, at: datetime) -> None:
    """The same for a locked edition (批准)."""
    data = moving.approved(edition, remark, actor, at)
    record(stream=f"item:{edition.item_id}", act="catalogue.approve", actor=actor, at=at, data=data)


@transaction.atomic
def publish(*, actor: Actor, edition_id: uuid.UUID, at: datetime, seen: str | None = None) -> None:
    """Publish an approved edition (发布版本): the one in force until its first day ends then.

    Refused where it would go beyond a basic edition that was published since it was checked.
    """
    edition = moving.locked_own(actor, edition_id, seen)
    _ensure_on_its_own(edition)
    publish_locked(actor, edition, at)


def publish_locked(actor: Actor, edition: Edition, at: datetime) -> None:
    """The same for a locked edition (发布)."""
    data = moving.put_in_force(edition, Edition.objects.filter(item=edition.item_id), actor, at)
    guide = read_guide(edition.body)
    if edition.along_id is None and edition.starts_on is not None:
        standards = standards_since(edition.item.basic_id, edition.starts_on)
        moving.ensure_publishable(guide, edition.item.basic, standards)
    search.put(document_of(edition, guide))
    record(
        stream=f"item:{edition.item_id}", act="catalogue.publish", actor=actor, at=at, data=data, event=data
    )


@transaction.atomic
def retire(*, actor: Actor, edition_id: uuid.UUID, ends_on: date, reason: str, at: datetime) -> None:
    """Retire a published edition (取消事项版本) from ``ends_on``; cases that stand on it go on."""
    edition = moving.locked_own(actor, edition_id)
    data = moving.retired(edition, ends_on, reason, actor)
    search.end(ref=edition.item.code, ends_on=ends_on)
    record(
        stream=f"item:{edition.item_id}", act="catalogue.retire", actor=actor, at=at, data=data, event=data
    )
