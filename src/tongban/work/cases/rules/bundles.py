"""A bundle while it is handled (一件事办理): how it stands as a whole, its one due date, and what is still missing. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tongban.offers.catalogue.rules.bundles import Merged
from tongban.offers.catalogue.rules.form import Errors, field_of
from tongban.offers.catalogue.rules.guide import Guide, Limits
from tongban.standards.text import msg
from tongban.standards.workdays import Calendar
from tongban.work.cases.rules.application import FIELD, MATERIAL, check_complete
from tongban.work.cases.rules.moves import EDITABLE, OVER, State


class Phase(StrEnum):
    """How a bundle stands as a whole (一件事状态)."""

    DRAFT = "draft"
    YOURS = "yours"  # something of it waits for the applicant
    RUNNING = "running"
    DECIDED = "decided"  # everything is decided, something is still to be handed over
    OVER = "over"
    WITHDRAWN = "withdrawn"


PHASE_LABELS = {
    Phase.DRAFT: msg("草稿"),
    Phase.YOURS: msg("有一项等您补正"),
    Phase.RUNNING: msg("正在办理"),
    Phase.DECIDED: msg("都出结果了，正在送达"),
    Phase.OVER: msg("全部办完"),
    Phase.WITHDRAWN: msg("已撤回"),
}

_DECIDED = frozenset({State.GRANTED, State.MADE, *OVER})


@dataclass(frozen=True, slots=True)
class Standing:
    """How one item of a bundle stands (单项状态): its state and dates, and the limits of its edition."""

    state: State
    act_by: date | None
    promised_on: date | None
    provisional: bool
    limits: Limits


@dataclass(frozen=True, slots=True)
class Outlook:
    """A bundle as a whole (一件事总体): its phase; the one day by which everything is there; which item takes longest.

    ``estimated``: some item is not accepted yet, so its promise is counted from the last day for that. ``provisional``:
    the calendar of that day is not announced. ``ready``: how many are decided.
    """

    phase: Phase
    day: date | None = None
    estimated: bool = False
    provisional: bool = False
    critical: int | None = None
    ready: int = 0


def outlook(items: Sequence[Standing], calendar: Calendar) -> Outlook:
    """The outlook of a bundle (一件事展望): its day is the latest of its items', because all are handed over together."""
    phase = _phase([item.state for item in items])
    ready = sum(item.state in _DECIDED for item in items)
    if phase in (Phase.DRAFT, Phase.OVER, Phase.WITHDRAWN):
        return Outlook(phase, ready=ready)
    found: list[tuple[date, int, bool, bool]] = []
    for place, item in enumerate(items):
        day, estimated, soft = _day(item, calendar, decided=phase is Phase.DECIDED)
        if day is not None:
            found.append((day, -place, estimated, soft))
    if not found:
        return Outlook(phase, ready=ready)
    latest = max(found)
    return Outlook(
        phase,
        latest[0],
        any(estimated for _, _, estimated, _ in found),
        any(soft for _, _, _, soft in found),
        -latest[1],
        ready,
    )


def _phase(states: Sequence[State]) -> Phase:
    if all(state is State.DRAFT for state in states):
        return Phase.DRAFT
    if all(state is State.WITHDRAWN for state in states):
        return Phase.WITHDRAWN
    if all(state in OVER for state in states):
        return Phase.OVER
    if any(state in EDITABLE for state in states):
        return Phase.YOURS
    return Phase.DECIDED if all(state in _DECIDED for state in states) else Phase.RUNNING


def _day(item: Standing, calendar: Calendar, *, decided: bool) -> tuple[date | None, bool, bool]:
    """(the last day of an item, whether it is estimated, whether its calendar is not announced)."""
    if item.state in _DECIDED:
        return (item.act_by if decided else None), False, item.provisional
    if item.promised_on is not None:
        return item.promised_on, False, item.provisional
    if item.act_by is None:
        return None, False, False
    day, soft = calendar.provisional_add(item.act_by, item.limits.promised_days)
    return day, True, soft or item.provisional


def if_sent(guides: Sequence[Guide], on: date, calendar: Calendar) -> tuple[date, bool]:
    """(the day by which everything is there if it is sent on ``on``, whether the calendar is not announced) (预计出结果)."""
    days = [
        calendar.provisional_add(
            on, (g.limits.pre_review_days or 0) + g.limits.reply_days + g.limits.promised_days
        )
        for g in guides
    ]
    return max(day for day, _ in days), any(soft for _, soft in days)


def merged_errors(merged: Merged, place: int, errors: Mapping[str, list[str]]) -> Errors:
    """Errors of one item as errors of the merged form (归到合并表单), by ``field:…`` and ``material:…``."""
    found: Errors = {}
    for target, texts in errors.items():
        kind, _colon, key = target.partition(":")
        name = field_of(key)
        own = merged.fact_of(place, name) if kind == FIELD else merged.paper_of(place, name)
        found[f"{kind}:{(own or name) + key[len(name) :]}"] = texts
    return found


def missing(
    merged: Merged,
    guides: Sequence[Guide],
    forms: Sequence[Mapping[str, object]],
    there: Sequence[Collection[str]],
    committed: Sequence[bool],
) -> Errors:
    """What a bundle still lacks (一件事还差什么), each once, in the order of the merged form, then of the materials.

    ``there``: of each item the materials handed in, or held by the platform.
    """
    found: Errors = {}
    for place, (guide, form, keys, promised) in enumerate(zip(guides, forms, there, committed, strict=True)):
        for target, texts in merged_errors(
            merged, place, check_complete(guide, form, keys, committed=promised)
        ).items():
            found.setdefault(target, texts)
    order = [f"{FIELD}:{key}" for key in merged.form.by_key()] + [
        f"{MATERIAL}:{key}" for key in merged.papers
    ]
    place_of = {target: number for number, target in enumerate(order)}
    return dict(sorted(found.items(), key=lambda entry: place_of.get(field_of(entry[0]), len(order))))
