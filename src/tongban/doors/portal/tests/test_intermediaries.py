"""Intermediary services, agencies, depth, questions, complaints and their feeds, as everybody meets them."""

import csv
import io
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import world as worlds
from tests.world import World

from tongban.base.actor import Actor
from tongban.doors.portal.tests.conftest import text_of
from tongban.doors.web import counted
from tongban.offers.publicinfo import actions
from tongban.offers.publicinfo.tests import filling
from tongban.standards import credit_code

Browser = Callable[[Actor | None], Client]
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def counted_anew() -> None:
    """What is kept for a minute is kept across tests as well."""
    counted._depth.cache_clear()


@pytest.fixture
def second(world: World) -> Actor:
    return filling.second_editor(world)


@pytest.fixture
def service(world: World, second: Actor) -> uuid.UUID:
    return filling.published(world, second, **filling.SERVICE).id


@pytest.fixture
def agency(world: World, second: Actor, service: uuid.UUID) -> uuid.UUID:
    return filling.published(world, second, **filling.AGENCY | {"services": str(service)}).id


def test_the_services_are_listed_with_items_and_agencies(
    world: World, browser: Browser, service: uuid.UUID, agency: uuid.UUID
):
    client = browser(None)
    page = text_of(client.get("/intermediaries"))
    assert f"/intermediaries/{service}" in page
    assert "1 家机构" in page
    assert "公共场所卫生许可" in page
    assert f"/intermediaries/{service}" in text_of(client.get(f"/intermediaries?item={worlds.BASIC_CODE}"))
    assert "办这件事不用中介服务" in text_of(client.get("/intermediaries?item=999999999999"))
    near = text_of(client.get(f"/intermediaries?place={worlds.COUNTY}"))
    assert f"/intermediaries/{service}?place={worlds.COUNTY}" in near


def test_a_service_shows_who_gives_it_and_leads_to_its_law(
    world: World, browser: Browser, service: uuid.UUID, agency: uuid.UUID, tmp_path
):
    filling.take_in(
        tmp_path, "2019-04-23", *"甲乙丙丁", name="公共场所卫生管理条例", title="公共场所卫生管理条例"
    )
    page = text_of(browser(None).get(f"/intermediaries/{service}"))
    for said in (
        "7 个工作日",
        "申请人付费",
        "市场调节价",
        "由合同商定",
        "不得指定品牌",
        "椰风检测有限公司",
        'href="tel:4000000001"',
        f"/agencies/{agency}",
        "#a4",
    ):
        assert said in page, said
    elsewhere = text_of(browser(None).get(f"/intermediaries/{service}?place=460200000000"))
    assert "海口市某路1号" in elsewhere  # a place that is not here filters nothing


def test_an_agency_shows_its_qualifications_and_whether_they_hold(
    world: World, browser: Browser, second: Actor, service: uuid.UUID, agency: uuid.UUID
):
    page = text_of(browser(None).get(f"/agencies/{agency}"))
    for said in (
        credit_code.make("91460000000000001"),
        "海口市某路1号",
        "每点300元",
        "证0001",
        "长期有效",
        "2024年3月1日",
        f"/intermediaries/{service}",
    ):
        assert said in page, said
    assert "椰风检测有限公司" in text_of(browser(None).get("/agencies"))
    expired = filling.AGENCY | {
        "services": str(service),
        "credit_code": credit_code.make("91460000000000002"),
        "qualifications": "检测资质；证0002；2001-01-31",
        "title": "过期检测有限公司",
    }
    old = filling.published(world, second, **expired).id
    assert "已过期" in text_of(browser(None).get(f"/agencies/{old}"))
    assert "有资质过期" in text_of(browser(None).get("/agencies"))


def test_what_is_not_published_or_on_another_list_is_nobody_s(
    world: World, browser: Browser, second: Actor, service: uuid.UUID
):
    waiting = filling.in_review(world, **filling.SERVICE | {"title": "还没公开的"}).id
    notice = filling.published(world, second).id
    for who in (None, world.applicant, world.clerk):
        client = browser(who)
        for address in (
            f"/intermediaries/{waiting}",
            f"/intermediaries/{waiting}/1",
            f"/intermediaries/{notice}",
            f"/agencies/{service}",
            f"/info/{service}",
            f"/info/{service}/1",
            f"/intermediaries/{uuid.uuid4()}",
        ):
            assert client.get(address).status_code == 404, address
    assert "还没公开的" not in text_of(browser(None).get("/intermediaries"))


