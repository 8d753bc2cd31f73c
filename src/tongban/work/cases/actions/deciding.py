"""What reviewers and deciders do (审查和决定的行为), and what may follow a decision."""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Invalid
from tongban.records.licences import actions as licences
from tongban.records.licences import queries as licence_queries
from tongban.standards.text import msg
from tongban.work.cases.actions.commitments import schedule_check
from tongban.work.cases.actions.joint import close_all, reopen
from tongban.work.cases.actions.moving import (
    Changes,
    Locked,
    Ref,
    Step,
    Write,
    day_of,
    move,
    waiting_for,
)
from tongban.work.cases.actions.staff import noted, with_note
from tongban.work.cases.queries import has_document
from tongban.work.cases.rules.letters import CORRECTABLE
from tongban.work.cases.rules.moves import Verb


def examine(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    opinion: str,
    at: datetime,
    key: str | None = None,
    version: int | None = None,
) -> Ref:
    """Examine and give an opinion (审查意见); who examined does not decide."""
    write = with_note(actor, Verb.EXAMINE, {"opinion": opinion}, at, {"examiner_id": actor.id})
    return move(actor=actor, case_id=case_id, verb=Verb.EXAMINE, at=at, key=key, version=version, write=write)


def send_back(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    reason: str,
    at: datetime,
    parts: Collection[str] = (),
    key: str | None = None,
    version: int | None = None,
) -> Ref:
    """Send back for another examination (退回重新审查), in joint handling to the ``parts`` named; the clock goes on."""

    def write(case: Locked) -> Step:
        data = noted(actor, case, Verb.RETURN, {"reason": reason}, at)
        return Step(
            data=data | ({"parts": sorted(parts)} if parts else {}), events=reopen(case, parts, day_of(at))
        )

    return move(actor=actor, case_id=case_id, verb=Verb.RETURN, at=at, key=key, version=version, write=write)


def granted(
    actor: Actor,
    verb: Verb,
    fields: Mapping[str, str],
    at: datetime,
    changes: Changes | None = None,
    *,
    optional: Collection[str] = (),
) -> Write:
    """What every granting by a person writes (准予的内容): the decision is filed with its words."""

    def write(case: Locked) -> Step:
        data = noted(actor, case, verb, fields, at, optional=optional)
        return decided(case, data, at, changes)

    return write


def decided(case: Locked, data: dict[str, object], at: datetime, changes: Changes | None = None) -> Step:
    """The step of a granting whose document is filed (准予一步): nothing may wait any more, and a promise gets its check."""
    _nothing_waits(case, at)
    due_on = schedule_check(case, at)
    told = {} if due_on is None else {"check_due_on": due_on.isoformat()}
    return Step({"decided_at": at} | (changes or {}), data | told)


def _nothing_waits(case: Locked, at: datetime) -> None:
    """A decision waits for what was allowed to follow (容缺材料未补齐不作准予决定)."""
    if waiting := waiting_for(case, day_of(at)):
        names = "、".join(material.name for material in waiting)
        raise Conflict(
            "cases.later", msg("约定后补的材料还没有交：%(names)s。交齐以后才能准予。"), {"names": names}
        )


def grant(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    note: str,
    at: datetime,
    key: str | None = None,
    version: int | None = None,
) -> Ref:
    """Grant (准予许可): the licence follows by itself, within the ten days of article 44."""
    write = granted(actor, Verb.GRANT, {"note": note}, at, optional=("note",))
    return move(actor=actor, case_id=case_id, verb=Verb.GRANT, at=at, key=key, version=version, write=write)


def grant_partly(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    reason: str,
    article: str,
    at: datetime,
    key: str | None = None,
    version: int | None = None,
) -> Ref:
    """Grant in part (部分准予): with what is not granted, why and by which article (行政许可法第38条)."""

    write = granted(actor, Verb.GRANT_PARTLY, {"reason": reason, "article": article}, at)
    return move(
        actor=actor, case_id=case_id, verb=Verb.GRANT_PARTLY, at=at, key=key, version=version, write=write
    )


