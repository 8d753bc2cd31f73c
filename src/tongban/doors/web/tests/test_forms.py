"""The guide's form as fields of a page (表单呈现)."""

import html
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import translation

from tongban.doors.web import forms
from tongban.doors.web.templatetags.tongban import translated
from tongban.offers.catalogue.rules.form import FieldSpec, FieldType, Form
from tongban.offers.catalogue.rules.form.prefill import Origin
from tongban.work.cases.queries import Known


@pytest.fixture(autouse=True)
def in_chinese():
    with translation.override("zh-hans"):
        yield


STAFF: dict[str, Any] = {
    "key": "staff",
    "label": "从业人员",
    "type": "rows",
    "max_rows": 2,
    "columns": [
        {"key": "name", "label": "姓名"},
        {"key": "duties", "label": "做什么", "type": "multiple", "codes": "service_object_A4"},
    ],
}
FORM = Form.model_validate(
    {
        "sections": [
            {
                "key": "one",
                "title": "一",
                "fields": [{"key": "firm", "label": "是单位吗", "type": "yes_no"}],
            },
            {
                "key": "two",
                "title": "二",
                "intro": "照实填。",
                "fields": [
                    {"key": "size", "label": "人数", "type": "integer", "when": {"firm": "yes"}},
                    {"key": "boss", "label": "负责人", "when": {"size": {"minimum": 5}}},
                    STAFF,
                ],
            },
        ]
    }
)
SECOND = FORM.sections[1].fields


def _page(values: dict[str, object], **more: Any) -> list[dict[str, Any]]:
    return forms.page_fields(FORM, SECOND, values, **more)


def rendered(fields: list[dict[str, Any]]) -> str:
    return html.unescape(render_to_string("web/parts/form_fields.html", {"fields": fields}))


@pytest.mark.parametrize("kind", FieldType)
def test_every_type_of_field_can_be_drawn(kind, db):
    body: dict[str, Any] = {"key": "k", "label": "标签", "type": kind}
    if kind in (FieldType.CHOICE, FieldType.MULTIPLE):
        body["options"] = [{"value": "1", "label": "一"}]
    if kind is FieldType.PLACE:
        body["place_level"] = "county"
    if kind is FieldType.ROWS:
        body["columns"] = [{"key": "a", "label": "甲"}]
    drawn = forms.field(FieldSpec.model_validate(body))
    page = rendered([drawn | {"when": None}])
    assert 'name="f_k' in page
    assert "标签" in page


def test_a_long_choice_is_a_list_to_pull_down():
    options = [{"value": str(n), "label": str(n)} for n in range(9)]
    spec = FieldSpec.model_validate({"key": "k", "label": "标签", "type": "choice", "options": options})
    assert forms.field(spec)["type"] == "select"


def test_a_field_that_other_pages_rule_out_is_not_drawn():
    assert [field["name"] for field in _page({"firm": "no"})] == ["f_boss", "f_staff"]
    assert [field["name"] for field in _page({"firm": "yes"})] == ["f_size", "f_boss", "f_staff"]


def test_a_field_that_this_page_may_ask_for_says_when_in_words_and_as_data():
    boss = _page({"firm": "yes"})[1]
    assert boss["when"]["words"] == "“人数”是“不少于 5”的，才填。"
    assert json.loads(boss["when"]["data"]) == [{"name": "f_size", "minimum": 5}]
    page = rendered(_page({"firm": "yes"}))
    assert 'data-when="[{"name": "f_size", "minimum": 5}]"' in page
    assert "“人数”是“不少于 5”的，才填。" in page


def test_what_was_typed_is_read_back_as_it_was_drawn():
    post = QueryDict(mutable=True)
    post.update({"f_size": "5", "f_staff-0-name": "甲", "f_staff-3-name": "乙", "f_staff-x-name": "丙"})
    post.setlist("f_staff-0-duties", ["1", "2"])
    assert forms.answers(post, SECOND) == {
        "size": "5",
        "boss": "",
        "staff": [{"name": "甲", "duties": ["1", "2"]}, {"name": "乙", "duties": []}],
    }


def test_a_flood_of_rows_is_cut_and_told_by_the_form_itself():
    post = QueryDict(mutable=True)
    post.update({f"f_staff-{number}-name": "甲" for number in range(1000)})
    typed = forms.answers(post, SECOND)["staff"]
    assert isinstance(typed, list)
    assert len(typed) == 200


