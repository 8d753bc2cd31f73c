"""Reads of documents (信息查询): what organs announce, what waits at an editor's desk, what happened to it."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.utils import timezone

from tongban.base.actor import Actor
from tongban.base.errors import NotFound
from tongban.base.ledger import queries as ledger
from tongban.base.search.rules.documents import Document as SearchDocument
from tongban.offers.publicinfo.access import EDITOR, may, visible_to
from tongban.offers.publicinfo.models import DocumentEdition
from tongban.offers.publicinfo.rules.documents import (
    ANNOUNCED,
    DocumentKind,
    DocumentMove,
    DocumentState,
    DocumentVerb,
    MadeBy,
    verbs_from,
)
from tongban.offers.publicinfo.rules.finding import of_info
from tongban.people.parties import queries as parties
from tongban.standards.text import msg


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
    facts: Mapping[str, Any]
    digest: str
    version: int
    made_at: datetime
    published_at: datetime | None
    ended_at: datetime | None
    reason: str
    moves: tuple[DocumentMove, ...]
    hindrances: Mapping[DocumentVerb, str]


def document_view(row: DocumentEdition, actor: Actor | None = None) -> DocumentView:
    """An edition as it is shown (信息视图), with what ``actor`` may do."""
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
        facts=row.facts,
        digest=row.digest,
        version=row.version,
        made_at=row.made_at,
        published_at=row.published_at,
        ended_at=row.ended_at,
        reason=row.reason,
        moves=tuple(moves),
        hindrances=hindrances,
    )


def editions() -> "QuerySet[DocumentEdition]":
    """Editions with the organ that says it (信息版本)."""
    return DocumentEdition.objects.select_related("document__organ")


_STANDING = (DocumentState.PUBLISHED, DocumentState.WITHDRAWN)


def announced(
    *,
    kinds: Collection[DocumentKind] = ANNOUNCED,
    before: uuid.UUID | None = None,
    limit: int = 30,
    gone: bool = False,
) -> list[DocumentView]:
    """What is public now (公开信息目录), newest first; after the document ``before``. ``gone``: what was withdrawn as well."""
    found = editions().filter(state__in=_STANDING if gone else (DocumentState.PUBLISHED,), kind__in=kinds)
    if before is not None:
        mark = DocumentEdition.objects.filter(document=before, state__in=_STANDING)
        at = Subquery(mark.values("published_at")[:1])
        found = found.filter(
            Q(published_at__lt=at) | Q(published_at=at, id__lt=Subquery(mark.values("id")[:1]))
        )
    return [document_view(row) for row in found.order_by("-published_at", "-id")[:limit]]


def public_document(document_id: uuid.UUID, *, kinds: Collection[DocumentKind] = ANNOUNCED) -> DocumentView:
    """A document as everybody sees it (公开信息): in its published edition, or as the one that was withdrawn. NotFound."""
    row = editions().filter(document=document_id, state__in=_STANDING, kind__in=kinds).first()
    if row is None:
        raise gone()
    return document_view(row)


def gone() -> NotFound:
    """What is answered where nothing is public (没有公开)."""
    return NotFound("publicinfo.document", msg("没有找到这条信息，或者它还没有公开。"))


def public_history(
    document_id: uuid.UUID, *, kinds: Collection[DocumentKind] = ANNOUNCED
) -> list[DocumentView]:
    """All editions of a published document (公开信息历次版本), newest first; none where it was withdrawn."""
    if public_document(document_id, kinds=kinds).state is DocumentState.WITHDRAWN:
        return []
    shown = (DocumentState.PUBLISHED, DocumentState.REVISED)
    rows = editions().filter(document=document_id, state__in=shown).order_by("-number")
    return [document_view(row) for row in rows]


def desk(
    actor: Actor,
    *,
    state: DocumentState | None = None,
    kinds: Collection[DocumentKind] = tuple(DocumentKind),
    limit: int = 200,
) -> list[DocumentView]:
    """The latest edition of every document of the actor's organs (编辑的信息清单), last touched first."""
    own = editions().filter(document__organ_id__in=actor.organs_as(EDITOR))
    newest = (
        DocumentEdition.objects.filter(visible_to(actor), document__organ_id__in=actor.organs_as(EDITOR))
        .order_by("document_id", "-number")
        .distinct("document_id")
        .values("id")
    )
    found = own.filter(id__in=newest, kind__in=kinds)
    if state is not None:
        found = found.filter(state=state)
    # GREATEST of PostgreSQL passes over what is not there.
    ordered = found.order_by(Greatest("made_at", "published_at", "ended_at").desc(), "-id")[:limit]
    return [document_view(row, actor) for row in ordered]


def one(actor: Actor, document_id: uuid.UUID) -> DocumentView:
    """A document of one's own organ in its latest edition (编辑的信息). NotFound for everybody else."""
    if (found := history(actor, document_id)) and found[0].organ_id in actor.organs_as(EDITOR):
        return found[0]
    raise gone()


def history(actor: Actor, document_id: uuid.UUID) -> list[DocumentView]:
    """All editions of a document that ``actor`` may read (历次版本), newest first."""
    rows = editions().filter(visible_to(actor), document=document_id).order_by("-number")
    return [document_view(row, actor) for row in rows]


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


def document_of(edition: DocumentEdition) -> SearchDocument:
    """The search document of an announcement that is public from ``published_at`` on (信息检索文档)."""
    organ = parties.organ(edition.document.organ_id)
    assert edition.published_at is not None  # noqa: S101 -- approving has just set it, and the database holds it
    return of_info(
        edition=str(edition.id),
        document=str(edition.document_id),
        kind=edition.kind,
        title=edition.title,
        body=edition.body,
        organ=str(organ.id),
        organ_name=organ.name,
        place=organ.place,
        published_on=timezone.localtime(edition.published_at).date(),
    )
