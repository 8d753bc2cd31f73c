"""Reading JSON files for an import (读取导入文件): every finding with its JSON path, nothing hidden taken in."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NoReturn, TypeVar

from django.db import IntegrityError, transaction

from tongban.base.errors import Refusal
from tongban.base.imports import Outcome, Report
from tongban.standards import plaintext
from tongban.standards.text import Message

LARGEST_FILE = 2 * 1024 * 1024  # bytes; [O] our own number

T = TypeVar("T")


class BadFile(Exception):  # noqa: N818 -- a finding about a file, with the place in it
    """Something in a guide file that cannot be taken (指南有误): JSON path and reason."""

    def __init__(self, findings: Sequence[tuple[str, str]]) -> None:
        super().__init__(findings)
        self.findings = findings


def bad(where: str, why: str) -> NoReturn:
    """Refuse the file for one finding (拒收文件)."""
    raise BadFile([(where, why)])


Refuse = Callable[[Sequence[tuple[str, str]]], None]


def take_files(
    path: Path,
    report: Report,
    at: datetime,
    take: Callable[[Path, Outcome, Refuse, datetime], None],
) -> int:
    """Take in a JSON file, or all in a folder, whole or not at all (整体导入); returns the exit code.

    ``take`` takes in one file; it raises BadFile, or hands findings on and goes on looking, so that one run names all.
    """
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    outcome = Outcome(path, report)
    if not files:
        report(f"{path.name}: no *.json file in this folder")
        return 1
    try:
        with transaction.atomic():
            for file in files:
                _take(file, outcome, at, take)
            if outcome.refused:
                raise _NothingWritten
    except _NothingWritten:
        report(f"{path.name}: {outcome.refused} problems, nothing was imported")
        return 1
    report(outcome.summary())
    return 0


def _take(
    file: Path, outcome: Outcome, at: datetime, take: Callable[[Path, Outcome, Refuse, datetime], None]
) -> None:
    def refuse(findings: Sequence[tuple[str, str]]) -> None:
        for where, why in dict.fromkeys(findings):
            outcome.refused += 1
            outcome.report(f"{file.name}: {where}: {why}")

    try:
        take(file, outcome, refuse, at)
    except BadFile as found:
        refuse(found.findings)


class _NothingWritten(Exception):  # noqa: N818 -- a way out of the transaction, not an error
    """Leaves the transaction of an import that found something bad."""


def read_json(file: Path) -> object:
    """What a JSON file says (读取文件). Raises BadFile."""
    try:
        raw = file.read_bytes()
        if len(raw) > LARGEST_FILE:
            bad("$", f"larger than {LARGEST_FILE} bytes")
        return json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_once)
    except OSError as error:
        bad("$", f"cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        bad("$", "the file is not UTF-8 text")
    except RecursionError:
        bad("$", "nested too deeply")
    except ValueError as error:
        bad("$", f"the file is not JSON: {error}")


def hidden_in(value: object, where: str) -> Iterator[tuple[str, str]]:
    """Texts with control characters or broken ones (隐藏字符), which neither a page nor the database can take."""
    if isinstance(value, str):
        try:
            plaintext.clean(value, limit=LARGEST_FILE, multiline=True)
        except plaintext.BadText as error:
            yield where, str(error)
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from hidden_in(key, f"{where}.{key!r}")
            yield from hidden_in(part, f"{where}.{key}")
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from hidden_in(part, f"{where}[{place}]")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object whose keys stand once: the last of two would win in silence."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def value_of(where: str, given: object, read: Callable[[str], T]) -> T:
    """A text of the file, read (读取一值). Raises BadFile."""
    if not isinstance(given, str):
        bad(where, "a text is wanted")
    try:
        return read(given)
    except ValueError as error:
        bad(where, str(error))


@contextmanager
def refusing(where: str) -> Iterator[None]:
    """A savepoint in which a refusal becomes a finding about the file (拒绝即发现)."""
    try:
        with transaction.atomic():
            yield
    except Refusal as refusal:
        raise BadFile(list(refused_by(refusal, where))) from refusal
    except IntegrityError as error:
        bad(where, f"contradicts what is published: {str(error).splitlines()[0]}")


def refused_by(refusal: Refusal, where: str) -> Iterator[tuple[str, str]]:
    """A refusal as findings (拒绝的内容): what was refused, then each field with its reasons."""
    yield where, str(refusal)
    for name, reasons in refusal.fields.items():
        for reason in reasons:
            yield where, f"{name}: {said(reason)}"


def said(text: str) -> str:
    """A text with its values in place (成文)."""
    return str(text) % text.params if isinstance(text, Message) else text
