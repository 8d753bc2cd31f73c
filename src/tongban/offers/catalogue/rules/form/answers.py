"""Checking answers (表单校验): one check for every channel, counter and portal and programs alike.

An answer to what is not asked: a **draft keeps it** (:func:`fill`), because whoever switches a choice back and forth must not
lose what was typed; a **complete** form refuses it (:func:`check_form`). Cases leave it out when they submit: nothing
beyond what the edition asks in that situation is ever taken in.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from tongban.offers.catalogue.rules.form.fields import NAMED_CHECKS, Column, FieldSpec, FieldType
from tongban.offers.catalogue.rules.form.sections import Form
from tongban.standards import credit_code, divisions, phone, plaintext, resident_id
from tongban.standards.canonical import LARGEST_INTEGER
from tongban.standards.codes import BadCode, normalised
from tongban.standards.text import Message, msg

Errors = dict[str, list[str]]  # by field; inside a table by "field.row.column", rows counted from 0


def check_form(form: Form, given: Mapping[str, object]) -> tuple[dict[str, object], Errors]:
    """Check a complete form (整表校验): everything that is asked and required is there, and nothing that is not asked."""
    fields = form.by_key()
    asked = form.asked(check(fields, given, complete=False)[0])
    clean, errors = check(asked, {key: value for key, value in given.items() if key in asked}, complete=True)
    for key, value in given.items():
        if key not in fields:
            errors[key] = [msg("表单里没有这一项。")]
        elif key not in asked and not _unanswered(fields[key], value):
            errors[key] = [msg("按前面的回答，这一项不用填。")]
    return clean, errors


def fill(
    form: Form, kept: Mapping[str, object], given: Mapping[str, object]
) -> tuple[dict[str, object], Errors]:
    """Fill a draft further (填写草稿): (answers kept from now on, errors by field).

    A good answer takes the place of the earlier one, an empty one takes it out, a bad one leaves it. Of mistakes in what is
    not asked now nothing is said.
    """
    fields = form.by_key()
    clean, errors = check(fields, given, complete=False)
    bad = {field_of(key) for key in errors}
    emptied = {key for key in given if key not in clean and key not in bad}
    answers = {key: value for key, value in {**kept, **clean}.items() if key not in emptied}
    asked = form.asked(answers)
    return answers, {
        key: texts for key, texts in errors.items() if field_of(key) in asked or field_of(key) not in fields
    }


def field_of(key: str) -> str:
    """The field that an error is about (错误所在字段): for a cell of a table, the table."""
    return key.partition(".")[0]


def check(
    fields: Mapping[str, Column], given: Mapping[str, object], *, complete: bool
) -> tuple[dict[str, object], Errors]:
    """Check answers to ``fields`` (逐项校验), whatever their conditions: (clean values, errors by field).

    ``complete``: required fields must be there; otherwise (a draft) only what is given is checked. A key that the form
    does not ask is an error: nothing beyond the guide is taken in.
    """
    clean: dict[str, object] = {}
    errors: Errors = {key: [msg("表单里没有这一项。")] for key in given if key not in fields}
    for key, field in fields.items():
        value = given.get(key)
        if _unanswered(field, value):
            if field.required and complete:
                choosing = field.choices or field.type is FieldType.PLACE
                errors[key] = [msg("请选择一项。") if choosing else msg("请填写这一项。")]
            continue
        if isinstance(field, FieldSpec) and field.type is FieldType.ROWS:
            rows, wrong = _rows(field, value, complete)
            errors |= {f"{key}{place}": texts for place, texts in wrong.items()}
            if not wrong and rows:
                clean[key] = rows
            continue
        try:
            clean[key] = _several(field, value) if field.type is FieldType.MULTIPLE else _one(field, value)
        except BadCode as error:
            errors[key] = [Message(error.message, error.params)]
    return clean, errors


_HOLDS_SEVERAL = frozenset({FieldType.MULTIPLE, FieldType.ROWS})


def _unanswered(field: Column, value: object) -> bool:
    """Whether nothing is answered: of a table or of several choices, where nothing in it is."""
    if value is None or isinstance(value, str):
        return value is None or _is_blank(value)
    return field.type in _HOLDS_SEVERAL and _nothing(value)


def _nothing(value: object) -> bool:
    if isinstance(value, str):
        return _is_blank(value)
    if isinstance(value, list | tuple):
        return all(_nothing(part) for part in value)
    if isinstance(value, Mapping):
        return all(_nothing(part) for part in value.values())
    return value is None


def _is_blank(text: str) -> bool:
    """Whether nothing in ``text`` can be seen: a required answer of zero-width marks is no answer."""
    return all(char.isspace() or unicodedata.category(char) == "Cf" for char in text)


def _is_huge(value: str | int) -> bool:
    """A number that JSON readers would round; Python even refuses to write out the hugest."""
    return isinstance(value, int) and not -LARGEST_INTEGER <= value <= LARGEST_INTEGER


def _bad(message: str, **params: object) -> BadCode:
    return BadCode("form.value", message, params)


def _one(field: Column, value: object) -> object:
    if not isinstance(value, str | int) or isinstance(value, bool) or _is_huge(value):
        raise _bad(msg("请用文字填写这一项。"))
    return _READERS[field.type](field, str(value))


def _several(field: Column, value: object) -> list[str]:
    """Several choices, in the order of the form and each once."""
    options = [option.value for option in field.choices]
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise _bad(msg("请从列出的选项里选。"))
    chosen = [one for one in value if not _is_blank(one)]
    if any(one not in options for one in chosen):
        raise _bad(msg("请从列出的选项里选。"))
    return [option for option in options if option in chosen]


def _rows(field: FieldSpec, value: object, complete: bool) -> tuple[list[dict[str, object]], Errors]:
    """The rows of a table and what is wrong, by ".row.column" or "" for the table. Empty rows are no rows."""
    if not isinstance(value, list | tuple) or not all(isinstance(row, Mapping) for row in value):
        return [], {"": [msg("请一行一行填写。")]}
    columns = {column.key: column for column in field.columns}
    rows: list[dict[str, object]] = []
    errors: Errors = {}
    for place, row in enumerate(value):
        if _nothing(row):
            continue
        clean, wrong = check(columns, row, complete=complete)
        rows.append(clean)
        errors |= {f".{place}.{key}": texts for key, texts in wrong.items()}
    if len(rows) > field.most_rows:
        errors[""] = [Message(msg("最多填 %(rows)s 行。"), {"rows": field.most_rows})]
    elif complete and len(rows) < field.least_rows:
        errors[""] = [Message(msg("至少填 %(rows)s 行。"), {"rows": field.least_rows})]
    return rows, errors


def _text(field: Column, text: str) -> str:
    cleaned = plaintext.clean(text, limit=field.max_length)
    return cleaned if field.check is None else NAMED_CHECKS[field.check](cleaned)


def _long_text(field: Column, text: str) -> str:
    return plaintext.clean(text, limit=field.max_length, multiline=True)


def _in_range(field: Column, number: Decimal) -> None:
    if field.minimum is not None and number < field.minimum:
        raise _bad(msg("这个数太小了。"))
    if field.maximum is not None and number > field.maximum:
        raise _bad(msg("这个数太大了。"))


def _integer(field: Column, text: str) -> int:
    text = normalised(text)
    if not re.fullmatch(r"-?[0-9]{1,15}", text):
        raise _bad(msg("请填整数，例如 12。"))
    _in_range(field, Decimal(text))
    return int(text)


def _decimal(field: Column, text: str) -> str:
    text = normalised(text)
    try:
        if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,4})?", text):
            raise InvalidOperation
        number = Decimal(text)
    except InvalidOperation:
        raise _bad(msg("请填数字，例如 36.5，小数最多四位。")) from None
    _in_range(field, number)
    return text


def _date(field: Column, text: str) -> str:
    text = normalised(text)
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise _bad(msg("请填日期，例如 2026-12-08。")) from None


def _choice(field: Column, text: str) -> str:
    if text not in {option.value for option in field.choices}:
        raise _bad(msg("请从列出的选项里选一项。"))
    return text


_READERS: dict[FieldType, Callable[[Column, str], object]] = {
    FieldType.TEXT: _text,
    FieldType.LONG_TEXT: _long_text,
    FieldType.INTEGER: _integer,
    FieldType.DECIMAL: _decimal,
    FieldType.DATE: _date,
    FieldType.CHOICE: _choice,
    FieldType.YES_NO: _choice,
    FieldType.PLACE: lambda field, text: (
        divisions.parse(text).code
    ),  # whether it exists, the table of places knows
    FieldType.PHONE: lambda field, text: phone.parse_mobile(text),
    FieldType.CREDIT_CODE: lambda field, text: str(credit_code.parse(text)),
    FieldType.RESIDENT_ID: lambda field, text: resident_id.parse(text).number,
}
