"""The form of an item as JSON Schema (申请表单), and answers with more in them than one text."""

from datetime import timedelta
from typing import Any

from jsonschema import Draft202012Validator
from tests import world as worlds

from tongban.doors.api.tests.conftest import Door
from tongban.work.cases import actions, queries
from tongban.work.cases.tests.forms import DELIVERY, MORE, POST, SINCE, STAFF, TOWN, publish


def _form(door: Door, query: str = "", **headers: str) -> Any:
    return door(None, "GET", f"/v1/items/{door.world.item_code}/form{query}", **headers)


def test_a_form_is_open_to_everybody_and_is_json_schema(door: Door) -> None:
    answer = _form(door)
    schema = answer.json()
    Draft202012Validator.check_schema(schema)
    assert schema["title"] == "公共场所卫生许可（新办）"
    assert schema["x-item"] == door.world.item_code
    assert set(schema["required"]) == {"shop_name", "own_place", "address", "area", "phone"}
    case = actions.start(actor=door.world.applicant, item_code=door.world.item_code, at=worlds.AT)
    actions.save(actor=door.world.applicant, case_id=case.id, values=worlds.FORM, at=worlds.AT)
    kept = queries.one(door.world.applicant, case.id).form
    assert Draft202012Validator(schema).is_valid(kept)


def test_a_form_stands_under_a_strong_tag(door: Door) -> None:
    first = _form(door)
    tag = first["ETag"]
    assert not tag.startswith("W/")
    again = _form(door, **{"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert _form(door, **{"If-None-Match": '"other"'}).status_code == 200


def test_a_form_of_an_earlier_day_is_the_one_of_that_day(door: Door) -> None:
    publish(door.world, DELIVERY, POST)
    before = _form(door, f"?as_of={SINCE - timedelta(days=1)}")
    after = _form(door, f"?as_of={SINCE}")
    assert "delivery" not in before.json()["properties"]
    assert after.json()["properties"]["post_address"]["x-when"] == {"delivery": ["post"]}
    assert before["ETag"] != after["ETag"]
    assert _form(door, "?as_of=1999-01-01").status_code == 404
    assert _form(door, "?as_of=yesterday").status_code == 422


def test_tables_and_places_come_in_and_out_as_they_are(door: Door) -> None:
    publish(door.world, DELIVERY, POST, TOWN, STAFF)
    case = actions.start(actor=door.world.applicant, item_code=door.world.item_code, at=worlds.AT)
    saved = door("applicant", "PATCH", f"/v1/cases/{case.id}/form", {"values": MORE})
    assert saved.status_code == 200, saved.content
    assert saved.json()["form"]["staff"] == MORE["staff"]
    wrong = door(
        "applicant", "PATCH", f"/v1/cases/{case.id}/form", {"values": {"staff": [{"name": "甲", "sex": "7"}]}}
    )
    assert wrong.status_code == 422
    assert set(wrong.json()["fields"]) == {"staff.0.sex"}


def test_a_table_without_end_stops_at_the_door(door: Door) -> None:
    publish(door.world, STAFF)
    case = actions.start(actor=door.world.applicant, item_code=door.world.item_code, at=worlds.AT)
    for rows in ([{"name": "甲"}] * 201, [{f"k{n}": "x" for n in range(21)}], [{"name": {"a": "b"}}]):
        body = {"values": {"staff": rows}}
        assert door("applicant", "PATCH", f"/v1/cases/{case.id}/form", body).status_code == 422
