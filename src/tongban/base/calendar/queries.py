"""Reads of the working calendar (日历查询). Editions never change: each is read once per process and kept.

An act that locks its row anyway puts :data:`CURRENT_ID_SQL` beside its columns and asks :func:`calendar_of`, without a
statement of its own; everybody else asks :func:`current`. Where nothing was imported, the id is None and the shipped table
stands in, so that a database is never without a calendar.
"""

import csv
import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Final

from django.conf import settings

from tongban.base.batches import batched
from tongban.base.calendar.models import CalendarEdition
from tongban.base.calendar.rules import digest_of
from tongban.base.db import fetch_one
from tongban.base.ledger import queries as ledger
from tongban.base.ledger.queries import Act
from tongban.base.ledger.rules import Finding
from tongban.standards.workdays import Calendar, DayKind, Reason, rows_of

SHIPPED: Final = "cn_holidays_2004_2026.csv"
# The current edition's id as a value inside another statement; NULL where none was imported.
CURRENT_ID_SQL: Final = "(SELECT id FROM calendar_edition ORDER BY imported_at DESC, id DESC LIMIT 1)"
_KEPT: Final = (
    32  # calendars in memory at a time; [O] some 0.5 MB each, and cases in hand stand on few of them
)


@dataclass(frozen=True, slots=True)
class EditionView:
    """An edition of the calendar (日历版本) without its table. ``id`` and ``imported_at`` are None for the shipped one."""

    id: uuid.UUID | None
    name: str
    digest: str
    first: date
    last: date
    imported_at: datetime | None


def current_id() -> uuid.UUID | None:
    """Id of the current edition (当前版本标识), None where none was imported. One statement."""
    row = fetch_one("SELECT " + CURRENT_ID_SQL)
    return None if row is None else row[0]


def id_at(at: datetime) -> uuid.UUID | None:
    """Id of the edition that was current at a moment (当时版本标识), None where none was imported yet."""
    found = CalendarEdition.objects.filter(imported_at__lte=at).order_by("-imported_at", "-id")
    return found.values_list("id", flat=True).first()


def ids_since(edition_id: uuid.UUID) -> list[uuid.UUID]:
    """An edition and all that were imported after it (此后版本), the oldest first."""
    since = CalendarEdition.objects.filter(pk=edition_id).values("imported_at")
    found = CalendarEdition.objects.filter(imported_at__gte=since).order_by("imported_at", "id")
    return list(found.values_list("id", flat=True))


def current() -> Calendar:
    """The working days as announced (当前工作日历). One statement, and one more the first time an edition is met."""
    return calendar_of(current_id())


@lru_cache(maxsize=_KEPT)
def calendar_of(edition_id: uuid.UUID | None) -> Calendar:
    """The calendar of an edition (指定版本日历), the shipped one for None; no statement once it is known.

    ``CalendarEdition.DoesNotExist`` for an id that is none: ids come from rows of ours.
    """
    name, table = _table(edition_id)
    return Calendar.from_rows(rows_of(table.split("\n")), edition=name)


def table_of(edition_id: uuid.UUID | None) -> str:
    """The whole table of an edition as csv (日历表), the shipped one for None."""
    return _table(edition_id)[1]


def rows_of_table(edition_id: uuid.UUID | None) -> list[list[str]]:
    """The rows of an edition's table (日历表行) as ``date, type, name, in_lieu``, the shipped one's for None."""
    return list(csv.reader(table_of(edition_id).splitlines()))[1:]


def _table(edition_id: uuid.UUID | None) -> tuple[str, str]:
    if edition_id is None:
        return _shipped()
    return CalendarEdition.objects.values_list("name", "rows").get(pk=edition_id)


@cache
def _shipped() -> tuple[str, str]:
    name, _, _ = SHIPPED.rpartition(".")
    return name, (settings.DATA / SHIPPED).read_text(encoding="utf-8")


def edition_of_calendar(edition_id: uuid.UUID | None) -> EditionView:
    """Name, digest and years of an edition (版本信息), of the shipped one for None."""
    if edition_id is None:
        calendar, (name, table) = calendar_of(None), _shipped()
        return EditionView(None, name, digest_of(name, table), calendar.first, calendar.last, None)
    return _view(CalendarEdition.objects.defer("rows", "source").get(pk=edition_id))


def editions(limit: int | None = None) -> list[EditionView]:
    """All editions (全部版本) or the ``limit`` newest, the current one first; the shipped one where none was imported. One statement."""
    found = CalendarEdition.objects.defer("rows", "source").order_by("-imported_at", "-id")
    return [_view(edition) for edition in found[:limit]] or [edition_of_calendar(None)]


def _view(edition: CalendarEdition) -> EditionView:
    return EditionView(
        edition.id, edition.name, edition.digest, edition.first, edition.last, edition.imported_at
    )


def special_days(calendar: Calendar, year: int) -> list[Reason]:
    """Holidays and make-up days of a covered year (放假和调休), in order; BeyondCalendar for another year."""
    first = date(year, 1, 1)
    days = (first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1))
    return [told for day in days if (told := calendar.reason(day)).kind in (DayKind.HOLIDAY, DayKind.MAKEUP)]


def stream_of(edition_id: uuid.UUID) -> str:
    """Name of an edition's stream in the ledger (日历链名)."""
    return f"calendar:{edition_id}"


def against_ledger() -> Iterator[Finding]:
    """Hold every edition against what its import told the ledger (日历对账), row by row."""
    for batch in batched(CalendarEdition.objects.order_by("imported_at", "id").iterator(_KEPT), _KEPT):
        acts = ledger.acts_of_many([stream_of(edition.id) for edition in batch])
        for edition in batch:
            yield from _held(edition, acts.get(stream_of(edition.id), []))
    yield from ledger.gone("calendar", "calendar_edition", CalendarEdition.objects.all())


def _held(edition: CalendarEdition, acts: list[Act]) -> Iterator[Finding]:
    row = f"calendar_edition({edition.name})"
    if len(acts) != 1:
        yield Finding(row, "changed: the ledger knows nothing of this edition")
        return
    told = acts[0]
    if digest_of(edition.name, edition.rows) != edition.digest:
        yield Finding(row, "changed: its table is not what its digest says")
    if edition.imported_at != told.at:
        yield Finding(row, "changed: imported_at is not what was recorded")
    for name, value in facts_of(edition).items():
        if told.data.get(name) != value:
            yield Finding(row, f"changed: {name} is not what was recorded")


def facts_of(edition: CalendarEdition) -> dict[str, str]:
    """What the ledger keeps of an edition (入账内容): digests instead of the texts."""
    return {
        "name": edition.name,
        "digest": edition.digest,
        "source_digest": hashlib.sha256(edition.source.encode()).hexdigest(),
        "first": edition.first.isoformat(),
        "last": edition.last.isoformat(),
    }
