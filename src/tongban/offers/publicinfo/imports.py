"""Import of laws (法规导入): one file, or a folder of them, goes in whole or not at all."""

import hashlib
from datetime import date, datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from tongban.base.actor import system
from tongban.base.errors import Refusal
from tongban.base.imports import Outcome, Report
from tongban.offers.publicinfo import actions
from tongban.offers.publicinfo.rules.laws import BadLaw, LawText, read_file_name, read_law
from tongban.standards.citations import key_of

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
