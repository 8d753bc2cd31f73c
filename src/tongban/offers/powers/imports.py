"""Import of power lists (权责清单导入) from csv: one row is what an entry says from a day on; whole or not at all.

Rows of one organ and one day are one adjustment. What the list says already is left alone, so a file may be taken in again;
entries that the file does not name stay as they are. ``listed`` is ``no`` where the entry leaves the list that day, for
``reason`` and on ``basis``.
"""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from tongban.base.actor import system
from tongban.base.db import fetch_all
from tongban.base.errors import Refusal
from tongban.base.imports import BadRow, Outcome, Report, Row, read_csv
from tongban.offers.powers import actions
from tongban.offers.powers.rules.adjustments import LONGEST_BASIS, LONGEST_REASON, Change
from tongban.offers.powers.rules.content import Content, check_content, content_digest
from tongban.offers.powers.rules.usual import ACCOUNTABILITY, duties_of
from tongban.people.parties import queries as parties
from tongban.standards import credit_code, plaintext
from tongban.standards.item_codes import BasicCode, ItemType
from tongban.standards.text import Message, msg

COLUMNS = [
    "organ",
    "basic",
    "starts_on",
    "listed",
    "office",
    "level",
    "basis",
    "duties",
    "accountability",
    "phone",
    "note",
    "reason",
    "demonstration",
]
_IMPORTER = system("powers.import")
_USUAL = msg("责任事项和追责情形用的是通用范本。")
_FIRST = msg("首次公布清单")


class _NothingWritten(Exception):  # noqa: N818 -- a way out of the transaction, not an error
    """Leaves the transaction of an import that found something bad."""


@dataclass(frozen=True, slots=True)
class _Told:
    """A row, checked (已核对的行)."""

    line: int
    organ_id: uuid.UUID
    starts_on: date
    change: Change
    reason: str


def run(path: Path, report: Report, *, at: datetime | None = None) -> int:
    """Import the power lists of a csv file (权责清单导入); returns the exit code. ``at``: when this is done, now unless given."""
    outcome = Outcome(path, report)
    try:
        with transaction.atomic():
            told = list(_read(path, outcome))
            if not outcome.refused:
                _write(told, outcome, at or timezone.now())
            if outcome.refused:
                raise _NothingWritten
    except _NothingWritten:
        report(f"{path.name}: {outcome.refused} rows refused, nothing was imported")
        return 1
    report(outcome.summary())
    return 0


def _read(path: Path, outcome: Outcome) -> Iterator[_Told]:
    organs = {organ.credit_code: organ.id for organ in parties.organs()}
    seen: set[tuple[uuid.UUID, str, date]] = set()
    try:
        for line, row in read_csv(path, COLUMNS):
            try:
                told = _row(line, row, organs)
                place = (told.organ_id, told.change.basic, told.starts_on)
                if place in seen:
                    raise BadRow(f"{told.change.basic} stands twice for this organ and day")
            except ValueError as error:
                outcome.refuse(line, str(error))
                continue
            seen.add(place)
            yield told
    except BadRow as error:
        outcome.refuse(1, str(error))


def _row(line: int, row: Row, organs: Mapping[str, uuid.UUID]) -> _Told:
    """One row, checked (核对一行). Raises BadRow or BadCode (both ValueError) with the reason."""
    organ_id = organs.get(str(credit_code.parse(row["organ"])))
    if organ_id is None:
        raise BadRow(f"organ {row['organ']!r} is not known")
    basic = BasicCode.parse(row["basic"])
    try:
        starts_on = date.fromisoformat(row["starts_on"])
    except ValueError:
        raise BadRow(f"starts_on {row['starts_on']!r} is no day") from None
    for name in ("listed", "demonstration"):
        if row[name] not in ("yes", "no"):
            raise BadRow(f"{name} must be yes or no")
    reason = plaintext.clean(row["reason"], limit=LONGEST_REASON)
    if row["listed"] == "yes":
        return _Told(line, organ_id, starts_on, Change(str(basic), _content(row, basic.type)), reason)
    basis = plaintext.clean(row["basis"], limit=LONGEST_BASIS)
    if not reason or not basis:
        raise BadRow("an entry leaves a list for a reason and on a basis: both are wanted")
    return _Told(line, organ_id, starts_on, Change(str(basic), None, reason, basis), reason)


