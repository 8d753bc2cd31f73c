"""Items and their codes (事项登记): that an organ carries out a basic item, and old codes that still lead to it."""

import uuid
from datetime import datetime

from django.db import transaction

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.record import record
from tongban.offers.catalogue.access import may_edit, may_edit_basic
from tongban.offers.catalogue.models import Alias, BasicItem, Item
from tongban.people.parties import queries as parties
from tongban.standards.codes import BadCode
from tongban.standards.item_codes import Level, OldCode, parse_any
from tongban.standards.text import Message, msg


def ensure_editor(actor: Actor, organ_id: uuid.UUID) -> None:
    """Raise Forbidden where ``actor`` does not edit this organ's items (核对编辑权)."""
    allowed, reason = may_edit(actor, organ_id)
    if not allowed:
        raise Forbidden("catalogue.editor", reason)


def ensure_basic_editor(actor: Actor) -> None:
    """Raise Forbidden where ``actor`` does not edit the basic catalogue (核对基本目录编辑权)."""
    allowed, reason = may_edit_basic(actor)
    if not allowed:
        raise Forbidden("catalogue.basic_editor", reason)


def code_of(credit_code: str, level: str, basic_code: str) -> str:
    """The code of an item (实施编码) of 31, of a business item 33; raises Invalid."""
    try:
        return str(parse_any(f"{credit_code}{Level(level)}{basic_code}"))
    except ValueError as error:  # a bad code is one as well
        told = msg("行使层级或者编码不对。")
        raise Invalid("catalogue.code", told, fields={"level": [told]}) from error


def read_alias(old_code: str) -> str:
    """An old code as it is kept (读旧编码); raises Invalid."""
    try:
        return str(OldCode.parse(old_code))
    except BadCode as error:
        told: list[str] = [Message(error.message, error.params)]
        raise Invalid("catalogue.alias", error.message, error.params, fields={"old_code": told}) from error


@transaction.atomic
def register_item(
    *, actor: Actor, basic_code: str, organ_id: uuid.UUID, level: str, at: datetime
) -> uuid.UUID:
    """Register that an organ carries out a basic item (登记实施清单). Registering twice gives the same item.

    A basic code of 14 registers a business item (业务办理项), whose code has 33 characters.
    """
    ensure_editor(actor, organ_id)
    organ = parties.organ(organ_id)
    if not BasicItem.objects.filter(pk=basic_code).exists():
        raise NotFound("catalogue.basic", msg("没有这个基本目录事项。"))
    code = code_of(organ.credit_code, level, basic_code)
    if Item.objects.filter(basic_id=basic_code, organ_id=organ_id).exclude(code=code).exists():
        raise Conflict("catalogue.level", msg("本机关已按另一个行使层级登记了这个事项。"))
    item, fresh = Item.objects.get_or_create(
        code=code,
        defaults={"basic_id": basic_code, "organ_id": organ_id, "place_id": organ.place, "level": level},
    )
    if fresh:
        record(
            stream=f"item:{item.id}", act="catalogue.register_item", actor=actor, at=at, data={"code": code}
        )
    return item.id


@transaction.atomic
def add_alias(*, actor: Actor, old_code: str, code: str, at: datetime) -> None:
    """Note that an old code of 10 or 24 (旧编码) means the item, or the basic item, with this ``code``.

    Adding the same again changes nothing. Raises Invalid for what is no old code, Conflict where it already means another.
    """
    alias = read_alias(old_code)
    item = Item.objects.filter(code=code).first()
    basic = None if item else BasicItem.objects.filter(pk=code).first()
    if item is not None:
        ensure_editor(actor, item.organ_id)
    elif basic is not None:
        ensure_basic_editor(actor)
    else:
        raise NotFound("catalogue.item", msg("没有这个事项。"))
    found, fresh = Alias.objects.get_or_create(code=alias, defaults={"item": item, "basic": basic})
    if not fresh and (found.item_id, found.basic_id) != (item and item.id, basic and basic.code):
        raise Conflict("catalogue.alias", msg("这个旧编码已经指向另一个事项。"))
    if fresh:
        stream = f"item:{item.id}" if item else f"basic:{code}"
        record(stream=stream, act="catalogue.add_alias", actor=actor, at=at, data={"old_code": alias})
