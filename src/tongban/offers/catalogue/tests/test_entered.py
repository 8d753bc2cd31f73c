"""The real guides of other provinces, entered as drafts: no fact of any of them is lost."""

import csv
import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from tongban.base.actor import Actor, ActorKind, Post
from tongban.offers.catalogue import imports, queries
from tongban.offers.catalogue.models import Alias, BasicItem, Edition
from tongban.people.parties.queries import organ_by_code
from tongban.people.parties.tests.filling import take_in_organs
from tongban.people.places.tests.filling import take_in_places
from tongban.standards.canonical import digest
from tongban.standards.item_codes import ItemType

pytestmark = pytest.mark.django_db
ENTERED, SOURCE = Path(settings.DATA) / "guides_entered", Path(settings.DATA) / "guides_source"
AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)

# What the source says of an element that holds it as a value: the words of the source that are not kept as a text.
CODED = {
    "fees": {"否", "不收费"},
    "joint_organs": {"无"},
    "special_procedures": {"空"},
    "organ_nature": {"法定机关"},
    "power_source": {"法定本级行使"},
    "case_kind": {"承诺件"},
}


@pytest.fixture(scope="module")
def stored(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Edition]]:
    """The drafts as they stand in the database, by the name of their source."""
    with django_db_blocker.unblock(), transaction.atomic():
        take_in_places()
        take_in_organs()
        told: list[str] = []
        for file in (Path(settings.DATA) / "basic_items.csv", ENTERED / "basic_items.csv"):
            assert imports.run_items(file, told.append) == 0, told
        assert imports.run_drafts(ENTERED, told.append, at=AT) == 0, told
        by_digest = {edition.digest: edition for edition in Edition.objects.select_related("item__basic")}
        yield {
            file.stem: by_digest[digest(json.loads(file.read_text(encoding="utf-8"))["guide"])]
            for file in sorted(ENTERED.glob("*.json"))
        }
        transaction.set_rollback(True)


def facts() -> list[tuple[str, str, str]]:
    with (ENTERED / "facts.csv").open(encoding="utf-8") as file:
        return [
            (row["source"].removesuffix(".md"), row["line"], row["place"]) for row in csv.DictReader(file)
        ]


def pieces(text: str) -> list[str]:
    """What a line says, cut at everything that only separates."""
    return [part for part in re.split(r"[\s;、,|→():《》/.]+", unicodedata.normalize("NFKC", text)) if part]


def atoms(text: str) -> set[str]:
    return set(pieces(text))


def squeezed(value: object) -> str:
    """Everything that an element says, without what only separates."""
    if isinstance(value, dict):
        return "".join(map(squeezed, value.values()))
    if isinstance(value, list):
        return "".join(map(squeezed, value))
    return "".join(pieces(str(value)))


def test_every_line_of_every_source_has_its_place():
    noted = {(source, line) for source, line, _ in facts()}
    for file in sorted(SOURCE.glob("*.md")):
        for raw in file.read_text(encoding="utf-8").splitlines():
            line = raw.strip().removeprefix("# ")
            if line and not line.startswith("#"):
                assert (file.stem, line) in noted
    assert len(list(SOURCE.glob("*.md"))) == len(list(ENTERED.glob("*.json"))) == 30


def test_every_fact_is_in_what_was_stored(stored: dict[str, Edition]):
    checked = 0
    for source, line, place in facts():
        edition = stored[source]
        label, _, value = line.removeprefix("- ").partition(": ")
        said = value if line.startswith("- ") else re.sub(r"^[0-9]+\. ", "", line)
        if place == "basic":
            assert ItemType(edition.item.basic.item_type).label in value
        elif place == "plan":
            assert (edition.starts_on, edition.ends_on, value) == (None, None, "无")
        elif place == "aliases":
            assert Alias.objects.get(pk=said[:10]).item_id == edition.item_id
        else:
            element = edition.body[place]
            if place in CODED:
                assert atoms(said) <= CODED[place], line
            elif place == "channels":
                assert channels_say(element, label, said), line
            elif place == "materials":
                assert material_says(element, said), line
            else:
                # A line may be told in several places, e.g. years as a number and the whole in words.
                places = [there for name, told, there in facts() if (name, told) == (source, line)]
                kept = squeezed([edition.body[there] for there in places])
                kept += (
                    "".join(f"{number}年" for number in [element.get("valid_years")] if number)
                    if place == "result"
                    else ""
                )
                assert all(atom in kept for atom in atoms(said)), line
        checked += 1
    assert checked == len(facts()) > 300


