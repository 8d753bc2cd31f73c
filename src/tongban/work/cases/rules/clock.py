"""The clock of a case (办件计时): every date is a pure function of what happened, the edition's limits and the calendar.

Administrative Licensing Law (行政许可法): article 32 (tell what is missing within five days), 42 (decide within twenty days of
acceptance, ten more with the head's approval; joint handling forty-five and fifteen), 43 (the lower level examines first within
twenty days), 44 (deliver within ten days of the decision), 45 (hearing, inspection and the like do not count), 82 (working days).
The promised limit is the edition's. Nothing is counted down: ``dates`` may be called at any time and gives the same answer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from tongban.offers.catalogue.rules.guide import Limits
from tongban.standards.text import msg
from tongban.standards.workdays import Calendar
from tongban.work.cases.rules.moves import Clock

WARN_BEFORE = 1  # working days before the day on which we must act; [O] our own number
LATER_DAYS = (
    10  # working days to hand in a deferred material where the edition says nothing; [O] our own number
)
EXTENSION, JOINT_EXTENSION = 10, 15  # 第42条
LONGEST_STOP = 400  # working days that one special procedure may be told to take; [O] our own number
_DAY = timedelta(days=1)


class Happened(StrEnum):
    """What happened to the clock (计时事件)."""

    PRE_REVIEW = "pre_review"
    RECEIVED = "received"
    WAITING = "waiting"
    ACCEPTED = "accepted"
    STOPPED = "stopped"  # ``days``: what was told in writing
    RESUMED = "resumed"
    EXTENDED = "extended"  # ``days`` more
    DECIDED = "decided"
    ENDED = "ended"
    OPENED = "opened"  # a department's turn begins, with a budget of ``days``
    CLOSED = "closed"  # a department has given its opinion


@dataclass(frozen=True, slots=True)
class Event:
    """Clock event (计时事件): what happened on which day; ``part``: the department's key, empty for the whole case."""

    what: Happened
    on: date
    days: int = 0
    part: str = ""

    def kept(self) -> list[object]:
        """As the row and the ledger keep it (存档)."""
        return [self.what.value, self.on.isoformat(), self.days, self.part]


History = tuple[Event, ...]


def history(kept: Iterable[Sequence[object]]) -> History:
    """The events that a row keeps (读取计时事件)."""
    return tuple(
        Event(Happened(str(what)), date.fromisoformat(str(on)), int(str(days)), str(part))
        for what, on, days, part in kept
    )


def kept(events: History) -> list[list[object]]:
    """A history as the row keeps it (存档)."""
    return [event.kept() for event in events]


_HAPPENED = {
    Clock.PRE_REVIEW: Happened.PRE_REVIEW,
    Clock.REPLY: Happened.RECEIVED,
    Clock.WAIT: Happened.WAITING,
    Clock.START: Happened.ACCEPTED,
    Clock.PAUSE: Happened.STOPPED,
    Clock.RESUME: Happened.RESUMED,
    Clock.EXTEND: Happened.EXTENDED,
    Clock.DELIVER: Happened.DECIDED,
    Clock.END: Happened.ENDED,
}


def events_of(clock: Clock, on: date, days: int = 0) -> History:
    """The events that a move of this clock adds (流转的计时事件)."""
    if clock is Clock.NONE:
        return ()
    if clock is Clock.AT_ONCE:
        return (Event(Happened.ACCEPTED, on), Event(Happened.DECIDED, on))
    return (Event(_HAPPENED[clock], on, days),)


@dataclass(frozen=True, slots=True)
class Dates:
    """Dates of a case (办理期限), written into its row.

    ``act_by``: the last day for the office's next act; None while it is the applicant's turn or the case is over.
    ``warn_on``: from this day on it is urgent. ``promised_on``, ``due_on``: by promise and by law, from acceptance.
    ``provisional``: a date lies beyond the announced calendar and may move.
    """

    act_by: date | None = None
    warn_on: date | None = None
    promised_on: date | None = None
    due_on: date | None = None
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """Days that do not count (停止计时): after ``since`` up to and with ``until``. The day of an act itself never counts anew."""

    since: date
    until: date


# What ends a special procedure; a new one ends the one before it, so that no day is left out twice.
_CUTS = frozenset({Happened.STOPPED, Happened.RESUMED, Happened.CLOSED, Happened.DECIDED, Happened.ENDED})


def stops(events: History, calendar: Calendar, part: str = "") -> tuple[Stop, ...]:
    """The special procedures (特别程序) of the case, or of one department, as days that do not count.

    One ends when it is over, and at the latest on the last of the days that were told in writing (第45条): what was told binds.
    """
    found: list[Stop] = []
    standing: Event | None = None
    for event in events:
        if event.part != part:
            continue
        if standing is not None and event.what in _CUTS:
            found.append(Stop(standing.on, min(event.on, told_until(standing, calendar))))
            standing = None
        if event.what is Happened.STOPPED:
            standing = event
    if standing is not None:
        found.append(Stop(standing.on, told_until(standing, calendar)))
    return tuple(stop for stop in found if stop.until > stop.since)


