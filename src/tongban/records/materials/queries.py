"""Reads of materials (材料查询)."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from tongban.base.actor import Actor
from tongban.records.materials.access import visible_to
from tongban.records.materials.models import Material


@dataclass(frozen=True, slots=True)
class MaterialView:
    """A material as its owner sees it (材料视图)."""

    id: uuid.UUID
    title: str
    file_name: str
    digest: str
    size: int
    media_type: str
    trust: str
    kept_at: datetime


def _view(found: Material) -> MaterialView:
    return MaterialView(
        found.id,
        found.title,
        found.file_name,
        found.file_id,
        found.file.size,
        found.file.media_type,
        found.trust,
        found.kept_at,
    )


def mine(actor: Actor, limit: int = 100) -> list[MaterialView]:
    """The actor's own materials (我的材料), newest first."""
    return [
        _view(m)
        for m in Material.objects.filter(visible_to(actor)).select_related("file").order_by("-id")[:limit]
    ]


def owned(actor: Actor, material_id: uuid.UUID) -> MaterialView | None:
    """One of the actor's own materials (取本人材料), or None."""
    found = Material.objects.filter(visible_to(actor), pk=material_id).select_related("file").first()
    return None if found is None else _view(found)


def owned_by(party_id: uuid.UUID, material_id: uuid.UUID) -> MaterialView | None:
    """A material of a party (取当事人材料), or None. The caller acts for that party, at a counter or by herself."""
    found = Material.objects.filter(party_id=party_id, pk=material_id).select_related("file").first()
    return None if found is None else _view(found)


def content_of(material_id: uuid.UUID) -> str:
    """Digest of a material's content (材料摘要). The caller keeps or attaches it for its owner."""
    return Material.objects.values_list("file_id", flat=True).get(pk=material_id)
