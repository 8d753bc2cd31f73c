"""What the worker does for the catalogue (目录后台任务)."""

import uuid
from collections.abc import Sequence
from datetime import date

from django.utils import timezone

from tongban.base.actor import system
from tongban.offers.catalogue import actions

_FLAGGER = system("catalogue.flag_law_change")


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
