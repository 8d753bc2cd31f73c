"""What departments do in joint handling (联合办理): their turns begin, they pause, they give opinions; the last one joins.

All of it happens under the lock of the case's row, so that two last opinions cannot both be the last.
"""

import uuid
from collections.abc import Collection
from datetime import date, datetime

from tongban.base.actor import Actor
from tongban.base.db import execute
from tongban.base.errors import Conflict, Forbidden, Invalid
from tongban.base.ids import new_id
from tongban.offers.catalogue.rules.form import Errors
from tongban.people.parties import queries as parties
from tongban.standards.text import msg
from tongban.work.cases.actions.moving import (
    Changes,
    Locked,
    PartRow,
    Ref,
    Step,
    day_of,
    file_document,
    move,
    reach,
)
from tongban.work.cases.rules.application import check_note
from tongban.work.cases.rules.clock import Event, Happened, History, part_dates
from tongban.work.cases.rules.joint import PartState, PartVerb, begins, find_part
from tongban.work.cases.rules.moves import Verb
from tongban.work.cases.rules.special import check_stop


def set_out(case: Locked, on: date) -> History:
    """Set the departments out at acceptance (分送各部门): their rows, and the turns that begin at once. Nothing where none take part."""
    departments = case.guide.departments
    if not departments:
        return ()
    organs = parties.organs_by_code([department.organ for department in departments])
    unknown = [department.name for department in departments if department.organ not in organs]
    if unknown:
        raise Conflict(
            "cases.department",
            msg("办事指南里的联办部门在平台上没有登记：%(names)s。"),
            {"names": "、".join(unknown)},
        )
    for position, department in enumerate(departments):
        execute(
            "INSERT INTO case_part (id, case_id, key, organ_id, position, state, opinion) VALUES (%s, %s, %s, %s, %s, %s, '')",
            [
                new_id(),
                case.id,
                department.key,
                organs[department.organ].id,
                position,
                PartState.WAITING.value,
            ],
        )
    reach(case.id, *(organs[department.organ].id for department in departments))
    return _begin(case, begins(departments, (), ()), on, case.clock)


def _begin(case: Locked, keys: Collection[str], on: date, clock: History) -> History:
    """Let turns begin (开始计部门时限): the events of the clock, and the rows with their dates."""
    budgets = {department.key: department.days for department in case.guide.departments}
    events = tuple(Event(Happened.OPENED, on, budgets[key], key) for key in keys)
    for event in events:
        _set(case, event.part, PartState.OPEN, clock + events)
    return events


def _set(case: Locked, key: str, state: PartState, clock: History) -> None:
    dates = part_dates(clock, key, case.calendar)
    execute(
        "UPDATE case_part SET state = %s, act_by = %s, warn_on = %s WHERE case_id = %s AND key = %s",
        [state.value, dates.act_by, dates.warn_on, case.id, key],
    )


def _part(actor: Actor, case: Locked, key: str, verb: PartVerb) -> PartRow:
    """The part that the actor's department may move so (本部门的一份)."""
    part = next((part for part in case.parts if part.key == key), None)
    if part is None:
        raise Invalid("cases.part", msg("这件办件没有这个部门。"))
    if part.organ_id not in actor.organs_as("reviewer"):
        raise Forbidden("cases.part", msg("您在这个部门没有审查岗位。"))
    if find_part(part.state, verb) is None:
        raise Conflict("cases.part_move", msg("这个部门现在不能这样做。请刷新后看最新情况。"))
    return part


