"""Reads of public information (公开信息查询): laws and their articles, what organs announce, what waits at an editor's desk."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.db.models import Q, QuerySet, Subquery
from django.db.models.functions import Greatest

from tongban.base.actor import Actor
from tongban.base.db import fetch_all
from tongban.base.errors import NotFound
from tongban.base.ledger import queries as ledger
from tongban.offers.publicinfo.access import EDITOR, may, visible_to
from tongban.offers.publicinfo.models import Article, DocumentEdition, LawEdition
from tongban.offers.publicinfo.rules.documents import (
    DocumentKind,
    DocumentMove,
    DocumentState,
    DocumentVerb,
    MadeBy,
    verbs_from,
)
from tongban.offers.publicinfo.rules.laws import ArticleText, Change, LawKind, compare
from tongban.standards.citations import ArticleNumber, articles_cited, key_of
from tongban.standards.text import msg


def _sound(text: str) -> bool:
    """Whether PostgreSQL can be asked for ``text``: nothing stored holds NUL or lone surrogates."""
    return "\0" not in text and text == text.encode(errors="ignore").decode()


# --- laws --------------------------------------------------------------------------------------------------------------


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
    """Where an article can be read (条文地址): the law's key, and the anchor of the article or ''."""

    key: str
    anchor: str


def address_of(cited: Iterable[tuple[str, str]], *, on: date) -> Mapping[tuple[str, str], Address]:
    """(title, article) as a guide cites them -> where they stand (引用的条文地址). One statement for all of them.

    A law that is not here, or not in force on ``on``, is left out; an article that its wording does not have leads to the law.
    """
    wanted = {(title, article): key_of(title) for title, article in cited}
    keys = [key for key in set(wanted.values()) if _sound(key)]
    known = (
        {(key, ArticleNumber(a, b)) for key, a, b in fetch_all(_ADDRESSES, [on, on, keys])} if keys else set()
    )
    present = {key for key, _ in known}
    return {
        (title, article): Address(key, _anchor(key, article, known))
        for (title, article), key in wanted.items()
        if key in present
    }


_ADDRESSES = """
    SELECT l.key, a.number, a.inserted FROM law l
    JOIN law_edition e ON e.law_id = l.id AND e.starts_on <= %s AND (e.ends_on IS NULL OR e.ends_on > %s)
    JOIN law_article a ON a.edition_id = e.id WHERE l.key = ANY(%s)
"""


def _anchor(key: str, article: str, known: set[tuple[str, ArticleNumber]]) -> str:
    return next((number.anchor for number in articles_cited(article) if (key, number) in known), "")


# --- documents ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document in one of its editions (信息视图). ``moves``: what the reader may do; ``hindrances``: what not, and why."""

    id: uuid.UUID
    edition_id: uuid.UUID
    number: int
    organ_id: uuid.UUID
    organ_name: str
    kind: DocumentKind
    state: DocumentState
    title: str
    body: str
    digest: str
    version: int
    made_at: datetime
    published_at: datetime | None
    ended_at: datetime | None
    reason: str
    moves: tuple[DocumentMove, ...]
    hindrances: Mapping[DocumentVerb, str]


def _document_view(row: DocumentEdition, actor: Actor | None = None) -> DocumentView:
    state, organ_id = DocumentState(row.state), row.document.organ_id
    moves: list[DocumentMove] = []
    hindrances: dict[DocumentVerb, str] = {}
    if actor is not None and organ_id in actor.organs_as(EDITOR):
        for move in verbs_from(state):
            allowed, reason = may(actor, move, organ_id=organ_id, writers=row.writers)
            if allowed:
                moves.append(move)
            elif move.by is not MadeBy.SYSTEM:
                hindrances[move.verb] = reason
    return DocumentView(
        id=row.document_id,
        edition_id=row.id,
        number=row.number,
        organ_id=organ_id,
        organ_name=row.document.organ.name,
        kind=DocumentKind(row.kind),
        state=state,
        title=row.title,
        body=row.body,
        digest=row.digest,
        version=row.version,
        made_at=row.made_at,
        published_at=row.published_at,
        ended_at=row.ended_at,
        reason=row.reason,
        moves=tuple(moves),
        hindrances=hindrances,
    )


