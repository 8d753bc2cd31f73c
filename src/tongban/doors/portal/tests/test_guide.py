from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import world as worlds
from tests.world import World

from tongban.base.actor import Actor
from tongban.doors.portal.tests.conftest import text_of

Browser = Callable[[Actor | None], Client]


def test_a_guide_seen_before_costs_one_statement_and_no_session(world: World, browser: Browser):
    address = f"/items/{world.item_code}"
    browser(None).get(address)
    for client in (browser(None), browser(world.applicant)):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            answer = client.get(address)
        assert answer.status_code == 200
        assert len(seen) == 1
        assert "session" not in seen[0]["sql"]
        assert "csrfmiddlewaretoken" not in text_of(answer)
        assert "王秀兰" not in text_of(answer)


def test_a_guide_is_told_unchanged_until_its_edition_changes(world: World, browser: Browser):
    client, address = browser(None), f"/items/{world.item_code}"
    first = client.get(address)
    assert first["Cache-Control"] == "no-cache"
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert client.get(f"{address}?own_place=own", headers={"if-none-match": first["ETag"]}).status_code == 200
    limits = {"statutory_days": 20, "promised_days": 3}
    worlds.publish_edition(
        world.editor, world.item_id, starts_on=datetime.now(UTC).date() - timedelta(days=1), limits=limits
    )
    changed = client.get(address, headers={"if-none-match": first["ETag"]})
    assert changed.status_code == 200
    assert "3 个工作日" in text_of(changed)
    assert "第 2 版" in text_of(changed)


def test_a_guide_is_tailored_by_the_answers(world: World, browser: Browser):
    client, address = browser(None), f"/items/{world.item_code}"
    assert "只有这种情形要交" in text_of(client.get(address))
    rented = text_of(client.get(address, {"own_place": "rented"}))
    assert "租赁合同" in rented
    assert "只有这种情形要交" not in rented
    assert "租赁合同" not in text_of(client.get(address, {"own_place": "own"}))
    plain = client.get(address)["ETag"]
    assert client.get(address, {"own_place": "nonsense", "utm": "x"})["ETag"] == plain


def test_a_guide_says_everything_that_it_must(world: World, browser: Browser):
    page = text_of(browser(None).get(f"/items/{world.item_code}"))
    for words in (
        "海口市龙华区卫生健康委员会",
        "一次不跑",
        "5 个工作日",
        "不收费",
        "全程网上办",
        "有固定的经营场所。",
        "卫生检测报告",
        "公共场所卫生管理条例",
        "国家对公共场所实行",
        "0898-00000002",
        "第 1 版",
        "2020年1月1日（周三）",
        "开理发店要办吗？",
        f"/apply/{world.item_code}",
    ):
        assert words in page


def test_each_reader_gets_the_own_variant(world: World, browser: Browser):
    address = f"/items/{world.item_code}"
    tags = {browser(None).get(address)["ETag"]}
    for name, value in (
        ("tongban_elderly", "on"),
        ("tongban_language", "en"),
        ("tongban_place", worlds.COUNTY),
    ):
        client = browser(None)
        client.cookies[name] = value
        tags.add(client.get(address)["ETag"])
    assert len(tags) == 4


def test_an_item_that_is_done_at_the_counter_cannot_be_started_here(world: World, browser: Browser):
    channels = {"online": "none", "visits": 1, "visit_reason": "核对原件", "post": False}
    day = datetime.now(UTC).date() - timedelta(days=1)
    worlds.publish_edition(world.editor, world.item_id, starts_on=day, channels=channels)
    person = browser(world.applicant)
    assert "去哪里办" in text_of(person.get(f"/items/{world.item_code}"))
    assert "开始填" not in text_of(person.get(f"/apply/{world.item_code}"))
    assert person.post(f"/apply/{world.item_code}").status_code == 409


def test_the_place_is_chosen_and_comes_first(world: World, browser: Browser):
    client = browser(None)
    assert "海口市" in text_of(client.get("/places", {"next": "/search?q=理发"}))
    assert "中山街道" in text_of(client.get("/places", {"in": worlds.COUNTY}))
    assert "海南省海口市" in text_of(client.get("/places", {"q": "龙华"}))
    chosen = client.get(f"/places/{worlds.OTHER_COUNTY}", {"next": "/search?q=理发"})
    assert chosen["Location"] == "/search?q=%E7%90%86%E5%8F%91"
    page = text_of(client.get("/search", {"q": "理发"}))
    assert "琼山区还没有机关" in page
    assert "其他地方" in page
    assert client.get(f"/places/{worlds.COUNTY}", {"next": "//evil.example/"})["Location"] == "/"
    assert client.get("/places/469999000000").status_code == 404
