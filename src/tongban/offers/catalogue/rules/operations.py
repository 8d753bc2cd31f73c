"""Operations (批量操作): one change that is made in the same way to the guides of many items."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, TypeAdapter, ValidationInfo, field_validator

from tongban.offers.catalogue.rules.form import Key, Note, Visible
from tongban.offers.catalogue.rules.guide import Element, Line, Window
from tongban.offers.catalogue.rules.sheets.cells import BadCell
from tongban.offers.catalogue.rules.sheets.table import ITEMS, SHEETS, Column
from tongban.standards.text import Message, msg

Words = Annotated[str, StringConstraints(min_length=1, max_length=200), Visible]
Body = dict[str, object]

# Columns of the sheet of items that can be set for many at once: each stands for one value of the guide.
SETTABLE: Mapping[str, Column] = {column.header: column for column in ITEMS.columns if not column.told}
# Elements whose words can be replaced: the sheets, by name.
REPLACEABLE: Mapping[str, str] = {name: ".".join(sheet.path) for name, sheet in SHEETS.items() if sheet.path}


class SetValue(Element):
    """Set one value (设为): ``column`` of the sheet of items, ``cell`` as it would stand there; empty takes the value out."""

    kind: Literal["set"]
    column: str
    cell: Annotated[str, StringConstraints(max_length=5000), Visible] = ""

    @field_validator("column")
    @classmethod
    def _known(cls, column: str) -> str:
        if column not in SETTABLE:
            raise ValueError(msg("没有这个要素。"))
        return column

    @field_validator("cell")
    @classmethod
    def _readable(cls, cell: str, info: ValidationInfo) -> str:
        column = SETTABLE.get(str(info.data.get("column")))
        if cell and column is not None:
            column.cell.read(cell)
        return cell


class Replace(Element):
    """Replace words (替换文字) in an element, or everywhere where none is named. Codes and keys stay what they are."""

    kind: Literal["replace"]
    old: Words
    new: Annotated[str, StringConstraints(max_length=200), Visible] = ""
    sheet: str = ""

    @field_validator("sheet")
    @classmethod
    def _known(cls, sheet: str) -> str:
        if sheet and sheet not in REPLACEABLE:
            raise ValueError(msg("没有这个要素。"))
        return sheet


class AddWindow(Element):
    """Add a counter (增加办理地点), once: where one of that name and address is there already, nothing changes."""

    kind: Literal["add_window"]
    window: Window


class ChangeHours(Element):
    """Change hours (改办理时间) of every counter, or of those that have ``old`` hours."""

    kind: Literal["hours"]
    hours: Line
    old: Note = ""


class ChangePhone(Element):
    """Change a telephone (改电话) wherever ``old`` stands: advice, complaint, counters."""

    kind: Literal["phone"]
    old: Line
    new: Line


class Shorten(Element):
    """Shorten the promised limit (压缩承诺时限) to at most ``days``; what is shorter stays. Kinds follow: 0 days is instant."""

    kind: Literal["shorten"]
    days: Annotated[int, Field(ge=0, le=400)]


class DropMaterial(Element):
    """Drop a material (减材料) by its key."""

    kind: Literal["drop_material"]
    key: Key


Operation = Annotated[
    SetValue | Replace | AddWindow | ChangeHours | ChangePhone | Shorten | DropMaterial,
    Field(discriminator="kind"),
]
_ADAPTER: TypeAdapter[Operation] = TypeAdapter(Operation)

LABELS: Mapping[str, str] = {
    "set": msg("设为同一个值"),
    "replace": msg("替换文字"),
    "add_window": msg("增加一个办理地点"),
    "hours": msg("改办理时间"),
    "phone": msg("改电话"),
    "shorten": msg("压缩承诺时限"),
    "drop_material": msg("减一份材料"),
}


def read_operation(given: Mapping[str, object]) -> Operation:
    """The operation that ``given`` describes (读操作); raises pydantic's ValidationError."""
    return _ADAPTER.validate_python(given)


