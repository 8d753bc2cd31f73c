"""Durations (办理用时): how long cases really took, where the time went, and what other limits would have done to them. Pure.

All in working days (行政许可法第82条), from the same history by which the clock is computed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from tongban.offers.catalogue.rules.guide import Limits
from tongban.standards.text import msg
from tongban.standards.workdays import Calendar
from tongban.work.cases.rules.clock import Event, Happened, History, Stop, terms


class Phase(StrEnum):
    """Phase (环节) in which time passes."""

    PRE_REVIEW = "pre_review"
    REPLY = "reply"
    APPLICANT = "applicant"
    HANDLING = "handling"
    STOPPED = "stopped"
    DELIVERY = "delivery"


PHASE_LABELS = {
    Phase.PRE_REVIEW: msg("预审"),
    Phase.REPLY: msg("收件到受理"),
    Phase.APPLICANT: msg("等申请人补正"),
    Phase.HANDLING: msg("审查和决定"),
    Phase.STOPPED: msg("特别程序"),
    Phase.DELIVERY: msg("制证和送达"),
}

_BEGINS = {
    Happened.PRE_REVIEW: Phase.PRE_REVIEW,
    Happened.RECEIVED: Phase.REPLY,
    Happened.WAITING: Phase.APPLICANT,
    Happened.ACCEPTED: Phase.HANDLING,
    Happened.STOPPED: Phase.STOPPED,
    Happened.RESUMED: Phase.HANDLING,
    Happened.DECIDED: Phase.DELIVERY,
}


def spent(events: History, calendar: Calendar) -> dict[Phase, int]:
    """Working days spent in each phase (各环节用时) of a case that is over. Turns of single departments are not told apart."""
    found = dict.fromkeys(Phase, 0)
    phase: Phase | None = None
    since: date | None = None
    for event in events:
        if event.part:
            continue
        if phase is not None and since is not None and event.on > since:
            found[phase] += calendar.provisional_between(since, event.on)[0]
        if event.what is Happened.ENDED:
            break
        phase, since = _BEGINS.get(event.what, phase), max(event.on, since or event.on)
    return found


def handled_days(events: History, calendar: Calendar) -> int | None:
    """Working days from acceptance to the decision (实际办理工作日), what does not count left out; None where nothing was decided."""
    accepted = _day(events, Happened.ACCEPTED)
    decided = _decided(events)
    if accepted is None or decided is None:
        return None
    whole, _ = calendar.provisional_between(accepted, decided)
    out = sum(
        calendar.provisional_between(stop.since, min(stop.until, decided))[0]
        for stop in _stops(events, calendar)
        if stop.since < decided
    )
    return max(whole - out, 0)


def _stops(events: History, calendar: Calendar) -> Sequence[Stop]:
    found = terms(events, _ANY, calendar)
    return () if found is None else found.stops


_ANY = Limits(statutory_days=20, promised_days=20)  # the stops do not depend on the limits


def _day(events: Iterable[Event], what: Happened) -> date | None:
    return next((event.on for event in events if event.what is what), None)


def _decided(events: History) -> date | None:
    """The day of the decision: a refusal ends the case, a grant begins the delivery."""
    decided = _day(events, Happened.DECIDED)
    return decided if decided is not None else _day(events, Happened.ENDED)


@dataclass(frozen=True, slots=True)
class Change:
    """A change to be tried (拟议调整): a promise or a limit in working days, special procedures no longer than so many days."""

    promised_days: int | None = None
    statutory_days: int | None = None
    longest_stop: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a case was and would have been (回放结果): whether it kept promise and law, and the days that it took."""

    days: int
    kept_promise: bool
    kept_law: bool


def verdict(events: History, limits: Limits, calendar: Calendar) -> Verdict | None:
    """How a decided case stands to its limits (守时情况); None where nothing was decided."""
    days, decided, told = handled_days(events, calendar), _decided(events), terms(events, limits, calendar)
    if days is None or decided is None or told is None:
        return None
    return Verdict(days, decided <= told.promised_on, decided <= told.due_on)


def tried(events: History, limits: Limits, change: Change) -> tuple[History, Limits]:
    """History and limits as ``change`` would have had them (按拟议调整回放): days told of a special procedure are cut."""
    law = limits.statutory_days if change.statutory_days is None else change.statutory_days
    promise = limits.promised_days if change.promised_days is None else change.promised_days
    cut = change.longest_stop
    told = tuple(
        replace(event, days=min(event.days, cut))
        if event.what is Happened.STOPPED and cut is not None
        else event
        for event in events
    )
    return told, limits.model_copy(update={"statutory_days": law, "promised_days": min(promise, law)})


@dataclass(frozen=True, slots=True)
class Replay:
    """Last year's cases under a change (回放): how many there were, how many would have broken promise or law, before and after."""

    cases: int
    late_before: int
    late_after: int
    unlawful_before: int
    unlawful_after: int
    days: tuple[int, ...]  # how long each took, in order


def replay(histories: Iterable[tuple[History, Limits]], change: Change, calendar: Calendar) -> Replay:
    """Play decided cases again under ``change`` (回放已办结办件): the same acts on the same days, measured by other limits."""
    before: list[Verdict] = []
    after: list[Verdict] = []
    for events, limits in histories:
        was = verdict(events, limits, calendar)
        would = verdict(*tried(events, limits, change), calendar)
        if was is not None and would is not None:
            before.append(was)
            after.append(would)
    return Replay(
        cases=len(before),
        late_before=sum(not one.kept_promise for one in before),
        late_after=sum(not one.kept_promise for one in after),
        unlawful_before=sum(not one.kept_law for one in before),
        unlawful_after=sum(not one.kept_law for one in after),
        days=tuple(sorted(one.days for one in before)),
    )


def median(days: Sequence[int]) -> float:
    """The middle of sorted durations (中位数), 0 of none."""
    if not days:
        return 0
    middle = len(days) // 2
    return float(days[middle]) if len(days) % 2 else (days[middle - 1] + days[middle]) / 2


def quantile(days: Sequence[int], share: float) -> int:
    """The duration that ``share`` of the cases do not exceed (分位数), 0 of none. ``days``: sorted."""
    return days[min(int(share * len(days)), len(days) - 1)] if days else 0
