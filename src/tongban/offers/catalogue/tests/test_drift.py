"""Drift: the one statement says exactly what a plain walk over every edition in force says."""

import json
import random
from collections import defaultdict
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
from tongban.offers.catalogue.models import Edition, Item
from tongban.offers.catalogue.queries import COMPARED, Drift
from tongban.offers.catalogue.rules.editions import PENDING
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
                    actor=editor, basic_code=basic, organ_id=organ.id, level="4", at=AT
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
    told["fees"] = chance.choice([[], [fee], [fee, fee | {"name": "甲费"}]])
    return told


def naive(on: date) -> list[Drift]:
    """The same, by walking over everything."""
    said: dict[tuple[str, str], dict[str, list[tuple[str, str, str]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    names = {}
    for edition in Edition.objects.exclude(state__in=PENDING).select_related("item__basic", "item__place"):
        assert edition.starts_on is not None
        if not (edition.starts_on <= on and (edition.ends_on is None or edition.ends_on > on)):
            continue
        item, told = edition.item, edition.body
        names[item.basic_id] = item.basic.name
        values = {
            "name": told["name"],
            "statutory_days": str(told["limits"]["statutory_days"]),
            "promised_days": str(told["limits"]["promised_days"]),
            "materials": "；".join(sorted(one["name"] for one in told["materials"])),
            "fees": "；".join(sorted(f"{one['name']} · {one['standard']}" for one in told.get("fees", []))),
        }
        for element, value in values.items():
            said[item.basic_id, element][value].append((item.place_id, item.code, item.place.name))
    return [
        Drift(
            basic,
            names[basic],
            element,
            value,
            len(where),
            [name for _, _, name in sorted(where)[:3]],
            len(values),
        )
        for (basic, element), values in sorted(said.items())
        if len(values) > 1
        for value, where in sorted(values.items(), key=lambda one: (-len(one[1]), one[0].encode()))
    ]


@pytest.mark.parametrize("seed", range(4))
def test_drift_is_exactly_what_a_plain_walk_finds(world: World, tmp_path: Any, seed: int):
    chance = random.Random(seed)  # noqa: S311 -- test data, nothing secret
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
        assert queries.drift(day, basic=BASIC_CODE) == [one for one in found if one.basic_code == BASIC_CODE]
    assert queries.drift(ON)


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
