"""Reads of search (检索查询): documents by words and filters, suggestions, synonym groups.

A search costs three statements, a suggestion one, whatever is asked. Groups are ranked over their texts, which are as many as
the catalogue has items and not as many as organs offer them; then one document is taken per group, by the visitor's place.
"""

import json
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tongban.base.db import fetch_all, fetch_one
from tongban.base.ledger import queries as ledger
from tongban.base.ledger.queries import Act
from tongban.base.search.models import SynonymGroup
from tongban.base.search.rules import reading, words
from tongban.base.search.rules.reading import CUT, FLOOR, Asked, Concept, Hints
from tongban.standards import divisions
from tongban.standards.codes import BadCode

PAGE = 20
WINDOW = 100  # groups that are ranked by place as well; [O] nobody reads further, and the cost is bounded
MOST_OTHERS = 99  # others that offer the same, as far as they are counted
_ELSEWHERE = 0.85  # [O] what is only to be had in another place counts so much less
_HINTED, _LONGEST_SPELT, _COUNTED = 8, 40, 3_000


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search is narrowed to (筛选): all of ``facets``, one ``owner``, only what serves ``place`` (``near``)."""

    facets: frozenset[str] = frozenset()
    owner: str = ""
    near: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A search result (检索结果): the document for the visitor's place, and how many others of its group there are.

    ``near``: whether its place is the visitor's, above or below it. ``shown``: as the publisher gave it.
    """

    kind: str
    ref: str
    group: str
    title: str
    place: str
    owner: str
    near: bool
    others: int
    shown: Mapping[str, object]
    facets: frozenset[str]
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found (检索答复). ``more``: whether a next page has something; ``meant``: what a slip was read as."""

    hits: list[Hit] = field(default_factory=list)
    more: bool = False
    meant: str | None = None


NOTHING = Filters()

# --- reading the question ----------------------------------------------------------------------------------------------

# What the index knows of the question: live synonyms in it; phrases that its letters spell, and phrases one slip away, with
# what they in turn are synonyms of.
_HINTS = """
    WITH near AS (
        SELECT 'spelt' AS kind, r.run AS key, k.phrase, k.synonym, k.rank FROM unnest(%(spelt)s::text[]) AS r(run)
        CROSS JOIN LATERAL (
            SELECT p.phrase, p.synonym, k.rank - length(k.key) / 1000.0 AS rank
            FROM search_phrase_key k JOIN search_phrase p ON p.id = k.phrase_id
            WHERE k.key >= r.run COLLATE "C" AND k.key < (r.run || '{') COLLATE "C" AND k.rank >= 0.7
                AND (k.key = r.run OR length(r.run) > 3)
            ORDER BY k.key = r.run DESC, 3 DESC, p.phrase LIMIT 5) k
        UNION ALL
        SELECT 'slip', k.key, p.phrase, p.synonym, p.weight FROM search_phrase_key k JOIN search_phrase p ON p.id = k.phrase_id
        WHERE k.key = ANY(%(slips)s::text[])
    )
    SELECT 'synonym', w.word, w.word, l.lead, 0::float, l.number FROM unnest(%(words)s::text[]) AS w(word)
    JOIN search_synonym s ON s.ended_at IS NULL AND s.words @> ARRAY[w.word] AND s.words && %(words)s::text[]
    CROSS JOIN LATERAL unnest(s.leads) WITH ORDINALITY AS l(lead, number)
    UNION ALL
    SELECT n.kind, n.key, n.phrase, l.lead, n.rank, coalesce(l.number, 0) FROM near n
    LEFT JOIN search_synonym s ON n.synonym AND s.ended_at IS NULL AND s.words @> ARRAY[n.phrase]
    LEFT JOIN LATERAL unnest(s.leads) WITH ORDINALITY AS l(lead, number) ON true
    ORDER BY 1, 2, 5 DESC, 3, 6, 4
