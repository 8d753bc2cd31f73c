"""What lengthens a case lawfully (依法延长的行为): special procedures, extensions, and what a superior has to approve."""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from psycopg.types.json import Jsonb

from tongban.base.actor import Actor
from tongban.base.db import execute, fetch_one
from tongban.base.errors import Conflict, Forbidden, Invalid
from tongban.base.ids import new_id
from tongban.base.record import record
from tongban.offers.catalogue.rules.form import Errors
from tongban.offers.catalogue.rules.times import extension_days
from tongban.standards.text import msg
from tongban.work.cases.access import may, may_propose
from tongban.work.cases.actions.moving import (
    Locked,
    Ref,
    Step,
    day_of,
    file_document,
    lock,
    move,
    once,
    stream_of,
)
from tongban.work.cases.queries import arrived_since_first_notice, held_targets
from tongban.work.cases.rules.application import Demand, check_demands, check_note
from tongban.work.cases.rules.moves import By, Verb, verbs_from
from tongban.work.cases.rules.special import check_stop


def suspend(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    kind: str,
    days: int,
    reason: str,
    at: datetime,
    key: str | None = None,
    version: int | None = None,
) -> Ref:
    """Begin a special procedure (进入特别程序, 行政许可法第45条): one that the edition lists, the days needed told in writing."""

    def write(case: Locked) -> Step:
        errors, words = check_stop(case.guide, kind, days, reason)
        if errors:
            raise Invalid("cases.suspend", msg("还有内容没有填好，已经在下面标出。"), fields=errors)
        body = {"kind": kind, "days": days, "reason": words}
        return Step(data=file_document(actor, case, Verb.SUSPEND, body, at), days=days)

    return move(actor=actor, case_id=case_id, verb=Verb.SUSPEND, at=at, key=key, version=version, write=write)


def resume(
    *, actor: Actor, case_id: uuid.UUID, at: datetime, key: str | None = None, version: int | None = None
) -> Ref:
    """End a special procedure (特别程序结束): the clock runs on."""
    return move(actor=actor, case_id=case_id, verb=Verb.RESUME, at=at, key=key, version=version)


def propose_extension(
    *, actor: Actor, case_id: uuid.UUID, reason: str, at: datetime, key: str | None = None
) -> None:
    """Ask the superior of article 42 for an extension (呈批延期) with the reason that the applicant will read."""
    words, problems = check_note(reason)
    if problems:
        raise Invalid("cases.extend", msg("还有内容没有填好，已经在下面标出。"), fields={"reason": problems})
    with once(actor, case_id, "cases.propose", key):
        case = _proposing(actor, case_id, Verb.EXTEND)
        body = {
            "reason": words,
            "days": extension_days(case.guide.limits, joint=bool(case.guide.departments)),
        }
        _propose(actor, case, Verb.EXTEND, body, at, key)


def propose_second_notice(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    demands: Sequence[Demand],
    because: str,
    rests_on: str,
    at: datetime,
    key: str | None = None,
) -> None:
    """Ask a superior for the second notice (呈批再次告知): it must rest on something that arrived after the first.

    ``rests_on``: the target (``field:…``, ``material:…``) that arrived.
    """
    with once(actor, case_id, "cases.propose", key):
        case = _proposing(actor, case_id, Verb.REQUEST_AGAIN)
        errors: Errors = dict(
            check_demands(
                case.guide,
                case.form,
                demands,
                held=held_targets(
                    case.guide,
                    party_id=case.party_id,
                    on=day_of(at),
                    committed=case.committed is not None,
                ),
            )
        )
        if rests_on not in arrived_since_first_notice(case.id):
            errors["rests_on"] = [msg("再次告知只能因为第一次告知之后才收到的内容，这一项不是。")]
        words, problems = check_note(because)
        if problems:
            errors["because"] = problems
        if errors:
            raise Invalid("cases.demands", msg("补正告知还有问题，已经在下面标出。"), fields=errors)
        told = [{"target": demand.target, "text": check_note(demand.text)[0]} for demand in demands]
        _propose(
            actor,
            case,
            Verb.REQUEST_AGAIN,
            {"demands": told, "because": words, "rests_on": rests_on},
            at,
            key,
        )


def _proposing(actor: Actor, case_id: uuid.UUID, verb: Verb) -> Locked:
    """A case locked for a proposal (呈批的办件): where the verb may be made, and the actor may ask for it."""
    case = lock(actor, case_id)
    allowed, reason = may_propose(actor, verb, case)
    if not allowed:
        raise Forbidden(f"cases.{verb}", reason)
    if not any(move.verb is verb for move in verbs_from(case.state, case.traits)):
        raise Conflict("cases.move", msg("这件办件现在不能这样做。请刷新后看最新情况。"))
    return case


