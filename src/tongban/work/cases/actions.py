"""Acts on cases (办件行为): one function, one verb, one transaction, one ledger entry.

Every move goes through :func:`_move`: lock, access, table, write, record. A submit costs four statements (plus BEGIN and
COMMIT), as many as the raw statements that write the same rows would need; ``make bench`` shows both.
"""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from psycopg.types.json import Jsonb

from tongban.base.actor import Actor
from tongban.base.db import execute, fetch_one
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ids import new_id
from tongban.base.ledger.queries import done_before
from tongban.base.numbering.actions import take
from tongban.base.record import Repeated, record
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.catalogue.rules.form import Errors
from tongban.offers.catalogue.rules.form import check as check_form
from tongban.records.materials import queries as materials
from tongban.standards import case_number
from tongban.standards.canonical import digest
from tongban.standards.text import msg
from tongban.work.cases.access import may, sees
from tongban.work.cases.models import Case
from tongban.work.cases.queries import calendar, demanded_targets
from tongban.work.cases.rules.application import (
    FIELD,
    MATERIAL,
    Demand,
    check_complete,
    check_demands,
    check_note,
    editable,
)
from tongban.work.cases.rules.clock import Dates, dates_after
from tongban.work.cases.rules.moves import EDITABLE, STAFF_LABELS, Move, State, Verb, find

CHINA = ZoneInfo("Asia/Shanghai")  # the day of an act is the day on the wall of a Chinese office


@dataclass(frozen=True, slots=True)
class Ref:
    """Where a case stands after an act (办件凭据)."""

    id: uuid.UUID
    number: str | None
    state: State
    version: int


@dataclass(frozen=True, slots=True)
class Locked:
    """A case as its act sees it (锁定的办件): one row, locked until the transaction ends."""

    id: uuid.UUID
    number: str | None
    state: State
    version: int
    edition_id: uuid.UUID
    organ_id: uuid.UUID
    party_id: uuid.UUID
    form: dict[str, object]
    examiner_id: uuid.UUID | None
    dates: Dates
    attached: frozenset[str]

    def ref(self) -> Ref:
        """Its reference (凭据)."""
        return Ref(self.id, self.number, self.state, self.version)


_LOCK = """
    SELECT id, number, state, version, edition_id, organ_id, party_id, form, examiner_id,
           act_by, warn_on, promised_on, due_on, provisional,
           (SELECT array_agg(DISTINCT a.key) FROM case_attachment a WHERE a.case_id = c.id)
    FROM case_file c WHERE c.id = %s FOR UPDATE OF c
"""


def _lock(actor: Actor, case_id: uuid.UUID) -> Locked:
    row = fetch_one(_LOCK, [case_id])
    gone = NotFound("cases.visible", msg("没有找到这件办件，或者您不能查看它。"))
    if row is None:
        raise gone
    case = Locked(
        *(
            *row[:2],
            State(row[2]),
            *row[3:7],
            json.loads(row[7]),
            row[8],
            Dates(*row[9:14]),
            frozenset(row[14] or ()),
        )
    )
    if not sees(actor, party_id=case.party_id, organ_id=case.organ_id, state=case.state):
        raise gone
    return case


Changes = dict[str, object]
Write = Callable[[Locked], tuple[Changes, dict[str, object]]]


def _nothing(case: Locked) -> tuple[Changes, dict[str, object]]:
    return {}, {}


def _move(
    *,
    actor: Actor,
    case_id: uuid.UUID,
    verb: Verb,
    at: datetime,
    key: str | None,
    version: int | None,
    write: Write = _nothing,
) -> Ref:
    """Make one move (流转). ``version``: the one the actor saw; another means that somebody acted in between.

    The same ``key`` by the same actor on the same case gives the same answer again and writes nothing.
    """
    try:
        with transaction.atomic():
            case = _lock(actor, case_id)
            move = find(case.state, verb)
            if move is None or (version is not None and version != case.version):
                return _repeated_or_refused(actor, case, verb, key, move)
            allowed, reason = may(
                actor, move, party_id=case.party_id, organ_id=case.organ_id, examiner_id=case.examiner_id
            )
            if not allowed:
                raise Forbidden(f"cases.{verb}", reason)
            changes, data = write(case)
            return _write(actor, case, move, changes, data, at, key)
    except Repeated:
        return _answer_of(actor, key, case_id, verb)


