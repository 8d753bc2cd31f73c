"""Laws and announcements as everybody meets them, and the feed against RFC 4287."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.world import World

from tongban.base.actor import Actor
from tongban.doors.portal.tests.conftest import text_of
from tongban.offers.publicinfo import actions
from tongban.offers.publicinfo.tests import filling

Browser = Callable[[Actor | None], Client]
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def second(world: World) -> Actor:
    return filling.second_editor(world)


@pytest.fixture
def law(tmp_path) -> str:
    filling.take_in(tmp_path, "2010-01-01", "甲", "乙")
    filling.take_in(tmp_path, "2020-01-01", "甲", "乙<改>了", "丙")
    return "/laws/样例法"


def test_the_laws_are_listed_and_found_by_title(world: World, browser: Browser, law: str):
    client = browser(None)
    for address in ("/laws", "/laws?q=样例"):
        page = text_of(client.get(address))
        assert "中华人民共和国样例法" in page
        assert "2020年1月1日（周三）公布或修改" in page
    assert "没有名称里带“林业”的法规" in text_of(client.get("/laws?q=林业"))
    refused = client.get("/laws", {"q": "\x00"})
    assert refused.status_code == 422
    assert "这样搜不了" in text_of(refused)


def test_a_law_shows_what_is_in_force_with_an_anchor_for_every_article(
    world: World, browser: Browser, law: str
):
    page = text_of(browser(None).get(law))
    for anchor, label in (("a1", "第一条"), ("a2", "第二条"), ("a3", "第三条")):
        assert f'id="{anchor}"' in page
        assert label in page
    assert "乙&lt;改&gt;了" in page
    assert "现行有效" in page
    assert "文本没有写明这次修改从哪天起施行" in page
    assert "/2020-01-01/changes" in page


def test_an_earlier_wording_says_so_and_leads_on(world: World, browser: Browser, law: str):
    page = text_of(browser(None).get(f"{law}/2010-01-01"))
    assert "这是以前的文本" in page
    assert "已被新文本取代" in page
    assert 'id="a3"' not in page


def test_two_wordings_stand_side_by_side(world: World, browser: Browser, law: str):
    page = text_of(browser(None).get(f"{law}/2020-01-01/changes"))
    assert "乙<ins>&lt;改&gt;了</ins>" in page
    assert "<ins>丙</ins>" in page
    assert "有 2 条不同" in page
    for none in ("2010-01-01/changes", "2015-01-01", "x/changes", "2020-01-01x"):
        assert browser(None).get(f"{law}/{none}").status_code == 404


@pytest.mark.parametrize("key", ["没有", "%00", "%ff", "x" * 3000, "..", "%2e%2e"])
def test_a_law_that_is_not_here_is_not_found(world: World, browser: Browser, key: str):
    for rest in ("", "/2020-01-01", "/2020-01-01/changes"):
        assert browser(None).get(f"/laws/{key}{rest}").status_code == 404, rest


def test_a_guide_leads_to_its_article_for_one_statement_more(world: World, browser: Browser, tmp_path):
    address = f"/items/{world.item_code}?own_place=own"
    filling.take_in(
        tmp_path,
        "2019-04-23",
        "甲",
        "乙",
        "丙",
        "丁",
        name="公共场所卫生管理条例",
        title="公共场所卫生管理条例",
    )
    with CaptureQueriesContext(connection) as drawn:
        page = text_of(browser(None).get(address, headers={"accept-language": "en"}))
    assert (
        'href="/laws/%E5%85%AC%E5%85%B1%E5%9C%BA%E6%89%80%E5%8D%AB%E7%94%9F%E7%AE%A1%E7%90%86%E6%9D%A1%E4%BE%8B#a4"'
        in page
    )
    assert "<p>丁</p>" in page  # the text in force, not the guide's own copy of it
    assert "国家对公共场所实行" not in page
    assert sum("law_article" in each["sql"] for each in drawn) == 1
    with CaptureQueriesContext(connection) as again:
        browser(None).get(address, headers={"accept-language": "en"})
    assert len(again) == 1


def test_announcements_are_listed_by_kind_and_shown_whole(world: World, browser: Browser, second: Actor):
    ref = filling.published(world, second, title="<b>周六</b>照常办理")
    client = browser(None)
    listed = text_of(client.get("/info"))
    assert "&lt;b&gt;周六&lt;/b&gt;照常办理" in listed
    assert f"/info/{ref.id}" in listed
    assert "还没有这一类信息" in text_of(client.get("/info?kind=faq"))
    page = text_of(client.get(f"/info/{ref.id}"))
    assert "网上随时可以提交" in page
    assert "海口市龙华区卫生健康委员会" in page


def test_what_is_not_published_is_nobody_s(world: World, browser: Browser, second: Actor):
    for ref in (filling.draft(world), filling.in_review(world)):
        for who in (None, world.applicant):
            assert browser(who).get(f"/info/{ref.id}").status_code == 404
            assert browser(who).get(f"/info/{ref.id}/1").status_code == 404
    assert "周六照常办理" not in text_of(browser(None).get("/info"))
    assert "周六照常办理" not in text_of(browser(None).get("/feed.xml"))


def test_an_earlier_edition_stays_readable(world: World, browser: Browser, second: Actor):
    ref = filling.published(world, second)
    actions.revise(
        actor=world.editor, document_id=ref.id, content=filling.CONTENT | {"body": "新的正文"}, at=world.at
    )
    assert browser(None).get(f"/info/{ref.id}/2").status_code == 404
    actions.send(actor=world.editor, document_id=ref.id, at=world.at)
    actions.approve(actor=second, document_id=ref.id, confirmed=True, at=world.at)
    assert "新的正文" in text_of(browser(None).get(f"/info/{ref.id}"))
    old = text_of(browser(None).get(f"/info/{ref.id}/1"))
    assert "每周六上午照常收件" in old
    assert "这是以前的版本" in old


def test_what_was_withdrawn_says_so_and_shows_nothing(world: World, browser: Browser, second: Actor):
    ref = filling.withdrawn(world, second)
    answer = browser(None).get(f"/info/{ref.id}")
    assert answer.status_code == 410
    assert "这条信息已经撤下" in text_of(answer)
    assert "写错了日期" in text_of(answer)
    assert "每周六上午" not in text_of(answer)
    assert browser(None).get(f"/info/{ref.id}/1").status_code == 404


def _feed(client: Client) -> ET.Element:
    answer = client.get("/feed.xml")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(answer.content)  # noqa: S314 -- our own answer, not foreign XML


def _of(element: ET.Element, name: str) -> str:
    found = element.findall(ATOM + name)
    assert len(found) == 1, name
    assert found[0].text
    return found[0].text


def test_the_feed_is_atom(world: World, browser: Browser, second: Actor):
    ref = filling.published(world, second, title="a < b & c", body="一 < 二\n\n三")
    gone = filling.withdrawn(world, second)
    feed = _feed(browser(None))
    assert feed.tag == ATOM + "feed"
    for name in ("id", "title", "updated"):
        assert _of(feed, name)
    assert {link.get("rel") for link in feed.findall(ATOM + "link")} == {"alternate", "self"}
    entries = {_of(entry, "id"): entry for entry in feed.findall(ATOM + "entry")}
    assert set(entries) == {f"urn:uuid:{ref.id}", f"urn:uuid:{gone.id}"}
    for entry in entries.values():
        assert datetime.fromisoformat(_of(entry, "updated")).tzinfo is not None
        assert datetime.fromisoformat(_of(entry, "published")) <= datetime.fromisoformat(
            _of(entry, "updated")
        )
        author = entry.find(ATOM + "author")
        assert author is not None
        assert _of(author, "name") == "海口市龙华区卫生健康委员会"
        assert entry.find(ATOM + "link").get("href").endswith(_of(entry, "id").removeprefix("urn:uuid:"))
    shown = entries[f"urn:uuid:{ref.id}"]
    assert _of(shown, "title") == "a < b & c"
    assert _of(shown, "summary") == "<p>一 &lt; 二</p>\n\n<p>三</p>"
    assert _of(entries[f"urn:uuid:{gone.id}"], "title") == "（已撤下）周六照常办理"
    assert "每周六" not in _of(entries[f"urn:uuid:{gone.id}"], "summary")


def test_an_empty_feed_is_one_as_well(world: World, browser: Browser):
    feed = _feed(browser(None))
    assert feed.findall(ATOM + "entry") == []
    assert datetime.fromisoformat(_of(feed, "updated")) > world.at - timedelta(days=3650)


def test_long_lists_are_read_on(world: World, browser: Browser, second: Actor):
    for number in range(31):
        filling.published(world, second, title=f"第 {number} 条")
    first = text_of(browser(None).get("/info"))
    assert first.count("tb-card-title") == 30
    older = first.split('href="/info?before=')[1].split('"')[0]
    assert text_of(browser(None).get("/info", {"before": older})).count("tb-card-title") == 1
    assert browser(None).get("/info", {"before": "x"}).status_code == 200
