"""The form (申请表单) described by data: fields with labels, help and limits; one check for every channel."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from tongban.standards import credit_code, phone, plaintext, resident_id
from tongban.standards.canonical import LARGEST_INTEGER
from tongban.standards.codes import BadCode, normalised
from tongban.standards.text import Message, msg

_LONGEST = 5000  # characters of any one text of a guide; [O] our own number


def _visible(text: str) -> str:
    """A text of a guide: nothing hidden in it that neither a page nor the database could take."""
    plaintext.clean(text, limit=2 * _LONGEST, multiline=True)
    return text


Visible = AfterValidator(_visible)
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), Visible]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=_LONGEST), Visible]
Bound = Annotated[int, Field(ge=-LARGEST_INTEGER, le=LARGEST_INTEGER)]

Errors = dict[str, list[str]]


class FieldType(StrEnum):
    """Type of a field (字段类型)."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    CHOICE = "choice"
    PHONE = "phone"
    CREDIT_CODE = "credit_code"
    RESIDENT_ID = "resident_id"


class Option(BaseModel):
    """Option of a choice (选项)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    value: Label
    label: Label


class FieldSpec(BaseModel):
    """Field (字段) of a form."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    key: Key
    label: Label
    type: FieldType = FieldType.TEXT
    help: Note = ""
    required: bool = True
    max_length: Annotated[int, Field(ge=1, le=_LONGEST)] = 100
    minimum: Bound | None = None
    maximum: Bound | None = None
    unit: Note = ""
    options: tuple[Option, ...] = ()
    autocomplete: Note = ""

    @model_validator(mode="after")
    def _options_for_choices(self) -> "FieldSpec":
        if (self.type is FieldType.CHOICE) != bool(self.options):
            raise ValueError(f"{self.key}: a choice has options, other fields have none")
        if len({option.value for option in self.options}) != len(self.options):
            raise ValueError(f"{self.key}: two options have the same value")
        return self

    @model_validator(mode="after")
    def _bounds_in_order(self) -> "FieldSpec":
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"{self.key}: the minimum is greater than the maximum")
        return self


class Section(BaseModel):
    """Section (表单分页): one subject, one page."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    key: Key
    title: Label
    intro: Note = ""
    fields: tuple[FieldSpec, ...] = Field(min_length=1)


class Form(BaseModel):
    """Form (表单): its sections in order."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    sections: tuple[Section, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _keys_once(self) -> "Form":
        keys = [field.key for section in self.sections for field in section.fields]
        if len(set(keys)) != len(keys):
            raise ValueError("two fields have the same key")
        if len({section.key for section in self.sections}) != len(self.sections):
            raise ValueError("two sections have the same key")
        return self

    def by_key(self) -> dict[str, FieldSpec]:
        """Fields by their key (按键取字段)."""
        return {field.key: field for section in self.sections for field in section.fields}


def check(
    fields: Mapping[str, FieldSpec], given: Mapping[str, object], *, complete: bool
) -> tuple[dict[str, object], Errors]:
    """Check answers (表单校验): (clean values, errors by field).

    ``complete``: required fields must be there; otherwise (a draft) only what is given is checked. A key that the form
    does not ask is an error: nothing beyond the guide is taken in.
    """
    clean: dict[str, object] = {}
    errors: Errors = {key: [msg("表单里没有这一项。")] for key in given if key not in fields}
    for key, field in fields.items():
        value = given.get(key)
        if value is None or (isinstance(value, str) and _is_blank(value)):
            if field.required and complete:
                errors[key] = [msg("请选择一项。") if field.options else msg("请填写这一项。")]
            continue
        if not isinstance(value, str | int) or isinstance(value, bool) or _is_huge(value):
            errors[key] = [msg("请用文字填写这一项。")]
            continue
        try:
            clean[key] = _READERS[field.type](field, str(value))
        except BadCode as error:
            errors[key] = [Message(error.message, error.params)]
    return clean, errors


def _is_blank(text: str) -> bool:
    """Whether nothing in ``text`` can be seen: a required answer of zero-width marks is no answer."""
    return all(char.isspace() or unicodedata.category(char) == "Cf" for char in text)


def _is_huge(value: str | int) -> bool:
    """A number that JSON readers would round; Python even refuses to write out the hugest."""
    return isinstance(value, int) and not -LARGEST_INTEGER <= value <= LARGEST_INTEGER


def _bad(message: str) -> BadCode:
    return BadCode("form.value", message)


def _text(field: FieldSpec, text: str) -> str:
    return plaintext.clean(text, limit=field.max_length)


def _long_text(field: FieldSpec, text: str) -> str:
    return plaintext.clean(text, limit=field.max_length, multiline=True)


def _in_range(field: FieldSpec, number: Decimal) -> None:
    if field.minimum is not None and number < field.minimum:
        raise _bad(msg("这个数太小了。"))
    if field.maximum is not None and number > field.maximum:
        raise _bad(msg("这个数太大了。"))


def _integer(field: FieldSpec, text: str) -> int:
    text = normalised(text)
    if not re.fullmatch(r"-?[0-9]{1,15}", text):
        raise _bad(msg("请填整数，例如 12。"))
    _in_range(field, Decimal(text))
    return int(text)


def _decimal(field: FieldSpec, text: str) -> str:
    text = normalised(text)
    try:
        if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,4})?", text):
            raise InvalidOperation
        number = Decimal(text)
    except InvalidOperation:
        raise _bad(msg("请填数字，例如 36.5，小数最多四位。")) from None
    _in_range(field, number)
    return text


def _date(field: FieldSpec, text: str) -> str:
    text = normalised(text)
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise _bad(msg("请填日期，例如 2026-12-08。")) from None


def _choice(field: FieldSpec, text: str) -> str:
    if text not in {option.value for option in field.options}:
        raise _bad(msg("请从列出的选项里选一项。"))
    return text


_READERS: dict[FieldType, Callable[[FieldSpec, str], object]] = {
    FieldType.TEXT: _text,
    FieldType.LONG_TEXT: _long_text,
    FieldType.INTEGER: _integer,
    FieldType.DECIMAL: _decimal,
    FieldType.DATE: _date,
    FieldType.CHOICE: _choice,
    FieldType.PHONE: lambda field, text: phone.parse_mobile(text),
    FieldType.CREDIT_CODE: lambda field, text: str(credit_code.parse(text)),
    FieldType.RESIDENT_ID: lambda field, text: resident_id.parse(text).number,
}
