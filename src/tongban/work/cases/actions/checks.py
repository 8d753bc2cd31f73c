"""Acts on follow-up checks (承诺核查的行为): assign, find kept or broken, put right, revoke, repair the record.

A check has a table of its own (``rules/checks.py``); its acts stand in the case's stream.
"""

import uuid
from datetime import date, datetime

from django.db import transaction

from tongban.base.actor import Actor
from tongban.base.db import execute, fetch_one
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.record import record
from tongban.offers.catalogue.rules.form import Errors
from tongban.people.identity import queries as identity
from tongban.standards.text import msg
from tongban.work.cases.access import may_check
from tongban.work.cases.actions.deciding import revoke
from tongban.work.cases.actions.moving import Ref, day_of, lock, once, stream_of
from tongban.work.cases.rules.application import check_note
from tongban.work.cases.rules.checks import CHECK_LABELS, CheckMove, CheckState, CheckVerb, find_check
from tongban.work.cases.rules.moves import State

LONGEST_TO_RECTIFY = 180  # days; [O] our own number
_LOCK = "SELECT state, organ_id FROM case_check WHERE case_id = %s FOR UPDATE"


def _found(actor: Actor, case_id: uuid.UUID, verb: CheckVerb) -> CheckMove:
    """The move of the case's check that the actor may make (可行的核查流转), both rows locked. Raises a refusal."""
    lock(actor, case_id)
    row = fetch_one(_LOCK, [case_id])
    if row is None:
        raise NotFound("cases.check", msg("这件办件没有承诺核查。"))
    state = CheckState(row[0])
    move = find_check(state, verb)
    if move is None:
        params = {"state": CHECK_LABELS[state]}
        raise Conflict("cases.check_move", msg("这项核查现在是“%(state)s”，不能这样做。"), params)
    allowed, reason = may_check(actor, move, row[1])
    if not allowed:
        raise Forbidden("cases.check", reason)
    return move


def _write(
    actor: Actor,
    case_id: uuid.UUID,
    move: CheckMove,
    changes: dict[str, object],
    data: dict[str, object],
    at: datetime,
    key: str | None,
) -> None:
    columns = {"state": move.target.value, **changes}
    assignments = ", ".join(f"{column} = %s" for column in columns)
    # Column names are this module's own; the values are bound.
    execute(f"UPDATE case_check SET {assignments} WHERE case_id = %s", [*columns.values(), case_id])  # noqa: S608 -- see above
    record(
        stream=stream_of(case_id),
        act=f"cases.check_{move.verb}",
        actor=actor,
        at=at,
        key=key,
        data={"check": move.target.value, **data},
        event={"case_id": str(case_id), "verb": f"check_{move.verb}"},
    )


def _said(verb: CheckVerb, **words: str) -> dict[str, str]:
    found: dict[str, str] = {}
    errors: Errors = {}
    for name, text in words.items():
        found[name], problems = check_note(text)
        if problems:
            errors[name] = problems
    if errors:
        raise Invalid(f"cases.check_{verb}", msg("还有内容没有填好，已经在下面标出。"), fields=errors)
    return found


def assign_check(
    *, actor: Actor, case_id: uuid.UUID, to: uuid.UUID, at: datetime, key: str | None = None
) -> None:
    """Assign a check (指定核查人) to a reviewer of the deciding organ."""
    with once(actor, case_id, "cases.check_assign", key):
        move = _found(actor, case_id, CheckVerb.ASSIGN)
        organ_id = lock(actor, case_id).organ_id
        found = identity.actor_of(to, at=at)
        if found is None or organ_id not in found[0].organs_as("reviewer"):
            raise Conflict("cases.colleague", msg("这位同事现在不能办这件，请选另一位。"))
        _write(actor, case_id, move, {"assignee_id": to}, {"assignee": str(to)}, at, key)


def find_kept(
    *, actor: Actor, case_id: uuid.UUID, finding: str, at: datetime, key: str | None = None
) -> None:
    """Record that what was promised is so (承诺属实)."""
    with once(actor, case_id, "cases.check_keep", key):
        move = _found(actor, case_id, CheckVerb.KEEP)
        words = _said(CheckVerb.KEEP, finding=finding)
        _write(actor, case_id, move, {**words, "checked_at": at, "ended_at": at}, {**words}, at, key)


def find_breach(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    finding: str,
    rectify_by: date | None,
    at: datetime,
    key: str | None = None,
) -> None:
    """Record a breach (承诺不实) with the day until which it must be put right. From now on the party cannot commit again."""
    with once(actor, case_id, "cases.check_breach", key):
        move = _found(actor, case_id, CheckVerb.BREACH)
        today = day_of(at)
        errors: Errors = {}
        words, problems = check_note(finding)
        if problems:
            errors["finding"] = problems
        if rectify_by is None or not 0 < (rectify_by - today).days <= LONGEST_TO_RECTIFY:
            errors["rectify_by"] = [msg("请写整改的最后一天，在明天和 180 天以内。")]
        if errors:
            raise Invalid("cases.check_breach", msg("还有内容没有填好，已经在下面标出。"), fields=errors)
        changes: dict[str, object] = {"finding": words, "checked_at": at, "rectify_by": rectify_by}
        data: dict[str, object] = {
            "finding": words,
            "rectify_by": None if rectify_by is None else rectify_by.isoformat(),
        }
        _write(actor, case_id, move, changes, data, at, key)


def find_rectified(
    *, actor: Actor, case_id: uuid.UUID, finding: str, at: datetime, key: str | None = None
) -> None:
    """Record that a breach was put right (已整改). The record stays until it is repaired."""
    with once(actor, case_id, "cases.check_rectify", key):
        move = _found(actor, case_id, CheckVerb.RECTIFY)
        words = _said(CheckVerb.RECTIFY, finding=finding)
        _write(actor, case_id, move, {"ended_at": at}, {**words}, at, key)


def revoke_for_breach(
    *, actor: Actor, case_id: uuid.UUID, reason: str, article: str, at: datetime, key: str | None = None
) -> Ref:
    """Revoke a decision whose promise was broken (撤销): case, licence and check in one transaction."""
    with once(actor, case_id, "cases.check_revoke", key):
        move = _found(actor, case_id, CheckVerb.REVOKE)
        words = _said(CheckVerb.REVOKE, reason=reason, article=article)
        # Somebody may have revoked the decision by itself, for another reason.
        if lock(actor, case_id).state is not State.REVOKED:
            revoke(actor=actor, case_id=case_id, reason=reason, article=article, at=at)
        _write(actor, case_id, move, {"ended_at": at}, {**words}, at, key)
    with transaction.atomic():
        return lock(actor, case_id).ref()


def repair_record(
    *, actor: Actor, case_id: uuid.UUID, reason: str, at: datetime, key: str | None = None
) -> None:
    """Repair a party's record (信用修复) with the reason; from now on it may commit again."""
    with once(actor, case_id, "cases.check_repair", key):
        move = _found(actor, case_id, CheckVerb.REPAIR)
        words = _said(CheckVerb.REPAIR, reason=reason)
        _write(actor, case_id, move, {}, {**words}, at, key)
