from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.standards.workdays import HOLIDAY_NAMES, BeyondCalendar, Calendar, DayKind, Row, rows_of

TABLE = Path(__file__).resolve().parents[4] / "data" / "cn_holidays_2004_2026.csv"
LINES = TABLE.read_text(encoding="utf-8").splitlines()
CALENDAR = Calendar.from_rows(rows_of(LINES), edition="2004-2026")
FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)
DAY = timedelta(days=1)

days = st.dates(FIRST, LAST)


def test_it_covers_the_years_of_the_table():
    assert (CALENDAR.first, CALENDAR.last, CALENDAR.edition) == (FIRST, LAST, "2004-2026")


def test_every_day_agrees_with_an_independent_source():
    day = FIRST
    while day <= LAST:
        reason = CALENDAR.reason(day)
        assert reason.is_workday == chinese_calendar.is_workday(day), day
        assert (reason.kind is DayKind.HOLIDAY) == (day in chinese_calendar.holidays), day
        assert reason.in_lieu == (day in chinese_calendar.in_lieu_days), day
        day += DAY


def naive_add(day, n):
    while n:
        day += DAY if n > 0 else -DAY
        if chinese_calendar.is_workday(day):
            n -= 1 if n > 0 else -1
    return day


@given(st.dates(date(2005, 1, 1), date(2025, 12, 31)), st.integers(-60, 60))
def test_adding_is_counting_day_by_day(day, n):
    assert CALENDAR.add(day, n) == naive_add(day, n)
    assert CALENDAR.provisional_add(day, n) == (naive_add(day, n), False)


@given(days, st.integers(0, 200))
def test_between_is_counting_day_by_day(start, length):
    end = min(start + length * DAY, LAST)
    span = [start + i * DAY for i in range(1, (end - start).days + 1)]
    expected = sum(map(chinese_calendar.is_workday, span))
    assert CALENDAR.between(start, end) == expected
    assert CALENDAR.between(end, start) == -expected


@given(st.dates(FIRST, date(2025, 12, 31)), st.integers(1, 60))
def test_between_undoes_add(day, n):
    due = CALENDAR.add(day, n)
    assert CALENDAR.is_workday(due)
    assert CALENDAR.between(day, due) == n


def test_a_count_through_a_holiday_and_its_makeup_days():
    # National Day 2025: off from 1 to 8 October; 28 September and 11 October worked.
    assert CALENDAR.add(date(2025, 9, 26), 1) == date(2025, 9, 28)
    assert CALENDAR.add(date(2025, 9, 30), 1) == date(2025, 10, 9)
    assert CALENDAR.add(date(2025, 9, 30), 3) == date(2025, 10, 11)


def test_adding_nothing_gives_the_day_back():
    assert CALENDAR.add(date(2025, 10, 1), 0) == date(2025, 10, 1)
    assert CALENDAR.add(date(2027, 1, 1), 0) == date(2027, 1, 1)


def test_reasons_are_told_in_chinese():
    told = {
        day: (reason.kind, reason.name, reason.in_lieu)
        for day in (date(2025, 10, 1), date(2025, 10, 11), date(2025, 10, 12), date(2025, 10, 13))
        for reason in [CALENDAR.reason(day)]
    }
    assert list(told.values()) == [
        (DayKind.HOLIDAY, "国庆节", False),
        (DayKind.MAKEUP, "国庆节", False),
        (DayKind.WEEKEND, "", False),
        (DayKind.WORKDAY, "", False),
    ]
    assert DayKind.MAKEUP.label == "调休上班"


def test_every_holiday_of_the_table_has_a_chinese_name():
    assert {row.name for row in rows_of(LINES)} == set(HOLIDAY_NAMES)


@pytest.mark.parametrize("day", [date(2003, 12, 31), date(2027, 1, 1), date(2027, 1, 4)])
def test_a_day_beyond_the_calendar_is_refused(day):
    for question in (CALENDAR.is_workday, CALENDAR.reason):
        with pytest.raises(BeyondCalendar) as caught:
            question(day)
        assert (caught.value.day, caught.value.first, caught.value.last) == (day, FIRST, LAST)


def test_a_count_that_leaves_the_calendar_is_refused():
    left = CALENDAR.between(date(2026, 12, 1), LAST)
    assert CALENDAR.add(date(2026, 12, 1), left) == LAST
    for call in (
        lambda: CALENDAR.add(date(2026, 12, 1), left + 1),
        lambda: CALENDAR.add(LAST, 1),
        lambda: CALENDAR.add(date(2030, 1, 1), -1),
        lambda: CALENDAR.add(FIRST, -1),
        lambda: CALENDAR.add(FIRST - 2 * DAY, 1),
        lambda: CALENDAR.between(LAST, LAST + DAY),
        lambda: CALENDAR.provisional_add(FIRST, -1),
        lambda: CALENDAR.provisional_add(FIRST - 2 * DAY, 1),
    ):
        with pytest.raises(BeyondCalendar):
            call()


