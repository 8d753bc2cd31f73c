"""Whatever is sent, the answer is a 4xx with words, and nothing is written."""

import json
import uuid

import pytest
from tests import world as worlds

from tongban.doors.api.tests.conftest import Door
from tongban.work.cases import queries

DEEP = "[" * 100_000 + "]" * 100_000
BODIES = [
    (b"", 422),
    (b"{", 400),
    (b'{"version": 1', 400),
    (b"\xff\xfe{}", 400),
    (b'{"version": "\xff"}', 400),
    (DEEP.encode(), 400),
    (b'{"version": ' + b"9" * 5000 + b"}", 400),
    (b'{"version": "\\ud800"}', 422),
    (b'{"version": NaN}', 422),
    (b'{"version": 1e400}', 422),
    (b'{"version": 99999999999999999999}', 422),
    (b'{"version": -1}', 422),
    (b'{"version": true}', 422),
    (b'{"version": "1"}', 422),
    (b'{"version": 1}', 409),  # well said, but the case has moved on
    (b'{"version": null}', 422),
    (b'{"version": []}', 422),
    (b'{"version": {"a": 1}}', 422),
    (b"[]", 422),
    (b'"version"', 422),
    (b"null", 422),
    (b'{"version": 1, "beyond": 1}', 422),
]


def _sent(door: Door, method: str, path: str, body: bytes, role: str = "applicant"):
    headers = {"Authorization": f"Bearer {door.token(role)}"}
    return door.client.generic(method, path, body, content_type="application/json", headers=headers)


def test_bodies_that_are_not_what_is_asked_for(door: Door) -> None:
    case = worlds.draft_filled(door.world)
    before = queries.one(door.world.applicant, case.id)
    for body, status in BODIES:
        response = _sent(door, "POST", f"/v1/cases/{case.id}/acts/submit", body)
        assert response.status_code == status, (body[:40], response.content)
        assert response.json()["message"]
    assert queries.one(door.world.applicant, case.id) == before


@pytest.mark.parametrize(
    "value",
    [
        "\x00",
        "a\x00b",
        "\x1b[31m",
        "x" * 5001,
        "\u202eabc",
        "\ud800",
        10**30,
        1.5,
        True,
        [],
        {},
        ["a"],
        [{}],
        [{"a": "b"}],
        [[]],
    ],
    ids=repr,
)
def test_answers_that_cannot_be_kept(door: Door, value: object) -> None:
    case = worlds.draft_filled(door.world)
    body = json.dumps({"values": {"shop_name": value}}).encode()
    response = _sent(door, "PATCH", f"/v1/cases/{case.id}/form", body)
    assert response.status_code == 422, response.content
    assert response.json()["fields"]
    assert queries.one(door.world.applicant, case.id).form["shop_name"] == "阿秀理发店"


@pytest.mark.parametrize("key", ["", "A", "a" * 41, "a\x00", "店名", "a" * 100_000])
def test_answers_to_what_was_not_asked(door: Door, key: str) -> None:
    case = worlds.draft_filled(door.world)
    body = json.dumps({"values": {key: "x"}}).encode()
    assert _sent(door, "PATCH", f"/v1/cases/{case.id}/form", body).status_code == 422


@pytest.mark.parametrize(
    ("verb", "role", "words"),
    [
        ("decline", "clerk", {"reason": "\x00", "article": "第一条"}),
        ("decline", "clerk", {"reason": "", "article": ""}),
        ("decline", "clerk", {"reason": "x" * 4001, "article": "第一条"}),
        ("decline", "clerk", {"reason": "x" * 1001, "article": "第一条"}),
        ("decline", "clerk", {"reason": "\ud800", "article": "第一条"}),
        ("decline", "clerk", {"reason": ["x"], "article": 1}),
        ("request_supplement", "clerk", {"demands": []}),
        ("request_supplement", "clerk", {"demands": [{"target": "field:beyond", "text": "请补"}]}),
        ("request_supplement", "clerk", {"demands": [{"target": "shop_name", "text": "请补"}]}),
        ("request_supplement", "clerk", {"demands": [{"target": "field:address", "text": "\x00"}]}),
        ("request_supplement", "clerk", {"demands": [{"target": "field:address", "text": "请补"}] * 2}),
        ("request_supplement", "clerk", {"demands": [{"target": "field:address", "text": "请补"}] * 101}),
    ],
)
def test_words_of_staff_that_cannot_be_kept(door: Door, verb: str, role: str, words: dict) -> None:
    case = worlds.submitted(door.world)
    body = json.dumps({"version": case.version, **words}).encode()
    response = _sent(door, "POST", f"/v1/cases/{case.id}/acts/{verb}", body, role)
    assert response.status_code == 422, response.content
    assert response.json()["fields"]
    assert queries.one(door.world.clerk, case.id).version == case.version


