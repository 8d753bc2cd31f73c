"""Bulk: what is published together is what would have been published one by one, to the last ledger entry, or not at all."""

import copy
import json
import random
import re
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from tests import world as worlds
from tests.world import AT, GUIDE, World

from tongban.base.actor import Actor, ActorKind, Post
from tongban.base.db import fetch_all
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.base.ledger.queries import verify
from tongban.base.record import Deed, record, record_all
from tongban.base.search import queries as search
from tongban.offers.catalogue import actions, queries
from tongban.offers.catalogue.actions import FirstEdition, FirstStandard
from tongban.offers.catalogue.models import Alias, BasicEdition, BasicItem, Edition, Item

ON = date(2026, 12, 1)
TERMS = {key: value for key, value in GUIDE.items() if key not in ("windows", "phones")}
COUNTER = {key: GUIDE[key] for key in ("windows", "phones")}
CODES = [f"46012{number:01d}001000" for number in range(6)] + ["46012000100001"]


@pytest.fixture
def world(db: None) -> World:
    made = worlds.build()
    for code in CODES:
        parent = code[:12] if len(code) == 14 else None
        BasicItem.objects.create(
            code=code,
            name="公共场所卫生许可",
            item_type="01",
            parent_id=parent,
            origin="测试",
            demonstration=True,
        )
    return made


def platform(world: World) -> Actor:
    posts = frozenset(Post("editor", organ) for organ in (world.organ_id, world.other_organ_id))
    return Actor(kind=ActorKind.SYSTEM, name="tests.bulk", posts=posts)


def drawn(world: World, chance: random.Random) -> tuple[list[FirstStandard], list[FirstEdition]]:
    """Random standards, and what organs make of them: mostly lawful, now and then not."""
    standards, items = [], []
    for place, code in enumerate(CODES):
        body: dict[str, Any] = copy.deepcopy(TERMS)
        body["limits"]["promised_days"] = chance.choice([5, 8, 20])
        if chance.random() < 0.05:
            body["faq"] = []
        aliases = (f"XK{place:05d}000",) if chance.random() < 0.5 else ()
        if chance.random() < 0.8:
            standards.append(FirstStandard(code, body, aliases))
        for organ in (world.organ_id, world.other_organ_id):
            own: dict[str, Any] = copy.deepcopy(COUNTER)
            whole = chance.random() < 0.3 or not standards or standards[-1].basic_code != code
            if whole:
                own = copy.deepcopy(body) | own
            if chance.random() < 0.5:
                own["limits"] = {"statutory_days": 20, "promised_days": chance.randint(1, 5)}
            if chance.random() < 0.05:
                own["limits"] = {"statutory_days": 20, "promised_days": 20}
            if chance.random() < 0.03:
                own["phones"] = {"advice": "12345", "complaint": "0898-00000002"}
            if chance.random() < 0.7:
                old = (f"{chance.randint(10**11, 10**12 - 1)}ABC{len(items):09d}",)
                items.append(FirstEdition(code, organ, "4", own, old if chance.random() < 0.5 else ()))
    return standards, items


def one_by_one(actor: Actor, standards: list[FirstStandard], items: list[FirstEdition]) -> None:
    for first in standards:
        for old in first.aliases:
            actions.add_alias(actor=actor, old_code=old, code=first.basic_code, at=AT)
        made = actions.draft_basic(actor=actor, basic_code=first.basic_code, body=first.body, at=AT)
        actions.check_basic(actor=actor, edition_id=made, starts_on=ON, reason="首发", at=AT)
        actions.approve_basic(actor=actor, edition_id=made, at=AT)
        actions.publish_basic(actor=actor, edition_id=made, at=AT)
    for one in items:
        item = actions.register_item(
            actor=actor, basic_code=one.basic_code, organ_id=one.organ_id, level=one.level, at=AT
        )
        code = Item.objects.get(pk=item).code
        for old in one.aliases:
            actions.add_alias(actor=actor, old_code=old, code=code, at=AT)
        made = actions.draft_edition(actor=actor, item_id=item, body=one.body, at=AT)
        actions.check(actor=actor, edition_id=made, starts_on=ON, reason="首发", at=AT)
        actions.approve(actor=actor, edition_id=made, at=AT)
        actions.publish(actor=actor, edition_id=made, at=AT)