"""


def _hints(text: str) -> Hints:
    """Synonyms, spellings and slips (线索) of a question. One statement."""
    spelt = [
        run
        for run in words.runs(words.said(text))
        if run.isascii() and run.isalpha() and 2 <= len(run) <= _LONGEST_SPELT
    ]
    slips = reading.keys_of_slips(text)
    params = {"words": sorted(reading.candidates(text)), "spelt": spelt, "slips": sorted(slips)}
    found: dict[str, dict[str, dict[str, None]]] = {"synonym": {}, "spelt": {}, "slip": {}}
    for kind, key, phrase, lead, _rank, _number in fetch_all(_HINTS, params):
        meant = [run for run in slips[key] if words.is_slip_of(run, phrase)] if kind == "slip" else [key]
        for word in meant:
            known = found[kind].setdefault(word, {})
            if kind != "synonym":
                known.setdefault(phrase)
            if lead is not None:
                known.setdefault(lead)
    return Hints(*({word: list(ways) for word, ways in known.items()} for known in found.values()))


# Counting stops where a word is common: how common it is changes nothing.
_COUNTS = f"""
    SELECT a.term, (SELECT count(*) FROM (SELECT 1 FROM search_posting p WHERE p.term = a.term LIMIT {_COUNTED}) c)::int
    FROM unnest(%s::text[]) AS a(term)
    UNION ALL SELECT '', greatest(reltuples, 1)::int FROM pg_class WHERE oid = 'search_text'::regclass
"""  # noqa: S608 -- constant text


def read(text: str) -> tuple[list[Concept], list[Asked]]:
    """A question as concepts, and every term with its share (读问). Two statements."""
    hints = _hints(text)
    found = reading.concepts(text, hints)
    wanted = sorted(reading.terms_of(found) | reading.terms_of_slips(hints))
    counts = {str(term): int(count) for term, count in fetch_all(_COUNTS, [wanted])}
    total = max(counts.values(), default=1)
    found = reading.mended(found, hints, counts)
    return found, reading.shares(found, counts, total)


# --- answering ---------------------------------------------------------------------------------------------------------

_VALID = (
    "d.starts_on <= %(on)s AND (d.ends_on IS NULL OR d.ends_on > %(on)s) AND d.facets @> %(facets)s::text[]"
)
_OWNED = " AND d.owner = %(owner)s"
_UP = "d.reach = ANY(%(up)s::text[])"
_DOWN = "d.reach > %(reach)s AND d.reach < %(reach)s || ':'"
_NEAR = f" AND (({_UP}) OR ({_DOWN}))"

_BY_WORDS = """
    part AS (
        SELECT p.text_id, a.concept, sum(a.share * p.weight) AS score
        FROM unnest(%(concepts)s::int[], %(ways)s::int[], %(terms)s::text[], %(shares)s::float[]) AS a(concept, way, term, share)
        JOIN search_posting p ON p.term = a.term GROUP BY p.text_id, a.concept, a.way
    ), concept AS (
        SELECT text_id, max(score) AS score FROM part GROUP BY text_id, concept
    ), scored AS (
        SELECT text_id, sum(score) AS score FROM concept GROUP BY text_id
    ), ranked AS (
        SELECT s.text_id AS id, s.score, '' AS title FROM scored s {narrowed} ORDER BY s.score DESC, s.text_id
    )
"""
_ALL = """
    ranked AS (
        SELECT t.id, t.prior AS score, t.title FROM search_text t
        WHERE t.facets @> %(facets)s::text[] {owned_text} ORDER BY t.prior DESC, t.title, t.id
    )
