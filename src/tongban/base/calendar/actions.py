"""Acts on the working calendar (日历行为): import."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tongban.base.actor import Actor, ActorKind
from tongban.base.calendar import queries
from tongban.base.calendar.models import CalendarEdition
from tongban.base.calendar.rules import Difference, digest_of, join, name_of, read, text_of
from tongban.base.db import execute
from tongban.base.errors import Conflict, Forbidden
from tongban.base.record import record
from tongban.standards.text import msg
from tongban.standards.workdays import Calendar, rows_of

# Two imports at a time would both be joined to the same edition, and the years of one of them would be lost. Readers do not wait.
_ALONE = "LOCK TABLE calendar_edition IN SHARE ROW EXCLUSIVE MODE"


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import did (导入所得). ``fresh``: whether there is a new edition; ``id`` is that of the edition now current."""

    id: uuid.UUID
    name: str
    fresh: bool
    added: tuple[int, ...]
    replaced: tuple[int, ...]
    differs: tuple[Difference, ...]


@transaction.atomic
def take_in(*, actor: Actor, text: str, at: datetime) -> Taken:
    """Take in the table of some years or of all (导入日历); the edition made by it is the current one from now on.

    What changes nothing makes no edition. Raises BadTable for a table that the rules refuse, Conflict where ``at`` lies
    before the last import: the edition would not become the current one.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise Forbidden("calendar.import", msg("工作日历由平台按官方通知导入，不能手工改。"))
    given = read(text)
    execute(_ALONE)
    before_id = queries.current_id()
    before, table = queries.edition_of_calendar(before_id), queries.table_of(before_id)
    covered = range(before.first.year, before.last.year + 1)
    joined = join(tuple(rows_of(table.split("\n"))), covered, given)
    rows = text_of(joined.rows)
    replaced = tuple(year for year in joined.given if year in covered)
    if before_id is not None and rows == table:
        return Taken(before_id, before.name, False, (), replaced, ())
    if before.imported_at is not None and at <= before.imported_at:
        raise Conflict("calendar.order", msg("上一次导入在这个时间之后。请检查本机时钟。"))
    edition = _edition(rows, text, at, shipped=before_id is None and rows == table)
    edition.save(force_insert=True)
    record(
        stream=queries.stream_of(edition.id),
        act="calendar.imported",
        actor=actor,
        at=at,
        data={
            **queries.facts_of(edition),
            "before": before.name,
            "added": list(joined.added),
            "changed": [each.day.isoformat() for each in joined.differs],
        },
        event={"edition_id": str(edition.id)},
    )
    return Taken(edition.id, edition.name, True, joined.added, replaced, joined.differs)


def _edition(rows: str, source: str, at: datetime, *, shipped: bool) -> CalendarEdition:
    """The edition to be written. The shipped table keeps its name; nothing else may have it, since cases stand on it."""
    taken = set(CalendarEdition.objects.values_list("name", flat=True))
    if not shipped:
        taken.add(queries.edition_of_calendar(None).name)
    calendar = Calendar.from_rows(rows_of(rows.split("\n")), edition="")
    name = name_of(calendar, taken)
    return CalendarEdition(
        name=name,
        rows=rows,
        source=source,
        digest=digest_of(name, rows),
        first=calendar.first,
        last=calendar.last,
        imported_at=at,
    )
