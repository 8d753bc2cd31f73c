"""What the staff does (工作人员的行为): accept, ask for a supplement, examine, decide, and the platform's closing."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError
from psycopg.types.json import Jsonb

from tongban.base.actor import Actor
from tongban.base.db import execute
from tongban.base.errors import Conflict, Invalid
from tongban.base.ids import new_id
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.rules.form import Errors
from tongban.standards.canonical import digest
from tongban.standards.text import msg
from tongban.work.cases.actions.moving import Changes, Locked, Ref, Write, move
from tongban.work.cases.queries import demanded_targets
from tongban.work.cases.rules.application import Demand, check_demands, check_note
from tongban.work.cases.rules.moves import Verb


def accept(
    *, actor: Actor, case_id: uuid.UUID, at: datetime, key: str | None = None, version: int | None = None
) -> Ref:
    """Accept an application (受理): the limit of article 42 and the promise begin."""
    return move(
        actor=actor,
        case_id=case_id,
        verb=Verb.ACCEPT,
        at=at,
        key=key,
        version=version,
        write=lambda case: ({"accepted_at": at}, {}),
    )


def _document(
    actor: Actor, case: Locked, verb: Verb, body: Mapping[str, object], at: datetime
) -> dict[str, object]:
    """Put a document into the case's file (文书入卷); the ledger keeps its digest. The database refuses a second one."""
    document_id = new_id()
    execute(
        "INSERT INTO case_document (id, case_id, verb, body, by_id, at) VALUES (%s, %s, %s, %s, %s, %s)",
        [document_id, case.id, verb.value, Jsonb(dict(body)), actor.id, at],
    )
    return {"document": str(document_id), "digest": digest(dict(body))}


def request_supplement(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    demands: Sequence[Demand],
    at: datetime,
    key: str | None = None,
    version: int | None = None,
) -> Ref:
    """Tell the applicant once everything that is missing (一次性告知, 行政许可法第32条). A second time is refused."""

    def write(case: Locked) -> tuple[Changes, dict[str, object]]:
        if demanded_targets(case.id):
            raise _told_once()
        errors = check_demands(catalogue.guide_of(case.edition_id), case.form, demands)
        if errors:
            raise Invalid("cases.demands", msg("补正告知还有问题，已经在下面标出。"), fields=errors)
        body = {
            "demands": [{"target": demand.target, "text": check_note(demand.text)[0]} for demand in demands]
        }
        return {}, _document(actor, case, Verb.REQUEST_SUPPLEMENT, body, at)

    try:
        return move(
            actor=actor,
            case_id=case_id,
            verb=Verb.REQUEST_SUPPLEMENT,
            at=at,
            key=key,
            version=version,
            write=write,
        )
    except IntegrityError as error:
        raise _told_once() from error


def _told_once() -> Conflict:
    return Conflict(
        "cases.supplement_once",
        msg("依法应当一次告知需要补正的全部内容（行政许可法第三十二条），这件已经告知过，不能再次要求补正。"),
    )


def _with_note(
    actor: Actor, verb: Verb, fields: Mapping[str, str], at: datetime, changes: Changes, *, required: bool
) -> Write:
    """A write that files a document of ``fields`` (有文书的流转), each checked; ``reason`` must not be empty if required."""

    def write(case: Locked) -> tuple[Changes, dict[str, object]]:
        body: dict[str, object] = {}
        errors: Errors = {}
        for name, text in fields.items():
            body[name], problems = check_note(text, required=required)
            if problems:
                errors[name] = problems
        if errors:
            raise Invalid(f"cases.{verb}", msg("还有内容没有填好，已经在下面标出。"), fields=errors)
        return changes, _document(actor, case, verb, body, at)

    return write


def decline(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    reason: str,
    article: str,
    at: datetime,
    key: str | None = None,
    version: int | None = None,
) -> Ref:
    """Decline to accept (不予受理) with the reason and the article."""
    fields = {"reason": reason, "article": article}
    write = _with_note(actor, Verb.DECLINE, fields, at, {"ended_at": at}, required=True)
    return move(actor=actor, case_id=case_id, verb=Verb.DECLINE, at=at, key=key, version=version, write=write)


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
    write = _with_note(
        actor, Verb.EXAMINE, {"opinion": opinion}, at, {"examiner_id": actor.id}, required=True
    )
    return move(actor=actor, case_id=case_id, verb=Verb.EXAMINE, at=at, key=key, version=version, write=write)


def send_back(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    reason: str,
    at: datetime,
    key: str | None = None,
    version: int | None = None,
) -> Ref:
    """Send back for another examination (退回重新审查); the clock goes on."""
    write = _with_note(actor, Verb.RETURN, {"reason": reason}, at, {}, required=True)
    return move(actor=actor, case_id=case_id, verb=Verb.RETURN, at=at, key=key, version=version, write=write)


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
    write = _with_note(actor, Verb.GRANT, {"note": note}, at, {"decided_at": at}, required=False)
    return move(actor=actor, case_id=case_id, verb=Verb.GRANT, at=at, key=key, version=version, write=write)


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
    write = _with_note(actor, Verb.REFUSE, fields, at, {"decided_at": at, "ended_at": at}, required=True)
    return move(actor=actor, case_id=case_id, verb=Verb.REFUSE, at=at, key=key, version=version, write=write)


def close(
    *, actor: Actor, case_id: uuid.UUID, licence_id: uuid.UUID, at: datetime, key: str | None = None
) -> Ref:
    """Close a granted case whose licence is issued (办结)."""

    def write(case: Locked) -> tuple[Changes, dict[str, object]]:
        return {"ended_at": at}, {"licence": str(licence_id)}

    return move(actor=actor, case_id=case_id, verb=Verb.CLOSE, at=at, key=key, version=None, write=write)
