from pathlib import Path

import pytest
from django.conf import settings

from tongban.people.parties import imports, queries
from tongban.people.parties.models import Organ
from tongban.people.parties.tests.filling import take_in_organs
from tongban.people.places.tests.filling import take_in_places
from tongban.standards import credit_code

HEAD = "name,short_name,credit_code,place,kind,duties,demonstration\n"
PLACES = """code,name,level,parent,kind
460000000000,海南省,province,,
460100000000,海口市,prefecture,460000000000,
460106000000,龙华区,county,460100000000,
"""
ONE, TWO = credit_code.make("11460106000000018"), credit_code.make("11460106000000019")
GOOD = f"龙华区卫健委,龙华卫健,{ONE},460106000000,卫生健康,卫生许可,yes\n"

pytestmark = pytest.mark.django_db


@pytest.fixture
def places(tmp_path: Path) -> None:
    file = tmp_path / "p.csv"
    file.write_text(PLACES, encoding="utf-8")
    take_in_places(file)


def take_in(tmp_path: Path, text: str) -> tuple[int, str]:
    file = tmp_path / "organs.csv"
    file.write_text(text, encoding="utf-8")
    told: list[str] = []
    return imports.run(file, told.append), "\n".join(told)


def test_the_shipped_organs_go_in_and_the_second_time_nothing_changes():
    take_in_places()
    told: list[str] = []
    file = Path(settings.DATA) / "hainan_organs.csv"
    assert imports.run(file, told.append) == imports.run(file, told.append) == 0
    count = Organ.objects.count()
    assert count == len(queries.organs()) >= 28
    assert f"0 added, 0 changed, {count} unchanged" in told[-1]


def test_every_shipped_organ_says_that_its_code_is_made_up():
    take_in_places()
    imports.run(Path(settings.DATA) / "hainan_organs.csv", lambda _: None)
    assert all(organ.demonstration for organ in queries.organs())
    assert all(organ.credit_code[2:8] == organ.place[:6] for organ in queries.organs())


def test_organs_are_found_by_their_whole_name_and_by_area():
    take_in_places()
    take_in_organs()
    government = queries.organ_by_name("海口市美兰区人民政府")
    assert government is not None
    assert government.place == "460108000000"
    assert queries.organ_by_name("海口市美兰区") is None
    in_county = queries.organs_in("460108")
    assert government in in_county
    assert {organ.place for organ in in_county} == {"460108000000"}
    assert len(queries.organs_in("46")) == len(queries.organs())
    assert queries.organs_in("4602") == [
        organ for organ in queries.organs() if organ.place.startswith("4602")
    ]


@pytest.mark.usefixtures("places")
def test_an_empty_short_name_is_the_name(tmp_path: Path):
    code, told = take_in(tmp_path, HEAD + GOOD.replace("龙华卫健", ""))
    assert code == 0, told
    found = queries.organ_by_code(ONE)
    assert found is not None
    assert found.short_name == "龙华区卫健委"


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (f"甲局,甲,{TWO[:-1]}0,460106000000,部门,,yes", "校验不符"),
        ("甲局,甲,123,460106000000,部门,,yes", "统一社会信用代码应为18位"),
        (f",甲,{TWO},460106000000,部门,,yes", "the name is empty"),
        (f"甲\x01局,甲,{TWO},460106000000,部门,,yes", "控制字符"),
        (f"{'甲' * 101},甲,{TWO},460106000000,部门,,yes", "最多100个字"),
        (f"甲局,{'甲' * 41},{TWO},460106000000,部门,,yes", "最多40个字"),
        (f"甲局,甲,{TWO},460107000000,部门,,yes", "place '460107000000' is not known"),
        (f"甲局,甲,{TWO},460106000000,部门,{'责' * 201},yes", "最多200个字"),
        (f"甲局,甲,{TWO},460106000000,部门,,maybe", "demonstration must be yes or no"),
        (f"甲局,甲,{ONE},460106000000,部门,,yes", "stands twice in this file"),
        (f"龙华区卫健委,甲,{TWO},460106000000,部门,,yes", "under another credit code"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_imported(tmp_path: Path, row: str, reason: str):
    code, told = take_in(tmp_path, HEAD + GOOD + row + "\n")
    assert code == 1
    assert "organs.csv:3: " in told
    assert reason in told
    assert not Organ.objects.exists()


@pytest.mark.usefixtures("places")
def test_an_organ_that_is_known_under_another_code_is_not_taken_twice(tmp_path: Path):
    take_in(tmp_path, HEAD + GOOD)
    code, told = take_in(tmp_path, HEAD + GOOD.replace(ONE, TWO))
    assert (code, "under another credit code" in told) == (1, True)
    assert Organ.objects.count() == 1
