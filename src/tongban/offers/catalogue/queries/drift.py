"""Drift (同一事项不同标准): where editions in force of one basic item say different things in different places.

One statement over all bodies in force; nothing is kept for it. Tested equal to the plain computation on random data.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tongban.base.db import fetch_all
from tongban.offers.catalogue.queries.guides import IN_FORCE

# What is compared, under the names of rules.elements; limits apart, because they drift apart.
COMPARED: Mapping[str, str] = {
    "name": "name",
    "statutory_days": "limits",
    "promised_days": "limits",
    "materials": "materials",
    "fees": "fees",
}


@dataclass(frozen=True, slots=True)
class Drift:
    """One way in which a basic item is carried out (不一致之处): what is said, by how many items, and where first.

    ``value``: the name, the number of working days, or the names of materials or fees, sorted and joined by ``；``.
    ``places``: up to three, by code. ``kinds``: how many different values this element of this basic item has.
    """

    basic_code: str
    basic_name: str
    element: str
    value: str
    items: int
    places: list[str]
    kinds: int


# jsonb_to_record unpacks each body once; ``->`` would unpack it for every element (measured: four times slower).
_DRIFT = f"""
    WITH said AS (
        SELECT i.basic_id, p.code AS place, p.name AS place_name, i.code AS item, v.element, v.value
        FROM edition e JOIN item i ON i.id = e.item_id JOIN place p ON p.code = i.place_id
        CROSS JOIN LATERAL jsonb_to_record(e.body) AS b (limits jsonb, materials jsonb, fees jsonb)
        CROSS JOIN LATERAL (VALUES
            ('name', e.name),
            ('statutory_days', b.limits->>'statutory_days'),
            ('promised_days', b.limits->>'promised_days'),
            ('materials', coalesce((SELECT string_agg(m->>'name', '；' ORDER BY m->>'name' COLLATE "C")
                                    FROM jsonb_array_elements(b.materials) m), '')),
            ('fees', coalesce((SELECT string_agg((f->>'name') || ' · ' || (f->>'standard'), '；'
                                                 ORDER BY ((f->>'name') || ' · ' || (f->>'standard')) COLLATE "C")
                               FROM jsonb_array_elements(b.fees) f), ''))
        ) AS v (element, value)
        WHERE {IN_FORCE} AND (%s = '' OR v.element = %s) AND (%s = '' OR i.basic_id = %s)
    ), counted AS (
        SELECT basic_id, element, value, count(*) AS items,
               (array_agg(place_name ORDER BY place, item))[1:3] AS places
        FROM said GROUP BY basic_id, element, value
    ), told AS (
        SELECT *, count(*) OVER (PARTITION BY basic_id, element) AS kinds FROM counted
    )
    SELECT b.code, b.name, t.element, t.value, t.items, t.places, t.kinds
    FROM told t JOIN basic_item b ON b.code = t.basic_id
    WHERE t.kinds > 1 ORDER BY b.code, t.element, t.items DESC, t.value COLLATE "C"
"""  # noqa: S608 -- constant text


def drift(on: date, *, element: str = "", basic: str = "") -> list[Drift]:
    """Where the catalogue in force on a day drifts apart (不一致报告), by basic item, the commonest value first.

    ``element``: one of :data:`COMPARED` only; ``basic``: one basic item only. Published editions only: it is public.
    """
    return [Drift(*row) for row in fetch_all(_DRIFT, [on, on, element, element, basic, basic])]