def test_the_buttons_add_and_take_out_a_row_and_keep_what_was_typed():
    typed = {"staff": [{"name": "甲"}]}
    more = forms.changed_rows(QueryDict("more=f_staff"), SECOND, typed)
    assert more == {"staff": [{"name": "甲"}, {}]}
    assert forms.changed_rows(QueryDict("more=f_staff"), SECOND, more) == more, "two rows at most"
    assert forms.changed_rows(QueryDict("less=f_staff-0"), SECOND, more) == {"staff": [{}]}
    assert typed == {"staff": [{"name": "甲"}]}


@pytest.mark.parametrize(
    "press", ["more=f_boss", "more=", "less=f_staff", "less=f_staff-9", "less=f_staff--1", "less=-"]
)
def test_a_press_that_means_nothing_changes_nothing(press):
    typed: dict[str, object] = {"boss": "甲", "staff": [{"name": "甲"}]}
    assert forms.changed_rows(QueryDict(press), SECOND, typed) == typed


def test_a_full_table_has_no_button_to_add_and_a_single_row_none_to_take_out():
    one = rendered(_page({"staff": [{"name": "甲"}]}))
    assert 'name="more" value="f_staff"' in one
    assert 'name="less"' not in one
    two = rendered(_page({"staff": [{"name": "甲"}, {"name": "乙"}]}))
    assert 'name="more"' not in two
    assert 'name="less" value="f_staff-1"' in two


def test_a_mistake_in_a_cell_stands_at_the_cell_and_in_the_summary_by_row():
    errors = {"staff.1.name": ["请填写这一项。"], "staff": ["最多填 2 行。"], "boss": ["太长。"]}
    page = rendered(_page({"staff": [{"name": "甲"}, {}]}, errors=errors))
    assert 'id="id_f_staff-1-name-error"' in page
    assert 'id="id_f_staff-0-name-error"' not in page
    told = [(row["name"], translated(row["text"])) for row in forms.summary_of_errors(SECOND, errors)]
    assert told == [
        ("f_boss", "负责人：太长。"),
        ("f_staff", "从业人员：最多填 2 行。"),
        ("f_staff-1-name", "从业人员第 2 行的姓名：请填写这一项。"),
    ]


def test_an_error_key_that_no_cell_has_is_no_fault():
    assert (
        forms.summary_of_errors(SECOND, {"staff.0.salary": ["表单里没有这一项。"], "staff.x": ["？"]}) == []
    )


SENT = Known("刘海波", Origin.EARLIER, "卫生许可", datetime(2026, 11, 2, 1, tzinfo=UTC))


def test_a_prefilled_answer_says_where_it_is_from_until_it_is_changed():
    known = {"boss": SENT}
    words = "来自您 2026年11月2日（周一） 提交的“卫生许可”，有变化请改。"
    page = rendered(_page({"boss": "刘海波"}, known=known))
    assert words in page
    assert 'id="id_f_boss-source"' in page
    assert words not in rendered(_page({"boss": "李四"}, known=known))


def test_a_fixed_answer_is_shown_and_cannot_be_typed_into():
    spec = FieldSpec.model_validate(
        {"key": "owner", "label": "申请人", "prefill": "party.name", "fixed": True}
    )
    drawn = forms.field(spec, "", known=Known("王秀兰", Origin.PARTY))
    assert drawn["readonly"]
    assert drawn["value"] == "王秀兰"
    assert drawn["source"] == "来自您的实名信息，不用填。"
    assert not forms.field(spec, "").get("readonly"), "what nobody knows is asked"


def test_places_are_offered_by_name_under_the_place_above(db):
    from tests import world as worlds

    worlds.build()
    county = forms.place_groups("county")
    assert county == [
        {
            "label": "",
            "options": [
                {"value": worlds.COUNTY, "label": "龙华区"},
                {"value": worlds.OTHER_COUNTY, "label": "琼山区"},
            ],
        }
    ]
    assert forms.place_groups("township") == [
        {"label": "龙华区", "options": [{"value": worlds.TOWN, "label": "中山街道"}]}
    ]


def test_a_preview_draws_every_page_with_its_condition():
    pages = forms.preview(FORM)
    assert [page["title"] for page in pages] == ["一", "二"]
    assert [field["name"] for field in pages[1]["fields"]] == ["f_size", "f_boss", "f_staff"]
    assert pages[1]["fields"][0]["when"]["words"] == "“是单位吗”是“是”的，才填。"
    page = html.unescape(render_to_string("web/parts/form_preview.html", {"pages": pages}))
    assert page.count('class="tb-preview"') == 2
    assert "照实填。" in page
