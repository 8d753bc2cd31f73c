"""Editions as search documents (版本检索文档): who offers them and where."""

from collections.abc import Mapping, Sequence

from tongban.base.search.rules.documents import Document
from tongban.offers.catalogue.models import BasicItem, Edition
from tongban.offers.catalogue.rules.editions import PENDING
from tongban.offers.catalogue.rules.finding import Offer, of_edition
from tongban.offers.catalogue.rules.guide import Guide
from tongban.people.parties import queries as parties
from tongban.people.places import queries as places


def document_of(edition: Edition, guide: Guide) -> Document:
    """The search document of an edition that is being published (检索文档); it begins on its ``starts_on``."""
    return documents_of([(edition, guide)])[0]


def documents_of(published: Sequence[tuple[Edition, Guide]]) -> list[Document]:
    """The same for many (批量检索文档), in their order. Two statements for any number."""
    organs = parties.organs_by_id({edition.item.organ_id for edition, _ in published})
    named = places.names({edition.item.place_id for edition, _ in published})
    return [
        _document(edition, guide, organs[edition.item.organ_id].name, named.get(edition.item.place_id, ""))
        for edition, guide in published
    ]


def _document(edition: Edition, guide: Guide, organ_name: str, place_name: str) -> Document:
    item = edition.item
    assert edition.starts_on is not None  # noqa: S101 -- publishing has just set it, and the database holds it
    return of_edition(
        guide,
        Offer(
            edition=str(edition.id),
            code=item.code,
            basic_code=item.basic_id,
            basic_name=item.basic.name,
            department=item.basic.department,
            level=item.level,
            organ=str(item.organ_id),
            organ_name=organ_name,
            place=item.place_id,
            place_name=place_name,
            starts_on=edition.starts_on,
            ends_on=edition.ends_on,
        ),
    )


def counts() -> Mapping[str, int]:
    """Basic items and editions in the catalogue (目录规模)."""
    return {
        "basic": BasicItem.objects.count(),
        "editions": Edition.objects.exclude(state__in=PENDING).count(),
    }