def told_until(stop: Event, calendar: Calendar) -> date:
    """The last day of a special procedure as it was told (告知的最后一天)."""
    return calendar.provisional_add(stop.on, stop.days)[0]


def joint_stops(events: History, calendar: Calendar) -> tuple[Stop, ...]:
    """Days on which joint handling stands still (会办停摆): every department whose turn it is, is in a special procedure.

    While one of them can work, the applicant's clock runs, and the pause is booked to its department alone.
    """
    turns: dict[str, list[date | None]] = {}
    for event in events:
        if event.what is Happened.OPENED:
            turns.setdefault(event.part, []).extend((event.on, None))
        elif event.what is Happened.CLOSED and event.part in turns:
            turns[event.part][-1] = event.on
    paused = {part: stops(events, calendar, part) for part in turns}
    edges = sorted({edge for found in paused.values() for stop in found for edge in (stop.since, stop.until)})
    edges = sorted({*edges, *(day for days in turns.values() for day in days if day is not None)})
    found: list[Stop] = []
    for since, until in pairwise(edges):
        open_ = [part for part, days in turns.items() if _has_turn(days, until)]
        still = all(any(s.since <= since and until <= s.until for s in paused[part]) for part in open_)
        if not open_ or not still:
            continue
        if found and found[-1].until == since:
            found[-1] = Stop(found[-1].since, until)
        else:
            found.append(Stop(since, until))
    return tuple(found)


def _has_turn(days: Sequence[date | None], day: date) -> bool:
    """Whether a department has its turn on ``day``: after it was opened, up to the day of its opinion."""
    return any(
        opened is not None and opened < day and (closed is None or day <= closed)
        for opened, closed in zip(days[::2], days[1::2], strict=True)
    )


def count(
    since: date,
    days: int,
    calendar: Calendar,
    standing_still: Sequence[Stop] = (),
    *,
    every_day: bool = False,
) -> tuple[date, bool]:
    """The last of ``days`` days after ``since`` (期限最后一天), stops left out; and whether it is provisional.

    Working days (第82条), or, ``every_day``, all of them where another law counts so.
    """
    left, here, soft = days, since, False
    for stop in standing_still:
        if stop.until <= here:
            continue
        before, softer = _between(here, max(stop.since, here), calendar, every_day=every_day)
        if left <= before:
            break
        left, here, soft = left - before, stop.until, soft or softer or stop.until > calendar.last
    if every_day:
        return here + left * _DAY, soft
    if left == 0:
        return here, soft
    last, softer = calendar.provisional_add(here, left)
    return last, soft or softer


def _between(start: date, end: date, calendar: Calendar, *, every_day: bool) -> tuple[int, bool]:
    return ((end - start).days, False) if every_day else calendar.provisional_between(start, end)


@dataclass(frozen=True, slots=True)
class Terms:
    """What acceptance sets going (受理后的期限): from which day, by promise and by law, with what does not count."""

    since: date
    promised_on: date
    due_on: date
    provisional: bool
    stops: tuple[Stop, ...]
    extended: int


def terms(events: History, limits: Limits, calendar: Calendar) -> Terms | None:
    """The limit of article 42 and the promise (法定期限与承诺期限), or None before acceptance.

    An extension prolongs what the law allows; the promise stays what it was, so that a broken one stays visible.
    """
    accepted = next((event for event in events if event.what is Happened.ACCEPTED), None)
    if accepted is None:
        return None
    still = joint_stops(events, calendar) if any(event.part for event in events) else stops(events, calendar)
    more = sum(event.days for event in events if event.what is Happened.EXTENDED)
    promised, soft = count(accepted.on, limits.promised_days, calendar, still)
    due, softer = count(
        accepted.on, limits.statutory_days + more, calendar, still, every_day=limits.statutory_unit == "day"
    )
    # A law that counts every day may end before a promise in working days.
    return Terms(accepted.on, min(promised, due), due, soft or softer, still, more)


_WAITING = frozenset({Happened.WAITING, Happened.ENDED})
_RUNS = frozenset({Happened.ACCEPTED, Happened.RESUMED})  # what is owed is the decision
_PHASES = frozenset(
    {
        Happened.PRE_REVIEW,
        Happened.RECEIVED,
        Happened.WAITING,
        Happened.ACCEPTED,
        Happened.STOPPED,
        Happened.RESUMED,
        Happened.DECIDED,
        Happened.ENDED,
    }
)


def dates(events: History, limits: Limits, calendar: Calendar) -> Dates:
    """The dates of a case (办理期限) that has gone through ``events``."""
    phase = next((e for e in reversed(events) if e.what in _PHASES and not e.part), None)
    if phase is None:
        return Dates()
    set_ = terms(events, limits, calendar)
    promised, due = (set_.promised_on, set_.due_on) if set_ else (None, None)
    soft = set_ is not None and set_.provisional
    act_by, softer = _act_by(phase, set_, limits, calendar)
    warn_on = None if act_by is None else warning(act_by, phase.on, calendar)
    return Dates(act_by, warn_on, promised, due, provisional=soft or softer)


