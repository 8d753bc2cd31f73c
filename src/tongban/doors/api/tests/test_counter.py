"""A counter through the machine door: taking in, delivery, passing on, originals; each role, and garbage."""

import uuid
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests import world as worlds

from tongban.base.actor import Post
from tongban.doors.api.tests.conftest import Door
from tongban.offers.catalogue import actions as catalogue
from tongban.work.cases import queries

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
