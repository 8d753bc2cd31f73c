"""Operators' commands of public information (公开信息命令)."""

from collections.abc import Iterator

from django.db import transaction

from tongban.base.batches import batched
from tongban.base.search import actions as search
from tongban.base.search.rules.documents import Document
from tongban.offers.publicinfo.models import Article, DocumentEdition, LawEdition
from tongban.offers.publicinfo.queries import document_of
from tongban.offers.publicinfo.rules.documents import ANNOUNCED, DocumentState
from tongban.offers.publicinfo.rules.finding import of_law

_BATCH = 200


@transaction.atomic
def index() -> int:
    """Put laws and announcements into the search anew (重建检索); returns how many."""
    count = 0
    for batch in batched(_documents(), _BATCH):
        search.put_all(batch)
        count += len(batch)
    return count


def _documents() -> Iterator[Document]:
    laws = LawEdition.objects.exclude(published_at=None).select_related("law").order_by("starts_on", "dated")
    for edition in laws:
        chapters = Article.objects.filter(edition=edition).order_by("number", "inserted")
        yield of_law(
            edition=str(edition.id),
            key=edition.law.key,
            title=edition.law.title,
            kind=edition.law.kind,
            dated=edition.dated,
            starts_on=edition.starts_on,
            ends_on=edition.ends_on,
            chapters=list(chapters.values_list("chapter", flat=True)),
        )
    public = DocumentEdition.objects.filter(state=DocumentState.PUBLISHED, kind__in=ANNOUNCED).select_related(
        "document"
    )
    yield from map(document_of, public.order_by("id"))
