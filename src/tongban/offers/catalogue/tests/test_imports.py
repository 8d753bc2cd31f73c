import copy
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tongban.base.search import queries as search
from tongban.offers.catalogue import imports, queries
from tongban.offers.catalogue.models import BasicItem, Edition, Item
from tongban.people.parties.tests.filling import take_in_organs
from tongban.people.places.tests.filling import take_in_places
from tongban.standards import credit_code

AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
HEAD = "code,name,item_type,department,parent,origin,demonstration\n"
MAIN = "46010100100Y,采伐许可,01,林业局,,某处,yes\n"
CHILD = "460101001001,采伐许可（县级）,01,林业局,46010100100Y,某处,yes\n"
ONE, TWO = credit_code.make("11460106000000018"), credit_code.make("11460106000000019")
PLACES = "code,name,level,parent,kind\n460000000000,海南省,province,,\n"
ORGANS = f"""name,short_name,credit_code,place,kind,duties,demonstration
甲局,甲,{ONE},460000000000,部门,,yes
乙局,乙,{TWO},460000000000,部门,,yes
"""
GUIDE: dict[str, Any] = {
    "basic": "460101001001",
    "level": "4",
    "starts_on": "2026-01-01",
    "organs": [ONE, TWO],
    "guide": {
        "name": "采伐许可",
        "served": ["自然人"],
        "basis": [{"title": "某法"}],
        "conditions": ["权属没有争议。"],
        "case_kind": "promised",
        "limits": {"statutory_days": 20, "promised_days": 7},
        "steps": [{"name": name, "days": 1} for name in ("受理", "审查", "决定", "制证", "送达")],
        "faq": [{"question": "收费吗？", "answer": "不收费。"}],
        "materials": [],
        "form": {"sections": [{"key": "a", "title": "甲", "fields": [{"key": "b", "label": "乙"}]}]},
        "channels": {"online": "full", "visits": 0},
        "phones": {"advice": "0898-00000001", "complaint": "0898-12345"},
        "windows": [],
        "result": {"name": "采伐许可证", "licence_type": "L01"},
        "keywords": ["砍树"],
        "sources": ["某处"],
    },
    "local": {TWO: {"phones": {"advice": "0898-00000002", "complaint": "0898-12345"}}},
}

pytestmark = pytest.mark.django_db


def items(tmp_path: Path, text: str) -> tuple[int, str]:
    file = tmp_path / "items.csv"
    file.write_text(text, encoding="utf-8")
    told: list[str] = []
    return imports.run_items(file, told.append), "\n".join(told)


def guides(tmp_path: Path, body: object, at: datetime = AT) -> tuple[int, str]:
    file = tmp_path / "guide.json"
    file.write_bytes(body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode())
    told: list[str] = []
    return imports.run_guides(file, told.append, at=at), "\n".join(told)


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    body = copy.deepcopy(GUIDE)
    change(body)
    return body


# --- basic items -------------------------------------------------------------------------------------------------------


def test_the_shipped_items_go_in_and_the_second_time_nothing_changes():
    told: list[str] = []
    file = Path(settings.DATA) / "basic_items.csv"
    assert imports.run_items(file, told.append) == imports.run_items(file, told.append) == 0
    count = BasicItem.objects.count()
    assert count >= 1200
    assert f"{count} added, 0 changed" in told[0]
    assert f"0 added, 0 changed, {count} unchanged" in told[1]
    assert set(BasicItem.objects.filter(demonstration=False).values_list("code", flat=True)) == {
        "00016421300Y",
        "000164213003",
        "002014010008",
    }


def test_an_item_is_found_by_words_of_its_name_and_after_a_change_by_the_new_ones(tmp_path: Path):
    assert items(tmp_path, HEAD + MAIN)[0] == 0
    on = date(2026, 11, 2)
    assert [hit.ref for hit in search.search("采伐", on=on).hits] == ["46010100100Y"]
    code, told = items(tmp_path, HEAD + MAIN.replace("采伐许可", "游泳馆开业"))
    assert (code, "0 added, 1 changed, 0 unchanged" in told) == (0, True)
    assert search.search("采伐", on=on).hits == []
    assert [hit.title for hit in search.search("游泳馆", on=on).hits] == ["游泳馆开业"]


