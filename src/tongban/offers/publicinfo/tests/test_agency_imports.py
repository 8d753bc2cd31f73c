"""Import of agencies: whole or not at all, every bad row named, and nothing public that no editor has read."""

import csv
from pathlib import Path

import pytest
from django.conf import settings
from tests import world as worlds
from tests.world import World

from tongban.base.actor import Actor
from tongban.base.errors import Forbidden
from tongban.offers.publicinfo import actions, imports, queries
from tongban.offers.publicinfo.rules.documents import DocumentKind, DocumentState
from tongban.offers.publicinfo.tests import filling
from tongban.standards import credit_code

pytestmark = pytest.mark.django_db
GOOD = {
    "organ": worlds.ORGAN_CODE,
    "name": "椰风检测有限公司",
    "credit_code": credit_code.make("91460000000000001"),
    "qualifications": "检验检测机构资质认定；证0001；2027-12-31\n备案；备0001；长期",
    "services": "公共场所卫生检测",
    "places": f"{worlds.CITY}；{worlds.OTHER_COUNTY}",
    "address": "海口市某路1号",
    "phone": "400-000-0001",
    "charge": "每点300元",
    "since": "2024-03-01",
    "notes": "",
}
OTHER = GOOD | {"name": "另一家", "credit_code": credit_code.make("91460000000000002")}


@pytest.fixture
def world() -> World:
    return worlds.build()


@pytest.fixture
def second(world: World) -> Actor:
    found = filling.second_editor(world)
    filling.published(world, found, **filling.SERVICE)
    return found


def take_in(folder: Path, *rows: dict[str, str]) -> tuple[int, list[str]]:
    file, told = folder / "agencies.csv", []
    with file.open("w", encoding="utf-8", newline="") as written:
        writer = csv.DictWriter(written, list(GOOD))
        writer.writeheader()
        writer.writerows(rows)
    code = imports.run_agencies(file, told.append, at=worlds.AT)
    return code, told


def waiting(second: Actor) -> list[queries.DocumentView]:
    return queries.desk(second, state=DocumentState.IN_REVIEW, kinds=(DocumentKind.AGENCY,))


def test_what_was_imported_waits_for_an_editor_and_twice_is_once(world: World, second: Actor, tmp_path: Path):
    assert take_in(tmp_path, GOOD, OTHER) == (
        0,
        ["agencies.csv: 2 added, 0 changed, 0 unchanged, 0 refused"],
    )
    assert queries.agencies() == []
    assert take_in(tmp_path, GOOD, OTHER)[1] == ["agencies.csv: 0 added, 0 changed, 2 unchanged, 0 refused"]
    for each in waiting(second):
        actions.approve(actor=second, document_id=each.id, confirmed=True, at=world.at)
    assert {each.document.title for each in queries.agencies()} == {"椰风检测有限公司", "另一家"}
    (listed,) = [each for each in queries.agencies() if each.document.title == GOOD["name"]]
    assert len(listed.facts.qualifications) == 2
    assert set(listed.facts.places) == {worlds.CITY, worlds.OTHER_COUNTY}
    assert list(queries.against_ledger()) == []


def test_a_known_agency_gets_a_new_edition_only_where_something_differs(
    world: World, second: Actor, tmp_path: Path
):
    take_in(tmp_path, GOOD, OTHER)
    for each in waiting(second):
        actions.approve(actor=second, document_id=each.id, confirmed=True, at=world.at)
    moved = GOOD | {"address": "海口市新路2号"}
    assert take_in(tmp_path, moved, OTHER)[1] == ["agencies.csv: 0 added, 1 changed, 1 unchanged, 0 refused"]
    (shown,) = [each for each in queries.agencies() if each.document.title == GOOD["name"]]
    assert shown.facts.address == GOOD["address"]  # until somebody has read the new one
    (open_one,) = waiting(second)
    assert (open_one.number, open_one.facts["address"]) == (2, "海口市新路2号")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"organ": credit_code.make("91460000000000009")}, "organ"),
        ({"credit_code": "914600000000000019"}, "校验"),
        ({"services": "没有这一项"}, "'没有这一项' is not public"),
        ({"services": ""}, "services"),
        ({"places": "469999000000"}, "places"),
        ({"qualifications": "只有名称"}, "资质名称"),
        ({"phone": "x"}, "电话号码格式不符"),
        ({"since": "2024年"}, "since"),
        ({"name": ""}, "title"),
        ({"credit_code": GOOD["credit_code"]}, "stands twice"),
        ({"address": "\x07"}, "address"),
    ],
)
def test_one_bad_row_is_named_and_nothing_is_in(
    world: World, second: Actor, tmp_path: Path, changed: dict[str, str], said: str
):
    code, told = take_in(tmp_path, GOOD, OTHER | changed)
    assert code == 1
    assert len(told) == 2
    last_line = (
        4 if "qualifications" in changed else 5
    )  # cells hold line ends: a row is named by its last line
    assert told[0].startswith(f"agencies.csv:{last_line}: ")
    assert said in told[0]
    assert told[1] == "agencies.csv: 1 rows refused, nothing was imported"
    assert waiting(second) == []


def test_an_agency_being_written_is_not_overrun(world: World, second: Actor, tmp_path: Path):
    take_in(tmp_path, GOOD)
    code, told = take_in(tmp_path, GOOD | {"charge": "另议"}, OTHER)
    assert code == 1
    assert "正在写或者等审查" in told[0]
    assert len(waiting(second)) == 1


def test_an_agency_of_another_organ_s_list_is_refused(world: World, second: Actor, tmp_path: Path):
    take_in(tmp_path, GOOD)
    code, told = take_in(tmp_path, GOOD | {"organ": worlds.OTHER_ORGAN_CODE})
    assert code == 1
    assert "另一个机关" in told[0]


def test_two_services_of_one_name_are_told_apart_by_nobody(world: World, second: Actor, tmp_path: Path):
    filling.published(world, second, **filling.SERVICE)
    assert "is the name of several" in take_in(tmp_path, GOOD)[1][0]


def test_no_person_takes_in_agencies_this_way(world: World, second: Actor):
    with pytest.raises(Forbidden):
        actions.take_in_agency(actor=second, organ_id=world.organ_id, content=filling.AGENCY, at=world.at)


def test_the_shipped_agencies_are_invented_and_say_so():
    with (settings.DATA / "demo_agencies.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    for row in rows:
        assert "演示" in row["name"]
        assert "不是真实" in row["notes"]
        assert credit_code.holds(row["credit_code"])
