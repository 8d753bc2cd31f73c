"""The clock of a case, article by article, on the calendar that ships with the platform."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tongban.offers.catalogue.rules.guide import Limits
from tongban.standards.workdays import Calendar, rows_of
from tongban.work.cases.rules.clock import Dates, dates_after
from tongban.work.cases.rules.moves import Clock

ROOT = Path(__file__).resolve().parents[5]
LIMITS = Limits(statutory_days=20, promised_days=12)
STANDING = Dates(date(2026, 3, 5), date(2026, 3, 4), date(2026, 3, 10), date(2026, 3, 20), provisional=True)


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    with (ROOT / "data" / "cn_holidays_2004_2026.csv").open(encoding="utf-8") as lines:
        return Calendar.from_rows(rows_of(lines), edition="cn_holidays_2004_2026")


def after(
    clock: Clock, day: date, calendar: Calendar, *, limits: Limits = LIMITS, standing: Dates | None = None
) -> Dates:
    return dates_after(clock, today=day, limits=limits, calendar=calendar, standing=standing or Dates())


def limits_with(**changed: int) -> Limits:
    return LIMITS.model_copy(update=changed)


def test_article_32_what_is_missing_is_told_within_five_working_days(calendar: Calendar):
    told = after(Clock.REPLY, date(2026, 11, 2), calendar)
    assert told == Dates(act_by=date(2026, 11, 9), warn_on=date(2026, 11, 6))


def test_article_32_a_resubmission_starts_the_five_days_anew_and_keeps_the_rest(calendar: Calendar):
    told = after(Clock.REPLY, date(2026, 11, 2), calendar, standing=STANDING)
    assert (told.act_by, told.promised_on, told.due_on) == (
        date(2026, 11, 9),
        STANDING.promised_on,
        STANDING.due_on,
    )


def test_article_32_while_the_applicant_mends_nothing_of_ours_runs(calendar: Calendar):
    assert (
        after(Clock.WAIT, date(2026, 11, 3), calendar, standing=Dates(date(2026, 11, 9), date(2026, 11, 6)))
        == Dates()
    )


def test_article_42_the_decision_is_due_twenty_working_days_after_acceptance(calendar: Calendar):
    started = after(Clock.START, date(2026, 11, 2), calendar)
    assert started.due_on == date(2026, 11, 30)
    assert started.promised_on == started.act_by == date(2026, 11, 18)
    assert started.warn_on == date(2026, 11, 17)
    assert not started.provisional


def test_article_42_examining_and_sending_back_do_not_move_a_date(calendar: Calendar):
    assert after(Clock.NONE, date(2026, 11, 20), calendar, standing=STANDING) is STANDING


def test_article_44_a_licence_is_delivered_within_ten_working_days_of_the_decision(calendar: Calendar):
    standing = replace(STANDING, provisional=False)
    granted = after(Clock.DELIVER, date(2026, 11, 2), calendar, standing=standing)
    assert granted == Dates(
        date(2026, 11, 16), date(2026, 11, 13), standing.promised_on, standing.due_on, provisional=False
    )


@pytest.mark.parametrize("clock", [Clock.WAIT, Clock.END])
def test_when_the_clock_stops_what_was_promised_stays_readable(clock: Clock, calendar: Calendar):
    stopped = after(clock, date(2026, 3, 1), calendar, standing=STANDING)
    assert stopped == Dates(None, None, STANDING.promised_on, STANDING.due_on, STANDING.provisional)


def test_article_82_only_working_days_count_over_national_day_2026(calendar: Calendar):
    # Off from 1 to 7 October; Sunday 20 September and Saturday 10 October are worked instead.
    assert calendar.is_workday(date(2026, 9, 20))
    assert calendar.is_workday(date(2026, 10, 10))
    told = after(Clock.REPLY, date(2026, 9, 29), calendar)
    assert told.act_by == date(2026, 10, 12)  # 30 September, then 8, 9, 10 and 12 October
    assert told.warn_on == date(2026, 10, 10)


def test_article_82_the_day_of_the_act_itself_does_not_count(calendar: Calendar):
    assert after(Clock.REPLY, date(2026, 11, 2), calendar, limits=limits_with(reply_days=1)).act_by == date(
        2026, 11, 3
    )
    # What comes in on a Saturday counts from Monday on.
    assert after(Clock.REPLY, date(2026, 11, 7), calendar, limits=limits_with(reply_days=1)).act_by == date(
        2026, 11, 9
    )


def test_an_instant_item_is_due_on_the_day_and_warns_on_it(calendar: Calendar):
    day = date(2026, 11, 2)
    started = after(Clock.START, day, calendar, limits=Limits(statutory_days=0, promised_days=0))
    assert started == Dates(day, day, day, day, provisional=False)


def test_the_warning_never_lies_before_the_act(calendar: Calendar):
    friday = date(2026, 11, 6)
    told = after(Clock.REPLY, friday, calendar, limits=limits_with(reply_days=1))
    assert (told.act_by, told.warn_on) == (date(2026, 11, 9), friday)


def test_beyond_the_announced_calendar_a_date_is_provisional(calendar: Calendar):
    started = after(Clock.START, date(2026, 12, 21), calendar)
    assert started.provisional
    assert started.due_on > date(2026, 12, 31)
    assert started.warn_on == started.act_by  # no day before it can be told for sure
    assert not after(Clock.REPLY, date(2026, 12, 21), calendar).provisional


def test_a_promise_within_the_calendar_with_a_limit_beyond_is_provisional_as_a_whole(calendar: Calendar):
    started = after(Clock.START, date(2026, 12, 7), calendar)
    assert started.promised_on == date(2026, 12, 23)
    assert started.due_on > date(2026, 12, 31)
    assert started.provisional


def test_an_act_after_the_calendar_s_end_is_provisional_from_its_first_day(calendar: Calendar):
    told = after(Clock.REPLY, date(2027, 2, 1), calendar)
    assert (told.act_by, told.warn_on, told.provisional) == (date(2027, 2, 8), date(2027, 2, 8), True)
