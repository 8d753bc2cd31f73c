"""What systems do in their own name (接口使用): every use is counted; what shows personal data is recorded, with its purpose."""

import uuid
from datetime import datetime

from tongban.base.actor import Actor
from tongban.base.db import execute
from tongban.base.record import record
from tongban.people.identity.queries import day_of
from tongban.people.signon.models import System
from tongban.people.signon.rules.registration import from_json
from tongban.people.signon.rules.rights import Right

_COUNT = """
    INSERT INTO signon_use AS u (system_id, day, "right", uses) VALUES (%s, %s, %s, 1)
    ON CONFLICT (system_id, day, "right") DO UPDATE SET uses = u.uses + 1
"""


def count_use(*, actor: Actor, right: Right, at: datetime) -> None:
    """Count that a system uses a right (接口计次). One statement; how often, not what for: reads of no person are not each recorded."""
    execute(_COUNT, [actor.id, day_of(at), right.value])


def note_read(*, actor: Actor, right: Right, of: str, at: datetime) -> None:
    """Record that a system looks at somebody's data (查看记账): what, by which right, for which registered purpose.

    ``of``: the stream of what it looks at, ``case:<id>``. Called before anything is answered: what cannot be recorded is not shown.
    """
    stored = (
        System.objects.values_list("registration", flat=True).filter(pk=actor.id or uuid.UUID(int=0)).get()
    )
    purpose = from_json(stored or {}).rights.get(right, "")
    data = {"of": of, "right": right.value, "purpose": purpose}
    record(stream=f"system:{actor.id}", act="signon.read", actor=actor, at=at, data=data)
