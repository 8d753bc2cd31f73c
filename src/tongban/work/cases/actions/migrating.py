"""Moving the running cases of an edition to the one in force (在办件换版): look at all of them, confirm, move in batches.

Cases stay on their edition by default; moving them is an act of an editor of the organ. Each batch is one transaction with
the place that it has come to, so that whoever is killed goes on where the last batch ended, and a batch that is called for
twice is done once. Every moved case is locked, looked at anew and has its own entry in the ledger.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from psycopg.types.json import Jsonb

from tongban.base.actor import Actor
from tongban.base.db import execute
from tongban.base.errors import Conflict, Forbidden, NotFound
from tongban.base.ids import new_id
from tongban.base.ledger.queries import done_before
from tongban.base.record import Deed, Repeated, record, record_all
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.access import may_edit
from tongban.offers.catalogue.rules.guide import Guide
from tongban.standards.canonical import canonical, digest
from tongban.standards.text import msg
from tongban.work.cases.actions.moving import Locked, batch, day_of, kept_dates, stream_of
from tongban.work.cases.models import Case, Migration, Reason
from tongban.work.cases.queries import commitment_stays, demanded_of, waived
from tongban.work.cases.queries.migrating import packed
from tongban.work.cases.rules.application import still_to_come
from tongban.work.cases.rules.carrying import Carried, carry
from tongban.work.cases.rules.clock import Dates, dates
from tongban.work.cases.rules.migrating import (
    MIGRATION_LABELS,
    RUNNING,
    WORKING,
    MigrationState,
    Standing,
    reasons,
)

BATCH = 500  # cases of one transaction; [O] our own number
_FIRST = uuid.UUID(int=0)


def plan_migration(*, actor: Actor, edition_id: uuid.UUID, at: datetime, key: str | None = None) -> uuid.UUID:
    """Begin to look at all running cases of an edition (开始查看): which of them could move to the one in force. Nothing moves."""
    old = catalogue.edition(edition_id)
    editor = _editor(actor, old.organ_id)
    new = _in_force(old, at)
    made = Migration(id=new_id(), old_id=old.id, new_id=new.id, by_id=editor, asked_at=at)
    made.total = _running(old.id)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            data = {"old": str(old.id), "new": str(new.id), "total": made.total}
            _record(made, "cases.plan_migration", actor, at, data, key=key, more=True)
    except (Repeated, IntegrityError) as error:
        # The second press meets the first one at the constraint before it comes to the key.
        stream, act = (done_before(actor, key) if key is not None else None) or ("", "")
        if act == "cases.plan_migration":
            return uuid.UUID(stream.partition(":")[2])
        if isinstance(error, Repeated):
            raise Conflict("cases.key", msg("这个请求编号已经用在另一次操作上。")) from None
        if "migration_one_at_a_time" not in str(error):
            raise
        raise Conflict("cases.migration", msg("这一版的在办件正在换版，先办完或者停下那一次。")) from error
    return made.id


def confirm_migration(*, actor: Actor, migration_id: uuid.UUID, at: datetime) -> None:
    """Confirm what was shown (确认换版): now the cases that can move are moved. Confirming again changes nothing."""
    with transaction.atomic():
        found = _locked(actor, migration_id)
        if found.state in (MigrationState.MOVING, MigrationState.DONE):
            return
        _ensure(found, MigrationState.READY)
        if _in_force(catalogue.edition(found.old_id), at).id != found.new_id:
            raise Conflict("cases.migration", msg("查看以后，指南又换了一版。请停下这一次，再按新版查看。"))
        found.reasons.all().delete()
        found.state, found.after, found.moved, found.left = MigrationState.MOVING, None, 0, 0
        found.total = _running(found.old_id)
        found.save()
        _record(found, "cases.confirm_migration", actor, at, {"total": found.total}, more=True)


def cancel_migration(*, actor: Actor, migration_id: uuid.UUID, at: datetime) -> None:
    """Stop (停止换版): what has moved stays moved, the others stay on their edition. Stopping again changes nothing."""
    with transaction.atomic():
        found = _locked(actor, migration_id)
        if found.state == MigrationState.CANCELLED:
            return
        _ensure(found, *WORKING, MigrationState.READY)
        moved = found.moved if found.state == MigrationState.MOVING else 0
        found.state, found.ended_at, found.moved = MigrationState.CANCELLED, at, moved
        found.save()
        _record(found, "cases.cancel_migration", actor, at, {"moved": moved})


def resume_migration(*, actor: Actor, migration_id: uuid.UUID, at: datetime) -> None:
    """Call for the next batch again (接着办), in the name of who does so: for what was left lying by an editor who is gone."""
    with transaction.atomic():
        found = _locked(actor, migration_id)
        _ensure(found, *WORKING)
        found.save(update_fields=["by"])
        _record(found, "cases.resume_migration", actor, at, {}, more=True)


def further(*, actor: Actor, migration_id: uuid.UUID, after: uuid.UUID | None, at: datetime) -> bool:
    """Do the next batch (办下一批) from ``after`` on; False where it is done already, or stopped, or nothing is left."""
    with transaction.atomic():
        found = Migration.objects.select_for_update().filter(pk=migration_id).first()
        if found is None or found.state not in WORKING or found.after != after:
            return False
        _editor(actor, catalogue.edition(found.old_id).organ_id)
        moving = found.state == MigrationState.MOVING
        cases, ids = batch(found.old_id, RUNNING, after or _FIRST, BATCH, locked=moving)
        judged = _judged(found, cases, day_of(at))
        can = [one for one in judged if not one.why]
        Reason.objects.bulk_create(
            Reason(migration=found, case_id=one.case.id, lines=[packed(text) for text in one.why])
            for one in judged
            if one.why
        )
        if moving:
            _move(found, can, actor, at)
        found.moved += len(can)
        found.left += len(judged) - len(can)
        found.after = ids[-1] if ids else after
        more = len(ids) == BATCH
        if not more:
            found.state = MigrationState.DONE if moving else MigrationState.READY
            found.ended_at = at if moving else None
        found.save()
        act = "cases.move_further" if moving else "cases.look_further"
        data = {"moved": found.moved, "left": found.left, "state": str(found.state)}
        _record(found, act, actor, at, data, more=more)
        return more


# --- one batch -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Judged:
    """A case with what it would be, and why it stays (逐件结论)."""

    case: Locked
    carried: Carried
    dates: Dates
    why: tuple[str, ...]


def _judged(found: Migration, cases: Sequence[Locked], on: date) -> list[_Judged]:
    old, new = catalogue.guide_of(found.old_id), catalogue.guide_of(found.new_id)
    demanded = demanded_of([case.id for case in cases])
    judged = []
    for case in cases:
        asked = demanded.get(case.id, frozenset())
        stays = commitment_stays(case.committed, new)
        taken = _carried(old, new, case, asked)
        if taken.hindrances:  # only then it matters what the platform knows of this party
            free = asked | waived(new, party_id=case.party_id, committed=stays, on=on)
            taken = _carried(old, new, case, free)
        after = dates(case.clock, new.limits, case.calendar)
        standing = Standing(case.state, case.attached, asked, case.committed is not None, stays, case.dates)
        judged.append(_Judged(case, taken, after, reasons(old, new, standing, taken, after, on)))
    return judged


def _carried(old: Guide, new: Guide, case: Locked, free: frozenset[str]) -> Carried:
    return carry(old, new, form=case.form, kept=case.kept, attached=case.attached, running=True, waived=free)


_MOVE = """
    UPDATE case_file c SET edition_id = %s, version = c.version + 1, form = t.form::jsonb, kept = t.kept::jsonb,
        act_by = t.act_by, warn_on = t.warn_on, promised_on = t.promised_on, due_on = t.due_on,
        provisional = t.provisional, later_by = t.later_by,
        committed = CASE WHEN c.committed IS NULL THEN NULL ELSE c.committed || %s END
    FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::date[], %s::date[], %s::date[], %s::date[], %s::bool[], %s::date[])
        AS t (id, form, kept, act_by, warn_on, promised_on, due_on, provisional, later_by)
    WHERE c.id = t.id
