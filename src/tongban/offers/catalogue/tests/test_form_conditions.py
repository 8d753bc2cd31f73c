"""When something is asked (条件): what is not asked is neither demanded nor taken in, and narrowing asks nobody for more."""

import copy
from typing import Any

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.world import GUIDE

from tongban.offers.catalogue.rules.form import Form, check_form, field_of, fill
from tongban.offers.catalogue.rules.form.narrower import added, stricter
from tongban.offers.catalogue.rules.guide import Guide
from tongban.offers.catalogue.tests.forms import answers_to, form_bodies, forms

FIELDS: list[dict[str, Any]] = [
    {
        "key": "delivery",
        "label": "怎样领取",
        "type": "choice",
        "options": [{"value": "post", "label": "邮寄"}, {"value": "window", "label": "窗口"}],
    },
    {"key": "address", "label": "地址", "when": {"delivery": "post"}},
    {"key": "staff", "label": "人数", "type": "integer"},
]
CANTEEN = {
    "key": "canteen",
    "title": "食堂",
    "when": {"staff": {"minimum": 50}},
    "fields": [{"key": "seats", "label": "座位数", "type": "integer", "unit": "个"}],
}


def body() -> dict[str, Any]:
    return copy.deepcopy({"sections": [{"key": "shop", "title": "店铺", "fields": FIELDS}, CANTEEN]})


FORM = Form.model_validate(body())


def test_what_no_answer_calls_for_is_not_demanded():
    assert check_form(FORM, {"delivery": "window", "staff": 49}) == ({"delivery": "window", "staff": 49}, {})
    _, missing = check_form(FORM, {"delivery": "post", "staff": 50})
    assert missing == {"address": ["请填写这一项。"], "seats": ["请填写这一项。"]}


def test_an_answer_to_what_is_not_asked_is_refused_when_complete_and_kept_in_a_draft():
    typed = {"delivery": "window", "staff": 3, "address": "海口"}
    clean, errors = check_form(FORM, typed)
    assert errors == {"address": ["按前面的回答，这一项不用填。"]}
    assert "address" not in clean
    assert fill(FORM, {}, typed) == (typed, {})
    assert FORM.heard(typed) == {"delivery": "window", "staff": 3}


def test_switching_an_answer_back_and_forth_loses_nothing_that_was_typed():
    kept, _ = fill(FORM, {}, {"delivery": "post", "address": "海口"})
    kept, _ = fill(FORM, kept, {"delivery": "window"})
    assert FORM.heard(kept) == {"delivery": "window"}
    kept, _ = fill(FORM, kept, {"delivery": "post"})
    assert FORM.heard(kept) == {"delivery": "post", "address": "海口"}


def test_of_mistakes_in_what_is_not_asked_a_draft_says_nothing_and_keeps_nothing():
    long = "字" * 101
    assert fill(FORM, {}, {"delivery": "window", "address": long}) == ({"delivery": "window"}, {})
    assert set(fill(FORM, {}, {"delivery": "post", "address": long})[1]) == {"address"}


def test_a_condition_is_a_text_or_a_list_of_texts():
    one, many = body(), body()
    many["sections"][0]["fields"][1]["when"] = {"delivery": ["post"]}
    assert Form.model_validate(one) == Form.model_validate(many)
    assert Form.model_validate(one).model_dump(mode="json") == Form.model_validate(many).model_dump(
        mode="json"
    )


def test_what_hangs_on_an_unasked_question_is_not_asked():
    chained = body()
    chained["sections"][1]["fields"].append(
        {"key": "menu", "label": "菜单", "required": False, "when": {"seats": {"maximum": 9}}}
    )
    form = Form.model_validate(chained)
    assert "menu" not in form.asked({"staff": 3, "seats": 5})
    assert "menu" in form.asked({"staff": 60, "seats": 5})