def _act_by(phase: Event, set_: Terms | None, limits: Limits, calendar: Calendar) -> tuple[date | None, bool]:
    """The last day for the next act of ours in this phase."""
    if phase.what in _WAITING:
        return None, False
    if phase.what is Happened.STOPPED:
        return calendar.provisional_add(phase.on, phase.days)
    if phase.what in _RUNS:
        if set_ is None:
            raise ValueError("a clock that was not started cannot run on")
        return (set_.due_on if set_.extended else set_.promised_on), False
    days = {
        Happened.PRE_REVIEW: limits.pre_review_days or 0,
        Happened.RECEIVED: limits.reply_days,
        Happened.DECIDED: limits.delivery_days,
    }
    return calendar.provisional_add(phase.on, days[phase.what])


def warning(act_by: date, since: date, calendar: Calendar) -> date:
    """The day from which the list shows it as urgent (预警日): one working day before, not before ``since``.

    Beyond the announced calendar it is as provisional as the day that it warns of.
    """
    return max(calendar.provisional_add(act_by, -WARN_BEFORE)[0], min(since, act_by))


def part_dates(events: History, part: str, calendar: Calendar) -> Dates:
    """The dates of one department (部门期限): its budget from the day of its turn, its own special procedures left out."""
    turns = (Happened.OPENED, Happened.CLOSED)
    opened = next((e for e in reversed(events) if e.part == part and e.what in turns), None)
    if opened is None or opened.what is Happened.CLOSED:
        return Dates()
    act_by, soft = count(opened.on, opened.days, calendar, stops(events, calendar, part))
    return Dates(act_by, warning(act_by, opened.on, calendar), provisional=soft)


class Why(StrEnum):
    """Why a day counts or not (日期计与不计)."""

    FIRST = "first"  # the day of acceptance itself
    COUNTED = "counted"
    MAKEUP = "makeup"
    EXTENDED = "extended"  # counted, within the days that an extension added
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class DayTold:
    """A day explained (逐日说明): the ``number``-th that counts, or 0; ``name``: of the holiday. ``stop``: the n-th pause."""

    on: date
    why: Why
    number: int = 0
    name: str = ""
    stop: int = 0
    provisional: bool = False


def explain(events: History, limits: Limits, calendar: Calendar) -> tuple[DayTold, ...]:
    """Every day from acceptance to the last day by law (期限逐日说明), counted or not, and why."""
    set_ = terms(events, limits, calendar)
    if set_ is None:
        return ()
    every_day = limits.statutory_unit == "day"
    return _days(
        set_.since, set_.due_on, calendar, set_.stops, lawful=limits.statutory_days, every_day=every_day
    )


def explain_step(events: History, limits: Limits, calendar: Calendar) -> tuple[Happened, tuple[DayTold, ...]]:
    """Every day up to the one by which the office must act where that is no day of the whole limit (这一步逐日说明).

    An answer (第32条), the end of a special procedure (第45条), delivery (第44条), or a promised pre-review; else no days.
    """
    phase = next((e for e in reversed(events) if e.what in _PHASES and not e.part), None)
    if phase is None or phase.what in _WAITING or phase.what in _RUNS:
        return Happened.ENDED if phase is None else phase.what, ()
    act_by, _ = _act_by(phase, None, limits, calendar)
    return phase.what, () if act_by is None else _days(phase.on, act_by, calendar, ())


def _days(
    since: date,
    last: date,
    calendar: Calendar,
    standing_still: Sequence[Stop],
    *,
    lawful: int | None = None,
    every_day: bool = False,
) -> tuple[DayTold, ...]:
    told = [DayTold(since, Why.FIRST)]
    number, day = 0, since
    while day < last:
        day += _DAY
        stop = next((n for n, s in enumerate(standing_still, 1) if s.since < day <= s.until), 0)
        works, why, name, soft = _kind_of(day, calendar, every_day=every_day)
        if stop:
            told.append(DayTold(day, Why.STOPPED, stop=stop, provisional=not calendar.covers(day)))
        elif not works:
            told.append(DayTold(day, why, name=name, provisional=soft))
        else:
            number += 1
            why = Why.EXTENDED if lawful is not None and number > lawful else why
            told.append(DayTold(day, why, number, name, provisional=soft))
    return tuple(told)


def _kind_of(day: date, calendar: Calendar, *, every_day: bool) -> tuple[bool, Why, str, bool]:
    if every_day:
        return True, Why.COUNTED, "", False
    if not calendar.covers(day):
        works = day.weekday() < 5
        return works, Why.COUNTED if works else Why.WEEKEND, "", True
    reason = calendar.reason(day)
    if reason.is_workday:
        return True, Why.MAKEUP if reason.name else Why.COUNTED, reason.name, False
    return False, Why.HOLIDAY if reason.name else Why.WEEKEND, reason.name, False


ARTICLES: Mapping[str, str] = {
    "reply": msg("行政许可法第三十二条"),
    "decide": msg("行政许可法第四十二条"),
    "lower": msg("行政许可法第四十三条"),
    "deliver": msg("行政许可法第四十四条"),
    "stop": msg("行政许可法第四十五条"),
    "workday": msg("行政许可法第八十二条"),
}
