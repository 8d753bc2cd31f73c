"""Amounts (金额): what an application says of money, for mandates that reach only so far. Pure."""

from collections.abc import Iterator, Mapping
from decimal import ROUND_CEILING, Decimal, InvalidOperation

from tongban.offers.catalogue.rules.form import YUAN, Column, FieldRole, FieldSpec, Form


def amount(form: Form, answers: Mapping[str, object]) -> int | None:
    """The largest amount of money in an application in whole yuan (申请金额), rounded up; None where it states none.

    The form marks which of its fields are the amount. Where it marks none, whatever it states in 元, 万元 or 亿元 counts, alone
    or in a table: rather too much than too little stands against a limit.
    """
    fields = form.by_key()
    marked = any(_is_amount(one) for field in fields.values() for one in (field, *_columns(field)))
    found = [one for key, field in fields.items() for one in _amounts(field, answers.get(key), marked)]
    return max(found, default=None)


def _is_amount(field: Column) -> bool:
    return field.role is FieldRole.AMOUNT


def _columns(field: Column) -> tuple[Column, ...]:
    return field.columns if isinstance(field, FieldSpec) else ()


def _amounts(field: Column, value: object, marked: bool) -> Iterator[int]:
    if isinstance(value, list):
        for row in value:
            if isinstance(row, Mapping):
                for column in _columns(field):
                    yield from _amounts(column, row.get(column.key), marked)
        return
    factor = YUAN.get(field.unit or "")
    if factor is None or value in (None, "") or (marked and not _is_amount(field)):
        return
    try:
        yield int((Decimal(str(value)) * factor).to_integral_value(ROUND_CEILING))
    except InvalidOperation:
        return
