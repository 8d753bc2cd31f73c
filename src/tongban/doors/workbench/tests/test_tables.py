"""Items as tables at the workbench: only editors, only their own, everything shown before it is done, nothing done twice."""

import io
import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests import world as worlds
from tests.world import GUIDE

from tongban.offers.catalogue import queries
from tongban.offers.catalogue.queries.changes import changes_of
from tongban.offers.catalogue.queries.files import read_file

WHO = ("clerk", "reviewer", "decider", "other_clerk", "applicant", "editor", None)
KEY = "key-12345678"


def _client(as_, world, who):
    return as_(getattr(world, who) if who else None)


def _file(world, **changed) -> SimpleUploadedFile:
    body = queries.guide_of(world.edition_id).body() | changed
    content = json.dumps([{"code": world.item_code, "body": body}]).encode()
    return SimpleUploadedFile("items.json", content)


def _sent(client, file, key=KEY):
    return client.post("/catalogue/tables/import", {"file": file, "key": key})


def _editions(world):
    """The editions of the item, the newest first."""
    past = queries.history(world.editor, world.item_id, worlds.AT.date())[1]
    return [queries.own_edition(world.editor, one.id, worlds.AT.date()) for one in past]


@pytest.fixture
def change(world, as_) -> str:
    return _sent(as_(world.editor), _file(world, office="许可科"))["Location"]


@pytest.mark.parametrize("who", WHO)
def test_every_address_answers_everybody_and_lets_in_the_editor_alone(world, as_, change, who):
    client = _client(as_, world, who)
    pages = ["/catalogue/tables", "/catalogue/tables/format", "/catalogue/tables/export", "/catalogue/bulk"]
    for url in [*pages, change, f"{change}/problems.csv"]:
        status = client.get(url).status_code
        assert status == (200 if who == "editor" else 302 if who is None else 403), (who, url)
    for url in (*pages, f"{change}/confirm", f"{change}/drop"):
        if who != "editor":
            assert client.post(url, {"key": KEY}).status_code in (302, 403, 404, 405), (who, url)
    for url in ("/catalogue/changes/x", "/catalogue/tables/x", "/catalogue/changes/%00"):
        assert client.get(url).status_code == 404
    if who == "editor":
        for rest in ("", "/problems.csv"):
            assert client.get(f"/catalogue/changes/{uuid.uuid4()}{rest}").status_code == 404
    assert changes_of(world.editor)[0].state == "ready"
    assert len(_editions(world)) == 1


@pytest.mark.parametrize("kind", ["xlsx", "csv", "json", "nonsense"])
def test_what_is_exported_can_be_read_again(world, as_, kind):
    answer = as_(world.editor).get(f"/catalogue/tables/export?format={kind}")
    (found,) = read_file(io.BytesIO(b"".join(answer.streaming_content))).items()
    assert (found.code, found.problems, found.body["name"]) == (world.item_code, [], GUIDE["name"])
    none = as_(world.editor).get(f"/catalogue/tables/export?format={kind}&text=没有这样的")
    assert list(read_file(io.BytesIO(b"".join(none.streaming_content))).items()) == []


def test_a_file_is_shown_and_then_done_once(world, as_, change):
    client = as_(world.editor)
    page = client.get(change).content.decode()
    assert "许可科" in page
    assert "承办处室" in page
    sent = {"key": KEY, "together": "on", "starts_on": "2099-01-01", "reason": "统一"}
    for _ in range(2):
        assert client.post(f"{change}/confirm", sent)["Location"] == change
    assert _editions(world)[0].reason == "统一"
    assert "已经全部送审" in client.get(change).content.decode()
    assert client.post(f"{change}/drop").status_code == 409


def test_the_same_form_sent_twice_is_one_import(world, as_):
    client = as_(world.editor)
    first = _sent(client, _file(world, office="许可科"))
    assert _sent(client, _file(world, office="许可科"))["Location"] == first["Location"]
    assert len(changes_of(world.editor)) == 1


