from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tongban.records.licences.rules import (
    MOVES,
    STANDING_LABELS,
    LicenceState,
    Standing,
    is_token,
    last_day,
    masked_name,
    standing,
)

days = some.dates(date(1990, 1, 1), date(2200, 12, 31))
years = some.integers(1, 100)
names = some.text(min_size=2, max_size=100)


@given(days, some.none() | days, days)
def test_a_revoked_licence_is_revoked_on_every_day(start: date, end: date | None, on: date):
    assert standing(LicenceState.REVOKED, start, end, on) is Standing.REVOKED


@given(days, some.none() | years, days)
def test_an_issued_licence_is_not_yet_then_valid_then_expired(start: date, length: int | None, on: date):
    end = last_day(start, length)
    told = standing(LicenceState.ISSUED, start, end, on)
    assert (told is Standing.NOT_YET) == (on < start)
    assert (told is Standing.EXPIRED) == (end is not None and on > end)
    assert (told is Standing.VALID) == (start <= on and (end is None or on <= end))


@given(days, years)
def test_first_and_last_day_are_valid_and_their_neighbours_are_not(start: date, length: int):
    end = last_day(start, length)
    assert end is not None
    told = [
        standing(LicenceState.ISSUED, start, end, on)
        for on in (start - timedelta(days=1), start, end, end + timedelta(days=1))
    ]
    assert told == [Standing.NOT_YET, Standing.VALID, Standing.VALID, Standing.EXPIRED]


@given(days, years)
def test_the_day_after_the_last_is_the_same_date_years_later(start: date, length: int):
    end = last_day(start, length)
    assert end is not None
    after = end + timedelta(days=1)
    assert after.year == start.year + length
    if (start.month, start.day) == (2, 29) and after.day != 29:
        assert (after.month, after.day) == (3, 1)
    else:
        assert (after.month, after.day) == (start.month, start.day)


@given(days, years)
def test_a_renewal_on_the_day_after_leaves_no_gap_and_no_overlap(start: date, length: int):
    end = last_day(start, length)
    assert end is not None
    renewed = end + timedelta(days=1)
    assert standing(LicenceState.ISSUED, renewed, last_day(renewed, length), renewed) is Standing.VALID
    assert standing(LicenceState.ISSUED, start, end, renewed) is Standing.EXPIRED


@given(days)
def test_without_a_term_there_is_no_last_day(start: date):
    assert last_day(start, None) is None


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 28)),
        (date(2096, 2, 29), 4, date(2100, 2, 28)),  # 2100 is no leap year
        (date(2023, 3, 1), 1, date(2024, 2, 29)),
        (date(2026, 1, 1), 4, date(2029, 12, 31)),
        (date(2026, 11, 2), 4, date(2030, 11, 1)),
    ],
)
def test_last_days_written_out(start: date, length: int, end: date):
    assert last_day(start, length) == end


@given(names)
def test_a_masked_name_keeps_length_and_last_character_only(name: str):
    masked = masked_name(name)
    assert len(masked) == len(name)
    assert masked[-1] == name[-1]
    assert set(masked[:-1]) == {"*"}


@pytest.mark.parametrize(("name", "masked"), [("王秀兰", "**兰"), ("王兰", "*兰"), ("王", "王"), ("", "")])
def test_masked_names_written_out(name: str, masked: str):
    assert masked_name(name) == masked


def test_only_an_issued_licence_moves_and_only_into_revoked():
    assert [(move.source, move.verb, move.target) for move in MOVES] == [
        (LicenceState.ISSUED, "revoke", LicenceState.REVOKED)
    ]


def test_every_standing_has_words():
    assert set(STANDING_LABELS) == set(Standing)


@given(some.text(alphabet="ABCXYZabcxyz0189-_", min_size=1, max_size=32))
def test_base64url_can_be_a_token(text: str):
    assert is_token(text)


@pytest.mark.parametrize("text", ["", "a b", "a\n", "a\0", "王", "\ud800", "%", "=", "x" * 33])
def test_nothing_else_can_be_a_token(text: str):
    assert not is_token(text)