def test_a_child_hangs_under_its_main_item(tmp_path: Path):
    assert items(tmp_path, HEAD + MAIN + CHILD)[0] == 0
    assert BasicItem.objects.get(pk="460101001001").parent_id == "46010100100Y"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("4601010010,名,01,部门,,处,yes", "基本编码应为12位"),
        ("46990100200Y,名,01,部门,,处,yes", "事项类型代码不存在：99"),
        ("460101002000,名,11,部门,,处,yes", "type '11' is no type of items"),
        ("460001002000,名,00,部门,,处,yes", "type '00' is no type of items"),
        ("460101002000,名,20,部门,,处,yes", "contradicts the code"),
        ("460101002000,,01,部门,,处,yes", "the name is empty"),
        ("460101002000,名\x1b字,01,部门,,处,yes", "控制字符"),
        (f"460101002000,{'名' * 201},01,部门,,处,yes", "最多200个字"),
        (f"460101002000,名,01,{'部' * 61},,处,yes", "最多60个字"),
        ("460101002001,名,01,部门,46010100200Y,处,yes", "parent '46010100200Y' is not known"),
        ("460101002001,名,01,部门,46010100100Y,处,yes", "cannot be the parent"),
        ("460101002000,名,01,部门,46010100100Y,处,yes", "cannot be the parent"),
        ("460101002000,名,01,部门,,处,vielleicht", "demonstration must be yes or no"),
        ("46010100100Y,又一次,01,部门,,处,yes", "stands twice in this file"),
        ("460101002000,名,01", "as many cells as the header has"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_imported(tmp_path: Path, row: str, reason: str):
    code, told = items(tmp_path, HEAD + MAIN + row + "\n" + CHILD)
    assert code == 1
    assert "items.csv:3: " in told or "line 3" in told
    assert reason in told
    assert not BasicItem.objects.exists()


def test_every_bad_row_of_a_file_is_named_at_once(tmp_path: Path):
    _, told = items(tmp_path, HEAD + "1,名,01,部,,处,yes\n" + MAIN + "2,名,01,部,,处,yes\n")
    assert "items.csv:2: " in told
    assert "items.csv:4: " in told
    assert "2 rows refused, nothing was imported" in told


# --- guides ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def world(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(PLACES, encoding="utf-8")
    (tmp_path / "o.csv").write_text(ORGANS, encoding="utf-8")
    take_in_places(tmp_path / "p.csv")
    take_in_organs(tmp_path / "o.csv")
    assert items(tmp_path, HEAD + MAIN + CHILD)[0] == 0


@pytest.mark.usefixtures("world")
def test_a_guide_is_published_for_each_organ_with_what_the_organ_says_itself(tmp_path: Path):
    code, told = guides(tmp_path, GUIDE)
    assert (code, "2 added, 0 changed, 0 unchanged" in told) == (0, True), told
    first, second = (queries.in_force(f"{organ}4460101001001", date(2026, 1, 1)) for organ in (ONE, TWO))
    assert first.guide.phones.advice == "0898-00000001"
    assert second.guide.phones.advice == "0898-00000002"
    (hit,) = search.search("砍树", place="460000000000", on=date(2026, 6, 1)).hits
    assert hit.ref in {first.item_code, second.item_code}
    assert hit.others == 1


@pytest.mark.usefixtures("world")
def test_the_same_file_twice_changes_nothing(tmp_path: Path):
    guides(tmp_path, GUIDE)
    before = list(Edition.objects.order_by("id").values())
    code, told = guides(tmp_path, GUIDE, AT + timedelta(days=30))
    assert (code, "0 added, 0 changed, 2 unchanged" in told) == (0, True)
    assert list(Edition.objects.order_by("id").values()) == before


@pytest.mark.usefixtures("world")
def test_a_changed_file_publishes_a_new_edition_from_today_only_where_it_differs(tmp_path: Path):
    guides(tmp_path, GUIDE)
    phones = {"advice": "0898-00000009", "complaint": "0898-12345"}
    code, told = guides(tmp_path, changed(lambda body: body["local"][TWO].update(phones=phones)))
    assert (code, "0 added, 1 changed, 1 unchanged" in told) == (0, True), told
    item = f"{TWO}4460101001001"
    assert queries.in_force(item, date(2026, 11, 1)).guide.phones.advice == "0898-00000002"
    assert queries.in_force(item, date(2026, 11, 2)).guide.phones.advice == "0898-00000009"
    assert queries.in_force(item, date(2026, 11, 2)).number == 2


@pytest.mark.usefixtures("world")
def test_a_second_change_on_one_day_is_refused_and_leaves_the_first(tmp_path: Path):
    guides(tmp_path, GUIDE)
    guides(tmp_path, changed(lambda body: body["guide"].update(keywords=["一"])))
    code, told = guides(tmp_path, changed(lambda body: body["guide"].update(keywords=["二"])))
    assert (code, "$.guide: [catalogue.order]" in told) == (1, True)
    assert queries.in_force(f"{ONE}4460101001001", date(2026, 11, 2)).guide.keywords == ("一",)


@pytest.mark.usefixtures("world")
def test_one_bad_file_in_a_folder_keeps_all_out(tmp_path: Path):
    folder = tmp_path / "guides"
    folder.mkdir()
    (folder / "a.json").write_text(json.dumps(GUIDE), encoding="utf-8")
    (folder / "b.json").write_text("{", encoding="utf-8")
    told: list[str] = []
    assert imports.run_guides(folder, told.append, at=AT) == 1
    assert told[0].startswith("b.json: $: the file is not JSON")
    assert not Item.objects.exists()


@pytest.mark.usefixtures("world")
def test_an_empty_folder_is_told(tmp_path: Path):
    (tmp_path / "none").mkdir()
    told: list[str] = []
    assert imports.run_guides(tmp_path / "none", told.append, at=AT) == 1
    assert "no *.json file" in told[0]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("change", "where", "reason"),
    [
        (lambda b: b.pop("basic"), "$.basic", "is missing"),
        (lambda b: b.update(extra=1), "$.extra", "unknown key"),
        (lambda b: b.update(basic="460101009000"), "$.organs[0]", "没有这个基本目录事项"),
        (lambda b: b.update(basic="4601"), "$.basic", "基本编码应为12位"),
        (lambda b: b.update(basic=46), "$.basic", "a text is wanted"),
        (lambda b: b.update(level="9"), "$.level", "'9' is not a valid Level"),
        (lambda b: b.update(starts_on="2026-13-01"), "$.starts_on", "month must be in 1..12"),
        (lambda b: b.update(organs=[]), "$.organs", "a list of credit codes"),
        (lambda b: b["organs"].append(ONE), "$.organs", "an organ stands twice"),
        (lambda b: b["organs"].append(ONE[:-1] + "0"), "$.organs[2]", "no organ with the credit code"),
        (lambda b: b.update(guide=[]), "$.guide", "an object is wanted"),
        (lambda b: b["guide"].pop("phones"), "$.guide.phones", "这一项要填"),
        (lambda b: b["guide"].update(colour="red"), "$.guide.colour", "没有这一项"),
        (
            lambda b: b["guide"]["limits"].update(promised_days=30),
            "$.guide.limits",
            "承诺期限不能比法定期限长",
        ),
        (lambda b: b["guide"]["basis"][0].update(title="\u0000"), "$.guide.basis[0].title", "控制字符"),
        (lambda b: b["guide"].update(name="\ud800"), "$.guide.name", "损坏的字符"),
        (lambda b: b["guide"]["result"].update(fields=["c"]), "$.guide", "结果上要印的内容，表单里没有问"),
        (lambda b: b["local"].update({"x": {}}), "$.local.x", "not among $.organs"),
        (lambda b: b["local"].update({ONE: {"materials": []}}), f"$.local.{ONE}.materials", "states only"),
        (
            lambda b: b["local"].update({ONE: {"phones": {}}}),
            f"$.local.{ONE}.phones.advice",
            "这一项要填",
        ),
        (
            lambda b: b["local"].update({ONE: {"limits": {"statutory_days": 20, "promised_days": 8}}}),
            f"$.local.{ONE}.limits.promised_days",
            "时限只能缩短",
        ),
        (
            lambda b: b["local"].update({ONE: {"limits": {"statutory_days": 30, "promised_days": 5}}}),
            f"$.local.{ONE}.limits.statutory_days",
            "时限只能缩短",
        ),
    ],
)
def test_a_bad_guide_is_named_by_file_and_path_and_nothing_is_imported(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], where: str, reason: str
):
    file = tmp_path / "guide.json"
    file.write_text(json.dumps(changed(change)), encoding="utf-8")
    told: list[str] = []
    assert imports.run_guides(file, told.append, at=AT) == 1
    assert any(line.startswith(f"guide.json: {where}: ") and reason in line for line in told), told
    assert told[-1].endswith("nothing was imported")
    assert not Item.objects.exists()


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"[]", "an object is wanted"),
        (b"\xff\xfe", "not UTF-8"),
        (b'{"a": 1, "a": 2}', "a key stands twice"),
        (b"[" * 100_000, "nested too deeply"),
        (b" " * (2 * 1024 * 1024 + 1), "larger than"),
    ],
)
def test_a_file_that_is_no_guide_is_refused(tmp_path: Path, content: bytes, reason: str):
    code, told = guides(tmp_path, content)
    assert (code, reason in told) == (1, True), told


def test_the_shipped_guides_are_marked_as_demonstration_and_name_their_sources():
    data = Path(settings.DATA)
    take_in_places()
    take_in_organs()
    imports.run_items(data / "basic_items.csv", lambda _: None)
    told: list[str] = []
    assert imports.run_guides(data / "guides", told.append, at=AT) == 0, told
    for edition in Edition.objects.all():
        guide = queries.guide_of(edition.id)
        assert guide.demonstration
        assert len(guide.sources) >= 3
        assert len(guide.steps) >= 5
        assert sum(step.days for step in guide.steps[:3]) <= guide.limits.promised_days
        asked = {field.autocomplete for field in guide.form.by_key().values()}
        assert not asked & {"name", "tel"}, "the account knows name and telephone"
