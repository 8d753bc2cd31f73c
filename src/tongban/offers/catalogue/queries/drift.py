"""Drift (同一事项不同标准): where editions in force of one basic item say different things in different places.

One statement over all bodies in force; nothing is kept for it. Tested equal to the plain computation on random data.
Measured on the province of the demonstration, 32,000 editions in force: see ``make bench``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tongban.base.db import fetch_all
from tongban.offers.catalogue.queries.guides import IN_FORCE
from tongban.offers.catalogue.rules.names import DROPPED

# What is compared, under the names of rules.elements; what an element holds stands apart where its parts drift apart.
COMPARED: Mapping[str, str] = {
    "name": "name",
    "code": "code",
    "twice": "code",
    "level": "level",
    "conditions": "conditions",
    "statutory_days": "limits",
    "promised_days": "limits",
    "special_procedures": "special_procedures",
    "materials": "materials",
    "fees": "fees",
    "online": "channels",
    "visits": "channels",
}


@dataclass(frozen=True, slots=True)
class Drift:
    """One way in which a basic item is carried out (不一致之处): what is said, by how many items, and where first.

    ``value``: the name, a number (working days, visits), a code of a table (level, depth online), or the names of
    conditions, materials, fees, procedures with their days, sorted and joined by ``；``. For ``code``: the code and the
    name of one of the basic items that share a name (``basic_code`` is the first of them); for ``twice``: the codes under
    which one place has the same basic item, joined likewise. ``places``: up to three, by code. ``kinds``: how many
    different values there are, for ``twice`` how many codes.
    """

    basic_code: str
    basic_name: str
    element: str
    value: str
    items: int
    places: list[str]
    kinds: int


def _joined(element: str, said: str) -> str:
    """All entries of a list of the body as one text, in one order everywhere."""
    every = f"string_agg({said}, '；' ORDER BY ({said}) COLLATE \"C\")"
    return f"coalesce((SELECT {every} FROM jsonb_array_elements(b.{element}) x), '')"  # noqa: S608 -- constant text


# jsonb_to_record unpacks each body once; ``->`` would unpack it for every element (measured: four times slower).
_DRIFT = f"""
    WITH alike AS (
        SELECT b.code, b.name, min(b.code) OVER same AS first, count(*) OVER same AS kinds
        FROM basic_item b WHERE %(element)s IN ('', 'code')
        WINDOW same AS (PARTITION BY lower(translate(normalize(b.name, NFKC), %(dropped)s, ''))
                        RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
    ), asked AS (
        SELECT code FROM alike WHERE kinds > 1 AND first = (SELECT first FROM alike WHERE code = %(basic)s)
        UNION SELECT %(basic)s
    ), standing AS MATERIALIZED (
        SELECT i.basic_id, i.code AS item, i.level, p.code AS place, p.name AS place_name, e.name, e.body
        FROM edition e JOIN item i ON i.id = e.item_id JOIN place p ON p.code = i.place_id
        WHERE {IN_FORCE} AND (%(basic)s = '' OR i.basic_id IN (SELECT code FROM asked))
    ), said AS (
        SELECT s.basic_id, s.place, s.place_name, s.item, v.element, v.value
        FROM standing s
        CROSS JOIN LATERAL jsonb_to_record(s.body) AS b (limits jsonb, materials jsonb, fees jsonb, channels jsonb,
                                                         conditions jsonb, special_procedures jsonb)
        CROSS JOIN LATERAL (VALUES
            ('name', s.name),
            ('level', s.level),
            ('conditions', {_joined("conditions", "x#>>'{}'")}),
            ('statutory_days', b.limits->>'statutory_days'),
            ('promised_days', b.limits->>'promised_days'),
            ('special_procedures', {_joined("special_procedures", "(x->>'kind') || ' ' || coalesce(x->>'days', '0')")}),
            ('materials', {_joined("materials", "x->>'name'")}),
            ('fees', {_joined("fees", "(x->>'name') || ' · ' || (x->>'standard')")}),
            ('online', b.channels->>'online'),
            ('visits', b.channels->>'visits')
        ) AS v (element, value)
        WHERE (%(element)s = '' OR v.element = %(element)s) AND (%(basic)s = '' OR s.basic_id = %(basic)s)
    ), counted AS (
        SELECT basic_id, element, value, count(*) AS items,
               (array_agg(place_name ORDER BY place, item))[1:3] AS places
        FROM said GROUP BY basic_id, element, value
    ), told AS (
        SELECT *, count(*) OVER (PARTITION BY basic_id, element) AS kinds FROM counted
    ), coded AS (
        SELECT a.first, a.code, a.name, a.kinds, count(s.item) AS items,
               coalesce((array_agg(s.place_name ORDER BY s.place, s.item) FILTER (WHERE s.item IS NOT NULL))[1:3], '{{}}')
                   AS places
        FROM alike a LEFT JOIN standing s ON s.basic_id = a.code WHERE a.kinds > 1 GROUP BY 1, 2, 3, 4
    ), twice AS (
        SELECT s.basic_id, string_agg(s.item, '；' ORDER BY s.item COLLATE "C") AS value, count(*) AS items, s.place_name
        FROM standing s WHERE %(element)s IN ('', 'twice') AND (%(basic)s = '' OR s.basic_id = %(basic)s)
        GROUP BY s.basic_id, s.place, s.place_name HAVING count(*) > 1
    ), found AS (
        SELECT basic_id AS code, element, value, items, places, kinds FROM told WHERE kinds > 1
        UNION ALL
        SELECT first, 'code', code || ' ' || name, items, places, kinds FROM coded
        WHERE %(basic)s = '' OR code IN (SELECT code FROM asked)
        UNION ALL
        SELECT basic_id, 'twice', value, items, ARRAY[place_name], items FROM twice
    )
    SELECT b.code, b.name, f.element, f.value, f.items, f.places, f.kinds
    FROM found f JOIN basic_item b ON b.code = f.code
    ORDER BY b.code, f.element, f.items DESC, f.value COLLATE "C"
""".replace("%s", "%(day)s")  # noqa: S608 -- constant text


def drift(on: date, *, element: str = "", basic: str = "") -> list[Drift]:
    """Where the catalogue in force on a day drifts apart (不一致报告), by basic item, the commonest value first.

    ``element``: one of :data:`COMPARED` only; ``basic``: one basic item only. Published editions only: it is public.
    """
    given = {"day": on, "element": element, "basic": basic, "dropped": DROPPED}
    return [Drift(*row) for row in fetch_all(_DRIFT, given)]
