"""The report of who did each step, at the portal: for the applicant alone, as page, paper and archive."""

import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from django.test import Client
from tests import world as worlds
from tests.world import World

from tongban.base.actor import Actor
from tongban.base.ledger import actions as ledger_actions
from tongban.base.ledger import queries as ledger
from tongban.doors.portal.tests.conftest import text_of

Browser = Callable[[Actor | None], Client]


def test_the_applicant_reads_who_did_each_step_and_by_what_right(world: World, browser: Browser):
    case = worlds.closed(world)
    ledger_actions.seal(at=world.at)
    answer = browser(world.applicant).get(f"/my/cases/{case.id}/responsibility")
    page = text_of(answer)
    assert answer.status_code == 200
    for words in ("这件事每一步是谁办的", "准予许可", "审查", "海口市龙华区卫生健康委员会", "各项核验都相符"):
        assert words in page
    assert f"/my/cases/{case.id}/responsibility" in text_of(
        browser(world.applicant).get(f"/my/cases/{case.id}")
    )


@pytest.mark.parametrize(
    "end", ["responsibility", "responsibility.pdf", "responsibility.zip", "acts/3.p7s", "acts/3.json"]
)
def test_nobody_else_gets_at_the_report_or_a_signature(world: World, browser: Browser, end: str):
    case = worlds.closed(world)
    ledger_actions.seal(at=world.at)
    for method in ("get", "post"):
        assert getattr(browser(None), method)(f"/my/cases/{case.id}/{end}").status_code in (302, 401, 405)
        assert getattr(browser(world.clerk), method)(f"/my/cases/{case.id}/{end}").status_code in (
            302,
            401,
            405,
        )
        assert getattr(browser(world.stranger), method)(f"/my/cases/{case.id}/{end}").status_code in (
            404,
            405,
        )
    assert ledger.acts_of(f"responsibility:{case.id}") == []


def test_paper_and_archive_are_handed_out_and_that_they_were_taken_is_recorded(
    world: World, browser: Browser
):
    case = worlds.closed(world)
    ledger_actions.seal(at=world.at)
    paper = browser(world.applicant).post(f"/my/cases/{case.id}/responsibility.pdf")
    assert b"".join(paper.streaming_content).startswith(b"%PDF-")
    assert paper["Content-Disposition"].startswith("attachment")
    archive = browser(world.applicant).post(f"/my/cases/{case.id}/responsibility.zip")
    with zipfile.ZipFile(BytesIO(b"".join(archive.streaming_content))) as opened:
        assert "report.json" in opened.namelist()
    assert [act.data["form"] for act in ledger.acts_of(f"responsibility:{case.id}")] == ["paper", "archive"]


def test_an_archive_that_waits_for_a_seal_says_so_on_the_page(world: World, browser: Browser):
    case = worlds.closed(world)
    answer = browser(world.applicant).post(f"/my/cases/{case.id}/responsibility.zip")
    assert answer.status_code == 409
    assert "还没有封存" in text_of(answer)


def test_a_draft_has_no_report_and_an_unsigned_step_no_signature(world: World, browser: Browser):
    draft = worlds.draft_filled(world)
    assert browser(world.applicant).get(f"/my/cases/{draft.id}/responsibility").status_code == 409
    case = worlds.submitted(world)
    for seq in (0, 1, 99, 10**30):
        assert browser(world.applicant).get(f"/my/cases/{case.id}/acts/{seq}.p7s").status_code == 404
