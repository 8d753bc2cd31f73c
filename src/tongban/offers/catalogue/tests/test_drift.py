"""Drift: the one statement says exactly what a plain walk over every edition in force says."""

import json
import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests import world as worlds
from tests.world import (
    AT,
    BASIC_CODE,
    GUIDE,
    SINCE,
    SUPPLEMENT_BASIC_CODE,
    World,
    publish_edition,
    put_through,
)

from tongban.base.actor import Actor, ActorKind, Post
from tongban.offers.catalogue import actions, queries
from tongban.offers.catalogue.models import BasicItem, Edition, Item
from tongban.offers.catalogue.queries import COMPARED, Drift
from tongban.offers.catalogue.rules.editions import PENDING
from tongban.offers.catalogue.rules.names import comparable
from tongban.people.parties.queries import organs
from tongban.people.parties.tests.filling import take_in_organs
from tongban.standards import credit_code

ON = date(2026, 11, 2)
PLACES = [worlds.PROVINCE, worlds.CITY, worlds.COUNTY, worlds.OTHER_COUNTY, worlds.TOWN, worlds.VILLAGE]


@pytest.fixture
def world(db: None) -> World:
    return worlds.build()


def offered(tmp_path: Any, count: int) -> list[tuple[Actor, Any]]:
    """Items of two basic items, of ``count`` organs in six places, each with its editor."""
    rows = "name,short_name,credit_code,place,kind,duties,demonstration\n"
    for number in range(count):
        code = credit_code.make(f"114600000000{number:05d}")
        rows += f"机关{number},机关{number},{code},{PLACES[number % len(PLACES)]},部门,,yes\n"
    (tmp_path / "o.csv").write_text(rows, encoding="utf-8")
    take_in_organs(tmp_path / "o.csv")
    made = []
    for organ in organs():
        if organ.name.startswith("机关"):
            editor = Actor(kind=ActorKind.STAFF, name="编辑", posts=frozenset({Post("editor", organ.id)}))
            for basic in (BASIC_CODE, SUPPLEMENT_BASIC_CODE):
                item = actions.register_item(
                    actor=editor, basic_code=basic, organ_id=organ.id, level=str(4 + len(made) % 2), at=AT
                )
                made.append((editor, item))
    return made


def body(chance: random.Random) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(json.dumps(GUIDE))
    told["name"] = chance.choice(["卫生许可", "公共场所卫生许可", "卫生许可证"])
    told["limits"] |= {
        "statutory_days": chance.choice([20, 20, 15]),
        "promised_days": chance.choice([1, 5, 10]),
    }
    told["materials"] = chance.sample(told["materials"], k=chance.randint(0, len(told["materials"])))
    fee = {"name": "工本费", "standard": chance.choice(["10元", "9元"]), "basis": "某文件", "online": True}
    told["conditions"] = chance.sample(told["conditions"], k=chance.randint(1, len(told["conditions"])))
    told["channels"] |= {"online": "accept", "visits": chance.choice([0, 1]), "visit_reason": "核对原件"}
    special = [{"kind": "hearing", "days": 5}, {"kind": "inspection", "days": chance.choice([0, 3])}]
    told["special_procedures"] = chance.sample(special, k=chance.randint(0, 2))
    told["fees"] = chance.choice([[], [fee], [fee, fee | {"name": "甲费"}]])
    return told


