"""Who may see materials (材料权限): their owner. Staff see them through the case in which they were handed in."""

from django.db.models import Q

from tongban.base.actor import Actor
from tongban.people.mandates.rules import is_unbounded, limits_of


def visible_to(actor: Actor) -> Q:
    """Materials that ``actor`` may read by right of ownership (可见材料): her own, or those of whom she acts for."""
    if actor.party_id is None:
        return Q(pk__in=[])
    own = Q(party_id=actor.party_id)
    if actor.mandate_id is None:
        return own
    limits = limits_of(actor)
    # A material belongs to no item: whoever acts within limits sees what she handed in herself.
    return own if limits is not None and is_unbounded(limits) else own & Q(kept_by=actor.id)
