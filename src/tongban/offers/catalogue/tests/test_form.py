import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tongban.offers.catalogue.rules.form import FieldSpec, FieldType, Form, Option, Section, check, field_of
from tongban.standards import credit_code
from tongban.standards.canonical import canonical
from tongban.standards.iso7064 import mod11_2

PERSON = "46010619900101212" + mod11_2("46010619900101212")
FIRM = credit_code.make("91460106MA5T1234X")
FULL_WIDTH = str.maketrans({chr(0x21 + i): chr(0xFF01 + i) for i in range(94)})


def spec(type_: FieldType, **more: object) -> FieldSpec:
    options = (Option(value="own", label="自己的"), Option(value="rented", label="租的"))
    body: dict[str, object] = {"key": "x", "label": "项", "type": type_}
    if type_ in (FieldType.CHOICE, FieldType.MULTIPLE):
        body["options"] = options
    if type_ is FieldType.PLACE:
        body["place_level"] = "county"
    if type_ is FieldType.ROWS:
        body["columns"] = [
            {"key": "name", "label": "姓名"},
            {"key": "age", "label": "年龄", "type": "integer", "required": False},
        ]
    return FieldSpec.model_validate(body | more)


def answer(field: FieldSpec, value: object, *, complete: bool = True) -> tuple[object, list[str]]:
    clean, errors = check({"x": field}, {"x": value}, complete=complete)
    return clean.get("x"), errors.get("x", [])


FIELDS = {f"f_{kind.value}": spec(kind) for kind in FieldType}

GOOD: list[tuple[FieldType, object, object]] = [
    (FieldType.TEXT, "  阿秀理发店　", "阿秀理发店"),
    (FieldType.TEXT, 12, "12"),
    (FieldType.TEXT, "字" * 100, "字" * 100),
    (FieldType.LONG_TEXT, "一\r\n二", "一\n二"),
    (FieldType.INTEGER, "12", 12),
    (FieldType.INTEGER, 12, 12),
    (FieldType.INTEGER, " -007 ", -7),
    (FieldType.INTEGER, "１２", 12),
    (FieldType.INTEGER, "9" * 15, 999999999999999),
    (FieldType.DECIMAL, "36.5", "36.5"),
    (FieldType.DECIMAL, "３６．５", "36.5"),
    (FieldType.DECIMAL, 36, "36"),
    (FieldType.DECIMAL, "-0.0001", "-0.0001"),
    (FieldType.DATE, "2026-12-08", "2026-12-08"),
    (FieldType.DATE, "２０２６－１２－０８", "2026-12-08"),
    (FieldType.DATE, "2028-02-29", "2028-02-29"),
    (FieldType.CHOICE, "own", "own"),
    (FieldType.YES_NO, "yes", "yes"),
    (FieldType.MULTIPLE, ["rented", "own", "rented"], ["own", "rented"]),
    (FieldType.MULTIPLE, ["", "own"], ["own"]),
    (FieldType.PLACE, "460106000000", "460106000000"),
    (FieldType.PLACE, " ４６０１０６ ", "460106000000"),
    (FieldType.ROWS, [{"name": " 刘海波 ", "age": "30"}], [{"name": "刘海波", "age": 30}]),
    (FieldType.ROWS, [{}, {"name": "", "age": None}, {"name": "王秀兰"}], [{"name": "王秀兰"}]),
    (FieldType.PHONE, "138 0013 8000", "13800138000"),
    (FieldType.PHONE, 13800138000, "13800138000"),
    (FieldType.PHONE, "１３８００１３８０００", "13800138000"),
    (FieldType.CREDIT_CODE, FIRM.lower(), FIRM),
    (FieldType.CREDIT_CODE, FIRM.translate(FULL_WIDTH), FIRM),
    (FieldType.RESIDENT_ID, f" {PERSON} ", PERSON),
    (FieldType.RESIDENT_ID, PERSON.translate(FULL_WIDTH), PERSON),
]

