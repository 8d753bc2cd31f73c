"""Acts on the catalogue (事项行为): register items, draft, publish and retire editions."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Max, Q
from pydantic import ValidationError

from tongban.base.actor import Actor
from tongban.base.db import execute
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ids import new_id
from tongban.base.record import record
from tongban.offers.catalogue.access import may_edit
from tongban.offers.catalogue.models import BasicItem, Edition, Item
from tongban.offers.catalogue.queries import tokens
from tongban.offers.catalogue.rules.editions import EditionState, target_of
from tongban.offers.catalogue.rules.guide import Guide
from tongban.people.parties import queries as parties
from tongban.standards import plaintext
from tongban.standards.canonical import digest
from tongban.standards.codes import BadCode
from tongban.standards.item_codes import ImplementationCode, Level
from tongban.standards.text import Message, msg

LONGEST_REASON = 400  # characters; [O] our own number, the width of the column

_INDEX_EDITION = """
    UPDATE edition SET search = setweight(to_tsvector('simple', %s), 'A') || setweight(to_tsvector('simple', %s), 'B')
        || setweight(to_tsvector('simple', %s), 'D') WHERE id = %s
"""


def read_guide(body: Mapping[str, object]) -> Guide:
    """The guide that ``body`` describes (读指南); raises Invalid with every element that cannot be taken."""
    try:
        return Guide.model_validate(body)
    except ValidationError as error:
        fields: dict[str, list[str]] = {}
        for found in error.errors():
            fields.setdefault(".".join(str(part) for part in found["loc"]) or "guide", []).append(
                found["msg"]
            )
        raise Invalid("catalogue.guide", msg("指南里有不合规定的内容。"), fields=fields) from error


def _read_reason(text: str) -> str:
    """Why something is published or retired, as it is kept; raises Invalid."""
    try:
        return plaintext.clean(text, limit=LONGEST_REASON)
    except BadCode as error:
        told: list[str] = [Message(error.message, error.params)]
        raise Invalid("catalogue.reason", error.message, error.params, fields={"reason": told}) from error


def _locked(edition_id: uuid.UUID) -> Edition:
    """The edition, with its item locked first: whatever is done to the editions of one item queues up there.

    Locking editions one by one would let a publication and a retirement wait for each other for ever.
    """
    item = Item.objects.select_for_update(of=("self",)).filter(editions=edition_id).first()
    if item is None:
        raise NotFound("catalogue.edition", msg("没有这个事项版本。"))
    return Edition.objects.select_for_update(of=("self",)).select_related("item").get(pk=edition_id)


def _ensure_editor(actor: Actor, organ_id: uuid.UUID) -> None:
    allowed, reason = may_edit(actor, organ_id)
    if not allowed:
        raise Forbidden("catalogue.editor", reason)


@transaction.atomic
def register_item(
    *, actor: Actor, basic_code: str, organ_id: uuid.UUID, level: str, at: datetime
) -> uuid.UUID:
    """Register that an organ carries out a basic item (登记实施清单). Registering twice gives the same item."""
    _ensure_editor(actor, organ_id)
    organ = parties.organ(organ_id)
    if not BasicItem.objects.filter(pk=basic_code).exists():
        raise NotFound("catalogue.basic", msg("没有这个基本目录事项。"))
    try:
        code = str(ImplementationCode.parse(f"{organ.credit_code}{Level(level)}{basic_code}"))
    except ValueError as error:  # a bad code is one as well
        told = msg("行使层级或者编码不对。")
        raise Invalid("catalogue.code", told, fields={"level": [told]}) from error
    if Item.objects.filter(basic_id=basic_code, organ_id=organ_id).exclude(code=code).exists():
        raise Conflict("catalogue.level", msg("本机关已按另一个行使层级登记了这个事项。"))
    item, fresh = Item.objects.get_or_create(
        code=code,
        defaults={"basic_id": basic_code, "organ_id": organ_id, "place_id": organ.place, "level": level},
    )
    if fresh:
        record(
            stream=f"item:{item.id}", act="catalogue.register_item", actor=actor, at=at, data={"code": code}
        )
    return item.id


@transaction.atomic
def draft_edition(*, actor: Actor, item_id: uuid.UUID, body: Mapping[str, object], at: datetime) -> uuid.UUID:
    """Write a draft edition (起草版本) of an item; returns its id."""
    item = Item.objects.select_for_update().filter(pk=item_id).first()
    if item is None:
        raise NotFound("catalogue.item", msg("没有这个事项。"))
    _ensure_editor(actor, item.organ_id)
    guide = read_guide(body)
    kept = guide.model_dump(mode="json")
    number = (item.editions.aggregate(last=Max("number"))["last"] or 0) + 1
    edition = Edition.objects.create(
        id=new_id(), item=item, number=number, body=kept, digest=digest(kept), name=guide.name, made_at=at
    )
    data = {"edition": str(edition.id), "number": number, "digest": edition.digest}
    record(stream=f"item:{item_id}", act="catalogue.draft", actor=actor, at=at, data=data)
    return edition.id


@transaction.atomic
def publish(*, actor: Actor, edition_id: uuid.UUID, starts_on: date, reason: str, at: datetime) -> None:
    """Publish a draft (发布版本) from ``starts_on``; the edition in force until then ends on that day."""
    edition = _locked(edition_id)
    _ensure_editor(actor, edition.item.organ_id)
    reason = _read_reason(reason)
    target = target_of(EditionState(edition.state), "publish")
    if target is None:
        raise Conflict("catalogue.move", msg("这个版本已经发布过了。"))
    guide = read_guide(edition.body)
    _close_before(edition.item_id, starts_on)
    edition.state, edition.starts_on, edition.published_at, edition.reason = target, starts_on, at, reason
    edition.save(update_fields=["state", "starts_on", "published_at", "reason"])
    words = (guide.name, " ".join(guide.keywords), " ".join((*guide.themes, *guide.conditions)))
    execute(_INDEX_EDITION, [*(" ".join(tokens(text)) for text in words), edition_id])
    data = {
        "edition": str(edition_id),
        "digest": edition.digest,
        "starts_on": starts_on.isoformat(),
        "reason": reason,
    }
    record(
        stream=f"item:{edition.item_id}", act="catalogue.publish", actor=actor, at=at, data=data, event=data
    )


def _close_before(item_id: uuid.UUID, starts_on: date) -> None:
    # An edition retired on its very first day was never in force, and stands in nobody's way.
    later = Q(ends_on__isnull=True) | Q(ends_on__gt=starts_on) & Q(ends_on__gt=F("starts_on"))
    standing = Edition.objects.filter(later, item_id=item_id).exclude(state=EditionState.DRAFT)
    if standing.filter(starts_on__gte=starts_on).exists():
        raise Conflict("catalogue.order", msg("已有从同一天或更晚开始的版本，请换一个开始日期。"))
    if standing.exclude(state=EditionState.PUBLISHED).exists():
        raise Conflict("catalogue.order", msg("到这一天前一个版本还没有结束，请换一个更晚的开始日期。"))
    target = target_of(EditionState.PUBLISHED, "supersede")
    assert target is not None  # noqa: S101 -- the table of moves has it; a test walks the table
    standing.update(state=target, ends_on=starts_on)


@transaction.atomic
def retire(*, actor: Actor, edition_id: uuid.UUID, ends_on: date, reason: str, at: datetime) -> None:
    """Retire a published edition (取消事项版本) from ``ends_on``; cases that stand on it go on."""
    edition = _locked(edition_id)
    _ensure_editor(actor, edition.item.organ_id)
    reason = _read_reason(reason)
    target = target_of(EditionState(edition.state), "retire")
    if target is None:
        raise Conflict("catalogue.move", msg("只有在用的版本可以取消。"))
    if edition.starts_on is not None and ends_on < edition.starts_on:
        raise Conflict("catalogue.order", msg("取消日期不能早于这个版本的开始日期。"))
    edition.state, edition.ends_on, edition.reason = target, ends_on, reason
    edition.save(update_fields=["state", "ends_on", "reason"])
    data = {"edition": str(edition_id), "ends_on": ends_on.isoformat(), "reason": reason}
    record(
        stream=f"item:{edition.item_id}", act="catalogue.retire", actor=actor, at=at, data=data, event=data
    )
