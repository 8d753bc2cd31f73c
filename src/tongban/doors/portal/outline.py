"""Outlines of counties (县区轮廓): where a counter lies, drawn by ourselves, because no other host may be asked for a map.

Source: data/hainan_counties.geojson (see data/README.md). A drawing shows one county with its borders as they stand in that
file, unsimplified, and is no map: it carries no review number (审图号), so the page calls it an outline and always has the list.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from django.conf import settings

Point = tuple[float, float]  # longitude, latitude in degrees
Ring = tuple[Point, ...]

WIDTH, HEIGHT = 320.0, 240.0  # of the drawing, in its own units; [O] our own numbers
_MARGIN = 12.0
_KM_PER_DEGREE = 111.32  # along a meridian, on a sphere of the earth's mean size
_SCALES = (0.5, 1, 2, 5, 10, 20, 50, 100, 200)  # km that a bar may show


@dataclass(frozen=True, slots=True)
class County:
    """A county (县区) by its name, with every ring of its border; islands and holes alike."""

    name: str
    rings: tuple[Ring, ...]

    def holds(self, point: Point) -> bool:
        """Whether ``point`` lies within (在境内): a ray to the east crosses the border an odd number of times."""
        crossed = False
        for ring in self.rings:
            for (x1, y1), (x2, y2) in pairwise(ring):
                if (y1 > point[1]) != (y2 > point[1]) and point[0] < (x2 - x1) * (point[1] - y1) / (
                    y2 - y1
                ) + x1:
                    crossed = not crossed
        return crossed


@dataclass(frozen=True, slots=True)
class Mark:
    """A counter on a drawing (点位): its number in the list, and where."""

    number: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """An outline ready to be drawn (轮廓图): the path in a box of WIDTH × HEIGHT, its marks, and a bar of so many km."""

    name: str
    path: str
    marks: tuple[Mark, ...]
    bar_km: float
    bar_length: float

    @property
    def bar_end(self) -> float:
        """Where the bar ends (比例尺终点)."""
        return round(_MARGIN + self.bar_length, 1)


@lru_cache(maxsize=1)
def counties() -> tuple[County, ...]:
    """The counties of the file (全部县区)."""
    read = json.loads((Path(settings.DATA) / "hainan_counties.geojson").read_text(encoding="utf-8"))
    found = []
    for feature in read["features"]:
        shape = feature["geometry"]
        parts = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
        rings = tuple(tuple((x, y) for x, y, *_ in ring) for part in parts for ring in part)
        found.append(County(feature["properties"]["name"], rings))
    return tuple(found)


def drawings(points: Sequence[Point | None]) -> list[Drawing]:
    """One outline for each county that one of the ``points`` lies in (所在县区轮廓), marks numbered from 1 as in the list.

    A counter without coordinates, or outside of every county, is in the list only.
    """
    within: dict[str, list[tuple[int, Point]]] = {}
    for number, point in enumerate(points, 1):
        home = None if point is None else next((c for c in counties() if c.holds(point)), None)
        if point is not None and home is not None:
            within.setdefault(home.name, []).append((number, point))
    return [_drawn(county, within[county.name]) for county in counties() if county.name in within]


def _drawn(county: County, numbered: Sequence[tuple[int, Point]]) -> Drawing:
    """The county fitted into the box, north above; east and west shortened as they are at its latitude."""
    xs = [x for ring in county.rings for x, _ in ring]
    ys = [y for ring in county.rings for _, y in ring]
    narrow = math.cos(math.radians((min(ys) + max(ys)) / 2))
    wide, high = (max(xs) - min(xs)) * narrow, max(ys) - min(ys)
    scale = min((WIDTH - 2 * _MARGIN) / wide, (HEIGHT - 2 * _MARGIN) / high)
    left, top = (WIDTH - wide * scale) / 2, (HEIGHT - high * scale) / 2

    def place(point: Point) -> tuple[float, float]:
        return (
            round(left + (point[0] - min(xs)) * narrow * scale, 1),
            round(top + (max(ys) - point[1]) * scale, 1),
        )

    path = "".join("M" + "L".join(f"{x:g} {y:g}" for x, y in map(place, ring)) + "Z" for ring in county.rings)
    per_km = scale / _KM_PER_DEGREE
    bar = max((km for km in _SCALES if km * per_km <= WIDTH / 3), default=_SCALES[0])
    marks = tuple(Mark(number, *place(point)) for number, point in numbered)
    return Drawing(county.name, path, marks, bar, round(bar * per_km, 1))
