"""Reading the whole catalogue: page by page, as of any day, told again only when it is another, old codes leading on."""

import io
from typing import Any

import pytest
from tests import world as worlds
from tests.world import AT, BASIC_CODE, GUIDE, SUPPLEMENT_BASIC_CODE

from tongban.base.actor import Actor, ActorKind, Post, system
from tongban.doors.api.tests.conftest import Door
from tongban.offers.catalogue import actions
from tongban.offers.catalogue.queries.files import read_file

OLD = "460106000000MB1234567001"


@pytest.fixture
def item(door: Door) -> str:
    """The item, under an old code as well, below a standard."""
    platform = system("tests")
    terms = {key: value for key, value in GUIDE.items() if key not in ("windows", "phones")}
    standard = actions.draft_basic(actor=platform, basic_code=BASIC_CODE, body=terms, at=AT)
    worlds.put_standard_through(platform, standard, worlds.SINCE)
    actions.add_alias(actor=door.world.editor, old_code=OLD, code=door.world.item_code, at=AT)
    actions.add_alias(actor=platform, old_code="AB12345000", code=BASIC_CODE, at=AT)
    return door.world.item_code


def away(door: Door) -> Actor:
    return Actor(
        kind=ActorKind.STAFF, name="外", posts=frozenset({Post("editor", door.world.other_organ_id)})
    )


def get(door: Door, url: str, **headers: str) -> Any:
    return door(None, "GET", url, **headers)


def test_items_are_listed_page_by_page_and_filtered(door: Door, item: str):
    other = actions.register_item(
        actor=away(door), basic_code=BASIC_CODE, organ_id=door.world.other_organ_id, level="4", at=AT
    )
    worlds.publish_edition(away(door), other)
    first = get(door, "/v1/catalogue/items?limit=1").json()
    second = get(door, f"/v1/catalogue/items?limit=1&after={first['next']}").json()
    codes = [first["items"][0]["code"], second["items"][0]["code"]]
    assert codes == sorted(codes)
    assert get(door, f"/v1/catalogue/items?limit=1&after={second['next']}").json() == {
        "items": [],
        "next": None,
    }
    for query, count in (
        (f"basic={BASIC_CODE}", 2),
        (f"basic={SUPPLEMENT_BASIC_CODE}", 0),
        (f"place={worlds.COUNTY}", 1),
        (f"organ={worlds.OTHER_ORGAN_CODE}", 1),
        ("item_type=01", 2),
        ("item_type=20", 0),
        ("as_of=2019-12-31", 0),
    ):
        assert len(get(door, f"/v1/catalogue/items?{query}").json()["items"]) == count, query


