"""Imports of public information (公开信息导入): laws, one file or a folder of them, and agencies; whole or not at all."""

import hashlib
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from tongban.base.actor import system
from tongban.base.errors import Refusal
from tongban.base.imports import BadRow, Outcome, Report, Row, read_csv, run_import
from tongban.offers.publicinfo import actions, queries
from tongban.offers.publicinfo.rules.documents import DocumentKind, check_content
from tongban.offers.publicinfo.rules.laws import BadLaw, LawText, read_file_name, read_law
from tongban.people.parties import queries as parties
from tongban.standards.citations import key_of
from tongban.standards.text import Message

LARGEST_FILE = 4 * 1024 * 1024  # bytes; [O] our own number, ten times the longest law in force
_IMPORTER = system("publicinfo.import")


class _NothingWritten(Exception):  # noqa: N818 -- a way out of the transaction, not an error
    """Leaves the transaction of an import that found something bad."""


def run(path: Path, report: Report, *, at: datetime | None = None) -> int:
    """Import laws (法规导入) from ``title(YYYY-MM-DD).md`` or a folder of such files; returns the exit code.

    A wording that is published already is left alone. ``at``: when this is done, now unless given.
    """
    when = at or timezone.now()
    files = sorted(path.glob("*.md")) if path.is_dir() else [path]
    outcome = Outcome(path, report)
    if not files:
        report(f"{path.name}: no *.md file in this folder")
        return 1
    try:
        with transaction.atomic():
            # The oldest first, whatever the files are called: each wording ends the one before it.
            for file in sorted(files, key=_dated):
                _take(file, outcome, report, when)
            if outcome.refused:
                raise _NothingWritten
    except _NothingWritten:
        report(f"{path.name}: {outcome.refused} files refused, nothing was imported")
        return 1
    report(outcome.summary())
    return 0


def _dated(file: Path) -> tuple[date, str]:
    try:
        return read_file_name(file.stem)[1], file.name
    except BadLaw:
        return date.min, file.name


def _take(file: Path, outcome: Outcome, report: Report, at: datetime) -> None:
    def refuse(line: int, reason: str) -> None:
        outcome.refused += 1
        report(f"{file.name}:{line}: {reason}")

    try:
        name, dated = read_file_name(file.stem)
        raw = _bytes(file)
        text = _law(raw, name)
        with transaction.atomic():
            source = hashlib.sha256(raw).hexdigest()
            fresh = actions.publish_law(actor=_IMPORTER, text=text, dated=dated, source_digest=source, at=at)
    except BadLaw as bad:
        refuse(bad.line, str(bad))
    except Refusal as refusal:
        refuse(1, str(refusal))
    else:
        outcome.added += fresh
        outcome.unchanged += not fresh


def _bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            raw = opened.read(LARGEST_FILE + 1)
    except OSError as error:
        raise BadLaw(1, f"cannot be read: {error.strerror}") from error
    if len(raw) > LARGEST_FILE:
        raise BadLaw(1, f"larger than {LARGEST_FILE} bytes")
    return raw


def _law(raw: bytes, name: str) -> LawText:
    """The law, read line by line; its title must be the one that the file is named by."""
    try:
        lines = raw.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise BadLaw(raw[: error.start].count(b"\n") + 1, "not UTF-8 text") from error
    text = read_law(lines)
    if key_of(text.title) != key_of(name):
        raise BadLaw(1, f"the title {text.title} is not the one of the file's name")
    return text


# --- agencies ----------------------------------------------------------------------------------------------------------

AGENCY_COLUMNS = [
    "organ",
    "name",
    "credit_code",
    "qualifications",
    "services",
    "places",
    "address",
    "phone",
    "charge",
    "since",
    "notes",
]


@dataclass(frozen=True, slots=True)
class _AgencyRow:
    """A row that can be taken in (机构行)."""

    line: int
    organ_id: uuid.UUID
    content: dict[str, str]


def run_agencies(path: Path, report: Report, *, at: datetime | None = None) -> int:
    """Import agencies (中介机构导入) from a csv file of :data:`AGENCY_COLUMNS`; returns the exit code.

    ``organ``: credit code of the organ that keeps the list; ``services``: names of published services, and ``places``: codes,
    parted by ；; ``qualifications``: one a line, 名称；编号；有效期. Each then waits for the review by an editor.
    """
    when = at or timezone.now()
    named: dict[str, list[str]] = {}
    for service_id, name in queries.service_names().items():
        named.setdefault(name, []).append(str(service_id))
    seen: set[str] = set()

    def read(row: Row) -> _AgencyRow:
        organ = parties.organ_by_code(row["organ"].strip())
        if organ is None:
            raise BadRow(f"organ {row['organ']!r} is not known")
        services = [_service(named, name) for name in _parted(row["services"])]
        content = {
            name: row[name]
            for name in ("credit_code", "qualifications", "address", "phone", "charge", "since")
        }
        content |= {"kind": DocumentKind.AGENCY.value, "title": row["name"], "body": row["notes"]}
        content |= {"services": "\n".join(services), "places": "\n".join(_parted(row["places"]))}
        checked, errors = check_content(content)
        if checked is None:
            raise BadRow(_said(errors))
        code = str(checked.facts["credit_code"])
        if code in seen:
            raise BadRow(f"credit code {code} stands twice in this file")
        seen.add(code)
        return _AgencyRow(int(row[_LINE]), organ.id, content)

    def write(batch: list[_AgencyRow], outcome: Outcome) -> None:
        for row in batch:
            try:
                taken = actions.take_in_agency(
                    actor=_IMPORTER, organ_id=row.organ_id, content=row.content, at=when
                )
            except Refusal as refusal:
                outcome.refuse(row.line, _said(refusal.fields) or str(refusal))
            else:
                setattr(outcome, taken.value, getattr(outcome, taken.value) + 1)

    return run_import(path, report, _numbered(path), read, write)


_LINE = "\0line"  # no column of a file is called so


def _numbered(path: Path) -> Iterator[tuple[int, Row]]:
    """Rows that know their line: an agency that is on the list already is found out only when it is written."""
    for number, row in read_csv(path, AGENCY_COLUMNS):
        yield number, {**row, _LINE: str(number)}


def _parted(cell: str) -> list[str]:
    return [part for each in cell.replace(";", "；").split("；") if (part := each.strip())]


def _service(named: dict[str, list[str]], name: str) -> str:
    found = named.get(name, [])
    if len(found) != 1:
        raise BadRow(f"service {name!r} is {'the name of several' if found else 'not public'}")
    return found[0]


def _said(errors: Mapping[str, list[str]]) -> str:
    told = [
        f"{name}: {text % text.params if isinstance(text, Message) else text}"
        for name, texts in errors.items()
        for text in texts
    ]
    return "; ".join(told)
