"""What the portal opens of a case: papers, notices, receipts, tracking, results, export; for whom, and with which words."""

import io
import json
import re
import zipfile
from xml.etree import ElementTree

import pytest
from tests import world as worlds

from tongban.base.ledger import actions as ledger_actions
from tongban.base.ledger.rules.receipts import check_receipt
from tongban.base.signing import verify
from tongban.doors.portal.tests.conftest import text_of
from tongban.work.cases import jobs, queries

pytestmark = pytest.mark.django_db
AT = worlds.AT


def body_of(response) -> bytes:
    return b"".join(response.streaming_content)


@pytest.fixture
def made(world):
    """A closed case with its papers and notices, sealed, as the worker leaves it."""
    case = worlds.closed(world)
    jobs.make_document(1, str(case.id), case.number)
    jobs.notify(1, str(case.id), case.number)
    ledger_actions.seal(at=AT)
    return case


def test_the_applicant_saves_her_papers_and_nobody_else_does(world, browser, made):
    page = text_of(browser(world.applicant).get(f"/my/cases/{made.id}"))
    addresses = re.findall(rf"/my/cases/{made.id}/documents/[0-9a-f-]+\.pdf", page)
    assert len(set(addresses)) == 2
    for address in addresses:
        found = browser(world.applicant).get(address)
        assert body_of(found).startswith(b"%PDF")
        assert "attachment" in found.headers["Content-Disposition"]
        assert browser(world.stranger).get(address).status_code == 404
        assert browser(None).get(address).status_code == 302
    assert all(
        document.file in page for document in queries.one(world.applicant, made.id).documents if document.file
    )


def test_the_time_line_tells_who_and_how_long(world, browser, made):
    page = text_of(browser(world.applicant).get(f"/my/cases/{made.id}"))
    for words in (
        "窗口小林",
        "决定人老吴",
        "平台自动",
        "您",
        "从提交到办结",
        "从受理到决定",
        "承诺 5 个工作日",
    ):
        assert words in page, words


def test_unread_notices_are_counted_in_the_header_until_the_case_is_looked_at(world, browser, made):
    client = browser(world.applicant)
    page = text_of(client.get("/my/notices"))
    assert "3 条未读" in page
    assert "作出准予许可的决定" in page
    assert "未读消息" in text_of(client.get("/my"))
    assert "未读消息" not in text_of(browser(world.stranger).get("/my"))
    client.get(f"/my/cases/{made.id}")
    assert "未读消息" not in text_of(client.get("/my"))
    assert "未读" not in text_of(client.get("/my/notices"))


def test_all_notices_are_read_by_one_press_and_a_second_finds_nothing_to_do(world, browser, made):
    client = browser(world.applicant)
    for _ in range(2):
        assert client.post("/my/notices/read").status_code == 302
        assert queries.unread(world.applicant) == 0
    assert browser(None).get("/my/notices").status_code == 302


def test_a_receipt_with_proof_holds_and_before_its_seal_the_page_says_when(world, browser):
    case = worlds.submitted(world)
    client = browser(world.applicant)
    waiting = client.get(f"/my/cases/{case.id}/receipt.json")
    assert waiting.status_code == 409
    assert "10 秒" in text_of(waiting)
    assert "还有 2 步没有封存" in text_of(client.get(f"/my/cases/{case.id}/receipt"))
    ledger_actions.seal(at=AT)
    receipt = json.loads(body_of(client.get(f"/my/cases/{case.id}/receipt.json")))
    assert check_receipt(receipt, verify=verify) == []
    assert len(receipt["entries"]) == 2
    assert browser(world.stranger).get(f"/my/cases/{case.id}/receipt.json").status_code == 404


def test_number_and_code_from_the_receipt_open_the_outline_to_anybody(world, browser, made):
    receipt = text_of(browser(world.applicant).get(f"/my/cases/{made.id}/receipt"))
    code = re.search(r"查询码</dt><dd>([0-9A-Z]{4} [0-9A-Z]{4})", receipt)
    assert code is not None
    client = browser(None)
    assert made.number in text_of(client.get(f"/track?number={made.number}"))
    page = client.post("/track", {"number": made.number, "code": code[1]})
    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    for words in ("**兰", "作出准予许可的决定", "龙华区卫健委许准〔2026〕1号"):
        assert words in text_of(page), words
    for secret in ("王秀兰", "小林", "13800138000", "阿秀理发店"):
        assert secret not in text_of(page), secret


@pytest.mark.parametrize(
    ("number", "code"),
    [("", ""), ("X" * 43, "22222222"), ("编" * 500, "\x00"), ("real", "22222222"), ("\x00", "\x00")],
)
def test_wrong_numbers_and_codes_hear_one_sentence(world, browser, made, number, code):
    number = made.number if number == "real" else number
    page = browser(None).post("/track", {"number": number, "code": code})
    assert page.status_code == 404
    assert "编号和查询码对不上" in text_of(page)


def test_public_results_show_granted_licences_with_masked_names(
    world, browser, made, django_assert_max_num_queries
):
    client = browser(None)
    with django_assert_max_num_queries(5):
        page = text_of(client.get("/results"))
    assert "**兰 · 公共场所卫生许可（新办）" in page
    assert "龙华区卫健委许准〔2026〕1号" in page
    assert "王秀兰" not in page
    assert "没有这样的决定" in text_of(client.get("/results?month=2020-01"))
    assert "没有这样的决定" in text_of(client.get(f"/results?organ={worlds.OTHER_ORGAN_CODE}"))
    assert "**兰" in text_of(
        client.get(f"/results?organ={worlds.ORGAN_CODE}&item={world.item_code}&month=2026-11")
    )
    for garbage in (
        "?month=2026-13",
        "?before=x",
        "?organ=%00",
        "?item=" + "9" * 60,
        "?before=2026-02-30." + "0" * 36,
    ):
        assert client.get(f"/results{garbage}").status_code == 200, garbage


def test_the_feed_of_results_is_atom_and_names_nobody(world, browser, made):
    feed = browser(None).get("/results.xml")
    root = ElementTree.fromstring(feed.content)  # noqa: S314 -- our own answer
    assert root.tag == "{http://www.w3.org/2005/Atom}feed"
    assert len(root.findall("{http://www.w3.org/2005/Atom}entry")) == 1
    assert "王秀兰" not in text_of(feed)


def test_a_case_is_exported_by_a_press_of_its_applicant_only(world, browser, made):
    address = f"/my/cases/{made.id}/export"
    assert "改动一个字节" in text_of(browser(world.applicant).get(address))
    with zipfile.ZipFile(io.BytesIO(body_of(browser(world.applicant).post(address)))) as archive:
        assert "manifest.json" in archive.namelist()
    for method in ("get", "post"):
        assert getattr(browser(world.stranger), method)(address).status_code == 404
    fresh = worlds.submitted(world)
    refused = browser(world.applicant).post(f"/my/cases/{fresh.id}/export")
    assert refused.status_code == 409
    assert "秒后再导出" in text_of(refused)


def test_how_to_check_is_told_to_anybody_with_the_key_of_today(browser):
    page = text_of(browser(None).get("/proofs"))
    assert "BEGIN PUBLIC KEY" in page
    assert "tongban verify" in page
