"""Drafts (草稿): a text that may still be incomplete, and what it becomes when the standard fills it up.

An organ's draft says only what it says itself; what it leaves out it takes from the basic item's standard. A draft that
has every element that must be there leaves nothing to the standard: what it does not name, like fees, it does not have.
An edition that goes to approval is complete and stands alone.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, get_origin

from pydantic import create_model

from tongban.offers.catalogue.rules.guide import Element, Guide, Terms


@lru_cache
def _partial(kind: type[Terms]) -> type[Element]:
    """The same elements, each of which may be absent, and without what holds between them. A list may still be empty."""
    fields: dict[str, Any] = {}
    for name, field in kind.model_fields.items():
        demands = [] if get_origin(field.annotation) is tuple else field.metadata
        one: Any = field.annotation
        for demand in demands:
            one = Annotated[one, demand]
        fields[name] = (one | None, None)
    return create_model(f"Partial{kind.__name__}", __base__=Element, **fields)


def read_partial(kind: type[Terms], body: Mapping[str, object]) -> dict[str, object]:
    """What a draft says (草稿内容), each element by itself in order; raises pydantic's ValidationError."""
    read = _partial(kind).model_validate(body).model_dump(mode="json", exclude_unset=True)
    return {name: value for name, value in read.items() if value is not None}


def completed(body: Mapping[str, object], standard: Terms | None) -> dict[str, object]:
    """A draft filled up from the standard (按基本目录补全): what it leaves out is what the standard says."""
    if not missing(Guide, body):
        return dict(body)
    return {**(standard.body() if standard is not None else {}), **body}


def missing(kind: type[Terms], body: Mapping[str, object]) -> list[str]:
    """Elements that must be there and are not (缺少的要素), in the order of the guide."""
    return [name for name, field in kind.model_fields.items() if field.is_required() and name not in body]


def sketch(kind: type[Terms], body: Mapping[str, object]) -> Element:
    """An incomplete draft for looking at (草稿一览): elements as they are, None for what is missing."""
    return _partial(kind).model_validate(body)
