"""Delivery (送达方式): how an applicant may receive the result, and what of it is shown to whom.

Decisions are delivered within ten days (行政许可法第四十四条); the way is the applicant's choice among those that the edition offers.
"""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

from tongban.offers.catalogue.rules.guide import Guide
from tongban.standards.canonical import digest
from tongban.standards.text import msg


class Way(StrEnum):
    """Way of delivery (送达方式)."""

    ONLINE = "online"
    POST = "post"
    COUNTER = "counter"


WAY_LABELS: Mapping[Way, str] = {
    Way.ONLINE: msg("只要电子证照"),
    Way.POST: msg("邮寄"),
    Way.COUNTER: msg("到窗口领取"),
}
BY_HAND = frozenset({Way.POST, Way.COUNTER})
LONGEST_NAME = 60  # characters
LONGEST_ADDRESS = 200
_SHOWN_OF_ADDRESS = 6  # characters of an address that are shown where it is masked; [O] our own number


def ways_of(guide: Guide) -> tuple[Way, ...]:
    """The ways that an edition offers (可选送达方式): online always, post and counter where it says so."""
    offered = {Way.ONLINE: True, Way.POST: guide.channels.post, Way.COUNTER: "window" in guide.channels.ways}
    return tuple(way for way, there in offered.items() if there)


def masked_name(name: str) -> str:
    """A recipient's name with only its first character (收件人脱敏)."""
    return name[:1] + "*" * (len(name) - 1)


def masked_address(address: str) -> str:
    """An address without the street and the door (地址脱敏)."""
    return address[:_SHOWN_OF_ADDRESS] + "****" if len(address) > _SHOWN_OF_ADDRESS else "****"


def collected_at(kept: Mapping[str, object]) -> frozenset[UUID]:
    """The counter at which a result is to be collected (领取窗口), from what the row keeps; none for other ways."""
    counter = kept.get("counter") if kept.get("way") == Way.COUNTER else None
    return frozenset({UUID(str(counter))} if counter else ())


def told(kept: Mapping[str, object]) -> dict[str, object]:
    """What the ledger is told of a chosen delivery (送达方式入账): the way, and a digest of what the row keeps.

    Names, numbers and addresses are personal data and stay out of the ledger even as cipher text.
    """
    return {"way": kept["way"], "digest": digest(dict(kept))} if "way" in kept else {}
