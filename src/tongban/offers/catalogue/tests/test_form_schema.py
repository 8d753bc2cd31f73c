"""A form as JSON Schema (表单的 JSON Schema): an independent validator agrees with our own check."""

import json
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from tests.world import FORM, GUIDE

from tongban.offers.catalogue.rules.form import Form, check_form, json_schema
from tongban.offers.catalogue.rules.guide import Guide
from tongban.offers.catalogue.tests.forms import answers_to, forms

READ = Guide.model_validate(GUIDE)


def validator(form: Form) -> Draft202012Validator:
    schema = json.loads(json.dumps(json_schema(form, title="表单")))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FormatChecker(formats=("date",)))


@given(st.data())
def test_an_independent_validator_says_the_same_of_any_form_and_any_answers(data):
    form = data.draw(forms())
    given_ = data.draw(answers_to(form))
    told = [*validator(form).iter_errors(given_)]
    _, errors = check_form(form, given_)
    event("complete" if not errors else "refused")
    assert bool(told) == bool(errors), (told, errors)


@given(st.data())
def test_what_our_check_keeps_is_valid_by_the_schema(data):
    form = data.draw(forms())
    clean, errors = check_form(form, data.draw(answers_to(form)))
    if not errors:
        assert validator(form).is_valid(json.loads(json.dumps(clean)))


def test_the_form_of_a_guide_is_valid_when_it_is_filled_in():
    clean, errors = check_form(READ.form, FORM)
    assert not errors
    assert validator(READ.form).is_valid(clean)
    assert not validator(READ.form).is_valid({**clean, "father": "甲"})
    assert not validator(READ.form).is_valid({key: value for key, value in clean.items() if key != "area"})


def _schema(**field: Any) -> dict[str, Any]:
    body = {"sections": [{"key": "s", "title": "页", "fields": [{"key": "x", "label": "项", **field}]}]}
    return json_schema(Form.model_validate(body))["properties"]["x"]


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ({"prefill": "party.name", "fixed": True}, {"x-prefill": "party.name", "readOnly": True}),
        ({"help": "写全称", "autocomplete": "name"}, {"description": "写全称", "x-autocomplete": "name"}),
        ({"type": "decimal", "unit": "亩", "minimum": 1}, {"x-unit": "亩", "x-minimum": 1}),
        ({"check": "any_phone"}, {"x-check": "any_phone"}),
        ({"type": "place", "place_level": "county"}, {"x-place-level": "county"}),
    ],
)
def test_what_json_schema_has_no_word_for_is_annotated(field, told):
    assert told.items() <= _schema(**field).items()


def test_a_code_list_is_named_with_its_edition_and_source():
    found = _schema(type="choice", codes="GBT2261.1-2003")
    assert found["enum"] == ["1", "2", "9", "0"]
    assert found["x-labels"]["2"] == "女性"
    assert found["x-codes"] == {
        "id": "GBT2261.1-2003",
        "title": "人的性别代码",
        "edition": "2003",
        "source": "GB/T 2261.1-2003",
    }


def test_pages_and_conditions_stand_in_the_schema_as_data():
    body = {
        "sections": [
            {"key": "one", "title": "一", "fields": [{"key": "sure", "label": "是否", "type": "yes_no"}]},
            {
                "key": "two",
                "title": "二",
                "when": {"sure": "yes"},
                "fields": [{"key": "why", "label": "为什么"}],
            },
        ]
    }
    schema = json_schema(Form.model_validate(body))
    assert [(page["key"], page["fields"], page.get("x-when")) for page in schema["x-sections"]] == [
        ("one", ["sure"], None),
        ("two", ["why"], {"sure": ["yes"]}),
    ]
    assert schema["properties"]["why"]["x-when"] == {"sure": ["yes"]}
    assert schema["required"] == ["sure"]