@pytest.mark.parametrize(
    "path",
    [
        "/v1/items/{item}",
        "/v1/items/{item}/editions",
        "/v1/items/{item}/editions/1",
        "/v1/catalogue/items",
        "/v1/catalogue/basic-items",
        f"/v1/catalogue/basic-items/{BASIC_CODE}",
        "/v1/catalogue/export",
        "/v1/catalogue/export?format=xlsx",
    ],
)
def test_what_the_caller_has_is_not_sent_again(door: Door, item: str, path: str):
    url = path.format(item=item)
    first = get(door, url)
    assert first.status_code == 200
    assert first["ETag"].startswith('"')
    same = get(door, url, **{"If-None-Match": first["ETag"]})
    assert (same.status_code, same["ETag"]) == (304, first["ETag"])
    assert get(door, url, **{"If-None-Match": '"x"'}).status_code == 200
    worlds.publish_edition(door.world.editor, door.world.item_id, starts_on=AT.date(), office="许可科")
    if "basic-items" not in url and not url.endswith("/1"):
        assert get(door, url, **{"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("rest", ["", "/editions", "/editions/1"])
def test_an_old_code_leads_to_the_present_one_for_good(door: Door, item: str, rest: str):
    answer = get(door, f"/v1/items/{OLD}{rest}?as_of=2026-01-01")
    assert (answer.status_code, answer["Location"]) == (301, f"/v1/items/{item}{rest}?as_of=2026-01-01")
    assert get(door, answer["Location"]).status_code == 200
    assert get(door, f"/v1/items/460106000000MB1234567999{rest}").status_code == 404
    basic = get(door, "/v1/catalogue/basic-items/AB12345000")
    assert (basic.status_code, basic["Location"]) == (301, f"/v1/catalogue/basic-items/{BASIC_CODE}")


def test_a_basic_item_is_told_with_the_standard_of_the_day(door: Door, item: str):
    told = get(door, f"/v1/catalogue/basic-items/{BASIC_CODE}").json()
    assert told["standard"]["terms"]["name"] == GUIDE["name"]
    assert [one["number"] for one in told["editions"]] == [1]
    before = get(door, f"/v1/catalogue/basic-items/{BASIC_CODE}?as_of=2019-12-31").json()
    assert before["standard"] is None
    listed = get(door, "/v1/catalogue/basic-items?limit=1").json()
    assert (listed["items"][0]["items"], listed["next"]) == (1, BASIC_CODE)


def test_a_history_tells_digests_and_each_edition_can_be_read(door: Door, item: str):
    worlds.publish_edition(door.world.editor, door.world.item_id, starts_on=AT.date(), office="许可科")
    told = get(door, f"/v1/items/{item}/editions").json()["editions"]
    assert [(one["number"], one["state"]) for one in told] == [(2, "published"), (1, "superseded")]
    for one in told:
        edition = get(door, f"/v1/items/{item}/editions/{one['number']}").json()
        assert edition["digest"] == one["digest"]
    assert get(door, f"/v1/items/{item}/editions/3").status_code == 404


def test_drafts_are_nowhere_to_be_read(door: Door, item: str):
    actions.draft_edition(actor=door.world.editor, item_id=door.world.item_id, body={"office": "秘密"}, at=AT)
    for url in (f"/v1/items/{item}/editions", "/v1/catalogue/items", "/v1/catalogue/export"):
        answer = get(door, url)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert "秘密" not in content.decode()
    assert get(door, f"/v1/items/{item}/editions/2").status_code == 404


@pytest.mark.parametrize("kind", ["json", "csv", "xlsx"])
def test_the_catalogue_as_a_file_is_what_the_import_reads(door: Door, item: str, kind: str):
    one, two = (
        b"".join(get(door, f"/v1/catalogue/export?format={kind}").streaming_content) for _ in range(2)
    )
    assert one == two
    (found,) = read_file(io.BytesIO(one)).items()
    assert (found.code, found.problems) == (item, [])
    none = get(door, f"/v1/catalogue/export?format={kind}&as_of=2019-01-01")
    assert list(read_file(io.BytesIO(b"".join(none.streaming_content))).items()) == []


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/v1/catalogue/items?after=%00", 422),
        ("/v1/catalogue/items?limit=0", 422),
        ("/v1/catalogue/items?limit=501", 422),
        ("/v1/catalogue/items?item_type=99", 422),
        ("/v1/catalogue/items?as_of=x", 422),
        ("/v1/catalogue/export?format=exe", 422),
        ("/v1/catalogue/basic-items/x", 404),
        (f"/v1/catalogue/basic-items/{'0' * 12}", 404),
        ("/v1/items/x/editions", 404),
        (f"/v1/items/{'0' * 31}/editions", 404),
        (f"/v1/items/{'0' * 31}/editions/99999999999", 404),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(door: Door, url: str, status: int):
    answer = get(door, url)
    assert (answer.status_code, bool(answer.json()["message"])) == (status, True)


def test_lists_cost_one_statement(door: Door, item: str, django_assert_num_queries: Any):
    for url, count in (("/v1/catalogue/items", 1), ("/v1/catalogue/basic-items", 1)):
        with django_assert_num_queries(count):
            get(door, url)
