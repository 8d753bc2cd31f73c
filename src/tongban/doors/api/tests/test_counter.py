"""A counter through the machine door: taking in, delivery, passing on, originals; each role, and garbage."""

import uuid
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests import mandating
from tests import world as worlds

from tongban.base.actor import Post
from tongban.doors.api.api import api
from tongban.doors.api.tests.conftest import Door
from tongban.offers.catalogue import actions as catalogue
from tongban.people.mandates.rules import Act as MandateAct
from tongban.work.cases import queries
from tongban.work.cases.rules.presence import Document

NUMBER = "46010619900101212"
PERSON = {"name": "王秀兰", "id_number": NUMBER + worlds.mod11_2(NUMBER)}
CHANNELS = {"online": "full", "visits": 0, "post": True, "anywhere": "city"}


@pytest.fixture
def taken(door: Door) -> str:
    """Address of a draft that a counter elsewhere began and filled in."""
    world = door.world
    worlds.publish_edition(world.editor, world.item_id, starts_on=world.at.date(), channels=CHANNELS)
    body = {"counter": str(world.other_organ_id), "item_code": world.item_code, "applicant": PERSON}
    answer = door("other_clerk", "POST", "/v1/counter/cases", body)
    assert answer.status_code == 201, answer.content
    path = f"/v1/cases/{answer.json()['id']}"
    assert door("other_clerk", "PATCH", f"{path}/form", {"values": worlds.FORM}).status_code == 200
    for key in ("report", "lease"):
        file = SimpleUploadedFile("报告.pdf", worlds.PDF, content_type="application/pdf")
        headers = {"Authorization": f"Bearer {door.token('other_clerk')}"}
        sent = door.client.post(f"{path}/papers/{key}", {"file": file, "checked": "true"}, headers=headers)
        assert sent.status_code == 204, sent.content
    return path


def _version(door: Door, path: str, role: str = "other_clerk") -> int:
    return int(door(role, "GET", path).json()["version"])


def test_a_program_of_a_counter_takes_in_delivers_and_sends_originals(door: Door, taken: str) -> None:
    post = {"way": "post", "recipient": "王秀兰", "phone": "13800138000", "address": "海口市演示路1号"}
    assert door("other_clerk", "PUT", f"{taken}/delivery", post).status_code == 204
    body = {"version": _version(door, taken)}
    assert door("other_clerk", "POST", f"{taken}/acts/submit", body).status_code == 200
    case = door("clerk", "GET", taken).json()
    assert {paper["trust"] for paper in case["attachments"]} == {"B"}
    assert "演示路1号" not in door("clerk", "GET", taken).content.decode()
    listed = door("other_clerk", "GET", "/v1/counter/cases").json()["cases"]
    assert [row["id"] for row in listed] == [case["id"]]

    sending = {"what": ["report"], "receiver": str(door.world.organ_id), "tracking": "EM1CN"}
    sent = door("other_clerk", "POST", f"{taken}/originals", sending, **{"Idempotency-Key": "key-1"}).json()
    again = door("other_clerk", "POST", f"{taken}/originals", sending, **{"Idempotency-Key": "key-1"}).json()
    assert sent == again
    original = sent["originals"][0]
    assert (original["tracking"], original["received_at"]) == ("EM1CN", None)
    assert door("clerk", "GET", "/v1/counter/originals").json() == sent
    signed = door("clerk", "POST", f"{taken}/originals/receive", {"originals": [original["id"]]})
    assert signed.json()["originals"][0]["received_by"] == "窗口小林"
    assert door("clerk", "GET", "/v1/counter/originals").json() == {"originals": []}
    assert door("applicant", "GET", f"{taken}/originals").json() == signed.json()


def test_a_case_is_passed_on_by_a_program(door: Door) -> None:
    world = door.world
    posts = frozenset({Post("editor", world.other_organ_id, worlds.OTHER_COUNTY)})
    editor = replace(world.editor, posts=posts)
    item = catalogue.register_item(
        actor=editor, basic_code=worlds.BASIC_CODE, organ_id=world.other_organ_id, level="4", at=world.at
    )
    worlds.publish_edition(editor, item)
    case = worlds.submitted(world)
    path = f"/v1/cases/{case.id}/acts/transfer"
    body = {"version": case.version, "to": str(world.other_organ_id), "reason": "店在琼山区。"}
    assert door("other_clerk", "POST", path, body).status_code == 404
    assert door("reviewer", "POST", path, body).status_code == 403
    assert door("clerk", "POST", path, body | {"to": str(uuid.uuid4())}).status_code == 422
    assert door("clerk", "POST", path, body).json()["number"] == case.number
    assert queries.one(world.applicant, case.id).organ_id == world.other_organ_id


@pytest.mark.parametrize(
    ("role", "status"),
    [("applicant", 403), ("stranger", 403), ("clerk", 403), ("reviewer", 403), (None, 401)],
)
def test_only_a_clerk_of_the_counter_begins_there(door: Door, role: str | None, status: int) -> None:
    world = door.world
    body = {"counter": str(world.other_organ_id), "item_code": world.item_code, "applicant": PERSON}
    assert door(role, "POST", "/v1/counter/cases", body).status_code == status