def in_bulk(actor: Actor, standards: list[FirstStandard], items: list[FirstEdition]) -> None:
    told: dict[str, Any] = {"actor": actor, "starts_on": ON, "reason": "首发", "at": AT}
    actions.publish_standards(standards=standards, **told)
    actions.publish_items(items=items, **told)


_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


def everything() -> dict[str, Any]:
    """All that was written, with codes in the place of ids."""
    names = {str(id_): f"item {code}" for id_, code in Item.objects.values_list("id", "code")}
    names |= {
        str(e.id): f"edition {e.number} of {e.item.code}" for e in Edition.objects.select_related("item")
    }
    names |= {str(e.id): f"edition {e.number} of {e.basic_id}" for e in BasicEdition.objects.all()}

    def named(value: object) -> str:
        return _UUID.sub(lambda found: names.get(found[0], found[0]), str(value))

    def rows(sql: str) -> list[str]:
        return sorted(named(row) for row in fetch_all(sql))

    bodies = fetch_all("SELECT stream, seq, body FROM ledger_entry WHERE stream ~ '^(item|basic):'")
    return {
        "items": rows("SELECT id, code, basic_id, organ_id, place_id, level FROM item"),
        "aliases": rows("SELECT code, basic_id, item_id FROM item_alias"),
        "editions": rows("SELECT to_jsonb(e) FROM edition e"),
        "standards": rows("SELECT to_jsonb(e) FROM basic_edition e"),
        "ledger": sorted((named(stream), seq, named(body)) for stream, seq, body in bodies),
        "found": rows(
            "SELECT key, kind, ref, grp, place, starts_on, ends_on, facets, shown FROM search_document"
        ),
        "texts": rows("SELECT digest, grp, title, facets FROM search_text"),
        "events": rows("SELECT name, payload, at FROM outbox_event"),
    }


def outcome(act: Any, *given: Any) -> object:
    """What there is afterwards, or how it was refused; nothing stays."""
    try:
        with transaction.atomic():
            act(*given)
            assert list(verify()) == []
            found = everything()
            transaction.set_rollback(True)
            return found
    except Refusal as refusal:
        return type(refusal), refusal.rule, refusal.fields


@pytest.mark.parametrize("seed", range(16))
def test_bulk_is_exactly_one_by_one(world: World, seed: int):
    chance = random.Random(seed)  # noqa: S311 -- test data, nothing secret
    standards, items = drawn(world, chance)
    actor = platform(world)
    assert outcome(in_bulk, actor, standards, items) == outcome(one_by_one, actor, standards, items)


def test_random_data_is_published_as_well_as_refused(world: World):
    found = []
    for seed in range(16):
        standards, items = drawn(world, random.Random(seed))  # noqa: S311 -- test data, nothing secret
        found.append(isinstance(outcome(in_bulk, platform(world), standards, items), dict))
    assert 3 < sum(found) < 14


def first(world: World, **changed: object) -> FirstEdition:
    return FirstEdition(CODES[0], world.organ_id, "4", GUIDE | changed)


def publish(actor: Actor, *items: FirstEdition) -> None:
    actions.publish_items(actor=actor, items=items, starts_on=ON, reason="首发", at=AT)


def test_one_refused_edition_refuses_the_whole_batch_and_is_named(world: World):
    before = everything()
    bad = FirstEdition(CODES[1], world.organ_id, "4", GUIDE | {"faq": []})
    with pytest.raises(Invalid) as refused, transaction.atomic():
        publish(platform(world), first(world), bad)
    assert refused.value.rule == "catalogue.quality"
    assert any(CODES[1] in note for note in refused.value.__notes__)
    assert everything() == before


