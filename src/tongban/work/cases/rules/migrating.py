"""Whether a running case may be moved to another edition (在办件换版规则), and in plain words why not.

Whoever applied did so under the rules of that day (法不溯及既往, 立法法第104条): moving is allowed only where it takes nothing
from the applicant. Nothing may be asked of her after the fact; no day that was promised to her or that is due may become a
later one (行政许可法第42条); and what other people have already said on the old terms is not put under the new ones.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tongban.offers.catalogue.rules.guide import Guide, Limits, Requirement
from tongban.offers.catalogue.rules.times import extension_days
from tongban.standards.text import Message, msg
from tongban.work.cases.rules.carrying import FATE_LABELS, Carried, Fate
from tongban.work.cases.rules.clock import Dates
from tongban.work.cases.rules.moves import State


class MigrationState(StrEnum):
    """State of a migration (迁移状态)."""

    LOOKING = "looking"
    READY = "ready"
    MOVING = "moving"
    DONE = "done"
    CANCELLED = "cancelled"


MIGRATION_LABELS = {
    MigrationState.LOOKING: msg("正在逐件查看"),
    MigrationState.READY: msg("查看完了，等确认"),
    MigrationState.MOVING: msg("正在逐批换版"),
    MigrationState.DONE: msg("换完了"),
    MigrationState.CANCELLED: msg("已停止"),
}
WORKING = frozenset({MigrationState.LOOKING, MigrationState.MOVING})

# Submitted and not decided. What is decided was decided on its edition.
RUNNING = frozenset(
    {
        State.PRE_REVIEW,
        State.RETURNED,
        State.PASSED,
        State.SUBMITTED,
        State.SUPPLEMENT,
        State.ACCEPTED,
        State.SPECIAL,
        State.EXAMINED,
    }
)
_BEFORE_RECEIPT = frozenset({State.PRE_REVIEW, State.RETURNED, State.PASSED})
_ACCEPTED = frozenset({State.ACCEPTED, State.SPECIAL, State.EXAMINED})


@dataclass(frozen=True, slots=True)
class Standing:
    """What a migration asks of a case (迁移所看的内容).

    ``demanded``: targets of the notice that its applicant is answering. ``committed``, ``commitment_stays``: whether she
    promised, and whether the other edition has the very text.
    """

    state: State
    attached: frozenset[str]
    demanded: Collection[str]
    committed: bool
    commitment_stays: bool
    dates: Dates


def reasons(
    old: Guide, new: Guide, case: Standing, carried: Carried, after: Dates, on: date
) -> tuple[str, ...]:
    """Why this case stays on its edition (不能换版的原因); empty where it may be moved."""
    return (
        *(_about(line.label, _LACKS.get(line.fate, msg("现在还没有"))) for line in carried.hindrances),
        *_waited_for(old, new, case, carried.form),
        *_dangling(new, case, carried.form),
        *_by_state(old, new, case),
        *longer(old, new),
        *_later(case.dates, after, on),
    )


_LACKS = {fate: FATE_LABELS[fate] for fate in (Fate.NEW, Fate.UNFIT)}


def _about(label: str, why: str) -> Message:
    return Message(msg("“%(label)s”：%(why)s"), {"label": label, "why": why})


def _waited_for(old: Guide, new: Guide, case: Standing, form: Mapping[str, object]) -> Iterator[str]:
    """A material that may follow later holds up the decision; at acceptance nobody said so of a new one."""
    if case.state not in _ACCEPTED:
        return
    before = {material.key for material in old.materials if material.requirement is Requirement.LATER}
    for material in new.materials_for(form):
        if material.requirement is Requirement.LATER and material.key not in case.attached | before:
            yield _about(material.name, msg("新版要后补这份材料，受理时没有告诉申请人"))


def _dangling(new: Guide, case: Standing, form: Mapping[str, object]) -> Iterator[str]:
    """A notice that asks for something stays what it is; the new edition has to know all of it."""
    if not case.demanded:
        return
    known = {f"field:{key}" for key in new.form.by_key()} | {f"material:{m.key}" for m in new.materials}
    if set(case.demanded) - known:
        yield msg("申请人正在按告知书补正，新版没有其中的一项")


def _by_state(old: Guide, new: Guide, case: Standing) -> Iterator[str]:
    if case.state in _BEFORE_RECEIPT and new.limits.pre_review_days is None:
        yield msg("正在预审，新版没有预审")
    if case.state in _ACCEPTED and old.departments != new.departments:
        yield msg("已经分送联办部门，新版的联办部门或者它们的期限不同")
    if case.state is State.EXAMINED:
        yield msg("审查意见是按原来的版本作出的")
    if case.committed and not case.commitment_stays:
        yield msg("申请人承诺的是原来的文字，新版的告知承诺书不同")


_LIMITS = {
    "pre_review_days": msg("预审承诺"),
    "reply_days": msg("答复期限"),
    "promised_days": msg("承诺期限"),
    "statutory_days": msg("法定期限"),
    "delivery_days": msg("送达期限"),
}


def longer(old: Guide, new: Guide) -> Iterator[str]:
    """Limits that the new edition sets longer (变长的时限): whoever applied before keeps the shorter ones."""
    for name, label in _LIMITS.items():
        before, after = getattr(old.limits, name), getattr(new.limits, name)
        if before is None or after is None:
            continue
        if after > before or (name == "statutory_days" and _counts_fewer(old.limits, new.limits)):
            yield _about(
                label, Message(msg("从 %(old)s 天变成 %(new)s 天，换版会晚"), {"old": before, "new": after})
            )
    if extension_days(new.limits, joint=bool(new.departments)) > extension_days(
        old.limits, joint=bool(old.departments)
    ):
        yield msg("新版可以延长得更久")


def _counts_fewer(old: Limits, new: Limits) -> bool:
    """Whether the same number of days lasts longer, because only working days count now."""
    return old.statutory_unit == "day" and new.statutory_unit == "workday"


_DATES = {
    "act_by": msg("下一步的最后一天"),
    "promised_on": msg("承诺办结日"),
    "due_on": msg("法定到期日"),
}


def _later(before: Dates, after: Dates, on: date) -> Iterator[str]:
    """Dates that would come later, or that would have passed already by moving (变晚或者已过的日期)."""
    for name, label in _DATES.items():
        was, becomes = getattr(before, name), getattr(after, name)
        if was is None or becomes is None:
            continue
        days = {"old": was, "new": becomes}
        if becomes > was:
            yield _about(label, Message(msg("会从 %(old)s 推迟到 %(new)s"), days))
        elif becomes < on <= was:
            yield _about(label, Message(msg("会从 %(old)s 提前到 %(new)s，已经过了"), days))