def test_garbage_is_refused_with_its_place(door: Door, taken: str) -> None:
    world = door.world
    good = {"counter": str(world.other_organ_id), "item_code": world.item_code, "applicant": PERSON}
    for wrong in (
        {},
        good | {"counter": "here"},
        good | {"counter": str(uuid.uuid4())},
        good | {"applicant": {"name": "\x00", "id_number": "1"}},
        good | {"applicant": PERSON | {"name": "李四"}},
        good | {"item_code": "x"},
    ):
        assert door("other_clerk", "POST", "/v1/counter/cases", wrong).status_code in (403, 422)
    for wrong in ({"way": "pigeon"}, {"way": "post"}, {"way": "counter", "counter": str(uuid.uuid4())}):
        assert door("other_clerk", "PUT", f"{taken}/delivery", wrong).status_code == 422
    for wrong in ({"what": [], "receiver": str(world.organ_id)}, {"what": ["report"], "receiver": "x"}):
        assert door("other_clerk", "POST", f"{taken}/originals", wrong).status_code == 422
    draft = {"what": ["report"], "receiver": str(world.organ_id)}
    assert door("other_clerk", "POST", f"{taken}/originals", draft).status_code == 409
    assert door("other_clerk", "POST", f"{taken}/originals/receive", {"originals": []}).status_code == 422
    assert door("stranger", "GET", f"{taken}/originals").status_code == 404


def test_every_body_of_a_request_is_described_as_an_object_of_its_own() -> None:
    """Two things of one name in the description would hide each other."""
    told = api.get_openapi_schema(path_prefix="/v1/")
    named = told["components"]["schemas"]
    bodies = [
        content["schema"]["$ref"].rsplit("/", 1)[1]
        for methods in told["paths"].values()
        for operation in methods.values()
        for content in operation.get("requestBody", {}).get("content", {}).values()
        if "$ref" in content["schema"]
    ]
    assert len(bodies) > 30
    assert [name for name in bodies if named[name].get("type") != "object"] == []
    assert "version" in named["Act"]["properties"]


def test_the_words_written_out_for_programs_are_those_of_the_rules() -> None:
    named = api.get_openapi_schema(path_prefix="/v1/")["components"]["schemas"]
    assert named["Presence"]["properties"]["seen"]["enum"] == [one.value for one in Document]
    paper = str(named)
    assert all(f"'{act.value}'" in paper for act in MandateAct)


def _paper(door: Door, **changed: object) -> dict[str, object]:
    return {
        "counter": str(door.world.other_organ_id),
        "giver_name": PERSON["name"],
        "giver_number": PERSON["id_number"],
        "agent_name": "周洋",
        "agent_number": mandating.number(mandating.AGENT),
        "acts": ["apply", "supplement"],
        "last": "2026-12-31",
        "seen": "授权委托书、双方身份证",
        "scan": SimpleUploadedFile("委托书.pdf", worlds.PDF, content_type="application/pdf"),
    } | changed


def test_a_program_of_a_counter_names_who_stands_there_and_records_the_paper(door: Door) -> None:
    world = door.world
    worlds.publish_edition(world.editor, world.item_id, starts_on=world.at.date(), channels=CHANNELS)
    mandating.person("zhouyang", "周洋", mandating.AGENT, "13600136000")
    person = {"name": "周洋", "id_number": mandating.number(mandating.AGENT)}
    body = {"counter": str(world.other_organ_id), "item_code": world.item_code, "applicant": PERSON}
    other = {"seen": "id_card", "person": person}
    refused = door("other_clerk", "POST", "/v1/counter/cases", body | {"present": other})
    assert refused.status_code == 422
    assert "没有查到有效的授权" in refused.json()["fields"]["mandate"][0]
    headers = {"Authorization": f"Bearer {door.token('other_clerk')}"}
    wrong = door.client.post("/v1/counter/mandates", _paper(door, seen=" "), headers=headers)
    assert wrong.status_code == 422
    made = door.client.post("/v1/counter/mandates", _paper(door), headers=headers)
    assert made.status_code == 201, made.content
    number = made.json()["number"]
    begun = door("other_clerk", "POST", "/v1/counter/cases", body | {"present": other | {"mandate": number}})
    assert begun.status_code == 201, begun.content
    path = f"/v1/cases/{begun.json()['id']}"
    assert door("other_clerk", "PUT", f"{path}/presence", {"seen": "card"}).status_code == 422
    assert door("other_clerk", "PUT", f"{path}/presence", other | {"mandate": number}).status_code == 204
    assert door("other_clerk", "PUT", f"{path}/presence", {}).status_code == 204
    assert door("clerk", "PUT", f"{path}/presence", {}).status_code == 404
    assert door("applicant", "PUT", f"{path}/presence", {}).status_code == 403
    denied = {"Authorization": f"Bearer {door.token('clerk')}"}
    assert door.client.post("/v1/counter/mandates", _paper(door), headers=denied).status_code == 403
