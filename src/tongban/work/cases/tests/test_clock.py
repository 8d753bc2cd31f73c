"""The clock of a case, article by article of the Administrative Licensing Law, on the calendar that ships with the platform.

``docs/law.md`` lists these tests by article.
"""

from datetime import date, timedelta

import pytest

from tongban.work.cases.rules.clock import (
    Dates,
    Happened,
    Stop,
    Why,
    dates,
    events_of,
    explain,
    history,
    joint_stops,
    part_dates,
    stops,
    terms,
    warning,
)
from tongban.work.cases.rules.moves import Clock
from tongban.work.cases.tests.clocks import LIMITS, announced, limits, nov, told, with_2027

ACCEPTED = told(("received", nov(2)), ("accepted", nov(2)))


# --- Article 32


def test_article_32_we_answer_within_five_working_days_of_receipt():
    found = dates(told(("received", nov(2))), LIMITS, announced())
    assert found == Dates(act_by=nov(9), warn_on=nov(6))


def test_article_32_an_edition_may_promise_a_quicker_answer():
    assert dates(told(("received", nov(2))), limits(reply_days=2), announced()).act_by == nov(4)


def test_article_32_while_the_applicant_mends_nothing_of_ours_runs():
    assert dates(told(("received", nov(2)), ("waiting", nov(3))), LIMITS, announced()) == Dates()


def test_article_32_what_is_mended_gives_five_days_anew():
    mended = told(("received", nov(2)), ("waiting", nov(3)), ("received", nov(16)))
    assert dates(mended, LIMITS, announced()).act_by == nov(23)


def test_article_32_deemed_accepted_counts_from_the_day_it_came():
    # Not a word until the 9th; found by the platform on the 10th, or much later: the limit began on the 2nd.
    deemed = told(("received", nov(2)), ("accepted", nov(2)))
    in_time = told(("received", nov(2)), ("accepted", nov(3)))
    assert dates(deemed, LIMITS, announced()).due_on == nov(30)
    assert dates(in_time, LIMITS, announced()).due_on == date(2026, 12, 1)


# --- Article 42


def test_article_42_the_decision_is_due_twenty_working_days_after_acceptance():
    found = dates(ACCEPTED, LIMITS, announced())
    assert found == Dates(act_by=nov(18), warn_on=nov(17), promised_on=nov(18), due_on=nov(30))


def test_article_42_an_extension_adds_ten_working_days_to_the_law_and_leaves_the_promise():
    found = dates((*ACCEPTED, *told(("extended", nov(17), 10))), LIMITS, announced())
    assert (found.promised_on, found.due_on) == (nov(18), date(2026, 12, 14))
    assert found.act_by == found.due_on


def test_article_42_joint_handling_has_forty_five_days_and_fifteen_more():
    joint = limits(statutory_days=45, promised_days=30)
    assert dates(ACCEPTED, joint, with_2027()).due_on == with_2027().add(nov(2), 45)
    longer = (*ACCEPTED, *told(("extended", nov(20), 15)))
    found = dates(longer, joint, with_2027())
    assert found.due_on == with_2027().add(nov(2), 60)


def test_article_42_it_does_not_matter_when_the_extension_was_approved():
    due = {
        dates(
            (*ACCEPTED, *told(("stopped", nov(4), 5), ("resumed", nov(10)), ("extended", nov(day), 10))),
            LIMITS,
            announced(),
        ).due_on
        for day in (10, 20, 30)
    }
    assert len(due) == 1


def test_article_42_decided_on_the_spot_is_due_on_the_day():
    at_once = (*told(("received", nov(2))), *events_of(Clock.AT_ONCE, nov(2)))
    found = dates(at_once, limits(statutory_days=0, promised_days=0), announced())
    assert (found.promised_on, found.due_on) == (nov(2), nov(2))
    assert found.act_by == nov(16)  # what is left is delivery


# --- Article 43


def test_article_43_the_lower_level_has_twenty_working_days_from_its_turn():
    turn = (*ACCEPTED, *told(("opened", nov(2), 20, "county")))
    assert part_dates(turn, "county", announced()).act_by == nov(30)