"""


def _move(found: Migration, can: Sequence[_Judged], actor: Actor, at: datetime) -> None:
    """Write the cases that can move (换版写入): one statement for the rows, one set of statements for the ledger."""
    if not can:
        return
    new = catalogue.guide_of(found.new_id)
    rows = []
    deeds = []
    for one in can:
        case, when = one.case, one.dates
        waits = case.later_by is not None and still_to_come(new, one.carried.form, case.attached)
        later_by = case.later_by if waits else None
        form, kept = (canonical(part).decode() for part in (one.carried.form, one.carried.kept))
        shown = (when.act_by, when.warn_on, when.promised_on, when.due_on, when.provisional)
        rows.append((case.id, form, kept, *shown, later_by))
        data = {
            "case_id": str(case.id),
            "number": case.number,
            "migration": str(found.id),
            "from_edition": str(found.old_id),
            "edition_id": str(found.new_id),
            "form": digest(one.carried.form),
            "kept": digest(one.carried.kept),
            "later_by": None if later_by is None else later_by.isoformat(),
            **kept_dates(when),
        }
        deeds.append(Deed(stream_of(case.id), "cases.migrate", data, heard=True))
    columns = [[row[place] for row in rows] for place in range(len(rows[0]))]
    execute(_MOVE, [found.new_id, Jsonb({"edition": str(found.new_id)}), *columns])
    record_all(deeds, actor=actor, at=at)


# --- who and what ----------------------------------------------------------------------------------------------------------


def _editor(actor: Actor, organ_id: uuid.UUID) -> uuid.UUID:
    """Her account (编辑账号); raises Forbidden for who does not edit this organ's items."""
    allowed, reason = may_edit(actor, organ_id)
    if not allowed or actor.id is None:
        raise Forbidden("cases.migration", reason)
    return actor.id


