"""Reads of parties (当事人查询)."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from tongban.base.crypto import blind_index, decrypt
from tongban.people.parties.models import Organ, Party
from tongban.people.parties.rules import LegalKind, PartyKind
from tongban.standards import credit_code, plaintext, resident_id
from tongban.standards.codes import BadCode, normalised

ID_PURPOSE = "party.id_number"
PHONE_PURPOSE = "party.phone"
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class PartyView:
    """A party as its own pages and its case's staff see it (当事人视图).

    ``masked_number``: of a person the identity number with the birth digits hidden; of a legal person its credit code, which
    is public.
    """

    id: uuid.UUID
    name: str
    masked_number: str
    phone: str
    kind: PartyKind = PartyKind.PERSON


@dataclass(frozen=True, slots=True)
class LegalView:
    """A legal person as those who act for it see it (法人视图)."""

    id: uuid.UUID
    name: str
    credit_code: str
    kind: LegalKind
    representative_id: uuid.UUID
    representative_name: str


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
    if found.id_number is None:
        number = found.credit_code or ""
    else:
        number = resident_id.masked(decrypt(ID_PURPOSE, bytes(found.id_number)))
    phone = decrypt(PHONE_PURPOSE, bytes(found.phone))
    return PartyView(found.id, found.name, number, phone, PartyKind(found.kind))


def legal(party_id: uuid.UUID) -> LegalView | None:
    """The legal person of this id (取法人), or None where it is none. The caller has decided that the reader may see it."""
    return next(iter(_legals(Party.objects.filter(pk=party_id))), None)


def legal_by_code(code: str) -> LegalView | None:
    """The legal person of this credit code (按信用代码取法人), or None."""
    return next(iter(_legals(Party.objects.filter(credit_code=code))), None)


def represented_by(party_id: uuid.UUID) -> list[LegalView]:
    """The legal persons whose representative somebody is (担任法定代表人的法人), by name. One statement."""
    return _legals(Party.objects.filter(representative_id=party_id).order_by("name", "id"))


def _legals(found: QuerySet[Party]) -> list[LegalView]:
    rows = found.filter(kind=PartyKind.LEGAL).values_list(
        "id", "name", "credit_code", "legal_kind", "representative_id", "representative__name"
    )
    return [
        LegalView(id_, name, code or "", LegalKind(kind), by, who) for id_, name, code, kind, by, who in rows
    ]


@dataclass(frozen=True, slots=True)
class Facts:
    """Who a person is (身份事实), unmasked: name, identity number, telephone."""

    name: str
    number: str
    phone: str


def facts(party_id: uuid.UUID) -> Facts:
    """The facts of a person in the open (身份事实), to be checked against a source; for no page."""
    found = Party.objects.get(pk=party_id)
    if found.id_number is None:
        raise LookupError("a legal person has no identity number")
    number, phone = decrypt(ID_PURPOSE, bytes(found.id_number)), decrypt(PHONE_PURPOSE, bytes(found.phone))
    return Facts(found.name, number, phone)


def born(party_id: uuid.UUID) -> date:
    """The day of birth of a person (出生日期), as her number tells it; LookupError for a legal person."""
    return resident_id.parse(facts(party_id).number).born


def by_number(id_number: str) -> uuid.UUID | None:
    """The party of this number (按证件号码查当事人), whole and exact, as typed at a counter; or None.

    An identity number finds a person by its blind index, a credit code a legal person; a part of a number finds nobody. A
    number that cannot be is nobody's.
    """
    # One resident number in thirty-one passes for a credit code; the other way round the birth date forbids it.
    if credit_code.holds(normalised(id_number)):
        legals = Party.objects.filter(credit_code=normalised(id_number)).values_list("id", flat=True)
        if (legal_id := legals.first()) is not None:
            return legal_id
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


def organ_by_code(code: str) -> OrganView | None:
    """The organ of this credit code (按信用代码取机关), or None."""
    found = Organ.objects.filter(credit_code=code).first()
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
