"""Every act of staff through its page: what it shows before, what it does, what it answers to a second press and to a stale page."""

import re

import pytest
from tests import world as worlds

from tongban.doors.workbench.act_table import ACTS, Deed, label_of
from tongban.work.cases import actions, queries
from tongban.work.cases.rules.letters import LETTERS, TITLES
from tongban.work.cases.rules.moves import MOVES, By, State, Verb
from tongban.work.cases.tests.rows import Case

WHY = {"reason": "检测报告不合格", "article": "公共场所卫生管理条例第四条"}
PRE = {"limits": {"statutory_days": 20, "promised_days": 5, "pre_review_days": 2}}
HEARING = {"special_procedures": [{"kind": "hearing", "days": 10, "what": "听取意见"}]}
INSTANT = {
    "case_kind": "instant",
    "limits": {"statutory_days": 20, "promised_days": 0},
    "steps": [{"name": name, "days": 0} for name in ("受理", "审查", "决定", "制证", "送达")],
}
LATER = [
    *worlds.GUIDE["materials"][:2],
    {"key": "plan", "name": "平面图", "kind": "other", "source": "own", "requirement": "later"},
]
JOINT = {
    "limits": {"statutory_days": 45, "promised_days": 30},
    "departments": [{"key": "health", "organ": worlds.ORGAN_CODE, "name": "区卫健委", "days": 5}],
}


def _edition(world, **changed):
    worlds.publish_edition(world.editor, world.item_id, starts_on=worlds.AT.date(), **changed)


def hidden(page: str, action: str = "") -> dict[str, str]:
    """What the form of the act carries by itself."""
    form = page[page.index(f'action="{action}') :] if action else page
    found = {
        name: re.search(rf'name="{name}" value="([^"]+)"', form) for name in ("key", "version", "proposal")
    }
    return {name: match[1] for name, match in found.items() if match}


def press(client, case_id, name, **typed):
    """Open an act's page, fill it in, see the letter where it has one, confirm."""
    url = f"/cases/{case_id}/{name}"
    page = client.get(url)
    assert page.status_code == 200, (name, page.status_code)
    sent = hidden(page.content.decode(), url) | typed
    if ACTS[name].previewed:
        preview = client.post(url, sent | {"preview": "1"})
        assert preview.status_code == 200, preview.content.decode()
        assert TITLES[name] in preview.content.decode()
        sent = hidden(preview.content.decode(), url) | typed
    answer = client.post(url, sent)
    assert answer.status_code == 302, answer.content.decode()
    assert client.post(url, sent).status_code == 302, "a second press is answered as the first"
    return sent


def state(world, case):
    return queries.one(world.clerk, case.id).state


def test_every_move_of_staff_but_those_of_departments_has_its_page():
    staff = {By.CLERK, By.REVIEWER, By.DECIDER, By.HEAD, By.GOVERNOR}
    moves = {move.verb for move in MOVES if move.by in staff}
    assert moves - set(ACTS) <= {Verb.TRANSFER}
    assert all(label_of(name) for name in ACTS)
    assert {name for name, act in ACTS.items() if act.previewed} <= LETTERS


def test_a_pre_review_is_returned_with_marks_and_passed_and_received(world, as_):
    _edition(world, **PRE)
    case, clerk = worlds.submitted(world), as_(world.clerk)
    assert f"/cases/{case.id}/return_for_changes" in clerk.get(f"/cases/{case.id}").content.decode()
    marks = {"on-material:report": "on", "text-material:report": "报告缺第二页"}
    press(clerk, case.id, Verb.RETURN_FOR_CHANGES, **marks)
    assert state(world, case) is State.RETURNED
    letter = clerk.get(f"/cases/{case.id}/letters/return_for_changes").content.decode()
    assert "卫生检测报告：报告缺第二页" in letter
    assert "不改，直接提交" in letter
    again = worlds.submitted(world)
    press(clerk, again.id, Verb.PASS_REVIEW)
    page = clerk.get(f"/cases/{again.id}/receive").content.decode()
    assert "最晚答复" in page
    press(clerk, again.id, Verb.RECEIVE)
    assert state(world, again) is State.SUBMITTED