def told(operation: Operation) -> str:
    """The operation in words (操作说明)."""
    match operation:
        case SetValue():
            return Message(
                msg("%(column)s设为“%(cell)s”"), {"column": operation.column, "cell": operation.cell}
            )
        case Replace():
            return Message(msg("“%(old)s”替换成“%(new)s”"), {"old": operation.old, "new": operation.new})
        case AddWindow():
            return Message(msg("增加办理地点“%(name)s”"), {"name": operation.window.name})
        case ChangeHours():
            return Message(msg("办理时间改成“%(hours)s”"), {"hours": operation.hours})
        case ChangePhone():
            return Message(msg("电话 %(old)s 改成 %(new)s"), {"old": operation.old, "new": operation.new})
        case Shorten():
            return Message(msg("承诺时限压缩到%(days)s个工作日"), {"days": operation.days})
        case DropMaterial():
            return Message(msg("去掉标识是“%(key)s”的材料"), {"key": operation.key})


def applied(operation: Operation, body: Mapping[str, object]) -> Body:
    """The body after it (操作以后); the one given stays as it is. What it does not touch is the same object."""
    now: Body = dict(body)
    match operation:
        case SetValue():
            column = SETTABLE[operation.column]
            _set(now, column.path, column.cell.read(operation.cell) if operation.cell else None)
        case Replace():
            _replace(now, operation)
        case AddWindow():
            _add_window(now, operation.window)
        case ChangeHours():
            now["windows"] = [
                {**one, "hours": operation.hours} if operation.old in ("", one.get("hours")) else one
                for one in _listed(now, "windows")
            ]
        case ChangePhone():
            _change_phone(now, operation)
        case Shorten():
            _shorten(now, operation.days)
        case DropMaterial():
            now["materials"] = [one for one in _listed(now, "materials") if one.get("key") != operation.key]
    return {name: value for name, value in now.items() if name in body or value not in ([], {})}


def _listed(body: Body, element: str) -> list[dict[str, Any]]:
    found = body.get(element)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _set(body: Body, path: tuple[str, ...], value: object) -> None:
    """Put ``value`` at ``path``, on copies all the way; None takes it out."""
    *way, last = path
    inner = body
    for step in way:
        below = inner.get(step)
        fresh = dict(below) if isinstance(below, dict) else {}
        inner[step] = fresh
        inner = fresh
    if value is None:
        inner.pop(last, None)
    else:
        inner[last] = value


# What other parts of a guide, or other systems, go by: no words for people.
_NOT_WORDS = frozenset(["key", "digest", "media_type", "value", "when", "licence_type"])


def _replace(body: Body, operation: Replace) -> None:
    elements = [REPLACEABLE[operation.sheet].partition(".")[0]] if operation.sheet else list(body)
    for element in elements:
        if element in body:
            body[element] = _replaced(body[element], operation.old, operation.new)


def _replaced(value: object, old: str, new: str) -> object:
    if isinstance(value, str):
        return value.replace(old, new)
    if isinstance(value, list):
        return [_replaced(one, old, new) for one in value]
    if isinstance(value, dict):
        return {
            key: one if key in _NOT_WORDS or _is_code(key, one) else _replaced(one, old, new)
            for key, one in value.items()
        }
    return value


def _is_code(key: str, value: object) -> bool:
    """Fields printed on a result are named by their keys: a list of texts under ``fields``."""
    return key == "fields" and isinstance(value, list) and all(isinstance(one, str) for one in value)


def _add_window(body: Body, window: Window) -> None:
    windows = _listed(body, "windows")
    if not any(one.get("name") == window.name and one.get("address") == window.address for one in windows):
        body["windows"] = [*windows, window.body()]


def _change_phone(body: Body, operation: ChangePhone) -> None:
    phones = body.get("phones")
    if isinstance(phones, dict):
        body["phones"] = {key: operation.new if one == operation.old else one for key, one in phones.items()}
    if "windows" in body:
        body["windows"] = [
            {**one, "phone": operation.new} if one.get("phone") == operation.old else one
            for one in _listed(body, "windows")
        ]


def _shorten(body: Body, days: int) -> None:
    limits = body.get("limits")
    promised = limits.get("promised_days") if isinstance(limits, dict) else None
    if isinstance(limits, dict) and isinstance(promised, int) and promised > days:
        body["limits"] = {**limits, "promised_days": days}
        if days == 0:
            body["case_kind"] = "instant"


__all__ = ["LABELS", "REPLACEABLE", "SETTABLE", "BadCell", "Operation", "applied", "read_operation", "told"]
