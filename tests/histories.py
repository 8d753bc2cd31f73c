"""Random histories of a clock (随机计时历史): lawful lives of cases, alone and joint, from a source of chance; no database."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from tongban.offers.catalogue.rules.guide import Limits
from tongban.work.cases.rules.clock import Event, Happened, History

_DAY = timedelta(days=1)
FIRST, LAST = date(2023, 1, 1), date(2027, 3, 31)  # from well inside the announced calendar to beyond it


@dataclass(frozen=True)
class Life:
    """A history with the limits of its edition (历史和时限)."""

    events: History
    limits: Limits


def life(chance: Random) -> Life:
    """One lawful history (一段历史), cut off anywhere."""
    limits = _limits(chance)
    events = tuple(_events(chance, limits))
    return Life(events[: chance.randint(1, len(events))] if chance.random() < 0.6 else events, limits)


def _limits(chance: Random) -> Limits:
    statutory = chance.choice((0, 1, 3, 5, 10, 20, 20, 30, 45, 60, 90))
    return Limits(
        statutory_days=statutory,
        promised_days=chance.randint(0, statutory),
        statutory_unit="day" if chance.random() < 0.2 else "workday",
        reply_days=chance.choice((0, 3, 5, 5, 10)),
        delivery_days=chance.choice((1, 5, 10, 10)),
        pre_review_days=chance.choice((None, 1, 2, 5)),
    )


def _events(chance: Random, limits: Limits) -> Iterator[Event]:
    day = FIRST + chance.randint(0, (LAST - FIRST).days) * _DAY
    if limits.pre_review_days is not None:
        yield Event(Happened.PRE_REVIEW, day)
        if chance.random() < 0.4:
            yield Event(Happened.WAITING, day)
        day += chance.randint(0, 9) * _DAY
    yield Event(Happened.RECEIVED, day)
    if chance.random() < 0.3:
        yield Event(Happened.WAITING, day + _DAY)
        day += chance.randint(1, 40) * _DAY
        yield Event(Happened.RECEIVED, day)
    if chance.random() < 0.05:
        yield Event(Happened.ENDED, day + _DAY)
        return
    day += chance.choice((0, 0, 0, 1, 2, 5, 8)) * _DAY  # 0: on the day, or deemed accepted on the day it came
    yield Event(Happened.ACCEPTED, day)
    examined = list(_joint(chance, day) if chance.random() < 0.4 else _alone(chance, day))
    if chance.random() < 0.3:
        place = chance.randint(0, len(examined))
        on = examined[place - 1].on if place else day
        examined.insert(place, Event(Happened.EXTENDED, on, chance.choice((5, 10, 15))))
    yield from examined
    day = max([day, *(event.on for event in examined)]) + chance.randint(0, 4) * _DAY
    if chance.random() < 0.5:
        yield Event(Happened.DECIDED, day)
        day += chance.randint(0, 14) * _DAY
    yield Event(Happened.ENDED, day)


def _alone(chance: Random, day: date, part: str = "") -> Iterator[Event]:
    for _ in range(chance.choice((0, 0, 1, 1, 2, 4))):
        day += chance.choice((0, 1, 3, 7, 30)) * _DAY
        yield Event(Happened.STOPPED, day, chance.choice((1, 2, 5, 15, 30, 60)), part)
        if not part and chance.random() < 0.1:
            return  # it ends with the case
        day += chance.choice((0, 1, 2, 6, 10, 25, 60, 120)) * _DAY
        yield Event(Happened.RESUMED, day, 0, part)


def _joint(chance: Random, accepted: date) -> Iterator[Event]:
    """Two to four departments, each after none or one of those before; each may be asked a second time."""
    spans: dict[str, date] = {}
    found: list[tuple[date, int, Event]] = []
    for number in range(chance.randint(2, 4)):
        part, budget = f"d{number}", chance.choice((1, 3, 5, 10, 20))
        opened = spans[chance.choice(sorted(spans))] if spans and chance.random() < 0.4 else accepted
        for _ in range(chance.choice((1, 1, 2, 2))):
            turn = [Event(Happened.OPENED, opened, budget, part)]
            turn += _alone(chance, opened, part)
            closed = turn[-1].on + chance.choice((0, 1, 4, 12)) * _DAY
            turn.append(Event(Happened.CLOSED, closed, 0, part))
            found += [(event.on, len(found) + place, event) for place, event in enumerate(turn)]
            opened = closed + chance.choice((0, 3)) * _DAY
        spans[part] = closed
    yield from (event for _, _, event in sorted(found, key=lambda one: one[:2]))
