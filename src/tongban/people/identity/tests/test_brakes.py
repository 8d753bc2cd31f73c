"""The brake on guessing: whose try is looked at when. No database."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as some

from tongban.people.identity.rules.brakes import (
    FORGET_AFTER,
    FREE_GUESSES,
    FREE_OF_ADDRESS,
    FREE_OF_LOGIN,
    FREE_REGISTRATIONS,
    LONGEST_WAIT,
    REGISTRATION_EVERY,
    STRANGERS_MINUTE,
    Count,
    registration_waits,
    stranger_waits,
)

AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
counts = some.builds(
    Count,
    some.integers(0, 10_000),
    some.timedeltas(timedelta(0), timedelta(days=3)).map(lambda before: AT - before),
)
maybe = some.none() | counts
GUESSED_AT = Count(FREE_OF_LOGIN, AT)


def test_a_first_try_is_looked_at():
    assert stranger_waits(None, None, None, AT) is None


@given(maybe, maybe, maybe)
def test_nobody_ever_waits_longer_than_the_longest_wait(
    pair: Count | None, address: Count | None, login: Count | None
):
    until = stranger_waits(pair, address, login, AT)
    assert until is None or AT < until <= AT + LONGEST_WAIT


@given(maybe, maybe, maybe)
def test_a_day_after_the_last_failure_nothing_is_remembered(
    pair: Count | None, address: Count | None, login: Count | None
):
    assert stranger_waits(pair, address, login, AT + FORGET_AFTER) is None


@given(some.integers(0, 10**9))
def test_however_much_a_login_is_guessed_at_a_new_address_waits_one_minute(failures: int):
    """Nobody can lock the owner out: her own minute passes whatever others do."""
    under_attack = Count(FREE_OF_LOGIN + failures, AT)
    assert stranger_waits(None, None, under_attack, AT) == AT + STRANGERS_MINUTE
    begun = Count(0, AT)
    later = Count(FREE_OF_LOGIN + failures + 1_000, AT + STRANGERS_MINUTE)
    assert stranger_waits(begun, None, later, AT + STRANGERS_MINUTE) is None


def test_the_minute_begins_once_for_each_address_and_again_after_each_failure():
    begun = Count(0, AT)
    assert stranger_waits(begun, None, GUESSED_AT, AT + 59 * SECOND) == AT + STRANGERS_MINUTE
    failed = Count(1, AT + STRANGERS_MINUTE)
    assert stranger_waits(failed, None, GUESSED_AT, AT + 61 * SECOND) == AT + 2 * STRANGERS_MINUTE


def test_below_the_threshold_a_guessed_login_slows_nobody():
    assert stranger_waits(None, None, Count(FREE_OF_LOGIN - 1, AT), AT) is None


def test_an_address_that_fails_at_many_logins_is_slowed_at_all_of_them():
    assert stranger_waits(None, Count(FREE_OF_ADDRESS - 1, AT), None, AT) is None
    assert stranger_waits(None, Count(FREE_OF_ADDRESS, AT), None, AT) == AT + 2 * SECOND
    assert stranger_waits(None, Count(FREE_OF_ADDRESS + 40, AT), None, AT) == AT + LONGEST_WAIT


def test_the_longest_of_all_waits_counts():
    found = stranger_waits(Count(FREE_GUESSES, AT), Count(FREE_OF_ADDRESS + 3, AT), GUESSED_AT, AT)
    assert found == AT + STRANGERS_MINUTE


def guesses_in_a_day(login_failures: int) -> int:
    """How many guesses of one address at one login are looked at in a day, if it tries as often as it may."""
    looked, at, pair = 0, AT, None
    while at < AT + timedelta(days=1):
        until = stranger_waits(pair, None, Count(login_failures, at), at)
        if until is None:
            looked += 1
            pair = Count((pair.failures if pair else 0) + 1, at)
        elif pair is None:
            pair = Count(0, at)
        at = until or at
    return looked


def test_one_address_gets_about_a_hundred_guesses_a_day_at_most():
    assert guesses_in_a_day(0) < 115
    assert guesses_in_a_day(FREE_OF_LOGIN) < 115


@given(maybe)
def test_however_many_register_from_an_address_the_next_waits_a_minute_at_most(address: Count | None):
    until = registration_waits(address, AT)
    assert until is None or AT < until <= AT + REGISTRATION_EVERY
    assert registration_waits(address, AT + REGISTRATION_EVERY) is None


def test_a_village_office_registers_its_village_without_waiting():
    assert registration_waits(None, AT) is None
    assert registration_waits(Count(FREE_REGISTRATIONS - 1, AT), AT) is None
    assert registration_waits(Count(FREE_REGISTRATIONS, AT), AT) == AT + REGISTRATION_EVERY
