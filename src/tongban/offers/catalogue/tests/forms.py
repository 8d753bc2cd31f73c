"""Random forms and answers (随机表单) for properties: every type, conditions that look back, sections with conditions."""

from typing import Any

from hypothesis import strategies as st

from tongban.offers.catalogue.rules.form import FieldSpec, FieldType, Form
from tongban.standards import credit_code
from tongban.standards.iso7064 import mod11_2

PERSON = "46010619900101212" + mod11_2("46010619900101212")
FIRM = credit_code.make("91460106MA5T1234X")
_TRIGGERS = (FieldType.CHOICE, FieldType.YES_NO, FieldType.MULTIPLE, FieldType.INTEGER)
_LETTERS = "甲乙丙丁abc1"


@st.composite
def _field(draw: Any, key: str, before: list[dict[str, Any]]) -> dict[str, Any]:
    kind = draw(st.sampled_from(FieldType))
    body: dict[str, Any] = {"key": key, "label": key, "type": kind.value, "required": draw(st.booleans())}
    if kind in (FieldType.CHOICE, FieldType.MULTIPLE):
        if draw(st.booleans()):
            body["codes"] = "GBT2261.1-2003"
        else:
            count = draw(st.integers(1, 4))
            body["options"] = [{"value": f"v{n}", "label": f"选{n}"} for n in range(count)]
    if kind in (FieldType.INTEGER, FieldType.DECIMAL) and draw(st.booleans()):
        body |= {"minimum": 0, "maximum": draw(st.integers(0, 5))}
    if kind in (FieldType.TEXT, FieldType.LONG_TEXT):
        body["max_length"] = draw(st.integers(1, 6))
    if kind is FieldType.PLACE:
        body["place_level"] = "county"
    if kind is FieldType.ROWS:
        body["min_rows"] = draw(st.integers(1, 2))
        body["max_rows"] = draw(st.integers(2, 3))
        body["columns"] = [
            {"key": "name", "label": "名", "max_length": 4},
            {"key": "sure", "label": "是否", "type": "yes_no", "required": draw(st.booleans())},
        ]
    return body | {"when": draw(_when(before))}


@st.composite
def _when(draw: Any, before: list[dict[str, Any]]) -> dict[str, Any]:
    triggers = [field for field in before if FieldType(field["type"]) in _TRIGGERS]
    if not triggers or draw(st.booleans()):
        return {}
    chosen = draw(st.lists(st.sampled_from(triggers), min_size=1, max_size=2, unique_by=lambda f: f["key"]))
    return {field["key"]: draw(_test(field)) for field in chosen}


@st.composite
def _test(draw: Any, field: dict[str, Any]) -> Any:
    if field["type"] == "integer":
        low = draw(st.integers(0, 3))
        return draw(
            st.sampled_from([{"minimum": low}, {"maximum": low}, {"minimum": low, "maximum": low + 1}])
        )
    values = [option.value for option in FieldSpec.model_validate(field | {"when": {}}).choices]
    return draw(st.lists(st.sampled_from(values), min_size=1, unique=True))


@st.composite
def form_bodies(draw: Any) -> dict[str, Any]:
    """A form as data: up to three pages of up to three fields."""
    before: list[dict[str, Any]] = []
    sections = []
    for page in range(draw(st.integers(1, 3))):
        when = draw(_when(before))
        fields = []
        for _ in range(draw(st.integers(1, 3))):
            field = draw(_field(f"k{len(before)}", before))
            for key in set(field["when"]) & set(when):
                del field["when"][key]  # two conditions on one key may leave nothing of it
            before.append(field)
            fields.append(field)
        sections.append({"key": f"s{page}", "title": "页", "when": when, "fields": fields})
    return {"sections": sections}


def forms() -> st.SearchStrategy[Form]:
    """A form that holds together."""
    return form_bodies().map(Form.model_validate)


@st.composite
def answers_to(draw: Any, form: Form) -> dict[str, object]:
    """Answers in the one spelling that is kept: mostly good ones, some bad, some to what is not asked, some missing."""
    given: dict[str, object] = {}
    for key, field in form.by_key().items():
        asked = key in form.asked(given)
        if draw(st.integers(0, 9)) < (9 if asked else 1):
            given[key] = draw(_answer(field))
    return given


def _answer(field: FieldSpec) -> st.SearchStrategy[object]:
    values = [option.value for option in field.choices]
    text = st.text(_LETTERS, min_size=1, max_size=8)
    by_type: dict[FieldType, st.SearchStrategy[object]] = {
        FieldType.TEXT: text,
        FieldType.LONG_TEXT: text,
        FieldType.INTEGER: st.integers(-1, 6),
        # Bounds of decimals are annotations of the schema: only what lies within them is a question to both judges.
        FieldType.DECIMAL: st.sampled_from(
            [text for text in ("0", "1.5", "0.0001") if field.maximum is None or float(text) <= field.maximum]
        ),
        FieldType.DATE: st.sampled_from(["2026-12-08", "2026-02-30", "2026-1-1"]),
        FieldType.CHOICE: st.sampled_from([*values, "elsewhere"]),
        FieldType.YES_NO: st.sampled_from(["yes", "no", "yes", "no", "on"]),
        FieldType.MULTIPLE: st.lists(
            st.sampled_from([*values, *values, "elsewhere"]), min_size=1, unique=True
        ),
        FieldType.PLACE: st.sampled_from(["460106000000", "460106000000", "46", "00"]),
        FieldType.PHONE: st.sampled_from(["13800138000", "1380013"]),
        FieldType.CREDIT_CODE: st.just(FIRM),
        FieldType.RESIDENT_ID: st.just(PERSON),
        FieldType.ROWS: st.lists(
            st.fixed_dictionaries(
                {"name": st.text(_LETTERS, min_size=1, max_size=5)},
                optional={"sure": st.sampled_from(["yes", "no", "maybe"])},
            ),
            min_size=1,
            max_size=4,
        ),
    }
    found = by_type[field.type]
    return found | st.sampled_from([True, 1.5]) if field.type is FieldType.DATE else found
