"""Publishing of an adjustment (公布清单调整): all of its changes together, in a handful of statements whatever their number."""

import json
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from tongban.base.actor import Actor, ActorKind
from tongban.base.db import execute
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.base.ids import new_id
from tongban.base.record import record
from tongban.offers.powers.models import Adjustment, PowerList
from tongban.offers.powers.queries.adjustments import (
    MOVED,
    Basic,
    basics,
    digest_of,
    standing_of,
    stream_of,
)
from tongban.offers.powers.queries.against import Begun, Ended, publication_digest
from tongban.offers.powers.rules.adjustments import (
    AdjustmentState,
    Change,
    ChangeKind,
    Problem,
    Standing,
    check_words,
    counted,
    kind_of,
    problem_of,
)
from tongban.standards.text import msg


@dataclass(frozen=True, slots=True)
class AdjustmentRef:
    """Where an adjustment stands after an act (调整凭据)."""

    id: uuid.UUID
    number: int
    state: AdjustmentState
    version: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What an adjustment will write (公布计划)."""

    kinds: dict[str, ChangeKind]
    begun: list[tuple[Begun, str, str, str]]  # what begins, its name, its type, its body
    ended: list[tuple[Ended, str]]  # what ends, the edition's id


def lock_list(organ_id: uuid.UUID) -> None:
    """Lock the organ's list, which is there from the first adjustment on (锁定清单)."""
    execute(
        "INSERT INTO power_list (organ_id) SELECT id FROM organ WHERE id = %s ON CONFLICT DO NOTHING",
        [organ_id],
    )
    if not PowerList.objects.select_for_update().filter(pk=organ_id).exists():
        raise NotFound("powers.organ", msg("没有这个机关。"))


def next_number(organ_id: uuid.UUID) -> int:
    """Number of the organ's next adjustment (调整序号); its list must be locked."""
    return (Adjustment.objects.filter(power_list=organ_id).aggregate(last=Max("number"))["last"] or 0) + 1


def plan_of(
    organ_id: uuid.UUID,
    changes: Sequence[Change],
    starts_on: date,
    seen: Mapping[str, str | None] | None = None,
) -> tuple[Plan, list[Problem]]:
    """What the changes come to, and what stands against them (核对调整). ``seen``: the editions that the writers saw."""
    codes = [change.basic for change in changes]
    named, standing = basics(codes), standing_of(organ_id, codes)
    plan, problems = Plan({}, [], []), list[Problem]()
    for change in changes:
        basic, last = named.get(change.basic), standing.get(change.basic)
        if basic is None:
            problems.append(Problem(change.basic, "powers.basic", msg("没有这个基本目录事项。")))
            continue
        told = digest_of(change, basic)
        problem = problem_of(change, told, basic.item_type, last, starts_on)
        if problem is None and seen is not None and seen[change.basic] != (last.edition if last else None):
            problem = Problem(change.basic, "powers.moved", MOVED)
        if problem is None:
            _add(plan, change, basic, last, told, starts_on)
        else:
            problems.append(problem)
    return plan, problems


def _add(plan: Plan, change: Change, basic: Basic, last: Standing | None, told: str, starts_on: date) -> None:
    kind = kind_of(change, last, starts_on)
    plan.kinds[basic.code] = kind
    if kind is not ChangeKind.ADD and last is not None:
        left = (change.reason, change.basis) if kind is ChangeKind.REMOVE else ("", "")
        plan.ended.append(((basic.code, last.number, kind is ChangeKind.REMOVE, *left), last.edition))
    if change.content is not None:
        number = last.number + 1 if last else 1
        body = json.dumps(change.content.told(), ensure_ascii=False)
        plan.begun.append(((basic.code, number, told), basic.name, basic.item_type, body))


_ENTRIES = """
    INSERT INTO power_entry (id, organ_id, basic_id) SELECT t.id, %s, t.basic FROM unnest(%s::uuid[], %s::text[]) AS t (id, basic)
    ON CONFLICT (organ_id, basic_id) DO NOTHING
"""
_END = """
    UPDATE power_edition e SET ends_on = %s, ended_by_id = %s, removed = t.removed, end_reason = t.reason, end_basis = t.basis
    FROM unnest(%s::uuid[], %s::bool[], %s::text[], %s::text[]) AS t (id, removed, reason, basis) WHERE e.id = t.id
"""
_BEGIN = """
    INSERT INTO power_edition (id, entry_id, number, adjustment_id, name, item_type, body, digest, starts_on, removed, end_reason, end_basis)
    SELECT t.id, en.id, t.number, %s, t.name, t.item_type, t.body, t.digest, %s, false, '', ''
    FROM unnest(%s::uuid[], %s::text[], %s::int[], %s::text[], %s::text[], %s::jsonb[], %s::text[])
        AS t (id, basic, number, name, item_type, body, digest)
    JOIN power_entry en ON en.organ_id = %s AND en.basic_id = t.basic
"""


