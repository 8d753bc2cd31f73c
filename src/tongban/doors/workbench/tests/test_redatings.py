"""Which cases an import of the calendar moved (日历更新影响了哪些办件), as staff read it."""

from datetime import timedelta

import pytest
from tests import clocked
from tests import world as worlds

from tongban.base.actor import system
from tongban.base.calendar.tests.filling import INVENTED_2027, take_in, whole
from tongban.work.cases import actions, queries


@pytest.fixture
def moved(world):
    """A case in December, and the next year announced after it."""
    actor = system("tests")
    take_in(whole(2026), clocked.DECEMBER - timedelta(days=2))
    case = worlds.accepted(clocked.in_december(world))
    take_in(INVENTED_2027, clocked.DECEMBER + timedelta(days=1))
    actions.redate(actor=actor, at=clocked.DECEMBER + timedelta(days=1))
    return case, queries.redatings()[0]


def test_the_report_counts_by_item_and_lists_the_cases_with_what_the_dates_were(world, as_, moved):
    case, run = moved
    page = as_(world.clerk).get(f"/calendar/{run.id}").content.decode()
    for words in ("日历更新影响了哪些办件", "海口市龙华区卫生健康委员会", "1月11日 周一 → 1月12日 周二"):
        assert words in page
    assert f'href="/cases/{case.id}/clock"' in page


def test_another_organ_sees_the_counts_and_none_of_the_cases(world, as_, moved):
    case, run = moved
    page = as_(world.other_clerk).get(f"/calendar/{run.id}").content.decode()
    assert str(case.id) not in page
    assert "没有影响您能看到的办件" in page
    assert as_(None).get(f"/calendar/{run.id}").status_code == 302


def test_the_runs_are_listed_and_lead_to_their_reports(world, as_, moved):
    _, run = moved
    page = as_(world.clerk).get("/calendar").content.decode()
    assert f'href="/calendar/{run.id}"' in page
    assert "cn_holidays_2004_2027" in page


def test_an_unknown_report_is_not_found_and_a_false_place_is_the_first_page(world, as_, moved):
    _, run = moved
    clerk = as_(world.clerk)
    assert clerk.get(f"/calendar/{world.organ_id}").status_code == 404
    assert clerk.get(f"/calendar/{run.id}?after=nonsense").status_code == 200
    beyond = clerk.get(f"/calendar/{run.id}?after=ffffffff-ffff-ffff-ffff-ffffffffffff")
    assert beyond.status_code == 200
    assert str(moved[0].id) not in beyond.content.decode()
