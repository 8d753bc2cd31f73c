"""Amounts (金额): what an application says of money, for mandates that reach only so far. Pure."""

from collections.abc import Iterator, Mapping
from decimal import ROUND_CEILING, Decimal, InvalidOperation

from tongban.offers.catalogue.rules.form import Column, Form

_YUAN = {"元": 1, "万元": 10_000, "亿元": 100_000_000}


def amount(form: Form, answers: Mapping[str, object]) -> int | None:
    """The largest amount of money in an application in whole yuan (申请金额), rounded up; None where it asks for none.

    Money is what a field of the form states in 元, 万元 or 亿元, alone or in a table.
    """
    found = [one for key, field in form.by_key().items() for one in _amounts(field, answers.get(key))]
    return max(found, default=None)


def _amounts(field: Column, value: object) -> Iterator[int]:
    if isinstance(value, list):
        columns: tuple[Column, ...] = getattr(field, "columns", ())
        for row in value:
            if isinstance(row, Mapping):
                for column in columns:
                    yield from _amounts(column, row.get(column.key))
        return
    factor = _YUAN.get(field.unit or "")
    if factor is None or value in (None, ""):
        return
    try:
        yield int((Decimal(str(value)) * factor).to_integral_value(ROUND_CEILING))
    except InvalidOperation:
        return
