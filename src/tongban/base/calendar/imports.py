"""Import of the working calendar (日历导入): the rows of a notice, of several or of all years; whole or not at all."""

from datetime import datetime
from pathlib import Path

from django.utils import timezone

from tongban.base.actor import system
from tongban.base.calendar import actions, queries
from tongban.base.calendar.actions import Taken
from tongban.base.calendar.rules import BadTable, Fault
from tongban.base.errors import Refusal
from tongban.base.imports import Report

LARGEST_FILE = 1024 * 1024  # bytes; [O] our own number, thirty times the table of all years since 2004
_IMPORTER = system("calendar.import")
_SHOWN = 100


def run(path: Path, report: Report, *, at: datetime | None = None) -> int:
    """Import a csv file ``date,type,name,in_lieu`` (导入); returns the exit code.

    Years that the file speaks of are replaced, the others stay. What it changes in years that were covered is reported day
    by day. ``at``: when this is done, now unless given.
    """
    try:
        taken = actions.take_in(actor=_IMPORTER, text=_text(path), at=at or timezone.now())
    except BadTable as bad:
        for fault in bad.faults[:_SHOWN]:
            report(f"{path.name}:{fault.line}: {fault.reason}")
        report(f"{path.name}: {len(bad.faults)} lines refused, nothing was imported")
        return 1
    except Refusal as refusal:
        report(f"{path.name}:1: {refusal}")
        return 1
    _tell(path, taken, report)
    return 0


def run_first(path: Path, report: Report) -> int:
    """Import a file where there is no edition yet (首次导入); what was imported since is never undone by it."""
    return 0 if queries.current_id() is not None else run(path, report)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as opened:
            raw = opened.read(LARGEST_FILE + 1)
    except OSError as error:
        raise BadTable([Fault(1, f"cannot be read: {error.strerror}")]) from error
    if len(raw) > LARGEST_FILE:
        raise BadTable([Fault(1, f"larger than {LARGEST_FILE} bytes")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadTable([Fault(raw[: error.start].count(b"\n") + 1, "not UTF-8 text")]) from error


def _tell(path: Path, taken: Taken, report: Report) -> None:
    if not taken.fresh:
        report(f"{path.name}: nothing differs from the current edition {taken.name}")
        return
    for each in taken.differs:
        report(f"{each}{'' if each.counts else ' (counts as before)'}")
    added = f"years added: {_years(taken.added)}" if taken.added else "no year added"
    report(
        f"{path.name}: edition {taken.name}; {added}; days that differ in covered years: {len(taken.differs)}"
    )


def _years(years: tuple[int, ...]) -> str:
    return ", ".join(map(str, years))