@pytest.mark.parametrize(
    "case_id",
    [
        "1",
        "x" * 5000,
        "%00",
        "%FF",
        "..%2f..",
        "6c18121a-2bad-4a93-9866-3431ea38cfda",
        str(uuid.UUID(int=0)),
        "'--",
    ],
)
def test_ids_that_name_nothing(door: Door, case_id: str) -> None:
    for method, rest, body in (
        ("GET", "", None),
        ("PATCH", "/form", {"values": {}}),
        ("PUT", "/materials/report", {"material_id": "6c18121a-2bad-4a93-9866-3431ea38cfda"}),
        ("POST", "/acts/submit", {"version": 1}),
    ):
        response = door("applicant", method, f"/v1/cases/{case_id}{rest}", body)
        assert response.status_code == 404, (method, rest, response.content)
        assert response.json()["status"] == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/items?q=%00", 422),
        ("/v1/items?q=%FF", 200),
        ("/v1/items?q=" + "x" * 101, 422),
        ("/v1/items?q=%27%29%3B--%20%7C%26%21%3A%2A%5C", 200),
        ("/v1/items?place=46", 422),
        ("/v1/items?place=%D9%A1" + "1" * 11, 422),
        ("/v1/items?limit=0", 422),
        ("/v1/items?limit=99999999999999999999", 422),
        ("/v1/items?limit=abc", 422),
        ("/v1/items/abc", 404),
        ("/v1/items/%00", 404),
        ("/v1/items/" + "0" * 31, 404),
        ("/v1/items/" + "0" * 31 + "%0A", 404),
        ("/v1/items/" + "0" * 31 + "?as_of=0000-00-00", 422),
        ("/v1/items/" + "0" * 31 + "?as_of=9999-12-31", 404),
        ("/v1/licences/verify/%00", 404),
        ("/v1/licences/verify/" + "x" * 65, 404),
        ("/v1/ledger/seals?before=0", 422),
        ("/v1/ledger/seals?before=9223372036854775808", 422),
        ("/v1/ledger/seals?before=9223372036854775807", 200),
        ("/v1/ledger/seals/0", 404),
        ("/v1/ledger/seals/-1", 404),
        ("/v1/ledger/seals/abc", 404),
        ("/v1/ledger/seals/9223372036854775808", 404),
        ("/v1/ledger/seals/9223372036854775807", 404),
        ("/v1/nothing", 404),
        ("/", 404),
    ],
)
def test_addresses_and_queries(door: Door, path: str, status: int) -> None:
    response = door(None, "GET", path)
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"].startswith("application/json")


@pytest.mark.parametrize("key", ["", "x" * 65, "a b", "键", "\x7f"])
def test_idempotency_keys_of_the_wrong_shape(door: Door, key: str) -> None:
    body = {"item_code": door.world.item_code}
    response = door("applicant", "POST", "/v1/cases", body, **{"Idempotency-Key": key})
    assert response.status_code == 422, response.content


def test_a_body_beyond_the_limit_is_not_read(door: Door) -> None:
    response = _sent(door, "POST", "/v1/cases", b" " * (1024 * 1024 + 1))
    assert (response.status_code, response.json()["rule"]) == (413, "api.too_large")


@pytest.mark.parametrize(
    ("name", "content", "title", "rule"),
    [
        ("report.pdf", b"", "报告", "files.empty"),
        ("report.pdf", b"MZ\x90", "报告", "files.kind"),
        ("report.png", worlds.PDF, "报告", "files.not_what_it_says"),
        ("report.pdf", worlds.PDF + b"x" * 20 * 1024 * 1024, "报告", "files.too_large"),
        ("x" * 201 + ".pdf", worlds.PDF, "报告", "materials.file_name"),
        ("report.pdf", worlds.PDF, "", "api.shape"),
        ("report.pdf", worlds.PDF, "x" * 201, "api.shape"),
        ("report.pdf", worlds.PDF, "a\x00b", "api.shape"),
        ("report.pdf", worlds.PDF, " ", "materials.title"),
        ("report.pdf", worlds.PDF, "a\u202eb", "materials.title"),
        ("report.pdf", worlds.PDF, "a\nb", "materials.title"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_files_that_are_not_taken(door: Door, name: str, content: bytes, title: str, rule: str) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    headers = {"Authorization": f"Bearer {door.token('applicant')}"}
    sent = {"title": title, "file": SimpleUploadedFile(name, content)}
    response = door.client.post("/v1/materials", sent, headers=headers)
    assert (response.status_code, response.json()["rule"]) == (422, rule), response.content


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=a", b"--a\r\nContent-Disposition: form-data; name=file\r\n"),
        ("multipart/form-data; boundary=" + "b" * 300, b"x"),
        ("multipart/form-data; boundary=\xe4", b"x"),
        ("application/json", b"{}"),
        ("application/x-www-form-urlencoded; charset=nonsense", b"title=a"),
        ("text/plain", b"\x00"),
    ],
)
def test_uploads_that_are_no_uploads(door: Door, kind: str, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {door.token('applicant')}"}
    response = door.client.generic("POST", "/v1/materials", body, content_type=kind, headers=headers)
    assert response.status_code in (400, 422), response.content
    assert response.json()["message"]


def test_another_method_is_told_which_are_allowed(door: Door) -> None:
    response = door("applicant", "DELETE", "/v1/cases")
    assert response.status_code == 405
    assert set(response.headers["Allow"].replace(" ", "").split(",")) == {"GET", "POST"}
