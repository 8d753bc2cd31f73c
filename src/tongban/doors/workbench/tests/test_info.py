"""The desk of public information: written by one, reviewed by another, closed to everybody else."""

import re
import uuid

import pytest
from tests import world as worlds

from tongban.offers.publicinfo import actions, queries
from tongban.offers.publicinfo.rules.documents import DocumentState
from tongban.offers.publicinfo.tests import filling

VERBS = ("write", "redraft", "send", "send_back", "approve", "withdraw", "revise", "no_such")
GARBAGE = (
    {},
    {
        "version": "9" * 400,
        "key": "\x00" * 90,
        "kind": "x",
        "title": "\x00",
        "body": "\ud7ff" * 30_000,
        "organ": "x",
    },
)


@pytest.fixture
def second(world):
    return filling.second_editor(world)


def sign_in(client, actor):

    worlds.enter(client, actor.id)
    return client


def test_one_writes_another_reviews_and_it_is_public(world, as_, second):
    writer, reviewer = as_(world.editor), sign_in(as_(None), second)
    assert "存成草稿" in writer.get("/info/new").content.decode()
    made = writer.post("/info/new", filling.CONTENT | {"key": "key-12345678"})
    assert writer.post("/info/new", filling.CONTENT | {"key": "key-12345678"})["Location"] == made["Location"]
    url = made["Location"]
    changed = filling.CONTENT | {"title": "改过的标题", "version": "1"}
    assert writer.post(f"{url}/write", changed).status_code == 302
    assert writer.post(f"{url}/send", {"version": "2"}).status_code == 302
    page = writer.get(url).content.decode()
    assert "没有动笔" in page
    assert writer.post(f"{url}/approve", {"version": "3", "confirmed": "on"}).status_code == 403
    refused = reviewer.post(f"{url}/approve", {"version": "3"})
    assert refused.status_code == 422
    assert 'href="#id_confirmed"' in refused.content.decode()
    assert reviewer.post(f"{url}/approve", {"version": "3", "confirmed": "on"}).status_code == 302
    assert [d.title for d in queries.announced()] == ["改过的标题"]
    told = reviewer.get(url).content.decode()
    for happened in ("开始起草", "送保密审查", "审查通过并公开", "编辑小符"):
        assert happened in told


def test_sent_back_with_a_reason_that_the_writer_reads(world, as_, second):
    ref = filling.in_review(world)
    reviewer = sign_in(as_(None), second)
    empty = reviewer.post(f"/info/{ref.id}/send_back", {"version": "2", "reason": " "})
    assert empty.status_code == 422
    sent = {"version": "2", "reason": "日期要写全"}
    assert reviewer.post(f"/info/{ref.id}/send_back", sent).status_code == 302
    page = as_(world.editor).get(f"/info/{ref.id}").content.decode()
    assert "审查人退回了这一版" in page
    assert "日期要写全" in page


def test_the_reviewer_is_shown_the_whole_text_and_numbers_of_people(world, as_, second):
    ref = filling.in_review(world, body="联系人手机13800138000。")
    page = sign_in(as_(None), second).get(f"/info/{ref.id}/approve").content.decode()
    assert "里面好像有个人的号码" in page
    assert page.count("13800138000") == 2


def test_a_new_edition_and_a_withdrawal(world, as_, second):
    ref = filling.published(world, second)
    client = as_(world.editor)
    assert "周六照常办理" in client.get(f"/info/{ref.id}/redraft").content.decode()
    assert client.post(f"/info/{ref.id}/redraft", filling.CONTENT | {"title": "新版"}).status_code == 302
    page = client.get(f"/info/{ref.id}").content.decode()
    assert f"/info/{ref.id}/withdraw" in page
    standing = next(e for e in queries.history(world.editor, ref.id) if e.state is DocumentState.PUBLISHED)
    form = client.get(f"/info/{ref.id}/withdraw").content.decode()
    assert f'name="version" value="{standing.version}"' in form
    sent = {"version": standing.version, "reason": "作废"}
    assert client.post(f"/info/{ref.id}/withdraw", sent).status_code == 302
    assert queries.public_document(ref.id).state is DocumentState.WITHDRAWN


def test_a_stale_form_shows_what_is_now_and_keeps_what_was_typed(world, as_):
    ref = filling.draft(world)
    client = as_(world.editor)
    actions.send(actor=world.editor, document_id=ref.id, at=world.at)
    answer = client.post(f"/info/{ref.id}/write", filling.CONTENT | {"body": "白写了", "version": "1"})
    assert answer.status_code == 409
    assert "白写了" in answer.content.decode()
    assert "待保密审查" in answer.content.decode()


