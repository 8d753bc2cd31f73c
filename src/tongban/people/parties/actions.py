"""Acts on parties (当事人登记)."""

import uuid
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
from tongban.standards import phone as phones
from tongban.standards import plaintext, resident_id
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg

_CHINA = ZoneInfo("Asia/Shanghai")


def _name(text: str) -> str:
    name = plaintext.clean(text, limit=60)
    if not name:
        raise BadCode("parties.name", msg("请填写这一项。"))
    return name


def register(*, actor: Actor, name: str, id_number: str, phone: str, at: datetime) -> uuid.UUID:
    """Register a person (自然人登记) by resident identity number; one party per number. Returns the party's id."""
    errors: dict[str, list[str]] = {}
    clean: dict[str, str] = {}
    today = at.astimezone(_CHINA).date()
    for field, read, given in (
        ("name", _name, name),
        ("id_number", lambda text: resident_id.parse(text, today=today).number, id_number),
        ("phone", phones.parse_mobile, phone),
    ):
        try:
            clean[field] = read(given)
        except BadCode as error:
            errors[field] = [Message(error.message, error.params)]
    if errors:
        raise Invalid("parties.facts", msg("请改正标出的内容。"), fields=errors)
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
