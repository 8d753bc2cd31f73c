"""First editions in bulk (整批首发): many standards, or many items of many organs, each put through in one transaction.

What is done with each is exactly what the single acts do, by the same rules, and the ledger tells each of them; only the
statements are shared. Refused is the whole batch, with the note which one it was. Somebody who writes cannot approve, so
in bulk too only the platform itself puts through what it wrote (an import, the demonstration).
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, NotFound, Refusal
from tongban.base.ids import new_id
from tongban.base.record import Deed, record_all
from tongban.base.search import actions as search
from tongban.offers.catalogue.actions import moving
from tongban.offers.catalogue.actions.items import code_of, ensure_basic_editor, ensure_editor, read_alias
from tongban.offers.catalogue.actions.reading import read_draft, read_guide, read_terms
from tongban.offers.catalogue.models import Alias, BasicEdition, BasicItem, Content, Edition, Item
from tongban.offers.catalogue.queries import documents_of, since
from tongban.offers.catalogue.rules.drafts import completed
from tongban.offers.catalogue.rules.guide import Guide, Terms
from tongban.people.parties import queries as parties
from tongban.standards.text import msg

LARGEST_BATCH = 1_000  # [O] our own number: what one transaction holds locked, and a few seconds of work
_ROWS = 250  # rows of one statement


@dataclass(frozen=True, slots=True)
class FirstStandard:
    """What a basic item says for the first time (首发标准), with the old codes that mean it."""

    basic_code: str
    body: Mapping[str, object]
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FirstEdition:
    """What an organ says for the first time (首发版本): whole, or only where it differs from the standard."""

    basic_code: str
    organ_id: uuid.UUID
    level: str
    body: Mapping[str, object]
    aliases: tuple[str, ...] = ()


@contextmanager
def _noted(which: str) -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        refusal.add_note(which)
        raise


@transaction.atomic
def publish_standards(
    *, actor: Actor, standards: Sequence[FirstStandard], starts_on: date, reason: str, at: datetime
) -> list[uuid.UUID]:
    """Draft, check, approve and publish the first basic edition of many basic items (整批发布标准); returns the editions' ids.

    Refused where one has an edition already, draft or not, or where the items that are in force would go beyond it.
    """
    ensure_basic_editor(actor)
    plan = moving.plan_of(starts_on, None, reason)
    basics = _locked_basics([one.basic_code for one in standards])
    _ensure_first(BasicEdition.objects.filter(basic__in=basics).values_list("basic", flat=True))
    # With an edition in force the standard must be held against it: that is the single act's work.
    _ensure_first(
        Item.objects.filter(basic__in=basics, editions__isnull=False).values_list("basic", flat=True)
    )
    deeds: list[Deed] = []
    editions: list[BasicEdition] = []
    for one in standards:
        basic = basics[one.basic_code]
        with _noted(one.basic_code):
            edition = BasicEdition(id=new_id(), basic=basic, number=1, made_at=at, name=basic.name)
            moving.fill(edition, read_draft(Terms, one.body), actor)
            terms = read_terms(edition.body)
            moving.ensure_publishable(terms, basic)
            stream = f"basic:{basic.code}"
            deeds += (Deed(stream, "catalogue.add_alias", {"old_code": old}) for old in _aliases(one.aliases))
            deeds += _put_through(edition, terms, plan, actor, at, stream, "_basic")
        editions.append(edition)
    BasicEdition.objects.bulk_create(editions, batch_size=_ROWS)
    _add_aliases([(old, None, one.basic_code) for one in standards for old in _aliases(one.aliases)])
    record_all(deeds, actor=actor, at=at)
    return [edition.id for edition in editions]


@transaction.atomic
def publish_items(
    *, actor: Actor, items: Sequence[FirstEdition], starts_on: date, reason: str, at: datetime
) -> list[uuid.UUID]:
    """Register many items, then draft, check, approve and publish the first edition of each (整批发布实施清单); returns the editions' ids.

    Refused where one has an edition already, draft or not.
    """
    plan = moving.plan_of(starts_on, None, reason)
    basics = _locked_basics([one.basic_code for one in items])
    standards = _standards_since(list(basics), starts_on)
    registered, deeds = _registered(actor, items, basics)
    _ensure_first(Edition.objects.filter(item__in=registered).values_list("item__code", flat=True))
    published: list[tuple[Edition, Guide]] = []
    for one, item in zip(items, registered, strict=True):
        with _noted(item.code):
            edition = Edition(id=new_id(), item=item, number=1, made_at=at, name=basics[one.basic_code].name)
            moving.fill(edition, read_draft(Guide, one.body), actor)
            held_to = standards.get(one.basic_code, [])
            guide = read_guide(completed(edition.body, held_to[0] if held_to else None))
            moving.ensure_publishable(guide, basics[one.basic_code], held_to)
            stream = f"item:{item.id}"
            deeds += (Deed(stream, "catalogue.add_alias", {"old_code": old}) for old in _aliases(one.aliases))
            deeds += _put_through(edition, guide, plan, actor, at, stream, "")
        published.append((edition, guide))
    editions = [edition for edition, _ in published]
    Edition.objects.bulk_create(editions, batch_size=_ROWS)
    search.put_all(documents_of(published))
    _add_aliases(
        [
            (old, item.id, None)
            for one, item in zip(items, registered, strict=True)
            for old in _aliases(one.aliases)
        ]
    )
    record_all(deeds, actor=actor, at=at)
    return [edition.id for edition in editions]


def _locked_basics(codes: Sequence[str]) -> dict[str, BasicItem]:
    """The basic items, locked in one order for everybody: the standard stays what it is until the editions stand."""
    if len(codes) > LARGEST_BATCH:
        raise ValueError(f"a batch holds at most {LARGEST_BATCH}")
    found = BasicItem.objects.select_for_update(no_key=True).filter(pk__in=set(codes)).order_by("pk")
    basics = {basic.code: basic for basic in found}
    for code in codes:
        if code not in basics:
            with _noted(code):
                raise NotFound("catalogue.basic", msg("没有这个基本目录事项。"))
    return basics


def _standards_since(codes: Sequence[str], on: date) -> dict[str, list[Terms]]:
    """What these basic items say on a day and later, by code. One statement."""
    found: dict[str, list[Terms]] = {}
    editions = BasicEdition.objects.filter(since(on), basic__in=codes).order_by("starts_on")
    for code, body in editions.values_list("basic", "body"):
        found.setdefault(code, []).append(Terms.model_validate(body))
    return found


def _registered(
    actor: Actor, items: Sequence[FirstEdition], basics: Mapping[str, BasicItem]
) -> tuple[list[Item], list[Deed]]:
    """Every item, registered where it was not, in the order given, and what the ledger says of that."""
    organs = parties.organs_by_id({one.organ_id for one in items})
    wanted: dict[tuple[str, uuid.UUID], Item] = {}
    for one in items:
        with _noted(f"{one.organ_id} {one.basic_code}"):
            ensure_editor(actor, one.organ_id)
            organ = organs[one.organ_id]
            code = code_of(organ.credit_code, one.level, one.basic_code)
            item = Item(
                id=new_id(),
                code=code,
                basic=basics[one.basic_code],
                organ_id=organ.id,
                place_id=organ.place,
                level=one.level,
            )
            if (one.basic_code, one.organ_id) in wanted:
                _ensure_first([code])
            wanted[one.basic_code, one.organ_id] = item
    known = Item.objects.select_for_update(of=("self",)).filter(organ__in=organs, basic__in=basics)
    for found in known.order_by("id"):
        asked = wanted.get((found.basic_id, found.organ_id))
        if asked is None:
            continue
        if asked.code != found.code:
            with _noted(asked.code):
                raise Conflict("catalogue.level", msg("本机关已按另一个行使层级登记了这个事项。"))
        found.basic = basics[found.basic_id]
        wanted[found.basic_id, found.organ_id] = found
    fresh = [item for item in wanted.values() if item._state.adding]
    deeds = [Deed(f"item:{item.id}", "catalogue.register_item", {"code": item.code}) for item in fresh]
    Item.objects.bulk_create(fresh, batch_size=_ROWS)
    return list(wanted.values()), deeds


def _ensure_first(found: Iterable[str]) -> None:
    for code in found:
        with _noted(code):
            raise Conflict("catalogue.first", msg("已经有版本的，要单独办，不能整批首发。"))


def _put_through(
    edition: Content, terms: Terms, plan: moving.Plan, actor: Actor, at: datetime, stream: str, kind: str
) -> list[Deed]:
    """A draft on its way into force, as the single acts write it; what the ledger says of each step."""
    drafted = {"edition": str(edition.id), "number": edition.number, "digest": edition.digest}
    steps: tuple[Callable[[], Mapping[str, object]], ...] = (
        lambda: moving.to_checked(edition, terms, plan, actor, at),
        lambda: moving.to_approved(edition, "", actor, at),
        lambda: moving.to_published(edition, actor, at),
    )
    names = (f"catalogue.check{kind}", f"catalogue.approve{kind}", f"catalogue.publish{kind}")
    deeds = [Deed(stream, f"catalogue.draft{kind}", drafted)]
    deeds += (
        Deed(stream, name, step(), heard=step is steps[-1]) for name, step in zip(names, steps, strict=True)
    )
    return deeds


def _aliases(given: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(read_alias(old) for old in given))


def _add_aliases(given: Sequence[tuple[str, uuid.UUID | None, str | None]]) -> None:
    """Old codes of the batch; Conflict where one means something already, in the catalogue or twice in the batch."""
    codes = [old for old, _, _ in given]
    taken = set(Alias.objects.filter(pk__in=codes).values_list("code", flat=True))
    for old in codes:
        if old in taken:
            with _noted(old):
                raise Conflict("catalogue.alias", msg("这个旧编码已经指向另一个事项。"))
        taken.add(old)
    Alias.objects.bulk_create(Alias(code=old, item_id=item, basic_id=basic) for old, item, basic in given)
