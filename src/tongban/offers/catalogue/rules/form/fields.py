"""Fields (字段) of a form: type, label, limits, condition, where the answer may come from. One place says which fit together."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tongban.offers.catalogue.rules.form.conditions import When
from tongban.offers.catalogue.rules.form.prefill import Prefill
from tongban.offers.catalogue.rules.form.texts import LONGEST, Bound, Key, Label, Note
from tongban.standards import case_number, divisions, item_codes, licence_id, phone
from tongban.standards.code_lists import CODE_LISTS, CodeList
from tongban.standards.text import msg

MOST_ROWS = 50  # of one table; [O] more belong into a file
_USUAL_ROWS = 20  # of a table that does not say; [O]
_MOST_COLUMNS = 8  # [O] more do not fit a page


class FieldType(StrEnum):
    """Type of a field (字段类型)."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"
    MULTIPLE = "multiple"
    ROWS = "rows"
    PLACE = "place"
    PHONE = "phone"
    CREDIT_CODE = "credit_code"
    RESIDENT_ID = "resident_id"


class NamedCheck(StrEnum):
    """Named check (标准校验) of a text: the shapes that a standard defines. There are no free patterns."""

    ANY_PHONE = "any_phone"
    ITEM_CODE = "item_code"
    CASE_NUMBER = "case_number"
    LICENCE_ID = "licence_id"
    DIVISION = "division"


NAMED_CHECKS: Mapping[NamedCheck, Callable[[str], str]] = {
    NamedCheck.ANY_PHONE: lambda text: str(phone.parse(text)),
    NamedCheck.ITEM_CODE: lambda text: str(item_codes.parse_any(text)),
    NamedCheck.CASE_NUMBER: lambda text: str(case_number.parse(text)),
    NamedCheck.LICENCE_ID: lambda text: str(licence_id.parse(text)),
    NamedCheck.DIVISION: lambda text: str(divisions.parse(text)),
}


class Option(BaseModel):
    """Option of a choice (选项)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    value: Label
    label: Label


YES, NO = "yes", "no"
_YES_NO = (Option(value=YES, label=msg("是")), Option(value=NO, label=msg("否")))
_COUNTED = frozenset({FieldType.INTEGER, FieldType.DECIMAL})
_CHOOSING = frozenset({FieldType.CHOICE, FieldType.MULTIPLE})


class FieldRole(StrEnum):
    """Role of a field (算作什么): what the platform itself reads in an answer."""

    AMOUNT = "amount"  # 申请金额: a mandate's limit of money is held against it


YUAN: Mapping[str, int] = {"元": 1, "万元": 10_000, "亿元": 100_000_000}


class Column(BaseModel):
    """Column (列) of a table to fill in: what every field has. It is asked in every row, and typed there."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    key: Key
    label: Label
    type: FieldType = FieldType.TEXT
    help: Note = ""
    required: bool = True
    max_length: Annotated[int, Field(ge=1, le=LONGEST)] = 100
    minimum: Bound | None = None
    maximum: Bound | None = None
    unit: Note = ""
    role: FieldRole | None = None
    options: tuple[Option, ...] = ()
    codes: str | None = None  # a shared code list in place of options
    check: NamedCheck | None = None
    autocomplete: Note = ""

    @model_validator(mode="after")
    def _options_for_choices(self) -> Self:
        if self.codes is not None and self.codes not in CODE_LISTS:
            raise ValueError(f"{self.key}: there is no code list {self.codes}")
        if (self.type in _CHOOSING) != bool(self.options or self.codes):
            raise ValueError(f"{self.key}: a choice has options, other fields have none")
        if self.options and self.codes:
            raise ValueError(f"{self.key}: a choice has options of its own or a code list, not both")
        if len({option.value for option in self.options}) != len(self.options):
            raise ValueError(f"{self.key}: two options have the same value")
        return self

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"{self.key}: the minimum is greater than the maximum")
        if self.role is FieldRole.AMOUNT and (self.type not in _COUNTED or self.unit not in YUAN):
            raise ValueError(f"{self.key}: an amount is a number in 元, 万元 or 亿元")
        if self.check is not None and self.type is not FieldType.TEXT:
            raise ValueError(f"{self.key}: only a text has a named check")
        return self

    @property
    def code_list(self) -> CodeList | None:
        """The shared code list (代码表) that this field uses, if any."""
        return None if self.codes is None else CODE_LISTS[self.codes]

    @property
    def choices(self) -> tuple[Option, ...]:
        """What can be chosen (可选项): its own options, those of its code list, or yes and no."""
        if self.type is FieldType.YES_NO:
            return _YES_NO
        if self.code_list is None:
            return self.options
        return tuple(
            Option.model_construct(value=code, label=label) for code, label in self.code_list.entries
        )


class FieldSpec(Column):
    """Field (字段) of a form. ``when``: asked only then; ``fixed``: what ``prefill`` knows is never asked again.

    What came after the first editions is empty where it is not said, so that it changes no digest of theirs.
    """

    place_level: Literal["county", "township"] | None = None
    columns: Annotated[tuple[Column, ...], Field(max_length=_MOST_COLUMNS)] = ()
    min_rows: Annotated[int, Field(ge=1, le=MOST_ROWS)] | None = None
    max_rows: Annotated[int, Field(ge=1, le=MOST_ROWS)] | None = None
    when: When = Field(default_factory=dict)
    prefill: Prefill | None = None
    fixed: bool | None = None

    @model_validator(mode="after")
    def _of_its_type(self) -> Self:
        if (self.type is FieldType.PLACE) != (self.place_level is not None):
            raise ValueError(f"{self.key}: a place says its level, other fields do not")
        if self.fixed and self.prefill is None:
            raise ValueError(f"{self.key}: only what is prefilled can be fixed")
        return self

    @model_validator(mode="after")
    def _columns_for_tables(self) -> Self:
        if (self.type is FieldType.ROWS) != bool(self.columns):
            raise ValueError(f"{self.key}: a table has columns, other fields have none")
        if self.least_rows > self.most_rows:
            raise ValueError(f"{self.key}: the least number of rows is greater than the greatest")
        if len({column.key for column in self.columns}) != len(self.columns):
            raise ValueError(f"{self.key}: two columns have the same key")
        for column in self.columns:
            if column.type in (FieldType.ROWS, FieldType.PLACE):
                raise ValueError(f"{self.key}.{column.key}: a column is no table and no place")
        return self

    @property
    def least_rows(self) -> int:
        """The least number of rows (最少行数) of a table that is filled in at all."""
        return self.min_rows or 1

    @property
    def most_rows(self) -> int:
        """The greatest number of rows (最多行数) of a table."""
        return self.max_rows or _USUAL_ROWS
