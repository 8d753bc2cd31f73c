import copy
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from pydantic import ValidationError
from tests.world import GUIDE

from tongban.base.errors import Invalid
from tongban.offers.catalogue.actions import read_guide
from tongban.offers.catalogue.rules.guide import Guide
from tongban.standards.canonical import digest

SHIPPED = sorted((Path(settings.DATA) / "guides").glob("*.json"))


def changed(**elements: Any) -> dict[str, Any]:
    """The world's guide with some elements, or parts of one (``limits__promised_days``), put otherwise."""
    body: dict[str, Any] = copy.deepcopy(GUIDE)
    for path, value in elements.items():
        *way, last = path.split("__")
        inner = body
        for step in way:
            inner = inner[int(step[1:])] if step.startswith("n") and step[1:].isdigit() else inner[step]
        inner[last] = value
    return body


def material(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "name": "材料", "kind": "other", "source": "own"} | more


@pytest.mark.parametrize(
    ("elements", "told"),
    [
        ({"limits__promised_days": 21}, "longer than the statutory"),
        ({"limits__statutory_days": 401}, "less than or equal to 400"),
        ({"limits__statutory_days": -1}, "greater than or equal to 0"),
        ({"limits__promised_days": 0}, "a promise of 0 days"),
        ({"channels": {"online": "accept", "visits": 1}}, "visits need a reason"),
        (
            {"channels": {"online": "full", "visits": 1, "visit_reason": "核验"}},
            "fully online needs no visit",
        ),
        ({"channels": {"online": "accept", "visits": 0}}, "delivery by post must be offered"),
        ({"channels": {"online": "none", "visits": 10, "visit_reason": "核验"}}, "less than or equal to 9"),
        ({"phones": {"advice": "12345", "complaint": "12345"}}, "must differ"),
        ({"phones": {"advice": "12345", "complaint": " "}}, "at least 1 character"),
        ({"materials": [material("a"), material("a")]}, "two materials have the same key"),
        ({"materials": [material("a", when={"none": "x"})]}, "depends on none, which the form does not ask"),
        ({"materials": [material("a", when={"own_place": "lent"})]}, "own_place = lent, which is no option"),
        ({"materials": [material("a", when={"shop_name": "x"})]}, "which is no option"),
        ({"materials": [material("a", copies=0)]}, "greater than or equal to 1"),
        ({"materials": [material("a", copies=21)]}, "less than or equal to 20"),
        ({"materials": [material("A")]}, "match pattern"),
        ({"result__fields": ["none"]}, "prints none, which the form does not ask"),
        ({"result__licence_type": "12"}, "match pattern"),
        ({"result__valid_years": 0}, "greater than or equal to 1"),
        ({"result__valid_years": 100}, "less than or equal to 99"),
        ({"basis": []}, "at least 1 item"),
        ({"steps": []}, "at least 1 item"),
        ({"sources": []}, "at least 1 item"),
        ({"name": "名" * 201}, "at most 200 characters"),
        ({"name": "名\x00"}, "控制字符"),
        ({"quantity_limit": "\x1b[0m"}, "控制字符"),
        ({"basis__n0__text": "文" * 5001}, "at most 5000 characters"),
        ({"keywords": ["\u202e卡"]}, "隐藏字符"),
        ({"conditions": ["条" * 2001]}, "at most 2000 characters"),
        ({"case_kind": "slow"}, "Input should be"),
        ({"extra_demand": "本机关另要"}, "Extra inputs"),
        ({"limits__extra": 1}, "Extra inputs"),
    ],
)
def test_a_guide_that_contradicts_itself_is_refused(elements: dict[str, Any], told: str):
    with pytest.raises(ValidationError, match=told):
        Guide.model_validate(changed(**elements))


@pytest.mark.parametrize(
    "elements",
    [
        {},
        {"limits__promised_days": 20},
        {"limits": {"statutory_days": 400, "promised_days": 400}},
        {"case_kind": "instant", "limits__promised_days": 0},
        {"channels": {"online": "accept", "visits": 1, "visit_reason": "现场核验"}},
        {"channels": {"online": "accept", "visits": 0, "post": True}},
        {"channels": {"online": "full", "visits": 0}},
        {"channels": {"online": "none", "visits": 9, "visit_reason": "核验"}},
        {"materials": []},
        {"materials": [material("a", copies=20, when={"own_place": "own"}), material("b")]},
        {"result__fields": []},
        {"result__valid_years": None},
        {"result__valid_years": 99},
        {"name": "名" * 200},
        {"basis__n0__text": "第一款\n第二款"},
        {"basis__n0__text": "文" * 5000},
    ],
)
def test_a_guide_that_just_keeps_the_rules_is_taken(elements: dict[str, Any]):
    Guide.model_validate(changed(**elements))


@pytest.mark.parametrize(
    ("answers", "keys"),
    [
        ({"own_place": "rented"}, ["report", "lease", "plan"]),
        ({"own_place": "own"}, ["report", "plan"]),
        ({}, ["report", "plan"]),
        ({"own_place": "lent", "other": 1}, ["report", "plan"]),
    ],
)
def test_only_the_materials_that_the_answers_call_for_are_asked(answers: dict[str, object], keys: list[str]):
    found = Guide.model_validate(GUIDE).materials_for(answers)
    assert [material.key for material in found] == keys


def test_a_material_with_two_conditions_is_asked_only_where_both_hold():
    body = changed(materials=[material("a", when={"own_place": "own", "kind": "x"})])
    choice = {"key": "kind", "label": "类", "type": "choice", "options": [{"value": "x", "label": "甲"}]}
    body["form"]["sections"][0]["fields"].append(choice)
    guide = Guide.model_validate(body)
    assert guide.materials_for({"own_place": "own"}) == ()
    assert [found.key for found in guide.materials_for({"own_place": "own", "kind": "x"})] == ["a"]


def test_a_guide_cannot_be_changed_in_memory():
    guide = Guide.model_validate(GUIDE)
    with pytest.raises(ValidationError, match="frozen"):
        guide.name = "另一个"


def bodies() -> list[Any]:
    """The world's guide, and each shipped one as a whole and as each organ states it."""
    found = [pytest.param(GUIDE, id="world")]
    for file in SHIPPED:
        told = json.loads(file.read_text(encoding="utf-8"))
        for organ in told["organs"]:
            body = told["guide"] | told.get("local", {}).get(organ, {})
            found.append(pytest.param(body, id=f"{file.stem}-{organ}"))
    return found


@pytest.mark.parametrize("body", bodies())
def test_a_guide_survives_the_way_into_the_database_and_back(body: dict[str, Any]):
    guide = Guide.model_validate(body)
    kept = guide.model_dump(mode="json")
    again = Guide.model_validate(json.loads(json.dumps(kept)))
    assert again == guide
    assert digest(again.model_dump(mode="json")) == digest(kept)


def test_every_shipped_guide_has_a_file():
    assert len(SHIPPED) >= 3


def test_a_refused_guide_names_every_element_at_fault():
    with pytest.raises(Invalid) as refused:
        read_guide(changed(name="", limits__promised_days=30, windows=[{}]))
    assert {"name", "limits", "windows.0.name", "windows.0.address"} <= set(refused.value.fields)
    assert refused.value.status == 422


@pytest.mark.parametrize("body", [[], None, "指南", {}, {"form": {"sections": "x"}}])
def test_what_is_no_guide_at_all_is_refused(body: Any):
    with pytest.raises(Invalid):
        read_guide(body)
