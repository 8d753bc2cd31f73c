"""Shapes (要素形状): how each part of a guide is edited, read from the guide's own structure.

There is no form written by hand: what :mod:`tongban.offers.catalogue.rules.guide` gains, the editor shows. A part whose
structure is none of those below is edited as JSON rather than lost.
"""

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import cached_property, lru_cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from tongban.offers.catalogue.rules.guide import Attachment
from tongban.offers.catalogue.rules.labels import HELPS, choices_of, label_of
from tongban.standards.text import msg


class Kind(StrEnum):
    """How a part is edited (编辑方式)."""

    LINE = "line"  # one line of text
    TEXT = "text"  # several lines
    WHOLE = "whole"  # a whole number
    NUMBER = "number"  # any number
    YES = "yes"  # a single yes
    CHOICE = "choice"  # one of a list
    CHECKS = "checks"  # several of a list
    LINES = "lines"  # short texts, one a line
    TEXTS = "texts"  # long texts, each an entry of its own
    ROWS = "rows"  # entries with parts
    OBJECT = "object"  # parts
    FILE = "file"  # an attachment
    WHEN = "when"  # a condition on answers of the form
    JSON = "json"  # whatever else


LEAVES = frozenset({Kind.LINE, Kind.TEXT, Kind.WHOLE, Kind.NUMBER, Kind.YES, Kind.CHOICE, Kind.JSON})
LISTS = frozenset({Kind.CHECKS, Kind.LINES, Kind.TEXTS, Kind.ROWS})
_SHORT = 200  # characters; texts up to here are one line
_LONG_NOTES = frozenset(
    {
        "notes",
        "what",
        "text",
        "answer",
        "intro",
        "transport",
        "remedies",
        "note",
        "visit_reason",
        "reductions",
        "duty",
        "liability",
    }
)


@dataclass(frozen=True)
class Shape:
    """Shape (形状) of one part: what it is called, how it is edited, and what it is when nothing is said."""

    owner: str
    name: str
    kind: Kind
    required: bool
    default: object
    longest: int | None
    choices: tuple[str, ...]
    inner: type[BaseModel] | None

    @property
    def label(self) -> str:
        """What it is called (名称)."""
        return label_of(self.owner, self.name)

    @property
    def help(self) -> str:
        """What helps to fill it in (说明)."""
        return HELPS.get(f"{self.owner}.{self.name}", "")

    @cached_property
    def options(self) -> tuple[tuple[str, str], ...]:
        """(value, words) of what can be chosen (选项)."""
        if self.choices == _UNTOLD:
            return (("yes", msg("能")), ("no", msg("不能")))
        words = choices_of(self.owner, self.name)
        return tuple((value, words.get(value, value)) for value in self.choices)

    @property
    def is_dispensable(self) -> bool:
        """Whether an element of several parts may be absent as a whole (可以整个不写), like a commitment."""
        return self.kind is Kind.OBJECT and not self.required and self.default is None

    def parts(self) -> tuple["Shape", ...]:
        """Its parts (下级要素), where it has some; read when asked for, because a structure may contain itself."""
        return shapes_of(self.inner) if self.inner is not None else ()


_UNTOLD = ("yes", "no")  # a yes or no that may also be left open


@lru_cache
def shapes_of(model: type[BaseModel]) -> tuple[Shape, ...]:
    """Shapes of all parts of a structure (要素清单), in its own order."""
    return tuple(_shape(model, name, field) for name, field in model.model_fields.items())


@lru_cache
def shape_named(model: type[BaseModel], name: str) -> Shape:
    """The shape of one part (要素)."""
    return next(shape for shape in shapes_of(model) if shape.name == name)


def _shape(model: type[BaseModel], name: str, field: FieldInfo) -> Shape:
    kind, longest, choices, inner = _kind(name, field.annotation, list(field.metadata))
    default = field.get_default(call_default_factory=True)
    return Shape(
        owner=model.__name__,
        name=name,
        kind=kind,
        required=field.is_required(),
        default=None if default is PydanticUndefined else _plain(default),
        longest=longest,
        choices=choices,
        inner=inner,
    )


