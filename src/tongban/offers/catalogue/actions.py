"""Acts on the catalogue (事项行为): register items; draft, publish and retire editions, of items and of basic items."""

import uuid
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import TypeVar

from django.db import transaction
from django.db.models import Max, QuerySet
from pydantic import ValidationError

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ids import new_id
from tongban.base.record import record
from tongban.base.search import actions as search
from tongban.offers.catalogue.access import may_edit, may_edit_basic
from tongban.offers.catalogue.models import BasicEdition, BasicItem, Content, Edition, Item
from tongban.offers.catalogue.queries import document_of, impact, since, standards_since
from tongban.offers.catalogue.rules.editions import EditionState, target_of
from tongban.offers.catalogue.rules.guide import Guide, Terms
from tongban.offers.catalogue.rules.narrowing import violations
from tongban.offers.catalogue.rules.quality import Severity, findings
from tongban.people.parties import queries as parties
from tongban.standards import plaintext
from tongban.standards.canonical import digest
from tongban.standards.codes import BadCode
from tongban.standards.item_codes import ImplementationCode, ItemType, Level
from tongban.standards.text import Message, msg

LONGEST_REASON = 400  # characters; [O] our own number, the width of the column

T = TypeVar("T", bound=Terms)


def read_guide(body: Mapping[str, object]) -> Guide:
    """The guide that ``body`` describes (读指南); raises Invalid with every element that cannot be taken."""
    return _read(Guide, body)


def read_terms(body: Mapping[str, object]) -> Terms:
    """The terms of a basic item that ``body`` describes (读事项标准); raises Invalid like :func:`read_guide`."""
    return _read(Terms, body)


def _read(kind: type[T], body: Mapping[str, object]) -> T:
    try:
        return kind.model_validate(body)
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
    """The edition, with its basic item and its item locked first: whatever is done to their editions queues up there.

    Locking editions one by one would let a publication and a retirement wait for each other for ever. The basic item
    comes first: the standard that an edition is held against stays what it is until the edition stands.
    """
    basic = (
        BasicItem.objects.select_for_update(of=("self",), no_key=True)
        .filter(items__editions=edition_id)
        .first()
    )
    item = Item.objects.select_for_update(of=("self",)).filter(editions=edition_id).first()
    if basic is None or item is None:
        raise NotFound("catalogue.edition", msg("没有这个事项版本。"))
    return Edition.objects.select_for_update(of=("self",)).select_related("item__basic").get(pk=edition_id)


def _locked_basic(edition_id: uuid.UUID) -> BasicEdition:
    """The basic edition, with its basic item locked first."""
    basic = BasicItem.objects.select_for_update(no_key=True).filter(editions=edition_id).first()
    if basic is None:
        raise NotFound("catalogue.edition", msg("没有这个事项版本。"))
    return BasicEdition.objects.select_for_update(of=("self",)).select_related("basic").get(pk=edition_id)


def _ensure_editor(actor: Actor, organ_id: uuid.UUID) -> None:
    allowed, reason = may_edit(actor, organ_id)
    if not allowed:
        raise Forbidden("catalogue.editor", reason)


def _ensure_basic_editor(actor: Actor) -> None:
    allowed, reason = may_edit_basic(actor)
    if not allowed:
        raise Forbidden("catalogue.basic_editor", reason)


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


# --- what editions of items and of basic items have in common ----------------------------------------------------------


def _draft(
    edition: Content, editions: QuerySet[Edition] | QuerySet[BasicEdition], terms: Terms
) -> dict[str, object]:
    """Fill in a draft and save it; returns what the ledger says of it."""
    edition.body = terms.model_dump(mode="json")
    edition.digest, edition.name = digest(edition.body), terms.name
    edition.number = (editions.aggregate(last=Max("number"))["last"] or 0) + 1
    edition.save(force_insert=True)
    return {"edition": str(edition.id), "number": edition.number, "digest": edition.digest}


