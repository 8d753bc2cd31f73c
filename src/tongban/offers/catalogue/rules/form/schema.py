"""A form as JSON Schema 2020-12 (表单的 JSON Schema), for programs that fill it in: what is complete by it is complete by our check.

What JSON Schema has no word for stands in ``x-`` annotations: pages, units, conditions as data, prefill sources, code lists,
check characters of codes, bounds of decimals (which are texts, because a binary fraction would not keep them).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tongban.offers.catalogue.rules.form.conditions import Between, When
from tongban.offers.catalogue.rules.form.fields import Column, FieldSpec, FieldType
from tongban.offers.catalogue.rules.form.sections import Form

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_SEEN: Final = r"\S"  # a required text of spaces is no answer
_LARGEST_TYPED: Final = 10**15 - 1  # whole numbers have at most fifteen digits

_TYPES: Final[Mapping[FieldType, Mapping[str, Any]]] = {
    FieldType.TEXT: {"type": "string", "pattern": _SEEN},
    FieldType.LONG_TEXT: {"type": "string", "pattern": _SEEN, "x-multiline": True},
    FieldType.INTEGER: {"type": "integer"},
    FieldType.DECIMAL: {"type": "string", "pattern": r"^-?[0-9]{1,12}(\.[0-9]{1,4})?$"},
    FieldType.DATE: {"type": "string", "format": "date", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    FieldType.PLACE: {"type": "string", "pattern": r"^(?!00)[0-9]{12}$", "x-standard": "GB/T 2260"},
    FieldType.PHONE: {"type": "string", "pattern": r"^1[3-9][0-9]{9}$"},
    FieldType.CREDIT_CODE: {
        "type": "string",
        "pattern": r"^[0-9A-HJ-NPQRTUWXY]{18}$",
        "x-check": "credit_code",
    },
    FieldType.RESIDENT_ID: {"type": "string", "pattern": r"^[0-9]{17}[0-9X]$", "x-check": "resident_id"},
}


def json_schema(form: Form, *, title: str = "") -> dict[str, Any]:
    """The complete form as a JSON Schema (导出 JSON Schema), conditions as if / then / else."""
    conditions = form.conditions()
    fields = form.by_key()
    schema: dict[str, Any] = {
        "$schema": _DIALECT,
        "title": title,
        "type": "object",
        "properties": {
            key: _property(field) | _source_note(field) | _condition_note(conditions[key])
            for key, field in fields.items()
        },
        "required": [key for key, field in fields.items() if field.required and not conditions[key]],
        "additionalProperties": False,
        "x-sections": [
            {
                "key": section.key,
                "title": section.title,
                "description": section.intro,
                "fields": [field.key for field in section.fields],
            }
            | ({"x-when": _as_data(section.when)} if section.when else {})
            for section in form.sections
        ],
    }
    rules = [*_conditional(fields, conditions)]
    if rules:
        schema["allOf"] = rules
    return {name: part for name, part in schema.items() if part != ""}


def _conditional(fields: Mapping[str, FieldSpec], conditions: Mapping[str, When]) -> Iterator[dict[str, Any]]:
    """One rule for each field with a condition: then it is asked, else it may not be there."""
    for key, field in fields.items():
        when = conditions[key]
        if not when:
            continue
        rule: dict[str, Any] = {"if": _if(when, fields), "else": {"properties": {key: False}}}
        if field.required:
            rule["then"] = {"required": [key]}
        yield rule


def _if(when: When, fields: Mapping[str, FieldSpec]) -> dict[str, Any]:
    tests: dict[str, Any] = {}
    for key, test in when.items():
        if isinstance(test, Between):
            tests[key] = {"type": "integer"} | test.model_dump(exclude_none=True)
        elif fields[key].type is FieldType.MULTIPLE:
            tests[key] = {"type": "array", "contains": {"enum": list(test)}}
        else:
            tests[key] = {"enum": list(test)}
    return {"properties": tests, "required": list(when)}


def _condition_note(when: When) -> dict[str, Any]:
    return {"x-when": _as_data(when)} if when else {}


def _as_data(when: When) -> dict[str, Any]:
    return {
        key: test.model_dump(exclude_none=True) if isinstance(test, Between) else list(test)
        for key, test in when.items()
    }


def _source_note(field: FieldSpec) -> dict[str, Any]:
    if field.prefill is None:
        return {}
    return {"x-prefill": field.prefill} | ({"readOnly": True} if field.fixed else {})


def _property(field: Column) -> dict[str, Any]:
    told: dict[str, Any] = {
        "title": field.label,
        "description": field.help,
        "x-unit": field.unit,
        "x-role": field.role.value if field.role else "",
        "x-autocomplete": field.autocomplete,
    }
    return {name: text for name, text in told.items() if text} | _shape(field)


def _shape(field: Column) -> dict[str, Any]:
    if isinstance(field, FieldSpec) and field.type is FieldType.ROWS:
        return _table(field)
    if field.choices:
        return _choice(field)
    found = dict(_TYPES[field.type])
    if field.type in (FieldType.TEXT, FieldType.LONG_TEXT):
        found["maxLength"] = field.max_length
    if field.check is not None:
        found["x-check"] = field.check.value
    if isinstance(field, FieldSpec) and field.place_level is not None:
        found["x-place-level"] = field.place_level
    if field.type is FieldType.INTEGER:
        low, high = -_LARGEST_TYPED, _LARGEST_TYPED
        found["minimum"] = low if field.minimum is None else max(low, field.minimum)
        found["maximum"] = high if field.maximum is None else min(high, field.maximum)
    if field.type is FieldType.DECIMAL:
        bounds = {"x-minimum": field.minimum, "x-maximum": field.maximum}
        found |= {name: bound for name, bound in bounds.items() if bound is not None}
    return found


def _choice(field: Column) -> dict[str, Any]:
    options = {
        "enum": [option.value for option in field.choices],
        "x-labels": {option.value: option.label for option in field.choices},
    }
    if field.code_list is not None:
        known = field.code_list
        options["x-codes"] = {
            "id": known.id,
            "title": known.title,
            "edition": known.edition,
            "source": known.source,
        }
    if field.type is FieldType.MULTIPLE:
        return {"type": "array", "items": {"type": "string", **options}, "minItems": 1, "uniqueItems": True}
    return {"type": "string", **options}


def _table(field: FieldSpec) -> dict[str, Any]:
    return {
        "type": "array",
        "minItems": field.least_rows,
        "maxItems": field.most_rows,
        "items": {
            "type": "object",
            "properties": {column.key: _property(column) for column in field.columns},
            "required": [column.key for column in field.columns if column.required],
            "additionalProperties": False,
        },
    }
