"""Where a local form asks for more than the basic item's (表单收窄): field by field."""

from collections.abc import Iterator

from tongban.offers.catalogue.rules.form.conditions import narrows, told
from tongban.offers.catalogue.rules.form.fields import Column, FieldSpec
from tongban.offers.catalogue.rules.form.sections import Form
from tongban.standards.text import msg

Stricter = tuple[str, str, str]  # path below the field, what the basic item says, what the organ says


def added(basic: Form, local: Form) -> Iterator[FieldSpec]:
    """The fields that only ``local`` asks (增加的字段)."""
    known = basic.by_key()
    return (field for key, field in local.by_key().items() if key not in known)


def stricter(basic: Form, local: Form) -> Iterator[Stricter]:
    """Where ``local`` words a field differently, demands more of it, or asks it where ``basic`` does not (提高要求)."""
    known, before, after = basic.by_key(), basic.conditions(), local.conditions()
    for key, field in local.by_key().items():
        if key not in known:
            continue
        for path, one, two in (*_column(known[key], field), *_field(known[key], field)):
            yield f"{key}.{path}", one, two
        if not narrows(after[key], before[key]):
            yield f"{key}.when", told(before[key]), told(after[key])


def _field(basic: FieldSpec, local: FieldSpec) -> Iterator[Stricter]:
    if basic.place_level != local.place_level:
        yield "place_level", basic.place_level or "", local.place_level or ""
    if basic.type is local.type:
        yield from _columns(basic, local)
    yield from _sources(basic, local)


def _column(basic: Column, local: Column) -> Iterator[Stricter]:
    for part in ("label", "type", "unit"):
        if getattr(basic, part) != getattr(local, part):
            yield part, str(getattr(basic, part) or ""), str(getattr(local, part) or "")
    if local.required and not basic.required:
        yield "required", msg("可以不填"), msg("必填")
    if local.max_length < basic.max_length:
        yield "max_length", str(basic.max_length), str(local.max_length)
    if local.minimum is not None and (basic.minimum is None or local.minimum > basic.minimum):
        yield "minimum", "" if basic.minimum is None else str(basic.minimum), str(local.minimum)
    if local.maximum is not None and (basic.maximum is None or local.maximum < basic.maximum):
        yield "maximum", "" if basic.maximum is None else str(basic.maximum), str(local.maximum)
    if local.check not in (None, basic.check):
        yield "check", str(basic.check or ""), str(local.check)
    if basic.type is local.type:
        yield from _choices(basic, local)


def _choices(basic: Column, local: Column) -> Iterator[Stricter]:
    kept = {(option.value, option.label) for option in local.choices}
    for option in basic.choices:
        if (option.value, option.label) not in kept:
            yield "options", option.label, ""


def _columns(basic: FieldSpec, local: FieldSpec) -> Iterator[Stricter]:
    if local.least_rows > basic.least_rows:
        yield "min_rows", str(basic.least_rows), str(local.least_rows)
    if local.most_rows < basic.most_rows:
        yield "max_rows", str(basic.most_rows), str(local.most_rows)
    known = {column.key: column for column in basic.columns}
    for column in local.columns:
        if column.key not in known:
            yield f"columns.{column.key}", "", column.label
            continue
        for path, one, two in _column(known[column.key], column):
            yield f"columns.{column.key}.{path}", one, two


def _sources(basic: FieldSpec, local: FieldSpec) -> Iterator[Stricter]:
    """What the basic item takes from the platform may not be asked again, nor may an answer be taken away from people."""
    if basic.prefill is not None and local.prefill != basic.prefill:
        yield "prefill", basic.prefill, local.prefill or ""
    if bool(basic.fixed) != bool(local.fixed):
        words = {True: msg("由平台带出，不能改"), False: msg("可以改")}
        yield "fixed", words[bool(basic.fixed)], words[bool(local.fixed)]
