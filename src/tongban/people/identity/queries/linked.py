"""Outside accounts that are linked (关联的外部账号查询), and providers at which one may have one."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime

from tongban.base.actor import Actor
from tongban.base.crypto import blind_index, decrypt
from tongban.people.identity import providers
from tongban.people.identity.models import LinkedAccount
from tongban.people.identity.rules.outside import Shown

SUBJECT_PURPOSE = "linked.subject"
SEALED_PURPOSE = "linked.sealed"


@dataclass(frozen=True, slots=True)
class LinkedView:
    """Linked account as its owner sees it (关联账号视图). ``provider``: the provider's name, or its key where it is not in use any more."""

    id: uuid.UUID
    provider: str
    label: str
    linked_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class ProviderView:
    """Outside provider as a page offers it (外部身份提供方视图)."""

    key: str
    name: str


def offered_providers() -> list[ProviderView]:
    """The outside providers that may be used (可用的外部账号)."""
    return [ProviderView(one.key, one.name) for one in providers.outside_providers().values()]


def linked_of(actor: Actor) -> list[LinkedView]:
    """The outside accounts linked to the actor's own (我关联的外部账号), the first linked first. One statement."""
    if actor.id is None:
        return []
    names = {one.key: one.name for one in offered_providers()}
    found = LinkedAccount.objects.filter(account_id=actor.id).order_by("linked_at", "id")
    return [
        LinkedView(
            one.id,
            names.get(one.provider, one.provider),
            str(json.loads(decrypt(SEALED_PURPOSE, bytes(one.sealed)))["label"]),
            one.linked_at,
            one.used_at,
        )
        for one in found
    ]


def subject_digest(shown: Shown) -> bytes:
    """The digest under which a subject of an issuer is known (外部账号摘要)."""
    return blind_index(SUBJECT_PURPOSE, f"{shown.issuer}\n{shown.subject}")
