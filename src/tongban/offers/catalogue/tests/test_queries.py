import uuid
from datetime import date, timedelta

import pytest
from tests import world as worlds
from tests.world import (
    AT,
    BASIC_CODE,
    COUNTY,
    GUIDE,
    SINCE,
    World,
    publish_edition,
)

from tongban.base.errors import NotFound
from tongban.offers.catalogue import actions, queries

ON = date(2026, 11, 2)
DAY = timedelta(days=1)

# What people, and programs that try the door, send as words.
ODD = [
    "'",
    "''",
    "\\",
    "'\\''",
    "a'b\\c",
    "\x00",
    "理发\x00店",
    "\ud800",
    "理发店\udfff",
    "& | ! ( ) <-> :*",
    "理发店 & !",
    "理发:*",
    "<-> <2>",
    "'); DROP TABLE item; --",
    "%s %(x)s %",
    "a" * 5000,
    "理发店" * 2000,
    "好 " * 3000,
    "?",
    "💇",
    "\u202e店",
    '{}[]"`$1',
    "c++ 3.5 a@b.cn http://x.cn/y?z=1",
]  # fmt: skip -- one line each


# --- in force ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def world(db: None) -> World:
    return worlds.build()


def test_the_edition_in_force_is_that_of_the_day(world: World):
    second = publish_edition(world.editor, world.item_id, starts_on=date(2027, 1, 1), name="第二版")
    third = publish_edition(world.editor, world.item_id, starts_on=date(2028, 1, 1), name="第三版")
    actions.retire(actor=world.editor, edition_id=third, ends_on=date(2029, 1, 1), reason="", at=AT)
    days = {
        SINCE - DAY: None,
        SINCE: world.edition_id,
        date(2026, 12, 31): world.edition_id,
        date(2027, 1, 1): second,
        date(2027, 12, 31): second,
        date(2028, 1, 1): third,
        date(2028, 12, 31): third,
        date(2029, 1, 1): None,
        date.max: None,
    }
    assert {day: queries.in_force_id(world.item_code, day) for day in days} == days
    view = queries.in_force(world.item_code, date(2027, 5, 1))
    assert (view.id, view.number, view.guide.name) == (second, 2, "第二版")
    assert (view.item_code, view.basic_code, view.place) == (world.item_code, BASIC_CODE, COUNTY)
    assert queries.edition(world.edition_id).guide.name == GUIDE["name"], "old editions stay readable"


@pytest.mark.parametrize(
    "code", ["", "x", "1" * 31, "1" * 5000, "'; --", "理发店", "\x00", "a\x00", "\ud800"]
)
def test_a_code_of_nothing_is_not_found(world: World, code: str):
    assert queries.in_force_id(code, ON) is None
    with pytest.raises(NotFound):
        queries.in_force(code, ON)


def test_a_draft_has_no_guide_for_the_public(world: World):
    draft = actions.draft_edition(actor=world.editor, item_id=world.item_id, body=GUIDE, at=AT)
    for read in (queries.edition, queries.guide_of):
        with pytest.raises(NotFound):
            read(draft)
        with pytest.raises(NotFound):
            read(world.item_id)


@pytest.fixture
def unread(world: World) -> uuid.UUID:
    """An edition in force on ``ON`` that this process has never read: published editions are kept in memory for good."""
    return publish_edition(world.editor, world.item_id, starts_on=ON)


def test_a_guide_is_read_once_and_then_costs_no_statement(
    world: World, unread: uuid.UUID, django_assert_num_queries
):
    with django_assert_num_queries(1):
        first = queries.guide_of(unread)
    with django_assert_num_queries(0):
        assert queries.guide_of(unread) is first
    with django_assert_num_queries(1):
        queries.edition(unread)
    with django_assert_num_queries(0):
        queries.edition(unread)
    with django_assert_num_queries(1):
        assert queries.in_force(world.item_code, ON).guide is first


def test_a_first_reading_costs_three_statements(world: World, unread: uuid.UUID, django_assert_num_queries):
    with django_assert_num_queries(3):
        assert queries.in_force(world.item_code, ON).id == unread
    with django_assert_num_queries(1):
        queries.in_force_id(world.item_code, ON)
    with django_assert_num_queries(1):
        queries.codes_of([world.organ_id, world.other_organ_id])
    with django_assert_num_queries(2):
        queries.counts()


def test_codes_and_names_are_those_of_the_organs_asked_for(world: World):
    assert queries.codes_of([world.organ_id]) == [world.item_code]
    assert queries.codes_of([world.other_organ_id]) == []
    assert queries.codes_of([]) == []
    assert queries.editions_named([world.organ_id], "卫生许可") == [world.edition_id]
    assert queries.editions_named([world.other_organ_id], "卫生许可") == []
    assert queries.editions_named([world.organ_id], "%") == []
    assert queries.editions_named([world.organ_id], "公_场所") == []


@pytest.mark.parametrize("text", ODD)
def test_a_name_to_look_for_is_never_a_fault(world: World, text: str):
    assert queries.editions_named([world.organ_id], text) == []
