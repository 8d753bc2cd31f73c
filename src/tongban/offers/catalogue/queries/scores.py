"""Scores (完整度): how complete the guides of an organ or of a place are.

One statement tells which editions are in force; what each scores is a pure rule of content that never changes once it is
published, so it is computed once per process and edition and kept under the digests of all that it rests on.
"""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from tongban.base.actor import Actor
from tongban.base.db import fetch_all
from tongban.offers.catalogue.access import may_edit_basic
from tongban.offers.catalogue.models import BasicEdition, Edition
from tongban.offers.catalogue.queries.editing import ensure_may_compare
from tongban.offers.catalogue.queries.guides import IN_FORCE
from tongban.offers.catalogue.rules.guide import Guide, Terms
from tongban.offers.catalogue.rules.quality import Severity, findings, score_of
from tongban.standards.item_codes import ItemType


@dataclass(frozen=True, slots=True)
class Scored:
    """An edition in force with its points (事项完整度): ``errors`` and ``warnings`` are numbers of findings."""

    edition_id: uuid.UUID
    name: str
    organ: str
    organ_name: str
    place: str
    place_name: str
    points: int
    errors: int
    warnings: int


@dataclass(frozen=True, slots=True)
class ScoreOf:
    """Points of an organ or a place (机关或者地方完整度): the average, rounded down, and its worst items."""

    key: str
    name: str
    items: int
    points: int
    errors: int
    warnings: int
    worst: tuple[Scored, ...]


_STANDING = f"""
    SELECT e.id, e.digest, e.name, o.id, o.name, p.code, p.name, b.item_type, s.id, coalesce(s.digest, '')
    FROM edition e JOIN item i ON i.id = e.item_id JOIN basic_item b ON b.code = i.basic_id
    JOIN organ o ON o.id = i.organ_id JOIN place p ON p.code = i.place_id
    LEFT JOIN basic_edition s ON s.basic_id = b.code AND s.state IN ('published', 'superseded', 'retired')
         AND s.starts_on <= %s AND (s.ends_on IS NULL OR s.ends_on > %s)
    WHERE {IN_FORCE} AND (%s OR o.id = ANY(%s))
    ORDER BY p.code, o.name, i.code
"""  # noqa: S608 -- constant text

_Row = tuple[Any, ...]
_Points = tuple[int, int, int]
_known: dict[tuple[str, str, str], _Points] = {}
_MOST_KNOWN = 200_000  # [O] our own number: some 30 MB of three small numbers and their keys
_AT_ONCE = 500  # bodies read in one statement


def scored(actor: Actor, on: date) -> list[Scored]:
    """Every edition in force of the actor's organs with its points (本机关完整度), of the whole province for its editors."""
    ensure_may_compare(actor)
    everywhere, _why = may_edit_basic(actor)
    rows = fetch_all(_STANDING, [on, on, on, on, everywhere, list(actor.organs_as("editor"))])
    _learn(rows)
    return [
        Scored(row[0], row[2], str(row[3]), row[4], row[5], row[6], *_known[_key(row)])
        for row in rows
        if _key(row) in _known
    ]


def _key(row: _Row) -> tuple[str, str, str]:
    return str(row[1]), str(row[9]), str(row[7])


def _learn(rows: Iterable[_Row]) -> None:
    if len(_known) > _MOST_KNOWN:
        _known.clear()
    new = {_key(row): row for row in rows if _key(row) not in _known}
    standards = _standards({row[8] for row in new.values() if row[8] is not None})
    for some in _pieces(list(new.items())):
        bodies = dict(Edition.objects.filter(pk__in=[row[0] for _k, row in some]).values_list("pk", "body"))
        for key, row in some:
            found = findings(
                Guide.model_validate(bodies[row[0]]),
                ItemType(str(row[7])),
                has_basic=False,
                standard=standards.get(row[8]),
            )
            errors = sum(one.severity is Severity.ERROR for one in found)
            _known[key] = (score_of(found), errors, len(found) - errors)


def _pieces(
    rows: list[tuple[tuple[str, str, str], _Row]],
) -> Iterator[list[tuple[tuple[str, str, str], _Row]]]:
    for start in range(0, len(rows), _AT_ONCE):
        yield rows[start : start + _AT_ONCE]


def _standards(ids: set[uuid.UUID]) -> dict[uuid.UUID, Terms]:
    found = BasicEdition.objects.filter(pk__in=ids).values_list("pk", "body")
    return {key: Terms.model_validate(body) for key, body in found.iterator()}


WORST = 3  # [O] items named beside an average


def grouped(rows: Iterable[Scored], by: str) -> list[ScoreOf]:
    """The same by ``organ`` or by ``place`` (按机关或者地方汇总), the lowest average first."""
    groups: dict[str, list[Scored]] = {}
    for row in rows:
        groups.setdefault(getattr(row, by), []).append(row)
    told = [
        ScoreOf(
            key,
            str(getattr(found[0], f"{by}_name")),
            len(found),
            sum(one.points for one in found) // len(found),
            sum(one.errors for one in found),
            sum(one.warnings for one in found),
            tuple(sorted(found, key=lambda one: one.points)[:WORST]),
        )
        for key, found in groups.items()
    ]
    return sorted(told, key=lambda one: (one.points, one.key))
