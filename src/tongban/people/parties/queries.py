"""Reads of parties (当事人查询)."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from tongban.base.crypto import blind_index, decrypt
from tongban.people.parties.models import Organ, Party
from tongban.standards import plaintext, resident_id
from tongban.standards.codes import BadCode

ID_PURPOSE = "party.id_number"
PHONE_PURPOSE = "party.phone"
_LONGEST_NAME = 60


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


@dataclass(frozen=True, slots=True)
class Facts:
    """Who a person is (身份事实), unmasked: name, identity number, telephone."""

    name: str
    number: str
    phone: str


def facts(party_id: uuid.UUID) -> Facts:
    """The facts of a person in the open (身份事实), to be checked against a source; for no page."""
    found = Party.objects.get(pk=party_id)
    number, phone = decrypt(ID_PURPOSE, bytes(found.id_number)), decrypt(PHONE_PURPOSE, bytes(found.phone))
    return Facts(found.name, number, phone)


def by_number(id_number: str) -> uuid.UUID | None:
    """The party of this identity number (按证件号码查当事人), whole and exact, as typed at a counter; or None.

    The blind index finds it; a part of a number finds nobody. A number that cannot be is nobody's.
    """
    try:
        number = resident_id.parse(id_number).number
    except BadCode:
        return None
    found = Party.objects.filter(id_index=blind_index(ID_PURPOSE, number)).values_list("id", flat=True)
    return found.first()


def matches(party_id: uuid.UUID, name: str) -> bool:
    """Whether the party bears this name (姓名是否相符): who types a number must know whose it is."""
    try:
        typed = plaintext.clean(name, limit=_LONGEST_NAME)
    except BadCode:
        return False
    return bool(typed) and Party.objects.filter(pk=party_id, name=typed).exists()


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


def organ_by_name(name: str) -> OrganView | None:
    """The organ of this full name (按全称取机关), or None where there is none or several places have one so named."""
    found = Organ.objects.filter(name=name)[:2]
    return _organ_view(found[0]) if len(found) == 1 else None


def organs_in(area: str) -> list[OrganView]:
    """The organs of a place and of all that lies in it (辖区内机关), by place and name. One statement.

    ``area``: the beginning of the division codes, as ``Actor.areas_as`` gives it.
    """
    within = Organ.objects.filter(place__code__startswith=area)
    return [_organ_view(found) for found in within.order_by("place_id", "name")]


def organs_by_code(codes: Collection[str]) -> dict[str, OrganView]:
    """The organs of these credit codes (按信用代码取多个机关), by code; what does not exist is not in it. One statement."""
    return {found.credit_code: _organ_view(found) for found in Organ.objects.filter(credit_code__in=codes)}


def organs() -> list[OrganView]:
    """All organs (机关名录): public."""
    return [_organ_view(found) for found in Organ.objects.order_by("place_id", "name")]
