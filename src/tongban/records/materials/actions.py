"""Acts on materials (材料行为)."""

import uuid
from datetime import datetime
from typing import BinaryIO

from django.db import transaction

from tongban.base.actor import Actor, ActorKind
from tongban.base.errors import Forbidden, Invalid
from tongban.base.files import actions as files
from tongban.base.ids import new_id
from tongban.base.record import record
from tongban.people.mandates.queries import hold
from tongban.people.mandates.rules import AMENDING, DRAFTING, limits_of
from tongban.records.materials.models import Material
from tongban.records.materials.rules import LARGEST_BYTES, Trust
from tongban.standards import plaintext
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg

_LONGEST = 200  # characters of a title and of a file's name


def keep(
    *,
    actor: Actor,
    stream: BinaryIO,
    file_name: str,
    title: str,
    at: datetime,
    owner: uuid.UUID | None = None,
    checked: bool = False,
) -> uuid.UUID:
    """Keep an uploaded file as a party's material (收存材料); returns its id.

    ``owner``: the party for whom a clerk keeps it at a counter; without it, the actor's own. ``checked``: the clerk held it
    against the original (原件已核对), which is trust grade B. Who handed it in stands in the ledger.

    The content is stored first, outside the transaction: it is found by its digest, so a repeated upload costs nothing.
    """
    party_id = _owner(actor, owner, checked=checked)
    name = _clean(
        file_name, "materials.file_name", msg("文件名里有不能用的字符，请改名后再传。"), field="file"
    )
    title = _clean(title, "materials.title", msg("还有内容没有填好，已经在下面标出。"), field="title")
    if not title:
        raise Invalid(
            "materials.title",
            msg("还有内容没有填好，已经在下面标出。"),
            fields={"title": [msg("这一项必填。")]},
        )
    kept = files.store(stream, name=name, limit=LARGEST_BYTES, at=at)
    trust = Trust.CHECKED if checked else Trust.OWNER
    with transaction.atomic():
        hold(actor, at=at)
        material = Material.objects.create(
            id=new_id(),
            party_id=party_id,
            file_id=kept.digest,
            title=title,
            file_name=name,
            trust=trust,
            kept_at=at,
            kept_by=actor.id,
        )
        data = {
            "material": str(material.id),
            "digest": kept.digest,
            "size": kept.size,
            **({"trust": trust.value} if owner is not None else {}),
        }
        record(stream=f"party:{party_id}", act="materials.keep", actor=actor, at=at, data=data)
    return material.id


def _owner(actor: Actor, owner: uuid.UUID | None, *, checked: bool) -> uuid.UUID:
    """Whose the material will be (材料归谁): the actor's own, or a party's whom a clerk serves. Raises Forbidden."""
    if owner is None and not checked and actor.party_id is not None:
        limits = limits_of(actor)
        if limits is not None and limits.acts.isdisjoint(DRAFTING | AMENDING):
            raise Forbidden(
                "mandates.act", msg("授权 %(number)s 里没有交材料这一项。"), {"number": limits.number}
            )
        return actor.party_id
    if owner is not None and actor.kind is ActorKind.STAFF and actor.organs_as("clerk"):
        return owner
    raise Forbidden("materials.owner", msg("请先登录，再上传材料。"))


def _clean(text: str, rule: str, refusal: str, *, field: str) -> str:
    try:
        return plaintext.clean(text, limit=_LONGEST)
    except BadCode as error:
        texts: list[str] = [Message(error.message, error.params)]
        raise Invalid(rule, refusal, fields={field: texts}) from error
