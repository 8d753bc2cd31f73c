"""Sightings: what is really shown somewhere is held against the edition in force on that day."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests import world as worlds
from tests.world import AT, GUIDE, World, publish_edition

from tongban.base.actor import PUBLIC
from tongban.base.errors import Forbidden, Invalid, NotFound
from tongban.base.ledger.queries import acts_of
from tongban.offers.catalogue import actions, queries
from tongban.offers.catalogue.actions import Seen
from tongban.offers.catalogue.imports import run_sightings
from tongban.offers.catalogue.models import Sighting
from tongban.offers.catalogue.rules.names import comparable
from tongban.offers.catalogue.rules.sightings import Mismatch, Shown, days, entries, mismatches

ON = date(2026, 11, 1)


@pytest.fixture
def world(db: None) -> World:
    return worlds.build()


# --- rules -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shown", "wanted"),
    [
        (Shown(), []),
        (Shown("公共场所 卫生许可(新办)"), []),
        (Shown("卫生许可"), [Mismatch("name", "卫生许可", "公共场所卫生许可（新办）")]),
        (Shown(statutory_days=20, promised_days=5), []),
        (Shown(promised_days=15), [Mismatch("promised_days", "15", "5")]),
        (Shown(materials=("平面图", "租赁合同", "卫生检测报告")), []),
        (
            Shown(materials=("平面图", "身份证复印件")),
            [Mismatch("materials", "身份证复印件", "卫生检测报告；租赁合同")],
        ),
        (Shown(materials=()), [Mismatch("materials", "", "卫生检测报告；租赁合同；平面图")]),
        (Shown(fees=()), []),
        (Shown(fees=("工本费 · 10元",)), [Mismatch("fees", "工本费 · 10元", "")]),
    ],
)
def test_only_what_was_told_is_compared(shown: Shown, wanted: list[Mismatch]):
    assert mismatches(shown, GUIDE) == wanted


def test_a_list_tells_nothing_none_or_its_entries():
    assert entries("") is None
    assert entries(" \n ") is None
    assert entries("无") == ()
    assert entries("不收费") == ()
    assert entries("甲；乙\n丙 ; 丁") == ("甲", "乙", "丙", "丁")


def test_days_are_a_number_or_nothing():
    assert (days(""), days(" 7 "), days("0")) == (None, 7, 0)
    for bad in ("七", "-1", "1.5", "٣", "99999"):
        with pytest.raises(ValueError, match="no number"):
            days(bad)


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("公共场所卫生许可（新办）", "公共场所卫生许可(新办)", True),
        ("ＩＣ卡 补领、换领", "ic卡补领换领", True),
        ("卫生许可", "卫生许可证", False),
    ],
)
def test_names_differ_by_their_words_only(one: str, two: str, same: bool):
    assert (comparable(one) == comparable(two)) is same


# --- acts --------------------------------------------------------------------------------------------------------------


def seen(world: World, shown: Shown, on: date = ON, **changed: Any) -> Seen:
    told: dict[str, Any] = {
        "channel": "counter",
        "whereabouts": "龙华区政务中心 3 号窗口",
        "reporter": "督查组",
    }
    return Seen(world.item_code, seen_on=on, shown=shown, **told | changed)


def test_what_a_counter_shows_otherwise_is_told_beside_what_stands(world: World):
    for shown in (Shown(promised_days=15, fees=("工本费 · 10元",)), Shown(promised_days=5)):
        actions.record_sighting(actor=world.editor, seen=seen(world, shown), at=AT)
    (found,) = queries.sightings()
    assert [(one.element, one.shown, one.stands) for one in found.mismatches] == [
        ("promised_days", "15", "5"),
        ("fees", "工本费 · 10元", ""),
    ]
    assert (found.item_code, found.edition_id, found.reporter) == (
        world.item_code,
        world.edition_id,
        "督查组",
    )
    assert len(queries.sightings(only_differing=False)) == 2
    assert queries.sightings(channel="web") == []
    assert queries.sightings(item_code="x" * 31) == []


def test_it_is_held_against_the_edition_of_its_own_day(world: World):
    shown = Shown(promised_days=5)
    actions.record_sighting(actor=world.editor, seen=seen(world, shown), at=AT)
    actions.record_sighting(actor=world.editor, seen=seen(world, shown, date(2019, 1, 1)), at=AT)
    limits = {"statutory_days": 20, "promised_days": 3}
    publish_edition(world.editor, world.item_id, starts_on=date(2026, 12, 1), limits=limits)
    (before,) = queries.sightings()
    assert (before.seen_on, before.edition_id) == (date(2019, 1, 1), None)


def test_the_same_report_stands_once_and_in_the_ledger(world: World):
    told = seen(world, Shown(promised_days=15))
    first, fresh = actions.record_sighting(actor=world.editor, seen=told, at=AT)
    assert (first, False) == actions.record_sighting(actor=world.editor, seen=told, at=AT)
    assert fresh
    acts = [act.act for act in acts_of(f"item:{world.item_id}")]
    assert acts.count("catalogue.sighting") == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"channel": "radio"}, "channel"),
        ({"whereabouts": ""}, "whereabouts"),
        ({"whereabouts": "x" * 201}, "whereabouts"),
        ({"reporter": " "}, "reporter"),
        ({"note": "\u202e"}, "note"),
        ({"on": date(2099, 1, 1)}, "seen_on"),
        ({"shown": Shown()}, "name"),
        ({"shown": Shown(promised_days=401)}, "promised_days"),
        ({"shown": Shown(statutory_days=-1)}, "statutory_days"),
        ({"shown": Shown(materials=("甲" * 201,))}, "materials"),
        ({"shown": Shown(fees=("甲",) * 61)}, "fees"),
    ],
)
def test_what_cannot_be_taken_is_told_at_its_field(world: World, changed: dict[str, Any], field: str):
    told = {"shown": Shown(promised_days=15)} | changed
    with pytest.raises(Invalid) as refused:
        actions.record_sighting(actor=world.editor, seen=seen(world, **told), at=AT)
    assert list(refused.value.fields) == [field]
    assert not Sighting.objects.exists()


def test_only_editors_report_and_only_of_items_that_exist(world: World):
    told = seen(world, Shown(promised_days=15))
    for actor in (world.clerk, world.applicant, PUBLIC):
        with pytest.raises(Forbidden):
            actions.record_sighting(actor=actor, seen=told, at=AT)
    unknown = Seen("x", "web", "网站", ON, "某人", Shown("名"))
    with pytest.raises(NotFound):
        actions.record_sighting(actor=world.editor, seen=unknown, at=AT)


# --- import ------------------------------------------------------------------------------------------------------------

HEAD = "item_code,channel,where,seen_on,reporter,name,statutory_days,promised_days,materials,fees,note\n"


def run(tmp_path: Path, *rows: str) -> tuple[int, list[str]]:
    file = tmp_path / "seen.csv"
    file.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    told: list[str] = []
    return run_sightings(file, told.append, at=AT), told


def test_a_file_of_sightings_is_taken_in_once(world: World, tmp_path: Path):
    rows = (
        f"{world.item_code},web,本单位网站,2026-10-01,督查组,卫生许可,,15,甲；乙,无,",
        f"{world.item_code},leaflet,大厅,2026-10-02,督查组,,20,5,,,",
    )
    assert run(tmp_path, *rows)[1] == ["seen.csv: 2 added, 0 changed, 0 unchanged, 0 refused"]
    assert run(tmp_path, *rows)[1] == ["seen.csv: 0 added, 0 changed, 2 unchanged, 0 refused"]
    (found,) = queries.sightings()
    assert {one.element for one in found.mismatches} == {"name", "promised_days", "materials"}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("x,web,网站,2026-10-01,组,名,,,,,", "no item with the code 'x'"),
        ("{code},web,网站,2026-13-01,组,名,,,,,", "month"),
        ("{code},web,网站,2026-10-01,组,名,七,,,,", "no number of days"),
        ("{code},radio,网站,2026-10-01,组,名,,,,,", "channel"),
        ("{code},web,网站,2026-10-01,组,,,,,,", "至少要填一样"),
        ("{code},web,网站,2099-10-01,组,名,,,,,", "今天以后"),
    ],
)
def test_one_bad_row_and_nothing_is_in(world: World, tmp_path: Path, row: str, why: str):
    good = f"{world.item_code},web,本单位网站,2026-10-01,督查组,卫生许可,,15,,,"
    code, told = run(tmp_path, good, row.format(code=world.item_code))
    assert code == 1
    assert told[0].startswith("seen.csv:3: ")
    assert why in told[0]
    assert not Sighting.objects.exists()