def naive(on: date) -> list[Drift]:
    """The same, by walking over everything."""
    said: dict[tuple[str, str], dict[str, list[tuple[str, str, str]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    names = {}
    here: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for edition in Edition.objects.exclude(state__in=PENDING).select_related("item__basic", "item__place"):
        assert edition.starts_on is not None
        if not (edition.starts_on <= on and (edition.ends_on is None or edition.ends_on > on)):
            continue
        item, told = edition.item, edition.body
        names[item.basic_id] = item.basic.name
        values = {
            "name": told["name"],
            "level": item.level,
            "conditions": joined(told["conditions"]),
            "statutory_days": str(told["limits"]["statutory_days"]),
            "promised_days": str(told["limits"]["promised_days"]),
            "special_procedures": joined(
                f"{one['kind']} {one.get('days', 0)}" for one in told.get("special_procedures", [])
            ),
            "materials": joined(one["name"] for one in told["materials"]),
            "fees": joined(f"{one['name']} · {one['standard']}" for one in told.get("fees", [])),
            "online": told["channels"]["online"],
            "visits": str(told["channels"]["visits"]),
        }
        for element, value in values.items():
            said[item.basic_id, element][value].append((item.place_id, item.code, item.place.name))
        here[item.basic_id, item.place_id, item.place.name].append(item.code)
    found = [
        Drift(
            basic,
            names[basic],
            element,
            value,
            len(where),
            [name for _, _, name in sorted(where)[:3]],
            len(values),
        )
        for (basic, element), values in said.items()
        if len(values) > 1
        for value, where in values.items()
    ]
    found += [
        Drift(basic, names[basic], "twice", joined(codes), len(codes), [place], len(codes))
        for (basic, _, place), codes in here.items()
        if len(codes) > 1
    ]
    found += alike(said)
    return sorted(found, key=lambda one: (one.basic_code, one.element, -one.items, one.value.encode()))


def joined(texts: Iterable[str]) -> str:
    return "；".join(sorted(texts, key=str.encode))


def alike(said: Any) -> list[Drift]:
    """Basic items of one name under several codes, whether anybody carries them out or not."""
    groups: dict[str, list[BasicItem]] = defaultdict(list)
    for basic in BasicItem.objects.order_by("code"):
        groups[comparable(basic.name)].append(basic)
    found = []
    for group in groups.values():
        for basic in group if len(group) > 1 else []:
            where = sorted(one for places in said.get((basic.code, "name"), {}).values() for one in places)
            found.append(
                Drift(
                    group[0].code,
                    group[0].name,
                    "code",
                    f"{basic.code} {basic.name}",
                    len(where),
                    [name for _, _, name in where[:3]],
                    len(group),
                )
            )
    return found


@pytest.mark.parametrize("seed", range(4))
def test_drift_is_exactly_what_a_plain_walk_finds(world: World, tmp_path: Any, seed: int):
    chance = random.Random(seed)  # noqa: S311 -- test data, nothing secret
    for number, name in enumerate(
        ("公共场所 卫生许可", "公共场所卫生许可", "（公共场所）卫生许可。", "公共场所卫生许可证")
    ):
        BasicItem.objects.create(
            code=f"46012{number}001000", name=name, item_type="01", origin="测试", demonstration=True
        )
    items = offered(tmp_path, 9)
    for editor, item in items:
        for _ in range(chance.randint(0, 2)):
            publish_body(editor, item, body(chance), SINCE + timedelta(days=chance.randint(1, 2000)))
    assert Item.objects.count() > len(items)
    for day in (date(2019, 1, 1), date(2022, 5, 5), ON, date(2030, 1, 1)):
        found = queries.drift(day)
        assert found == naive(day)
        for element in COMPARED:
            assert queries.drift(day, element=element) == [one for one in found if one.element == element]
        for basic in (BASIC_CODE, "460120001000", SUPPLEMENT_BASIC_CODE):
            # Of equal names the whole group is told, whichever of them is asked for.
            group = {one.basic_code for one in found if one.element == "code" and one.value.startswith(basic)}
            assert queries.drift(day, basic=basic) == [
                one for one in found if one.basic_code in (group if one.element == "code" else {basic})
            ]
    assert {one.element for one in queries.drift(ON)} >= {
        "code",
        "twice",
        "conditions",
        "visits",
        "materials",
    }


def publish_body(editor: Actor, item: Any, told: dict[str, Any], starts_on: date) -> None:
    last = Edition.objects.filter(item_id=item).exclude(state__in=PENDING).order_by("-starts_on").first()
    if last is not None and last.starts_on is not None:
        starts_on = max(starts_on, last.starts_on + timedelta(days=1))
    made = actions.draft_edition(actor=editor, item_id=item, body=told, at=AT)
    put_through(editor, made, starts_on, at=datetime(2020, 1, 1, tzinfo=UTC))


def test_one_place_alone_cannot_drift(world: World):
    assert queries.drift(ON) == []
    publish_edition(world.editor, world.item_id, starts_on=date(2027, 1, 1), name="另一个名字")
    assert queries.drift(date(2027, 1, 1)) == []


def test_a_draft_does_not_drift(world: World, tmp_path: Any):
    (editor, item), *_ = offered(tmp_path, 1)
    actions.draft_edition(actor=editor, item_id=item, body=GUIDE | {"name": "另一个名字"}, at=AT)
    assert queries.drift(ON) == []


def test_it_is_one_statement(world: World, django_assert_num_queries: Any):
    with django_assert_num_queries(1):
        queries.drift(ON)
