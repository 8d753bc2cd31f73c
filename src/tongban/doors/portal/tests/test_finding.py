"""The search page and the suggestions, as somebody without JavaScript and somebody with it meet them."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from tests import world as worlds
from tests.world import World

from tongban.base.actor import Actor
from tongban.doors.portal.tests.conftest import text_of

Browser = Callable[[Actor | None], Client]
NAME = "公共场所卫生许可（新办）"
GARBAGE = ["x" * 4000, "\x00", "\u202e", "'", "%(x)s", "{{ 7 }}", "🀄" * 50, "-1", " "]


def test_a_result_says_who_where_and_how_and_leads_to_the_guide(world: World, browser: Browser):
    page = text_of(browser(None).get("/search", {"q": "理发店"}))
    assert f'href="/items/{world.item_code}"' in page
    for told in (NAME, "龙华区", "5 个工作日办结", "不用跑", "不收费"):
        assert told in page


@pytest.mark.parametrize(
    ("narrowed", "there"),
    [
        ({"served": "person"}, True),
        ({"theme": "开店办企业"}, True),
        ({"theme": "没有的主题"}, False),
        ({"online": "full", "level": "4"}, True),
        ({"level": "2"}, False),
        ({"anywhere": "country"}, False),
        ({"near": "1"}, True),
        ({"kind": "law"}, False),
        ({"organ": "00000000-0000-0000-0000-000000000000"}, False),
        ({"level": "99", "kind": "x", "online": "y", "organ": "z", "near": "9"}, True),
    ],
)
def test_a_search_is_narrowed_by_the_address_and_nonsense_narrows_nothing(
    world: World, browser: Browser, narrowed, there
):
    answer = browser(None).get("/search", {"q": "理发店"} | narrowed)
    assert answer.status_code == 200
    assert (NAME in text_of(answer)) == there


def test_what_is_chosen_stays_in_the_form_and_can_be_taken_back(world: World, browser: Browser):
    page = text_of(browser(None).get("/search", {"q": "理发店", "served": "person", "level": "4"}))
    assert re.search(r'<option value="person" selected>', page)
    assert 'href="/search?q=%E7%90%86%E5%8F%91%E5%BA%97&amp;level=4"' in page
    assert '<input type="hidden" name="served" value="person">' in page


def test_a_slip_is_mended_and_said(world: World, browser: Browser):
    page = text_of(browser(None).get("/search", {"q": "理法店"}))
    assert NAME in page
    assert "<strong>理发店</strong>" in page


def test_what_nobody_offers_yet_is_said_to_be_so(world: World, browser: Browser):
    page = text_of(browser(None).get("/search", {"q": "饮用水"}))
    assert "饮用水供水单位卫生许可" in page
    assert "网上还没开办" in page


def test_suggestions_are_json_for_everybody_to_keep_a_minute(world: World, browser: Browser):
    for typed in ("理发", "lifa", "lfd"):
        answer = browser(None).get("/suggestions", {"q": typed})
        assert "理发店" in answer.json()["suggestions"]
        assert answer.headers["Cache-Control"] == "public, max-age=60"
    for text in ("", *GARBAGE):
        assert browser(None).get("/suggestions", {"q": text}).status_code == 200


@pytest.mark.parametrize("name", ["q", "theme", "organ", "page", "kind", "near", "served", "department"])
def test_garbage_in_any_part_of_the_address_is_answered(world: World, browser: Browser, name: str):
    for text in GARBAGE:
        assert browser(None).get("/search", {"q": "理发", name: text}).status_code in (200, 422)


def test_the_place_chosen_decides(world: World, browser: Browser):
    client = browser(None)
    client.get(f"/places/{worlds.OTHER_COUNTY}")
    assert "其他地方" in text_of(client.get("/search", {"q": "理发店"}))
    assert NAME not in text_of(client.get("/search", {"q": "理发店", "near": "1"}))
