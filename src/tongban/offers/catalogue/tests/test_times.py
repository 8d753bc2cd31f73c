"""How long several departments take together: along the longest way through them."""

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tongban.offers.catalogue.rules.guide import Department, Limits
from tongban.offers.catalogue.rules.times import (
    critical_path,
    extension_days,
    joint_days,
    later_days,
    spans,
)

ORGAN = "11460106MB12345673"


def department(key: str, days: int, *after: str) -> Department:
    return Department(key=key, organ=ORGAN, name=key, days=days, after=after)


def test_those_who_wait_for_nobody_work_side_by_side():
    told = (department("a", 3), department("b", 8), department("c", 5))
    assert joint_days(told) == 8
    assert [one.key for one in critical_path(told)] == ["b"]
    assert [(span.begins, span.ends) for span in spans(told)] == [(0, 3), (0, 8), (0, 5)]


def test_who_waits_for_two_begins_when_the_later_is_due():
    told = (department("a", 3), department("b", 8), department("c", 5, "a", "b"), department("d", 9, "a"))
    assert joint_days(told) == 13
    assert [one.key for one in critical_path(told)] == ["b", "c"]
    assert [(span.begins, span.ends) for span in spans(told)] == [(0, 3), (0, 8), (8, 13), (3, 12)]


def test_nobody_takes_no_days():
    assert joint_days(()) == 0
    assert critical_path(()) == ()


@st.composite
def orders(draw: st.DrawFn) -> tuple[Department, ...]:
    made: list[Department] = []
    for number in range(draw(st.integers(1, 7))):
        before = [one.key for one in made]
        after = draw(st.lists(st.sampled_from(before), unique=True)) if before else []
        made.append(department(f"d{number}", draw(st.integers(1, 60)), *after))
    return tuple(made)


def ways(told: tuple[Department, ...], at: Department) -> list[list[Department]]:
    known = {one.key: one for one in told}
    before = [way for key in at.after for way in ways(told, known[key])]
    return [[*way, at] for way in before] or [[at]]


@given(orders())
def test_the_critical_path_is_the_longest_of_all_ways(told: tuple[Department, ...]):
    lengths = [sum(one.days for one in way) for last in told for way in ways(told, last)]
    path = critical_path(told)
    assert sum(one.days for one in path) == joint_days(told) == max(lengths)
    assert all(before.key in after.after for before, after in pairwise(path))


def test_what_the_guide_does_not_say_the_law_says():
    def limits(**more: Any) -> Limits:
        return Limits(statutory_days=20, promised_days=5, **more)

    assert [extension_days(limits(), joint=joint) for joint in (False, True)] == [10, 15]
    assert [extension_days(limits(extension_days=3), joint=joint) for joint in (False, True)] == [3, 3]
    assert [later_days(limits()), later_days(limits(later_days=4))] == [10, 4]
