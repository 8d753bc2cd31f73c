"""Acts on bundles (一件事目录的行为): publish a definition, held against the guides of its items wherever it is offered."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from django.db import transaction
from pydantic import ValidationError

from tongban.base.actor import Actor
from tongban.base.errors import Invalid
from tongban.base.ids import new_id
from tongban.base.record import record
from tongban.base.search import actions as search
from tongban.offers.catalogue.actions.items import ensure_basic_editor
from tongban.offers.catalogue.models import BasicItem, BundleEdition
from tongban.offers.catalogue.queries.bundles import offer, places_of
from tongban.offers.catalogue.rules.bundles import Definition, merge
from tongban.offers.catalogue.rules.finding import of_bundle
from tongban.people.places import queries as places
from tongban.standards.canonical import digest
from tongban.standards.text import Message, msg

_UNSOUND = msg("这份一件事目录有不合规定的内容。")


def read_bundle(body: Mapping[str, object]) -> Definition:
    """The definition that ``body`` describes (读一件事目录); raises Invalid with every place that cannot be taken."""
    try:
        return Definition.model_validate(body)
    except ValidationError as error:
        fields: dict[str, list[str]] = {}
        for found in error.errors(include_url=False, include_context=False, include_input=False):
            path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in found["loc"])
            fields.setdefault(f"${path}", []).append(found["msg"])
        raise Invalid("catalogue.bundle", _UNSOUND, fields=fields) from error


@transaction.atomic
def publish_bundle(*, actor: Actor, definition: Definition, on: date, at: datetime) -> bool:
    """Publish a bundle (发布一件事), as the next edition of its code; returns False where the last one says the same.

    Refused where an item does not exist, where nobody offers all items together at any place, or where what is declared as
    one fact or one material cannot be one. ``on``: the day whose guides it is held against.
    """
    ensure_basic_editor(actor)
    fields: dict[str, list[str]] = {}
    for where, why in _wrong(definition, on):
        fields.setdefault(where, []).append(why)
    if fields:
        raise Invalid("catalogue.bundle", _UNSOUND, fields=fields)
    body = definition.body()
    last = BundleEdition.objects.filter(code=definition.code).order_by("-number").first()
    if last is not None and last.digest == digest(body):
        return False
    edition = BundleEdition(
        id=new_id(),
        code=definition.code,
        number=1 if last is None else last.number + 1,
        name=definition.name,
        place_id=definition.place,
        body=body,
        digest=digest(body),
        published_at=at,
        published_by=actor.id,
    )
    edition.save(force_insert=True)
    names = dict(
        BasicItem.objects.filter(code__in=[i.basic for i in definition.items]).values_list("code", "name")
    )
    search.put(of_bundle(definition, str(edition.id), [names[item.basic] for item in definition.items], on))
    record(
        stream=f"onething:{definition.code}",
        act="catalogue.publish_bundle",
        actor=actor,
        at=at,
        data={"number": edition.number, "digest": edition.digest, "edition": str(edition.id)},
    )
    return True


def _wrong(definition: Definition, on: date) -> Iterator[tuple[str, str]]:
    """What cannot be taken (不合规定之处), by path."""
    if places.find(definition.place) is None:
        yield "$.place", Message(msg("没有区划代码是 %(code)s 的地方。"), {"code": definition.place})
        return
    known = set(
        BasicItem.objects.values_list("code", flat=True).filter(code__in=[i.basic for i in definition.items])
    )
    for number, item in enumerate(definition.items):
        if item.basic not in known:
            yield (
                f"$.items[{number}].basic",
                Message(msg("没有基本目录事项 %(code)s。"), {"code": item.basic}),
            )
    if known != {item.basic for item in definition.items}:
        return
    offers = [found for place in places_of(definition, on) if (found := offer(definition, place.code, on))]
    if not offers:
        yield "$.items", msg("没有一个地方同时开办这些事项。")
    told: set[tuple[str, str]] = set()
    for offered in offers:
        told |= {
            (problem.where, problem.why)
            for problem in merge(definition, [edition.guide for edition in offered]).problems
        }
    yield from sorted(told)
