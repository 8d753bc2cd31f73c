import csv
from pathlib import Path

import pytest
from django.conf import settings

from tongban.people.places import imports, queries
from tongban.people.places.models import Place

HEAD = "code,name,level,parent,kind\n"
PROVINCE = "460000000000,海南省,province,,\n"
CITY = "460100000000,海口市,prefecture,460000000000,\n"
COUNTY = "460106000000,龙华区,county,460100000000,\n"

pytestmark = pytest.mark.django_db


class Told(list[str]):
    """What the import reported, as one text."""

    def __str__(self) -> str:
        return "\n".join(self)


def take_in(tmp_path: Path, text: str | bytes) -> tuple[int, str]:
    file = tmp_path / "places.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    told = Told()
    return imports.run(file, told.append), str(told)


def test_takes_in_all_of_hainan_and_the_second_time_changes_nothing():
    file = Path(settings.DATA) / "hainan_divisions.csv"
    with file.open(encoding="utf-8") as lines:
        count = sum(1 for _ in csv.DictReader(lines))
    first, second = Told(), Told()
    assert imports.run(file, first.append) == 0
    assert imports.run(file, second.append) == 0
    assert f"{count} added, 0 changed, 0 unchanged" in str(first)
    assert f"0 added, 0 changed, {count} unchanged" in str(second)
    assert Place.objects.count() == count


def test_counties_directly_under_the_province_stand_beside_its_cities():
    imports.run(Path(settings.DATA) / "hainan_divisions.csv", lambda _: None)
    names = [place.name for place in queries.children("460000000000")]
    assert {"海口市", "儋州市", "文昌市", "琼中黎族苗族自治县"} <= set(names)
    assert [place.name for place in queries.path("469030000000")] == ["海南省", "琼中黎族苗族自治县"]


def test_a_changed_name_changes_the_place(tmp_path: Path):
    take_in(tmp_path, HEAD + PROVINCE + CITY)
    code, told = take_in(tmp_path, HEAD + PROVINCE + CITY.replace("海口市", "海口新市"))
    assert (code, "0 added, 1 changed, 1 unchanged" in told) == (0, True)
    assert Place.objects.get(code="460100000000").name == "海口新市"


def test_a_name_as_long_as_allowed_still_sorts(tmp_path: Path):
    code, told = take_in(tmp_path, HEAD + f"460000000000,{'庄' * 60},province,,\n")
    assert code == 0, told


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("46010600000X,龙华区,county,460100000000,", "区划代码应为12位数字"),
        ("460106000000,,county,460100000000,", "the name is empty"),
        (f"460106000000,{'长' * 61},county,460100000000,", "最多60个字"),
        ("460106000000,龙华\x07区,county,460100000000,", "控制字符"),
        ("460106000000,龙华区,district,460100000000,", "level 'district' is none of"),
        ("460106000000,龙华区,county,469900000000,", "parent '469900000000' is not known"),
        ("460106000000,龙华区,county,,", "a county needs a parent"),
        ("460106000000,龙华区,province,460100000000,", "a prefecture cannot contain a province"),
        ("460100000000,海口市,prefecture,460000000000,", "stands twice in this file"),
        (f"460106000000,龙华区,county,460100000000,{'类' * 21}", "最多20个字"),
        ("460106000000,龙华区,county", "as many cells as the header has"),
        ("460106000000,龙华区,county,460100000000,,多", "as many cells as the header has"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_imported(tmp_path: Path, row: str, reason: str):
    code, told = take_in(tmp_path, HEAD + PROVINCE + CITY + row + "\n" + COUNTY.replace("106", "107"))
    assert code == 1
    assert reason in told
    assert "places.csv:4" in told or "line 4" in told
    assert "nothing was imported" in told
    assert not Place.objects.exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("code,name\n1,2\n", "columns missing: level, parent, kind"),
        ((HEAD + PROVINCE).encode("gb18030"), "not UTF-8"),
        (HEAD + 'a,"b\n', "not csv"),
        (b"", "columns missing"),
    ],
)
def test_a_bad_file_is_refused_whole(tmp_path: Path, content: str | bytes, reason: str):
    code, told = take_in(tmp_path, content)
    assert (code, reason in told, Place.objects.exists()) == (1, True, False), told
