"""Shapes of what is open to everybody (公开内容的数据形状): verifications, drift and sightings, the seals of the ledger."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, PlainSerializer, StringConstraints

from tongban.base.ledger.rules import seal_time
from tongban.records.licences.rules import Standing


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Verified(_Out):
    """What anybody with the code is told (核验结果); the holder's name is masked."""

    identifier: str
    number: str
    name: str
    holder_name: str
    issuer_name: str
    valid_from: date
    valid_to: date | None
    standing: Standing
    digest: str
    issued_at: datetime
    revoked_at: datetime | None


class Checking(BaseModel):
    """A licence that somebody shows to a connected system (待核验证照), and the number of whom it is shown for."""

    model_config = ConfigDict(extra="forbid")

    identifier: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z.]{1,150}$")]
    holder_number: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{15,18}$")]


class CheckedOut(_Out):
    """What a connected system is told (系统核验结果)."""

    identifier: str
    name: str
    issuer_name: str
    valid_from: date
    valid_to: date | None
    standing: Standing
    digest: str


class DriftOut(_Out):
    """One way in which a basic item is carried out (不一致之处), where there are several; ``items`` do it so."""

    basic_code: str
    basic_name: str
    element: str
    value: str
    items: int
    places: list[str]
    kinds: int


class Drifts(_Out):
    """Where the catalogue drifts apart (不一致报告), by basic item and element, the commonest value first."""

    items: list[DriftOut]


class MismatchOut(_Out):
    """Where what was shown differs from the edition in force (所见不一致)."""

    element: str
    shown: str
    stands: str


class SightingOut(_Out):
    """What was shown of an item somewhere on a day (所见文本), and where it differs; ``edition_id`` null: none was in force."""

    item_code: str
    item_name: str
    organ_name: str
    place_name: str
    channel: str
    whereabouts: str
    seen_on: date
    edition_id: UUID | None
    edition_number: int
    mismatches: list[MismatchOut]


class Sightings(_Out):
    """Sightings that differ (网上和窗口对照), the newest first; who reported them stays with the editors."""

    items: list[SightingOut]


class SealOut(_Out):
    """A seal of the ledger (封存): verify ``signature`` over the canonical JSON of seal, at, size, root and previous."""

    number: int
    at: Annotated[
        datetime, PlainSerializer(seal_time, return_type=str)
    ]  # to the microsecond, as it was signed
    size: int
    root: str
    previous: str
    key_id: str
    signature: str


class Seals(_Out):
    """Seals (封存列表), newest first, and the public keys that check them."""

    seals: list[SealOut]
    keys: dict[str, str]


class OneSeal(SealOut):
    """One seal (单个封存) and the public key that checks it, PEM; null where that key is no longer known."""

    key: str | None


class SealingKeys(_Out):
    """Public keys (封存公钥) of all that ever sealed here, PEM by id, and the id of the one that seals today."""

    current: str
    keys: dict[str, str]
