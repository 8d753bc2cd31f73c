"""A bundle over the API: open to read, the applicant's own to start, fill in, submit and withdraw."""

import pytest
from tests import bundle as shops
from tests import world as worlds

from tongban.doors.api.tests.conftest import Door


@pytest.fixture
def shop(door: Door) -> shops.Shop:
    return shops.build(door.world)


def test_a_bundle_is_told_to_everybody_with_its_merged_form_and_organs(door: Door, shop: shops.Shop):
    listed = door(None, "GET", "/v1/bundles").json()["bundles"]
    assert [(one["code"], one["items"]) for one in listed] == [(shops.CODE, list(shops.CODES))]
    told = door(None, "GET", f"/v1/bundles/{shops.CODE}?place={worlds.COUNTY}").json()
    assert [one["item_code"] for one in told["offered"]] == list(shop.items)
    assert "unit_name" not in told["form"]["properties"]
    assert {one["key"]: one["items"] for one in told["materials"]}["layout"] == list(shops.CODES[:2])
    assert told["expected_on"]
    elsewhere = door(None, "GET", f"/v1/bundles/{shops.CODE}").json()
    assert (elsewhere["offered"], elsewhere["form"]) == ([], None)
    assert elsewhere["offered_at"] == [worlds.COUNTY]
    assert door(None, "GET", "/v1/bundles/no-such").status_code == 404


def test_search_finds_a_bundle_by_everyday_words(door: Door, shop: shops.Shop):
    found = door(None, "GET", f"/v1/search?q=开饭馆&place={worlds.COUNTY}").json()["results"]
    assert ("bundle", shops.CODE) in [(hit["kind"], hit["ref"]) for hit in found]


def test_an_applicant_starts_fills_in_and_submits_all_at_once(door: Door, shop: shops.Shop):
    start = f"/v1/bundles/{shops.CODE}/start"
    started = door("applicant", "POST", start, {"place": worlds.COUNTY}, **{"Idempotency-Key": "a"})
    assert started.status_code == 201
    again = door("applicant", "POST", start, {"place": worlds.COUNTY}, **{"Idempotency-Key": "a"})
    assert again.json() == started.json()
    mine = f"/v1/bundled/{started.json()['id']}"
    bad = door("applicant", "PATCH", f"{mine}/form", {"values": {"shop_name": "长" * 50}})
    assert (bad.status_code, list(bad.json()["fields"])) == (422, ["shop_name"])
    saved = door("applicant", "PATCH", f"{mine}/form", {"values": shops.ANSWERS})
    assert saved.status_code == 200
    assert set(saved.json()["missing"]) == {f"material:{key}" for key in shops.PAPERS}
    for key in shops.PAPERS:
        body = {"material_id": str(worlds.material(door.world))}
        assert door("applicant", "PUT", f"{mine}/materials/{key}", body).status_code == 204
    version = door("applicant", "GET", mine).json()["version"]
    sent = door("applicant", "POST", f"{mine}/acts/submit", {"version": version})
    assert sent.status_code == 200, sent.content.decode()
    told = door("applicant", "GET", mine).json()
    assert told["number"] == sent.json()["number"]
    assert {member["state"] for member in told["members"]} == {"submitted"}
    assert told["outlook"]["phase"] == "running"
    stale = door("applicant", "POST", f"{mine}/acts/withdraw", {"version": version})
    assert (stale.status_code, stale.json()["rule"]) == (409, "cases.bundle_version")
    gone = door("applicant", "POST", f"{mine}/acts/withdraw", {"version": told["version"]})
    assert gone.status_code == 200


@pytest.mark.parametrize("role", ["stranger", "clerk", "reviewer"])
def test_nobody_else_reads_or_touches_it(door: Door, shop: shops.Shop, role: str):
    ref = shops.filled(door.world)
    mine = f"/v1/bundled/{ref.id}"
    assert door(role, "GET", mine).status_code == 404
    assert door(role, "PATCH", f"{mine}/form", {"values": {"kitchen": "1"}}).status_code == 404
    assert door(role, "POST", f"{mine}/acts/submit", {"version": 1}).status_code == 404


def test_a_material_can_be_taken_out_again(door: Door, shop: shops.Shop):
    ref = shops.started(door.world)
    material = worlds.material(door.world)
    mine = f"/v1/bundled/{ref.id}"
    assert (
        door("applicant", "PUT", f"{mine}/materials/layout", {"material_id": str(material)}).status_code
        == 204
    )
    assert "material:layout" not in door("applicant", "GET", mine).json()["missing"]
    taken = door("applicant", "DELETE", f"{mine}/materials/layout?material_id={material}")
    assert taken.status_code == 204
    assert "material:layout" in door("applicant", "GET", mine).json()["missing"]