def test_sending_to_approval_without_a_day_comes_back_with_everything_typed(world, as_, change):
    answer = as_(world.editor).post(f"{change}/confirm", {"together": "on", "reason": "为了统一口径"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "请填开始日期" in page
    assert "为了统一口径" in page
    for day in ("2099-13-01", "x" * 500, "\x00", "20990101"):
        assert (
            as_(world.editor).post(f"{change}/confirm", {"together": "on", "starts_on": day}).status_code
            == 422
        )
    assert len(_editions(world)) == 1


def test_what_is_wrong_is_listed_and_can_be_taken_along(world, as_):
    client = as_(world.editor)
    url = _sent(client, _file(world, phones={"advice": "=1", "complaint": "=1"}))["Location"]
    page = client.get(url).content.decode()
    assert "咨询电话和投诉电话不能是同一个" in page
    assert "确认，全部办理" not in page
    told = b"".join(client.get(f"{url}/problems.csv").streaming_content).decode("utf-8-sig")
    assert told.splitlines()[1].startswith("JSON,1,body.phones,")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00",
        b"PK\x03\x04",
        b"PK\x05\x06" + b"\x00" * 18,
        b"{}",
        b"[",
        b"[{]",
        b"[1,]",
        b"\xff\xfe",
        b"[" * 10_000,
        b"[]",
    ],
)  # fmt: skip -- one line reads as a list
def test_files_without_sense_are_answered_in_words(world, as_, content):
    client = as_(world.editor)
    answer = _sent(client, SimpleUploadedFile("x.xlsx", content))
    if answer.status_code == 302:
        page = client.get(answer["Location"]).content.decode()
        assert "什么都没有改动" in page
    else:
        assert answer.status_code == 422
    assert client.post("/catalogue/tables/import", {"key": KEY}).status_code == 422
    assert len(_editions(world)) == 1


def test_an_operation_is_chosen_shown_and_done(world, as_):
    client = as_(world.editor)
    assert "最多几个工作日" in client.get("/catalogue/bulk?kind=shorten").content.decode()
    assert client.post("/catalogue/bulk", {"kind": "shorten", "key": KEY}).status_code == 422
    url = client.post("/catalogue/bulk", {"kind": "shorten", "days": "3", "key": KEY})["Location"]
    again = client.post("/catalogue/bulk", {"kind": "shorten", "days": "3", "key": KEY})["Location"]
    assert again == url
    assert "承诺3个工作日" in client.get(url).content.decode()
    client.post(f"{url}/confirm", {})
    assert _editions(world)[0].body["limits"]["promised_days"] == 3


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"kind": "nonsense"},
        {"kind": "set", "column": "没有", "cell": "x"},
        {"kind": "set", "column": "承诺办结时限", "cell": "三"},
        {"kind": "shorten", "days": "9" * 30},
        {"kind": "replace", "old": "\x00"},
        {"kind": "add_window", "name": "x"},
        {"kind": "shorten", "days": "3", "everybody": "on", "basic": "\x00"},
        {"kind": "phone", "old": "长" * 300, "new": "1"},
    ],
)
def test_operations_without_sense_are_refused_in_words(world, as_, sent):
    answer = as_(world.editor).post("/catalogue/bulk", sent)
    assert answer.status_code in (302, 403, 422), sent
    assert len(_editions(world)) == 1
    page = as_(world.editor).get("/catalogue/bulk", sent)
    assert page.status_code == 200


def test_the_page_of_a_long_import_looks_again_by_itself(world, as_):
    client = as_(world.editor)
    body = {"name": "长" * 100, "conditions": ["条件" * 900] * 600}
    content = json.dumps([{"code": world.item_code, "body": body}]).encode()
    url = _sent(client, SimpleUploadedFile("x.json", content))["Location"]
    answer = client.get(url)
    assert answer["Refresh"] == "3"
    assert "您可以离开" in answer.content.decode()


def test_pages_cost_a_fixed_number_of_statements(world, as_, change, django_assert_max_num_queries):
    client = as_(world.editor)
    for url in ("/catalogue/tables", change, "/catalogue/bulk"):
        client.get(url)
        with django_assert_max_num_queries(12):
            assert client.get(url).status_code == 200
