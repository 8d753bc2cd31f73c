"""How the dates of my case are counted (期限说明页), as its applicant reads it."""

import re

from tests import clocked
from tests import world as worlds

from tongban.doors.portal.tests.conftest import text_of


def test_every_day_is_there_with_its_number_or_why_it_does_not_count(world, browser):
    case = clocked.paused_and_extended(world)
    response = browser(world.applicant).get(f"/my/cases/{case.id}/clock")
    assert response.status_code == 200
    page = text_of(response)
    for words in (
        "第 1 天",
        "第 55 天",
        "周末，不计",
        "特别程序1，不计",
        "计入，批准延长的日子",
    ):
        assert words in page
    # Saturday 10 October is worked, but lies within the hearing.
    assert "听证" in page
    assert "书面告知需要 12 个工作日" in page
    for words in (
        "行政许可法第四十二条",
        "行政许可法第四十五条",
        "行政许可法第八十二条",
        "cn_holidays_2004_2026",
    ):
        assert words in page


def test_holidays_and_make_up_days_have_their_names(world, browser):
    case = worlds.accepted(clocked.item(world, clocked.SEPTEMBER))
    page = text_of(browser(world.applicant).get(f"/my/cases/{case.id}/clock"))
    for words in ("国庆节放假，不计", "中秋节放假，不计", "计入，国庆节调休上班"):
        assert words in page


def test_what_lies_beyond_the_announced_calendar_is_marked(world, browser):
    world = clocked.item(world, limits={"statutory_days": 90, "promised_days": 20})
    case = worlds.accepted(world)
    page = text_of(browser(world.applicant).get(f"/my/cases/{case.id}/clock"))
    assert "期限是暂定的" in page
    assert "计入（暂定）" in page


def test_before_acceptance_it_tells_the_days_to_the_answer_and_a_draft_that_nothing_runs(world, browser):
    mine = browser(world.applicant)
    page = text_of(mine.get(f"/my/cases/{worlds.submitted(world).id}/clock"))
    assert "收到申请后最晚答复" in page
    assert "行政许可法第三十二条" in page
    assert "第 5 天" in page
    assert "现在没有期限在走" in text_of(mine.get(f"/my/cases/{worlds.draft_filled(world).id}/clock"))


def test_the_case_leads_to_it_from_its_date(world, browser):
    case = worlds.accepted(world)
    page = browser(world.applicant).get(f"/my/cases/{case.id}").content.decode()
    assert re.search(rf'href="/my/cases/{case.id}/clock"', page)


def test_it_is_mine_alone(world, browser):
    case = worlds.accepted(world)
    for address in ("clock", "clock.json"):
        assert browser(world.applicant).get(f"/my/cases/{case.id}/{address}").status_code == 200
        assert browser(world.stranger).get(f"/my/cases/{case.id}/{address}").status_code == 404
        assert browser(None).get(f"/my/cases/{case.id}/{address}").status_code == 302


def test_the_file_is_a_download_with_calendar_and_dates(world, browser):
    case = worlds.accepted(world)
    response = browser(world.applicant).get(f"/my/cases/{case.id}/clock.json")
    assert response.headers["Content-Disposition"] == f'attachment; filename="clock-{case.number}.json"'
    body = response.json()
    assert body["dates"]["due_on"] == "2026-11-30"
    assert body["calendar"]["rows"][0] == ["2004-01-01", "holiday", "New Year's Day", "0"]