def _put_in_force(
    edition: Content,
    editions: QuerySet[Edition] | QuerySet[BasicEdition],
    starts_on: date,
    reason: str,
    at: datetime,
) -> dict[str, object]:
    """Publish a draft among ``editions``; the one in force until then ends. Returns what the ledger says of it."""
    reason = _read_reason(reason)
    target = target_of(EditionState(edition.state), "publish")
    if target is None:
        raise Conflict("catalogue.move", msg("这个版本已经发布过了。"))
    _close_before(editions, starts_on)
    edition.state, edition.starts_on, edition.published_at, edition.reason = target, starts_on, at, reason
    edition.save(update_fields=["state", "starts_on", "published_at", "reason"])
    return {
        "edition": str(edition.id),
        "digest": edition.digest,
        "starts_on": starts_on.isoformat(),
        "reason": reason,
    }


def _close_before(editions: QuerySet[Edition] | QuerySet[BasicEdition], starts_on: date) -> None:
    standing = editions.filter(since(starts_on))
    if standing.filter(starts_on__gte=starts_on).exists():
        raise Conflict("catalogue.order", msg("已有从同一天或更晚开始的版本，请换一个开始日期。"))
    if standing.exclude(state=EditionState.PUBLISHED).exists():
        raise Conflict("catalogue.order", msg("到这一天前一个版本还没有结束，请换一个更晚的开始日期。"))
    target = target_of(EditionState.PUBLISHED, "supersede")
    assert target is not None  # noqa: S101 -- the table of moves has it; a test walks the table
    standing.update(state=target, ends_on=starts_on)


def _retire(edition: Content, ends_on: date, reason: str) -> dict[str, object]:
    """End a published edition; returns what the ledger says of it."""
    reason = _read_reason(reason)
    target = target_of(EditionState(edition.state), "retire")
    if target is None:
        raise Conflict("catalogue.move", msg("只有在用的版本可以取消。"))
    if edition.starts_on is not None and ends_on < edition.starts_on:
        raise Conflict("catalogue.order", msg("取消日期不能早于这个版本的开始日期。"))
    edition.state, edition.ends_on, edition.reason = target, ends_on, reason
    edition.save(update_fields=["state", "ends_on", "reason"])
    return {"edition": str(edition.id), "ends_on": ends_on.isoformat(), "reason": reason}


def _ensure_publishable(terms: Terms, basic: BasicItem, standards: Collection[Terms] = ()) -> None:
    """Refuse what a check of quality calls an error, and what goes beyond a standard that it stands on."""
    fields: dict[str, list[str]] = {}
    for found in findings(terms, ItemType(basic.item_type)):
        if found.severity is Severity.ERROR:
            fields.setdefault(found.path, []).append(found.message)
    beyond = [one for standard in standards for one in violations(standard, terms)]
    for one in dict.fromkeys(beyond):
        fields.setdefault(one.path, []).append(one.told())
    if beyond:
        raise Invalid("catalogue.narrowing", msg("指南超出了基本目录的标准，不能发布。"), fields=fields)
    if fields:
        raise Invalid("catalogue.quality", msg("指南里还有必须改的地方，不能发布。"), fields=fields)


# --- editions of items -------------------------------------------------------------------------------------------------


@transaction.atomic
def draft_edition(*, actor: Actor, item_id: uuid.UUID, body: Mapping[str, object], at: datetime) -> uuid.UUID:
    """Write a draft edition (起草版本) of an item; returns its id."""
    item = Item.objects.select_for_update().filter(pk=item_id).first()
    if item is None:
        raise NotFound("catalogue.item", msg("没有这个事项。"))
    _ensure_editor(actor, item.organ_id)
    edition = Edition(id=new_id(), item=item, made_at=at)
    data = _draft(edition, Edition.objects.filter(item=item), read_guide(body))
    record(stream=f"item:{item_id}", act="catalogue.draft", actor=actor, at=at, data=data)
    return edition.id


