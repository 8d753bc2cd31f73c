"""Reads of places (区划查询). Places are public: there is no access filter."""

from collections.abc import Collection
from dataclasses import dataclass

from tongban.base.db import fetch_all
from tongban.people.places.models import Place
from tongban.people.places.rules import AGGREGATE


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A place as pages show it (区划视图)."""

    code: str
    name: str
    level: str
    kind: str
    parent: str | None


def _view(place: Place) -> PlaceView:
    return PlaceView(place.code, place.name, place.level, place.kind, place.parent_id)


def find(code: str) -> PlaceView | None:
    """The place of this code (按代码查找), or None."""
    place = Place.objects.filter(code=code).first()
    return None if place is None else _view(place)


def names(codes: Collection[str]) -> dict[str, str]:
    """The names of these places (批量地名), by code; what does not exist is not in it. One statement."""
    return dict(Place.objects.filter(code__in=codes).values_list("code", "name"))


def children(code: str | None) -> list[PlaceView]:
    """Places directly below ``code`` (下级区划), or the topmost; aggregates are replaced by what they contain."""
    found: list[PlaceView] = []
    for place in Place.objects.filter(parent=code).order_by("sort_key", "code"):
        found.extend(children(place.code) if place.kind == AGGREGATE else [_view(place)])
    return found


_PATH = """
    WITH RECURSIVE up AS (
        SELECT code, name, level, kind, parent_id, 0 AS step FROM place WHERE code = %s
        UNION ALL
        SELECT p.code, p.name, p.level, p.kind, p.parent_id, up.step + 1 FROM place p JOIN up ON p.code = up.parent_id
    ) SELECT code, name, level, kind, parent_id FROM up WHERE kind <> %s ORDER BY step DESC
"""


def path(code: str) -> list[PlaceView]:
    """The place and all above it (区划路径), the province first. One statement."""
    return [PlaceView(*row) for row in fetch_all(_PATH, [code, AGGREGATE])]


_PATHS = """
    WITH RECURSIVE up AS (
        SELECT code AS foot, code, name, level, kind, parent_id, 0 AS step FROM place WHERE code = ANY(%s)
        UNION ALL
        SELECT up.foot, p.code, p.name, p.level, p.kind, p.parent_id, up.step + 1 FROM place p JOIN up ON p.code = up.parent_id
    ) SELECT foot, code, name, level, kind, parent_id FROM up WHERE kind <> %s ORDER BY foot, step DESC
"""


def paths(codes: Collection[str]) -> dict[str, list[PlaceView]]:
    """The paths of several places (多个区划路径), by code; what does not exist is not in it. One statement."""
    found: dict[str, list[PlaceView]] = {}
    for foot, *row in fetch_all(_PATHS, [sorted(codes), AGGREGATE]):
        found.setdefault(foot, []).append(PlaceView(*row))
    return found


# A city without counties, whose towns hang directly under it, stands among the counties (GB/T 2260 has such cities).
_OF_LEVEL = """
    SELECT p.code, p.name, up.name FROM place p JOIN place up ON up.code = p.parent_id
    WHERE p.kind <> %s AND (p.level = %s OR (%s = 'county' AND p.level = 'prefecture'
        AND NOT EXISTS (SELECT FROM place c WHERE c.parent_id = p.code AND c.level = 'county')))
    ORDER BY up.sort_key, p.sort_key, p.code
"""


def of_level(level: str) -> list[tuple[str, str, str]]:
    """All places of a level (某级全部区划) as (code, name, name of the place above), for forms. One statement."""
    return [(code, name, above) for code, name, above in fetch_all(_OF_LEVEL, [AGGREGATE, level, level])]


def search(text: str, limit: int = 20) -> list[PlaceView]:
    """Places whose name begins with or contains ``text`` (区划检索), the larger first."""
    found = Place.objects.filter(name__contains=text).exclude(kind=AGGREGATE)
    return [_view(place) for place in found.order_by("-level", "sort_key")[: limit * 3]][:limit]


def exists() -> bool:
    """Whether any place is known (是否已导入)."""
    return Place.objects.exists()
