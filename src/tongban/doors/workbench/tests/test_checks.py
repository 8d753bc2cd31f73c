"""Checks of promises and decisions by rule at the workbench: who reads them, each act through its page, garbage, the second press."""

import re
from datetime import timedelta

import pytest
from tests import engine
from tests import world as worlds

from tongban.doors.workbench.door import day_of, now
from tongban.work.cases import actions, jobs, queries
from tongban.work.cases.rules.checks import CHECK_VERB_LABELS, CheckState, CheckVerb

CODE = "000123011000"


@pytest.fixture
def checked(world):
    """A closed case that was decided on a promise."""
    draft = engine.draft(world, engine.item(world, CODE, **engine.COMMITMENT), without=("report",))
    actions.commit(actor=world.applicant, case_id=draft.id, agreed=True, at=world.at)
    actions.submit(actor=world.applicant, case_id=draft.id, at=world.at)
    granted = actions.grant_at_once(actor=world.decider, case_id=draft.id, note="", at=world.at)
    engine.issued(granted)
    return granted


def key_in(page: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def state_of(world, case) -> CheckState:
    return queries.check(world.reviewer, case.id).state


def press(client, case, verb: CheckVerb, **typed: str):
    """Open the page of an act, fill it in, send it twice: the second press is answered as done."""
    url = f"/checks/{case.id}/{verb}"
    page = client.get(url)
    assert page.status_code == 200
    sent = {"key": key_in(page.content.decode())} | typed
    answers = [client.post(url, sent) for _ in range(2)]
    assert [(one.status_code, one.headers["Location"]) for one in answers] == [
        (302, f"/checks/{case.id}")
    ] * 2
    return client.get(f"/checks/{case.id}").content.decode()


def test_a_check_goes_its_whole_way_through_its_pages(world, as_, checked):
    reviewer, decider = as_(world.reviewer), as_(world.decider)
    page = decider.get(f"/checks/{checked.id}").content.decode()
    assert CHECK_VERB_LABELS[CheckVerb.ASSIGN] in page
    assert "卫生检测报告合格。" in page  # what was promised
    press(decider, checked, CheckVerb.ASSIGN, to=str(world.reviewer.id))
    assert checked.number[-4:] in reviewer.get("/checks?only=mine").content.decode()
    until = (day_of(now()) + timedelta(days=20)).isoformat()
    page = press(reviewer, checked, CheckVerb.BREACH, finding="报告是假的。", rectify_by=until)
    assert "报告是假的。" in page
    press(reviewer, checked, CheckVerb.RECTIFY, finding="补测合格。")
    page = press(decider, checked, CheckVerb.REPAIR, reason="整改满三个月。")
    assert "已经结束，没有要办的了。" in page
    assert state_of(world, checked) is CheckState.REPAIRED
    assert "没有这样的核查" in reviewer.get("/checks").content.decode()


def test_what_is_wrong_comes_back_at_its_field_with_everything_that_was_typed(world, as_, checked):
    reviewer = as_(world.reviewer)
    url = f"/checks/{checked.id}/breach"
    for typed in (
        {"finding": "报告是假的。", "rectify_by": "明天"},
        {"finding": "报告是假的。", "rectify_by": "1999-01-01"},
        {"finding": "\x00", "rectify_by": "2999-01-01"},
        {},
    ):
        answer = reviewer.post(url, {"key": "a" * 20, **typed})
        assert answer.status_code == 422
        assert "请写整改的最后一天" in answer.content.decode()
        if typed.get("finding") == "报告是假的。":
            assert "报告是假的。" in answer.content.decode()
    for to in ("", "nobody", str(world.other_clerk.id)):
        answer = as_(world.decider).post(f"/checks/{checked.id}/assign", {"to": to})
        assert answer.status_code in (409, 422)
    assert state_of(world, checked) is CheckState.SCHEDULED


def test_who_may_not_is_told_and_who_sees_nothing_finds_nothing(world, as_, checked):
    one = f"/checks/{checked.id}"
    assert as_(world.clerk).get(one).status_code == 200
    assert as_(world.clerk).get(f"{one}/keep").status_code == 403
    assert as_(world.decider).get(f"{one}/keep").status_code == 403
    assert as_(world.decider).get(f"{one}/repair").status_code == 409  # not from this state
    assert as_(world.reviewer).get(f"{one}/nonsense").status_code == 404
    for outsider in (world.other_clerk, world.editor):
        assert as_(outsider).get(one).status_code == 404
        assert as_(outsider).post(f"{one}/keep", {"finding": "x"}).status_code == 404
        assert checked.number[-4:] not in as_(outsider).get("/checks?only=all").content.decode()
    for address in (one, "/checks", "/reviews"):
        assert as_(None).get(address).status_code == 302
        assert as_(world.applicant).get(address).status_code == 403


@pytest.mark.parametrize(
    "query", ["?only=%00", "?after=x_y", "?after=2026-13-01_x", "?only=all&after=_", "?before=%00"]
)
def test_nonsense_in_an_address_is_no_fault(world, as_, checked, query: str):
    assert as_(world.reviewer).get(f"/checks{query}").status_code == 200
    assert as_(world.reviewer).get(f"/reviews{query}").status_code == 200


def test_the_page_of_a_case_shows_promise_and_check_and_warns_of_a_bad_record(world, as_, checked):
    page = as_(world.decider).get(f"/cases/{checked.id}").content.decode()
    assert f"/checks/{checked.id}" in page
    assert "承诺书校验码" in page
    until = worlds.AT.date() + timedelta(days=30)
    actions.find_breach(
        actor=world.reviewer, case_id=checked.id, finding="报告是假的。", rectify_by=until, at=world.at
    )
    following = worlds.submitted(world)
    warning = "申请人有承诺不实、还没有修复的记录"
    assert warning in as_(world.clerk).get(f"/cases/{following.id}").content.decode()
    actions.find_rectified(actor=world.reviewer, case_id=checked.id, finding="合格", at=world.at)
    actions.repair_record(actor=world.decider, case_id=checked.id, reason="整改", at=world.at)
    assert warning not in as_(world.clerk).get(f"/cases/{following.id}").content.decode()


def test_a_decision_by_rule_shows_what_it_rests_on_and_who_asked_for_a_person(world, as_):
    case = engine.submitted(world, engine.item(world, CODE, **engine.RULE), own_place="own")
    jobs.decide_by_rule(0, str(case.id), case.number or "")
    engine.issued(case)
    reviewer = as_(world.reviewer)
    assert "没有人看过" in reviewer.get("/reviews").content.decode()
    actions.ask_review(actor=world.applicant, case_id=case.id, reason="地址看错了。", at=world.at)
    listed = reviewer.get("/reviews").content.decode()
    assert "等复核" in listed
    assert f"/cases/{case.id}" in listed
    page = reviewer.get(f"/cases/{case.id}").content.decode()
    assert "自有场所自动审批" in page
    assert "地址看错了。" in page
    assert "自己的" in page  # the answer that was looked at, as people read it
