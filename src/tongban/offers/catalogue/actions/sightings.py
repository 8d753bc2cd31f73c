"""Acts on sightings (所见文本行为): note what was really shown of an item somewhere on a day."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from tongban.base.actor import Actor, ActorKind
from tongban.base.errors import Forbidden, Invalid, NotFound
from tongban.base.record import record
from tongban.offers.catalogue.access import may_compare
from tongban.offers.catalogue.models import Item, Sighting
from tongban.offers.catalogue.queries.guides import sound
from tongban.offers.catalogue.rules.sightings import Shown, SightChannel
from tongban.standards import plaintext
from tongban.standards.canonical import digest
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg

MOST_DAYS = 400  # as many as a guide may say
MOST_ENTRIES = 60  # materials or fees of one sighting; [O] our own number
_WIDTHS = {"whereabouts": 200, "reporter": 60, "name": 200, "note": 400}


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody saw (所见): of which item, through which channel, where, when, who reports it, and what it said."""

    item_code: str
    channel: str
    whereabouts: str
    seen_on: date
    reporter: str
    shown: Shown
    note: str = ""


@transaction.atomic
def record_sighting(*, actor: Actor, seen: Seen, at: datetime) -> tuple[uuid.UUID, bool]:
    """Note a sighting (登记所见): (its id, whether it is new). The same report again is the same sighting.

    By any editor, of whatever organ, or by the platform (an import). Raises Forbidden, NotFound, Invalid by field.
    """
    allowed, why = may_compare(actor)
    if not allowed and actor.kind is not ActorKind.SYSTEM:
        raise Forbidden("catalogue.sighting", why)
    texts = read_seen(seen, timezone.localtime(at).date())
    item = Item.objects.filter(code=sound(seen.item_code)).first()
    if item is None:
        told = msg("没有这个事项，请核对编码。")
        raise NotFound("catalogue.item", told, fields={"item_code": [told]})
    shown = seen.shown
    said: dict[str, object] = {
        "name": texts["name"],
        "statutory_days": shown.statutory_days,
        "promised_days": shown.promised_days,
        "materials": None if shown.materials is None else list(shown.materials),
        "fees": None if shown.fees is None else list(shown.fees),
    }
    told_by = {"reporter": texts["reporter"], "note": texts["note"]}
    made, fresh = Sighting.objects.get_or_create(
        item=item,
        channel=seen.channel,
        whereabouts=texts["whereabouts"],
        seen_on=seen.seen_on,
        digest=digest(said),
        defaults=said | told_by | {"recorded_at": at, "recorded_by": actor.id},
    )
    if fresh:
        data = {
            "sighting": str(made.id),
            "channel": seen.channel,
            "where": texts["whereabouts"],
            "seen_on": seen.seen_on.isoformat(),
            "digest": made.digest,
        }
        record(stream=f"item:{item.id}", act="catalogue.sighting", actor=actor, at=at, data=data)
    return made.id, fresh


def read_seen(seen: Seen, today: date) -> dict[str, str]:
    """The texts of a sighting as they are kept (核对所见内容); raises Invalid with everything that cannot be taken."""
    fields: dict[str, list[str]] = {}
    texts: dict[str, str] = {}
    shown = seen.shown
    given = {
        "whereabouts": seen.whereabouts,
        "reporter": seen.reporter,
        "name": shown.name,
        "note": seen.note,
    }
    for field, limit in _WIDTHS.items():
        try:
            texts[field] = plaintext.clean(given[field], limit=limit)
        except BadCode as error:
            fields[field] = [Message(error.message, error.params)]
    for field in ("whereabouts", "reporter"):
        if field in texts and not texts[field]:
            fields[field] = [msg("请填写这一项。")]
    if seen.channel not in set(SightChannel):
        fields["channel"] = [msg("请选择是在哪里看到的。")]
    if seen.seen_on > today:
        fields["seen_on"] = [msg("看到的日期不能在今天以后。")]
    for field in ("statutory_days", "promised_days"):
        days = getattr(shown, field)
        if days is not None and not 0 <= days <= MOST_DAYS:
            fields[field] = [msg("天数要在0到400之间。")]
    fields |= _bad_lists(shown)
    if shown.says_nothing():
        fields.setdefault("name", []).append(msg("名称、期限、材料、收费至少要填一样。"))
    if fields:
        raise Invalid("catalogue.sighting", msg("还有内容没有填好，已经在下面标出。"), fields=fields)
    return texts


def _bad_lists(shown: Shown) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for field, limit in (("materials", 200), ("fees", 400)):
        entries: tuple[str, ...] = getattr(shown, field) or ()
        try:
            for entry in entries:
                plaintext.clean(entry, limit=limit)
        except BadCode as error:
            fields[field] = [Message(error.message, error.params)]
        if len(entries) > MOST_ENTRIES:
            fields[field] = [Message(msg("最多填%(count)s项。"), {"count": MOST_ENTRIES})]
    return fields
