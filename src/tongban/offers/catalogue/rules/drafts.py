"""Drafts (草稿): a text that may still be incomplete, and what it becomes when the standard fills it up.

Whatever stands in a draft is right in itself; anything may be missing from it, at any depth. An organ's draft says only
what it says itself; what it leaves out it takes from the basic item's standard. A draft that has every element that must
be there leaves nothing to the standard: what it does not name, like fees, it does not have. An edition that goes to
approval is complete and stands alone.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache, reduce
from operator import or_
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError, create_model

from tongban.offers.catalogue.rules.guide import Element, Guide, Terms


@lru_cache
def _partial(kind: type[BaseModel], within: frozenset[type[BaseModel]] = frozenset()) -> type[Element]:
    """The same elements, each of which may be absent, and without what holds between them. A list may still be empty.

    ``within``: the structures around it; what stands in itself, like a question in a table, stands there whole.
    """
    fields: dict[str, Any] = {}
    for name, field in kind.model_fields.items():
        demands = [] if get_origin(field.annotation) is tuple else field.metadata
        one: Any = _in_part(field.annotation, within | {kind})
        for demand in demands:
            one = Annotated[one, demand]
        fields[name] = (one | None, None)
    return create_model(f"Partial{kind.__name__}", __base__=Element, **fields)


def _in_part(told: Any, within: frozenset[type[BaseModel]]) -> Any:
    """A type with every model in it replaced by its partial form."""
    if isinstance(told, type) and issubclass(told, BaseModel):
        return told if told in within else _partial(told, within)
    origin, parts = get_origin(told), get_args(told)
    if origin is tuple:
        return tuple.__class_getitem__((_in_part(parts[0], within), ...))
    if origin in (Union, UnionType):
        return reduce(or_, (_in_part(part, within) for part in parts))
    return told


def read_partial(kind: type[Terms], body: Mapping[str, object]) -> dict[str, object]:
    """What a draft says (草稿内容), each element by itself in order; raises pydantic's ValidationError."""
    read = _partial(kind).model_validate(body).model_dump(mode="json", exclude_unset=True)
    return {name: value for name, value in read.items() if value is not None}


def completed(body: Mapping[str, object], standard: Terms | None) -> dict[str, object]:
    """A draft filled up from the standard (按基本目录补全): what it leaves out is what the standard says."""
    if standard is None or not missing(Guide, body):
        return dict(body)
    return standard.body() | {name: _filled(value, standard.body().get(name)) for name, value in body.items()}


def _filled(value: object, wanted: object) -> object:
    """An element of several parts, like limits, takes single parts from the standard."""
    return wanted | value if isinstance(value, dict) and isinstance(wanted, dict) else value


def missing(kind: type[Terms], body: Mapping[str, object]) -> list[str]:
    """Elements that must be there and are not (缺少的要素), in the order of the guide."""
    return [name for name, field in kind.model_fields.items() if field.is_required() and name not in body]


class Rough(tuple[str, ...]):
    """An element that is not whole yet (未填完的要素), as the texts and numbers that stand in it."""

    __slots__ = ()


def sketch(kind: type[Terms], body: Mapping[str, object]) -> Element:
    """An incomplete draft for looking at (草稿一览): whole elements as they are, :class:`Rough` ones, None for what is missing."""
    shown: dict[str, Any] = {name: _as_far_as_it_goes(kind, name, value) for name, value in body.items()}
    return _partial(kind).model_construct(**shown)


def _as_far_as_it_goes(kind: type[Terms], name: str, value: object) -> object:
    try:
        return _reader(kind, name).validate_python(value)
    except ValidationError:
        return Rough(_leaves(value))


@lru_cache
def _reader(kind: type[Terms], name: str) -> TypeAdapter[object]:
    field = kind.model_fields[name]
    one: Any = field.annotation
    for demand in field.metadata:
        one = Annotated[one, demand]
    return TypeAdapter(one)


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for part in value.values():
            yield from _leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from _leaves(part)
    elif value not in (None, ""):
        yield str(value)
