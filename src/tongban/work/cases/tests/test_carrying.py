"""Properties of carrying a case over (换版衔接): whatever the two editions, no answer is lost and none is invented."""

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import world as worlds

from tongban.offers.catalogue.rules.form import check
from tongban.offers.catalogue.rules.guide import Guide
from tongban.offers.catalogue.tests.forms import answers_to as random_answers
from tongban.offers.catalogue.tests.forms import form_bodies
from tongban.work.cases.rules.carrying import FATE_LABELS, Fate, answers, carry, fit, superseded

_FAST = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


def guide(form: dict[str, Any], **changed: Any) -> Guide:
    first = form["sections"][0]["fields"][0]["key"]
    result = {**worlds.GUIDE["result"], "fields": [first]}  # type: ignore[dict-item] # a mapping by construction
    return Guide.model_validate(worlds.GUIDE | {"form": form, "materials": [], "result": result} | changed)


@st.composite
def editions(draw: Any) -> tuple[Guide, Guide, dict[str, object], dict[str, object]]:
    """Two editions that share some keys, a form that the first one took, and something kept from before."""
    one, two = guide(draw(form_bodies())), guide(draw(form_bodies()))
    typed = draw(random_answers(one.form))
    clean, _wrong = check(one.form.by_key(), typed, complete=False)
    older = draw(random_answers(two.form))
    kept = {key: value for key, value in older.items() if key not in clean and value not in (None, "")}
    return one, two, clean, kept


@_FAST
@given(editions(), st.booleans())
def test_every_answer_is_there_as_it_was_typed_whatever_the_two_editions(case, running):
    one, two, form, kept = case
    carried = carry(one, two, form=form, kept=kept, attached=(), running=running)
    assert answers(carried.form, carried.kept) == answers(form, kept)


@_FAST
@given(editions())
def test_the_form_holds_only_what_its_edition_takes(case):
    one, two, form, kept = case
    carried = carry(one, two, form=form, kept=kept, attached=(), running=True)
    clean, wrong = check(two.form.by_key(), carried.form, complete=False)
    assert wrong == {}
    assert clean == carried.form
    assert carried.form == two.form.heard(carried.form), "a submitted case holds nothing that is not asked"


@_FAST
@given(editions(), st.booleans())
def test_there_and_back_restores_form_and_kept(case, running):
    one, two, form, _kept = case
    form = one.form.heard(form) if running else form
    there = carry(one, two, form=form, kept={}, attached=(), running=running)
    back = carry(two, one, form=there.form, kept=there.kept, attached=(), running=running)
    assert back.form == form
    assert back.kept == {}


@_FAST
@given(editions())
def test_to_the_same_edition_nothing_changes(case):
    one, _two, form, _kept = case
    same = carry(one, one, form=form, kept={}, attached=())
    assert (same.form, same.kept) == (form, {})
    assert {line.fate for line in same.lines} <= {Fate.SAME}


@_FAST
@given(editions(), st.booleans())
def test_every_question_of_either_edition_is_told_once(case, running):
    one, two, form, kept = case
    carried = carry(one, two, form=form, kept=kept, attached=(), running=running)
    told = [line.target for line in carried.lines]
    assert len(set(told)) == len(told)
    answered = {f"field:{key}" for key in answers(form, kept)} & {
        f"field:{key}" for key in (*one.form.by_key(), *two.form.by_key())
    }
    assert answered <= set(told), "no answer goes its way without a word"


# --- by example ---------------------------------------------------------------------------------------------------------


def shop(**fields: dict[str, Any] | None) -> Guide:
    """The guide of the world with fields of its first page changed by key, taken out (None), or added."""
    form = copy.deepcopy(worlds.GUIDE["form"])
    page = form["sections"][0]["fields"]  # type: ignore[index] # the guide of the tests
    for key, told in fields.items():
        place = next((n for n, one in enumerate(page) if one["key"] == key), len(page))
        page[place : place + 1] = [] if told is None else [{"key": key, **told}]
    result = {**worlds.GUIDE["result"], "fields": ["address"]}  # type: ignore[dict-item] # a mapping by construction
    return Guide.model_validate(worlds.GUIDE | {"form": form, "result": result})


BASE = shop()
FORM = dict(worlds.FORM)


def fate_of(carried: Any, key: str) -> tuple[Fate, bool]:
    line = next(line for line in carried.lines if line.target == f"field:{key}")
    return line.fate, line.missing


@pytest.mark.parametrize(
    ("changed", "fate", "missing", "in_form", "beside"),
    [
        ({"shop_name": {"label": "店名", "max_length": 60}}, Fate.SAME, False, "阿秀理发店", None),
        ({"shop_name": {"label": "招牌名称", "max_length": 60}}, Fate.CHANGED, False, "阿秀理发店", None),
        ({"shop_name": {"label": "店名", "max_length": 3}}, Fate.UNFIT, True, None, "阿秀理发店"),
        ({"shop_name": {"label": "店名", "type": "integer"}}, Fate.UNFIT, True, None, "阿秀理发店"),
        ({"shop_name": None}, Fate.DROPPED, False, None, "阿秀理发店"),
    ],
)
def test_what_becomes_of_one_answer(changed, fate, missing, in_form, beside):
    carried = carry(BASE, shop(**changed), form=FORM, kept={}, attached=())
    assert fate_of(carried, "shop_name") == (fate, missing)
    assert carried.form.get("shop_name") == in_form
    assert carried.kept.get("shop_name") == beside