def _repeated_or_refused(actor: Actor, case: Locked, verb: Verb, key: str | None, move: Move | None) -> Ref:
    if key is not None and done_before(actor, key) == (_stream(case.id), f"cases.{verb}"):
        return case.ref()
    params = {"state": STAFF_LABELS[case.state]}
    if move is None:
        raise Conflict(
            "cases.move", msg("这件办件现在是“%(state)s”，不能再这样做。请刷新后看最新情况。"), params
        )
    raise Conflict(
        "cases.version",
        msg("您打开页面以后，这件办件有了新的变化（现在是“%(state)s”）。请看过最新情况再办。"),
        params,
    )


def _answer_of(actor: Actor, key: str | None, case_id: uuid.UUID, verb: Verb) -> Ref:
    """The answer to a repeated key: what stands now, if it was the same act; a Conflict where it was another."""
    done = done_before(actor, key) if key is not None else None
    if done != (_stream(case_id), f"cases.{verb}"):
        raise Conflict("cases.key", msg("这个请求编号已经用在另一次操作上。"))
    with transaction.atomic():
        return _lock(actor, case_id).ref()


def _stream(case_id: uuid.UUID) -> str:
    return f"case:{case_id}"


def _write(
    actor: Actor,
    case: Locked,
    move: Move,
    changes: Changes,
    data: dict[str, object],
    at: datetime,
    key: str | None,
) -> Ref:
    today = at.astimezone(CHINA).date()
    limits = catalogue.guide_of(case.edition_id).limits
    dates = dates_after(move.clock, today=today, limits=limits, calendar=calendar(), standing=case.dates)
    after = replace(
        case,
        state=move.target,
        version=case.version + 1,
        dates=dates,
        number=_text(changes.get("number")) or case.number,
    )
    columns = {
        "state": move.target.value,
        "version": after.version,
        "act_by": dates.act_by,
        "warn_on": dates.warn_on,
        "promised_on": dates.promised_on,
        "due_on": dates.due_on,
        "provisional": dates.provisional,
        **changes,
    }
    # Column names are this module's own; the values are bound.
    assignments = ", ".join(f"{column} = %s" for column in columns)
    execute(f"UPDATE case_file SET {assignments} WHERE id = %s", [*columns.values(), case.id])  # noqa: S608 -- see above
    record(
        stream=_stream(case.id),
        act=f"cases.{move.verb}",
        actor=actor,
        at=at,
        key=key,
        data={
            "number": after.number,
            "from": case.state.value,
            "to": move.target.value,
            **_kept(dates),
            **data,
        },
        event={"case_id": str(case.id), "number": after.number},
    )
    return after.ref()


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _kept(dates: Dates) -> dict[str, object]:
    """The dates as the ledger keeps them: only those that are set."""
    named = {"act_by": dates.act_by, "promised_on": dates.promised_on, "due_on": dates.due_on}
    kept: dict[str, object] = {name: day.isoformat() for name, day in named.items() if day is not None}
    return kept | ({"provisional": True} if dates.provisional else {})


# --- the applicant -----------------------------------------------------------------------------------------------------


def start(*, actor: Actor, item_code: str, at: datetime, key: str | None = None) -> Ref:
    """Start a draft (开始填写) on the edition of an item that is in force today."""
    if actor.party_id is None or actor.id is None:
        raise Forbidden("cases.start", msg("请先登录，再开始办理。"))
    edition = catalogue.in_force(item_code, at.astimezone(CHINA).date())
    case = Case(
        id=new_id(),
        edition_id=edition.id,
        organ_id=edition.organ_id,
        place=edition.place,
        party_id=actor.party_id,
        account_id=actor.id,
        started_at=at,
    )
    try:
        with transaction.atomic():
            case.save(force_insert=True)
            data: dict[str, object] = {"edition": str(edition.id), "digest": edition.digest}
            record(stream=_stream(case.id), act="cases.start", actor=actor, at=at, key=key, data=data)
    except Repeated:
        stream, act = done_before(actor, key or "") or ("", "")
        if act != "cases.start":
            raise Conflict("cases.key", msg("这个请求编号已经用在另一次操作上。")) from None
        with transaction.atomic():
            return _lock(actor, uuid.UUID(stream.removeprefix("case:"))).ref()
    return Ref(case.id, None, State.DRAFT, 1)