def test_article_43_the_upper_level_begins_where_the_lower_one_ends():
    handed_up = (
        *ACCEPTED,
        *told(
            ("opened", nov(2), 20, "county"),
            ("closed", nov(12), 0, "county"),
            ("opened", nov(12), 10, "city"),
        ),
    )
    assert part_dates(handed_up, "county", announced()) == Dates()
    assert part_dates(handed_up, "city", announced()).act_by == nov(26)


# --- Article 44


def test_article_44_a_licence_is_delivered_within_ten_working_days_of_the_decision():
    found = dates((*ACCEPTED, *told(("decided", nov(10)))), LIMITS, announced())
    assert (found.act_by, found.warn_on) == (nov(24), nov(23))
    assert (found.promised_on, found.due_on) == (nov(18), nov(30))


def test_article_44_a_decision_before_the_limit_does_not_shorten_delivery_nor_a_late_one_lengthen_it():
    for day in (3, 18, 30):
        found = dates((*ACCEPTED, *told(("decided", nov(day)))), LIMITS, announced())
        assert found.act_by == announced().add(nov(day), 10)


# --- Article 45


def test_article_45_a_special_procedure_does_not_count():
    paused = (*ACCEPTED, *told(("stopped", nov(4), 10), ("resumed", nov(11))))
    found = dates(paused, LIMITS, announced())
    # Working days of the pause: 5, 6, 9, 10, 11 November.
    assert found.due_on == announced().add(nov(2), 20 + 5)
    assert found.act_by == found.promised_on == announced().add(nov(2), 12 + 5)


def test_article_45_what_was_told_in_writing_binds():
    # Told: five days; it took three weeks. The rest is ours.
    overrun = (*ACCEPTED, *told(("stopped", nov(4), 5), ("resumed", nov(25))))
    assert stops(overrun, announced()) == (Stop(nov(4), nov(11)),)
    assert dates(overrun, LIMITS, announced()).due_on == announced().add(nov(2), 25)


def test_article_45_while_it_lasts_we_owe_its_end_on_the_last_day_that_was_told():
    found = dates((*ACCEPTED, *told(("stopped", nov(4), 10))), LIMITS, announced())
    assert (found.act_by, found.warn_on) == (nov(18), nov(17))
    assert found.due_on == announced().add(nov(2), 30)


def test_article_45_the_day_on_which_it_begins_still_counts_and_one_that_ends_the_same_day_is_none():
    assert [d.why for d in explain((*ACCEPTED, *told(("stopped", nov(3), 1))), LIMITS, announced())[:3]] == [
        Why.FIRST,
        Why.COUNTED,
        Why.STOPPED,
    ]
    assert stops(told(("stopped", nov(4), 10), ("resumed", nov(4))), announced()) == ()


def test_article_45_several_pauses_add_up():
    twice = told(("stopped", nov(3), 3), ("resumed", nov(6)), ("stopped", nov(9), 2), ("resumed", nov(11)))
    found = dates((*ACCEPTED, *twice), LIMITS, announced())
    assert found.due_on == announced().add(nov(2), 25)


def test_article_45_a_pause_that_begins_after_the_limit_moves_nothing():
    late = (*ACCEPTED, *told(("stopped", date(2026, 12, 1), 10)))
    assert dates(late, LIMITS, announced()).due_on == nov(30)


def test_article_45_a_second_notice_ends_the_first_so_that_no_day_is_left_out_twice():
    again = told(("stopped", nov(4), 10), ("stopped", nov(6), 2), ("resumed", nov(30)))
    assert stops(again, announced()) == (Stop(nov(4), nov(6)), Stop(nov(6), nov(10)))


# --- Article 82


def test_article_82_only_working_days_count_over_national_day_2026():
    # Off from 1 to 7 October; Sunday 20 September and Saturday 10 October are worked instead.
    found = dates(told(("received", date(2026, 9, 29))), LIMITS, announced())
    assert found.act_by == date(2026, 10, 12)  # 30 September, then 8, 9, 10 and 12 October
    assert found.warn_on == date(2026, 10, 10)


