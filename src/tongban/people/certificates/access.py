"""Who may see and touch certificates (证书权限)."""

import uuid
from collections.abc import Collection

from django.db.models import Q

from tongban.base.actor import Actor, ActorKind
from tongban.people.certificates.rules.moves import CertificateMove, MadeBy
from tongban.standards.text import msg

REGISTRAR = "registrar"


def visible_to(actor: Actor) -> Q:
    """Certificates that ``actor`` may read (可见证书): her own, and as a registrar all in the places under her organ's place."""
    found = Q(pk__in=[])
    if actor.party_id is not None and actor.mandate_id is None:
        found |= Q(party_id=actor.party_id)
    if actor.id is not None:
        found |= Q(account_id=actor.id)
    return found | registered_under(actor)


def registered_under(actor: Actor) -> Q:
    """Certificates that ``actor`` keeps as a registrar (所辖登记): those of the places under her organ's place."""
    found = Q(pk__in=[])
    for area in actor.areas_as(REGISTRAR):
        found |= Q(place__startswith=area)
    return found


def is_holder(actor: Actor, party_id: uuid.UUID | None, account_id: uuid.UUID | None) -> bool:
    """Whether the certificate is the actor's own (是否本人): never through a mandate."""
    by_party = party_id is not None and actor.party_id == party_id and actor.mandate_id is None
    return by_party or (account_id is not None and actor.id == account_id)


def may_register(actor: Actor, organ_id: uuid.UUID) -> tuple[bool, str]:
    """Whether ``actor`` registers at the counter of this organ (登记权)."""
    if organ_id in actor.organs_as(REGISTRAR):
        return True, ""
    return False, msg("只有本机关的证书登记人员可以登记。")


def may(
    actor: Actor,
    move: CertificateMove,
    *,
    holds: bool,
    place: str,
    involved: Collection[uuid.UUID],
) -> tuple[bool, str]:
    """Whether ``actor`` may make this move of a certificate that she sees (可否办理), and why not.

    ``holds``: it is hers. ``involved``: the accounts that registered it or hold it: none of them, and nobody who stands for
    them, is its second person.
    """
    if actor.kind is ActorKind.SYSTEM:
        allowed = MadeBy.SYSTEM in move.by
        return allowed, "" if allowed else msg("这一步要由人来办。")
    reaches = any(place.startswith(area) for area in actor.areas_as(REGISTRAR))
    if MadeBy.HOLDER in move.by and holds:
        return True, ""
    if MadeBy.REGISTRAR in move.by and reaches:
        return True, ""
    if MadeBy.SECOND in move.by and reaches:
        if actor.stands_for() & set(involved):
            return False, msg("登记的人和持有人不能自己审核，也不能由代理他们的人审核。")
        return True, ""
    if MadeBy.SECOND in move.by:
        return False, msg("要由证书登记人员审核。")
    return False, msg("只有持有人或者证书登记人员可以办理。")
