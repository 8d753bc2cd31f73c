import uuid
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import world as worlds
from tests.world import (
    AT,
    BASIC_CODE,
    COUNTY,
    GUIDE,
    OTHER_COUNTY,
    PROVINCE,
    SINCE,
    SUPPLEMENT_BASIC_CODE,
    TOWN,
    World,
    publish_edition,
)

from tongban.base.actor import Actor, ActorKind, Post
from tongban.base.errors import NotFound
from tongban.offers.catalogue import actions, queries
from tongban.offers.catalogue.queries import tokens

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


# --- words (no database) -----------------------------------------------------------------------------------------------


def test_words_are_those_of_the_dictionary_and_longer_ones_hold_their_parts():
    assert {"理发", "理发店"} <= set(tokens("我想开个理发店"))
    assert {"卫生", "许可证"} <= set(tokens("卫生许可证"))


def test_marks_alone_are_no_words():
    assert tokens("，。？！ '\\ & | () <-> ～") == []
    assert tokens("") == []


@pytest.mark.parametrize("text", ["KTV", "ktv", "Ｋｔｖ", "ＫＴＶ"])
def test_letters_count_the_same_in_any_width_and_case(text: str):
    assert tokens(text) == ["ktv"]


def test_words_that_no_index_could_hold_are_left_out():
    assert tokens("a" * 3000 + " 理发店") == tokens("理发店")


@given(st.text(alphabet=st.characters(exclude_categories=[]), max_size=300) | st.sampled_from(ODD))
def test_any_text_has_words_that_the_database_can_take(text: str):
    found = tokens(text)
    assert found == sorted(set(found))
    for word in found:
        word.encode()
        assert "\x00" not in word
        assert 0 < len(word) <= 60


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


def test_a_first_reading_costs_three_statements_and_a_search_one(
    world: World, unread: uuid.UUID, django_assert_num_queries
):
    with django_assert_num_queries(3):
        assert queries.in_force(world.item_code, ON).id == unread
    with django_assert_num_queries(1):
        queries.in_force_id(world.item_code, ON)
    with django_assert_num_queries(1):
        queries.search("理发店", place=COUNTY, on=ON)
    with django_assert_num_queries(1):
        queries.search_basic("饮用水")
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


# --- search ------------------------------------------------------------------------------------------------------------


def elsewhere(world: World) -> str:
    """The same item of the organ in the other county; its code."""
    editor = Actor(kind=ActorKind.STAFF, name="编辑", posts=frozenset({Post("editor", world.other_organ_id)}))
    item_id = actions.register_item(
        actor=editor, basic_code=BASIC_CODE, organ_id=world.other_organ_id, level="4", at=AT
    )
    publish_edition(editor, item_id)
    return f"{worlds.OTHER_ORGAN_CODE}4{BASIC_CODE}"


def found(text: str, *, place: str = COUNTY, on: date = ON, limit: int = 30) -> list[str]:
    return [hit.code for hit in queries.search(text, place=place, on=on, limit=limit)]


@pytest.mark.parametrize(
    "text",
    ["理发店", "我想开个理发店", "卫生许可证", "公共场所", "开店 手续", "　理发店　", "理发店怎么办证？"],
)
def test_an_item_is_found_by_words_of_every_day(world: World, text: str):
    assert found(text) == [world.item_code]


def test_what_nobody_offers_is_not_found(world: World):
    assert found("核电站") == []


def test_the_visitors_place_stands_first_and_others_follow(world: World):
    other = elsewhere(world)
    for text in ("理发店", ""):
        assert found(text, place=COUNTY) == [world.item_code, other]
        assert found(text, place=TOWN) == [world.item_code, other]
        assert found(text, place=OTHER_COUNTY) == [other, world.item_code]
        assert set(found(text, place=PROVINCE)) == {other, world.item_code}
        assert set(found(text, place="")) == {other, world.item_code}
    assert found("理发店", place=OTHER_COUNTY, limit=1) == [other]


def test_an_empty_query_lists_what_is_in_force_and_marks_alone_find_nothing(world: World):
    assert found("") == found(" \n　") == [world.item_code]
    assert found("？！") == []


def test_only_what_is_in_force_on_the_day_is_found(world: World):
    publish_edition(world.editor, world.item_id, starts_on=date(2027, 1, 1), keywords=["照相馆"])
    actions.draft_edition(
        actor=world.editor, item_id=world.item_id, body=GUIDE | {"keywords": ["草稿词"]}, at=AT
    )
    assert found("理发店", on=SINCE - DAY) == []
    assert found("照相馆", on=date(2026, 12, 31)) == []
    assert found("照相馆", on=date(2027, 1, 1)) == [world.item_code]
    assert found("理发店", on=date(2027, 1, 1)) == []
    assert found("草稿", on=date(2027, 1, 1)) == []


def test_a_hit_carries_the_facts_of_the_strip(world: World):
    (hit,) = queries.search("理发店", place=COUNTY, on=ON)
    assert (hit.edition_id, hit.name) == (world.edition_id, GUIDE["name"])
    assert (hit.promised_days, hit.statutory_days, hit.visits) == (5, 20, 0)
    assert (hit.free, hit.online, hit.instant) == (True, "full", False)
    assert (hit.place, hit.place_name) == (COUNTY, "龙华区")
    fee = {"name": "工本费", "standard": "10元", "basis": "某文件", "online": False}
    publish_edition(world.editor, world.item_id, starts_on=date(2027, 1, 1), fees=[fee])
    assert not queries.search("理发店", place=COUNTY, on=date(2027, 1, 1))[0].free


@pytest.mark.parametrize("text", ODD)
def test_no_query_is_a_fault(world: World, text: str):
    for place in (COUNTY, "", "x'"):
        queries.search(text, place=place, on=ON)
    queries.search_basic(text)


def test_words_between_marks_are_still_found(world: World):
    for text in ("'理发店'", "理发店 & !", "\\理发店\\", "理发\x00店 理发店", "(理发店)", "理发店" * 2000):
        assert found(text) == [world.item_code]


def test_basic_items_that_nobody_offers_are_found_apart(world: World):
    assert [hit.code for hit in queries.search_basic("饮用水")] == [SUPPLEMENT_BASIC_CODE]
    assert queries.search_basic("公共场所") == [], "it is offered, so the search proper finds it"
    assert queries.search_basic("") == queries.search_basic("？") == []
