"""One case through the workbench, as three officials do it."""

import re

from tests import world as worlds

from tongban.work.cases import jobs, queries
from tongban.work.cases.rules.moves import State, Verb


def _hidden(page: str) -> dict[str, str]:
    return {name: re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("key", "version")}


def _state(world, case):
    return queries.one(world.clerk, case.id).state


def test_clerk_reviewer_and_decider_bring_a_case_to_its_licence(world, as_):
    case = worlds.submitted(world)
    clerk, reviewer, decider = as_(world.clerk), as_(world.reviewer), as_(world.decider)
    assert f"/cases/{case.id}" in clerk.get("/").content.decode()
    page = clerk.get(f"/cases/{case.id}").content.decode()
    answer = clerk.post(f"/cases/{case.id}/accept", _hidden(page))
    assert answer.status_code == 302
    assert "已办：受理" in clerk.get(answer["Location"]).content.decode()

    page = reviewer.get(f"/cases/{case.id}/examine").content.decode()
    reviewer.post(f"/cases/{case.id}/examine", _hidden(page) | {"opinion": "符合条件。"})
    page = decider.get(f"/cases/{case.id}/grant").content.decode()
    assert "符合条件。" in page
    assert decider.post(f"/cases/{case.id}/grant", _hidden(page) | {"note": ""}).status_code == 302
    jobs.issue_licence(0, str(case.id), case.number)
    assert _state(world, case) is State.CLOSED

    page = decider.get(f"/cases/{case.id}").content.decode()
    revoke = re.search(r"/licences/[0-9a-f-]+/revoke", page)[0]
    assert "/revoke" not in clerk.get(f"/cases/{case.id}").content.decode()
    key = re.search(r'name="key" value="([^"]+)"', decider.get(revoke).content.decode())[1]
    assert decider.post(revoke, {"key": key, "because": " "}).status_code == 422
    assert decider.post(revoke, {"key": key, "because": "长" * 401}).status_code == 422
    assert decider.post(revoke, {"key": key, "because": "隐瞒事实"}).status_code == 302
    assert decider.post(revoke, {"key": key, "because": "隐瞒事实"}).status_code == 302
    assert decider.post(revoke, {"key": key + "2", "because": "隐瞒事实"}).status_code == 409
    page = decider.get(f"/cases/{case.id}").content.decode()
    assert "隐瞒事实" in page
    assert "已撤销" in page


def test_a_supplement_lists_everything_and_is_told_once(world, as_):
    case, clerk = worlds.submitted(world), as_(world.clerk)
    url = f"/cases/{case.id}/request_supplement"
    page = clerk.get(url).content.decode()
    assert "行政许可法第三十二条" in page
    for label in ("店名", "计划开业日期", "卫生检测报告", "租赁合同", "平面图"):
        assert label in page
    hidden = _hidden(page)
    ticked = {"on-field:address": "on", "text-field:address": "请写到门牌号。"}
    nothing = clerk.post(url, hidden)
    assert nothing.status_code == 422
    assert "请至少选一处" in nothing.content.decode()
    empty = clerk.post(url, hidden | {"on-material:report": "on", "text-material:report": ""} | ticked)
    assert empty.status_code == 422
    assert "请写到门牌号。" in empty.content.decode()
    beyond = clerk.post(url, hidden | ticked | {"on-field:income": "on", "text-field:income": "收入"})
    assert beyond.status_code == 422
    preview = clerk.post(url, hidden | ticked | {"preview": "1"})
    assert preview.status_code == 200
    assert "补正材料告知书" in preview.content.decode()
    assert _state(world, case) is State.SUBMITTED
    assert clerk.post(url, _hidden(preview.content.decode()) | ticked).status_code == 302
    assert _state(world, case) is State.SUPPLEMENT
    letter = clerk.get(f"/cases/{case.id}/letters/request_supplement").content.decode()
    assert "经营地址：请写到门牌号。" in letter


def test_a_refusal_is_seen_as_a_letter_before_it_is_made(world, as_):
    case, decider = worlds.examined(world), as_(world.decider)
    url = f"/cases/{case.id}/refuse"
    page = decider.get(url).content.decode()
    typed = {"reason": "检测报告不合格", "article": "公共场所卫生管理条例第四条"}
    missing = decider.post(url, _hidden(page) | typed | {"article": "", "preview": "1"})
    assert missing.status_code == 422
    assert "检测报告不合格" in missing.content.decode()
    preview = decider.post(url, _hidden(page) | typed | {"preview": "1"}).content.decode()
    for words in ("不予行政许可决定书", "检测报告不合格", "行政复议", "行政诉讼"):
        assert words in preview
    assert decider.post(url, _hidden(preview) | typed).status_code == 302
    assert _state(world, case) is State.REFUSED