def channels_say(told: dict[str, Any], label: str, said: str) -> bool:
    """Whether the ways to handle carry what one line says."""
    match label:
        case "到办事现场次数" | "到现场次数":
            return told["visits"] == int(re.sub(r"\D", "", said))
        case "通办范围":
            return said.startswith("全市") and told["anywhere"] == "city"
        case "送达" | "是否支持物流快递":
            return told["post"] is True
        case "是否支持预约办理":
            return told["appointment"] is (said != "否")
        case "必须到现场原因":
            return told["visit_reason"] == said
        case "自助终端":
            return (told["terminals"] == []) is (said == "否")
        case "受理方法" | "办理形式" | "网办类型":
            words = {"窗口": "window", "当面": "window", "网上": "computer", "网办": "computer"}
            return {way for word, way in words.items() if word in said} <= set(told["ways"])
    return False


WORDS = {
    "原件": ("original", "original"),
    "复印件": ("original", "copy"),
    "纸质": ("form", "paper"),
    "必要": ("requirement", "required"),
    "非必要": ("requirement", "optional"),
    "申请人自备": ("source", "own"),
}


def material_says(materials: list[dict[str, Any]], said: str) -> bool:
    """Whether one of the materials carries every part of a line such as ``身份证|原件|纸质|1|必要``."""
    name, *parts = said.split("|")
    (one,) = [material for material in materials if material["name"] == name.strip()]
    for part in (part.strip() for part in parts):
        kept = (
            part == "-"
            or (part in WORDS and one.get(WORDS[part][0]) == WORDS[part][1])
            or (part == "纸质/电子化" and one.get("form") == "either")
            or part == str(one.get("copies"))
            or (
                re.fullmatch(r"原件[0-9]+份?", part)
                and str(one["copies"]) in part
                and one["original"] == "original"
            )
            or part in one.get("notes", "")
        )
        if not kept:
            return False
    return True


@pytest.mark.usefixtures("stored")
def test_the_same_drafts_again_change_nothing():
    before, told = Edition.objects.count(), []
    assert imports.run_drafts(ENTERED, told.append, at=AT) == 0
    assert Edition.objects.count() == before == 30
    assert "30 unchanged" in told[-1]


def test_an_editor_sees_each_of_them_with_what_is_missing(stored: dict[str, Edition]):
    organ = organ_by_code("11460000000000003Q")
    assert organ is not None
    editor = Actor(kind=ActorKind.STAFF, name="编辑", posts=frozenset({Post("editor", organ.id)}))
    for edition in stored.values():
        shown = queries.own_edition(editor, edition.id, date(2026, 11, 2))
        assert shown.missing
        assert {row.element for row in shown.rows} >= {"name", "sources"}


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"organ": "nobody"}, "no organ"),
        ({"basic": "1"}, "12位"),
        ({"guide": {"limits": {"promised_days": "很快"}}}, "limits.promised_days"),
        ({"more": 1}, "unknown key"),
        ({"aliases": ["1"]}, "旧事项编码"),
    ],
)
@pytest.mark.usefixtures("stored")
def test_a_bad_draft_is_refused_with_its_place_and_nothing_is_imported(
    tmp_path: Path, changed: dict[str, Any], why: str
):
    good = json.loads((ENTERED / "05-haidian-public-place.json").read_text(encoding="utf-8"))
    fresh = good | {"guide": good["guide"] | {"name": "另一个"}}
    (tmp_path / "a.json").write_text(json.dumps(fresh), encoding="utf-8")
    (tmp_path / "b.json").write_text(json.dumps(fresh | changed), encoding="utf-8")
    before, told = Edition.objects.count(), []
    assert imports.run_drafts(tmp_path, told.append, at=AT) == 1
    assert any(line.startswith("b.json: $") and why in line for line in told), told
    assert Edition.objects.count() == before
    assert BasicItem.objects.filter(code__startswith="460199").exists()
