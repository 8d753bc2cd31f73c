"""Documents and laws held against the ledger (公开信息对账)."""

import uuid
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from tongban.base.batches import batched
from tongban.base.ledger import queries as ledger
from tongban.base.ledger.rules import Finding
from tongban.offers.publicinfo.models import Article, Document, DocumentEdition, Law, LawEdition
from tongban.offers.publicinfo.queries.documents import stream_of
from tongban.offers.publicinfo.rules.documents import Content, DocumentKind
from tongban.offers.publicinfo.rules.laws import ArticleText, LawText, digest_of
from tongban.offers.publicinfo.rules.witness import expected
from tongban.standards.canonical import digest
from tongban.standards.citations import ArticleNumber

_CHUNK = 500


def against_ledger() -> Iterator[Finding]:
    """Hold every document and every wording of a law against the ledger (公开信息对账), row by row."""
    for batch in batched(
        Document.objects.order_by("id").values_list("id", flat=True).iterator(_CHUNK), _CHUNK
    ):
        yield from _documents(batch)
    for laws in batched(Law.objects.order_by("id").iterator(_CHUNK), _CHUNK):
        yield from _laws(laws)
    yield from ledger.gone("info", "info_document", Document.objects.all())
    yield from ledger.gone("law", "law", Law.objects.all())


def _documents(ids: Sequence[uuid.UUID]) -> Iterator[Finding]:
    acts = ledger.acts_of_many([stream_of(document_id) for document_id in ids])
    found: dict[uuid.UUID, dict[int, DocumentEdition]] = {document_id: {} for document_id in ids}
    for edition in DocumentEdition.objects.filter(document__in=ids):
        found[edition.document_id][edition.number] = edition
    for document_id, editions in found.items():
        wanted = expected(acts.get(stream_of(document_id), []))
        if not wanted:
            yield Finding(
                f"info_document({document_id})", "changed: the ledger knows nothing of this document"
            )
        for number in sorted(wanted.keys() | editions.keys()):
            row = f"info_edition({document_id}, {number})"
            if number not in editions:
                yield Finding(row, "missing: recorded in the ledger")
            elif number not in wanted:
                yield Finding(row, "changed: the ledger knows nothing of this edition")
            else:
                yield from _edition(row, editions[number], wanted[number])


def _edition(row: str, edition: DocumentEdition, wanted: dict[str, object]) -> Iterator[Finding]:
    content = Content(DocumentKind(edition.kind), edition.title, edition.body, edition.facts)
    if digest(content.told()) != edition.digest:
        yield Finding(row, "changed: its content is not what its digest says")
    for name, value in wanted.items():
        if _plain(getattr(edition, name)) != _plain(value):
            yield Finding(row, f"changed: {name} is not what its acts left")


def _plain(value: object) -> object:
    """One spelling for an id, whether it comes from a column or from the ledger's text."""
    if isinstance(value, list):
        return [str(part) for part in value]
    return str(value) if isinstance(value, uuid.UUID) else value


def _laws(laws: Sequence[Law]) -> Iterator[Finding]:
    acts = ledger.acts_of_many([f"law:{law.id}" for law in laws])
    for law in laws:
        told = {str(act.data["edition"]): act for act in acts.get(f"law:{law.id}", [])}
        editions = list(LawEdition.objects.filter(law=law).order_by("dated"))
        for edition, after in zip_longest(editions, editions[1:]):
            row = f"law_edition({law.key}, {edition.dated})"
            act = told.pop(str(edition.id), None)
            if act is None:
                yield Finding(row, "changed: the ledger knows nothing of this wording")
                continue
            if act.data["digest"] != _digest(law, edition):
                yield Finding(row, "changed: its text is not what was published")
            kept = {"dated": edition.dated.isoformat(), "starts_on": edition.starts_on.isoformat()}
            kept |= {"source_digest": edition.source_digest, "digest": edition.digest}
            ends = after.starts_on if after else None
            if any(act.data[name] != value for name, value in kept.items()) or edition.ends_on != ends:
                yield Finding(row, "changed: its days are not what was recorded")
        for gone in told:
            yield Finding(f"law_edition({gone})", "missing: recorded in the ledger")


def _digest(law: Law, edition: LawEdition) -> str:
    articles = tuple(
        ArticleText(ArticleNumber(row.number, row.inserted), row.chapter, row.section, row.text)
        for row in Article.objects.filter(edition=edition).order_by("number", "inserted")
    )
    return digest_of(LawText(law.title, edition.history, articles), edition.dated)