BAD: list[tuple[FieldType, object]] = [
    (FieldType.TEXT, "字" * 101),
    (FieldType.TEXT, "店\x00名"),
    (FieldType.TEXT, "店\n名"),
    (FieldType.TEXT, "店\u202e名"),
    (FieldType.TEXT, "店\ud800"),
    (FieldType.LONG_TEXT, "一\x07二"),
    (FieldType.LONG_TEXT, "字" * 101),
    (FieldType.INTEGER, "1.5"),
    (FieldType.INTEGER, "十二"),
    (FieldType.INTEGER, "1" * 16),
    (FieldType.INTEGER, "1e3"),
    (FieldType.INTEGER, "٣"),
    (FieldType.INTEGER, "1\x00"),
    (FieldType.INTEGER, 2**53),
    (FieldType.DECIMAL, "1.23456"),
    (FieldType.DECIMAL, "NaN"),
    (FieldType.DECIMAL, "Infinity"),
    (FieldType.DECIMAL, ".5"),
    (FieldType.DECIMAL, "1,000"),
    (FieldType.DECIMAL, "1" * 13),
    (FieldType.DATE, "2026-02-29"),
    (FieldType.DATE, "2026-13-01"),
    (FieldType.DATE, "0000-01-01"),
    (FieldType.DATE, "20261208"),
    (FieldType.DATE, "2026-12-08T00:00"),
    (FieldType.DATE, "明天"),
    (FieldType.CHOICE, "lent"),
    (FieldType.CHOICE, "Own"),
    (FieldType.CHOICE, "own "),
    (FieldType.YES_NO, "on"),
    (FieldType.YES_NO, "是"),
    (FieldType.MULTIPLE, "own"),
    (FieldType.MULTIPLE, ["own", "lent"]),
    (FieldType.MULTIPLE, [["own"]]),
    (FieldType.MULTIPLE, {"own": True}),
    (FieldType.PLACE, "海口市"),
    (FieldType.PLACE, "4601"),
    (FieldType.PLACE, "000000000000"),
    (FieldType.ROWS, "刘海波"),
    (FieldType.ROWS, {"name": "刘海波"}),
    (FieldType.ROWS, ["刘海波"]),
    (FieldType.ROWS, [{"name": "甲"}] * 21),
    (FieldType.PHONE, "0898-65200000"),
    (FieldType.PHONE, "23800138000"),
    (FieldType.PHONE, "1380013800"),
    (FieldType.CREDIT_CODE, FIRM[:-1] + ("0" if FIRM[-1] != "0" else "1")),
    (FieldType.CREDIT_CODE, FIRM[:-1]),
    (FieldType.RESIDENT_ID, PERSON[:-1] + ("1" if PERSON[-1] != "1" else "2")),
    (FieldType.RESIDENT_ID, "460106199013012125"),
    *((kind, value) for kind in FieldType for value in (True, False, 1.5, -(2**53))),
    *(
        (kind, value)
        for kind in FieldType
        if kind not in (FieldType.MULTIPLE, FieldType.ROWS)
        for value in ([], ["own"], {"a": {"b": []}}, [{"name": "甲"}])
    ),
]


@pytest.mark.parametrize(("kind", "value", "kept"), GOOD)
def test_a_good_answer_is_kept_in_one_spelling(kind: FieldType, value: object, kept: object):
    assert answer(spec(kind), value) == (kept, [])


@pytest.mark.parametrize(("kind", "value"), BAD)
@pytest.mark.parametrize("complete", [True, False])
def test_a_bad_answer_is_refused_with_a_message_in_drafts_too(kind: FieldType, value: object, complete: bool):
    kept, errors = answer(spec(kind), value, complete=complete)
    assert kept is None
    assert len(errors) == 1
    assert len(errors[0]) > 4


def test_a_number_too_long_for_python_to_write_out_is_refused():
    assert answer(spec(FieldType.TEXT), 10**5000) == (None, ["请用文字填写这一项。"])


@pytest.mark.parametrize("kind", FieldType)
@pytest.mark.parametrize("blank", [None, "", "  ", "\n\t", "　", "\u200b", "\u2003\u200b\u2003", "\ufeff"])
def test_a_blank_answer_is_asked_for_when_complete_and_let_pass_in_a_draft(
    kind: FieldType, blank: str | None
):
    choosing = (FieldType.CHOICE, FieldType.MULTIPLE, FieldType.YES_NO, FieldType.PLACE)
    told = "请选择一项。" if kind in choosing else "请填写这一项。"
    assert answer(spec(kind), blank) == (None, [told])
    assert answer(spec(kind), blank, complete=False) == (None, [])
    assert answer(spec(kind, required=False), blank) == (None, [])


def test_what_is_not_given_at_all_is_asked_for_only_when_complete():
    clean, errors = check(FIELDS, {}, complete=True)
    assert (clean, set(errors)) == ({}, set(FIELDS))
    assert check(FIELDS, {}, complete=False) == ({}, {})


@given(st.text(max_size=60).filter(lambda key: key not in FIELDS), st.booleans())
def test_a_key_that_the_form_does_not_ask_is_refused(key: str, complete: bool):
    clean, errors = check(FIELDS, {key: "x"}, complete=complete)
    assert clean == {}
    assert errors[key] == ["表单里没有这一项。"]