def test_acceptance_shows_its_dates_and_what_may_follow(world, as_):
    _edition(world, materials=LATER)
    case, clerk = worlds.submitted(world), as_(world.clerk)
    page = clerk.get(f"/cases/{case.id}/accept").content.decode()
    for words in ("承诺", "法定期限", "以后补交", "平面图", "最晚补交"):
        assert words in page
    press(clerk, case.id, Verb.ACCEPT)
    letter = clerk.get(f"/cases/{case.id}/letters/accept").content.decode()
    for words in ("申请受理通知书", "补交容缺材料：平面图", "前完成"):
        assert words in letter
    page = clerk.get(f"/cases/{case.id}").content.decode()
    assert "还有容缺材料没有补交" in page
    actions.examine(actor=world.reviewer, case_id=case.id, opinion="可以", at=world.at)
    decider = as_(world.decider)
    page = decider.get(f"/cases/{case.id}").content.decode()
    assert "约定后补的材料还没有交：平面图" in page
    assert f'href="/cases/{case.id}/grant"' not in page
    assert decider.get(f"/cases/{case.id}/grant").status_code == 409


def test_a_special_procedure_is_chosen_from_the_edition_and_tells_until_when(world, as_):
    _edition(world, **HEARING)
    case, reviewer = worlds.accepted(world), as_(world.reviewer)
    url = f"/cases/{case.id}/suspend"
    page = reviewer.get(url).content.decode()
    assert "听证" in page
    assert "招标" not in page
    sent = hidden(page, url) | {"kind": "hearing", "days": "3", "reason": "申请人要求听证"}
    for wrong in ({"kind": "auction"}, {"days": "11"}, {"days": "x"}, {"days": ""}, {"reason": ""}):
        for more in ({}, {"preview": "1"}):
            assert reviewer.post(url, sent | wrong | more).status_code == 422, wrong
    preview = reviewer.post(url, sent | {"preview": "1"}).content.decode()
    for words in ("特别程序告知书", "听证", "3 个工作日", "最晚到", "申请人要求听证"):
        assert words in preview
    press(reviewer, case.id, Verb.SUSPEND, kind="hearing", days="3", reason="申请人要求听证")
    assert state(world, case) is State.SPECIAL
    page = reviewer.get(f"/cases/{case.id}").content.decode()
    for words in ("停止计时", "特别程序中"):
        assert words in page
    press(reviewer, case.id, Verb.RESUME)
    assert state(world, case) is State.ACCEPTED


def test_without_special_procedures_in_the_edition_nothing_can_be_suspended(world, as_):
    case, reviewer = worlds.accepted(world), as_(world.reviewer)
    assert "/suspend" not in reviewer.get(f"/cases/{case.id}").content.decode()
    page = reviewer.get(f"/cases/{case.id}/suspend")
    assert page.status_code == 409
    assert "办事指南没有列出特别程序" in page.content.decode()


def test_an_extension_is_proposed_by_one_and_approved_by_another(world, as_):
    case = worlds.accepted(world)
    reviewer, head, clerk = as_(world.reviewer), as_(world.head), as_(world.clerk)
    page = reviewer.get(f"/cases/{case.id}/propose_extension").content.decode()
    for words in ("原来的法定期限", "延长后的法定期限", "10 个工作日"):
        assert words in page
    press(reviewer, case.id, Deed.PROPOSE_EXTENSION, reason="现场情况复杂")
    assert head.get(f"/cases/{case.id}/propose_extension").status_code == 403
    assert f"/cases/{case.id}" in head.get("/").content.decode()
    assert "等您批准" in head.get("/").content.decode()
    for client in (reviewer, head, clerk):
        assert "现场情况复杂" in client.get(f"/cases/{case.id}").content.decode()
    page = head.get(f"/cases/{case.id}/extend").content.decode()
    for words in ("延期通知书", "现场情况复杂", "原来的法定期限", "审查员老符"):
        assert words in page
    assert reviewer.get(f"/cases/{case.id}/extend").status_code == 403
    press(head, case.id, Verb.EXTEND)
    letter = clerk.get(f"/cases/{case.id}/letters/extend").content.decode()
    for words in ("延期通知书", "现场情况复杂", "10 个工作日", "行政许可法第四十二条"):
        assert words in letter
    assert reviewer.get(f"/cases/{case.id}/propose_extension").status_code == 409


