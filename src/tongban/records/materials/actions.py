"""Acts on materials (材料行为)."""

import uuid
from datetime import datetime
from typing import BinaryIO

from django.db import transaction

from tongban.base.actor import Actor
from tongban.base.errors import Forbidden, Invalid
from tongban.base.files import actions as files
from tongban.base.ids import new_id
from tongban.base.record import record
from tongban.records.materials.models import Material
from tongban.records.materials.rules import LARGEST_BYTES, Trust
from tongban.standards import plaintext
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg

_LONGEST = 200  # characters of a title and of a file's name


def keep(*, actor: Actor, stream: BinaryIO, file_name: str, title: str, at: datetime) -> uuid.UUID:
    """Keep an uploaded file as the actor's material (收存材料); returns its id.

    The content is stored first, outside the transaction: it is found by its digest, so a repeated upload costs nothing.
    """
    if actor.party_id is None:
        raise Forbidden("materials.owner", msg("请先登录，再上传材料。"))
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
    with transaction.atomic():
        material = Material.objects.create(
            id=new_id(),
            party_id=actor.party_id,
            file_id=kept.digest,
            title=title,
            file_name=name,
            trust=Trust.OWNER,
            kept_at=at,
        )
        data = {"material": str(material.id), "digest": kept.digest, "size": kept.size}
        record(stream=f"party:{actor.party_id}", act="materials.keep", actor=actor, at=at, data=data)
    return material.id


def _clean(text: str, rule: str, refusal: str, *, field: str) -> str:
    try:
        return plaintext.clean(text, limit=_LONGEST)
    except BadCode as error:
        texts: list[str] = [Message(error.message, error.params)]
        raise Invalid(rule, refusal, fields={field: texts}) from error
