"""Notices to the applicant (消息发送): one for each act that concerns her, sent once; and read."""

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from tongban.base.actor import Actor
from tongban.base.ids import new_id
from tongban.base.ledger import queries as ledger
from tongban.work.cases.actions.moving import stream_of
from tongban.work.cases.models import Case, Notice
from tongban.work.cases.queries.notices import own_notices
from tongban.work.cases.rules.moves import Verb
from tongban.work.cases.rules.notices import is_read_at_once, is_told

_VERBS = frozenset(verb.value for verb in Verb)


def notify(*, case_id: uuid.UUID) -> int:
    """Write the notices that a case's acts still lack (补齐消息); how many were new.

    They follow from the ledger's entries, and one entry has one notice (a unique constraint): whatever runs twice, late or
    in another order, in the end there is exactly one for each act.
    """
    party_id = Case.objects.filter(pk=case_id).values_list("party_id", flat=True).first()
    if party_id is None:
        return 0
    with transaction.atomic():
        last = Notice.objects.filter(case_id=case_id).aggregate(last=Max("act"))["last"] or 0
        acts = [
            act
            for act in ledger.acts_of(stream_of(case_id))
            if act.seq > last and act.act.removeprefix("cases.") in _VERBS and is_told(_verb(act))
        ]
        # Lists go by id: ids made within one millisecond are put into the order of the acts.
        ids = sorted(new_id() for _ in acts)
        fresh = [
            Notice(
                id=id_,
                case_id=case_id,
                party_id=party_id,
                act=act.seq,
                verb=_verb(act).value,
                at=act.at,
                read_at=act.at if is_read_at_once(_verb(act), act.actor["kind"]) else None,
            )
            for id_, act in zip(ids, acts, strict=True)
        ]
        Notice.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def _verb(act: ledger.Act) -> Verb:
    return Verb(act.act.removeprefix("cases."))


def read_notices(
    *, actor: Actor, at: datetime, case_id: uuid.UUID | None = None, notice_id: uuid.UUID | None = None
) -> int:
    """Mark one's notices as read (标为已读): all, those of a case, or one; how many were unread. Others' stay as they are."""
    if actor.party_id is None:
        return 0
    found = Notice.objects.filter(own_notices(actor), read_at__isnull=True)
    if case_id is not None:
        found = found.filter(case_id=case_id)
    if notice_id is not None:
        found = found.filter(pk=notice_id)
    return found.update(read_at=at)
