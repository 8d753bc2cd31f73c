"""Acts on parties (当事人登记)."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from tongban.base.actor import Actor
from tongban.base.crypto import blind_index, encrypt
from tongban.base.errors import Conflict, Invalid
from tongban.base.ids import new_id
from tongban.base.record import record
from tongban.people.parties.models import Party
from tongban.people.parties.queries import ID_PURPOSE, PHONE_PURPOSE
from tongban.people.parties.rules import LegalKind, PartyKind
from tongban.standards import credit_code, plaintext, resident_id
from tongban.standards import phone as phones
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg

_CHINA = ZoneInfo("Asia/Shanghai")


_LONGEST_NAME = 60
_LONGEST_LEGAL_NAME = 100


def _name(text: str, limit: int = _LONGEST_NAME) -> str:
    name = plaintext.clean(text, limit=limit)
    if not name:
        raise BadCode("parties.name", msg("请填写这一项。"))
    return name


def _clean(*facts: tuple[str, Callable[[str], str], str]) -> dict[str, str]:
    """The facts as they are kept, by field; Invalid with all that is wrong."""
    errors: dict[str, list[str]] = {}
    clean: dict[str, str] = {}
    for field, read, given in facts:
        try:
            clean[field] = read(given)
        except BadCode as error:
            errors[field] = [Message(error.message, error.params)]
    if errors:
        raise Invalid("parties.facts", msg("请改正标出的内容。"), fields=errors)
    return clean


def register(*, actor: Actor, name: str, id_number: str, phone: str, at: datetime) -> uuid.UUID:
    """Register a person (自然人登记) by resident identity number; one party per number. Returns the party's id."""
    today = at.astimezone(_CHINA).date()
    clean = _clean(
        ("name", _name, name),
        ("id_number", lambda text: resident_id.parse(text, today=today).number, id_number),
        ("phone", phones.parse_mobile, phone),
    )
    party = Party(
        id=new_id(),
        name=clean["name"],
        id_number=encrypt(ID_PURPOSE, clean["id_number"]),
        id_index=blind_index(ID_PURPOSE, clean["id_number"]),
        phone=encrypt(PHONE_PURPOSE, clean["phone"]),
        registered_at=at,
    )
    try:
        with transaction.atomic():
            party.save(force_insert=True)
            record(stream=f"party:{party.id}", act="parties.register", actor=actor, at=at, data={})
    except IntegrityError as error:
        raise Conflict("parties.once", msg("这个证件号码已经登记过，请直接登录。")) from error
    return party.id


@dataclass(frozen=True, slots=True)
class Facts:
    """What is told of a legal person (法人登记内容), as it will be kept once :func:`legal_facts` has read it."""

    name: str
    credit_code: str
    kind: LegalKind
    phone: str


def legal_facts(*, name: str, code: str, kind: str, phone: str) -> Facts:
    """The facts of a legal person, checked (法人登记内容核对); Invalid with all that is wrong at its field."""
    clean = _clean(
        ("name", lambda text: _name(text, _LONGEST_LEGAL_NAME), name),
        ("code", lambda text: str(credit_code.parse(text)), code),
        ("kind", _kind, kind),
        ("phone", lambda text: str(phones.parse(text)), phone),
    )
    return Facts(clean["name"], clean["code"], LegalKind(clean["kind"]), clean["phone"])


def _kind(text: str) -> str:
    if text not in set(LegalKind):
        raise BadCode("parties.kind", msg("请选一项。"))
    return text


def register_legal(
    *, actor: Actor, facts: Facts, representative: uuid.UUID, proof: str, at: datetime
) -> uuid.UUID:
    """Register a legal person (法人登记), one party per credit code. ``proof``: what has shown who represents it.

    The caller has asked the source, or a clerk has seen the document. Raises Conflict where the code is registered.
    """
    party = Party(
        id=new_id(),
        kind=PartyKind.LEGAL,
        name=facts.name,
        credit_code=facts.credit_code,
        legal_kind=facts.kind,
        phone=encrypt(PHONE_PURPOSE, facts.phone),
        representative_id=representative,
        id_type="",
        registered_at=at,
    )
    data: dict[str, object] = {
        "code": facts.credit_code,
        "representative": str(representative),
        "proof": proof,
    }
    try:
        with transaction.atomic():
            party.save(force_insert=True)
            record(stream=f"party:{party.id}", act="parties.register_legal", actor=actor, at=at, data=data)
    except IntegrityError as error:
        raise Conflict("parties.code_once", msg("这个统一社会信用代码已经登记过。")) from error
    return party.id


@transaction.atomic
def change_representative(
    *, actor: Actor, party_id: uuid.UUID, representative: uuid.UUID, name: str, proof: str, at: datetime
) -> None:
    """Let a legal person have another legal representative (变更法定代表人), and the name that the source knows it by now.

    What the former one and her agents may do ends in the same transaction: the caller sees to it.
    """
    party = Party.objects.select_for_update().get(pk=party_id, kind=PartyKind.LEGAL)
    data: dict[str, object] = {
        "representative": str(representative),
        "before": str(party.representative_id),
        "proof": proof,
    }
    party.representative_id, party.name = representative, name
    party.save(update_fields=["representative", "name"])
    record(stream=f"party:{party_id}", act="parties.change_representative", actor=actor, at=at, data=data)


@transaction.atomic
def change_phone(*, actor: Actor, party_id: uuid.UUID, phone: str, at: datetime) -> None:
    """Keep another telephone of a person (变更手机号码); Invalid at the field."""
    clean = _clean(("phone", phones.parse_mobile, phone))
    Party.objects.filter(pk=party_id).update(phone=encrypt(PHONE_PURPOSE, clean["phone"]))
    record(stream=f"party:{party_id}", act="parties.change_phone", actor=actor, at=at, data={})


@transaction.atomic
def forget_phone(*, actor: Actor, party_id: uuid.UUID, at: datetime) -> None:
    """Forget a person's telephone (删除手机号码), because she leaves."""
    Party.objects.filter(pk=party_id).update(phone=encrypt(PHONE_PURPOSE, ""))
    record(stream=f"party:{party_id}", act="parties.forget_phone", actor=actor, at=at, data={})
