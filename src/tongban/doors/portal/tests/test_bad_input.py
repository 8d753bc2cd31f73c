import io
import uuid
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import world as worlds
from tests.world import World

from tongban.base.actor import Actor
from tongban.doors.portal.tests.conftest import hidden, text_of
from tongban.doors.portal.urls import urlpatterns
from tongban.records.materials.rules import LARGEST_BYTES
from tongban.work.cases import actions as cases
from tongban.work.cases import queries
from tongban.work.cases.rules.moves import State

Browser = Callable[[Actor | None], Client]

GARBAGE = [
    "x" * 4000,
    "\x00",
    "a\x01b",
    "\u202e",
    "'; DROP TABLE case_file; --",
    "%(x)s",
    "{{ 7 }}",
    "🀄" * 50,
    "-1",
    " ",
]


@pytest.fixture
def draft_url(world: World) -> str:
    draft = cases.start(actor=world.applicant, item_code=world.item_code, at=world.at)
    return f"/my/cases/{draft.id}"


def _addresses(world: World) -> list[str]:
    """Every address of the portal: with what exists, with an id that does not, and with what is no id at all."""
    case = worlds.submitted(world).id
    filled = []
    for pattern in urlpatterns:
        for case_id, other in ((case, uuid.uuid4()), (uuid.uuid4(), case), ("no-uuid", "%00")):
            parts = {
                "code": world.item_code if case_id == case else str(other),
                "case_id": case_id,
                "bundle_id": case_id,
                "section": "shop" if case_id == case else "x",
                "key": "report" if case_id == case else "x",
                "material_id": other,
                "licence_id": other,
                "token": other,
                "law": other,
                "dated": "2020-01-01" if case_id == case else "x",
                "info_id": other,
                "service_id": other,
                "agency_id": other,
                "kind": "faq" if case_id == case else "x",
                "number": 1 if case_id == case else "9" * 5000,
            }
            route = str(pattern.pattern)
            if route.startswith("^"):
                route = route.partition("(")[0].removeprefix("^") + str(parts["code"])
            for name, value in parts.items():
                for kind in ("uuid", "slug", "path", "str", "int"):
                    route = route.replace(f"<{kind}:{name}>", str(value))
            filled.append("/" + route)
    return filled


def test_no_address_answers_garbage_with_a_fault(world: World, browser: Browser):
    person, nobody = browser(world.applicant), browser(None)
    for address in _addresses(world):
        for client in (person, nobody):
            assert client.get(address).status_code < 500, address
            assert client.post(address, {"key": "k", "version": "v"}).status_code < 500, address
        for text in GARBAGE:
            sent = {
                "key": text,
                "version": text,
                "again": text,
                "grade": text,
                "comment": text,
                "f_shop_name": text,
            }
            assert person.post(address, sent).status_code < 500, (address, text)
            asked = {"q": text, "next": text, "in": text, "own_place": text, "kind": text, "before": text}
            asked |= {"item": text, "place": text, "after": text, "online": text}
            assert person.get(address, asked).status_code < 500, (address, text)


@pytest.mark.parametrize("text", GARBAGE)
def test_sign_in_with_garbage_is_refused_in_words(world: World, browser: Browser, text: str):
    answer = browser(None).post("/login", {"login": text, "password": text, "next": text})
    assert answer.status_code in (403, 422), text


@pytest.mark.parametrize("place", ["000000000000", "999999999999", "x", "460106-00000", "\x00"])
def test_a_forged_place_cookie_does_no_harm(world: World, browser: Browser, place: str):
    client = browser(None)
    client.cookies["tongban_place"] = place
    for address in ("/", "/search?q=理发", f"/items/{world.item_code}", "/places"):
        assert client.get(address).status_code == 200


def test_a_bad_search_is_told_in_words(world: World, browser: Browser):
    for text in ("\x00", "长" * 61):
        answer = browser(None).get("/search", {"q": text})
        assert answer.status_code == 422
        assert "这样搜不了" in text_of(answer)


def test_a_search_without_result_offers_a_way_on(world: World, browser: Browser):
    page = text_of(browser(None).get("/search", {"q": "zzqq"}))
    assert "没有找到“zzqq”" in page
    assert "看全部事项" in page
    assert "理发店" in page


def test_what_nobody_offers_yet_stands_apart(world: World, browser: Browser):
    page = text_of(browser(None).get("/search", {"q": "饮用水"}))
    assert "网上还没开办" in page
    assert "饮用水供水单位卫生许可" in page


def test_a_section_with_errors_keeps_everything_typed(world: World, browser: Browser, draft_url: str):
    typed = {"f_address": "滨海大道", "f_area": "abc", "f_phone": "123", "f_words": "<b>好</b>"}
    answer = browser(world.applicant).post(f"{draft_url}/form/contact", typed)
    page = text_of(answer)
    assert answer.status_code == 422
    for kept in ("滨海大道", 'value="abc"', 'value="123"', "&lt;b&gt;好&lt;/b&gt;"):
        assert kept in page
    assert 'href="#id_f_phone"' in page
    assert 'aria-invalid="true"' in page
    assert "<title>\n错误：" in page or "<title>错误：" in page


def test_a_section_names_what_is_missing(world: World, browser: Browser, draft_url: str):
    answer = browser(world.applicant).post(f"{draft_url}/form/shop", {"f_shop_name": ""})
    assert answer.status_code == 422
    assert "店名：请填写这一项。" in text_of(answer)


