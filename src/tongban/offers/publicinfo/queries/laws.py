"""Reads of laws (法规查询): their wordings, their articles, what a wording changed."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.db.models import Q

from tongban.base.db import fetch_all
from tongban.base.errors import NotFound
from tongban.offers.publicinfo.models import Article, LawEdition
from tongban.offers.publicinfo.rules.laws import ArticleText, Change, LawKind, compare
from tongban.standards.citations import ArticleNumber, articles_cited, key_of
from tongban.standards.text import msg


def _sound(text: str) -> bool:
    """Whether PostgreSQL can be asked for ``text``: nothing stored holds NUL or lone surrogates."""
    return "\0" not in text and text == text.encode(errors="ignore").decode()


@dataclass(frozen=True, slots=True)
class LawLine:
    """A law in a list (法规行): the wording in force on the day asked for, or the next one to come."""

    key: str
    title: str
    kind: LawKind
    dated: date
    starts_on: date


@dataclass(frozen=True, slots=True)
class LawEditionView:
    """A wording without its articles (法规文本视图)."""

    id: uuid.UUID
    key: str
    title: str
    kind: LawKind
    dated: date
    history: str
    starts_on: date
    starts_said: bool
    ends_on: date | None
    digest: str


_EDITION = (
    "id",
    "law__key",
    "law__title",
    "law__kind",
    "dated",
    "history",
    "starts_on",
    "starts_said",
    "ends_on",
    "digest",
)


def _in_force(on: date) -> Q:
    return Q(starts_on__lte=on) & (Q(ends_on__isnull=True) | Q(ends_on__gt=on))


def _edition_view(row: Sequence[object]) -> LawEditionView:
    return LawEditionView(*row[:3], LawKind(row[3]), *row[4:])  # type: ignore[arg-type, call-arg] # the columns stand above


def laws(text: str = "", *, on: date) -> list[LawLine]:
    """Laws with ``text`` in their title (法规目录), by kind and title; each in the wording in force on ``on``.

    A law that is to come stands there with its first wording; one without any wording in force or to come is left out.
    """
    if not _sound(text):
        return []
    found = LawEdition.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), law__title__icontains=text)
    rows = found.order_by("law__title", "starts_on").values_list(
        "law__key", "law__title", "law__kind", "dated", "starts_on"
    )
    first: dict[str, LawLine] = {}
    for key, title, kind, dated, starts_on in rows:
        first.setdefault(key, LawLine(key, title, LawKind(kind), dated, starts_on))
    return sorted(first.values(), key=lambda line: (list(LawKind).index(line.kind), line.title))


def law_editions(key: str) -> list[LawEditionView]:
    """All wordings of a law (法规历次文本), newest first. Raises NotFound for a law that is not here."""
    rows = (
        LawEdition.objects.filter(law__key=key).order_by("-starts_on", "-dated").values_list(*_EDITION)
        if _sound(key)
        else []
    )
    found = [_edition_view(row) for row in rows]
    if not found:
        raise NotFound("publicinfo.law", msg("没有找到这部法规。可以从法规目录里查。"))
    return found


def in_force(editions: Iterable[LawEditionView], on: date) -> LawEditionView | None:
    """Of the wordings of one law that which is in force on ``on`` (现行文本), or None."""
    return next(
        (e for e in editions if e.starts_on <= on and (e.ends_on is None or e.ends_on > on)),
        None,
    )


@lru_cache(maxsize=500)
def articles(edition_id: uuid.UUID) -> tuple[ArticleText, ...]:
    """The articles (条文) of a wording, in order; from this process's memory after the first time: they never change."""
    rows = Article.objects.filter(edition=edition_id).order_by("number", "inserted")
    return tuple(
        ArticleText(ArticleNumber(row.number, row.inserted), row.chapter, row.section, row.text)
        for row in rows
    )


def changes(older: uuid.UUID, newer: uuid.UUID) -> tuple[Change, ...]:
    """What differs between two wordings (逐条对照)."""
    return _changes(older, newer)


@lru_cache(maxsize=500)
def _changes(older: uuid.UUID, newer: uuid.UUID) -> tuple[Change, ...]:
    return compare(articles(older), articles(newer))


@dataclass(frozen=True, slots=True)
class Address:
    """Where an article can be read (条文地址): the law's key, the anchor of the article or '', and the words cited or ''."""

    key: str
    anchor: str
    text: str


def address_of(cited: Iterable[tuple[str, str]], *, on: date) -> Mapping[tuple[str, str], Address]:
    """(title, article) as a guide cites them -> where they stand and what they say (引用的条文). One statement for all of them.

    A law that is not here, or not in force on ``on``, is left out; an article that its wording does not have leads to the law.
    """
    wanted = {(title, article): key_of(title) for title, article in cited}
    keys = [key for key in set(wanted.values()) if _sound(key)]
    known = (
        {(key, ArticleNumber(a, b)): text for key, a, b, text in fetch_all(_ADDRESSES, [on, on, keys])}
        if keys
        else {}
    )
    present = {key for key, _ in known}
    return {
        (title, article): _address(key, article, known)
        for (title, article), key in wanted.items()
        if key in present
    }


_ADDRESSES = """
    SELECT l.key, a.number, a.inserted, a.text FROM law l
    JOIN law_edition e ON e.law_id = l.id AND e.starts_on <= %s AND (e.ends_on IS NULL OR e.ends_on > %s)
    JOIN law_article a ON a.edition_id = e.id WHERE l.key = ANY(%s)
"""


def _address(key: str, article: str, known: Mapping[tuple[str, ArticleNumber], str]) -> Address:
    found = [number for number in articles_cited(article) if (key, number) in known]
    text = "\n".join(known[key, number] for number in found)
    return Address(key, found[0].anchor if found else "", text)


@dataclass(frozen=True, slots=True)
class NewWording:
    """A wording as a feed tells it (新文本). ``changed``: how many articles differ from the wording before; None for the first."""

    edition: LawEditionView
    published_at: datetime
    changed: int | None


def new_wordings(limit: int = 50) -> list[NewWording]:
    """The wordings taken in last (新收法规文本), newest first."""
    rows = list(
        LawEdition.objects.filter(published_at__isnull=False)
        .order_by("-published_at", "-dated", "law__key")
        .values_list(*_EDITION, "published_at", "law_id")[:limit]
    )
    before: dict[object, list[tuple[date, uuid.UUID]]] = {}
    known = LawEdition.objects.filter(law__in={row[-1] for row in rows}).order_by("dated")
    for law_id, dated, edition_id in known.values_list("law_id", "dated", "id"):
        before.setdefault(law_id, []).append((dated, edition_id))
    found = []
    for *row, published_at, law_id in rows:
        edition = _edition_view(row)
        older = [edition_id for dated, edition_id in before[law_id] if dated < edition.dated]
        changed = len(changes(older[-1], edition.id)) if older else None
        found.append(NewWording(edition, published_at, changed))
    return found
