"""Who may see materials (材料权限): their owner. Staff see them through the case in which they were handed in."""

from django.db.models import Q

from tongban.base.actor import Actor


def visible_to(actor: Actor) -> Q:
    """Materials that ``actor`` may read by right of ownership (可见材料)."""
    if actor.party_id is None:
        return Q(pk__in=[])
    return Q(party_id=actor.party_id)
