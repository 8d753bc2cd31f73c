"""Power lists as everybody meets them: as of any day, between two days, one power with its history, and as files."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from tests import world as worlds
from tests.world import World

from tongban.base.actor import Actor
from tongban.doors.portal.tests.conftest import text_of
from tongban.offers.powers.rules.adjustments import Change
from tongban.offers.powers.tests import filling
from tongban.offers.powers.tests.filling import BASIC, OTHER_BASIC
from tongban.offers.publicinfo.tests import filling as laws

Browser = Callable[[Actor | None], Client]
HOME = f"/powers/{worlds.ORGAN_CODE}"
SINCE, UNTIL = "2025-06-01", "2026-06-01"


@pytest.fixture
def listed(world: World, tmp_path) -> World:
    """Two powers from 2025 on; in 2026 one is changed and the other taken out."""
    laws.take_in(tmp_path, "2010-01-01", *("条" for _ in range(8)), name="样例法")
    filling.listed(world, BASIC, basis="《中华人民共和国样例法》第八条\n《别的法》", note="=1+1")
    filling.listed(world, OTHER_BASIC, on=date(2025, 1, 2))
    filling.adjusted(
        world,
        [
            Change(BASIC, filling.content(phone="0898-65200000")),
            Change(OTHER_BASIC, None, "<b>权力取消</b>", "《决定》"),
        ],
        date(2026, 1, 1),
    )
    return world


def test_place_and_organ_lead_to_the_list(listed: World, browser: Browser):
    for cookie, address in (("", f"/powers?place={worlds.COUNTY}"), (worlds.COUNTY, "/powers")):
        client = browser(None)
        if cookie:
            client.cookies["tongban_place"] = cookie
        page = text_of(client.get(address))
        assert HOME in page
        assert "1 个机关，1 项" in page
    elsewhere = text_of(browser(None).get(f"/powers?place={worlds.TOWN}"))
    assert "中山街道的机关还没有公布权责清单" in elsewhere
    assert HOME not in elsewhere


def test_a_list_is_shown_as_it_stood_on_any_day(listed: World, browser: Browser):
    client = browser(None)
    now = text_of(client.get(HOME))
    assert "公共场所卫生许可" in now
    assert "饮用水供水单位卫生许可" not in now
    assert "修改 1 项，调出 1 项" in now
    then = text_of(client.get(f"{HOME}?on={SINCE}"))
    assert "饮用水供水单位卫生许可" in then
    assert f"{HOME}/{BASIC}?on={SINCE}" in then
    assert f"{HOME}.xlsx?on={SINCE}" in then
    before = text_of(client.get(f"{HOME}?on=2024-12-31"))
    assert "2025年1月1日（周三）开始" in before
    of_type = text_of(client.get(f"{HOME}?type=01"))
    assert "看全部事项" in of_type
    assert "行政许可" in of_type


def test_a_power_shows_basis_duties_accountability_and_history(listed: World, browser: Browser):
    client = browser(None)
    page = text_of(client.get(f"{HOME}/{BASIC}?on={SINCE}"))
    for said in (
        "《中华人民共和国样例法》第八条",
        "/laws/样例法#a8",
        "受理责任",
        "不按期办理的。",
        "12345",
        "第 2 版",
        "监督电话",
        "2025年6月1日",
    ):
        assert said in page or said.replace("样例法", "%E6%A0%B7%E4%BE%8B%E6%B3%95") in page, said
    gone = text_of(client.get(f"{HOME}/{OTHER_BASIC}"))
    assert "这一天的清单里没有这一项" in gone
    assert "&lt;b&gt;权力取消&lt;/b&gt;" in gone


def test_two_days_are_compared_element_by_element(listed: World, browser: Browser):
    page = text_of(browser(None).get(f"{HOME}/changes?from={SINCE}&to={UNTIL}"))
    for said in ("0898-65200000", "&lt;b&gt;权力取消&lt;/b&gt;", "《决定》", "修改", "调出"):
        assert said in page
    assert "受理责任" not in page  # what is the same is not told
    assert "没有不同" in text_of(browser(None).get(f"{HOME}/changes?from={UNTIL}&to={UNTIL}"))
    assert "0898-65200000" in text_of(browser(None).get(f"{HOME}/changes"))


def test_the_files_say_what_the_list_says(listed: World, browser: Browser):
    client = browser(None)
    response = client.get(f"{HOME}.csv?on={SINCE}")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response.headers["Content-Disposition"]
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [(row["基本编码"], row["监督电话"]) for row in rows] == [(BASIC, "12345"), (OTHER_BASIC, "12345")]
    assert rows[0]["备注"] == "'=1+1"
    assert rows[0]["责任事项"].splitlines()[0] == "受理责任：一次说全还差什么。"
    book = load_workbook(io.BytesIO(client.get(f"{HOME}.xlsx?on={SINCE}").content))
    sheet = book["权责清单"]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [BASIC, OTHER_BASIC]
    assert "=1+1" in [cell.value for cell in sheet[2]]
    assert all(cell.data_type == "s" for cell in sheet[2] if cell.value)
    told = json.loads(client.get(f"{HOME}.json?on={SINCE}").content)
    assert [entry["basic"] for entry in told["entries"]] == [BASIC, OTHER_BASIC]
    assert told["as_of"] == SINCE
    assert json.loads(client.get(f"{HOME}.json").content)["entries"][0]["phone"] == "0898-65200000"


def test_a_draft_shows_nowhere(listed: World, browser: Browser):
    filling.written(listed, OTHER_BASIC, office="还没公布的科室")
    for address in (HOME, f"{HOME}/{OTHER_BASIC}", f"{HOME}/changes", f"{HOME}.json"):
        assert "还没公布的科室" not in text_of(browser(None).get(address))


@pytest.mark.parametrize("text", ["x", "2026-13-01", "\x00", "9" * 50, "<script>", "２０２６-01-01"])
def test_days_that_are_none_are_answered_in_words(listed: World, browser: Browser, text: str):
    client = browser(None)
    for address, name in ((HOME, "on"), (f"{HOME}/{BASIC}", "on"), (f"{HOME}/changes", "from")):
        response = client.get(address, {name: text})
        assert response.status_code == 422
        assert "日期要写成" in text_of(response)
        assert "<script>" not in text_of(response)
    assert client.get(f"{HOME}.csv", {"on": text}).status_code == 404


def test_the_first_day_must_come_first(listed: World, browser: Browser):
    response = browser(None).get(f"{HOME}/changes?from={UNTIL}&to={SINCE}")
    assert response.status_code == 422
    assert "要早于" in text_of(response)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_are_days_too(listed: World, browser: Browser, day: str):
    client = browser(None)
    for address in (
        f"{HOME}?on={day}",
        f"{HOME}/{BASIC}?on={day}",
        f"{HOME}.json?on={day}",
        f"{HOME}/changes?from=0001-01-01&to={day}",
    ):
        assert client.get(address).status_code == 200, address


def test_unknown_addresses_are_not_found(listed: World, browser: Browser):
    client = browser(None)
    for address in (
        "/powers/11460000000000001J",
        f"/powers/{worlds.OTHER_ORGAN_CODE}",
        f"/powers/{worlds.OTHER_ORGAN_CODE}/{BASIC}",
        f"{HOME}/460199999999",
        f"{HOME}/x",
        f"{HOME}.pdf",
        "/powers/x",
        "/powers/11460000000000001J.csv",
        "/powers/11460000000000001J/changes",
    ):
        assert client.get(address).status_code == 404, address
    for address in ("/powers", HOME, f"{HOME}/{BASIC}", f"{HOME}/changes"):
        assert client.post(address).status_code in (403, 405)


def test_pages_are_the_same_for_everybody_and_cost_a_fixed_number_of_statements(
    listed: World, browser: Browser
):
    client = browser(None)
    for address, most in (
        ("/powers", 3),
        (HOME, 4),
        (f"{HOME}/{BASIC}", 3),
        (f"{HOME}/changes", 3),
        (f"{HOME}.csv", 2),
    ):
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        assert len(asked) <= most, (address, [query["sql"][:80] for query in asked])
    for actor in (listed.applicant, listed.stranger):
        assert "公共场所卫生许可" in text_of(browser(actor).get(HOME))


def test_an_english_reader_is_spoken_to_in_english(listed: World, browser: Browser):
    page = text_of(browser(None).get(HOME, headers={"accept-language": "en"}))
    assert "Powers and duties" in page
    assert "Administrative licence" in page or "Licence" in page
