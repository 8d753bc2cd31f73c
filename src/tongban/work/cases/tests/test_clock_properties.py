"""What holds of every lawful history of a clock (计时性质), from random lives of cases; and the independent recount beside it."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from tests.histories import Life, life
from tests.recount import compare

from tongban.work.cases.rules.clock import Event, Happened, History, Why, dates, explain, part_dates, terms
from tongban.work.cases.tests.clocks import announced, with_2027

LIVES = st.randoms(use_true_random=False).map(life)
_DAY = timedelta(days=1)


def parts_of(events: History) -> list[str]:
    return sorted({event.part for event in events if event.part})


@given(LIVES)
def test_the_explanation_counts_up_to_what_the_terms_say_and_ends_on_the_due_day(one: Life):
    set_ = terms(one.events, one.limits, announced())
    days = explain(one.events, one.limits, announced())
    if set_ is None:
        assert days == ()
        return
    numbers = [day.number for day in days if day.number]
    assert numbers == list(range(1, one.limits.statutory_days + set_.extended + 1))
    assert days[-1].on == set_.due_on
    assert [day.on for day in days] == [set_.since + n * _DAY for n in range(len(days))]
    # Where anything counts, the due day is the last counted one, so no day is told in vain.
    assert not numbers or days[-1].number == numbers[-1]
    extended = [day for day in days if day.why is Why.EXTENDED]
    assert len(extended) == set_.extended


@given(LIVES)
def test_dates_are_a_function_of_what_happened_and_recomputing_changes_nothing(one: Life):
    first = dates(one.events, one.limits, announced())
    assert dates(tuple(one.events), one.limits, announced()) == first
    kept = [event.kept() for event in one.events]
    again = tuple(Event(Happened(w), date.fromisoformat(on), d, p) for w, on, d, p in kept)
    assert dates(again, one.limits, announced()) == first


@given(LIVES, st.randoms(use_true_random=False))
def test_the_order_in_which_departments_are_written_down_does_not_matter(one: Life, chance: Random):
    # Any merge of the departments' own histories that keeps each of them in order gives the same dates.
    own = [event for event in one.events if not event.part]
    queues = [[event for event in one.events if event.part == part] for part in parts_of(one.events)]
    mixed: list[Event] = []
    while any(queues):
        queue = chance.choice([queue for queue in queues if queue])
        mixed.append(queue.pop(0))
    before = [e for e in own if e.what not in (Happened.DECIDED, Happened.ENDED, Happened.EXTENDED)]
    after = [e for e in own if e not in before]
    merged = (*before, *mixed, *after)
    assert dates(merged, one.limits, announced()) == dates(one.events, one.limits, announced())


@given(LIVES)
def test_when_the_extension_was_approved_does_not_matter(one: Life):
    longer = [event for event in one.events if event.what is Happened.EXTENDED]
    moved = (*(event for event in one.events if event not in longer), *longer)
    assert dates(moved, one.limits, announced()) == dates(one.events, one.limits, announced())


@given(LIVES, st.integers(1, 40))
def test_more_days_of_a_pause_never_make_a_date_earlier(one: Life, more: int):
    longer = tuple(
        replace(event, days=event.days + more) if event.what is Happened.STOPPED else event
        for event in one.events
    )
    before, after = (terms(events, one.limits, announced()) for events in (one.events, longer))
    if before is not None and after is not None:
        assert after.due_on >= before.due_on
        assert after.promised_on >= before.promised_on
    for part in parts_of(one.events):
        early, late = (part_dates(events, part, announced()).act_by for events in (one.events, longer))
        assert early is None or late >= early


@given(LIVES, st.integers(0, 30))
def test_a_longer_limit_or_an_extension_never_makes_a_date_earlier(one: Life, more: int):
    before = terms(one.events, one.limits, announced())
    longer = one.limits.model_copy(update={"statutory_days": one.limits.statutory_days + more})
    after = terms(one.events, longer, announced())
    assert before is None or after is None or after.due_on >= before.due_on


@given(LIVES)
def test_warning_lies_before_the_day_and_both_are_there_or_neither(one: Life):
    found = dates(one.events, one.limits, announced())
    assert (found.act_by is None) == (found.warn_on is None)
    assert found.act_by is None or found.warn_on <= found.act_by
    assert found.due_on is None or found.promised_on <= found.due_on


@given(LIVES)
def test_what_is_sure_stays_when_the_next_year_is_announced(one: Life):
    # The invented 2027 also makes 31 December 2026 a holiday: what lies before is what the shipped calendar is sure of.
    before, after = (dates(one.events, one.limits, cal) for cal in (announced(), with_2027()))
    known = [day for day in (before.act_by, before.promised_on, before.due_on) if day is not None]
    if not before.provisional and all(day < date(2026, 12, 31) for day in known):
        assert after == before
    if not after.provisional:
        days = [day for day in (after.act_by, after.promised_on, after.due_on) if day is not None]
        assert all(with_2027().covers(day) for day in days) or one.limits.statutory_unit == "day" or not days


@given(LIVES)
def test_only_days_beyond_the_announced_calendar_are_told_as_provisional(one: Life):
    for calendar in (announced(), with_2027()):
        for told in explain(one.events, one.limits, calendar)[1:]:
            asks = one.limits.statutory_unit == "workday" or told.why is Why.STOPPED
            assert told.provisional == (asks and not calendar.covers(told.on))


def test_the_script_that_shares_no_code_with_us_agrees_on_3000_random_histories():
    agreed, differ = compare(3_000)
    assert agreed == 3_000, "\n".join(differ)


def test_the_random_histories_reach_what_is_hard():
    chance = Random(7)  # noqa: S311 -- the same histories each time, no secret
    lives = [life(chance) for _ in range(500)]
    seen = {event.what for one in lives for event in one.events}
    assert seen == set(Happened)
    found = [dates(one.events, one.limits, announced()) for one in lives]
    assert sum(one.provisional for one in found) > 20
    assert (
        sum(
            bool(set_ and set_.stops) for one in lives if (set_ := terms(one.events, one.limits, announced()))
        )
        > 100
    )
    joint = [one for one in lives if parts_of(one.events)]
    assert (
        sum(
            bool(set_ and set_.stops) for one in joint if (set_ := terms(one.events, one.limits, announced()))
        )
        > 20
    )
