"""The clock of a case, article by article, on the calendar that ships with the platform."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from tests import engine
from tests import world as worlds

from tongban.offers.catalogue.rules.guide import Guide, Limits
from tongban.standards.workdays import Calendar, rows_of
from tongban.work.cases.rules.clock import (
    Dates,
    Event,
    Happened,
    History,
    Stop,
    Why,
    count,
    dates,
    events_of,
    explain,
    extension_days,
    history,
    joint_stops,
    part_dates,
    stops,
    terms,
)
from tongban.work.cases.rules.moves import Clock

ROOT = Path(__file__).resolve().parents[5]
LIMITS = Limits(statutory_days=20, promised_days=12)
H = Happened
MONDAY = date(2026, 11, 2)


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    with (ROOT / "data" / "cn_holidays_2004_2026.csv").open(encoding="utf-8") as lines:
        return Calendar.from_rows(rows_of(lines), edition="cn_holidays_2004_2026")


def on(what: Happened, month: int, day: int, days: int = 0, part: str = "") -> Event:
    return Event(what, date(2026, month, day), days, part)


def limits_with(**changed: object) -> Limits:
    return LIMITS.model_copy(update=changed)


ACCEPTED = on(H.ACCEPTED, 11, 2)


def test_article_32_what_is_missing_is_told_within_five_working_days(calendar: Calendar):
    told = dates((on(H.RECEIVED, 11, 2),), LIMITS, calendar)
    assert told == Dates(act_by=date(2026, 11, 9), warn_on=date(2026, 11, 6))


def test_article_32_a_resubmission_starts_the_five_days_anew(calendar: Calendar):
    events = (on(H.RECEIVED, 10, 26), on(H.WAITING, 10, 28), on(H.RECEIVED, 11, 2))
    assert dates(events, LIMITS, calendar) == Dates(act_by=date(2026, 11, 9), warn_on=date(2026, 11, 6))


def test_article_32_while_the_applicant_mends_nothing_of_ours_runs(calendar: Calendar):
    assert dates((on(H.RECEIVED, 11, 2), on(H.WAITING, 11, 3)), LIMITS, calendar) == Dates()


def test_article_42_the_decision_is_due_twenty_working_days_after_acceptance(calendar: Calendar):
    started = dates((on(H.RECEIVED, 10, 30), ACCEPTED), LIMITS, calendar)
    assert started.due_on == date(2026, 11, 30)
    assert started.promised_on == started.act_by == date(2026, 11, 18)
    assert started.warn_on == date(2026, 11, 17)
    assert not started.provisional


def test_article_42_an_extension_adds_to_what_the_law_allows_and_leaves_the_promise_visible(
    calendar: Calendar,
):
    extended = dates((ACCEPTED, on(H.EXTENDED, 11, 16, 10)), LIMITS, calendar)
    assert (extended.promised_on, extended.due_on) == (date(2026, 11, 18), date(2026, 12, 14))
    assert extended.act_by == extended.due_on


def test_article_42_ten_days_more_fifteen_for_joint_handling_or_what_the_edition_says():
    def guide(**changed: object) -> Guide:
        return Guide.model_validate(worlds.GUIDE | changed)

    limits = {"statutory_days": 20, "promised_days": 5, "extension_days": 7}
    assert extension_days(guide()) == 10
    assert extension_days(guide(departments=engine.DEPARTMENTS)) == 15
    assert extension_days(guide(limits=limits)) == 7


def test_article_44_a_licence_is_delivered_within_ten_working_days_of_the_decision(calendar: Calendar):
    granted = dates((on(H.ACCEPTED, 10, 19), on(H.DECIDED, 11, 2)), LIMITS, calendar)
    assert (granted.act_by, granted.warn_on) == (date(2026, 11, 16), date(2026, 11, 13))
    assert (granted.promised_on, granted.due_on) == (date(2026, 11, 4), date(2026, 11, 16))


def test_article_45_a_special_procedure_does_not_count(calendar: Calendar):
    during = dates((ACCEPTED, on(H.STOPPED, 11, 4, 10)), LIMITS, calendar)
    assert during.act_by == date(2026, 11, 18)  # the last of the ten days that were told
    assert (during.promised_on, during.due_on) == (date(2026, 12, 2), date(2026, 12, 14))
    after = dates((ACCEPTED, on(H.STOPPED, 11, 4, 10), on(H.RESUMED, 11, 9)), LIMITS, calendar)
    assert (after.promised_on, after.due_on) == (
        date(2026, 11, 23),
        date(2026, 12, 3),
    )  # three days stood still
    assert after.act_by == after.promised_on


def test_article_45_what_was_told_in_writing_binds(calendar: Calendar):
    in_time = (ACCEPTED, on(H.STOPPED, 11, 4, 3), on(H.RESUMED, 11, 9))
    too_late = (ACCEPTED, on(H.STOPPED, 11, 4, 3), on(H.RESUMED, 12, 24))
    assert dates(in_time, LIMITS, calendar).due_on == dates(too_late, LIMITS, calendar).due_on


def test_article_45_a_stop_that_ends_on_its_day_stops_nothing(calendar: Calendar):
    assert stops((ACCEPTED, on(H.STOPPED, 11, 4, 3), on(H.RESUMED, 11, 4)), calendar) == ()


@pytest.mark.parametrize("what", [H.WAITING, H.ENDED])
def test_when_the_clock_stops_what_was_promised_stays_readable(what: Happened, calendar: Calendar):
    running = dates((ACCEPTED,), LIMITS, calendar)
    stopped = dates((ACCEPTED, on(what, 11, 5)), LIMITS, calendar)
    assert stopped == Dates(None, None, running.promised_on, running.due_on)


def test_article_82_only_working_days_count_over_national_day_2026(calendar: Calendar):
    # Off from 1 to 7 October; Sunday 20 September and Saturday 10 October are worked instead.
    assert calendar.is_workday(date(2026, 9, 20))
    assert calendar.is_workday(date(2026, 10, 10))
    told = dates((on(H.RECEIVED, 9, 29),), LIMITS, calendar)
    assert told.act_by == date(2026, 10, 12)  # 30 September, then 8, 9, 10 and 12 October
    assert told.warn_on == date(2026, 10, 10)


def test_article_82_the_day_of_the_act_itself_does_not_count(calendar: Calendar):
    one = limits_with(reply_days=1)
    assert dates((on(H.RECEIVED, 11, 2),), one, calendar).act_by == date(2026, 11, 3)
    # What comes in on a Saturday counts from Monday on.
    assert dates((on(H.RECEIVED, 11, 7),), one, calendar).act_by == date(2026, 11, 9)


def test_another_law_may_count_every_day(calendar: Calendar):
    limits = limits_with(statutory_unit="day", statutory_days=10, promised_days=10)
    told = dates((ACCEPTED,), limits, calendar)
    assert (told.due_on, told.promised_on) == (date(2026, 11, 12), date(2026, 11, 12))


def test_a_promised_pre_review_has_its_day(calendar: Calendar):
    told = dates((on(H.PRE_REVIEW, 11, 2),), limits_with(pre_review_days=2), calendar)
    assert told == Dates(date(2026, 11, 4), date(2026, 11, 3))


def test_an_instant_item_is_due_on_the_day_and_warns_on_it(calendar: Calendar):
    started = dates((ACCEPTED,), Limits(statutory_days=0, promised_days=0), calendar)
    assert started == Dates(MONDAY, MONDAY, MONDAY, MONDAY, provisional=False)
    assert events_of(Clock.AT_ONCE, MONDAY) == (Event(H.ACCEPTED, MONDAY), Event(H.DECIDED, MONDAY))


def test_the_warning_never_lies_before_the_act(calendar: Calendar):
    told = dates((on(H.RECEIVED, 11, 6),), limits_with(reply_days=1), calendar)
    assert (told.act_by, told.warn_on) == (date(2026, 11, 9), date(2026, 11, 6))


def test_beyond_the_announced_calendar_a_date_is_provisional(calendar: Calendar):
    started = dates((on(H.ACCEPTED, 12, 21),), LIMITS, calendar)
    assert started.provisional
    assert started.due_on > date(2026, 12, 31)
    assert started.warn_on == started.act_by  # no day before it can be told for sure
    assert not dates((on(H.RECEIVED, 12, 21),), LIMITS, calendar).provisional


def test_a_promise_within_the_calendar_with_a_limit_beyond_is_provisional_as_a_whole(calendar: Calendar):
    started = dates((on(H.ACCEPTED, 12, 7),), LIMITS, calendar)
    assert started.promised_on == date(2026, 12, 23)
    assert started.due_on > date(2026, 12, 31)
    assert started.provisional


def test_an_act_after_the_calendar_s_end_is_provisional_from_its_first_day(calendar: Calendar):
    told = dates((Event(H.RECEIVED, date(2027, 2, 1)),), LIMITS, calendar)
    assert (told.act_by, told.warn_on, told.provisional) == (date(2027, 2, 8), date(2027, 2, 8), True)


def test_what_happened_reads_back_as_it_was_kept():
    events: History = (ACCEPTED, on(H.STOPPED, 11, 4, 3, "fire"))
    assert history([event.kept() for event in events]) == events


# Joint handling.

FIRE, ECOLOGY = on(H.OPENED, 11, 2, 5, "fire"), on(H.OPENED, 11, 2, 10, "ecology")


def test_a_department_s_pause_is_booked_to_it_and_to_the_case_only_where_all_stand_still(calendar: Calendar):
    alone = (ACCEPTED, FIRE, ECOLOGY, on(H.STOPPED, 11, 3, 5, "fire"))
    assert joint_stops(alone, calendar) == ()
    assert part_dates(alone, "fire", calendar).act_by == date(2026, 11, 16)
    assert part_dates(alone, "ecology", calendar).act_by == date(2026, 11, 16)
    both = (*alone, on(H.STOPPED, 11, 5, 5, "ecology"))
    assert joint_stops(both, calendar) == (Stop(date(2026, 11, 5), date(2026, 11, 10)),)
    done = (*alone, on(H.CLOSED, 11, 5, 0, "ecology"))  # nobody else is left who could work
    assert joint_stops(done, calendar) == (Stop(date(2026, 11, 5), date(2026, 11, 10)),)


def test_a_department_that_is_done_has_no_date_until_its_turn_begins_anew(calendar: Calendar):
    done = (ACCEPTED, FIRE, on(H.CLOSED, 11, 2, 0, "fire"))
    assert part_dates(done, "fire", calendar) == Dates()
    assert part_dates(done, "ecology", calendar) == Dates()
    # Sent back on the very day: the second turn looks like the first and is another.
    assert part_dates((*done, FIRE), "fire", calendar).act_by == date(2026, 11, 9)


# Told day by day.


def test_every_day_from_acceptance_to_the_last_is_told_with_its_reason(calendar: Calendar):
    events = (
        on(H.ACCEPTED, 9, 28),
        on(H.STOPPED, 10, 9, 3),
        on(H.RESUMED, 10, 13),
        on(H.EXTENDED, 10, 13, 2),
    )
    limits = limits_with(statutory_days=5, promised_days=5)
    told = explain(events, limits, calendar)
    set_ = terms(events, limits, calendar)
    assert [day.on for day in told] == [date(2026, 9, 28) + timedelta(days=n) for n in range(len(told))]
    assert (told[0].why, told[-1].on) == (Why.FIRST, set_.due_on)
    why = {day.on: day.why for day in told}
    assert why[date(2026, 10, 1)] is Why.HOLIDAY
    assert why[date(2026, 10, 10)] is Why.STOPPED  # a make-up day within the pause counts for nobody
    assert [day.number for day in told if day.number] == [1, 2, 3, 4, 5, 6, 7]
    assert [day.why for day in told if day.number > 5] == [Why.EXTENDED, Why.EXTENDED]


def test_what_is_explained_agrees_with_what_is_counted(calendar: Calendar):
    for start in range(0, 240, 7):
        since = date(2026, 1, 5) + timedelta(days=start)
        stop = Event(H.STOPPED, since + timedelta(days=4), 6)
        events = (Event(H.ACCEPTED, since), stop, Event(H.EXTENDED, since + timedelta(days=5), 10))
        told = explain(events, LIMITS, calendar)
        assert sum(1 for day in told if day.number) == 30
        assert told[-1].on == count(since, 30, calendar, stops(events, calendar))[0]
