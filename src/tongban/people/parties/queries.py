"""Reads of parties (当事人查询)."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from tongban.base.crypto import decrypt
from tongban.people.parties.models import Organ, Party
from tongban.standards import resident_id

ID_PURPOSE = "party.id_number"
PHONE_PURPOSE = "party.phone"


@dataclass(frozen=True, slots=True)
class PartyView:
    """A party as its own pages and its case's staff see it (当事人视图): the number is masked."""

    id: uuid.UUID
    name: str
    masked_number: str
    phone: str


@dataclass(frozen=True, slots=True)
class OrganView:
    """An organ as pages show it (机关视图)."""

    id: uuid.UUID
    name: str
    short_name: str
    credit_code: str
    place: str
    demonstration: bool


def party(party_id: uuid.UUID) -> PartyView:
    """The party of this id (按标识取当事人). The caller has already decided that the reader may see it."""
    found = Party.objects.get(pk=party_id)
    return PartyView(
        found.id,
        found.name,
        resident_id.masked(decrypt(ID_PURPOSE, bytes(found.id_number))),
        decrypt(PHONE_PURPOSE, bytes(found.phone)),
    )


def ids_named(text: str, limit: int = 200) -> list[uuid.UUID]:
    """Ids of the parties whose name begins with ``text`` (按姓名查当事人); for staff searches, which filter by access."""
    found = Party.objects.filter(name__startswith=text).order_by("name", "id")
    return list(found.values_list("id", flat=True)[:limit])


def _organ_view(organ: Organ) -> OrganView:
    return OrganView(
        organ.id, organ.name, organ.short_name, organ.credit_code, organ.place_id, organ.demonstration
    )


def organ(organ_id: uuid.UUID) -> OrganView:
    """The organ of this id (按标识取机关)."""
    return _organ_view(Organ.objects.get(pk=organ_id))


def organs_by_id(organ_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, OrganView]:
    """The organs of these ids (按标识取多个机关), by id; what does not exist is not in it. One statement."""
    return {found.id: _organ_view(found) for found in Organ.objects.filter(pk__in=organ_ids)}


def organ_by_code(credit_code: str) -> OrganView | None:
    """The organ of this credit code (按信用代码取机关), or None."""
    found = Organ.objects.filter(credit_code=credit_code).first()
    return None if found is None else _organ_view(found)


def organs() -> list[OrganView]:
    """All organs (机关名录): public."""
    return [_organ_view(found) for found in Organ.objects.order_by("place_id", "name")]