@pytest.mark.parametrize("kind", [FieldType.INTEGER, FieldType.DECIMAL])
def test_the_bounds_of_a_number_belong_to_it(kind: FieldType):
    field = spec(kind, minimum=1, maximum=10)
    for kept in ("1", "10"):
        assert answer(field, kept)[1] == []
    assert answer(field, "0")[1] == ["这个数太小了。"]
    assert answer(field, "11")[1] == ["这个数太大了。"]


def test_a_decimal_a_hair_outside_the_bounds_is_refused():
    field = spec(FieldType.DECIMAL, minimum=1, maximum=10)
    assert answer(field, "0.9999")[1] == ["这个数太小了。"]
    assert answer(field, "10.0001")[1] == ["这个数太大了。"]


def test_the_length_is_counted_after_cleaning():
    field = spec(FieldType.TEXT, max_length=3)
    assert answer(field, "  一二三  ") == ("一二三", [])
    assert answer(field, "一二三四")[1] == ["最多%(limit)s个字，现有%(length)s个字"]


# Anything that JSON can carry, and much of what a hurried hand types.
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_TYPED = (
    st.text(alphabet="0123456789-. ０１２－．X\u200b\u3000\n\x00e+", max_size=24)
    | st.dates().map(str)
    | st.decimals(allow_nan=False).map(str)
    | st.sampled_from([PERSON, FIRM, "own", "rented", "13800138000"])
    | st.text(alphabet=st.characters(), max_size=110)
)
_ANSWERS = st.dictionaries(st.sampled_from([*FIELDS, "other"]), _JSON | _TYPED)


@given(_ANSWERS, st.booleans())
def test_whatever_is_given_each_answer_is_kept_or_told_and_what_is_kept_has_a_canonical_form(
    given_: Mapping[str, object], complete: bool
):
    clean, errors = check(FIELDS, given_, complete=complete)
    assert not set(clean) & set(errors)
    assert set(clean) <= set(given_) & set(FIELDS)
    assert not set(clean) & {field_of(key) for key in errors}
    assert all(texts and all(texts) for texts in errors.values())
    canonical(clean)
    assert "\\u0000" not in json.dumps(clean)
    if complete:
        assert set(clean) | {field_of(key) for key in errors} >= set(FIELDS)


@given(_ANSWERS)
def test_checking_what_was_kept_keeps_it_again_unchanged(given_: Mapping[str, object]):
    once, _ = check(FIELDS, given_, complete=False)
    assert check(FIELDS, once, complete=False) == (once, {})
    assert check(FIELDS, json.loads(json.dumps(once)), complete=False)[0] == once


# --- the form itself ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"type": "choice"}, "a choice has options"),
        ({"options": [{"value": "a", "label": "甲"}]}, "a choice has options"),
        (
            {"type": "choice", "options": [{"value": "a", "label": "甲"}] * 2},
            "two options have the same value",
        ),
        ({"type": "integer", "minimum": 2, "maximum": 1}, "minimum is greater"),
        ({"type": "integer", "maximum": 2**53}, "less than or equal"),
        ({"key": "X"}, "match pattern"),
        ({"key": "x\n"}, "match pattern"),
        ({"key": "a" * 41}, "match pattern"),
        ({"label": "　"}, "at least 1 character"),
        ({"label": "店\x00名"}, "控制字符"),
        ({"help": "看\x07"}, "控制字符"),
        ({"max_length": 0}, "greater than or equal"),
        ({"max_length": 5001}, "less than or equal"),
        ({"type": "file"}, "Input should be"),
        ({"type": "multiple"}, "a choice has options"),
        ({"type": "choice", "codes": "GBT9999"}, "no code list"),
        (
            {"type": "choice", "codes": "GBT4761-2008", "options": [{"value": "a", "label": "甲"}]},
            "not both",
        ),
        ({"codes": "GBT4761-2008"}, "a choice has options"),
        ({"type": "place"}, "a place says its level"),
        ({"type": "place", "place_level": "village"}, "Input should be"),
        ({"place_level": "county"}, "a place says its level"),
        ({"type": "rows"}, "a table has columns"),
        ({"columns": [{"key": "a", "label": "甲"}]}, "a table has columns"),
        ({"type": "rows", "columns": [{"key": "a", "label": "甲"}] * 2}, "two columns have the same key"),
        (
            {"type": "rows", "columns": [{"key": "a", "label": "甲", "when": {"x": "y"}}]},
            "Extra inputs",
        ),
        (
            {"type": "rows", "columns": [{"key": "a", "label": "甲"}], "min_rows": 3, "max_rows": 2},
            "least number of rows",
        ),
        (
            {"type": "rows", "columns": [{"key": "a", "label": "甲", "type": "rows"}]},
            "a column is no table and no place",
        ),
        ({"check": "^a+$"}, "Input should be"),
        ({"type": "date", "check": "any_phone"}, "only a text has a named check"),
        ({"fixed": True}, "only what is prefilled"),
        ({"prefill": "party.id_number"}, "no such source"),
        ({"prefill": "party.address"}, "no such source"),
        ({"prefill": "earlier:00012300100X.name"}, "no basic code"),
        ({"prefill": "licence:W01"}, "no such source"),
        ({"when": {"y": []}}, "at least 1 item"),
        ({"when": {"y": {}}}, "a minimum or a maximum"),
        ({"when": {"y": {"minimum": 3, "maximum": 2}}}, "minimum is greater"),
        ({"colour": "red"}, "Extra inputs"),
    ],
)
def test_a_field_that_contradicts_itself_is_no_field(body: dict[str, object], told: str):
    FieldSpec.model_validate({"key": "x", "label": "项"})
    with pytest.raises(ValidationError, match=told):
        FieldSpec.model_validate({"key": "x", "label": "项"} | body)