@pytest.mark.parametrize(
    ("place", "when", "path", "told"),
    [
        (("fields", 0), {"address": "x"}, ("fields", 0, "when", "address"), "not asked before it"),
        (("fields", 1), {"address": "x"}, ("fields", 1, "when", "address"), "not asked before it"),
        (("fields", 1), {"nothing": "x"}, ("fields", 1, "when", "nothing"), "the form does not ask"),
        (("fields", 1), {"delivery": ["post", "pigeon"]}, ("fields", 1, "when", "delivery"), "no option"),
        (("fields", 1), {"delivery": {"minimum": 1}}, ("fields", 1, "when", "delivery"), "no whole number"),
        ((), {"delivery": "post"}, ("when", "delivery"), "not asked before it"),
    ],
)
def test_a_condition_on_what_is_not_there_is_refused_at_its_place(place, when, path, told):
    wrong = body()
    there = wrong["sections"][0]
    for step in place:
        there = there[step]
    there["when"] = when
    with pytest.raises(ValidationError, match=told) as refusal:
        Form.model_validate(wrong)
    assert refusal.value.errors()[0]["loc"] == ("sections", 0, *path)


def test_conditions_that_exclude_each_other_are_refused():
    wrong = body()
    wrong["sections"][1]["when"] = {"delivery": "post"}
    wrong["sections"][1]["fields"][0]["when"] = {"delivery": "window"}
    with pytest.raises(ValidationError, match="never holds"):
        Form.model_validate(wrong)


def test_a_material_depends_only_on_what_is_asked():
    guide = copy.deepcopy(GUIDE)
    guide["materials"][1]["when"] = {"nothing": "x"}
    with pytest.raises(ValidationError, match="lease depends on nothing") as refusal:
        Guide.model_validate(guide)
    assert refusal.value.errors()[0]["loc"] == ("materials", 1, "when", "nothing")


def test_a_stray_answer_calls_for_no_material():
    guide = copy.deepcopy(GUIDE)
    guide["form"]["sections"][0]["fields"][2]["when"] = {}
    fields = guide["form"]["sections"][0]["fields"]
    fields.insert(2, {"key": "fixed_place", "label": "有没有固定场所", "type": "yes_no"})
    fields[3]["when"] = {"fixed_place": "yes"}
    read = Guide.model_validate(guide)
    keys = [m.key for m in read.materials_for({"fixed_place": "no", "own_place": "rented"})]
    assert "lease" not in keys
    assert "lease" in [m.key for m in read.materials_for({"fixed_place": "yes", "own_place": "rented"})]


@given(st.data())
def test_a_complete_form_holds_exactly_what_is_asked_and_nothing_else(data):
    form = data.draw(forms())
    given_ = data.draw(answers_to(form))
    kept, _ = fill(form, {}, given_)
    clean, errors = check_form(form, form.heard(kept))
    asked = form.asked(clean)
    assert set(clean) <= set(asked)
    missing = {field_of(key) for key in errors}
    assert {key for key, field in asked.items() if field.required} <= set(clean) | missing
    if not errors:
        assert clean == form.heard(kept)


@given(st.data())
def test_what_is_heard_is_heard_again_whatever_else_was_said(data):
    form = data.draw(forms())
    given_ = data.draw(answers_to(form))
    heard = form.heard(given_)
    assert form.heard(heard) == heard
    assert set(form.asked(heard)) == set(form.asked(given_))


@given(st.data())
def test_whatever_is_answered_a_narrowed_form_asks_nothing_that_the_basic_one_does_not(data):
    told = data.draw(form_bodies())
    local_told = data.draw(_altered(told))
    try:
        basic, local = Form.model_validate(told), Form.model_validate(local_told)
    except ValidationError:
        assume(False)
    assume(not [*added(basic, local), *stricter(basic, local)])
    event("narrower" if basic != local else "the same")
    given_ = data.draw(answers_to(local))
    assert set(local.asked(given_)) <= set(basic.asked(given_))