def _propose(
    actor: Actor, case: Locked, verb: Verb, body: Mapping[str, object], at: datetime, key: str | None
) -> None:
    try:
        with transaction.atomic():
            execute(
                "INSERT INTO case_proposal (id, case_id, verb, body, by_id, at) VALUES (%s, %s, %s, %s, %s, %s)",
                [new_id(), case.id, verb.value, Jsonb(dict(body)), actor.id, at],
            )
    except IntegrityError as error:
        raise Conflict("cases.proposed", msg("这件已经呈批，等领导决定。")) from error
    data: dict[str, object] = {"verb": verb.value, **body}
    record(stream=stream_of(case.id), act="cases.propose", actor=actor, at=at, key=key, data=data)


_OPEN = "SELECT id, body, by_id FROM case_proposal WHERE case_id = %s AND verb = %s AND ended_at IS NULL FOR UPDATE"
_END = "UPDATE case_proposal SET ended_at = %s, approved = %s WHERE id = %s"


def _open(case: Locked, verb: Verb, proposal: uuid.UUID | None) -> tuple[uuid.UUID, str, uuid.UUID]:
    """The open proposal, locked (待批的呈批): the very one that was read, where ``proposal`` says which."""
    row = fetch_one(_OPEN, [case.id, verb.value])
    if row is None:
        raise Conflict("cases.no_proposal", msg("没有等待批准的呈批。请先由经办人呈批。"))
    if proposal is not None and row[0] != proposal:
        raise Conflict("cases.proposal", msg("您打开页面以后，呈批换了新的内容。请看过最新的再决定。"))
    return row[0], row[1], row[2]


def approved(
    actor: Actor, case: Locked, verb: Verb, at: datetime, proposal: uuid.UUID | None = None
) -> dict[str, object]:
    """The proposal that a superior now approves (批准呈批), by another person than who made it. Its body, with who proposed."""
    row = _open(case, verb, proposal)
    if row[2] in actor.stands_for():
        raise Forbidden("cases.two_people", msg("呈批和批准要由两个人分别作出。"))
    execute(_END, [at, True, row[0]])
    found: dict[str, object] = json.loads(row[1])
    return found | {"proposed_by": str(row[2])}


def turn_down(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    verb: Verb,
    reason: str,
    at: datetime,
    key: str | None = None,
    proposal: uuid.UUID | None = None,
) -> None:
    """Turn a proposal down (不批准) with the reason; the case stays as it is. ``proposal``: the one that was read."""
    words, problems = check_note(reason)
    if problems:
        raise Invalid(
            "cases.turn_down", msg("还有内容没有填好，已经在下面标出。"), fields={"reason": problems}
        )
    with once(actor, case_id, "cases.turn_down", key):
        case = lock(actor, case_id)
        possible = [move for move in verbs_from(case.state, case.traits) if move.verb is verb]
        superiors = (By.HEAD, By.GOVERNOR)
        approves = any(move.by in superiors and may(actor, move, case)[0] for move in possible)
        if not approves:
            raise Forbidden("cases.turn_down", msg("您在这个机关没有办理这一步的岗位。"))
        execute(_END, [at, False, _open(case, verb, proposal)[0]])
        data: dict[str, object] = {"verb": verb.value, "reason": words}
        record(stream=stream_of(case.id), act="cases.turn_down", actor=actor, at=at, key=key, data=data)


def extend(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    at: datetime,
    key: str | None = None,
    version: int | None = None,
    proposal: uuid.UUID | None = None,
) -> Ref:
    """Approve an extension (批准延期, 行政许可法第42条): once, by the head of the organ; of joint handling by the head of the
    government at that level. The applicant is told the reason. ``proposal``: the one that was read."""

    def write(case: Locked) -> Step:
        body = approved(actor, case, Verb.EXTEND, at, proposal)
        days = extension_days(case.guide.limits, joint=bool(case.guide.departments))
        return Step(data=file_document(actor, case, Verb.EXTEND, body, at), days=days)

    twice = Conflict("cases.extended_once", msg("依法只能延长一次（行政许可法第四十二条），这件已经延长过。"))
    return move(
        actor=actor,
        case_id=case_id,
        verb=Verb.EXTEND,
        at=at,
        key=key,
        version=version,
        write=write,
        twice=twice,
    )
