"""What an entry may say, and what an adjustment may do to a list, without a database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.offers.powers.rules import adjustments, content, usual
from tongban.offers.powers.rules.adjustments import (
    ADJUSTMENT_MOVES,
    AdjustmentState,
    AdjustmentVerb,
    Change,
    ChangeKind,
    Standing,
    Validity,
    check_heading,
    kind_of,
    problem_of,
    validity_of,
)
from tongban.offers.powers.tests.filling import TYPED
from tongban.offers.powers.tests.filling import content as made
from tongban.standards.item_codes import ItemType

DAY = date(2026, 6, 1)
YESTERDAY, TOMORROW = DAY - timedelta(days=1), DAY + timedelta(days=1)


def test_what_is_typed_reads_back_the_same():
    assert content.typed(made()) == TYPED
    assert content.check_content(content.typed(made(note="说明")))[0] == made(note="说明")


@pytest.mark.parametrize("name", ["office", "level", "basis", "duties", "accountability", "phone"])
def test_everything_but_the_note_is_wanted(name):
    read, errors = content.check_content({**TYPED, name: "  \n "})
    assert read is None
    assert list(errors) == [name]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("basis", "行政许可法第十二条"),
        ("basis", "《》第一条"),
        ("duties", "没有冒号的一行"),
        ("duties", "：没有环节"),
        ("phone", "abc"),
        ("level", "9"),
        ("office", "x" * 101),
        ("office", "\x00"),
        ("note", "x" * 401),
        ("accountability", "\n".join("行" for _ in range(41))),
        ("accountability", "x" * 601),
    ],
)
def test_what_cannot_be_taken_is_named_by_field(name, text):
    read, errors = content.check_content({**TYPED, name: text})
    assert read is None
    assert list(errors) == [name]


def test_only_demonstration_data_may_lack_a_basis():
    bare = {**TYPED, "basis": ""}
    assert content.check_content(bare)[0] is None
    read, errors = content.check_content(bare, demonstration=True)
    assert (errors, read.demonstration) == ({}, True)


def test_the_article_stands_behind_the_title():
    assert content.read_basis("《甲法》第一条\n\n《乙办法》") == (
        content.Ground(title="甲法", article="第一条"),
        content.Ground(title="乙办法"),
    )


def test_two_wordings_differ_element_by_element():
    rows = content.differing(("甲", "01", made()), ("乙", "01", made(phone="0898-65200000")))
    assert [(row.element, row.left, row.right) for row in rows] == [
        ("name", ("甲",), ("乙",)),
        ("phone", ("12345",), ("0898-65200000",)),
    ]
    assert content.differing(("甲", "01", made()), ("甲", "01", made())) == []


def test_the_digest_tells_names_types_and_words_apart():
    told = made().told()
    digests = {
        content.content_digest(code, name, kind, body)
        for code in "ab"
        for name in "ab"
        for kind in "ab"
        for body in (told, made(note="x").told())
    }
    assert len(digests) == 16


@pytest.mark.parametrize("kind", content.POWERS)
def test_every_power_has_usual_duties_that_can_be_taken(kind):
    duties = "\n".join(map(str, usual.duties_of(kind)))
    read, errors = content.check_content(
        {**TYPED, "duties": duties, "accountability": "\n".join(usual.ACCOUNTABILITY)}
    )
    assert errors == {}
    assert read.duties == usual.duties_of(kind)


def test_a_public_service_is_no_power():
    assert usual.duties_of(ItemType.PUBLIC_SERVICE) == ()
    change = Change("1", made())
    assert problem_of(change, "d", ItemType.PUBLIC_SERVICE, None, DAY).rule == "powers.no_power"


def standing(starts_on=YESTERDAY, ends_on=None, digest="old"):
    return Standing("id", 1, starts_on, ends_on, digest)


@pytest.mark.parametrize(
    ("change", "digest", "last", "rule"),
    [
        (Change("1", made()), "new", None, None),
        (Change("1", made()), "new", standing(), None),
        (Change("1", made()), "old", standing(), "powers.same"),
        (Change("1", made()), "new", standing(DAY), "powers.later"),
        (Change("1", made()), "new", standing(TOMORROW), "powers.later"),
        (Change("1", made()), "old", standing(ends_on=DAY), None),
        (Change("1", made()), "new", standing(ends_on=TOMORROW), "powers.leaving"),
        (Change("1", None, "r", "b"), "", None, "powers.absent"),
        (Change("1", None, "r", "b"), "", standing(), None),
        (Change("1", None, "r", "b"), "", standing(ends_on=DAY), "powers.absent"),
        (Change("1", None, "r", "b"), "", standing(DAY), "powers.later"),
    ],
)
def test_what_stands_against_a_change(change, digest, last, rule):
    problem = problem_of(change, digest, "01", last, DAY)
    assert (problem and problem.rule) == rule


def test_a_change_is_named_after_what_it_does_to_the_list_of_its_day():
    assert kind_of(Change("1", made()), None, DAY) is ChangeKind.ADD
    assert kind_of(Change("1", made()), standing(ends_on=DAY), DAY) is ChangeKind.ADD
    assert kind_of(Change("1", made()), standing(), DAY) is ChangeKind.CHANGE
    assert kind_of(Change("1", None, "r", "b"), standing(), DAY) is ChangeKind.REMOVE


def test_the_table_of_moves_leads_every_open_state_on_and_none_out_of_the_end():
    for state in AdjustmentState:
        assert bool(adjustments.verbs_from(state)) == (state in adjustments.OPEN)
    assert {move.verb for move in ADJUSTMENT_MOVES} == set(AdjustmentVerb)


@pytest.mark.parametrize(
    ("given_", "named"),
    [
        ({"starts_on": YESTERDAY.isoformat()}, ["starts_on"]),
        ({"starts_on": "2026-13-01"}, ["starts_on"]),
        ({"reason": " "}, ["reason"]),
        ({"basis": "x" * 401}, ["basis"]),
        ({"starts_on": DAY.isoformat()}, []),
    ],
)
def test_a_head_has_reason_basis_and_a_day_that_is_not_over(given_, named):
    _, errors = check_heading(
        {"reason": "r", "basis": "b", "starts_on": TOMORROW.isoformat()} | given_, today=DAY
    )
    assert list(errors) == named


@given(
    start=st.dates(),
    length=st.none() | st.integers(min_value=1, max_value=3000),
    on=st.dates(),
    removed=st.booleans(),
)
def test_an_edition_stands_somewhere_on_every_day(start, length, on, removed):
    try:
        end = None if length is None else start + timedelta(days=length)
    except OverflowError:
        end = None
    where = validity_of(start, end, removed, on)
    assert (where is Validity.IN_FORCE) == (start <= on and (end is None or on < end))
    assert (where is Validity.AHEAD) == (on < start)