def test_a_renamed_question_is_a_new_one_and_the_old_answer_stays_beside():
    carried = carry(
        BASE, shop(shop_name=None, brand={"label": "字号"}), form=FORM, kept={}, attached=(), running=True
    )
    assert fate_of(carried, "brand") == (Fate.NEW, True)
    assert fate_of(carried, "shop_name") == (Fate.DROPPED, False)
    assert [line.label for line in carried.hindrances if line.target == "field:brand"] == ["字号"]


def test_what_was_kept_beside_comes_back_when_it_is_asked_again():
    without = shop(shop_name=None)
    there = carry(BASE, without, form=FORM, kept={}, attached=())
    back = carry(without, BASE, form=there.form, kept=there.kept, attached=())
    assert fate_of(back, "shop_name") == (Fate.BACK, False)
    assert (back.form, back.kept) == (FORM, {})


def test_an_answer_in_another_shape_keeps_its_original_beside_it():
    number = shop(shop_name={"label": "门牌", "type": "integer"})
    there = carry(BASE, number, form={"shop_name": "012"}, kept={}, attached=())
    assert (there.form, there.kept) == ({"shop_name": 12}, {"shop_name": "012"})
    back = carry(number, BASE, form=there.form, kept=there.kept, attached=())
    assert (back.form, back.kept) == ({"shop_name": "012"}, {})


def table(*columns: str, required: bool = True) -> Guide:
    told = [{"key": column, "label": column, "required": required} for column in columns]
    return shop(staff={"label": "从业人员", "type": "rows", "max_rows": 3, "columns": told})


def test_a_table_that_loses_a_column_keeps_its_rows_and_its_way_back():
    wide, narrow = table("name", "post"), table("name")
    rows = [{"name": "刘海波", "post": "店长"}, {"name": "陈生", "post": "技师"}]
    there = carry(wide, narrow, form={"staff": rows}, kept={}, attached=())
    assert there.form["staff"] == [{"name": "刘海波"}, {"name": "陈生"}]
    assert there.kept["staff"] == rows
    assert fate_of(there, "staff")[0] is Fate.CHANGED
    back = carry(narrow, wide, form=there.form, kept=there.kept, attached=())
    assert (back.form, back.kept) == ({"staff": rows}, {})


def test_a_table_that_gains_a_column_is_carried_and_its_cells_are_told_missing():
    there = carry(
        table("name"), table("name", "post"), form={"staff": [{"name": "甲"}]}, kept={}, attached=()
    )
    assert there.form["staff"] == [{"name": "甲"}]
    assert fate_of(there, "staff") == (Fate.CHANGED, True)


def test_an_option_that_is_gone_asks_anew_and_one_that_stays_does_not():
    def choice(*values: str) -> Guide:
        options = [{"value": value, "label": value} for value in values]
        return shop(kind={"label": "类型", "type": "choice", "options": options})

    assert fate_of(
        carry(choice("a", "b"), choice("a"), form={"kind": "b"}, kept={}, attached=()), "kind"
    ) == (
        Fate.UNFIT,
        True,
    )
    assert (
        fate_of(carry(choice("a", "b"), choice("a"), form={"kind": "a"}, kept={}, attached=()), "kind")[0]
        is Fate.CHANGED
    )


def test_of_a_running_case_what_a_new_condition_no_longer_asks_goes_beside_and_of_a_draft_it_stays():
    asked = {"label": "租金", "required": False}
    old, new = shop(rent=asked), shop(rent=asked | {"when": {"own_place": "own"}})
    form = FORM | {"rent": "100"}
    draft = carry(old, new, form=form, kept={}, attached=())
    assert draft.form["rent"] == "100"
    running = carry(old, new, form=form, kept={}, attached=(), running=True)
    assert "rent" not in running.form
    assert running.kept == {"rent": "100"}
    assert fate_of(running, "rent") == (Fate.DROPPED, False)


def test_what_nobody_has_to_give_is_not_missing():
    new = shop(owner={"label": "申请人"})
    assert fate_of(carry(BASE, new, form=FORM, kept={}, attached=()), "owner") == (Fate.NEW, True)
    waived = carry(BASE, new, form=FORM, kept={}, attached=(), waived={"field:owner", "material:report"})
    assert fate_of(waived, "owner") == (Fate.NEW, False)
    assert [line.target for line in waived.hindrances] == ["material:lease"]


def test_materials_are_told_by_what_is_wanted_now():
    material = {"key": "permit", "name": "房屋证明"}
    materials = [*worlds.GUIDE["materials"][1:], material]  # type: ignore[index] # the guide of the tests
    new = Guide.model_validate(worlds.GUIDE | {"materials": materials})
    told = {
        line.target: (line.fate, line.missing)
        for line in carry(BASE, new, form=FORM, kept={}, attached={"report", "lease"}).lines
        if line.target.startswith("material:")
    }
    assert told == {
        "material:lease": (Fate.SAME, False),
        "material:plan": (Fate.SAME, False),
        "material:permit": (Fate.NEW, True),
        "material:report": (Fate.DROPPED, False),
    }


def test_an_answer_given_anew_takes_the_place_of_the_kept_one_and_others_stay():
    kept = {"a": 1, "b": 2, "c": 3}
    before, after = {"a": 10, "b": 20}, {"a": 10, "b": 21}
    assert superseded(before, after, kept) == {"a": 1, "c": 3}
    assert superseded(before, {"b": 20}, kept) == {"b": 2, "c": 3}, "taken out by its owner"
    assert superseded({}, {"c": 4}, kept) == {"a": 1, "b": 2}


def test_nothing_fits_that_the_field_refuses():
    fields = BASE.form.by_key()
    assert fit(fields["area"], "0") is None
    assert fit(fields["area"], "36.5") == "36.5"
    assert fit(fields["phone"], []) is None


def test_every_fate_has_its_words():
    assert set(FATE_LABELS) == set(Fate)