def test_who_examined_sees_why_the_decision_is_another_s(world, as_):
    from tongban.people.identity import actions as identity
    from tongban.people.identity.rules import Role

    identity.appoint(
        actor=world.editor,
        account_id=world.decider.id,
        organ_id=world.organ_id,
        role=Role.REVIEWER,
        since=worlds.SINCE,
        at=world.at,
    )
    case, both = worlds.accepted(world), as_(world.decider)
    page = both.get(f"/cases/{case.id}/examine").content.decode()
    both.post(f"/cases/{case.id}/examine", _hidden(page) | {"opinion": "看过"})
    page = both.get(f"/cases/{case.id}").content.decode()
    assert "审查和决定要由两个人分别作出" in page
    assert "disabled" in page
    assert both.get(f"/cases/{case.id}/grant").status_code == 403
    assert f"/cases/{case.id}/{Verb.RETURN}" in page


def test_a_doubled_submission_gets_the_same_answer(world, as_):
    case, clerk = worlds.submitted(world), as_(world.clerk)
    hidden = _hidden(clerk.get(f"/cases/{case.id}").content.decode())
    answers = [clerk.post(f"/cases/{case.id}/accept", hidden) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 302]
    assert len(queries.one(world.clerk, case.id).moments) == 2


def test_when_somebody_acted_in_between_the_typed_text_is_kept(world, as_):
    case, reviewer = worlds.accepted(world), as_(world.reviewer)
    url = f"/cases/{case.id}/examine"
    hidden = _hidden(reviewer.get(url).content.decode())
    reviewer.post(url, hidden | {"opinion": "第一份意见"})
    late = reviewer.post(url, hidden | {"key": "another-key-1", "opinion": "我写了很久的意见"})
    assert late.status_code == 409
    page = late.content.decode()
    assert "我写了很久的意见" in page
    assert "最近一步" in page
    assert "待决定" in page
    # Sent back and possible again: the form itself comes back, with the text and the version of now.
    page = as_(world.decider).get(f"/cases/{case.id}/return").content.decode()
    as_(world.decider).post(f"/cases/{case.id}/return", _hidden(page) | {"reason": "请再看"})
    again = reviewer.post(url, hidden | {"key": "another-key-2", "opinion": "我写了很久的意见"})
    assert again.status_code == 409
    assert (
        reviewer.post(url, _hidden(again.content.decode()) | {"opinion": "我写了很久的意见"}).status_code
        == 302
    )


def test_a_form_after_the_session_ended_comes_back_with_its_text(world, as_):
    case, nobody = worlds.accepted(world), as_(None)
    answer = nobody.post(f"/cases/{case.id}/examine", {"opinion": "写了半小时"})
    assert answer.status_code == 403
    assert "写了半小时" in answer.content.decode()


def test_cases_are_found_by_number_name_and_item(world, as_):
    case, clerk = worlds.submitted(world), as_(world.clerk)
    link = f"/cases/{case.id}?"
    for asked in (case.number, case.number.lower(), case.number[-12:], "王秀", "卫生许可"):
        assert link in clerk.get("/cases", {"q": asked}).content.decode(), asked
    for asked in ("陈生", "0" * 12, "林木", "%", "_"):
        assert link not in clerk.get("/cases", {"q": asked}).content.decode(), asked
    assert link in clerk.get("/cases", {"state": "submitted"}).content.decode()
    assert link not in clerk.get("/cases", {"state": "closed"}).content.decode()
    other = as_(world.other_clerk)
    for asked in (case.number, case.number[-12:], "王秀", "卫生许可"):
        assert link not in other.get("/cases", {"q": asked}).content.decode(), asked


def test_materials_are_shown_safely_and_only_to_those_who_see_the_case(world, as_):
    case = worlds.submitted(world)
    attachment = queries.one(world.clerk, case.id).attachments[0]
    url = f"/cases/{case.id}/materials/{attachment.material_id}"
    shown = as_(world.clerk).get(url)
    assert shown["Content-Type"] == "application/pdf"
    assert shown["Content-Disposition"].startswith("inline")
    assert "default-src 'none'" in shown["Content-Security-Policy"]
    assert b"".join(shown.streaming_content) == worlds.PDF
    saved = as_(world.clerk).get(url + "?download=1")
    assert saved["Content-Disposition"].startswith("attachment")
    assert "sandbox" in saved["Content-Security-Policy"]
    assert as_(world.other_clerk).get(url).status_code == 404
    other = worlds.submitted(world)
    assert as_(world.clerk).get(f"/cases/{other.id}/materials/{attachment.material_id}").status_code == 404
