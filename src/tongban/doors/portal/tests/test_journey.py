import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import world as worlds
from tests.world import World

from tongban.base.actor import Actor
from tongban.doors.portal.tests.conftest import hidden, text_of
from tongban.work.cases import actions as cases
from tongban.work.cases import jobs, queries
from tongban.work.cases.rules.moves import State

Browser = Callable[[Actor | None], Client]


def pdf(name: str = "报告.pdf", content: bytes = worlds.PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def as_typed(*keys: str) -> dict[str, object]:
    return {f"f_{key}": worlds.FORM[key] for key in keys}


def test_a_citizen_gets_a_licence_from_search_to_verification(world: World, browser: Browser):
    person = browser(world.applicant)
    home = person.get("/")
    assert "您要办什么" in text_of(home)
    found = person.get("/search", {"q": "开理发店"})
    guide_url = f"/items/{world.item_code}"
    assert guide_url in text_of(found)
    assert f"/apply/{world.item_code}" in text_of(person.get(guide_url))

    begun = person.get(f"/apply/{world.item_code}")
    key = hidden(begun, "key")
    first = person.post(f"/apply/{world.item_code}", {"key": key})
    case_url = first["Location"].removesuffix("/form/shop")
    case_id = uuid.UUID(case_url.rsplit("/", 1)[1])
    assert person.post(f"/apply/{world.item_code}", {"key": key})["Location"] == first["Location"]

    assert "第 1 步，共 5 步" in text_of(person.get(first["Location"]))
    second = person.post(first["Location"], as_typed("shop_name", "own_place"))
    assert second["Location"] == f"{case_url}/form/contact"
    third = person.post(second["Location"], as_typed("address", "area", "phone"))
    assert third["Location"] == f"{case_url}/materials"

    materials = text_of(person.get(third["Location"]))
    assert "卫生检测报告" in materials
    assert "租赁合同" in materials
    person.post(f"{case_url}/materials/report", {"m_report": pdf()})
    kept = queries.one(world.applicant, case_id).attachments[0].material_id
    person.post(f"{case_url}/materials/lease", {"again": str(kept)})

    check = person.get(f"{case_url}/check")
    assert "阿秀理发店" in text_of(check)
    sent = {"key": hidden(check, "key"), "version": hidden(check, "version")}
    receipt = person.post(f"{case_url}/check", sent)
    assert receipt["Location"] == f"{case_url}/receipt"
    again = person.post(f"{case_url}/check", sent)
    assert again["Location"] == receipt["Location"]
    case = queries.one(world.applicant, case_id)
    paper = text_of(person.get(receipt["Location"]))
    assert re.sub(r"\s", "", paper).count(case.number or "-") == 1
    assert "最晚答复" in paper

    version = case.version
    cases.accept(actor=world.clerk, case_id=case_id, at=world.at, version=version)
    assert "已受理，正在审查" in text_of(person.get(case_url))
    cases.examine(actor=world.reviewer, case_id=case_id, opinion="符合条件。", at=world.at)
    granted = cases.grant(actor=world.decider, case_id=case_id, note="", at=world.at)
    assert "正在制证" in text_of(person.get(case_url))
    jobs.issue_licence(0, str(case_id), granted.number or "")

    done = text_of(person.get(case_url))
    assert "准予行政许可决定书" in done
    assert "符合条件。" not in done, "an opinion is between officials"
    licence_url = re.search(r"/my/licences/[0-9a-f-]+\.pdf", done)
    assert licence_url is not None
    licence = person.get(licence_url[0])
    assert b"".join(licence.streaming_content).startswith(b"%PDF-")
    assert "filename*=utf-8''" in licence["Content-Disposition"]
    assert "公共场所卫生许可证" in text_of(person.get("/my"))

    verify_url = re.search(r"/verify/[0-9A-Za-z_-]+", done)
    assert verify_url is not None
    verified = text_of(browser(None).get(verify_url[0]))
    assert "有效" in verified
    assert "**兰" in verified
    assert "王秀兰" not in verified

    rated = person.post(f"{case_url}/rate", {"grade": "1", "comment": "很快"})
    assert rated["Location"] == case_url
    assert person.post(f"{case_url}/rate", {"grade": "5", "comment": "改"})["Location"] == case_url
    after = text_of(person.get(case_url))
    assert "非常满意" in after
    assert "很快" in after


def test_a_supplement_opens_exactly_what_was_demanded(world: World, browser: Browser):
    person, case = browser(world.applicant), worlds.supplement(world)
    url = f"/my/cases/{case.id}"
    page = text_of(person.get(url))
    assert "补正材料告知书" in page
    assert "经营地址：请写到门牌号。" in page
    assert f"{url}/form/supplement" in page
    form = text_of(person.get(f"{url}/form/supplement"))
    assert 'name="f_address"' in form
    assert 'name="f_shop_name"' not in form
    assert person.get(f"{url}/form/shop").status_code == 404
    assert person.post(f"{url}/materials/lease", {"m_lease": pdf()}).status_code == 404
    to_materials = person.post(f"{url}/form/supplement", {"f_address": "海口市龙华区滨海大道1号A座101"})
    assert to_materials["Location"] == f"{url}/materials"
    assert "报告缺第二页" in text_of(person.get(f"{url}/materials"))
    new = worlds.PDF + b"%second page"
    assert person.post(f"{url}/materials/report", {"m_report": pdf("全.pdf", new)}).status_code == 302
    check = person.get(f"{url}/check")
    sent = {"key": hidden(check, "key"), "version": hidden(check, "version"), "resubmit": "1"}
    assert person.post(f"{url}/check", sent)["Location"] == f"{url}/receipt"
    assert person.post(f"{url}/check", sent)["Location"] == f"{url}/receipt"
    after = queries.one(world.applicant, case.id)
    assert after.state is State.SUBMITTED
    assert after.form["address"] == "海口市龙华区滨海大道1号A座101"


def test_a_refusal_says_why_and_how_to_object(world: World, browser: Browser):
    case = worlds.examined(world)
    cases.refuse(
        actor=world.decider, case_id=case.id, reason="消毒设备不合规定。", article="第四条", at=world.at
    )
    page = text_of(browser(world.applicant).get(f"/my/cases/{case.id}"))
    for words in (
        "不予行政许可决定书",
        "消毒设备不合规定。",
        "第四条",
        "六十日内申请行政复议",
        "行政诉讼",
    ):
        assert words in page
    assert "六个月" not in page


def test_a_withdrawal_asks_first_and_happens_once(world: World, browser: Browser):
    person, case = browser(world.applicant), worlds.submitted(world)
    url = f"/my/cases/{case.id}"
    asked = person.get(f"{url}/withdraw")
    assert queries.one(world.applicant, case.id).state is State.SUBMITTED
    sent = {"key": hidden(asked, "key"), "version": hidden(asked, "version")}
    assert person.post(f"{url}/withdraw", sent)["Location"] == url
    assert person.post(f"{url}/withdraw", sent)["Location"] == url
    assert queries.one(world.applicant, case.id).state is State.WITHDRAWN
    late = person.post(f"{url}/withdraw", sent | {"key": str(uuid.uuid4())})
    assert late.status_code == 409
    assert "您已撤回申请" in text_of(late)


def test_a_draft_is_offered_to_go_on_and_can_be_thrown_away(world: World, browser: Browser):
    person, draft = browser(world.applicant), worlds.draft_filled(world)
    url = f"/my/cases/{draft.id}"
    assert url in text_of(person.get(f"/apply/{world.item_code}"))
    assert url not in text_of(browser(world.stranger).get(f"/apply/{world.item_code}"))
    assert person.get(f"{url}/discard").status_code == 200
    assert person.post(f"{url}/discard")["Location"] == "/my"
    assert person.get(url).status_code == 404
    assert person.post(f"{url}/discard").status_code == 404


def test_what_is_typed_is_kept_while_typing(world: World, browser: Browser):
    person = browser(world.applicant)
    draft = cases.start(actor=world.applicant, item_code=world.item_code, at=world.at)
    url = f"/my/cases/{draft.id}/form/contact"
    kept = person.post(f"{url}/keep", {"f_address": "滨海大道", "f_phone": "123"})
    assert kept.status_code == 200
    assert queries.one(world.applicant, draft.id).form == {"address": "滨海大道"}
    assert "滨海大道" in text_of(person.get(url))
    assert browser(None).post(f"{url}/keep", {"f_address": "别处"}).status_code == 401
    later = person.post(url, {"f_address": "滨海大道2号", "later": "1"})
    assert later["Location"] == "/my"
    assert "已经保存" in text_of(person.get("/my"))


def test_the_same_file_handed_in_twice_lies_there_once_and_can_be_taken_out(world: World, browser: Browser):
    person = browser(world.applicant)
    draft = cases.start(actor=world.applicant, item_code=world.item_code, at=world.at)
    url = f"/my/cases/{draft.id}/materials/report"
    for _ in range(2):
        assert person.post(url, {"m_report": pdf()}).status_code == 302
    given = queries.one(world.applicant, draft.id).attachments
    assert [found.file_name for found in given] == ["报告.pdf"]
    material = given[0].material_id
    saved = person.get(f"/my/cases/{draft.id}/files/{material}")
    assert b"".join(saved.streaming_content) == worlds.PDF
    assert saved["Content-Disposition"].startswith("attachment")
    person.post(url, {"remove": str(material)})
    assert queries.one(world.applicant, draft.id).attachments == []
    assert "报告.pdf" in text_of(person.get("/my/materials"))


@pytest.mark.parametrize("state", ["submitted", "accepted", "examined", "granted", "supplement"])
def test_every_state_says_who_does_what_and_by_when(world: World, browser: Browser, state: str):
    case = getattr(worlds, state)(world)
    page = text_of(browser(world.applicant).get(f"/my/cases/{case.id}"))
    assert "我们" in page
    assert ("最晚" in page) == (state != "supplement")
    assert "撤回申请" in page or state == "granted"


def test_a_date_beyond_the_announced_holidays_is_called_provisional(world: World, browser: Browser):
    late = replace(world, at=datetime(2026, 12, 30, 1, 30, tzinfo=UTC))
    case = worlds.accepted(late)
    page = text_of(browser(world.applicant).get(f"/my/cases/{case.id}"))
    assert "暂定：明年的放假安排还没有公布" in page
    assert "（暂定）" in text_of(browser(world.applicant).get("/my"))


def test_a_decline_is_a_letter_with_article_and_remedies(world: World, browser: Browser):
    case = worlds.submitted(world)
    reason, article = "经营地址不在本区。", "《行政许可法》第三十二条第一款第二项"
    cases.decline(actor=world.clerk, case_id=case.id, reason=reason, article=article, at=world.at)
    page = text_of(browser(world.applicant).get(f"/my/cases/{case.id}"))
    for words in ("不予受理决定书", reason, article, "六十日内申请行政复议"):
        assert words in page
