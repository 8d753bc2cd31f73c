"""Search of the catalogue (事项检索): everyday words to items."""

import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import rjieba

from tongban.base.db import fetch_all
from tongban.offers.catalogue.models import BasicItem, Edition
from tongban.offers.catalogue.queries.guides import IN_FORCE, sound
from tongban.offers.catalogue.rules.editions import PENDING


@dataclass(frozen=True, slots=True)
class Hit:
    """A search result (检索结果): an item that can be applied for, with the facts of the strip."""

    code: str
    name: str
    organ: str
    place: str
    place_name: str
    edition_id: uuid.UUID
    promised_days: int
    statutory_days: int
    visits: int
    free: bool
    online: str
    instant: bool


_LONGEST_WORD = 60  # characters; PostgreSQL refuses words above 2 kB
_LONGEST_QUERY = 200  # characters that are looked at; [O] our own number


def tokens(text: str) -> list[str]:
    """Words of a text (分词) as the index keeps them: dictionary words and single characters of names.

    Full-width letters count as plain ones. Words that no index could hold are left out, and so are broken characters.
    """
    plain = unicodedata.normalize("NFKC", sound(text))
    words = {word.strip().lower() for word in rjieba.cut_for_search(plain, True)}
    return sorted(word for word in words if len(word) <= _LONGEST_WORD and any(map(str.isalnum, word)))


def _asked(text: str) -> str:
    """What is searched for, as a tsquery: any of the words, each quoted so that nothing in it is an operator."""
    words = (word.replace("\\", "").replace("'", "") for word in tokens(text[:_LONGEST_QUERY]))
    return " | ".join(f"'{word}'" for word in words)


_SEARCH = f"""
    WITH asked AS (SELECT %s::tsquery AS words)
    SELECT i.code, e.name, o.name, p.code, p.name, e.id,
           (e.body->'limits'->>'promised_days')::int, (e.body->'limits'->>'statutory_days')::int,
           (e.body->'channels'->>'visits')::int,
           coalesce(jsonb_array_length(e.body->'fees'), 0) = 0, e.body->'channels'->>'online', e.body->>'case_kind' = 'instant'
    FROM edition e JOIN item i ON i.id = e.item_id JOIN organ o ON o.id = i.organ_id JOIN place p ON p.code = i.place_id,
         asked
    WHERE {IN_FORCE} AND (e.search @@ asked.words OR %s = '')
    ORDER BY ts_rank(e.search, asked.words) DESC,
             CASE WHEN left(p.code, 6) = left(%s, 6) THEN 0 WHEN left(p.code, 4) = left(%s, 4) THEN 1 ELSE 2 END, p.code, i.code
    LIMIT %s
"""  # noqa: S608 -- constant text


def search(text: str, *, place: str, on: date, limit: int = 30) -> list[Hit]:
    """Items in force that speak of ``text`` (事项检索), best first, the visitor's place before others."""
    everything = "" if not text.strip() else "x"
    return [Hit(*row) for row in fetch_all(_SEARCH, [_asked(text), on, on, everything, place, place, limit])]


@dataclass(frozen=True, slots=True)
class BasicView:
    """A basic item (基本目录事项视图) and how many organs offer it in force."""

    code: str
    name: str
    item_type: str
    department: str
    demonstration: bool


def search_basic(text: str, limit: int = 20) -> list[BasicView]:
    """Basic items that speak of ``text`` but that no organ offers yet (目录检索)."""
    return [BasicView(*row) for row in fetch_all(_SEARCH_BASIC, [_asked(text), limit])]


_SEARCH_BASIC = """
    SELECT b.code, b.name, b.item_type, b.department, b.demonstration FROM basic_item b, (SELECT %s::tsquery AS words) asked
    WHERE b.search @@ asked.words AND NOT EXISTS (SELECT 1 FROM item i WHERE i.basic_id = b.code)
    ORDER BY ts_rank(b.search, asked.words) DESC, b.code LIMIT %s
"""


def counts() -> Mapping[str, int]:
    """Basic items and editions in the catalogue (目录规模)."""
    return {
        "basic": BasicItem.objects.count(),
        "editions": Edition.objects.exclude(state__in=PENDING).count(),
    }