def test_what_left_a_list_says_so_at_its_old_address_and_shows_nothing(
    world: World, browser: Browser, service: uuid.UUID, agency: uuid.UUID
):
    actions.withdraw(actor=world.editor, document_id=agency, reason="资质被吊销", at=world.at)
    gone = browser(None).get(f"/agencies/{agency}")
    assert gone.status_code == 410
    assert "资质被吊销" in text_of(gone)
    assert "海口市某路1号" not in text_of(gone)
    listed = text_of(browser(None).get("/agencies"))
    assert "已经移出名录的" in listed
    assert "资质被吊销" in listed
    actions.withdraw(actor=world.editor, document_id=service, reason="不再需要", at=world.at)
    assert browser(None).get(f"/intermediaries/{service}").status_code == 410


def test_an_earlier_edition_of_a_service_stays_readable(
    world: World, browser: Browser, second: Actor, service: uuid.UUID
):
    newer = filling.SERVICE | {"days": "3"}
    actions.revise(actor=world.editor, document_id=service, content=newer, at=world.at)
    actions.send(actor=world.editor, document_id=service, at=world.at)
    actions.approve(actor=second, document_id=service, confirmed=True, at=world.at)
    assert "3 个工作日" in text_of(browser(None).get(f"/intermediaries/{service}"))
    old = text_of(browser(None).get(f"/intermediaries/{service}/1"))
    assert "这是以前的版本" in old
    assert "7 个工作日" in old


def test_long_lists_of_agencies_are_read_on(
    world: World, browser: Browser, second: Actor, service: uuid.UUID
):
    for number in range(1, 53):
        code = credit_code.make(f"91460000{number:09d}")
        changed = {"services": str(service), "credit_code": code, "title": f"机构{number:03d}"}
        filling.published(world, second, **filling.AGENCY | changed)
    for address in ("/agencies", f"/intermediaries/{service}"):
        first = text_of(browser(None).get(address))
        assert first.count("tel:4000000001") == 50
        after = first.split("after=")[1].split('"')[0].split("#")[0]
        assert text_of(browser(None).get(f"{address}?after={after}")).count("tel:4000000001") == 2


def test_the_pages_cost_the_same_however_long_the_lists_are(
    world: World, browser: Browser, second: Actor, service: uuid.UUID, agency: uuid.UUID
):
    def counts() -> list[int]:
        found = []
        for address in ("/intermediaries", f"/intermediaries/{service}", "/agencies", "/questions", "/depth"):
            with CaptureQueriesContext(connection) as drawn:
                browser(None).get(address)
            found.append(len(drawn))
        return found

    counts()
    before = counts()
    for number in range(2, 8):
        code = credit_code.make(f"91460000{number:09d}")
        filling.published(world, second, **filling.AGENCY | {"services": str(service), "credit_code": code})
        filling.published(world, second, **filling.SERVICE | {"title": f"服务{number}"})
        filling.published(world, second, kind="faq", body="问：甲\n答：乙")
    assert counts() == before


# --- depth ---------------------------------------------------------------------------------------------------------------