def test_a_form_with_errors_keeps_everything_typed(world, as_):
    answer = as_(world.editor).post("/info/new", {"title": "留着", "body": "", "kind": "notice"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="留着"' in page
    assert 'href="#id_body"' in page
    assert "错误：" in page


def test_the_list_is_filtered_by_state(world, as_):
    filling.draft(world)
    client = as_(world.editor)
    assert "周六照常办理" in client.get("/info").content.decode()
    assert "周六照常办理" not in client.get("/info?state=published").content.decode()
    assert client.get("/info?state=%00").status_code == 200
    assert 'href="/info"' in client.get("/").content.decode()
    assert 'href="/info"' not in as_(world.clerk).get("/").content.decode()


@pytest.mark.parametrize("who", ["clerk", "reviewer", "other_clerk", "applicant", "editor", None])
@pytest.mark.parametrize("state", ["draft", "in_review", "published", "withdrawn"])
def test_every_address_answers_everybody_in_every_state(world, as_, second, who, state):
    makers = {"published": filling.published, "withdrawn": filling.withdrawn}
    ref = makers[state](world, second) if state in makers else getattr(filling, state)(world)
    client = as_(getattr(world, who) if who else None)
    urls = ["/info", "/info/new", "/info/new/service", "/info/new/agency", "/info/review", "/info/new/x"]
    urls += [
        f"/info/{i}{rest}"
        for i in (ref.id, uuid.uuid4(), "x", "%00")
        for rest in ("", *(f"/{v}" for v in VERBS))
    ]
    for url in urls:
        status = client.get(url).status_code
        assert status < 500, (url, status)
        if who != "editor":
            assert status in (302, 403, 404), (who, url, status)
        for body in GARBAGE:
            status = client.post(url, body).status_code
            # An empty form is enough to send a draft, and only an editor's.
            assert status in ((302, 403, 404, 405, 409, 422) if who == "editor" else (403, 404, 405)), (
                who,
                url,
                status,
            )
    if who != "editor":
        assert queries.one(world.editor, ref.id).version == ref.version


def fields_of(page: str) -> set[str]:
    return set(re.findall(r' name="([a-z_]+)"', page)) - {"csrfmiddlewaretoken", "key", "version", "viewport"}


def test_a_service_is_written_in_its_fields_and_read_by_another(world, as_, second):
    writer, reviewer = as_(world.editor), sign_in(as_(None), second)
    assert {"items", "basis", "payer", "pricing", "days"} <= fields_of(
        writer.get("/info/new/service").content.decode()
    )
    refused = writer.post("/info/new/service", filling.SERVICE | {"items": "123", "kind": "notice"})
    assert refused.status_code == 422
    assert 'href="#id_items"' in refused.content.decode()
    url = writer.post("/info/new/service", filling.SERVICE)["Location"]
    page = writer.get(f"{url}/write").content.decode()
    assert "《公共场所卫生管理条例》第四条" in page
    changed = filling.SERVICE | {"days": "9", "version": "1"}
    assert writer.post(f"{url}/write", changed).status_code == 302
    assert writer.post(f"{url}/send", {"version": "2"}).status_code == 302
    shown = reviewer.get(f"{url}/approve").content.decode()
    for said in ("000123001000 公共场所卫生许可", "9 个工作日", "不得指定品牌", "申请人付费"):
        assert said in shown, said
    assert reviewer.post(f"{url}/approve", {"version": "3", "confirmed": "on"}).status_code == 302
    assert [each.facts.days for each in queries.services()] == [9]
    assert "/intermediaries/" in writer.get(url).content.decode()


def test_an_agency_is_written_with_its_services_and_places_ticked(world, as_, second):
    service = filling.published(world, second, **filling.SERVICE).id
    client = as_(world.editor)
    form = client.get("/info/new/agency").content.decode()
    assert f'value="{service}"' in form
    sent = filling.AGENCY | {"services": [str(service)], "places": [worlds.CITY, worlds.COUNTY]}
    refused = client.post("/info/new/agency", sent | {"credit_code": "91460000000000001B"}).content.decode()
    assert refused.count(" checked") == 3
    url = client.post("/info/new/agency", sent)["Location"]
    page = client.get(url).content.decode()
    for said in ("公共场所卫生检测", "海口市、龙华区", "检验检测机构资质认定；证0001；2027年12月31日", "400"):
        assert said in page, said
    again = client.post("/info/new/agency", sent)
    assert again.status_code == 422
    assert 'href="#id_credit_code"' in again.content.decode()


def test_the_desk_is_filtered_by_list(world, as_, second):
    filling.draft(world)
    filling.draft(world, **filling.SERVICE)
    client = as_(world.editor)
    assert "公共场所卫生检测" in client.get("/info?list=service").content.decode()
    assert "周六照常办理" not in client.get("/info?list=service").content.decode()
    assert "周六照常办理" in client.get("/info?list=announcement&state=draft").content.decode()
    assert client.get("/info?list=%00&state=x").status_code == 200


def test_several_are_reviewed_on_one_page_and_what_changed_stays_back(world, as_, second):
    refs = [filling.in_review(world, title=f"第{n}条", body="手机13800138000") for n in range(3)]
    own = actions.start(actor=second, organ_id=world.organ_id, content=filling.CONTENT, at=world.at)
    actions.send(actor=second, document_id=own.id, at=world.at)
    reviewer = sign_in(as_(None), second)
    page = reviewer.get("/info/review").content.decode()
    assert page.count('name="chosen"') == 3  # one's own is another's to review
    assert page.count("里面好像有个人的号码") == 3
    chosen = [f"{ref.id}:{ref.version}" for ref in refs]
    for missing in ({"chosen": chosen}, {"confirmed": "on"}):
        assert reviewer.post("/info/review", missing).status_code == 422
    assert queries.announced() == []
    actions.send_back(actor=second, document_id=refs[2].id, reason="改", at=world.at)
    sent = {"chosen": [*chosen, f"{own.id}:2", "x", "x:1"], "confirmed": "on", "key": "key-12345678"}
    assert reviewer.post("/info/review", sent)["Location"] == "/info/review"
    assert {d.title for d in queries.announced()} == {"第0条", "第1条"}
    assert "没有办成" in reviewer.get("/info/review").content.decode()
    assert as_(world.clerk).get("/info/review").status_code == 403
