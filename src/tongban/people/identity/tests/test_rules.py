from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tongban.people.identity.rules import (
    LONGEST_ABSENCE,
    ROLE_LABELS,
    Role,
    absence_problem,
)
from tongban.people.identity.rules.brakes import FREE_GUESSES, LONGEST_WAIT, wait_until

LAST = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
failures = some.integers(0, 10_000)
moments = some.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=some.just(UTC))  # noqa: DTZ001 -- hypothesis wants the bounds naive and adds the zone itself


@given(some.integers(0, FREE_GUESSES - 1), moments)
def test_the_first_guesses_are_free(number: int, last: datetime):
    assert wait_until(number, last) == last


@given(failures, moments)
def test_nobody_waits_longer_than_the_longest_wait(number: int, last: datetime):
    assert last <= wait_until(number, last) <= last + LONGEST_WAIT


@given(failures, moments)
def test_one_failure_more_never_shortens_the_wait(number: int, last: datetime):
    assert wait_until(number, last) <= wait_until(number + 1, last)


@given(some.integers(FREE_GUESSES, 10_000), moments)
def test_the_wait_doubles_until_it_is_the_longest(number: int, last: datetime):
    now, then = wait_until(number, last) - last, wait_until(number + 1, last) - last
    assert then == min(2 * now, LONGEST_WAIT)


def test_the_wait_begins_with_two_seconds():
    assert wait_until(FREE_GUESSES, LAST) == LAST + timedelta(seconds=2)


@given(failures, moments, some.timedeltas(timedelta(0), timedelta(days=30)))
def test_the_wait_is_counted_from_the_last_failure(number: int, last: datetime, later: timedelta):
    assert wait_until(number, last + later) - wait_until(number, last) == later


def test_every_role_has_a_name_for_people():
    assert set(ROLE_LABELS) == set(Role)
    assert all(ROLE_LABELS.values())


TODAY = date(2026, 11, 2)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [
        (TODAY, TODAY + DAY, None),
        (TODAY, TODAY + LONGEST_ABSENCE, None),
        (date.max - DAY, date.max, None),
        (TODAY - DAY, TODAY + DAY, "since"),
        (TODAY, TODAY, "until"),
        (TODAY + DAY, TODAY, "until"),
        (TODAY, TODAY + LONGEST_ABSENCE + DAY, "until"),
        (date.min, date.max, "since"),
    ],
)
def test_an_absence_begins_today_or_later_ends_after_it_began_and_within_a_year(
    since: date, until: date, field: str | None
):
    problem = absence_problem(since, until, TODAY)
    assert (problem and problem[0]) == field
