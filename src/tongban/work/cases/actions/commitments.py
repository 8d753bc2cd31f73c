"""Acts on commitments (告知承诺的行为): commit, take it back, and schedule the check that a decision on a promise needs."""

import uuid
from datetime import date, datetime

from django.db import transaction
from psycopg.types.json import Jsonb

from tongban.base.actor import Actor
from tongban.base.db import execute
from tongban.base.errors import Conflict, Invalid
from tongban.standards.canonical import digest
from tongban.standards.text import msg
from tongban.work.cases.actions.applicant import barred_from_commitment, opened
from tongban.work.cases.actions.moving import Locked, day_of, update
from tongban.work.cases.queries import has_bad_record
from tongban.work.cases.rules.moves import State


def commit(*, actor: Actor, case_id: uuid.UUID, agreed: bool, at: datetime) -> None:
    """Commit (承诺) in a draft to what the edition's notice says, or take it back with ``agreed`` false.

    The digest of the very text is kept; submission fixes it in the ledger. Whoever has an unrepaired breach is refused.
    """
    with transaction.atomic():
        case, _ = opened(actor, case_id, at)
        if case.state is not State.DRAFT:
            raise Conflict("cases.commit", msg("申请已经提交，不能再改成告知承诺。"))
        text = case.guide.commitment
        if text is None:
            raise Invalid("cases.commit", msg("这个事项不适用告知承诺。"))
        if agreed and has_bad_record(case.party_id):
            raise barred_from_commitment()
        kept = {"digest": digest(text.body()), "edition": str(case.edition_id), "at": at.isoformat()}
        update(case.id, {"committed": Jsonb(kept) if agreed else None, "version": case.version + 1})


def schedule_check(case: Locked, at: datetime) -> date | None:
    """Schedule the follow-up check (安排核查) of a decision on a promise, within the edition's days: until which day. None without one."""
    text = case.guide.commitment
    if case.committed is None or text is None:
        return None
    due_on, _ = case.calendar.provisional_add(day_of(at), text.check_days)
    execute(
        "INSERT INTO case_check (case_id, party_id, organ_id, state, due_on, finding) VALUES (%s, %s, %s, 'scheduled', %s, '')",
        [case.id, case.party_id, case.organ_id, due_on],
    )
    return due_on