def test_what_has_an_edition_is_not_first(world: World):
    publish(platform(world), first(world))
    for act in (
        lambda: publish(platform(world), first(world)),
        lambda: actions.publish_standards(
            actor=platform(world), standards=[FirstStandard(CODES[0], TERMS)], starts_on=ON, reason="", at=AT
        ),
        lambda: publish(platform(world), *[FirstEdition(CODES[2], world.organ_id, "4", GUIDE)] * 2),
    ):
        with pytest.raises(Conflict) as refused, transaction.atomic():
            act()
        assert refused.value.rule == "catalogue.first"


def test_whoever_writes_cannot_approve_in_bulk_either(world: World):
    with pytest.raises(Forbidden) as refused, transaction.atomic():
        publish(world.editor, first(world))
    assert refused.value.rule == "catalogue.approve"


def test_bulk_is_for_editors_of_the_organ_and_known_items(world: World):
    stranger = Actor(kind=ActorKind.SYSTEM, name="tests")
    with pytest.raises(Forbidden), transaction.atomic():
        publish(stranger, first(world))
    with pytest.raises(NotFound), transaction.atomic():
        publish(platform(world), FirstEdition("460199001000", world.organ_id, "4", GUIDE))
    publish(platform(world), first(world))
    with pytest.raises(Conflict) as refused, transaction.atomic():
        publish(platform(world), FirstEdition(CODES[0], world.organ_id, "3", GUIDE))
    assert refused.value.rule == "catalogue.level"


def test_an_old_code_cannot_mean_two(world: World):
    old = ("XK00001000",)
    one = FirstEdition(CODES[0], world.organ_id, "4", GUIDE, old)
    two = FirstEdition(CODES[1], world.organ_id, "4", GUIDE, old)
    with pytest.raises(Conflict) as refused, transaction.atomic():
        publish(platform(world), one, two)
    assert refused.value.rule == "catalogue.alias"
    assert not Alias.objects.exists()


def test_what_bulk_published_is_in_force(world: World):
    publish(platform(world), first(world))
    (item,) = Item.objects.filter(basic=CODES[0])
    assert queries.in_force(item.code, ON).guide.name == GUIDE["name"]
    hits = search.search("理发店", place=worlds.COUNTY, on=ON).hits
    assert item.code in [hit.ref for hit in hits]


def test_a_batch_takes_as_many_statements_whatever_it_holds(world: World, django_assert_max_num_queries: Any):
    items = [
        FirstEdition(code, organ, "4", GUIDE)
        for code in CODES
        for organ in (world.organ_id, world.other_organ_id)
    ]
    with django_assert_max_num_queries(26):
        publish(platform(world), *items)


# --- the ledger's own many ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(5))
def test_many_acts_recorded_together_are_the_chain_that_single_ones_make(seed: int):
    chance = random.Random(seed)  # noqa: S311 -- test data, nothing secret
    actor = Actor(kind=ActorKind.SYSTEM, name="tests")
    deeds = [
        Deed(f"s:{chance.randint(1, 5)}", f"a.{n}", {"n": n, "词": "中文"}, heard=chance.random() < 0.5)
        for n in range(40)
    ]

    def ledger() -> object:
        return (
            fetch_all("SELECT stream, seq, body, hash, act_key FROM ledger_entry ORDER BY 1, 2"),
            fetch_all("SELECT stream, seq, hash, sealed_seq FROM ledger_head ORDER BY 1"),
            [
                (name, json.loads(said))
                for name, said in fetch_all("SELECT name, payload FROM outbox_event ORDER BY id")
            ],
        )

    found = []
    for way in ("one", "all", "mixed"):
        with transaction.atomic():
            cut = {"one": 0, "all": len(deeds), "mixed": 17}[way]
            record_all(deeds[:cut], actor=actor, at=AT)
            for deed in deeds[cut:]:
                event = deed.data if deed.heard else None
                record(stream=deed.stream, act=deed.act, actor=actor, at=AT, data=deed.data, event=event)
            assert list(verify()) == []
            found.append(ledger())
            transaction.set_rollback(True)
    assert found[0] == found[1] == found[2]


@pytest.mark.django_db
def test_nothing_is_recorded_of_no_acts(django_assert_num_queries: Any):
    with django_assert_num_queries(0):
        record_all([], actor=Actor(kind=ActorKind.SYSTEM), at=AT)
