"""Telling both sides that a mandate ends soon (授权到期提醒), at their accounts, once."""

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import F

from tongban.base.actor import Actor
from tongban.base.record import record
from tongban.people.identity import actions as identity
from tongban.people.identity import queries as accounts
from tongban.people.identity.queries import day_of
from tongban.people.identity.rules.account_notices import AccountNews
from tongban.people.mandates.actions.writing import stream_of
from tongban.people.mandates.models import Mandate, Reminder
from tongban.people.mandates.rules import REMIND_BEFORE, Kind, State

_REMINDED_AT_ONCE = 200


@transaction.atomic
def remind_all(*, actor: Actor, at: datetime) -> int:
    """Tell whoever gave and whoever got a mandate that it ends soon (授权到期提醒); how many mandates. For a company its representative."""
    today = day_of(at)
    soon = (
        Mandate.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(state=State.ACCEPTED.value, until__gt=today, until__lte=today + REMIND_BEFORE)
        .filter(until__gt=F("since") + 2 * REMIND_BEFORE)
        .exclude(pk__in=Reminder.objects.values("mandate_id"))
        .select_related("giver", "agent")
    )
    rows = list(soon.order_by("until", "pk")[:_REMINDED_AT_ONCE])
    for row in rows:
        Reminder.objects.create(mandate=row, at=at)
        data = {"number": row.number, "to": row.state, "until": str(row.until)}
        record(stream=stream_of(row.id), act="mandates.remind", actor=actor, at=at, data=data)
        for account_id in _sides(row):
            told = f"{row.number} {row.agent.name} → {row.giver.name} {row.until}"
            identity.tell(account_id, AccountNews.MANDATE_ENDS, told, at)
    return len(rows)


def _sides(row: Mandate) -> list[uuid.UUID]:
    """The accounts of both sides (双方账号); who has none is not told."""
    giver = row.giver_id
    if row.giver.representative_id is not None and row.kind != Kind.REPRESENTATIVE:
        giver = row.giver.representative_id
    found = accounts.accounts_of({giver, row.agent_id})
    return sorted(found.values())
