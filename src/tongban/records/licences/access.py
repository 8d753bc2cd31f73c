"""Who may see and touch licences (证照权限)."""

import uuid
from functools import reduce
from operator import or_

from django.db.models import Q

from tongban.base.actor import Actor, ActorKind
from tongban.people.mandates.rules import BASIC_AT, LONGEST_BASIC, Act, limits_of
from tongban.people.signon.rules.rights import Right
from tongban.standards.text import msg


def visible_to(actor: Actor) -> Q:
    """Licences that ``actor`` may read whole (可见证照): the holder's own or of whom she acts for, and those that the actor's organ issued."""
    return _own(actor) | Q(issuer_id__in=actor.organs())


def _own(actor: Actor) -> Q:
    """Licences of the party for which the actor acts (本人或所代的证照): under a mandate those of its items and places.

    A case number begins with the implementation code of 31, so that a mandate for single kinds of a business item shows no
    licence: its number does not tell the kind.
    """
    own = Q(holder_id=actor.party_id) if actor.party_id else Q(pk__in=[])
    if actor.mandate_id is None:
        return own
    limits = limits_of(actor)
    if limits is None or limits.acts.isdisjoint({Act.READ, Act.COLLECT}):
        return Q(pk__in=[])
    if limits.items:
        own &= reduce(or_, (_of_item(code) for code in sorted(limits.items)))
    if limits.places:
        own &= reduce(or_, (Q(place__startswith=area) for area in sorted(limits.areas)))
    return own


def _of_item(code: str) -> Q:
    if len(code) <= LONGEST_BASIC:
        return Q(case_number__regex=rf"^.{{{BASIC_AT}}}{code}.{{12}}$")
    return Q(case_number__regex=rf"^{code}.{{12}}$")


def may_check(actor: Actor) -> bool:
    """Whether ``actor`` may ask about licences by identifier and holder (可否核验): a connected system with the right to it."""
    return actor.kind is ActorKind.CONNECTED and Right.LICENCES_VERIFY.value in actor.scopes


def may_issue(actor: Actor) -> tuple[bool, str]:
    """Only the platform issues, after a decision (签发权)."""
    if actor.kind is ActorKind.SYSTEM:
        return True, ""
    return False, msg("证照只能由平台在作出决定后签发。")


def may_revoke(actor: Actor, issuer_id: uuid.UUID) -> tuple[bool, str]:
    """Whether ``actor`` may revoke a licence of this issuer (撤销权), and why not."""
    if issuer_id in actor.organs_as("decider"):
        return True, ""
    return False, msg("只有发证机关的决定人可以撤销证照。")