def _open_to_applicant(actor: Actor, case_id: uuid.UUID) -> tuple[Locked, frozenset[str]]:
    """The actor's own case while it may be changed, and what a supplement demands of it."""
    case = _lock(actor, case_id)
    if actor.party_id != case.party_id:
        raise Forbidden("cases.own", msg("只有申请人本人可以这样做。"))
    if case.state not in EDITABLE:
        raise Conflict(
            "cases.closed_to_edit", msg("申请已经提交，现在不能再改。如需更正，请撤回后重新申请。")
        )
    return case, demanded_targets(case_id) if case.state is State.SUPPLEMENT else frozenset()


def save(*, actor: Actor, case_id: uuid.UUID, values: Mapping[str, object], at: datetime) -> Errors:
    """Save answers of a draft or a supplement (保存填写内容); what is wrong is told by field and not taken in.

    An empty answer takes the earlier one out. Good answers are kept even where others are wrong. A draft has no ledger
    entry per keystroke: its content enters the ledger with the submission that fixes it.
    """
    with transaction.atomic():
        case, demanded = _open_to_applicant(actor, case_id)
        fields = catalogue.guide_of(case.edition_id).form.by_key()
        clean, errors = check_form(fields, values, complete=False)
        for field in list(values):
            if field in fields and not editable(case.state is State.DRAFT, FIELD, field, demanded):
                if clean.get(field) != case.form.get(field):
                    errors[field] = [msg("这一项不在补正范围里，不能改。")]
                clean.pop(field, None)
        emptied = {
            field for field in values if field in fields and field not in clean and field not in errors
        }
        form = {field: value for field, value in {**case.form, **clean}.items() if field not in emptied}
        if form != case.form:
            execute(
                "UPDATE case_file SET form = %s, version = version + 1 WHERE id = %s", [Jsonb(form), case_id]
            )
    return errors


def attach(*, actor: Actor, case_id: uuid.UUID, key: str, material_id: uuid.UUID, at: datetime) -> None:
    """Hand in one of one's materials for a demand of the guide (附上材料)."""
    with transaction.atomic():
        case, demanded = _open_to_applicant(actor, case_id)
        if key not in {material.key for material in catalogue.guide_of(case.edition_id).materials}:
            raise Invalid("cases.beyond_guide", msg("办事指南没有要求这份材料。"))
        _ensure_editable(case, key, demanded)
        if materials.owned(actor, material_id) is None:
            raise NotFound("cases.material", msg("没有找到这份材料。"))
        execute(
            "INSERT INTO case_attachment (case_id, key, material_id, attached_at) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [case_id, key, material_id, at],
        )


def detach(*, actor: Actor, case_id: uuid.UUID, key: str, material_id: uuid.UUID) -> None:
    """Take a handed-in material out again (取下材料); it stays among one's materials."""
    with transaction.atomic():
        case, demanded = _open_to_applicant(actor, case_id)
        _ensure_editable(case, key, demanded)
        execute(
            "DELETE FROM case_attachment WHERE case_id = %s AND key = %s AND material_id = %s",
            [case_id, key, material_id],
        )


def _ensure_editable(case: Locked, key: str, demanded: frozenset[str]) -> None:
    if not editable(case.state is State.DRAFT, MATERIAL, key, demanded):
        raise Conflict("cases.beyond_supplement", msg("这份材料不在补正范围里，不能改。"))