"""
_OWNED_TEXT = "AND t.id IN (SELECT d.text_id FROM search_document d WHERE d.owner = %(owner)s)"

# ``ranked`` is walked from its best row on, and only as far as the window is wide: the sub-select is asked row by row.
_ANSWER = """
    WITH {ranked}, window_ AS (
        SELECT r.id, r.score FROM ranked r
        WHERE (SELECT true FROM search_document d WHERE d.text_id = r.id AND {valid} LIMIT 1)
        ORDER BY r.score DESC, r.title, r.id LIMIT {window}
    ), best AS (
        SELECT t.grp, max(w.score) AS score, min(t.title) AS first FROM window_ w JOIN search_text t ON t.id = w.id
        WHERE w.score >= greatest(%(cut)s * (SELECT max(score) FROM window_), %(floor)s) GROUP BY t.grp
    ), chosen AS (
        SELECT b.score * CASE WHEN d.near < 3 OR d.reach = '' THEN 1 ELSE {elsewhere} END AS rank, b.first, d.*
        FROM best b CROSS JOIN LATERAL (
            (SELECT 0 AS near, d.* FROM search_document d WHERE d.grp = b.grp AND {up} AND {valid}
             ORDER BY length(d.reach) DESC, d.key LIMIT 1)
            UNION ALL
            (SELECT 1, d.* FROM search_document d WHERE d.grp = b.grp AND {down} AND {valid} ORDER BY d.reach, d.key LIMIT 1)
            UNION ALL
            (SELECT 3, d.* FROM search_document d WHERE d.grp = b.grp AND d.reach > '' AND d.reach >= left(%(reach)s, 4)
             AND d.reach < left(%(reach)s, 4) || ':' AND {valid} ORDER BY d.reach, d.key LIMIT 1)
            UNION ALL
            (SELECT 4, d.* FROM search_document d WHERE d.grp = b.grp AND d.reach > '' AND {valid} ORDER BY d.reach, d.key LIMIT 1)
            UNION ALL
            (SELECT 5, d.* FROM search_document d WHERE d.grp = b.grp AND d.reach = '' AND {valid} AND NOT EXISTS (SELECT 1 FROM search_document o
                WHERE o.grp = b.grp AND o.reach > '' AND o.starts_on <= %(on)s AND (o.ends_on IS NULL OR o.ends_on > %(on)s))
             ORDER BY d.prior DESC, d.key LIMIT 1)
            ORDER BY near LIMIT 1
        ) d ORDER BY 1 DESC, b.first, d.grp LIMIT %(size)s + 1 OFFSET %(offset)s
    )
    SELECT c.kind, c.ref, c.grp, t.title, c.place, c.owner, c.near < 3 OR c.reach = '', c.facets, c.shown, c.rank,
        (SELECT count(*) FROM (SELECT 1 FROM search_document d
            WHERE d.grp = c.grp AND d.reach > '' AND d.key <> c.key AND {valid} LIMIT {others}) o)
    FROM chosen c JOIN search_text t ON t.id = c.text_id ORDER BY c.rank DESC, c.first, c.grp
"""


def _statement(by_words: bool, filters: Filters) -> str:
    valid = _VALID + (_OWNED if filters.owner else "") + (_NEAR if filters.near else "")
    owned_text = _OWNED_TEXT if filters.owner else ""
    narrowed = (
        f"JOIN search_text t ON t.id = s.text_id AND t.facets @> %(facets)s::text[] {owned_text}"
        if filters.facets or filters.owner
        else ""
    )
    return _ANSWER.format(
        ranked=_BY_WORDS.format(narrowed=narrowed) if by_words else _ALL.format(owned_text=owned_text),
        valid=valid,
        window=WINDOW,
        elsewhere=_ELSEWHERE,
        up=_UP,
        down=_DOWN,
        others=MOST_OTHERS,
    )


def search(
    text: str, *, on: date, place: str = "", filters: Filters = NOTHING, page: int = 1, size: int = PAGE
) -> Found:
    """What speaks of ``text`` and is in force ``on`` that day (检索), best first, one document a group.

    Of each group the document of ``place``, else of the places above and below it, else any other. All groups where
    ``text`` asks for nothing. ``page`` begins at 1; what lies beyond :data:`WINDOW` groups is not reached.
    """
    offset = (max(page, 1) - 1) * size
    if offset >= WINDOW:
        return Found()
    reach, up = _reach(place)
    params: dict[str, object] = {
        "on": on,
        "facets": sorted(_sound(one) for one in filters.facets),
        "owner": _sound(filters.owner),
        "reach": reach,
        "up": up,
        "size": min(size, WINDOW),
        "offset": offset,
        "cut": 0.0,
        "floor": 0.0,
    }
    found: list[Concept] = []
    if text.strip() and not words.runs(words.said(text)):
        return Found()
    if words.runs(words.said(text)):
        found, asked_for = read(text)
        params |= {
            "cut": CUT,
            "floor": FLOOR,
            "concepts": [one.concept for one in asked_for],
            "ways": [one.way for one in asked_for],
            "terms": [one.term for one in asked_for],
            "shares": [one.share for one in asked_for],
        }
    rows = fetch_all(_statement(bool(found), filters), params)
    return Found([_hit(row) for row in rows[:size]], len(rows) > size, reading.told_mended(found))


def _sound(text: str) -> str:
    return text.encode(errors="ignore").decode().replace("\0", " ")


def _reach(place: str) -> tuple[str, list[str]]:
    """The digits in use of a place, and those of itself and all above it; of no place, all is below."""
    try:
        own = divisions.parse(place)
    except BadCode:
        return "", []
    return own.prefix, [*(divisions.parse(code).prefix for code in divisions.ancestors(place)), own.prefix]


def _hit(row: tuple[Any, ...]) -> Hit:
    kind, ref, group, title, place, owner, near, facets_, shown, rank, others = row
    return Hit(
        kind, ref, group, title, place, owner, near, others, json.loads(shown), frozenset(facets_), rank
    )


def facets(kind: str, limit: int = 200) -> list[str]:
    """Values of a facet (分面取值) that something has, e.g. ``theme``; what comes after the colon."""
    rows = fetch_all(
        "SELECT name FROM search_facet WHERE name >= %s AND name < %s ORDER BY name LIMIT %s",
        [f"{kind}:", f"{kind};", limit],
    )
    return [str(name).partition(":")[2] for (name,) in rows]


def is_empty() -> bool:
    """Whether nothing was ever put (空检索库)."""
    return fetch_one("SELECT 1 FROM search_document LIMIT 1") is None


# --- suggesting --------------------------------------------------------------------------------------------------------

_SUGGEST = """
    WITH found AS (
        SELECT phrase_id, max(rank) AS rank FROM search_phrase_key
        WHERE key >= %(typed)s::text COLLATE "C" AND key < (%(typed)s::text || U&'\\+10FFFF')::text COLLATE "C" AND rank > 0
        GROUP BY phrase_id ORDER BY 2 DESC, 1 LIMIT 200
    )
    SELECT p.phrase FROM (
        SELECT p.*, f.rank * p.weight AS good FROM found f JOIN search_phrase p ON p.id = f.phrase_id ORDER BY good DESC, p.phrase OFFSET 0
    ) p WHERE p.synonym OR (
        SELECT true FROM search_phrase_of o JOIN search_document d ON d.text_id = o.text_id
        WHERE o.phrase_id = p.id AND d.starts_on <= %(on)s AND (d.ends_on IS NULL OR d.ends_on > %(on)s) LIMIT 1)
    LIMIT %(limit)s