@pytest.mark.parametrize("text", ["\x00", "a\x01", "\u202e店", "店" * 61])
def test_a_bad_text_is_refused_at_its_field(world: World, browser: Browser, draft_url: str, text: str):
    sent = {"f_shop_name": text, "f_own_place": "own"}
    answer = browser(world.applicant).post(f"{draft_url}/form/shop", sent)
    assert answer.status_code == 422
    assert 'href="#id_f_shop_name"' in text_of(answer)
    assert "%(" not in text_of(answer)


def test_what_the_guide_does_not_ask_is_not_taken_in(world: World, browser: Browser, draft_url: str):
    sent = {"f_shop_name": "店", "f_own_place": "own", "f_age": "3", "phone": "13800138000"}
    browser(world.applicant).post(f"{draft_url}/form/shop", sent)
    form = queries.one(world.applicant, uuid.UUID(draft_url.rsplit("/", 1)[1])).form
    assert form == {"shop_name": "店", "own_place": "own"}


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (SimpleUploadedFile("a.pdf", b"MZ this is a program"), "不支持这种文件"),
        (SimpleUploadedFile("a.png", worlds.PDF), "与扩展名不符"),
        (SimpleUploadedFile("a.pdf", b""), "请"),
        (None, "请先选一个文件"),
    ],
)
def test_a_bad_file_is_refused_at_its_field(
    world: World, browser: Browser, draft_url: str, upload: SimpleUploadedFile | None, words: str
):
    sent = {"m_report": upload} if upload else {}
    answer = browser(world.applicant).post(f"{draft_url}/materials/report", sent)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert 'href="#id_m_report"' in text_of(answer)


@pytest.mark.slow
def test_a_file_beyond_the_limit_is_refused_at_its_field(world: World, browser: Browser, draft_url: str):
    large = io.BytesIO(worlds.PDF + b"\x00" * LARGEST_BYTES)
    large.name = "大.pdf"
    answer = browser(world.applicant).post(f"{draft_url}/materials/report", {"m_report": large})
    assert answer.status_code == 422
    assert "超过 20 MB" in text_of(answer)


def test_a_form_of_too_many_fields_is_refused_in_words(world: World, browser: Browser, draft_url: str):
    answer = browser(world.applicant).post(f"{draft_url}/form/shop", {f"f_{n}": "1" for n in range(600)})
    assert answer.status_code == 400
    assert "没有读懂这个请求" in text_of(answer)


def test_an_incomplete_application_is_not_sent(world: World, browser: Browser, draft_url: str):
    person = browser(world.applicant)
    page = text_of(person.get(f"{draft_url}/check"))
    assert "补上才能提交" in page
    assert f"{draft_url}/form/shop#id_f_shop_name" in page
    sent = {"key": str(uuid.uuid4()), "version": "1"}
    assert person.post(f"{draft_url}/check", sent).status_code == 422
    assert queries.one(world.applicant, uuid.UUID(draft_url.rsplit("/", 1)[1])).state is State.DRAFT


def test_a_page_that_is_no_longer_true_shows_what_is_now(world: World, browser: Browser):
    person, draft = browser(world.applicant), worlds.draft_filled(world)
    url = f"/my/cases/{draft.id}"
    check = person.get(f"{url}/check")
    sent = {"key": hidden(check, "key"), "version": hidden(check, "version")}
    cases.save(actor=world.applicant, case_id=draft.id, values={"shop_name": "另一家"}, at=world.at)
    answer = person.post(f"{url}/check", sent)
    assert answer.status_code == 409
    assert "情况有变化" in text_of(answer)
    assert queries.one(world.applicant, draft.id).state is State.DRAFT
    for address in ("form/shop", "materials/report"):
        worlds_case = worlds.submitted(world)
        late = person.post(f"/my/cases/{worlds_case.id}/{address}", {"f_shop_name": "改"})
        assert late.status_code == 409
        assert "已提交，等待受理" in text_of(late)


def test_a_bad_rating_is_told_at_its_field(world: World, browser: Browser):
    person, case = browser(world.applicant), worlds.closed(world)
    for grade in ("", "0", "6", "好", "１"):
        answer = person.post(f"/my/cases/{case.id}/rate", {"grade": grade, "comment": "留着"})
        assert answer.status_code == 422
        assert "请选择一个满意程度" in text_of(answer)
        assert "留着" in text_of(answer)


def test_a_form_without_its_token_is_stale(world: World, draft_url: str):
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "zh-CN"})
    answer = client.post(f"{draft_url}/form/shop", {"f_shop_name": "海风理发店", "password": "not shown"})
    assert answer.status_code == 403
    assert "这个页面放得太久了" in text_of(answer)
    assert "海风理发店" in text_of(answer), "what was typed is not lost"
    assert "not shown" not in text_of(answer)


def test_an_expired_session_leads_to_sign_in_and_back(world: World, browser: Browser, draft_url: str):
    typed = {"f_shop_name": "海风理发店", "key": "k" * 12}
    refused = browser(None).post(f"{draft_url}/form/shop", typed)
    assert refused.status_code == 403
    assert "海风理发店" in text_of(refused), "what was typed is not lost"
    assert f'href="/login?next={draft_url}/form/shop"' in text_of(refused)
    answer = browser(None).post(f"{draft_url}/check", {"key": "k" * 12, "version": "1"})
    assert answer["Location"] == f"/login?next={draft_url}/check"
    assert "已经保存的内容都还在" in text_of(browser(None).get(answer["Location"]))


def test_an_unknown_code_is_told_clearly(world: World, browser: Browser):
    for token in ("abcdefghijklmnop", "x", "a/b/c", "%00", "../my"):
        answer = browser(None).get(f"/verify/{token}")
        assert answer.status_code == 404
        assert "查不到这份证照" in text_of(answer) or "没有找到" in text_of(answer)
