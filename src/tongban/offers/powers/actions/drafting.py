"""Proposing and approving an adjustment (提出和审核清单调整): write, send, approve by a second person, send back, discard."""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from tongban.base.actor import Actor
from tongban.base.errors import Conflict, Forbidden, Invalid
from tongban.base.ids import new_id
from tongban.base.ledger.queries import done_with
from tongban.base.record import Repeated, record
from tongban.offers.powers.access import may, may_edit, sees
from tongban.offers.powers.actions.publishing import (
    AdjustmentRef,
    Plan,
    carry_out,
    lock_list,
    next_number,
    plan_of,
    refusal_of,
    tally,
)
from tongban.offers.powers.models import Adjustment
from tongban.offers.powers.queries.adjustments import basics, changes_in, gone, standing_of, stream_of
from tongban.offers.powers.rules.adjustments import (
    ADJUSTMENT_STATE_LABELS,
    OPEN,
    PAST,
    AdjustmentState,
    AdjustmentVerb,
    Change,
    check_heading,
    check_words,
    find,
    problem_of,
)
from tongban.offers.powers.rules.content import check_content, content_digest
from tongban.standards.canonical import digest
from tongban.standards.text import msg

_CHINA = ZoneInfo("Asia/Shanghai")  # a list begins with a day on the wall of a Chinese office
_UNFILLED = msg("还有内容没有填好，已经在下面标出。")
Told = dict[str, object]


def _ref(row: Adjustment) -> AdjustmentRef:
    return AdjustmentRef(row.id, row.number, AdjustmentState(row.state), row.version)


def _written_digest(row: Adjustment) -> str:
    """Digest of what a draft proposes (拟调整内容摘要): what the reviewer reads."""
    return digest(
        {
            "organ": str(row.power_list_id),
            "reason": row.reason,
            "basis": row.basis,
            "starts_on": row.starts_on.isoformat(),
            "changes": row.changes,
        }
    )


def _ensure_editor(actor: Actor, organ_id: uuid.UUID) -> uuid.UUID:
    allowed, reason = may_edit(actor, organ_id)
    if not allowed or actor.id is None:
        raise Forbidden("powers.editor", reason or msg("只有本机关的编辑可以提出调整本机关的权责清单。"))
    return actor.id


def start(
    *, actor: Actor, organ_id: uuid.UUID, heading: Mapping[str, str], at: datetime, key: str | None = None
) -> AdjustmentRef:
    """Begin an adjustment (提出清单调整) of an organ's list; one at a time. The same key gives the same one again."""
    writer = _ensure_editor(actor, organ_id)
    read, errors = check_heading(heading, today=at.astimezone(_CHINA).date())
    if read is None:
        raise Invalid("powers.heading", _UNFILLED, fields=errors)
    try:
        with transaction.atomic():
            lock_list(organ_id)
            if key is not None and done_with(actor, key) is not None:
                return _answer_of(actor, key, "powers.start")
            if Adjustment.objects.filter(power_list=organ_id, state__in=OPEN).exists():
                raise Conflict("powers.open", msg("本机关已有一次调整在办，请先办完那一次。"))
            row = Adjustment(
                id=new_id(),
                power_list_id=organ_id,
                number=next_number(organ_id),
                reason=read.reason,
                basis=read.basis,
                starts_on=read.starts_on,
                writers=[writer],
                made_at=at,
            )
            row.digest = _written_digest(row)
            row.save(force_insert=True)
            _record(actor, row, "powers.start", {}, at, key)
            return _ref(row)
    except Repeated:
        return _answer_of(actor, key, "powers.start")


def rewrite(
    *,
    actor: Actor,
    adjustment_id: uuid.UUID,
    heading: Mapping[str, str],
    at: datetime,
    version: int | None = None,
    key: str | None = None,
) -> AdjustmentRef:
    """Change reason, basis and first day of a draft (修改调整说明)."""

    def change(row: Adjustment) -> Told:
        read, errors = check_heading(heading, today=at.astimezone(_CHINA).date())
        if read is None:
            raise Invalid("powers.heading", _UNFILLED, fields=errors)
        row.reason, row.basis, row.starts_on = read.reason, read.basis, read.starts_on
        return {"what": "heading"}

    return _write(actor, adjustment_id, at, version, key, change)


def put(
    *,
    actor: Actor,
    adjustment_id: uuid.UUID,
    basic_code: str,
    content: Mapping[str, str],
    at: datetime,
    version: int | None = None,
    key: str | None = None,
) -> AdjustmentRef:
    """Write what an entry is to say (写一项): it is added to the list, or changed where the list has it."""

    def change(row: Adjustment) -> Told:
        read, errors = check_content(content)
        if read is None:
            raise Invalid("powers.content", _UNFILLED, fields=errors)
        _keep(row, Change(basic_code, read))
        return {"what": "put", "basic": basic_code}

    return _write(actor, adjustment_id, at, version, key, change)