def _editions() -> "QuerySet[DocumentEdition]":
    return DocumentEdition.objects.select_related("document__organ")


_STANDING = (DocumentState.PUBLISHED, DocumentState.WITHDRAWN)


def announced(
    *, kind: DocumentKind | None = None, before: uuid.UUID | None = None, limit: int = 30, gone: bool = False
) -> list[DocumentView]:
    """What is public now (公开信息目录), newest first; after the document ``before``. ``gone``: what was withdrawn as well."""
    found = _editions().filter(state__in=_STANDING if gone else (DocumentState.PUBLISHED,))
    if kind is not None:
        found = found.filter(kind=kind)
    if before is not None:
        mark = DocumentEdition.objects.filter(document=before, state__in=_STANDING)
        at = Subquery(mark.values("published_at")[:1])
        found = found.filter(
            Q(published_at__lt=at) | Q(published_at=at, id__lt=Subquery(mark.values("id")[:1]))
        )
    return [_document_view(row) for row in found.order_by("-published_at", "-id")[:limit]]


def public_document(document_id: uuid.UUID) -> DocumentView:
    """A document as everybody sees it (公开信息): in its published edition, or as the one that was withdrawn. NotFound."""
    row = _editions().filter(document=document_id, state__in=_STANDING).first()
    if row is None:
        raise _gone()
    return _document_view(row)


def _gone() -> NotFound:
    return NotFound("publicinfo.document", msg("没有找到这条信息，或者它还没有公开。"))


def public_history(document_id: uuid.UUID) -> list[DocumentView]:
    """All editions of a published document (公开信息历次版本), newest first; none where it was withdrawn."""
    if public_document(document_id).state is DocumentState.WITHDRAWN:
        return []
    shown = (DocumentState.PUBLISHED, DocumentState.REVISED)
    rows = _editions().filter(document=document_id, state__in=shown).order_by("-number")
    return [_document_view(row) for row in rows]


def desk(actor: Actor, *, state: DocumentState | None = None, limit: int = 200) -> list[DocumentView]:
    """The latest edition of every document of the actor's organs (编辑的信息清单), last touched first."""
    own = _editions().filter(document__organ_id__in=actor.organs_as(EDITOR))
    newest = (
        DocumentEdition.objects.filter(visible_to(actor), document__organ_id__in=actor.organs_as(EDITOR))
        .order_by("document_id", "-number")
        .distinct("document_id")
        .values("id")
    )
    found = own.filter(id__in=newest)
    if state is not None:
        found = found.filter(state=state)
    # GREATEST of PostgreSQL passes over what is not there.
    ordered = found.order_by(Greatest("made_at", "published_at", "ended_at").desc(), "-id")[:limit]
    return [_document_view(row, actor) for row in ordered]


def one(actor: Actor, document_id: uuid.UUID) -> DocumentView:
    """A document of one's own organ in its latest edition (编辑的信息). NotFound for everybody else."""
    if (found := history(actor, document_id)) and found[0].organ_id in actor.organs_as(EDITOR):
        return found[0]
    raise _gone()


def history(actor: Actor, document_id: uuid.UUID) -> list[DocumentView]:
    """All editions of a document that ``actor`` may read (历次版本), newest first."""
    rows = _editions().filter(visible_to(actor), document=document_id).order_by("-number")
    return [_document_view(row, actor) for row in rows]


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened to a document (经过), as the ledger tells it. ``verb`` is None for its beginning."""

    verb: DocumentVerb | None
    at: datetime
    who: str
    number: int
    reason: str


def life_of(actor: Actor, document_id: uuid.UUID) -> list[Happened]:
    """What happened to a document (信息经过), newest first; only for the organ's own editors."""
    one(actor, document_id)
    stream = stream_of(document_id)
    found = []
    for act in ledger.acts_of_many([stream]).get(stream, []):
        name = act.act.removeprefix("publicinfo.")
        verb = next((known for known in DocumentVerb if known == name), None)
        found.append(
            Happened(
                verb,
                act.at,
                str(act.actor.get("name", "")),
                int(str(act.data["number"])),
                str(act.data.get("reason", "")),
            )
        )
    return found[::-1]


def stream_of(document_id: uuid.UUID) -> str:
    """Name of a document's stream in the ledger (信息链名)."""
    return f"info:{document_id}"
