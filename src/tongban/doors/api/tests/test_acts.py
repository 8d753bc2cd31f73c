"""A case through the machine door: repeated requests, stale versions, words, caching, the description."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.db import OperationalError
from tests import world as worlds

from tongban.base.ledger import actions as ledger
from tongban.base.ledger import queries as ledger_queries
from tongban.doors.api.tests.conftest import Door
from tongban.standards.canonical import canonical
from tongban.work.cases import queries


def _start(door: Door, **headers: str) -> dict:
    response = door("applicant", "POST", "/v1/cases", {"item_code": door.world.item_code}, **headers)
    assert response.status_code == 201, response.content
    return response.json()


def test_a_program_carries_a_case_from_draft_to_grant(door: Door, act) -> None:
    started = _start(door)
    path = f"/v1/cases/{started['id']}"
    saved = door("applicant", "PATCH", f"{path}/form", {"values": worlds.FORM})
    assert saved.json()["form"]["shop_name"] == "阿秀理发店"
    for key in ("report", "lease"):
        given = {"material_id": str(worlds.material(door.world))}
        assert door("applicant", "PUT", f"{path}/materials/{key}", given).status_code == 204
    version = door("applicant", "GET", path).json()["version"]
    steps = [
        ("applicant", "submit", {}),
        ("clerk", "accept", {}),
        ("reviewer", "examine", {"opinion": "符合条件。"}),
        ("decider", "grant", {"note": "准予。"}),
    ]
    for role, verb, words in steps:
        response = door(role, "POST", f"{path}/acts/{verb}", {"version": version, **words})
        assert response.status_code == 200, response.content
        version = response.json()["version"]
    case = door("applicant", "GET", path).json()
    assert case["state"] == "granted"
    assert [moment["verb"] for moment in case["moments"]] == ["submit", "accept", "examine", "grant"]
    assert case["number"]
    assert "examine" not in {document["verb"] for document in case["documents"]}


def test_the_same_key_acts_once_and_answers_the_same(door: Door) -> None:
    headers = {"Idempotency-Key": "start-1"}
    assert _start(door, **headers)["id"] == _start(door, **headers)["id"]
    case = worlds.draft_filled(door.world)
    version = queries.one(door.world.applicant, case.id).version
    path, body = f"/v1/cases/{case.id}/acts/submit", {"version": version}
    first, second = (
        door("applicant", "POST", path, body, **{"Idempotency-Key": "submit-1"}).json() for _ in range(2)
    )
    assert first == second
    assert first["number"]
    reused = door(
        "applicant",
        "POST",
        "/v1/cases",
        {"item_code": door.world.item_code},
        **{"Idempotency-Key": "submit-1"},
    )
    assert (reused.status_code, reused.json()["rule"]) == (409, "cases.key")


def test_a_stale_version_is_refused_and_writes_nothing(door: Door, act) -> None:
    case = worlds.submitted(door.world)
    response = door("clerk", "POST", f"/v1/cases/{case.id}/acts/accept", {"version": case.version + 1})
    assert (response.status_code, response.json()["rule"]) == (409, "cases.version")
    assert queries.one(door.world.clerk, case.id).version == case.version


def test_what_is_missing_is_told_by_field(door: Door, act) -> None:
    started = _start(door)
    response = door("applicant", "POST", f"/v1/cases/{started['id']}/acts/submit", {"version": 1})
    assert response.status_code == 422
    assert {"field:shop_name", "material:report"} <= set(response.json()["fields"])


def test_wrong_answers_are_named_and_good_ones_kept(door: Door) -> None:
    started = _start(door)
    values = {"shop_name": "阿秀理发店", "phone": "12345", "beyond": "x"}
    response = door("applicant", "PATCH", f"/v1/cases/{started['id']}/form", {"values": values})
    assert response.status_code == 422
    assert set(response.json()["fields"]) == {"phone", "beyond"}
    assert door("applicant", "GET", f"/v1/cases/{started['id']}").json()["form"] == {
        "shop_name": "阿秀理发店"
    }


def test_refusals_are_chinese_unless_english_is_asked_for(door: Door) -> None:
    chinese = door(None, "GET", "/v1/cases").json()["message"]
    assert "令牌" in chinese
    english = door(None, "GET", "/v1/cases", **{"Accept-Language": "en"})
    assert english.headers["Vary"] == "Accept-Language"


def test_a_guide_is_cached_by_its_etag_and_read_as_of_a_day(door: Door) -> None:
    path = f"/v1/items/{door.world.item_code}"
    first = door(None, "GET", path)
    tag = first.headers["ETag"]
    assert first.json()["guide"]["name"] == worlds.GUIDE["name"]
    assert not tag.startswith("W/")
    again = door(None, "GET", path, **{"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert door(None, "GET", f"{path}?as_of=2020-01-01").status_code == 200
    assert door(None, "GET", f"{path}?as_of=2019-12-31").status_code == 404


def test_search_finds_the_item_by_an_everyday_word(door: Door) -> None:
    found = door(None, "GET", "/v1/items?q=理发店&place=460106000000").json()["items"]
    assert [hit["code"] for hit in found] == [door.world.item_code]


def test_anybody_can_check_a_seal_with_what_the_door_gives(door: Door) -> None:
    worlds.submitted(door.world)
    ledger.seal(at=worlds.AT.replace(microsecond=207082))
    answer = door(None, "GET", "/v1/ledger/seals").json()
    seal = answer["seals"][0]
    signed = {
        "seal": seal["number"],
        "at": seal["at"],
        "size": seal["size"],
        "root": seal["root"],
        "previous": seal["previous"],
    }
    key = load_pem_public_key(answer["keys"][seal["key_id"]].encode())
    key.verify(base64.b64decode(seal["signature"]), canonical(signed))
    assert door(None, "GET", f"/v1/ledger/seals?before={seal['number']}").json()["seals"] == []


def test_root_and_key_of_a_receipt_can_be_compared_with_what_is_published(door: Door) -> None:
    case = worlds.submitted(door.world)
    ledger.seal(at=worlds.AT)
    receipt = ledger_queries.receipt_of([f"case:{case.id}"])
    (seal,) = receipt["seals"]
    published = door(None, "GET", f"/v1/ledger/seals/{seal['number']}").json()
    key = published.pop("key")
    assert published == seal
    answer = door(None, "GET", "/v1/ledger/keys").json()
    assert answer["current"] == seal["key_id"]
    assert answer["keys"][seal["key_id"]] == key == receipt["keys"][seal["key_id"]]
    absent = door(None, "GET", f"/v1/ledger/seals/{seal['number'] + 1}")
    assert (absent.status_code, absent.json()["rule"]) == (404, "ledger.seal")


def test_an_unknown_code_verifies_as_nothing(door: Door) -> None:
    response = door(None, "GET", "/v1/licences/verify/unknown")
    assert (response.status_code, response.json()["rule"]) == (404, "licences.token")


def test_a_lost_database_is_503_and_a_fault_is_500_with_an_id(door: Door, monkeypatch, caplog) -> None:
    def raising(error: Exception):
        def search(*_: object, **__: object) -> None:
            raise error

        return search

    monkeypatch.setattr("tongban.base.search.queries.search", raising(OperationalError("gone")))
    monkeypatch.setattr("django.db.connection.close", lambda: None)  # the test's own transaction lives on it
    response = door(None, "GET", "/v1/items")
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    monkeypatch.setattr("tongban.base.search.queries.search", raising(RuntimeError("a fault")))
    response = door(None, "GET", "/v1/items")
    assert response.status_code == 500
    assert response.json()["id"] in caplog.text
    assert "a fault" not in response.content.decode()


@pytest.mark.django_db
def test_the_description_loads_nothing_from_elsewhere(client) -> None:
    page = client.get("/v1/docs")
    text = page.content.decode()
    assert page.status_code == 200
    assert "/v1/cases/{case_id}/acts/submit" in text
    assert not any(part in text for part in ("<script", "<link", "<style", "style=", "http://", "https://"))
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    described = json.loads(client.get("/v1/openapi.json").content)
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            if "/acts/" in path:
                assert "requestBody" in operation, (method, path)