def test_bounds_may_meet():
    assert answer(spec(FieldType.INTEGER, minimum=3, maximum=3), "3") == (3, [])


def section(key: str, *fields: str) -> dict[str, object]:
    return {"key": key, "title": "页", "fields": [{"key": field, "label": "项"} for field in fields]}


@pytest.mark.parametrize(
    ("sections", "told"),
    [
        ([section("one", "a"), section("two", "a")], "two fields have the same key"),
        ([section("one", "a"), section("one", "b")], "two sections have the same key"),
        ([section("one")], "at least 1 item"),
        ([], "at least 1 item"),
    ],
)
def test_a_form_that_contradicts_itself_is_no_form(sections: list[object], told: str):
    with pytest.raises(ValidationError, match=told):
        Form.model_validate({"sections": sections})


def test_the_fields_of_a_form_stand_in_its_order():
    form = Form.model_validate({"sections": [section("one", "b", "a"), section("two", "c")]})
    assert list(form.by_key()) == ["b", "a", "c"]
    assert isinstance(form.sections[0], Section)


# --- types with more in them -----------------------------------------------------------------------------------------------


def test_a_mistake_in_a_table_is_told_at_its_cell_and_a_missing_one_only_when_complete():
    table = spec(FieldType.ROWS)
    typed = [{"name": "甲", "age": "三十"}, {"age": "40"}]
    assert check({"x": table}, {"x": typed}, complete=True) == (
        {},
        {"x.0.age": ["请填整数，例如 12。"], "x.1.name": ["请填写这一项。"]},
    )
    assert check({"x": table}, {"x": typed[1:]}, complete=False) == ({"x": [{"age": 40}]}, {})


def test_a_table_has_as_many_rows_as_it_says():
    table = spec(FieldType.ROWS, min_rows=2, max_rows=3)
    for count, told in ((1, ["至少填 %(rows)s 行。"]), (2, []), (3, []), (4, ["最多填 %(rows)s 行。"])):
        assert answer(table, [{"name": "甲"}] * count)[1] == told
    assert answer(table, [{"name": "甲"}], complete=False)[1] == []


def test_a_row_holds_only_its_columns():
    clean, errors = check({"x": spec(FieldType.ROWS)}, {"x": [{"name": "甲", "salary": "9"}]}, complete=False)
    assert (clean, errors) == ({}, {"x.0.salary": ["表单里没有这一项。"]})


def test_a_code_list_stands_in_for_options():
    relation = FieldSpec.model_validate(
        {"key": "x", "label": "关系", "type": "choice", "codes": "GBT4761-2008"}
    )
    assert answer(relation, "1") == ("1", [])
    assert answer(relation, "配偶")[1] == ["请从列出的选项里选一项。"]
    assert relation.code_list is not None
    assert relation.code_list.source == "GB/T 4761-2008"


@pytest.mark.parametrize(
    ("named", "good", "kept", "bad"),
    [
        ("any_phone", "（0898）65200000", "0898-65200000", "65"),
        ("division", "460106", "460106000000", "4601"),
        ("item_code", "000123001000", "000123001000", "ABC"),
        ("case_number", "11460106MB123456784000123001000202611020001", None, "2026"),
        ("licence_id", "", None, "1.2.156.3005.2.x"),
    ],
)
def test_a_named_check_is_the_standards_own(named: str, good: str, kept: str | None, bad: str):
    field = spec(FieldType.TEXT, check=named, max_length=200, required=False)
    if kept is not None:
        assert answer(field, good) == (kept, [])
    assert answer(field, bad)[1]