def test_article_82_the_day_of_the_act_itself_does_not_count():
    one = limits(reply_days=1)
    assert dates(told(("received", nov(2))), one, announced()).act_by == nov(3)
    # What comes in on a Saturday counts from Monday on.
    assert dates(told(("received", nov(7))), one, announced()).act_by == nov(9)


def test_article_82_each_day_is_told_with_its_reason():
    days = explain(told(("accepted", date(2026, 9, 29))), limits(statutory_days=4), announced())
    assert [(d.on.day, d.why, d.number, d.name) for d in days] == [
        (29, Why.FIRST, 0, ""),
        (30, Why.COUNTED, 1, ""),
        *((day, Why.HOLIDAY, 0, "国庆节") for day in range(1, 8)),
        (8, Why.COUNTED, 2, ""),
        (9, Why.COUNTED, 3, ""),
        (10, Why.MAKEUP, 4, "国庆节"),
    ]


# --- Beyond the law of licences: pre-review, natural days, warning


def test_a_pre_review_runs_on_its_promise_and_lapses_into_receipt():
    found = dates(told(("pre_review", nov(2))), limits(pre_review_days=2), announced())
    assert found == Dates(act_by=nov(4), warn_on=nov(3))


def test_where_another_law_counts_every_day_so_do_we_and_the_promise_never_ends_later():
    natural = limits(statutory_days=20, promised_days=18, statutory_unit="day")
    found = dates(ACCEPTED, natural, announced())
    assert (found.due_on, found.promised_on) == (nov(22), nov(22))
    assert [d.number for d in explain(ACCEPTED, natural, announced())] == list(range(21))


def test_a_pause_stops_natural_days_as_well():
    natural = limits(statutory_unit="day")
    paused = (*ACCEPTED, *told(("stopped", nov(4), 10), ("resumed", nov(11))))
    assert dates(paused, natural, announced()).due_on == nov(2) + timedelta(days=27)


def test_the_warning_lies_one_working_day_before_and_never_before_the_act_nor_after_the_day():
    assert warning(nov(9), nov(2), announced()) == nov(6)
    assert warning(nov(9), nov(7), announced()) == nov(7)
    assert warning(nov(9), nov(20), announced()) == nov(9)


@pytest.mark.parametrize("end", ["ended", "waiting"])
def test_when_the_clock_stops_for_good_what_was_promised_stays_readable(end: str):
    found = dates((*ACCEPTED, *told((end, nov(5)))), LIMITS, announced())
    assert found == Dates(promised_on=nov(18), due_on=nov(30))


def test_nothing_happened_gives_no_dates():
    assert dates((), LIMITS, announced()) == Dates()
    assert explain(told(("received", nov(2))), LIMITS, announced()) == ()


def test_a_clock_that_was_not_accepted_cannot_run_on():
    with pytest.raises(ValueError, match="not started"):
        dates(told(("resumed", nov(2))), LIMITS, announced())


def test_history_is_kept_and_read_back():
    one = told(("received", nov(2)), ("opened", nov(2), 7, "fire"))
    assert history([event.kept() for event in one]) == one
    assert one[1].what is Happened.OPENED


# --- Joint handling: one outer clock, budgets inside


def test_joint_a_pause_is_booked_to_its_department_alone_while_another_can_work():
    both = (*ACCEPTED, *told(("opened", nov(2), 5, "fire"), ("opened", nov(2), 5, "water")))
    paused = (*both, *told(("stopped", nov(3), 10, "fire")))
    assert dates(paused, LIMITS, announced()).due_on == nov(30)
    assert part_dates(paused, "fire", announced()).act_by == announced().add(nov(2), 15)
    assert part_dates(paused, "water", announced()).act_by == nov(9)


