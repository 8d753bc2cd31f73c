from typing import Any

import pytest
from pydantic import ValidationError
from tests.world import GUIDE

from tongban.offers.catalogue.rules.drafts import completed, missing, read_partial, sketch
from tongban.offers.catalogue.rules.elements import lines
from tongban.offers.catalogue.rules.guide import Guide, Terms, said

TERMS = {name: value for name, value in GUIDE.items() if name in Terms.model_fields}
STANDARD = Terms.model_validate(
    TERMS | {"fees": [{"name": "工本费", "standard": "20元", "basis": "某文件", "online": True}]}
)
COUNTER: dict[str, Any] = {name: GUIDE[name] for name in ("windows", "phones")}


def test_a_draft_may_leave_out_anything_and_says_what_is_missing():
    assert read_partial(Guide, {}) == {}
    assert set(missing(Guide, {})) == {
        name for name, field in Guide.model_fields.items() if field.is_required()
    }
    assert missing(Guide, GUIDE) == []


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""},
        {"more": 1},
        {"limits": {"promised_days": -1}},
        {"windows": [{"name": "窗口", "more": 1}]},
        {"phones": "1"},
    ],
)
def test_what_a_draft_says_is_never_wrong_in_itself(body: dict[str, Any]):
    with pytest.raises(ValidationError):
        read_partial(Guide, body)


def test_what_a_draft_leaves_out_it_takes_from_the_standard():
    guide = Guide.model_validate(completed(read_partial(Guide, COUNTER), STANDARD))
    assert guide.fees == STANDARD.fees
    assert guide.materials == STANDARD.materials
    assert guide.phones.advice == COUNTER["phones"]["advice"]


def test_an_empty_list_of_a_draft_says_none_here():
    guide = Guide.model_validate(
        completed(read_partial(Guide, COUNTER | {"materials": [], "fees": []}), STANDARD)
    )
    assert (guide.materials, guide.fees) == ((), ())


def test_a_whole_text_stands_by_itself():
    whole = Guide.model_validate(GUIDE | {"materials": []}).body()
    assert whole["materials"] == []
    assert Guide.model_validate(completed(whole, STANDARD)) == Guide.model_validate(GUIDE | {"materials": []})


def test_what_says_nothing_is_not_kept():
    assert said({"a": "", "b": [], "c": None, "d": {"e": ""}, "f": 0, "g": False, "h": [{"i": ""}, "x"]}) == {
        "f": 0,
        "g": False,
        "h": [{}, "x"],
    }
    body = Guide.model_validate(GUIDE).body()
    assert "fees" not in body
    assert Guide.model_validate(body) == Guide.model_validate(GUIDE)


def test_a_sketch_shows_what_is_there_and_nothing_for_the_rest():
    found = sketch(Guide, COUNTER)
    assert getattr(found, "name") is None  # noqa: B009 -- the sketch is built at run time
    assert getattr(found, "phones").advice == COUNTER["phones"]["advice"]  # noqa: B009 -- as above


def test_an_element_may_be_incomplete_at_any_depth():
    body = {"limits": {"promised_days": 3}, "windows": [{"name": "窗口"}], "steps": [{"name": "受理"}]}
    assert read_partial(Guide, body) == body
    found = sketch(Guide, body)
    assert lines(found, "limits") == ("3",)
    assert lines(found, "steps") == ("受理",)


def test_an_element_of_several_parts_takes_single_parts_from_the_standard():
    draft = COUNTER | {"limits": {"promised_days": 3}}
    guide = Guide.model_validate(completed(read_partial(Guide, draft), STANDARD))
    assert (guide.limits.statutory_days, guide.limits.promised_days) == (STANDARD.limits.statutory_days, 3)