def _plain(value: Any) -> object:
    if isinstance(value, Enum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


_Told = tuple[Kind, int | None, tuple[str, ...], type[BaseModel] | None]


def _kind(name: str, annotation: Any, metadata: list[Any]) -> _Told:
    if get_origin(annotation) is Annotated:
        told, *more = get_args(annotation)
        return _kind(name, told, [*metadata, *more])
    if get_origin(annotation) in (Union, types.UnionType):
        some = [one for one in get_args(annotation) if one is not type(None)]
        if len(some) != 1:
            return Kind.JSON, None, (), None
        return (Kind.CHOICE, None, _UNTOLD, None) if some[0] is bool else _kind(name, some[0], metadata)
    if get_origin(annotation) is tuple:
        return _list(name, get_args(annotation)[0])
    if get_origin(annotation) is Literal:
        return Kind.CHOICE, None, tuple(map(str, get_args(annotation))), None
    if get_origin(annotation) is dict:
        return (Kind.WHEN if name == "when" else Kind.JSON), None, (), None
    return _simple(name, annotation, metadata)


def _simple(name: str, annotation: Any, metadata: list[Any]) -> _Told:
    if not isinstance(annotation, type):
        return Kind.JSON, None, (), None
    if issubclass(annotation, Enum):
        return Kind.CHOICE, None, tuple(str(one.value) for one in annotation), None
    if issubclass(annotation, Attachment):
        return Kind.FILE, None, (), None
    if issubclass(annotation, BaseModel):
        return Kind.OBJECT, None, (), annotation
    if issubclass(annotation, bool):
        return Kind.YES, None, (), None
    if issubclass(annotation, int):
        return Kind.WHOLE, None, (), None
    if issubclass(annotation, str):
        longest = next(_longest(metadata), None)
        many = (longest or 0) > _SHORT and (name in _LONG_NOTES or not name)
        return (Kind.TEXT if many else Kind.LINE), longest, (), None
    return Kind.NUMBER, None, (), None


def _longest(metadata: list[Any]) -> Iterator[int]:
    return (found for one in metadata if (found := getattr(one, "max_length", None)))


def _list(name: str, inner: Any) -> _Told:
    kind, longest, choices, model = _kind("", inner, [])
    told: Mapping[Kind, Kind] = {
        Kind.LINE: Kind.LINES,
        Kind.TEXT: Kind.TEXTS,
        Kind.CHOICE: Kind.CHECKS,
        Kind.OBJECT: Kind.ROWS,
    }
    return told.get(kind, Kind.JSON), longest, choices, model


@dataclass(frozen=True, slots=True)
class Group:
    """Group (要素分组): elements that are edited on one page."""

    slug: str
    title: str
    elements: tuple[str, ...]


_REST = "words"
GROUPS = (
    Group(
        "basics",
        msg("基本信息"),
        (
            "name",
            "served",
            "case_kind",
            "power_source",
            "organ_nature",
            "office",
            "entrusted_organ",
            "joint_organs",
        ),
    ),
    Group("conditions", msg("依据和条件"), ("basis", "conditions", "refusal_conditions", "quantity_limit")),
    Group(
        "process",
        msg("时限和流程"),
        ("limits", "steps", "departments", "special_procedures", "intermediaries", "rule"),
    ),
    Group("materials", msg("申请材料"), ("materials", "commitment")),
    Group("form", msg("申请表单"), ("form",)),
    Group("fees", msg("收费"), ("fees",)),
    Group("channels", msg("怎么办、去哪办"), ("channels", "windows", "phones")),
    Group("result", msg("结果和权利"), ("result", "rights", "remedies")),
    Group(
        _REST,
        msg("问答和检索"),
        ("faq", "keywords", "themes", "life_events", "remarks", "sources", "demonstration"),
    ),
)


def group_named(slug: str) -> Group | None:
    """The group of this name (按名取分组), or None."""
    return next((group for group in GROUPS if group.slug == slug), None)


def group_of(element: str) -> Group:
    """The group that holds an element (要素所在分组); what nobody placed is in the last."""
    return next((group for group in GROUPS if element in group.elements), GROUPS[-1])


def elements_in(group: Group, model: type[BaseModel]) -> tuple[Shape, ...]:
    """The elements of ``model`` on the page of a group (分组里的要素); nothing of the structure is on no page."""
    placed = [shape_named(model, name) for name in group.elements if name in model.model_fields]
    return (*placed, *(shape for shape in shapes_of(model) if _is_left(shape, group)))


def _is_left(shape: Shape, group: Group) -> bool:
    return group_of(shape.name) is group and shape.name not in group.elements
