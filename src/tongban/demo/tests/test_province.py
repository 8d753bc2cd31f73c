"""The province of the demonstration: the same each time, lawful, goes on where it was stopped."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from tongban.base.ledger.queries import verify
from tongban.demo.province import fill
from tongban.demo.province.whole import Province
from tongban.demo.seed import REFERENCE
from tongban.offers.catalogue import queries
from tongban.progress import Bar
from tongban.standards import credit_code
from tongban.standards.item_codes import parse_any, parse_basic

AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
ON = AT.date()
PART = Province(every=60)


def test_the_same_seed_gives_the_same_province_and_another_another():
    def codes(seed: int) -> list[str]:
        made = Province(seed, every=200)
        return [
            f"{one.office.code}{one.office.level}{basic.code} {made.counters.aliases(one)}"
            for basic in (*made.shipped, *made.derived)
            for one in made.counters.of_basic(basic)
        ]

    assert codes(1) == codes(1)
    assert codes(1) != codes(2)


def test_the_whole_is_as_large_as_the_province_is_said_to_be():
    whole = Province()
    basics = [*whole.shipped, *whole.derived]
    assert 11_500 < len(basics) < 12_500
    assert len({basic.code for basic in basics}) == len(basics)
    counters = [one for basic in basics for one in whole.counters.of_basic(basic)]
    assert len(counters) > 30_000
    assert {one.office.level.name for one in counters} == {"PROVINCE", "CITY", "COUNTY", "TOWN", "VILLAGE"}
    aliases = [alias for one in counters for alias in whole.counters.aliases(one)]
    assert len(set(aliases)) == len(aliases) > 1_000


def test_every_code_is_one_and_everything_says_that_it_is_made_up():
    whole = Province(every=20)
    for office in whole.offices:
        assert credit_code.holds(office.code)
    for basic in whole.derived:
        parse_basic(basic.code)
        assert basic.demonstration
        assert "派生" in basic.origin
    for old in (old for basic in whole.shipped for old in fill._old_codes(basic)):
        parse_any(old)


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker) -> Iterator[list[int]]:
    """The part, begun, stopped after a few batches, and begun again."""
    with django_db_blocker.unblock(), transaction.atomic():
        for take_in, name in REFERENCE[:3]:
            assert take_in(Path(settings.DATA) / name, lambda _: None) == 0
        fill.take_in(PART, lambda _: None)
        begun = fill.publish(PART, PART.share(0, 1), AT)
        first = [next(begun) for _ in range(4)]
        begun.close()
        assert queries.counts()["editions"] > 0
        list(fill.publish(PART, PART.share(0, 1), AT))
        yield first
        transaction.set_rollback(True)


@pytest.mark.slow
@pytest.mark.django_db
class TestFilled:
    def test_everything_is_there_once(self, filled: list[int]):
        basics = [*PART.shipped, *PART.derived]
        assert queries.counts()["editions"] == PART.work(basics) - len(basics)
        assert queries.with_standard([basic.code for basic in basics]) == {basic.code for basic in basics}

    def test_filling_again_writes_nothing(self, filled: list[int]):
        before = queries.counts()
        assert sum(fill.publish(PART, PART.share(0, 1), AT)) == PART.work([*PART.shipped, *PART.derived])
        assert queries.counts() == before

    def test_what_organs_say_differs_and_is_marked(self, filled: list[int]):
        assert {one.element for one in queries.drift(ON)} >= {"promised_days", "materials"}
        counters = [one for basic in PART.shipped for one in PART.counters.of_basic(basic)][:40]
        for one in counters:
            guide = queries.in_force(f"{one.office.code}{one.office.level}{one.basic.code}", ON).guide
            assert guide.demonstration
            assert any("演示" in source for source in guide.sources)
            assert guide.phones.advice.startswith("0898-0000")
            assert all("演示地址" in window.address for window in guide.windows)

    def test_the_ledger_is_whole(self, filled: list[int]):
        assert list(verify()) == []


def test_the_bar_says_how_far_it_is_and_how_long_it_takes(capsys: pytest.CaptureFixture[str]):
    bar = Bar("装入", 200)
    bar.advance(50)
    line = bar.line(10)
    assert " 25% 50/200" in line
    assert "30 秒" in line
    bar.advance(1_000)
    assert bar.done == 200
    assert "100% 200/200" in bar.line(10)
    assert "0 秒" in bar.line(10)