def _content(row: Row, kind: ItemType) -> Content:
    """What a row says; where it names neither duties nor accountability, the usual ones, and the note says so."""
    given = dict(row)
    if not row["duties"].strip() and not row["accountability"].strip():
        given["duties"] = "\n".join(map(str, duties_of(kind)))
        given["accountability"] = "\n".join(ACCOUNTABILITY)
        given["note"] = f"{row['note'].strip()}{_USUAL}"
    content, errors = check_content(given, demonstration=row["demonstration"] == "yes")
    if content is None:
        told = (f"{name}: {_filled(text)}" for name, texts in errors.items() for text in texts)
        raise BadRow("; ".join(told))
    return content


def _filled(text: str) -> str:
    return str(text) % text.params if isinstance(text, Message) else text


# --- writing -----------------------------------------------------------------------------------------------------------


def _write(told: list[_Told], outcome: Outcome, at: datetime) -> None:
    """One adjustment for each organ and day, in the order of days."""
    fresh = _without_known(told, outcome)
    fresh.sort(key=lambda one: (one.organ_id, one.starts_on))
    for (organ_id, starts_on), group in groupby(fresh, key=lambda one: (one.organ_id, one.starts_on)):
        rows = list(group)
        reasons = dict.fromkeys(one.reason for one in rows if one.reason)
        try:
            with transaction.atomic():
                actions.adjust(
                    actor=_IMPORTER,
                    organ_id=organ_id,
                    changes=[one.change for one in rows],
                    starts_on=starts_on,
                    reason="；".join(reasons)[:LONGEST_REASON] or _FIRST,
                    at=at,
                )
        except Refusal as refusal:
            for one in rows:
                for text in refusal.fields.get(one.change.basic, [] if refusal.fields else [str(refusal)]):
                    outcome.refuse(one.line, f"{one.change.basic}: {_filled(text)}")
            if not outcome.refused:
                outcome.refuse(rows[0].line, str(refusal))
            continue
        outcome.added += sum(one.change.content is not None for one in rows)
        outcome.changed += sum(one.change.content is None for one in rows)


# What stood from some day on, of every organ and entry that the file names: it is there already.
_KNOWN = """
    SELECT en.organ_id, en.basic_id, e.starts_on, e.ends_on, e.removed, e.name, e.item_type, e.digest
    FROM power_entry en JOIN power_edition e ON e.entry_id = en.id WHERE en.organ_id = ANY(%s)
"""


def _without_known(told: list[_Told], outcome: Outcome) -> list[_Told]:
    """The rows that the lists do not say yet (去掉已有的)."""
    said: dict[tuple[uuid.UUID, str], list[tuple[date, date | None, bool, str, str, str]]] = {}
    for organ_id, basic, *edition in fetch_all(_KNOWN, [list({one.organ_id for one in told})]):
        said.setdefault((organ_id, basic), []).append(tuple(edition))
    fresh = []
    for one in told:
        editions = said.get((one.organ_id, one.change.basic), [])
        if any(_says(one, *edition) for edition in editions):
            outcome.unchanged += 1
        else:
            fresh.append(one)
    return fresh


def _says(
    one: _Told, starts_on: date, ends_on: date | None, removed: bool, name: str, kind: str, digest: str
) -> bool:
    content = one.change.content
    if content is None:
        return removed and ends_on == one.starts_on
    in_force = starts_on <= one.starts_on and (ends_on is None or ends_on > one.starts_on)
    # Under the name that it bore then: a basic item may be called otherwise since.
    return in_force and content_digest(one.change.basic, name, kind, content.told()) == digest