def discard(*, actor: Actor, case_id: uuid.UUID, at: datetime) -> None:
    """Throw a draft away (删除草稿). A submitted case can only be withdrawn."""
    with transaction.atomic():
        case, _ = _open_to_applicant(actor, case_id)
        if case.state is not State.DRAFT:
            raise Conflict("cases.discard", msg("已经提交的申请不能删除，可以撤回。"))
        Case.objects.get(pk=case_id).delete()
        record(stream=_stream(case_id), act="cases.discard", actor=actor, at=at, data={})


def _complete(case: Locked) -> None:
    errors = check_complete(catalogue.guide_of(case.edition_id), case.form, case.attached)
    if errors:
        raise Invalid("cases.complete", msg("还有内容没有填好，已经在下面标出。"), fields=errors)


def _fixed(case: Locked) -> dict[str, object]:
    return {"form": digest(case.form), "attached": sorted(case.attached)}


def submit(
    *, actor: Actor, case_id: uuid.UUID, at: datetime, key: str | None = None, version: int | None = None
) -> Ref:
    """Submit a draft (提交申请): it gets its number, and the five days of article 32 begin."""

    def write(case: Locked) -> tuple[Changes, dict[str, object]]:
        _complete(case)
        day = at.astimezone(CHINA).date()
        return {
            "submitted_at": at,
            "number": _number(catalogue.edition(case.edition_id).item_code, day),
        }, _fixed(case)

    return _move(actor=actor, case_id=case_id, verb=Verb.SUBMIT, at=at, key=key, version=version, write=write)


def _number(item_code: str, day: date) -> str:
    """The next case number (办件编号) of an item on a day: serials without gaps, the last lock that a submit takes."""
    return case_number.make(item_code, day, take(f"case:{item_code}:{day:%Y%m%d}"))


def resubmit(
    *, actor: Actor, case_id: uuid.UUID, at: datetime, key: str | None = None, version: int | None = None
) -> Ref:
    """Hand in what the supplement notice asked for (补正后提交)."""

    def write(case: Locked) -> tuple[Changes, dict[str, object]]:
        _complete(case)
        return {}, _fixed(case)

    return _move(
        actor=actor, case_id=case_id, verb=Verb.RESUBMIT, at=at, key=key, version=version, write=write
    )


def withdraw(
    *, actor: Actor, case_id: uuid.UUID, at: datetime, key: str | None = None, version: int | None = None
) -> Ref:
    """Withdraw an application (撤回申请) at any time before the decision."""
    return _move(
        actor=actor,
        case_id=case_id,
        verb=Verb.WITHDRAW,
        at=at,
        key=key,
        version=version,
        write=lambda case: ({"ended_at": at}, {}),
    )


# --- the staff ---------------------------------------------------------------------------------------------------------


def accept(
    *, actor: Actor, case_id: uuid.UUID, at: datetime, key: str | None = None, version: int | None = None
) -> Ref:
    """Accept an application (受理): the limit of article 42 and the promise begin."""
    return _move(
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
        return _move(
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
    return _move(
        actor=actor, case_id=case_id, verb=Verb.DECLINE, at=at, key=key, version=version, write=write
    )


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
    return _move(
        actor=actor, case_id=case_id, verb=Verb.EXAMINE, at=at, key=key, version=version, write=write
    )


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
    return _move(actor=actor, case_id=case_id, verb=Verb.RETURN, at=at, key=key, version=version, write=write)


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
    return _move(actor=actor, case_id=case_id, verb=Verb.GRANT, at=at, key=key, version=version, write=write)


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
    return _move(actor=actor, case_id=case_id, verb=Verb.REFUSE, at=at, key=key, version=version, write=write)


def close(
    *, actor: Actor, case_id: uuid.UUID, licence_id: uuid.UUID, at: datetime, key: str | None = None
) -> Ref:
    """Close a granted case whose licence is issued (办结)."""

    def write(case: Locked) -> tuple[Changes, dict[str, object]]:
        return {"ended_at": at}, {"licence": str(licence_id)}

    return _move(actor=actor, case_id=case_id, verb=Verb.CLOSE, at=at, key=key, version=None, write=write)