"""


def suggest(text: str, *, on: date, limit: int = _HINTED) -> list[str]:
    """What somebody who has typed ``text`` may go on to ask (联想): by characters, pinyin or initials. One statement."""
    typed = words.typed(text)
    if not typed:
        return []
    rows = fetch_all(_SUGGEST, {"typed": typed, "on": on, "limit": 2 * limit})
    once: dict[str, str] = {}
    for (phrase,) in rows:
        once.setdefault(words.plain(phrase), phrase)
    return list(once.values())[:limit]


# --- synonyms ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SynonymView:
    """A synonym group as pages show it (同义词组视图): who changed it last, and when."""

    id: uuid.UUID
    words: tuple[str, ...]
    leads: tuple[str, ...]
    version: int
    changed_at: datetime
    changed_by: str
    ended_at: datetime | None


def _view(group: SynonymGroup) -> SynonymView:
    return SynonymView(
        group.id,
        tuple(group.words),
        tuple(group.leads),
        group.version,
        group.changed_at,
        group.changed_by,
        group.ended_at,
    )


def synonyms(text: str = "", *, ended: bool = False, limit: int = 500) -> list[SynonymView]:
    """Synonym groups (同义词清单) that have ``text`` in one of their words, by their first word; live ones, or ended ones."""
    found = SynonymGroup.objects.filter(ended_at__isnull=not ended).order_by("words", "id")
    wanted = "".join(words.runs(words.plain(text)))
    if wanted:
        found = found.extra(where=["array_to_string(words || leads, ' ') LIKE %s"], params=[f"%{wanted}%"])
    return [_view(group) for group in found[:limit]]


def synonym(group_id: uuid.UUID) -> SynonymView | None:
    """A synonym group (同义词组), live or ended."""
    group = SynonymGroup.objects.filter(pk=group_id).first()
    return None if group is None else _view(group)


def stream_of(group_id: uuid.UUID) -> str:
    """The stream of a synonym group (链名)."""
    return f"synonym:{group_id}"


def life_of(group_id: uuid.UUID) -> list[Act]:
    """Everything that was done to a synonym group (词组历史), oldest first."""
    return ledger.acts_of(stream_of(group_id))


def live_words(among: Collection[str]) -> set[str]:
    """Those of ``among`` that some live group has (在用词)."""
    row = fetch_one(
        "SELECT array_agg(DISTINCT w) FROM search_synonym s, unnest(s.words) w WHERE s.ended_at IS NULL AND w = ANY(%s::text[])",
        [list(among)],
    )
    return set(row[0] or ()) if row else set()
