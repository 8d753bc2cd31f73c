"""Finding (找事项): what an edition says is found on the days on which it is in force, for the visitor's place."""

from datetime import date, timedelta

import pytest
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
from tongban.base.db import execute
from tongban.base.errors import Conflict
from tongban.base.search import queries as search
from tongban.base.search.queries import Filters
from tongban.offers.catalogue import actions, commands
from tongban.offers.catalogue.tests.test_queries import ODD

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 2)
DAY = timedelta(days=1)


@pytest.fixture
def world(db: None) -> World:
    return worlds.build()


def elsewhere(world: World) -> str:
    """The same item of the organ in the other county; its code."""
    editor = Actor(kind=ActorKind.STAFF, name="编辑", posts=frozenset({Post("editor", world.other_organ_id)}))
    item_id = actions.register_item(
        actor=editor, basic_code=BASIC_CODE, organ_id=world.other_organ_id, level="4", at=AT
    )
    publish_edition(editor, item_id)
    return f"{worlds.OTHER_ORGAN_CODE}4{BASIC_CODE}"


def hits(text: str, *, place: str = COUNTY, on: date = ON, **narrowed: object) -> list[search.Hit]:
    offered = Filters(**({"facets": frozenset({"kind:guide"})} | narrowed))
    return search.search(text, place=place, on=on, filters=offered).hits


def found(text: str, *, place: str = COUNTY, on: date = ON, **narrowed: object) -> list[str]:
    return [hit.ref for hit in hits(text, place=place, on=on, **narrowed)]


@pytest.mark.parametrize(
    "text",
    ["理发店", "我想开个理发店", "卫生许可证", "公共场所", "开店 手续", "　理发店　", "理发店怎么办证？"],
)
def test_an_item_is_found_by_words_of_every_day(world: World, text: str):
    assert found(text) == [world.item_code]


def test_what_nobody_offers_is_not_found(world: World):
    assert found("核电站") == []


def test_the_visitors_place_is_chosen_and_the_others_are_counted(world: World):
    other = elsewhere(world)
    for text in ("理发店", ""):
        for place, first in ((COUNTY, world.item_code), (TOWN, world.item_code), (OTHER_COUNTY, other)):
            (hit,) = hits(text, place=place)
            assert (hit.ref, hit.near, hit.others) == (first, True, 1)
        assert found(text, place=PROVINCE)[0] in {world.item_code, other}
        assert found(text, place="")[0] in {world.item_code, other}


def test_what_only_another_county_offers_is_found_and_said_to_be_elsewhere(world: World):
    (hit,) = hits("理发店", place=OTHER_COUNTY)
    assert (hit.ref, hit.near, hit.others) == (world.item_code, False, 0)
    assert found("理发店", place=OTHER_COUNTY, near=True) == []
    assert found("理发店", place=TOWN, near=True) == [world.item_code]


@pytest.mark.parametrize(
    ("facet", "there"),
    [
        ("served:person", True),
        ("served:company", True),
        ("theme:开店办企业", True),
        ("theme:社会保障", False),
        ("level:4", True),
        ("level:2", False),
        ("online:accept", True),
        ("online:full", True),
        ("anywhere:province", False),
        ("department:卫健局", False),
        ("kind:item", False),
        ("没有:的", False),
    ],
)
def test_a_search_is_narrowed_by_what_the_edition_says(world: World, facet: str, there: bool):
    assert found("理发店", facets=frozenset({"kind:guide", facet})) == [world.item_code] * there
    assert found("", facets=frozenset({"kind:guide", facet})) == [world.item_code] * there


def test_a_search_is_narrowed_to_an_organ(world: World):
    assert found("理发店", owner=str(world.organ_id)) == [world.item_code]
    assert found("理发店", owner=str(world.other_organ_id)) == []


def test_a_retired_edition_is_not_found_from_its_last_day_on(world: World):
    actions.retire(
        actor=world.editor, edition_id=world.edition_id, ends_on=date(2027, 3, 1), reason="不再办", at=AT
    )
    assert found("理发店", on=date(2027, 2, 28)) == [world.item_code]
    assert found("理发店", on=date(2027, 3, 1)) == []


def test_a_publication_that_fails_leaves_nothing_to_be_found(world: World):
    with pytest.raises(Conflict):
        publish_edition(world.editor, world.item_id, starts_on=SINCE, keywords=["照相馆"])
    assert found("照相馆") == []


def test_everything_is_put_anew_and_found_as_before(world: World):
    elsewhere(world)
    publish_edition(world.editor, world.item_id, starts_on=date(2027, 1, 1), keywords=["照相馆"])
    days = (ON, date(2027, 1, 1))
    before = [hits(text, on=on) for text in ("理发店", "照相馆", "饮用水") for on in days]
    for table in ("document", "posting", "phrase_of", "text"):
        execute(f"DELETE FROM search_{table}")
    assert search.is_empty()
    assert commands.index() == 5
    assert [hits(text, on=on) for text in ("理发店", "照相馆", "饮用水") for on in days] == before


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
    (hit,) = hits("理发店")
    assert (hit.shown["edition"], hit.title) == (str(world.edition_id), GUIDE["name"])
    assert (hit.shown["promised_days"], hit.shown["statutory_days"], hit.shown["visits"]) == (5, 20, 0)
    assert (hit.shown["free"], hit.shown["online"], hit.shown["instant"]) == (True, "full", False)
    assert (hit.place, hit.shown["place_name"]) == (COUNTY, "龙华区")
    fee = {"name": "工本费", "standard": "10元", "basis": "某文件", "online": False}
    publish_edition(world.editor, world.item_id, starts_on=date(2027, 1, 1), fees=[fee])
    assert not hits("理发店", on=date(2027, 1, 1))[0].shown["free"]


@pytest.mark.parametrize("text", ODD)
def test_no_query_is_a_fault(world: World, text: str):
    for place in (COUNTY, "", "x'"):
        search.search(text, place=place, on=ON, filters=Filters(frozenset({text}), text, near=True))
        search.search(text, place=place, on=ON)
    search.suggest(text, on=ON)


def test_words_between_marks_are_still_found(world: World):
    for text in ("'理发店'", "理发店 & !", "\\理发店\\", "理发\x00店 理发店", "(理发店)", "理发店" * 2000):
        assert found(text) == [world.item_code]


def test_a_basic_item_is_found_as_such_only_where_nobody_offers_it(world: World):
    first = search.search("饮用水", on=ON).hits[0]
    assert (first.kind, first.ref) == ("item", SUPPLEMENT_BASIC_CODE)
    assert search.search("公共场所卫生许可", on=ON).hits[0].kind == "guide"
    day_before = search.search("公共场所卫生许可", on=SINCE - DAY).hits[0]
    assert (day_before.kind, day_before.ref) == ("item", BASIC_CODE)
