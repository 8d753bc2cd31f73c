"""One-time codes: which are taken when, judged by pyotp and by the test vectors of RFC 6238. No database."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as some

from tongban.people.identity.rules.one_time import ALPHABET, DRIFT, STEP, spelled, steps

moments = some.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=some.just(UTC))  # noqa: DTZ001 -- hypothesis wants the bounds naive and adds the zone itself
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # "12345678901234567890", appendix B


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "94287082"), (1111111109, "07081804"), (20000000000, "65353130")]
)
def test_our_steps_are_those_of_the_standard(seconds: int, code: str):
    step = steps(datetime.fromtimestamp(seconds, UTC), 0)[0]
    assert pyotp.TOTP(RFC_SECRET, digits=8).generate_otp(step) == code


@given(moments, some.integers(-DRIFT, DRIFT))
def test_a_clock_that_is_one_step_off_is_taken(at: datetime, off: int):
    shown = pyotp.TOTP(RFC_SECRET).at(at + timedelta(seconds=STEP * off))
    assert shown in {pyotp.TOTP(RFC_SECRET).generate_otp(step) for step in steps(at, 0)}


@given(moments)
def test_what_was_used_and_all_before_it_is_taken_no_more(at: datetime):
    now = steps(at, 0)[0]
    assert steps(at, now) == [now + 1]
    assert steps(at, now + 1) == []


@given(moments)
def test_at_most_three_codes_are_taken_at_a_time(at: datetime):
    assert len(steps(at, 0)) == 2 * DRIFT + 1


def test_a_code_is_compared_without_its_dashes_and_in_capitals():
    assert spelled(" abcde-fghjk ") == "ABCDEFGHJK"


def test_no_recovery_code_has_letters_that_are_mistaken_for_others():
    assert not set("ILOU01") & set(ALPHABET)
