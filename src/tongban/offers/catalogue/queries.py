"""Reads of the catalogue (事项查询): search, guides, editions in force."""

import unicodedata
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import rjieba

from tongban.base.db import fetch_all, fetch_one
from tongban.base.errors import NotFound
from tongban.offers.catalogue.models import BasicItem, Edition, Item
from tongban.offers.catalogue.rules.guide import Guide
from tongban.standards.text import msg


@dataclass(frozen=True, slots=True)
class EditionView:
    """An edition with the item, organ and place that it belongs to (版本视图)."""

    id: uuid.UUID
    number: int
    item_id: uuid.UUID
    item_code: str
    basic_code: str
    item_type: str
    level: str
    organ_id: uuid.UUID
    organ_name: str
    organ_code: str
    place: str
    place_name: str
    starts_on: date
    ends_on: date | None
    digest: str
    guide: Guide


def _sound(text: str) -> str:
    """``text`` without what PostgreSQL cannot be asked for: NUL and lone surrogates. Nothing stored holds them."""
    return text.encode(errors="ignore").decode().replace("\0", " ")


@lru_cache(maxsize=5_000)
def _guide(edition_id: uuid.UUID) -> Guide:
    """A published edition never changes, so its guide is read once per process and never dropped for being stale."""
    body = Edition.objects.exclude(state="draft").filter(pk=edition_id).values_list("body", flat=True).first()
    if body is None:
        raise NotFound("catalogue.edition", msg("没有这个事项版本。"))
    return Guide.model_validate(body)


def guide_of(edition_id: uuid.UUID) -> Guide:
    """The guide (办事指南) of a published edition; no statement when it was read before."""
    return _guide(edition_id)


_VIEW = """
    SELECT e.id, e.number, i.id, i.code, i.basic_id, b.item_type, i.level, o.id, o.name, o.credit_code,
           p.code, p.name, e.starts_on, e.ends_on, e.digest
    FROM edition e JOIN item i ON i.id = e.item_id JOIN basic_item b ON b.code = i.basic_id
    JOIN organ o ON o.id = i.organ_id JOIN place p ON p.code = i.place_id
"""
_IN_FORCE = "e.state <> 'draft' AND e.starts_on <= %s AND (e.ends_on IS NULL OR e.ends_on > %s)"


@lru_cache(maxsize=5_000)
def _view(edition_id: uuid.UUID) -> EditionView:
    row = fetch_one(f"{_VIEW} WHERE e.id = %s AND e.state <> 'draft'", [edition_id])
    if row is None:
        raise NotFound("catalogue.edition", msg("没有这个事项版本。"))
    return EditionView(*(*row, _guide(edition_id)))


def edition(edition_id: uuid.UUID) -> EditionView:
    """A published edition by its id (按标识取版本), from this process's memory after the first time.

    Its end may be set after it was read: callers that need to know what is in force ask :func:`in_force`.
    """
    return _view(edition_id)


def in_force(item_code: str, on: date) -> EditionView:
    """The edition of an item in force on a day (现行版本). One small statement; raises NotFound."""
    found = in_force_id(item_code, on)
    if found is None:
        raise NotFound("catalogue.item", msg("没有找到这个事项，它可能已经取消，或者地址不完整。"))
    return _view(found)


_IN_FORCE_ID = f"SELECT e.id FROM edition e JOIN item i ON i.id = e.item_id WHERE i.code = %s AND {_IN_FORCE}"  # noqa: S608 -- constant text


def in_force_id(item_code: str, on: date) -> uuid.UUID | None:
    """Id of the edition of an item in force on a day (现行版本标识), or None."""
    if _sound(item_code) != item_code:
        return None
    row = fetch_one(_IN_FORCE_ID, [item_code, on, on])
    return None if row is None else row[0]


def codes_of(organs: Collection[uuid.UUID]) -> list[str]:
    """Item codes of these organs (机关的事项编码)."""
    return list(Item.objects.filter(organ_id__in=organs).values_list("code", flat=True))


def editions_named(organs: Collection[uuid.UUID], text: str) -> list[uuid.UUID]:
    """Editions of these organs with ``text`` in their name (按名称查版本), old ones too: cases stand on them."""
    if _sound(text) != text:
        return []
    found = Edition.objects.filter(item__organ_id__in=organs, name__contains=text)
    return list(found.values_list("id", flat=True))


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
    plain = unicodedata.normalize("NFKC", _sound(text))
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
    WHERE {_IN_FORCE} AND (e.search @@ asked.words OR %s = '')
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
    return {"basic": BasicItem.objects.count(), "editions": Edition.objects.exclude(state="draft").count()}
