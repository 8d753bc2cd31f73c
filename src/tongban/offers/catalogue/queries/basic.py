"""Basic editions (基本目录版本): the standard in force, and whom a change of it would break."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q

from tongban.offers.catalogue.models import BasicEdition, Edition
from tongban.offers.catalogue.rules.editions import PENDING
from tongban.offers.catalogue.rules.guide import Guide, Terms
from tongban.offers.catalogue.rules.narrowing import Violation, violations


@dataclass(frozen=True, slots=True)
class BasicEditionView:
    """A basic edition as it is read (基本目录版本视图)."""

    id: uuid.UUID
    basic_code: str
    number: int
    starts_on: date
    ends_on: date | None
    digest: str
    terms: Terms


def since(on: date) -> Q:
    """Published editions in force on a day or later (自某日起有效): one that ended on its first day never was."""
    unended = Q(ends_on__isnull=True)
    return ~Q(state__in=PENDING) & (unended | Q(ends_on__gt=on) & Q(ends_on__gt=F("starts_on")))


def basic_in_force(basic_code: str, on: date) -> BasicEditionView | None:
    """The basic edition in force on a day (基本目录现行版本), or None where the basic item has none then."""
    found = BasicEdition.objects.filter(since(on), basic_id=basic_code, starts_on__lte=on).first()
    if found is None or found.starts_on is None:
        return None
    return BasicEditionView(
        found.id,
        basic_code,
        found.number,
        found.starts_on,
        found.ends_on,
        found.digest,
        Terms.model_validate(found.body),
    )


def standards_since(basic_code: str, on: date) -> list[Terms]:
    """What the basic item says on a day and later (自某日起的标准): an edition from that day meets all of them."""
    found = BasicEdition.objects.filter(since(on), basic_id=basic_code).order_by("starts_on")
    return [Terms.model_validate(body) for body in found.values_list("body", flat=True)]


def with_standard(codes: Collection[str]) -> set[str]:
    """Those of these basic items that have a basic edition, or whose items have one (已有标准的事项), in whatever state."""
    own = BasicEdition.objects.filter(basic__in=codes).values_list("basic", flat=True)
    return set(own) | set(Edition.objects.filter(item__basic__in=codes).values_list("item__basic", flat=True))


def latest_guides(codes: Collection[str], on: date) -> dict[str, Guide]:
    """What these items say on a day or later (最近的指南): the last edition that is published, by item code."""
    editions = Edition.objects.filter(since(on), item__code__in=codes).order_by("item__code", "starts_on")
    return {code: Guide.model_validate(body) for code, body in editions.values_list("item__code", "body")}


def impact(basic_edition_id: uuid.UUID, on: date) -> list[tuple[str, list[Violation]]]:
    """Items that would go beyond this basic edition if it began on a day (影响范围), each with its violations.

    Every edition of an implementation that is in force then or later is looked at; the list is ordered by item code.
    """
    basic = BasicEdition.objects.get(pk=basic_edition_id)
    terms = Terms.model_validate(basic.body)
    editions = Edition.objects.filter(since(on), item__basic_id=basic.basic_id).order_by(
        "item__code", "number"
    )
    found: dict[str, list[Violation]] = {}
    for code, body in editions.values_list("item__code", "body").iterator():
        for one in violations(terms, Guide.model_validate(body)):
            if one not in found.setdefault(code, []):
                found[code].append(one)
    return [(code, broken) for code, broken in found.items() if broken]
