"""Reads of intermediary services and agencies (中介查询): the published lists, today or as of a day."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from tongban.base.db import fetch_all
from tongban.offers.publicinfo.models import DocumentEdition
from tongban.offers.publicinfo.queries.documents import DocumentView, document_view, editions, gone
from tongban.offers.publicinfo.rules.documents import DocumentKind, DocumentState
from tongban.offers.publicinfo.rules.intermediaries import (
    AgencyFacts,
    ServiceFacts,
    agency_facts,
    service_facts,
)
from tongban.people.places import queries as places
from tongban.people.places.rules import PROVINCE


@dataclass(frozen=True, slots=True)
class Service:
    """An intermediary service (中介服务) in one edition."""

    document: DocumentView
    facts: ServiceFacts


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency (中介机构) in one edition."""

    document: DocumentView
    facts: AgencyFacts


def _service(row: DocumentEdition) -> Service:
    return Service(document_view(row), service_facts(row.facts))


def _agency(row: DocumentEdition) -> Agency:
    return Agency(document_view(row), agency_facts(row.facts))


def _listed(kind: DocumentKind, at: datetime | None) -> "QuerySet[DocumentEdition]":
    """Entries of a list as they stand, or as they stood at a moment. What was withdrawn is told of no moment any more."""
    found = editions().filter(kind=kind)
    if at is None:
        return found.filter(state=DocumentState.PUBLISHED)
    withdrawn = DocumentEdition.objects.filter(kind=kind, state=DocumentState.WITHDRAWN).values("document")
    return found.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=at),
        state__in=(DocumentState.PUBLISHED, DocumentState.REVISED),
        published_at__lte=at,
    ).exclude(document__in=withdrawn)


def services(*, item: str = "", at: datetime | None = None) -> list[Service]:
    """The intermediary services (中介服务清单), by name; of a basic item, and as they stood at a moment. One statement."""
    found = _listed(DocumentKind.SERVICE, at)
    if item:
        found = found.filter(facts__contains={"items": [item]})
    return [_service(row) for row in found.order_by("title", "document_id")]


def service(service_id: uuid.UUID) -> Service:
    """A service as everybody sees it (中介服务). Raises NotFound where it is not public, or no longer."""
    row = _listed(DocumentKind.SERVICE, None).filter(document=service_id).first()
    if row is None:
        raise gone()
    return _service(row)


def _around(place: str) -> list[str] | None:
    """Codes of the places that an agency may name to serve ``place``: itself, those above it, those directly below; None for all."""
    if place in ("", PROVINCE):
        return None
    above = {each.code for each in places.path(place)}
    return sorted(above | {each.code for each in places.children(place)})


def agencies(
    *,
    service: uuid.UUID | None = None,
    place: str = "",
    at: datetime | None = None,
    after: uuid.UUID | None = None,
    limit: int = 100,
) -> list[Agency]:
    """The agencies (中介机构名录), by name and id: of a service, serving ``place``, following the agency ``after``."""
    found = _listed(DocumentKind.AGENCY, at)
    if service is not None:
        found = found.filter(facts__contains={"services": [str(service)]})
    if (near := _around(place)) is not None:
        found = found.filter(facts__places__has_any_keys=near)
    if after is not None:
        mark = DocumentEdition.objects.filter(document=after, kind=DocumentKind.AGENCY)
        standing = mark.exclude(state__in=(DocumentState.DRAFT, DocumentState.IN_REVIEW)).order_by("-number")
        last = standing.values_list("title", flat=True).first()
        if last is None:
            return []
        found = found.filter(Q(title__gt=last) | Q(title=last, document_id__gt=after))
    return [_agency(row) for row in found.order_by("title", "document_id")[:limit]]


def agency(agency_id: uuid.UUID) -> Agency:
    """An agency as everybody sees it (中介机构). Raises NotFound where it is not public, or no longer."""
    row = _listed(DocumentKind.AGENCY, None).filter(document=agency_id).first()
    if row is None:
        raise gone()
    return _agency(row)


def removed_agencies(limit: int = 50) -> list[DocumentView]:
    """Agencies that were taken off the list (已移出的机构), with the reason, newest first."""
    found = editions().filter(kind=DocumentKind.AGENCY, state=DocumentState.WITHDRAWN)
    return [document_view(row) for row in found.order_by("-ended_at", "-id")[:limit]]


def agencies_with(credit_codes: Collection[str]) -> dict[str, list[DocumentEdition]]:
    """Credit code -> the editions of it that are public or being written (按信用代码取机构), for imports and checks.

    What was being written of an agency that was taken off the list goes no further, and keeps nobody from entering it anew.
    """
    off = DocumentEdition.objects.filter(kind=DocumentKind.AGENCY, state=DocumentState.WITHDRAWN)
    found: dict[str, list[DocumentEdition]] = {}
    rows = (
        DocumentEdition.objects.select_related("document")
        .filter(
            kind=DocumentKind.AGENCY,
            state__in=(DocumentState.DRAFT, DocumentState.IN_REVIEW, DocumentState.PUBLISHED),
            facts__credit_code__in=list(credit_codes),
        )
        .exclude(document__in=off.values("document"))
    )
    for row in rows.order_by("document_id", "number"):
        found.setdefault(str(row.facts["credit_code"]), []).append(row)
    return found


def service_names() -> dict[uuid.UUID, str]:
    """Names of the services that are public (中介服务名称), by their ids."""
    rows = DocumentEdition.objects.filter(kind=DocumentKind.SERVICE, state=DocumentState.PUBLISHED)
    return dict(rows.order_by("title").values_list("document_id", "title"))


_BY_SERVICE = """
    SELECT s.id, count(*) FROM info_edition e CROSS JOIN LATERAL jsonb_array_elements_text(e.facts->'services') AS s (id)
    WHERE e.kind = 'agency' AND e.state = 'published' AND (%s OR e.facts->'places' ?| %s::text[])
    GROUP BY s.id
"""


def agencies_by_service(place: str = "") -> dict[uuid.UUID, int]:
    """How many agencies give each service (各服务机构数), those that serve ``place``."""
    near = _around(place)
    rows = fetch_all(_BY_SERVICE, [near is None, near or []])
    return {uuid.UUID(name): count for name, count in rows}
