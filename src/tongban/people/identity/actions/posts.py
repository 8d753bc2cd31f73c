"""Posts (任职): appoint officials."""

import uuid
from datetime import date, datetime

from django.db import transaction

from tongban.base.actor import Actor
from tongban.base.record import record
from tongban.people.identity.models import Holding
from tongban.people.identity.rules import Role


@transaction.atomic
def appoint(
    *, actor: Actor, account_id: uuid.UUID, organ_id: uuid.UUID, role: Role, since: date, at: datetime
) -> None:
    """Appoint an official to a role in an organ (任职). Doing it twice changes nothing."""
    _, fresh = Holding.objects.get_or_create(
        account_id=account_id, organ_id=organ_id, role=role, until=None, defaults={"since": since}
    )
    if fresh:
        data = {"organ": str(organ_id), "role": role.value, "since": since.isoformat()}
        record(stream=f"account:{account_id}", act="identity.appoint", actor=actor, at=at, data=data)