def _in_force(old: catalogue.EditionView, at: datetime) -> catalogue.EditionView:
    standing = catalogue.in_force_id(old.item_code, day_of(at))
    if standing is None:
        raise Conflict("cases.migration", msg("这个事项现在没有在用的版本，在办件按原来的版本办完。"))
    if standing == old.id:
        raise Conflict("cases.migration", msg("这一版正在用，没有更新的版本可以换。"))
    return catalogue.edition(standing)


def _running(edition_id: uuid.UUID) -> int:
    return Case.objects.filter(edition_id=edition_id, state__in=RUNNING).count()


def _locked(actor: Actor, migration_id: uuid.UUID) -> Migration:
    found = Migration.objects.select_for_update().filter(pk=migration_id).first()
    if found is None or not may_edit(actor, catalogue.edition(found.old_id).organ_id)[0]:
        raise NotFound("cases.migration", msg("没有这次换版。"))
    # It goes on in the name of who acted last; a migration is stopped and resumed by editors, who have accounts.
    found.by_id = actor.id or found.by_id
    return found


def _ensure(found: Migration, *states: MigrationState) -> None:
    if found.state not in states:
        raise Conflict(
            "cases.migration",
            msg("这次换版现在是“%(state)s”，不能这样做。"),
            {"state": MIGRATION_LABELS[MigrationState(found.state)]},
        )


def _record(
    found: Migration,
    act: str,
    actor: Actor,
    at: datetime,
    data: dict[str, object],
    *,
    key: str | None = None,
    more: bool = False,
) -> None:
    event = {"migration": str(found.id), "after": str(found.after) if found.after else ""}
    record(
        stream=f"migration:{found.id}",
        act=act,
        actor=actor,
        at=at,
        key=key,
        data=event | data,
        event=event if more else None,
    )
