"""What an application must hold, and what may be asked of it: the guide and nothing else."""

import pytest
from tests.world import FORM, GUIDE

from tongban.offers.catalogue.rules.guide import Guide
from tongban.work.cases.rules.application import (
    FIELD,
    LONGEST_NOTE,
    MATERIAL,
    Demand,
    check_complete,
    check_demands,
    check_note,
    editable,
    targets,
)

READ = Guide.model_validate(GUIDE)
ASKED = {"report", "lease"}


def test_a_complete_application_has_nothing_missing():
    assert check_complete(READ, FORM, ASKED) == {}


def test_what_is_missing_is_told_all_at_once_by_field_and_material():
    missing = check_complete(READ, {"own_place": "rented"}, set())
    assert set(missing) == {
        "field:shop_name",
        "field:address",
        "field:area",
        "field:phone",
        "material:report",
        "material:lease",
    }  # fmt: skip -- one set, one line


def test_a_material_is_asked_only_where_the_answers_call_for_it():
    own = {**FORM, "own_place": "own"}
    assert check_complete(READ, own, {"report"}) == {}
    assert "material:lease" not in targets(READ, own)
    assert "material:lease" in targets(READ, FORM)


def test_an_optional_material_is_never_missing_but_may_be_asked_to_be_mended():
    assert "material:plan" not in check_complete(READ, FORM, set())
    assert "material:plan" in targets(READ, FORM)


def test_a_wrong_answer_is_wrong_on_submission_too():
    assert set(check_complete(READ, {**FORM, "phone": "1380013", "area": "0"}, ASKED)) == {
        "field:phone",
        "field:area",
    }


def test_every_field_of_the_guide_may_be_asked_for_and_nothing_else():
    fields = {f"field:{key}" for key in READ.form.by_key()}
    assert set(targets(READ, FORM)) == fields | {"material:report", "material:lease", "material:plan"}
    for target in targets(READ, FORM):
        assert check_demands(READ, FORM, [Demand(target, "请改")]) == {}


@pytest.mark.parametrize(
    "target",
    ["field:income", "material:bank_statement", "income", "", "field:", "Field:address", "material:address"],
)
def test_nothing_beyond_the_guide_can_be_demanded(target: str):
    errors = check_demands(READ, FORM, [Demand("field:address", "请写到门牌号"), Demand(target, "请补")])
    assert list(errors) == [target]
    assert "办事指南没有要求" in errors[target][0]


def test_a_material_that_these_answers_do_not_call_for_cannot_be_demanded():
    assert check_demands(READ, {**FORM, "own_place": "own"}, [Demand("material:lease", "请补")])


def test_a_notice_without_a_demand_is_none():
    assert set(check_demands(READ, FORM, [])) == {"demands"}


def test_each_demand_says_what_to_do():
    assert set(check_demands(READ, FORM, [Demand("field:address", "  \n ")])) == {"field:address"}
    assert set(check_demands(READ, FORM, [Demand("field:address", "长" * (LONGEST_NOTE + 1))])) == {
        "field:address"
    }


def test_the_same_place_stands_once_in_a_notice():
    twice = [Demand("field:address", "请写到门牌号"), Demand("field:address", "请写邮编")]
    assert set(check_demands(READ, FORM, twice)) == {"demands"}


@pytest.mark.parametrize(
    ("text", "clean", "fine"),
    [
        ("　符合条件。\r\n同意。 ", "符合条件。\n同意。", True),
        ("", "", False),
        ("   ", "", False),
        ("字" * LONGEST_NOTE, "字" * LONGEST_NOTE, True),
    ],
)
def test_a_note_is_cleaned_and_must_say_something(text: str, clean: str, fine: bool):
    assert check_note(text)[0] == clean
    assert (check_note(text)[1] == []) is fine
    assert check_note(text, required=False)[1] == []


@pytest.mark.parametrize("text", ["\x00", "a\x07b", "反\u202e写", "字" * (LONGEST_NOTE + 1), "\ud800"])
def test_a_note_that_deceives_or_overflows_is_refused_even_where_it_may_be_empty(text: str):
    assert check_note(text)[1]
    assert check_note(text, required=False)[1]


def test_all_of_a_draft_is_editable_and_of_a_supplement_only_what_was_demanded():
    demanded = frozenset({"field:address", "material:report"})
    assert editable(True, FIELD, "shop_name", frozenset())
    assert editable(True, MATERIAL, "plan", frozenset())
    assert editable(False, FIELD, "address", demanded)
    assert editable(False, MATERIAL, "report", demanded)
    assert not editable(False, FIELD, "report", demanded)
    assert not editable(False, MATERIAL, "address", demanded)
    assert not editable(False, FIELD, "shop_name", demanded)
    assert not editable(False, FIELD, "address", frozenset())