def test_the_missing_day_is_named():
    with pytest.raises(BeyondCalendar) as caught:
        CALENDAR.add(LAST, 5)
    assert (caught.value.day, caught.value.last) == (date(2027, 1, 1), LAST)


def assumed_workday(day):
    return CALENDAR.is_workday(day) if day <= LAST else day.weekday() < 5


@given(st.dates(date(2026, 6, 1), date(2028, 12, 31)), st.integers(-80, 80))
def test_a_provisional_count_says_so(start, n):
    day, counted_beyond, left = start, False, n
    while left:
        day += DAY if n > 0 else -DAY
        if assumed_workday(day):
            left -= 1 if n > 0 else -1
            counted_beyond |= day > LAST
    assert CALENDAR.provisional_add(start, n) == (day, counted_beyond)


def test_the_last_covered_day_is_sure_and_the_next_is_provisional():
    assert CALENDAR.provisional_add(date(2026, 12, 30), 1) == (LAST, False)
    assert CALENDAR.provisional_add(date(2026, 12, 30), 2) == (date(2027, 1, 1), True)
    assert CALENDAR.provisional_add(date(2027, 1, 1), -1) == (LAST, False)
    assert CALENDAR.provisional_add(date(2027, 3, 1), 0) == (date(2027, 3, 1), False)


def row(text, kind=DayKind.HOLIDAY):
    return Row(date.fromisoformat(text), kind, "National Day")


def year(y):
    return [row(f"{y}-01-01"), row(f"{y}-05-01"), row(f"{y}-10-01")]


def test_a_break_that_reaches_over_the_edge_does_not_cover_a_year():
    calendar = Calendar.from_rows([row("2019-12-31"), *year(2020), row("2021-01-01")], edition="test")
    assert (calendar.first, calendar.last) == (date(2020, 1, 1), date(2020, 12, 31))
    with pytest.raises(BeyondCalendar):
        calendar.is_workday(date(2021, 1, 1))


@pytest.mark.parametrize(
    "rows", [[], [row("2020-01-01")], [*year(2020), *year(2022)], [*year(2020), row("2020-10-01")]]
)
def test_a_table_with_gaps_or_doubles_is_refused(rows):
    with pytest.raises(ValueError, match=r"holiday table"):
        Calendar.from_rows(rows, edition="test")


@pytest.mark.parametrize(
    "line",
    [
        "2020-13-01,holiday,X,0",
        "2020-01-01,weekend,X,0",
        "2020-01-01,party,X,0",
        "2020-01-01,holiday,X,2",
        "2020-01-01",
    ],
)
def test_a_line_that_does_not_fit_is_named(line):
    with pytest.raises(ValueError, match="line 2"):
        list(rows_of(["date,type,name,in_lieu", line]))


def _year(year, *others):
    fixed = [Row(date(year, month, 1), DayKind.HOLIDAY, "Labour Day") for month in (1, 5, 10)]
    return [*fixed, *others]


def test_the_first_day_that_another_calendar_counts_otherwise():
    one = Calendar.from_rows(_year(2026), edition="one")
    assert one.first_difference(one) is None
    corrected = _year(
        2026, Row(date(2026, 11, 11), DayKind.HOLIDAY, "x"), Row(date(2026, 11, 21), DayKind.MAKEUP, "x")
    )
    other = Calendar.from_rows(corrected, edition="other")
    assert one.first_difference(other) == other.first_difference(one) == date(2026, 11, 11)


def test_a_year_more_differs_from_its_first_day_on_or_from_a_break_that_reaches_back():
    one = Calendar.from_rows(_year(2026), edition="one")
    longer = Calendar.from_rows(_year(2026) + _year(2027), edition="longer")
    assert one.first_difference(longer) == date(2027, 1, 1)
    back = Row(date(2026, 12, 31), DayKind.HOLIDAY, "New Year's Day")
    reaching = Calendar.from_rows(_year(2026, back) + _year(2027), edition="reaching")
    assert one.first_difference(reaching) == date(2026, 12, 31)


def test_another_name_of_a_holiday_changes_no_count():
    one = Calendar.from_rows(_year(2026, Row(date(2026, 6, 19), DayKind.HOLIDAY, "a")), edition="one")
    other = Calendar.from_rows(_year(2026, Row(date(2026, 6, 19), DayKind.HOLIDAY, "b")), edition="other")
    assert one.first_difference(other) is None