def test_a_proposal_is_turned_down_with_a_reason_and_may_be_made_again(world, as_):
    case = worlds.accepted(world)
    reviewer, head = as_(world.reviewer), as_(world.head)
    press(reviewer, case.id, Deed.PROPOSE_EXTENSION, reason="第一次的理由")
    old = hidden(head.get(f"/cases/{case.id}/extend").content.decode(), f"/cases/{case.id}/extend")
    url = f"/cases/{case.id}/turn_down_extension"
    assert head.post(url, old | {"reason": ""}).status_code == 422
    press(head, case.id, Deed.TURN_DOWN_EXTENSION, reason="抓紧办")
    assert head.get(f"/cases/{case.id}/extend").status_code == 409
    actions.propose_extension(actor=world.reviewer, case_id=case.id, reason="第二次的理由", at=world.at)
    late = head.post(f"/cases/{case.id}/extend", old)
    assert late.status_code == 409
    page = late.content.decode()
    assert "呈批换了新的内容" in page
    assert "第二次的理由" in page
    assert state(world, case) is State.ACCEPTED


def test_a_second_notice_rests_on_what_came_after_the_first(world, as_):
    case, clerk, head = worlds.supplement(world), as_(world.clerk), as_(world.head)
    values = {"address": "海口市龙华区滨海大道1号A座101"}
    assert not actions.save(actor=world.applicant, case_id=case.id, values=values, at=world.at)
    actions.resubmit(actor=world.applicant, case_id=case.id, at=world.at)
    page = clerk.get(f"/cases/{case.id}").content.decode()
    assert "这件已经告知过" in page
    assert clerk.get(f"/cases/{case.id}/request_supplement").status_code == 409
    url = f"/cases/{case.id}/propose_second_notice"
    form = clerk.get(url).content.decode()
    assert "经营地址" in form
    marks = {"on-material:report": "on", "text-material:report": "新地址的报告", "because": "地址换了"}
    wrong = clerk.post(url, hidden(form, url) | marks | {"rests_on": "field:shop_name"})
    assert wrong.status_code == 422
    assert "地址换了" in wrong.content.decode()
    press(clerk, case.id, Deed.PROPOSE_SECOND_NOTICE, rests_on="field:address", **marks)
    page = head.get(f"/cases/{case.id}/request_again").content.decode()
    for words in ("再次补正材料告知书", "新地址的报告", "地址换了", "经营地址"):
        assert words in page
    press(head, case.id, Verb.REQUEST_AGAIN)
    assert state(world, case) is State.SUPPLEMENT


def test_a_first_notice_leaves_nothing_for_a_second(world, as_):
    case, clerk = worlds.submitted(world), as_(world.clerk)
    assert "propose_second_notice" not in clerk.get(f"/cases/{case.id}").content.decode()
    assert clerk.get(f"/cases/{case.id}/propose_second_notice").status_code == 409


def test_an_instant_item_is_granted_on_the_spot(world, as_):
    _edition(world, **INSTANT)
    case, decider = worlds.submitted(world), as_(world.decider)
    assert f"/cases/{case.id}" in decider.get("/").content.decode()
    press(decider, case.id, Verb.GRANT_AT_ONCE, note="")
    assert state(world, case) is State.GRANTED


def test_a_partial_grant_says_what_is_not_granted(world, as_):
    case, decider = worlds.examined(world), as_(world.decider)
    press(decider, case.id, Verb.GRANT_PARTLY, **WHY)
    letter = decider.get(f"/cases/{case.id}/letters/grant_partly").content.decode()
    for words in ("部分准予行政许可决定书", *WHY.values(), "行政复议"):
        assert words in letter


@pytest.mark.parametrize("way", ["post", "counter"])
def test_what_was_made_is_delivered_with_its_receipt(world, as_, way):
    case = worlds.granted(world)
    Case.objects.filter(pk=case.id).update(delivery={"way": way}, state=State.MADE)
    clerk = as_(world.clerk)
    assert f"/cases/{case.id}" in clerk.get("/").content.decode()
    url = f"/cases/{case.id}/deliver"
    page = clerk.get(url).content.decode()
    assert 'value="王秀兰"' in page
    assert ("运单号" in page) is (way == "post")
    wrong = clerk.post(url, hidden(page, url) | {"recipient": "", "tracking": "EX1"})
    assert wrong.status_code == 422
    press(clerk, case.id, Verb.DELIVER, recipient="王秀兰", tracking="EX100")
    assert state(world, case) is State.CLOSED
    assert "送达回证" in clerk.get(f"/cases/{case.id}/letters/deliver").content.decode()