@st.composite
def _altered(draw: Any, told: dict[str, Any]) -> dict[str, Any]:
    """Another form beside this one: conditions widened, narrowed, dropped, given; fields left out."""
    altered = copy.deepcopy(told)
    for section in altered["sections"]:
        for part in (section, *section["fields"]):
            for key, test in [*part["when"].items()]:
                change = draw(st.sampled_from(["keep", "keep", "drop", "less"]))
                if change == "drop":
                    del part["when"][key]
                elif change == "less" and isinstance(test, list):
                    part["when"][key] = test[:1]
                elif change == "less":
                    part["when"][key] = test | {"minimum": 2}
        if len(section["fields"]) > 1 and draw(st.booleans()):
            section["fields"].pop(draw(st.integers(0, len(section["fields"]) - 1)))
    return altered


def _local(change) -> list[str]:
    told = body()
    change(told["sections"])
    local = Form.model_validate(told)
    return [field.key for field in added(FORM, local)] + [path for path, _one, _two in stricter(FORM, local)]


TABLE = {
    "key": "people",
    "label": "从业人员",
    "type": "rows",
    "min_rows": 2,
    "max_rows": 5,
    "columns": [{"key": "name", "label": "姓名"}, {"key": "age", "label": "年龄", "required": False}],
}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda s: s[0]["fields"][1].update(when={}), ["address.when"]),
        (lambda s: s[0]["fields"][1].update(when={"delivery": ["post", "window"]}), ["address.when"]),
        (lambda s: s[1].update(when={"staff": {"minimum": 49}}), ["seats.when"]),
        (lambda s: s[1].update(when={}), ["seats.when"]),
        (lambda s: s[1].update(when={"staff": {"minimum": 60, "maximum": 99}}), []),
        (lambda s: s[1].update(when={"staff": {"minimum": 50}, "delivery": "post"}), []),
        (lambda s: s[0]["fields"][2].update(when={"delivery": "post"}), []),
        (lambda s: s[0]["fields"][1].update(prefill="earlier:000123001000.address"), []),
        (lambda s: s[0]["fields"][1].update(prefill="party.name", fixed=True), ["address.fixed"]),
        (lambda s: s[0]["fields"].append(TABLE), ["people"]),
        (lambda s: s[0]["fields"][1].update(check="any_phone"), ["address.check"]),
    ],
)
def test_a_local_form_may_only_narrow_when_and_what_is_asked(change, found):
    assert _local(change) == found


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"min_rows": 3}, ["people.min_rows"]),
        ({"min_rows": 1, "max_rows": 6}, []),
        ({"max_rows": 4}, ["people.max_rows"]),
        ({"columns": TABLE["columns"][:1]}, []),
        ({"columns": [*TABLE["columns"], {"key": "pay", "label": "工资"}]}, ["people.columns.pay"]),
        (
            {"columns": [TABLE["columns"][0], {"key": "age", "label": "年龄"}]},
            ["people.columns.age.required"],
        ),
    ],
)
def test_a_local_table_asks_for_no_more_rows_and_columns(change, found):
    basic = Form.model_validate({"sections": [{"key": "s", "title": "页", "fields": [TABLE]}]})
    local = Form.model_validate({"sections": [{"key": "s", "title": "页", "fields": [TABLE | change]}]})
    assert [path for path, _one, _two in stricter(basic, local)] == found


def test_an_element_that_forms_gained_later_changes_no_digest_of_what_was_said_before():
    kept = Guide.model_validate(GUIDE).body()["form"]
    assert isinstance(kept, dict)
    of_fields = {key for section in kept["sections"] for field in section["fields"] for key in field}
    assert of_fields <= {
        "key",
        "label",
        "type",
        "help",
        "required",
        "max_length",
        "minimum",
        "maximum",
        "unit",
        "options",
        "autocomplete",
    }  # fmt: skip -- the elements of the first editions
    assert {key for section in kept["sections"] for key in section} <= {"key", "title", "intro", "fields"}