def test_joint_stands_still_only_on_days_on_which_every_department_is_paused():
    all_paused = told(
        ("opened", nov(2), 5, "fire"),
        ("opened", nov(2), 5, "water"),
        ("stopped", nov(3), 10, "fire"),
        ("stopped", nov(5), 10, "water"),
        ("resumed", nov(11), 0, "fire"),
        ("resumed", nov(12), 0, "water"),
    )
    assert joint_stops(all_paused, announced()) == (Stop(nov(5), nov(11)),)
    found = dates((*ACCEPTED, *all_paused), LIMITS, announced())
    assert found.due_on == announced().add(nov(2), 24)


def test_joint_a_department_that_is_done_or_not_begun_does_not_keep_the_clock_running():
    one_left = told(
        ("opened", nov(2), 5, "fire"),
        ("opened", nov(2), 5, "water"),
        ("closed", nov(4), 0, "water"),
        ("stopped", nov(4), 3, "fire"),
        ("resumed", nov(9), 0, "fire"),
    )
    assert joint_stops(one_left, announced()) == (Stop(nov(4), nov(9)),)


def test_joint_a_department_asked_again_on_the_same_day_has_its_budget_anew():
    again = told(("opened", nov(2), 5, "fire"), ("closed", nov(2), 0, "fire"), ("opened", nov(2), 5, "fire"))
    assert part_dates(again, "fire", announced()).act_by == nov(9)
    assert part_dates(again[:2], "fire", announced()) == Dates()


def test_joint_the_opinion_ends_a_pause_that_still_stood():
    closed = told(
        ("opened", nov(2), 5, "fire"), ("stopped", nov(3), 10, "fire"), ("closed", nov(5), 0, "fire")
    )
    assert stops(closed, announced(), "fire") == (Stop(nov(3), nov(5)),)


# --- Provisional dates


def test_beyond_the_announced_calendar_dates_are_provisional_and_settle_with_the_import():
    late = told(("accepted", date(2026, 12, 21)))
    before, after = dates(late, LIMITS, announced()), dates(late, LIMITS, with_2027())
    assert before.provisional
    assert before.due_on == date(2027, 1, 18)
    assert not after.provisional
    # Of the invented 2027: 31 December and 1 January off, Sunday 3 January worked.
    assert after.due_on == date(2027, 1, 19)
    assert [d.provisional for d in explain(late, LIMITS, announced())] == [
        d.on.year == 2027 for d in explain(late, LIMITS, announced())
    ]


def test_a_warning_beyond_the_calendar_is_provisional_too_and_still_comes_before_the_day():
    found = dates(told(("received", date(2027, 2, 1))), LIMITS, announced())
    assert (found.act_by, found.warn_on, found.provisional) == (date(2027, 2, 8), date(2027, 2, 5), True)


def test_a_promise_within_the_calendar_with_a_limit_beyond_is_provisional_as_a_whole():
    found = dates(told(("accepted", date(2026, 12, 7))), LIMITS, announced())
    assert found.promised_on == date(2026, 12, 23)
    assert found.provisional


def test_a_pause_that_reaches_beyond_the_calendar_makes_its_end_and_the_limit_provisional():
    stopped = told(("accepted", nov(30)), ("stopped", date(2026, 12, 1), 60))
    found = dates(stopped, LIMITS, announced())
    assert found.provisional
    assert found.act_by == announced().provisional_add(date(2026, 12, 1), 60)[0]
    # It ended on a day that is known: nothing beyond the calendar is needed any more.
    resumed = dates((*stopped, *told(("resumed", date(2026, 12, 2)))), LIMITS, announced())
    assert (resumed.due_on, resumed.provisional) == (announced().add(nov(30), 21), False)


def test_natural_days_are_sure_without_a_calendar_unless_a_pause_needs_one():
    natural = limits(statutory_days=60, promised_days=5, statutory_unit="day")
    late = told(("accepted", date(2026, 12, 7)))
    assert not dates(late, natural, announced()).provisional
    assert dates((*late, *told(("stopped", date(2026, 12, 28), 10))), natural, announced()).provisional


def test_what_counts_nothing_is_sure_anywhere():
    zero = limits(statutory_days=0, promised_days=0)
    assert terms(told(("accepted", date(2027, 5, 3))), zero, announced()).provisional is False