def remove(
    *,
    actor: Actor,
    adjustment_id: uuid.UUID,
    basic_code: str,
    because: Mapping[str, str],
    at: datetime,
    version: int | None = None,
    key: str | None = None,
) -> AdjustmentRef:
    """Take an entry out of the list (调出一项), for a reason and on a basis, both published."""

    def change(row: Adjustment) -> Told:
        words, errors = check_words(because, "reason", "basis")
        if errors:
            raise Invalid("powers.removal", _UNFILLED, fields=errors)
        _keep(row, Change(basic_code, None, words["reason"], words["basis"]))
        return {"what": "remove", "basic": basic_code}

    return _write(actor, adjustment_id, at, version, key, change)


def drop(
    *,
    actor: Actor,
    adjustment_id: uuid.UUID,
    basic_code: str,
    at: datetime,
    version: int | None = None,
    key: str | None = None,
) -> AdjustmentRef:
    """Leave an entry out of a draft (撤回一项): the list keeps it as it is."""

    def change(row: Adjustment) -> Told:
        if basic_code not in row.changes:
            raise Conflict("powers.dropped", msg("这次调整里已经没有这一项。"))
        del row.changes[basic_code]
        return {"what": "drop", "basic": basic_code}

    return _write(actor, adjustment_id, at, version, key, change)


def _keep(row: Adjustment, change: Change) -> None:
    """Take a change into the draft; raises Invalid where the list of its day does not allow it."""
    basic = basics([change.basic]).get(change.basic)
    if basic is None:
        raise Invalid("powers.basic", msg("没有这个基本目录事项。"))
    last = standing_of(row.power_list_id, [change.basic]).get(change.basic)
    told = None if change.content is None else change.content.told()
    digested = "" if told is None else content_digest(basic.code, basic.name, basic.item_type, told)
    problem = problem_of(change, digested, basic.item_type, last, row.starts_on)
    if problem is not None:
        raise Invalid(problem.rule, problem.message, fields={"": [problem.message]})
    row.changes[change.basic] = {
        "seen": last.edition if last else None,
        "content": told,
        "reason": change.reason,
        "basis": change.basis,
    }


def _write(
    actor: Actor,
    adjustment_id: uuid.UUID,
    at: datetime,
    version: int | None,
    key: str | None,
    change: Callable[[Adjustment], Told],
) -> AdjustmentRef:
    """Whoever wrote once into an adjustment cannot approve it."""

    def written(row: Adjustment) -> Told:
        told = change(row)
        writer = _ensure_editor(actor, row.power_list_id)
        row.writers = [*row.writers, *({writer} - set(row.writers))]
        row.digest = _written_digest(row)
        return told

    return _move(actor, adjustment_id, AdjustmentVerb.WRITE, at, version, key, written)


def send(
    *,
    actor: Actor,
    adjustment_id: uuid.UUID,
    at: datetime,
    version: int | None = None,
    key: str | None = None,
) -> AdjustmentRef:
    """Send a draft to the second person (送审核); nothing in it may stand against the list as it is now."""

    def change(row: Adjustment) -> Told:
        _checked(row, at)
        row.sent_back = ""
        return {}

    return _move(actor, adjustment_id, AdjustmentVerb.SEND, at, version, key, change)


def _checked(row: Adjustment, at: datetime) -> Plan:
    """What an adjustment comes to now; raises a refusal where something stands against it."""
    if row.starts_on < at.astimezone(_CHINA).date():
        raise Conflict("powers.past", PAST)
    if not row.changes:
        raise Conflict("powers.empty", msg("这次调整还没有内容。"))
    seen = {code: told["seen"] for code, told in row.changes.items()}
    plan, problems = plan_of(row.power_list_id, changes_in(row), row.starts_on, seen)
    if problems:
        raise refusal_of(problems)
    return plan


def send_back(
    *,
    actor: Actor,
    adjustment_id: uuid.UUID,
    reason: str,
    at: datetime,
    version: int | None = None,
    key: str | None = None,
) -> AdjustmentRef:
    """Send an adjustment back to its writers (退回修改), with the reason."""

    def change(row: Adjustment) -> Told:
        words, errors = check_words({"reason": reason}, "reason")
        if errors:
            raise Invalid("powers.reason", _UNFILLED, fields=errors)
        row.sent_back = words["reason"]
        return {"sent_back": words["reason"]}

    return _move(actor, adjustment_id, AdjustmentVerb.SEND_BACK, at, version, key, change)


