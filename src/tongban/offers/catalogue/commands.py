"""Operators' commands of the catalogue (事项目录命令)."""

from collections.abc import Iterator

from django.db import transaction

from tongban.base.batches import batched
from tongban.base.search import actions as search
from tongban.base.search.rules.documents import Document
from tongban.offers.catalogue.models import BasicItem, Edition
from tongban.offers.catalogue.queries import documents_of
from tongban.offers.catalogue.rules.editions import PENDING
from tongban.offers.catalogue.rules.finding import of_basic
from tongban.offers.catalogue.rules.guide import Guide

_BATCH = 500


@transaction.atomic
def index() -> int:
    """Put every basic item and every edition that was ever published into the search anew (重建检索); returns how many."""
    count = 0
    for batch in batched(_documents(), _BATCH):
        search.put_all(batch)
        count += len(batch)
    return count


def _documents() -> Iterator[Document]:
    for basic in BasicItem.objects.order_by("code").iterator(_BATCH):
        yield of_basic(
            code=basic.code, name=basic.name, department=basic.department, demonstration=basic.demonstration
        )
    public = Edition.objects.exclude(state__in=PENDING).select_related("item__basic")
    for batch in batched(public.order_by("starts_on", "id").iterator(_BATCH), _BATCH):
        yield from documents_of([(edition, Guide.model_validate(edition.body)) for edition in batch])
