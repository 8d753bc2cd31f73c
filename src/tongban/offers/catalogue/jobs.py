"""What the worker does for the catalogue (事项后台任务): what rests on a changed law; long files and many items, in the name of who asked for it."""

import uuid
from collections.abc import Sequence
from datetime import date

from django.utils import timezone

from tongban.base.actor import Actor, system
from tongban.offers.catalogue import actions
from tongban.offers.catalogue.actions import changes
from tongban.offers.catalogue.queries.changes import maker_of
from tongban.people.identity import queries as identity

_FLAGGER = system("catalogue.flag_law_change")


def look_through(event_id: int, change: str) -> None:
    """Look through a bulk change (逐项检查). Run twice, the second finds it done; after a crash it begins anew."""
    at = timezone.now()
    actor = _actor(change)
    if actor is not None:
        changes.look_through(actor=actor, change_id=uuid.UUID(change), at=at)


def carry_out(event_id: int, change: str) -> None:
    """Do what was confirmed (批量办理), all or nothing. Run twice, the second finds it done."""
    at = timezone.now()
    actor = _actor(change)
    if actor is not None:
        changes.carry_out(actor=actor, change_id=uuid.UUID(change), at=at)


def _actor(change: str) -> Actor | None:
    """Who asked for it, with the posts of today (请求人); None where the account is closed: then nothing is done."""
    maker = maker_of(uuid.UUID(change))
    found = None if maker is None else identity.actor_of(maker, at=timezone.now())
    return None if found is None else found[0]


def flag_law_change(
    event_id: int,
    law: str,
    edition: str,
    starts_on: str,
    changed: Sequence[dict[str, object]],
    **rest: object,
) -> None:
    """Flag what rests on the changed articles of a law (法规变动提示). Run twice, the second finds everything flagged.

    ``edition``: the wording that came; ``rest``: what else the event of the changed law tells, not needed here.
    """
    actions.flag_law_change(
        actor=_FLAGGER,
        law=law,
        wording=uuid.UUID(edition),
        starts_on=date.fromisoformat(starts_on),
        changed=changed,
        at=timezone.now(),
    )