def carry_out(adjustment: Adjustment, plan: Plan) -> dict[str, object]:
    """Write what a published adjustment does to its list (执行调整); returns what the ledger says of it."""
    organ_id, starts_on = adjustment.power_list_id, adjustment.starts_on
    if plan.ended:
        ended = [one for one, _ in plan.ended]
        execute(
            _END,
            [
                starts_on,
                adjustment.id,
                [edition for _, edition in plan.ended],
                [one[2] for one in ended],
                [one[3] for one in ended],
                [one[4] for one in ended],
            ],
        )
    if plan.begun:
        codes = [one[0] for one, *_ in plan.begun]
        execute(_ENTRIES, [organ_id, [new_id() for _ in codes], codes])
        execute(
            _BEGIN,
            [
                adjustment.id,
                starts_on,
                [new_id() for _ in codes],
                codes,
                [one[1] for one, *_ in plan.begun],
                [name for _, name, _, _ in plan.begun],
                [kind for _, _, kind, _ in plan.begun],
                [body for *_, body in plan.begun],
                [one[2] for one, *_ in plan.begun],
                organ_id,
            ],
        )
    return {
        "starts_on": starts_on.isoformat(),
        "reason": adjustment.reason,
        "basis": adjustment.basis,
        "publication": _publication(adjustment, plan),
        **{
            kind.value: sorted(code for code, what in plan.kinds.items() if what is kind)
            for kind in ChangeKind
        },
    }


def _publication(adjustment: Adjustment, plan: Plan) -> str:
    return publication_digest(
        organ_id=adjustment.power_list_id,
        number=adjustment.number,
        starts_on=adjustment.starts_on,
        reason=adjustment.reason,
        basis=adjustment.basis,
        begun=[one for one, *_ in plan.begun],
        ended=[one for one, _ in plan.ended],
    )


def tally(adjustment: Adjustment, plan: Plan) -> None:
    """Note how many entries of each kind (记项数)."""
    number = counted(iter(plan.kinds.values()))
    adjustment.added, adjustment.changed, adjustment.removed = (
        number[ChangeKind.ADD],
        number[ChangeKind.CHANGE],
        number[ChangeKind.REMOVE],
    )


def refusal_of(problems: Sequence[Problem]) -> Refusal:
    """Problems as a refusal (拒绝): the first in words, all of them by the entry's code."""
    fields: dict[str, list[str]] = {}
    for problem in problems:
        fields.setdefault(problem.basic, []).append(problem.message)
    kind = Conflict if problems[0].rule == "powers.moved" else Invalid
    return kind(problems[0].rule, msg("有几项不能这样调整，请改好再办。"), fields=fields)


@transaction.atomic
def adjust(
    *,
    actor: Actor,
    organ_id: uuid.UUID,
    changes: Sequence[Change],
    starts_on: date,
    reason: str,
    at: datetime,
    basis: str = "",
) -> AdjustmentRef:
    """Take in a whole adjustment at once (整批调整), as the platform imports it; some ten statements for any number of changes.

    An import may tell the past of a list, in order: never for a day before that of the organ's last adjustment. Raises
    Invalid with every change that cannot be made, by code.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise Forbidden("powers.import", msg("整批的清单只由平台导入；本机关的调整请在工作台提出。"))
    words, errors = check_words({"reason": reason}, "reason")
    if errors or not changes:
        raise Invalid("powers.adjustment", msg("还有内容没有填好，已经在下面标出。"), fields=errors)
    _check_changes(changes)
    lock_list(organ_id)
    last = Adjustment.objects.filter(power_list=organ_id, state=AdjustmentState.PUBLISHED).aggregate(
        on=Max("starts_on")
    )["on"]
    if last is not None and starts_on < last:
        raise Conflict("powers.order", msg("这个机关已有从更晚的日子开始的调整，不能再改以前的清单。"))
    plan, problems = plan_of(organ_id, changes, starts_on)
    if problems:
        raise refusal_of(problems)
    adjustment = Adjustment(
        power_list_id=organ_id,
        number=next_number(organ_id),
        state=AdjustmentState.PUBLISHED,
        reason=words["reason"],
        basis=basis,
        starts_on=starts_on,
        imported=True,
        made_at=at,
        published_at=at,
    )
    adjustment.digest = _publication(adjustment, plan)
    tally(adjustment, plan)
    adjustment.save(force_insert=True)
    data = {"adjustment": str(adjustment.id), "number": adjustment.number, **carry_out(adjustment, plan)}
    record(stream=stream_of(organ_id), act="powers.adjust", actor=actor, at=at, data=data, event=_heard(data))
    return AdjustmentRef(adjustment.id, adjustment.number, AdjustmentState.PUBLISHED, 1)


def _heard(data: Mapping[str, object]) -> dict[str, object]:
    """What an event tells of a publication (事件内容): which adjustment; the rest is in the tables."""
    return {name: data[name] for name in ("adjustment", "number", "starts_on")}


def _check_changes(changes: Sequence[Change]) -> None:
    times = Counter(change.basic for change in changes)
    fields: dict[str, list[str]] = {}
    for change in changes:
        if times[change.basic] > 1:
            fields[change.basic] = [msg("同一个事项在一次调整里只能出现一次。")]
        elif change.content is None and not (change.reason and change.basis):
            fields[change.basic] = [msg("调出要写明理由和依据。")]
    if fields:
        raise Invalid("powers.changes", msg("有几项不能这样调整，请改好再办。"), fields=fields)