def grant_at_once(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    note: str,
    at: datetime,
    key: str | None = None,
    version: int | None = None,
) -> Ref:
    """Grant on the spot (当场准予): an instant item, or an application on commitment."""

    write = granted(actor, Verb.GRANT_AT_ONCE, {"note": note}, at, {"accepted_at": at}, optional=("note",))
    return move(
        actor=actor, case_id=case_id, verb=Verb.GRANT_AT_ONCE, at=at, key=key, version=version, write=write
    )


def refuse(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    reason: str,
    article: str,
    at: datetime,
    key: str | None = None,
    version: int | None = None,
) -> Ref:
    """Refuse (不予许可) with the reason, the article, and the applicant's remedies (行政许可法第38条)."""
    fields = {"reason": reason, "article": article}
    write = with_note(actor, Verb.REFUSE, fields, at, {"decided_at": at, "ended_at": at})
    return move(actor=actor, case_id=case_id, verb=Verb.REFUSE, at=at, key=key, version=version, write=write)


def terminate(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    reason: str,
    article: str,
    at: datetime,
    key: str | None = None,
    version: int | None = None,
) -> Ref:
    """End a case for a lawful reason without a decision (异常终结): the applicant died, the legal person ended, and the like."""

    def write(case: Locked) -> Step:
        data = noted(actor, case, Verb.TERMINATE, {"reason": reason, "article": article}, at)
        return Step({"ended_at": at}, data, events=close_all(case, day_of(at)))

    return move(
        actor=actor, case_id=case_id, verb=Verb.TERMINATE, at=at, key=key, version=version, write=write
    )


def revoke(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    reason: str,
    article: str,
    at: datetime,
    key: str | None = None,
    version: int | None = None,
) -> Ref:
    """Revoke a decision after the fact (撤销, 行政许可法第69条); its licence is revoked in the same transaction, or neither."""

    def write(case: Locked) -> Step:
        data = noted(actor, case, Verb.REVOKE, {"reason": reason, "article": article}, at)
        licence_id = licence_queries.valid_id_of_case(case.id)
        if licence_id is not None:
            licences.revoke(actor=actor, licence_id=licence_id, because=reason, at=at)
            data |= {"licence": str(licence_id)}
        return Step(data=data)

    return move(actor=actor, case_id=case_id, verb=Verb.REVOKE, at=at, key=key, version=version, write=write)


def correct(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    document: Verb,
    wrong: str,
    right: str,
    at: datetime,
    key: str | None = None,
    version: int | None = None,
) -> Ref:
    """Correct a clerical slip in a document that went out (更正笔误): what it said, what it has to say. Nothing is overwritten."""

    def write(case: Locked) -> Step:
        if document not in CORRECTABLE or not has_document(case.id, document.value):
            raise Invalid(
                "cases.correct",
                msg("还有内容没有填好，已经在下面标出。"),
                fields={"document": [msg("这件办件没有发出过这份文书。")]},
            )
        fields = {"document": document.value, "wrong": wrong, "right": right}
        return Step(data=noted(actor, case, Verb.CORRECT, fields, at))

    return move(actor=actor, case_id=case_id, verb=Verb.CORRECT, at=at, key=key, version=version, write=write)


def review(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    opinion: str,
    at: datetime,
    key: str | None = None,
    version: int | None = None,
) -> Ref:
    """Review what a rule decided (人工复核): a person's opinion on it; what proves wrong is revoked."""
    write = with_note(actor, Verb.REVIEW, {"opinion": opinion}, at)
    return move(actor=actor, case_id=case_id, verb=Verb.REVIEW, at=at, key=key, version=version, write=write)


def finish(
    *, actor: Actor, case_id: uuid.UUID, licence_id: uuid.UUID, at: datetime, key: str | None = None
) -> Ref:
    """Finish a granted case whose licence is issued (制证完成): closed where it is delivered online, else ready to be delivered."""

    def write(case: Locked) -> Step:
        changes: Changes = {} if _by_hand(case) else {"ended_at": at}
        return Step(changes, {"licence": str(licence_id)})

    return move(
        actor=actor,
        case_id=case_id,
        verb=lambda case: Verb.MAKE if _by_hand(case) else Verb.CLOSE,
        at=at,
        key=key,
        version=None,
        write=write,
    )


def _by_hand(case: Locked) -> bool:
    return case.delivery.get("way") in ("post", "counter")