def approve(
    *,
    actor: Actor,
    adjustment_id: uuid.UUID,
    at: datetime,
    version: int | None = None,
    key: str | None = None,
) -> AdjustmentRef:
    """Approve and publish (审核通过并公布): all changes in one transaction, in force from the adjustment's first day."""

    def change(row: Adjustment) -> Told:
        plans.append(_checked(row, at))
        row.reviewer_id, row.published_at = actor.id, at
        tally(row, plans[0])
        return {}

    # The list changes when its adjustment stands as published: the database takes no edition of another.
    plans: list[Plan] = []
    return _move(
        actor,
        adjustment_id,
        AdjustmentVerb.APPROVE,
        at,
        version,
        key,
        change,
        lambda row: carry_out(row, plans[0]),
    )


def discard(
    *,
    actor: Actor,
    adjustment_id: uuid.UUID,
    at: datetime,
    version: int | None = None,
    key: str | None = None,
) -> AdjustmentRef:
    """Give a draft up (作废草稿); what was written stays readable to the organ's editors."""
    return _move(actor, adjustment_id, AdjustmentVerb.DISCARD, at, version, key, lambda row: {})


# --- the shape of every act --------------------------------------------------------------------------------------------


def _locked(actor: Actor, adjustment_id: uuid.UUID) -> Adjustment:
    """The adjustment, with its list locked first: whatever is done to one list queues up there."""
    organ_id = Adjustment.objects.filter(pk=adjustment_id).values_list("power_list", flat=True).first()
    if organ_id is None:
        raise gone()
    lock_list(organ_id)
    row = Adjustment.objects.select_for_update().get(pk=adjustment_id)
    if not sees(actor, organ_id=organ_id, state=AdjustmentState(row.state)):
        raise gone()
    return row


def _move(
    actor: Actor,
    adjustment_id: uuid.UUID,
    verb: AdjustmentVerb,
    at: datetime,
    version: int | None,
    key: str | None,
    change: Callable[[Adjustment], Told],
    after: Callable[[Adjustment], Told] = lambda row: {},
) -> AdjustmentRef:
    """Make one move (调整流转): lock, table, version, access, write, record, in one transaction and one ledger entry."""
    act = f"powers.{verb}"
    try:
        with transaction.atomic():
            row = _locked(actor, adjustment_id)
            move = find(AdjustmentState(row.state), verb)
            if move is None or (version is not None and version != row.version):
                return _repeated_or_refused(actor, row, key, act)
            allowed, why = may(actor, move, organ_id=row.power_list_id, writers=row.writers)
            if not allowed:
                raise Forbidden(act, why)
            row.version += 1
            told = change(row)
            row.state = move.target
            row.save()
            _record(actor, row, act, told | after(row), at, key)
            return _ref(row)
    except Repeated:
        return _answer_of(actor, key, act, adjustment_id)


def _record(actor: Actor, row: Adjustment, act: str, told: Told, at: datetime, key: str | None) -> None:
    data = {"adjustment": str(row.id), "number": row.number, "to": row.state, "digest": row.digest, **told}
    heard = {"adjustment": str(row.id), "number": row.number, "starts_on": row.starts_on.isoformat()}
    record(
        stream=stream_of(row.power_list_id),
        act=act,
        actor=actor,
        at=at,
        data=data,
        key=key,
        event=heard if act == "powers.approve" else None,
    )


def _repeated_or_refused(actor: Actor, row: Adjustment, key: str | None, act: str) -> AdjustmentRef:
    done = done_with(actor, key) if key is not None else None
    if done is not None and (done[1].act, done[1].data["adjustment"]) == (act, str(row.id)):
        return _ref(row)
    _ensure_editor(actor, row.power_list_id)
    raise Conflict(
        "powers.move",
        msg("这次调整现在是“%(state)s”，您打开页面以后它有了变化。请看过最新情况再办。"),
        {"state": ADJUSTMENT_STATE_LABELS[AdjustmentState(row.state)]},
    )


def _answer_of(
    actor: Actor, key: str | None, act: str, adjustment_id: uuid.UUID | None = None
) -> AdjustmentRef:
    """The answer to a repeated key: what stands now, if it was the same act; a Conflict where it was another."""
    done = done_with(actor, key) if key is not None else None
    told = None if done is None or done[1].act != act else str(done[1].data["adjustment"])
    if told is None or adjustment_id not in (None, uuid.UUID(told)):
        raise Conflict("powers.key", msg("这个请求编号已经用在另一次操作上。"))
    with transaction.atomic():
        return _ref(_locked(actor, uuid.UUID(told)))
