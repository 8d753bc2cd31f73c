"""Search and suggestions for programs."""

import pytest

from tongban.doors.api.tests.conftest import Door


def test_items_are_narrowed_and_say_whether_they_serve_the_place(door: Door) -> None:
    (item,) = door(
        None, "GET", "/v1/items?q=理发店&place=460106000000&served=person&online=accept&near=true"
    ).json()["items"]
    assert (item["code"], item["near"], item["others"]) == (door.world.item_code, True, 0)
    for narrowed in (
        "level=2",
        "theme=没有",
        "anywhere=country",
        f"organ={door.world.other_organ_id}",
        "department=没有",
    ):
        assert door(None, "GET", f"/v1/items?q=理发店&{narrowed}").json()["items"] == []
    assert door(None, "GET", f"/v1/items?organ={door.world.organ_id}").json()["items"] != []


def test_one_search_answers_with_every_kind_and_says_which(door: Door) -> None:
    found = door(None, "GET", "/v1/search?q=卫生许可").json()
    assert [(hit["kind"], hit["title"]) for hit in found["results"]] == [
        ("guide", "公共场所卫生许可（新办）"),
        ("item", "饮用水供水单位卫生许可"),
    ]
    assert found["meant"] is None
    assert door(None, "GET", "/v1/search?q=理法店").json()["meant"] == "理发店"
    assert [
        hit["kind"] for hit in door(None, "GET", "/v1/search?q=卫生许可&kind=item").json()["results"]
    ] == ["item"]


@pytest.mark.parametrize(
    "query", ["kind=x", "level=9", "organ=x", "page=0", "limit=101", "place=1", "online=maybe"]
)
def test_what_cannot_be_asked_is_422(door: Door, query: str) -> None:
    assert door(None, "GET", f"/v1/search?q=理发店&{query}").status_code == 422


def test_suggestions_come_by_pinyin(door: Door) -> None:
    assert "理发店" in door(None, "GET", "/v1/suggestions?q=lifad").json()["suggestions"]
