"""Differences part by part (逐项差异): a whole element beside another hides the one word that was changed in it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from pydantic import BaseModel

from tongban.doors.web.templatetags.tongban import translated
from tongban.doors.workbench.catalogue_drawing import match, title, words
from tongban.doors.workbench.catalogue_shapes import Kind, Shape, shapes_of


@dataclass(frozen=True, slots=True)
class Difference:
    """One part that differs (差异): where, and what it says on either side."""

    term: str
    left: list[str]
    right: list[str]


def differences(
    model: type[BaseModel], before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[Difference]:
    """Every part in which two contents of ``model`` differ (逐项差异), in the order of the guide."""
    return [
        found
        for shape in shapes_of(model)
        for found in _part(shape, before.get(shape.name), after.get(shape.name), translated(shape.label))
    ]


def _part(shape: Shape, before: Any, after: Any, term: str) -> Iterator[Difference]:
    one, two = _or_default(shape, before), _or_default(shape, after)
    if one == two:
        return
    if shape.kind is Kind.ROWS:
        yield from _rows(shape, _list(one), _list(two), term)
    elif shape.kind is Kind.OBJECT and one and two:
        for part in shape.parts():
            inner = _("%(outer)s · %(inner)s") % {"outer": term, "inner": translated(part.label)}
            yield from _part(part, one.get(part.name), two.get(part.name), inner)
    elif shape.kind is Kind.TEXTS:
        gone = [text for text in _list(one) if text not in _list(two)]
        come = [text for text in _list(two) if text not in _list(one)]
        yield Difference(term, gone or [_("顺序不同")], come or [_("顺序不同")])
    else:
        yield Difference(term, _file(shape, one), _file(shape, two))


def _or_default(shape: Shape, value: Any) -> Any:
    if value in (None, "", [], {}):
        return shape.default if shape.default not in ("", [], {}) else None
    return value


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else []


def _file(shape: Shape, value: Any) -> list[str]:
    told = words(shape, value)
    if shape.kind is Kind.FILE and isinstance(value, Mapping):  # another file may bear the same name
        told.append(str(value.get("digest", ""))[:12])
    return told


def _rows(shape: Shape, before: Sequence[Any], after: Sequence[Any], term: str) -> Iterator[Difference]:
    met: list[int] = []
    for row in after:
        place = match(row, before)
        named = _("%(outer)s · %(inner)s") % {"outer": term, "inner": title(shape, row) or "…"}
        if place is None or place in met:
            yield Difference(named, [], _whole(shape, row))
            continue
        met.append(place)
        for part in shape.parts():
            inner = _("%(outer)s · %(inner)s") % {"outer": named, "inner": translated(part.label)}
            yield from _part(part, before[place].get(part.name), row.get(part.name), inner)
    for place, row in enumerate(before):
        if place not in met:
            named = _("%(outer)s · %(inner)s") % {"outer": term, "inner": title(shape, row) or "…"}
            yield Difference(named, _whole(shape, row), [])
    if met != sorted(met):
        yield Difference(term, [_("顺序不同")], [_("顺序不同")])


def _whole(shape: Shape, row: Any) -> list[str]:
    """A whole entry, a part a line; what is as always is left out."""
    if not isinstance(row, Mapping):
        return [str(row)]
    return [
        _("%(label)s：%(words)s") % {"label": translated(part.label), "words": "；".join(told)}
        for part in shape.parts()
        if part.name != "key"
        and _or_default(part, row.get(part.name)) != _or_default(part, None)
        and (told := words(part, row.get(part.name)))
    ]
