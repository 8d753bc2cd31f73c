"""Public results (行政许可公示): decisions that the law opens, for anybody; the holder's name masked."""

import uuid
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from tongban.base.db import fetch_all
from tongban.people.parties import queries as parties
from tongban.records.licences import queries as licences
from tongban.records.licences.rules import Standing, masked_name
from tongban.work.cases.models import Result
from tongban.work.cases.rules.moves import State, Verb


@dataclass(frozen=True, slots=True)
class ResultView:
    """A decision as everybody may read it (公示内容). ``valid_*``, ``standing``: of the licence, once it is issued."""

    id: uuid.UUID
    number: str
    verb: Verb
    item_name: str
    item_code: str
    organ_name: str
    place_name: str
    holder_name: str
    decided_on: date
    revoked: bool
    licence_name: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    standing: Standing | None = None


Mark = tuple[date, uuid.UUID]

_COLUMNS = (
    "id",
    "document__number",
    "document__verb",
    "case__edition__name",
    "item__code",
    "organ__name",
    "item__place__name",
    "case__party__name",
    "decided_on",
    "case__state",
    "case_id",
)


def results(
    *,
    on: date,
    organ_id: uuid.UUID | None = None,
    item_id: uuid.UUID | None = None,
    month: date | None = None,
    before: Mark | None = None,
    limit: int = 30,
) -> list[ResultView]:
    """Open decisions (公示清单), newest first, of an organ, an item, a month (its first day). Two statements.

    ``before``: day and id of the last one of the page before.
    """
    wanted = Q()
    if organ_id is not None:
        wanted &= Q(organ_id=organ_id)
    if item_id is not None:
        wanted &= Q(item_id=item_id)
    if month is not None:
        wanted &= Q(decided_on__gte=month, decided_on__lt=_next(month))
    if before is not None:
        day, last = before
        wanted &= Q(decided_on__lte=day) & (Q(decided_on__lt=day) | Q(id__lt=last))
    rows = list(Result.objects.filter(wanted).order_by("-decided_on", "-id").values_list(*_COLUMNS)[:limit])
    issued = licences.of_cases([row[10] for row in rows], on=on)
    return [_view(row, issued.get(row[10])) for row in rows]


def _view(row: tuple[object, ...], licence: licences.LicenceView | None) -> ResultView:
    id_, number, verb, item_name, item_code, organ_name, place_name, holder, day, state, _case = row
    return ResultView(
        id=id_,  # type: ignore[arg-type] # columns as named in _COLUMNS
        number=str(number),
        verb=Verb(str(verb)),
        item_name=str(item_name),
        item_code=str(item_code),
        organ_name=str(organ_name),
        place_name=str(place_name),
        holder_name=masked_name(str(holder)),
        decided_on=day,  # type: ignore[arg-type] # as above
        revoked=state == State.REVOKED,
        licence_name=licence.name if licence else "",
        valid_from=licence.valid_from if licence else None,
        valid_to=licence.valid_to if licence else None,
        standing=licence.standing if licence else None,
    )


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


# From organ to organ by one probe of the index each: the organs that have results are few, the results are not.
_ORGANS = """
    WITH RECURSIVE step AS (
        (SELECT organ_id FROM case_result ORDER BY organ_id LIMIT 1)
        UNION ALL
        SELECT (SELECT r.organ_id FROM case_result r WHERE r.organ_id > step.organ_id ORDER BY r.organ_id LIMIT 1)
        FROM step WHERE step.organ_id IS NOT NULL
    )
    SELECT organ_id FROM step WHERE organ_id IS NOT NULL
"""


def organs_with_results() -> list[parties.OrganView]:
    """The organs of which any decision is open (公示机关), by place and name. Two statements."""
    found = parties.organs_by_id([row[0] for row in fetch_all(_ORGANS, [])]).values()
    return sorted(found, key=lambda organ: (organ.place, organ.name))
