"""Ids, refusals and batches: the small things that everybody leans on."""

import time
from concurrent.futures import ThreadPoolExecutor
from uuid import RFC_4122

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tongban.base.batches import batched
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.base.ids import new_id

# ── ids ──


def test_an_id_is_of_version_7_and_begins_with_its_millisecond():
    before = time.time_ns() // 1_000_000
    made = new_id()
    after = time.time_ns() // 1_000_000
    assert (made.version, made.variant) == (7, RFC_4122)
    assert before <= made.int >> 80 <= after


def test_ids_of_later_milliseconds_are_greater_as_numbers_and_as_text():
    made = []
    for _ in range(20):
        made.append(new_id())
        time.sleep(0.002)
    assert made == sorted(made)
    assert [str(one) for one in made] == sorted(str(one) for one in made)


def test_ids_made_at_the_same_time_are_never_alike():
    with ThreadPoolExecutor(8) as pool:
        made = [
            one
            for some_ids in pool.map(lambda _: [new_id() for _ in range(500)], range(8))
            for one in some_ids
        ]
    assert len(set(made)) == 4_000


# ── refusals ──


@pytest.mark.parametrize(
    ("kind", "status"), [(Invalid, 422), (Forbidden, 403), (NotFound, 404), (Conflict, 409), (Refusal, 409)]
)
def test_every_kind_of_refusal_has_its_answer(kind: type[Refusal], status: int):
    assert kind("a.rule", "不行。").status == status
    assert str(kind("a.rule", "不行。")) == "[a.rule] 不行。"


@given(some.text(alphabet="%(){}sd100 ", max_size=20))
def test_a_text_without_places_may_hold_any_sign(text: str):
    assert str(Refusal("a.rule", text)) == f"[a.rule] {text}"


@given(some.text())
def test_what_goes_into_a_place_is_taken_as_it_is(value: str):
    assert str(Refusal("a.rule", "还差 %(what)s。", {"what": value})) == f"[a.rule] 还差 {value}。"


def test_a_refusal_keeps_its_own_copy_of_what_it_was_given():
    params, texts = {"what": "甲"}, ["一"]
    refusal = Invalid("a.rule", "%(what)s", params, {"name": texts})
    params["what"] = "乙"
    texts.append("二")
    assert (refusal.params, refusal.fields) == ({"what": "甲"}, {"name": ["一"]})


# ── batches ──


@given(some.lists(some.integers(), max_size=50), some.integers(1, 12))
def test_batches_together_are_everything_in_its_order(items: list[int], size: int):
    made = list(batched(items, size))
    assert [item for batch in made for item in batch] == items
    assert all(len(batch) == size for batch in made[:-1])
    assert all(0 < len(batch) <= size for batch in made)


def test_batches_take_no_more_than_they_hand_out():
    source = iter(range(10))
    assert next(batched(source, 4)) == (0, 1, 2, 3)
    assert next(source) == 4


@pytest.mark.parametrize("size", [0, -1])
def test_batches_of_nothing_lose_nothing_in_silence(size: int):
    with pytest.raises(ValueError, match="at least one"):
        next(batched([1], size))