def opine(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    part: str,
    agrees: bool,
    opinion: str,
    at: datetime,
    key: str | None = None,
    version: int | None = None,
) -> Ref:
    """Give a department's opinion (提出部门意见). The last one concludes the joint handling; the deciding organ's turn begins."""

    def verb(case: Locked) -> Verb:
        left = [one.key for one in case.parts if one.state is not PartState.DONE and one.key != part]
        return Verb.OPINE if left else Verb.CONCLUDE

    def write(case: Locked) -> Step:
        mine = _part(actor, case, part, PartVerb.OPINE)
        words, problems = check_note(opinion)
        if problems:
            raise Invalid(
                "cases.opine", msg("还有内容没有填好，已经在下面标出。"), fields={"opinion": problems}
            )
        on = day_of(at)
        closed = (Event(Happened.CLOSED, on, 0, part),)
        execute(
            "UPDATE case_part SET state = 'done', agrees = %s, opinion = %s, by_id = %s, done_at = %s, act_by = NULL, warn_on = NULL"
            " WHERE case_id = %s AND key = %s",
            [agrees, words, actor.id, at, case.id, part],
        )
        done = {one.key for one in case.parts if one.state is PartState.DONE} | {part}
        begun = {one.key for one in case.parts if one.state is not PartState.WAITING}
        opened = _begin(case, begins(case.guide.departments, done, begun), on, case.clock + closed)
        body = {"part": part, "agrees": agrees, "opinion": words}
        # Where the deciding organ takes part itself, its opinion is the examination: whoever gave it does not decide.
        changes: Changes = {"examiner_id": actor.id} if mine.organ_id == case.organ_id else {}
        data = file_document(actor, case, Verb.OPINE, body, at) | {"part": part}
        return Step(changes, data, events=closed + opened)

    return move(actor=actor, case_id=case_id, verb=verb, at=at, key=key, version=version, write=write)


def pause(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    part: str,
    kind: str,
    days: int,
    reason: str,
    at: datetime,
    key: str | None = None,
    version: int | None = None,
) -> Ref:
    """Begin a special procedure of one department (部门特别程序, 行政许可法第45条): told in writing, booked to it alone."""

    def write(case: Locked) -> Step:
        _part(actor, case, part, PartVerb.PAUSE)
        errors, words = check_stop(case.guide, kind, days, reason)
        _refuse(Verb.PAUSE, errors)
        event = Event(Happened.STOPPED, day_of(at), days, part)
        _set(case, part, PartState.PAUSED, (*case.clock, event))
        body = {"part": part, "kind": kind, "days": days, "reason": words}
        return Step(data=file_document(actor, case, Verb.PAUSE, body, at) | {"part": part}, events=(event,))

    return move(actor=actor, case_id=case_id, verb=Verb.PAUSE, at=at, key=key, version=version, write=write)


def _refuse(verb: Verb, errors: Errors) -> None:
    if errors:
        raise Invalid(f"cases.{verb}", msg("还有内容没有填好，已经在下面标出。"), fields=errors)


def unpause(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    part: str,
    at: datetime,
    key: str | None = None,
    version: int | None = None,
) -> Ref:
    """End a department's special procedure (部门特别程序结束): its budget runs on."""

    def write(case: Locked) -> Step:
        _part(actor, case, part, PartVerb.UNPAUSE)
        event = Event(Happened.RESUMED, day_of(at), 0, part)
        _set(case, part, PartState.OPEN, (*case.clock, event))
        return Step(data={"part": part}, events=(event,))

    return move(actor=actor, case_id=case_id, verb=Verb.UNPAUSE, at=at, key=key, version=version, write=write)


def reopen(case: Locked, keys: Collection[str], on: date) -> History:
    """Let departments look once more (退回部门重办), as the decider asks: their turns begin anew. Raises Invalid for none or unknown ones."""
    if not case.parts:
        return ()
    if not keys or not set(keys) <= {part.key for part in case.parts}:
        raise Invalid(
            "cases.return",
            msg("还有内容没有填好，已经在下面标出。"),
            fields={"parts": [msg("请选要重新办理的部门。")]},
        )
    execute(
        "UPDATE case_part SET state = 'open', agrees = NULL, done_at = NULL, by_id = NULL, opinion = '' WHERE case_id = %s AND key = ANY(%s)",
        [case.id, list(keys)],
    )
    return _begin(case, sorted(keys), on, case.clock)


def close_all(case: Locked, on: date) -> History:
    """End what departments still had before them (终止各部门办理), where a case ends without their opinions."""
    busy = [part for part in case.parts if part.state is not PartState.DONE]
    if not busy:
        return ()
    execute(
        "UPDATE case_part SET state = 'ended', act_by = NULL, warn_on = NULL WHERE case_id = %s AND state <> 'done'",
        [case.id],
    )
    return tuple(
        Event(Happened.CLOSED, on, 0, part.key) for part in busy if part.state is not PartState.WAITING
    )