def test_depth_is_counted_listed_and_taken_away(world: World, browser: Browser):
    client = browser(None)
    page = text_of(client.get("/depth"))
    for said in ("多少事项能全程网办？", "全程网办", f"/items/{world.item_code}", "/depth.csv"):
        assert said in page, said
    answer = client.get("/depth.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert world.item_code in {row["code"] for row in rows}
    online = rows[0]["online"]
    asked = client.get(f"/depth.csv?online={online}&place={rows[0]['place']}").getvalue().decode("utf-8-sig")
    assert {row["online"] for row in csv.DictReader(io.StringIO(asked))} == {online}
    assert text_of(client.get(f"/depth?place={rows[0]['place']}")).count("看全省") == 1
    assert client.get("/depth?place=x&online=x&after=%00").status_code == 200


# --- questions and complaints ----------------------------------------------------------------------------------------------


def test_questions_are_gathered_from_announcements(world: World, browser: Browser, second: Actor):
    assert "还没有机关公开问答" in text_of(browser(None).get("/questions"))
    filling.published(world, second, kind="faq", title="理发店问答", body="问：<要>办吗？\n答：要。")
    filling.published(world, second, kind="faq", title="没有分条的", body="这里没有一问一答。")
    page = text_of(browser(None).get("/questions"))
    assert "<summary>&lt;要&gt;办吗？</summary>" in page
    assert "这里没有一问一答。" in page


def test_ways_to_complain_are_one_step_from_every_page(world: World, browser: Browser, second: Actor):
    filling.published(world, second, kind="complaint", title="这样投诉", body="打 12345。")
    client = browser(None)
    for address in ("/", "/laws", f"/items/{world.item_code}"):
        assert 'href="/complaints"' in text_of(client.get(address)), address
    page = text_of(client.get("/complaints"))
    assert "这样投诉" in page
    assert "打 12345。" in page


def test_a_guide_leads_to_the_services_that_its_item_needs(
    world: World, browser: Browser, service: uuid.UUID
):
    page = text_of(browser(None).get(f"/items/{world.item_code}"))
    address = page.split('href="/intermediaries?item=')[1].split('"')[0]
    assert address == worlds.BASIC_CODE
    assert f"/intermediaries/{service}" in text_of(browser(None).get(f"/intermediaries?item={address}"))


# --- feeds -------------------------------------------------------------------------------------------------------------------


def entries(client: Client, address: str) -> list[ET.Element]:
    answer = client.get(address)
    assert answer.status_code == 200, address
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(answer.content)  # noqa: S314 -- our own answer, not foreign XML
    for name in ("id", "title", "updated"):
        assert feed.findtext(ATOM + name), name
    own = next(link.get("href") for link in feed.findall(ATOM + "link") if link.get("rel") == "self")
    assert own.endswith(address)
    return feed.findall(ATOM + "entry")


def test_each_kind_has_a_feed_of_its_own(world: World, browser: Browser, second: Actor, service: uuid.UUID):
    ids = {kind: filling.published(world, second, kind=kind).id for kind in ("notice", "faq", "complaint")}
    client = browser(None)
    for kind, info_id in ids.items():
        (entry,) = entries(client, f"/feeds/{kind}.xml")
        assert entry.findtext(ATOM + "id") == f"urn:uuid:{info_id}"
        assert f"/feeds/{kind}.xml" in text_of(client.get(f"/info?kind={kind}"))
    assert entries(client, "/feeds/policy.xml") == []
    for none in ("service", "x", "agency"):
        assert client.get(f"/feeds/{none}.xml").status_code == 404
    assert len(entries(client, "/feed.xml")) == 3


def test_services_and_agencies_have_a_feed_that_tells_what_left(
    world: World, browser: Browser, service: uuid.UUID, agency: uuid.UUID
):
    actions.withdraw(actor=world.editor, document_id=agency, reason="资质被吊销", at=world.at)
    found = {e.findtext(ATOM + "id"): e for e in entries(browser(None), "/feeds/intermediaries.xml")}
    assert set(found) == {f"urn:uuid:{service}", f"urn:uuid:{agency}"}
    gone = found[f"urn:uuid:{agency}"]
    assert gone.findtext(ATOM + "title") == "（已撤下）椰风检测有限公司"
    assert "资质被吊销" in gone.findtext(ATOM + "summary")
    assert gone.find(ATOM + "link").get("href").endswith(f"/agencies/{agency}")


def test_laws_have_a_feed_of_new_wordings_that_leads_to_what_changed(
    world: World, browser: Browser, tmp_path
):
    filling.take_in(tmp_path, "2010-01-01", "甲", "乙")
    filling.take_in(tmp_path, "2020-01-01", "甲", "乙改", "丙")
    client = browser(None)
    found = {e.findtext(ATOM + "title"): e for e in entries(client, "/feeds/laws.xml")}
    newer = found["中华人民共和国样例法（2020年1月1日（周三））"]
    assert "有 2 条和上一次不同" in newer.findtext(ATOM + "summary")
    first = found["中华人民共和国样例法（2010年1月1日（周五））"]
    assert "不同" not in first.findtext(ATOM + "summary")
    for entry in found.values():
        address = "/laws/" + entry.find(ATOM + "link").get("href").split("/laws/")[1]
        assert client.get(address).status_code == 200
