"""Depth online (网上办理深度): how far each item in force can be done online, counted and item by item."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tongban.base.db import fetch_all
from tongban.offers.catalogue.models import BasicItem
from tongban.offers.catalogue.queries.guides import IN_FORCE
from tongban.offers.catalogue.rules.elements import ONLINE_LABELS

DEPTHS = tuple(
    ONLINE_LABELS
)  # from the shallowest to the deepest; a test holds them against rules.guide.Channels


@dataclass(frozen=True, slots=True)
class DepthCount:
    """How many items of a place have a depth (深度统计). ``no_visit``: those among them that need no visit."""

    place: str
    place_name: str
    online: str
    items: int
    no_visit: int


@dataclass(frozen=True, slots=True)
class DepthLine:
    """How far one item can be done online (事项深度)."""

    code: str
    name: str
    organ: str
    place: str
    place_name: str
    online: str
    visits: int


# ``jsonb_to_record`` unpacks each body once.
_COUNTS = f"""
    SELECT p.code, p.name, c.channels->>'online', count(*), count(*) FILTER (WHERE (c.channels->>'visits')::int = 0)
    FROM edition e JOIN item i ON i.id = e.item_id JOIN place p ON p.code = i.place_id
    CROSS JOIN LATERAL jsonb_to_record(e.body) AS c (channels jsonb)
    WHERE {IN_FORCE} GROUP BY 1, 2, 3 ORDER BY 1, 3
"""  # noqa: S608 -- constant text


def depth_counts(on: date) -> list[DepthCount]:
    """Items in force on a day by place and depth online (深度统计), places by code. One statement, whatever their number."""
    return [DepthCount(*row) for row in fetch_all(_COUNTS, [on, on])]


_LINES = f"""
    SELECT i.code, e.name, o.name, p.code, p.name, c.channels->>'online', (c.channels->>'visits')::int
    FROM edition e JOIN item i ON i.id = e.item_id JOIN organ o ON o.id = i.organ_id JOIN place p ON p.code = i.place_id
    CROSS JOIN LATERAL jsonb_to_record(e.body) AS c (channels jsonb)
    WHERE {IN_FORCE} AND i.code > %s AND (%s = '' OR p.code = %s) AND (%s = '' OR c.channels->>'online' = %s)
    ORDER BY i.code LIMIT %s
"""  # noqa: S608 -- constant text
_CHUNK = 2_000


def depth_lines(
    on: date, *, place: str = "", online: str = "", after: str = "", limit: int = 50
) -> list[DepthLine]:
    """Item by item (逐项深度), by code and after the code ``after``; of one place, of one depth. One statement."""
    rows = fetch_all(_LINES, [on, on, after, place, place, online, online, limit])
    return [DepthLine(*row) for row in rows]


def depth_of_all(on: date, *, place: str = "", online: str = "") -> Iterator[DepthLine]:
    """All of them (全部事项深度), in bounded memory, for a file to take away."""
    after = ""
    while found := depth_lines(on, place=place, online=online, after=after, limit=_CHUNK):
        yield from found
        after = found[-1].code


def basic_names(codes: Sequence[str]) -> Mapping[str, str]:
    """Names of basic items (基本目录事项名称) by their codes; an unknown code is left out."""
    return dict(BasicItem.objects.filter(code__in=codes).values_list("code", "name"))


def basic_codes(names: Collection[str]) -> Mapping[str, str]:
    """Codes of the basic items of these exact names (按名称取基本编码), by name; of several the first. One statement."""
    found = BasicItem.objects.filter(name__in=names).order_by("-code")
    return dict(found.values_list("name", "code"))