@transaction.atomic
def publish(*, actor: Actor, edition_id: uuid.UUID, starts_on: date, reason: str, at: datetime) -> None:
    """Publish a draft (发布版本) from ``starts_on``; the edition in force until then ends on that day.

    Refused where a check of quality fails, and where it goes beyond a basic edition in force then or later.
    """
    edition = _locked(edition_id)
    _ensure_editor(actor, edition.item.organ_id)
    data = _put_in_force(edition, Edition.objects.filter(item=edition.item_id), starts_on, reason, at)
    guide = read_guide(edition.body)
    _ensure_publishable(guide, edition.item.basic, standards_since(edition.item.basic_id, starts_on))
    search.put(document_of(edition, guide))
    record(
        stream=f"item:{edition.item_id}", act="catalogue.publish", actor=actor, at=at, data=data, event=data
    )


@transaction.atomic
def retire(*, actor: Actor, edition_id: uuid.UUID, ends_on: date, reason: str, at: datetime) -> None:
    """Retire a published edition (取消事项版本) from ``ends_on``; cases that stand on it go on."""
    edition = _locked(edition_id)
    _ensure_editor(actor, edition.item.organ_id)
    data = _retire(edition, ends_on, reason)
    search.end(ref=edition.item.code, ends_on=ends_on)
    record(
        stream=f"item:{edition.item_id}", act="catalogue.retire", actor=actor, at=at, data=data, event=data
    )


# --- editions of basic items -------------------------------------------------------------------------------------------


@transaction.atomic
def draft_basic(*, actor: Actor, basic_code: str, body: Mapping[str, object], at: datetime) -> uuid.UUID:
    """Write a draft of what a basic item says (起草基本目录版本); returns its id."""
    _ensure_basic_editor(actor)
    basic = BasicItem.objects.select_for_update(no_key=True).filter(pk=basic_code).first()
    if basic is None:
        raise NotFound("catalogue.basic", msg("没有这个基本目录事项。"))
    edition = BasicEdition(id=new_id(), basic=basic, made_at=at)
    data = _draft(edition, BasicEdition.objects.filter(basic=basic), read_terms(body))
    record(stream=f"basic:{basic_code}", act="catalogue.draft_basic", actor=actor, at=at, data=data)
    return edition.id


@transaction.atomic
def publish_basic(
    *,
    actor: Actor,
    edition_id: uuid.UUID,
    starts_on: date,
    reason: str,
    at: datetime,
    along: Collection[uuid.UUID] = (),
) -> None:
    """Publish a draft of a basic item (发布基本目录版本) from ``starts_on``, with the drafts ``along`` that follow it.

    Refused with the whole list where an implementation in force then or later would go beyond it.
    """
    edition = _locked_basic(edition_id)
    _ensure_basic_editor(actor)
    data = _put_in_force(edition, BasicEdition.objects.filter(basic=edition.basic_id), starts_on, reason, at)
    _ensure_publishable(read_terms(edition.body), edition.basic)
    for draft in sorted(along):
        publish(actor=actor, edition_id=draft, starts_on=starts_on, reason=reason, at=at)
    if broken := impact(edition_id, starts_on):
        raise Conflict(
            "catalogue.impact",
            msg("有%(count)s个实施清单会超出这个标准，要先改或者一起改。"),
            {"count": len(broken)},
            {code: [one.told() for one in found] for code, found in broken},
        )
    stream = f"basic:{edition.basic_id}"
    record(stream=stream, act="catalogue.publish_basic", actor=actor, at=at, data=data, event=data)


@transaction.atomic
def retire_basic(*, actor: Actor, edition_id: uuid.UUID, ends_on: date, reason: str, at: datetime) -> None:
    """Retire a basic edition (取消基本目录版本) from ``ends_on``; items go on without a standard to be held against."""
    edition = _locked_basic(edition_id)
    _ensure_basic_editor(actor)
    data = _retire(edition, ends_on, reason)
    stream = f"basic:{edition.basic_id}"
    record(stream=stream, act="catalogue.retire_basic", actor=actor, at=at, data=data, event=data)
