"""What a reader of an item finds (读者所见): what stands today beside its kin, every public edition, the files they name."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from tongban.base.db import fetch_all, fetch_one
from tongban.base.errors import NotFound
from tongban.offers.catalogue.queries.guides import IN_FORCE, PUBLIC, guide_of, sound
from tongban.offers.catalogue.rules.editions import EditionState, Validity, validity_of
from tongban.offers.catalogue.rules.guide import Attachment, Guide
from tongban.standards.text import msg


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands on a day (现行情况): the edition in force, its planned end, what its item is a part of and is made of.

    ``above``: editions in force of the main item, by the same organ; ``above_name``: the main item's name, where there is
    one. ``below``: those of its sub-items and business items. ``ahead``: the next edition that is published already.
    """

    edition_id: uuid.UUID
    ends_on: date | None
    above_name: str
    above: tuple[uuid.UUID, ...]
    below: tuple[uuid.UUID, ...]
    ahead: uuid.UUID | None


# One statement, because the guide page asks it every time. In the subqueries e is another edition than outside.
_STANDING = f"""
    SELECT e.id, e.ends_on, coalesce(u.name, ''),
        ARRAY(SELECT e.id FROM edition e JOIN item k ON k.id = e.item_id
              WHERE k.organ_id = i.organ_id AND k.basic_id = b.parent_id AND {IN_FORCE} ORDER BY k.code),
        ARRAY(SELECT e.id FROM edition e JOIN item k ON k.id = e.item_id JOIN basic_item c ON c.code = k.basic_id
              WHERE k.organ_id = i.organ_id AND c.parent_id = b.code AND {IN_FORCE} ORDER BY k.code),
        (SELECT e.id FROM edition e WHERE e.item_id = i.id AND {PUBLIC} AND e.starts_on > %s
              AND (e.ends_on IS NULL OR e.ends_on > e.starts_on) ORDER BY e.starts_on LIMIT 1)
    FROM edition e JOIN item i ON i.id = e.item_id JOIN basic_item b ON b.code = i.basic_id
        LEFT JOIN basic_item u ON u.code = b.parent_id
    WHERE i.code = %s AND {IN_FORCE}
"""  # noqa: S608 -- constant text


def standing(item_code: str, on: date) -> Standing | None:
    """What stands of an item on a day (现行情况), or None where no edition of it is in force then."""
    row = (
        fetch_one(_STANDING, [on, on, on, on, on, item_code, on, on])
        if sound(item_code) == item_code
        else None
    )
    if row is None:
        return None
    return Standing(row[0], row[1], row[2], tuple(row[3]), tuple(row[4]), row[5])


@dataclass(frozen=True, slots=True)
class PublicEdition:
    """A published edition among the others of its item (公开版本): its days, why it was made, who approved it."""

    id: uuid.UUID
    number: int
    state: EditionState
    starts_on: date
    ends_on: date | None
    reason: str
    approver: str
    digest: str
    published_at: datetime

    def validity(self, on: date) -> Validity:
        """Where it stands on a day (版本效力)."""
        return validity_of(self.state, self.starts_on, self.ends_on, on)

    @property
    def never(self) -> bool:
        """Whether it was replaced or taken back before its first day (从未生效)."""
        return self.ends_on is not None and self.ends_on <= self.starts_on


_PUBLIC_EDITIONS = f"""
    SELECT e.id, e.number, e.state, e.starts_on, e.ends_on, e.reason, e.approver, e.digest, e.published_at
    FROM edition e JOIN item i ON i.id = e.item_id WHERE i.code = %s AND {PUBLIC} ORDER BY e.starts_on, e.number
"""  # noqa: S608 -- constant text


def public_editions(item_code: str) -> list[PublicEdition]:
    """Every published edition of an item (公开版本沿革), the earliest first; raises NotFound where there is none."""
    rows = fetch_all(_PUBLIC_EDITIONS, [item_code]) if sound(item_code) == item_code else []
    if not rows:
        raise NotFound("catalogue.item", msg("没有找到这个事项，它可能已经取消，或者地址不完整。"))
    return [PublicEdition(row[0], row[1], EditionState(row[2]), *row[3:]) for row in rows]


def numbered(item_code: str, number: int) -> PublicEdition:
    """The published edition of an item with this number (按号取版本). Raises NotFound."""
    found = next((one for one in public_editions(item_code) if one.number == number), None)
    if found is None:
        raise NotFound("catalogue.edition", msg("没有这个事项版本。"))
    return found


def attachments_of(guide: Guide) -> Iterator[Attachment]:
    """Every file that a guide names (指南附件): blank forms, samples, the sample of the result."""
    for material in guide.materials:
        yield from (one for one in (material.blank, material.sample) if one is not None)
    if guide.result.sample is not None:
        yield guide.result.sample


def attachment(item_code: str, digest: str) -> Attachment:
    """The file of this digest (取附件), where a published edition of the item names it; the newest name counts.

    Raises NotFound for every other digest, also where the platform keeps such a file for somebody else.
    """
    for edition in reversed(public_editions(item_code)):
        for found in attachments_of(guide_of(edition.id)):
            if found.digest == digest:
                return found
    raise NotFound("catalogue.attachment", msg("这个事项没有这个文件。"))
