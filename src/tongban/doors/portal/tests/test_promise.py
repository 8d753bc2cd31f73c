"""Commitment, what need not be handed in, deferred materials and decisions by rule, as the applicant meets them."""

from datetime import timedelta

import pytest
from tests import engine
from tests import world as worlds

from tongban.doors.portal.tests.conftest import hidden, text_of
from tongban.work.cases import actions, jobs, queries

CODE = "000123011000"


def promising(world, **given):
    return engine.draft(world, engine.item(world, CODE, **engine.COMMITMENT), without=("report",), **given)


def test_who_commits_is_not_asked_for_what_the_promise_replaces_and_may_change_her_mind(world, browser):
    case, mine = promising(world), browser(world.applicant)
    page, materials = f"/my/cases/{case.id}/promise", f"/my/cases/{case.id}/materials"
    assert "卫生检测报告合格。" in text_of(mine.get(page))
    assert 'name="m_report"' in text_of(mine.get(materials))
    assert mine.post(page, {"way": "yes"}).status_code == 302
    shown = text_of(mine.get(materials))
    assert "您已经承诺，不用交。" in shown
    assert 'name="m_report"' not in shown
    check = text_of(mine.get(f"/my/cases/{case.id}/check"))
    assert "承诺书校验码" in check
    assert "还差" not in check
    mine.post(page, {"way": "no"})
    assert queries.one(world.applicant, case.id).committed is None
    assert "还差" in text_of(mine.get(f"/my/cases/{case.id}/check"))


@pytest.mark.parametrize("typed", [{}, {"way": ""}, {"way": "\x00"}, {"way": "perhaps"}])
def test_no_choice_is_told_at_its_field(world, browser, typed: dict[str, str]):
    case = promising(world)
    answer = browser(world.applicant).post(f"/my/cases/{case.id}/promise", typed)
    assert answer.status_code == 422
    assert "请选一种办法。" in text_of(answer)
    assert queries.one(world.applicant, case.id).committed is None


def test_the_page_is_hers_alone_and_only_where_there_is_something_to_promise(world, browser):
    case, plain = promising(world), worlds.draft_filled(world)
    assert browser(world.stranger).get(f"/my/cases/{case.id}/promise").status_code == 404
    assert browser(None).get(f"/my/cases/{case.id}/promise").status_code == 302
    led = browser(world.applicant).get(f"/my/cases/{plain.id}/promise")
    assert (led.status_code, led.headers["Location"]) == (302, f"/my/cases/{plain.id}")


def broken(world):
    """A case whose promise was found broken."""
    case = promising(world)
    actions.commit(actor=world.applicant, case_id=case.id, agreed=True, at=world.at)
    actions.submit(actor=world.applicant, case_id=case.id, at=world.at)
    granted = actions.grant_at_once(actor=world.decider, case_id=case.id, note="", at=world.at)
    engine.issued(granted)
    until = worlds.AT.date() + timedelta(days=30)
    actions.find_breach(
        actor=world.reviewer, case_id=case.id, finding="报告是假的。", rectify_by=until, at=world.at
    )
    return case


def test_who_broke_a_promise_is_told_why_she_cannot_promise_and_what_to_put_right(world, browser):
    case, mine = broken(world), browser(world.applicant)
    page = text_of(mine.get(f"/my/cases/{case.id}"))
    assert "报告是假的。" in page
    assert "核查发现和您承诺的不一样" in page
    following = engine.draft(world, f"{worlds.ORGAN_CODE}4{CODE}", without=("report",))
    url = f"/my/cases/{following.id}/promise"
    barred = mine.get(url)
    assert "您现在不能用告知承诺" in text_of(barred)
    assert 'type="radio"' not in text_of(barred)
    assert mine.post(url, {"way": "yes"}).status_code == 409
    assert mine.post(url, {"way": "no"}).status_code == 302


def test_a_promise_made_before_the_breach_is_told_before_it_is_sent(world, browser):
    first = promising(world)
    second = engine.draft(world, f"{worlds.ORGAN_CODE}4{CODE}", without=("report",))
    actions.commit(actor=world.applicant, case_id=second.id, agreed=True, at=world.at)
    actions.commit(actor=world.applicant, case_id=first.id, agreed=True, at=world.at)
    actions.submit(actor=world.applicant, case_id=first.id, at=world.at)
    engine.issued(actions.grant_at_once(actor=world.decider, case_id=first.id, note="", at=world.at))
    until = worlds.AT.date() + timedelta(days=30)
    actions.find_breach(actor=world.reviewer, case_id=first.id, finding="假", rectify_by=until, at=world.at)
    check = text_of(browser(world.applicant).get(f"/my/cases/{second.id}/check"))
    assert "请改按一般程序办" in check
    assert "提交申请</button>" not in check


def test_what_follows_later_shows_its_day_and_is_handed_in_on_its_page(world, browser):
    code = engine.item(world, CODE, **engine.later("lease"))
    draft, mine = engine.draft(world, code, without=("lease",)), browser(world.applicant)
    assert "可以受理后再交" in text_of(mine.get(f"/my/cases/{draft.id}/materials"))
    actions.submit(actor=world.applicant, case_id=draft.id, at=world.at)
    actions.accept(actor=world.clerk, case_id=draft.id, at=world.at)
    url = f"/my/cases/{draft.id}/later"
    assert url in text_of(mine.get(f"/my/cases/{draft.id}"))
    page = mine.get(url)
    assert "租赁合同" in text_of(page)
    sent = {"key": hidden(page, "key"), "version": hidden(page, "version")}
    assert mine.post(url, sent).status_code == 422  # nothing chosen
    assert mine.post(url, sent | {"again-lease": "\x00"}).status_code == 422
    foreign = worlds.material(world, world.stranger)
    assert mine.post(url, sent | {"again-lease": str(foreign)}).status_code == 422
    assert browser(world.stranger).post(url, sent).status_code == 404
    own = worlds.material(world)
    for _ in range(2):  # pressed twice, it is there once
        assert mine.post(url, sent | {"again-lease": str(own)}).status_code in (302, 422)
    attached = [one.key for one in queries.one(world.applicant, draft.id).attachments]
    assert attached.count("lease") == 1
    assert url not in text_of(mine.get(f"/my/cases/{draft.id}"))


def test_a_decision_by_rule_is_told_and_a_person_s_view_is_asked_and_read(world, browser):
    case = engine.submitted(world, engine.item(world, CODE, **engine.RULE), own_place="own")
    jobs.decide_by_rule(0, str(case.id), case.number or "")
    engine.issued(case)
    mine, url = browser(world.applicant), f"/my/cases/{case.id}/review"
    shown = text_of(mine.get(f"/my/cases/{case.id}"))
    assert "自有场所自动审批" in shown
    assert url in shown
    page = mine.get(url)
    sent = {"key": hidden(page, "key"), "version": hidden(page, "version")}
    assert mine.post(url, sent | {"reason": " "}).status_code == 422
    assert browser(world.stranger).get(url).status_code == 404
    for _ in range(2):
        assert mine.post(url, sent | {"reason": "地址看错了。"}).status_code == 302
    assert "机关正在复核" in text_of(mine.get(f"/my/cases/{case.id}"))
    later = world.at + timedelta(days=60)
    actions.review(actor=world.reviewer, case_id=case.id, opinion="地址没有错。", at=later)
    assert "地址没有错。" in text_of(mine.get(f"/my/cases/{case.id}"))