def test_what_can_go_no_further_is_ended_with_reason_and_article(world, as_):
    case, decider = worlds.accepted(world), as_(world.decider)
    assert "异常终结" in decider.get(f"/cases/{case.id}").content.decode()
    press(decider, case.id, Verb.TERMINATE, **WHY)
    assert state(world, case) is State.ENDED


def test_a_decision_is_revoked_and_its_licence_with_it(world, as_):
    case, decider = worlds.closed(world), as_(world.decider)
    press(decider, case.id, Verb.REVOKE, **WHY)
    assert state(world, case) is State.REVOKED
    assert "撤销行政许可决定书" in decider.get(f"/cases/{case.id}/letters/revoke").content.decode()


def test_a_slip_of_the_pen_is_corrected_in_a_document_that_went_out(world, as_):
    case = worlds.examined(world)
    actions.refuse(actor=world.decider, case_id=case.id, **WHY, at=world.at)
    decider, url = as_(world.decider), f"/cases/{case.id}/correct"
    page = decider.get(url).content.decode()
    assert "不予行政许可决定书" in page
    assert "准予行政许可决定书</label>" not in page.replace("不予行政许可决定书", "")
    sent = hidden(page, url) | {"document": "grant", "wrong": "龙华", "right": "秀英"}
    for more in ({}, {"preview": "1"}, {"document": "x"}, {"document": ""}):
        assert decider.post(url, sent | more).status_code == 422, more
    press(decider, case.id, Verb.CORRECT, document="refuse", wrong="龙华", right="秀英")
    press(decider, case.id, Verb.CORRECT, document="refuse", wrong="第四条", right="第五条")
    page = decider.get(f"/cases/{case.id}").content.decode()
    assert len(set(re.findall(rf"/cases/{case.id}/letters/[0-9a-f-]+", page))) == 4
    assert state(world, case) is State.REFUSED


def test_joint_handling_is_sent_back_to_departments_that_are_named(world, as_):
    _edition(world, **JOINT)
    case = worlds.accepted(world)
    actions.opine(
        actor=world.reviewer, case_id=case.id, part="health", agrees=True, opinion="同意", at=world.at
    )
    decider, url = as_(world.decider), f"/cases/{case.id}/return"
    page = decider.get(url).content.decode()
    assert "海口市龙华区卫生健康委员会" in page
    assert decider.post(url, hidden(page, url) | {"reason": "再看"}).status_code == 422
    press(decider, case.id, Verb.RETURN, reason="再看", parts="health")
    assert state(world, case) is State.ACCEPTED


def test_an_extension_of_joint_handling_is_the_governor_s(world, as_):
    _edition(world, **JOINT)
    case = worlds.accepted(world)
    press(as_(world.reviewer), case.id, Deed.PROPOSE_EXTENSION, reason="部门多")
    head = as_(world.head).get(f"/cases/{case.id}/extend")
    assert head.status_code == 403
    assert "本级人民政府负责人" in as_(world.governor).get(f"/cases/{case.id}/extend").content.decode()
    press(as_(world.governor), case.id, Verb.EXTEND)


def test_a_case_is_claimed_put_back_and_handed_over(world, as_):
    from tongban.people.identity import actions as identity
    from tongban.people.identity.rules import Role

    second = identity.open_account(
        actor=world.editor, login="clerk2", password=worlds.PASSWORD, at=world.at, staff_name="窗口小邢"
    )
    identity.appoint(
        actor=world.editor,
        account_id=second,
        organ_id=world.organ_id,
        role=Role.CLERK,
        since=worlds.SINCE,
        at=world.at,
    )
    case, clerk = worlds.submitted(world), as_(world.clerk)
    page = clerk.get(f"/cases/{case.id}").content.decode()
    assert "还没有人领办" in page
    sent = hidden(page, f"/cases/{case.id}/claim")
    assert [clerk.post(f"/cases/{case.id}/claim", sent).status_code for _ in range(2)] == [302, 302]
    page = clerk.get("/?only=mine").content.decode()
    assert "我领办" in page
    assert f"/cases/{case.id}?" in page
    assert f"/cases/{case.id}?" not in clerk.get("/?only=free").content.decode()
    press(clerk, case.id, Deed.PUT_BACK)
    assert clerk.get(f"/cases/{case.id}/put_back").status_code == 409
    url = f"/cases/{case.id}/hand_over"
    page = clerk.get(url).content.decode()
    assert "窗口小邢" in page
    assert "审查员老符" not in page
    for to in ("", "x", str(world.reviewer.id)):
        assert clerk.post(url, hidden(page, url) | {"to": to}).status_code in (409, 422), to
    press(clerk, case.id, Deed.HAND_OVER, to=str(second))
    assert "窗口小邢领办" in clerk.get(f"/cases/{case.id}").content.decode()
    assert as_(world.reviewer).get(url).status_code == 403
    assert as_(world.other_clerk).get(url).status_code == 404


