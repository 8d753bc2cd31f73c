"""Importing of files (文件导入): each bad row named by file, line and reason; a file goes in whole or not at all."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from django.db import models, transaction

Row = Mapping[str, str]
Report = Callable[[str], None]

_SHOWN = 100
M = TypeVar("M", bound=models.Model)


class BadRow(ValueError):  # noqa: N818 -- named as the importer speaks of it
    """A row that cannot be taken (坏行), with the reason in the importer's words."""


def read_csv(path: Path, required: Sequence[str]) -> Iterator[tuple[int, Row]]:
    """(line number, row) of a UTF-8 csv file with a header (逐行读取), streaming.

    Raises :class:`BadRow` for a file that is not UTF-8, lacks a required column, or has a row of another width.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, strict=True)
            missing = [name for name in required if name not in (reader.fieldnames or ())]
            if missing:
                raise BadRow(f"columns missing: {', '.join(missing)}")
            for row in reader:
                if None in row or None in row.values():
                    raise BadRow(f"line {reader.line_num}: as many cells as the header has are wanted")
                yield reader.line_num, row
    except UnicodeDecodeError as error:
        raise BadRow("the file is not UTF-8 text") from error
    except csv.Error as error:
        raise BadRow(f"the file is not csv: {error}") from error


class Outcome:
    """Outcome of an import (导入结果): counts, and the refused rows with their reasons."""

    def __init__(self, path: Path, report: Report) -> None:
        self.path, self.report = path, report
        self.added = self.changed = self.unchanged = self.refused = 0

    def refuse(self, line: int, reason: str) -> None:
        """Note a bad row (拒收)."""
        self.refused += 1
        if self.refused <= _SHOWN:
            self.report(f"{self.path.name}:{line}: {reason}")

    def summary(self) -> str:
        """One line for the end (小结)."""
        return f"{self.path.name}: {self.added} added, {self.changed} changed, {self.unchanged} unchanged, {self.refused} refused"


class _NothingWritten(Exception):  # noqa: N818 -- a way out of the transaction, not an error
    """Leaves the transaction of an import that found bad rows."""


_BATCH = 500
T = TypeVar("T")


def run_import(
    path: Path,
    report: Report,
    rows: Iterator[tuple[int, Row]],
    read: Callable[[Row], T],
    write: Callable[[list[T], Outcome], None],
) -> int:
    """Read all ``rows``, write them in batches, in one transaction (整体导入); returns the exit code.

    ``read`` raises ValueError (BadRow, BadCode) for a row it refuses; the rest is still checked, so that one run names
    every bad row, and then nothing is written at all. ``write`` stores one batch and counts into the outcome.
    """
    outcome = Outcome(path, report)
    try:
        with transaction.atomic():
            for batch in _batches(rows, read, outcome):
                write(batch, outcome)
            if outcome.refused:
                raise _NothingWritten
    except _NothingWritten:
        report(f"{path.name}: {outcome.refused} rows refused, nothing was imported")
        return 1
    report(outcome.summary())
    return 0


def _batches(
    rows: Iterator[tuple[int, Row]], read: Callable[[Row], T], outcome: Outcome
) -> Iterator[list[T]]:
    batch: list[T] = []
    try:
        for line, row in rows:
            try:
                batch.append(read(row))
            except ValueError as error:
                outcome.refuse(line, str(error))
            if len(batch) >= _BATCH:
                yield batch
                batch = []
    except BadRow as error:
        outcome.refuse(1, str(error))
    if batch and not outcome.refused:
        yield batch


def upsert(objects: Sequence[M], key: str, outcome: Outcome) -> None:
    """Insert what is new and change what differs (按键合并), by the unique field ``key``; counts into ``outcome``."""
    model = type(objects[0])
    fields = [f.attname for f in model._meta.concrete_fields if not f.primary_key or f.name == key]
    compared = [name for name in fields if name != key]
    found = {
        getattr(row, key): row
        for row in model._default_manager.filter(**{f"{key}__in": [getattr(o, key) for o in objects]})
    }
    fresh: dict[object, M] = {}
    changed: list[M] = []
    for new in objects:
        old = found.get(getattr(new, key))
        if old is None:
            fresh[getattr(new, key)] = new
        elif any(getattr(old, name) != getattr(new, name) for name in compared):
            for name in compared:
                setattr(old, name, getattr(new, name))
            changed.append(old)
        else:
            outcome.unchanged += 1
    model._default_manager.bulk_create(fresh.values())
    if changed:
        model._default_manager.bulk_update(changed, compared)
    outcome.added += len(fresh)
    outcome.changed += len(changed)
