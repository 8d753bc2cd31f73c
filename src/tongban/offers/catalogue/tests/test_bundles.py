"""Several items as one form: each fact once, nothing that no item asks, nothing lost."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tongban.offers.catalogue.rules.bundles import merge
from tongban.offers.catalogue.rules.form import check
from tongban.offers.catalogue.tests.bundles import CODES, definition, terms
from tongban.offers.catalogue.tests.forms import answers_to, form_bodies

NAME = {"key": "name", "label": "店名", "max_length": 60}
OTHER_NAME = {"key": "unit", "label": "单位名称", "max_length": 40, "required": False, "help": "照执照写。"}
DELIVERY = {
    "key": "delivery",
    "label": "怎样领取结果",
    "type": "choice",
    "options": [{"value": "post", "label": "邮寄"}, {"value": "window", "label": "到窗口领取"}],
}
POST = {"key": "post", "label": "收件地址", "when": {"delivery": "post"}}
ALIAS = {"fact": "shop", "label": "店名", "fields": {CODES[0]: "name", CODES[1]: "unit"}}


def keys(merged) -> list[str]:
    return list(merged.form.by_key())


def test_the_same_key_label_and_type_ask_the_same_fact_once():
    merged = merge(definition(), [terms(NAME, DELIVERY), terms(NAME, DELIVERY)])
    assert keys(merged) == ["name", "delivery"]
    assert merged.facts["name"].asked == {0: "name", 1: "name"}
    assert merged.problems == ()


def test_the_same_key_with_another_meaning_is_asked_apart():
    merged = merge(definition(), [terms(NAME), terms(NAME | {"label": "负责人姓名"})])
    assert keys(merged) == ["name", "name_2"]
    assert merged.split({"name": "甲", "name_2": "乙"}) == [{"name": "甲"}, {"name": "乙"}]


def test_what_the_definition_keeps_apart_is_asked_apart():
    merged = merge(definition(apart=["name"]), [terms(NAME), terms(NAME)])
    assert keys(merged) == ["name", "name_2"]
    assert merged.problems == ()


def test_names_of_one_fact_are_joined_with_the_narrowest_limits_and_the_strictest_need():
    merged = merge(definition(facts=[ALIAS]), [terms(NAME), terms(OTHER_NAME)])
    spec = merged.form.by_key()["shop"]
    assert (spec.label, spec.max_length, spec.required, spec.help) == ("店名", 40, True, "照执照写。")
    assert merged.split({"shop": "阿秀"}) == [{"name": "阿秀"}, {"unit": "阿秀"}]
    assert merged.gather([{}, {"unit": "阿秀"}]) == {"shop": "阿秀"}
    assert merged.fact_of(1, "unit") == "shop"


def test_an_answer_decides_for_every_item_that_depends_on_it():
    merged = merge(definition(), [terms(NAME, DELIVERY, POST), terms(DELIVERY, POST)])
    assert set(merged.form.asked({"delivery": "window"})) == {"name", "delivery"}
    assert set(merged.form.asked({"delivery": "post"})) == {"name", "delivery", "post"}


def test_a_fact_that_one_item_always_asks_is_always_asked():
    merged = merge(definition(), [terms(DELIVERY, POST), terms(DELIVERY, POST | {"when": {}})])
    assert merged.problems == ()
    assert "post" in merged.form.asked({"delivery": "window"})


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (DELIVERY, DELIVERY | {"options": DELIVERY["options"][:1]}, "options differs"),
        (
            {"key": "area", "label": "面积", "type": "decimal", "maximum": 10},
            {"key": "area", "label": "面积", "type": "decimal", "minimum": 20},
            "the limits leave nothing",
        ),
        (
            {"key": "area", "label": "面积", "type": "decimal", "unit": "亩"},
            {"key": "area", "label": "面积", "type": "decimal", "unit": "平方米"},
            "unit differs",
        ),
        (
            {"key": "owner", "label": "姓名", "prefill": "party.name", "fixed": True},
            {"key": "owner", "label": "姓名"},
            "the platform gives it for one item and not for the other",
        ),
    ],
    ids=["options", "limits", "unit", "fixed"],
)
def test_what_cannot_be_one_question_is_told_and_asked_apart(one: Any, other: Any, why: str):
    merged = merge(definition(), [terms(NAME, one), terms(NAME, other)])
    assert [why in problem.why for problem in merged.problems] == [True]
    assert len(keys(merged)) == 3
    assert merged.split(dict.fromkeys(keys(merged), "x"))[1].keys() == {"name", str(other["key"])}


def test_other_situations_for_one_fact_are_told_and_asked_apart():
    yes = {"key": "own", "label": "自己的", "type": "yes_no"}
    merged = merge(
        definition(),
        [terms(DELIVERY, yes, POST), terms(DELIVERY, yes, POST | {"when": {"own": "yes"}})],
    )
    assert ["different situations" in problem.why for problem in merged.problems] == [True]
    assert {"post", "post_2"} <= set(keys(merged))


def test_a_field_that_the_item_does_not_ask_is_told():
    wrong = ALIAS | {"fields": {CODES[0]: "name", CODES[1]: "no_such"}}
    merged = merge(definition(facts=[wrong]), [terms(NAME), terms(OTHER_NAME)])
    assert [problem.where for problem in merged.problems] == ["$.facts[0]"]


def test_what_all_ask_stands_first_and_what_they_ask_at_their_end_stands_last():
    def two(own: dict[str, Any]):
        form = {
            "sections": [
                {"key": "shop", "title": "店铺", "fields": [NAME, own]},
                {"key": "end", "title": "办理方式", "fields": [DELIVERY, POST]},
            ]
        }
        return terms(form=form)

    merged = merge(
        definition(), [two({"key": "area", "label": "面积"}), two({"key": "staff", "label": "人数"})]
    )
    assert keys(merged) == ["name", "area", "staff", "delivery", "post"]
    assert [section.title for section in merged.form.sections] == [
        "店铺",
        "卫生 · 店铺",
        "食品 · 店铺",
        "办理方式",
    ]
    assert list(merged.askers.values()) == [(0, 1), (0,), (1,), (0, 1)]


def test_materials_are_handed_in_once_for_every_item_that_wants_them():
    lease = {"key": "lease", "name": "租赁合同"}
    plan = {"key": "plan", "name": "平面图", "requirement": "optional", "when": {"delivery": "post"}}
    drawing = {"key": "drawing", "name": "布局图", "original": "original", "review_points": ["比例"]}
    shared = {"material": "layout", "name": "店面图", "materials": {CODES[0]: "plan", CODES[1]: "drawing"}}
    merged = merge(
        definition(materials=[shared]),
        [terms(DELIVERY, materials=[lease, plan]), terms(DELIVERY, materials=[lease, drawing])],
    )
    assert {key: paper.wanted for key, paper in merged.papers.items()} == {
        "layout": {0: "plan", 1: "drawing"},
        "lease": {0: "lease", 1: "lease"},
    }
    assert merged.papers["layout"].material.original == "original"
    here = {paper.key: paper for paper in merged.papers_for([{"delivery": "window"}, {}])}
    assert here["layout"].wanted == {1: "drawing"}
    assert here["layout"].material.requirement == "required"
    assert merged.paper_of(0, "plan") == "layout"


def test_the_way_of_delivery_must_be_one_of_the_facts_with_every_answer_told():
    for handing, where in (
        ({"fact": "delivery", "ways": {"window": "counter"}}, ["$.delivery.ways"]),
        ({"fact": "nothing", "ways": {"window": "counter"}}, ["$.delivery.fact"]),
        ({"fact": "delivery", "ways": {"post": "post", "window": "counter"}}, ["$.delivery.address"]),
        (
            {"fact": "delivery", "ways": {"post": "post", "window": "counter"}, "address": "nowhere"},
            ["$.delivery.address"],
        ),
        ({"fact": "delivery", "ways": {"post": "post", "window": "counter"}, "address": "post"}, []),
    ):
        merged = merge(definition(delivery=handing), [terms(DELIVERY, POST), terms(DELIVERY, POST)])
        assert [problem.where for problem in merged.problems] == where


@pytest.mark.parametrize(
    "changed",
    [
        {"items": [{"basic": CODES[0], "short": "卫生"}]},
        {"items": [{"basic": CODES[0], "short": "卫生"}, {"basic": CODES[0], "short": "食品"}]},
        {"items": [{"basic": CODES[0], "short": "卫生"}, {"basic": CODES[1], "short": "卫生"}]},
        {"facts": [ALIAS | {"fields": {CODES[0]: "name", CODES[2]: "unit"}}]},
        {"facts": [ALIAS, ALIAS | {"fact": "again"}]},
        {"code": "Not A Code"},
        {"more": 1},
    ],
    ids=["one item", "twice", "same short name", "strange item", "field twice", "code", "unknown"],
)
def test_a_definition_that_contradicts_itself_is_refused(changed: Any):
    with pytest.raises(ValidationError):
        definition(**changed)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(form_bodies(), min_size=2, max_size=3), st.data())
def test_random_items_are_asked_exactly_what_they_ask_by_themselves(bodies: list[Any], data: Any):
    named = json.loads(json.dumps(bodies))
    guides = [terms(form=body) for body in named]
    merged = merge(definition(len(guides)), guides)
    given = data.draw(answers_to(merged.form))
    clean, _ = check(merged.form.by_key(), given, complete=False)
    forms = merged.split(clean)
    asked = set(merged.form.asked(clean))
    by_items = {
        merged.fact_of(place, key)
        for place, guide in enumerate(guides)
        for key in guide.form.asked(forms[place])
    }
    assert asked == by_items
    for guide, form in zip(guides, forms, strict=True):
        _, errors = check(guide.form.by_key(), form, complete=False)
        assert errors == {}  # what the one question takes, every item takes
    assert merged.gather(forms) == clean