def test_many_are_accepted_at_once_and_each_is_told(world, as_):
    one, other = worlds.submitted(world), worlds.submitted(world)
    clerk = as_(world.clerk)
    page = clerk.get("/accept?all=1").content.decode()
    assert page.count("checked") == 2
    actions.accept(actor=world.clerk, case_id=other.id, at=world.at)
    sent = {"key": hidden(page, "/accept")["key"], "cases": [str(one.id), str(other.id)]}
    for _ in range(2):
        told = clerk.post("/accept", sent).content.decode()
        assert "已受理 1 件，没有受理 1 件" in told
        assert "不能再这样做" in told
    assert state(world, one) is State.ACCEPTED
    assert clerk.post("/accept", {"key": "key-12345678"}).status_code == 422
    assert clerk.post("/accept", {"key": "key-12345678", "cases": ["x", "\x00"]}).status_code == 422
    assert "没有等着受理的" in clerk.get("/accept").content.decode()


def test_bulk_acceptance_tells_a_stranger_nothing_of_the_case(world, as_):
    case = worlds.submitted(world)
    told = as_(world.other_clerk).post("/accept", {"key": "key-12345678", "cases": [str(case.id)]})
    page = told.content.decode()
    assert "没有受理 1 件" in page
    assert "王秀兰" not in page
    assert as_(world.reviewer).get("/accept").status_code == 403
    assert state(world, case) is State.SUBMITTED


def test_a_supervisor_reads_by_state_organ_and_urgency(world, as_):
    case, supervisor = worlds.submitted(world), as_(world.supervisor)
    link = f"/cases/{case.id}"
    for query in ("", "?state=submitted", "?organ=龙华", "?state=x&pressing=y&after=z"):
        assert link in supervisor.get(f"/oversee{query}").content.decode(), query
    for query in ("?state=closed", "?organ=琼山"):
        assert link not in supervisor.get(f"/oversee{query}").content.decode(), query
    Case.objects.filter(pk=case.id).update(act_by="2020-01-01")
    assert link in supervisor.get("/oversee?pressing=late").content.decode()
    assert supervisor.get(link).status_code == 200
    assert supervisor.get(f"{link}/accept").status_code == 403
    assert as_(world.clerk).get("/oversee").status_code == 403
    for bad in ("\x00", "\u202e", "长" * 100):
        assert supervisor.get("/oversee", {"organ": bad, "after": bad}).status_code == 200


def test_supervision_and_work_cost_a_fixed_number_of_statements(world, as_, django_assert_max_num_queries):
    for _ in range(3):
        worlds.submitted(world)
    for who, url, most in (("supervisor", "/oversee", 8), ("clerk", "/accept", 6), ("head", "/", 8)):
        client = as_(getattr(world, who))
        client.get(url)
        with django_assert_max_num_queries(most):
            assert client.get(url).status_code == 200


@pytest.mark.parametrize("name", sorted(ACTS))
def test_an_act_is_closed_to_strangers_and_answers_garbage_in_words(world, as_, name):
    case = worlds.submitted(world)
    for who, allowed in (
        ("other_clerk", {404}),
        ("applicant", {403}),
        ("supervisor", {403, 409}),
        ("clerk", {200, 302, 403, 409, 422}),
        ("reviewer", {200, 302, 403, 409, 422}),
        ("decider", {200, 302, 403, 409, 422}),
        ("head", {200, 302, 403, 409, 422}),
    ):
        client = as_(getattr(world, who))
        url = f"/cases/{case.id}/{name}"
        assert client.get(url).status_code in allowed, who
        garbage = {
            "version": "7",
            "key": "\x00",
            "reason": "\x00",
            "document": "\x00",
            "days": "9" * 40,
            "to": "\x00",
            "kind": "\u202e",
            "proposal": "x",
            "parts": ["\x00"],
            "on-field:x": "on",
        }
        for more in ({}, {"preview": "1"}, {"edit": "1"}):
            assert client.post(url, garbage | more).status_code in allowed, (who, more)
