"""Intermediary services, agencies and depth for programs: as of any day, under strong tags."""

import uuid
from datetime import timedelta

import pytest
from tests import world as worlds

from tongban.doors.api.tests.conftest import Door
from tongban.doors.web import counted
from tongban.offers.publicinfo import actions
from tongban.offers.publicinfo.tests import filling


@pytest.fixture(autouse=True)
def counted_anew() -> None:
    """What is kept for a minute is kept across tests as well."""
    counted._depth.cache_clear()


@pytest.fixture
def service(door: Door) -> uuid.UUID:
    return filling.published(door.world, filling.second_editor(door.world), **filling.SERVICE).id


@pytest.fixture
def agency(door: Door, service: uuid.UUID) -> uuid.UUID:
    third = filling.second_editor(door.world, login="third")
    return filling.published(door.world, third, **filling.AGENCY | {"services": str(service)}).id


def test_services_are_told_in_fields(door: Door, service: uuid.UUID) -> None:
    (told,) = door(None, "GET", "/v1/intermediaries").json()["services"]
    assert told["id"] == str(service)
    assert told["items"] == ["000123001000", "000123002000"]
    assert told["basis"][0] == {"title": "公共场所卫生管理条例", "article": "第四条"}
    assert (told["days"], told["payer"], told["alone"], told["result"]) == (
        7,
        "applicant",
        True,
        "卫生检测报告",
    )
    assert door(None, "GET", "/v1/intermediaries?item=999999999999").json() == {"services": []}
    assert door(None, "GET", "/v1/intermediaries?item=x").status_code == 422


def test_agencies_are_told_by_service_and_place_and_those_that_left_with_the_reason(
    door: Door, service: uuid.UUID, agency: uuid.UUID
) -> None:
    (told,) = door(None, "GET", f"/v1/agencies?service={service}&place={worlds.COUNTY}").json()["agencies"]
    assert told["id"] == str(agency)
    assert told["qualifications"] == [
        {"name": "检验检测机构资质认定", "number": "证0001", "valid_to": "2027-12-31"},
        {"name": "备案", "number": "备0001", "valid_to": None},
    ]
    assert (told["since"], told["services"], told["phone"]) == ("2024-03-01", [str(service)], "4000000001")
    assert door(None, "GET", f"/v1/agencies?service={uuid.uuid4()}").json()["agencies"] == []
    assert door(None, "GET", "/v1/agencies?place=469999000000").json()["agencies"] == []
    assert door(None, "GET", f"/v1/agencies?after={agency}").json()["agencies"] == []
    actions.withdraw(actor=door.world.editor, document_id=agency, reason="资质被吊销", at=door.world.at)
    gone = door(None, "GET", "/v1/agencies").json()
    assert gone["agencies"] == []
    assert [(each["id"], each["reason"]) for each in gone["removed"]] == [(str(agency), "资质被吊销")]


def test_the_list_is_told_as_of_a_day(door: Door, service: uuid.UUID) -> None:
    later = door.world.at + timedelta(days=3)
    newer = filling.SERVICE | {"days": "3"}
    fourth = filling.second_editor(door.world, login="fourth")
    actions.revise(actor=door.world.editor, document_id=service, content=newer, at=later)
    actions.send(actor=door.world.editor, document_id=service, at=later)
    actions.approve(actor=fourth, document_id=service, confirmed=True, at=later)

    def days(as_of: str) -> list[int]:
        found = door(None, "GET", f"/v1/intermediaries{as_of}").json()["services"]
        return [each["days"] for each in found]

    assert days("?as_of=2026-11-01") == []
    assert days("?as_of=2026-11-02") == days("?as_of=2026-11-04") == [7]
    assert days("?as_of=2026-11-05") == days("") == [3]
    for extreme in ("0001-01-01", "9999-12-31"):
        assert door(None, "GET", f"/v1/intermediaries?as_of={extreme}").status_code == 200
        assert door(None, "GET", f"/v1/agencies?as_of={extreme}").status_code == 200
        assert door(None, "GET", f"/v1/depth?as_of={extreme}").status_code == 200


def test_depth_is_counted_and_told_item_by_item(door: Door) -> None:
    told = door(None, "GET", "/v1/depth?as_of=2026-11-02").json()
    assert told["as_of"] == "2026-11-02"
    lines = door(None, "GET", "/v1/depth/items?as_of=2026-11-02&limit=100").json()["items"]
    assert sum(each["items"] for each in told["counts"]) == len(lines) > 0
    assert door.world.item_code in {each["code"] for each in lines}
    last = lines[-1]["code"]
    assert door(None, "GET", f"/v1/depth/items?after={last}").json()["items"] == []
    assert door(None, "GET", "/v1/depth?as_of=2000-01-01").json()["counts"] == []
    for bad in ("online=x", "place=1", "after=%00", "limit=0", "as_of=x"):
        assert door(None, "GET", f"/v1/depth/items?{bad}").status_code == 422, bad


def test_each_is_told_unchanged_under_its_tag(door: Door, service: uuid.UUID, agency: uuid.UUID) -> None:
    for address in ("/v1/intermediaries", "/v1/agencies", "/v1/depth", "/v1/depth/items"):
        tag = door(None, "GET", address).headers["ETag"]
        again = door(None, "GET", address, **{"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b""), address


def test_announcements_are_told_without_the_lists(door: Door, service: uuid.UUID) -> None:
    assert door(None, "GET", "/v1/info").json() == {"infos": []}
    assert door(None, "GET", "/v1/info?kind=service").json() == {"infos": []}
