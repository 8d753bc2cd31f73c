"""Import of items as tables (表格导入): xlsx, csv in a zip, or JSON, by an operator. What differs becomes drafts, all or none.

Everything wrong is told by sheet, row, column and reason. Drafts go their way through the editors of the organs.
"""

from datetime import datetime
from pathlib import Path

from django.utils import timezone

from tongban.base.actor import Actor, ActorKind, Post
from tongban.base.errors import Refusal
from tongban.base.imports import Report
from tongban.offers.catalogue.actions import changes
from tongban.offers.catalogue.models import BulkChange
from tongban.offers.catalogue.rules.changes import ChangeState
from tongban.people.parties import queries as parties
from tongban.standards.text import Message

_SHOWN = 100
_LARGEST = 512 * 1024 * 1024  # bytes; [O] our own number


def run_sheets(path: Path, report: Report, *, at: datetime | None = None) -> int:
    """Import a file of items (表格导入) for every organ in it; returns the exit code. ``at``: now unless given."""
    when = at or timezone.now()
    if not path.is_file() or path.stat().st_size > _LARGEST:
        report(f"{path.name}: a file of at most {_LARGEST} bytes is wanted")
        return 1
    posts = frozenset(Post("editor", organ.id) for organ in parties.organs())
    operator = Actor(kind=ActorKind.SYSTEM, name="catalogue.import", posts=posts)
    try:
        change_id = changes.take_in(actor=operator, name=path.name, content=path.read_bytes(), at=when)
        changes.look_through(actor=operator, change_id=change_id, at=when)
        if BulkChange.objects.get(pk=change_id).state == ChangeState.READY:
            changes.confirm(actor=operator, change_id=change_id, at=when)
            changes.carry_out(actor=operator, change_id=change_id, at=when)
    except Refusal as refusal:
        report(f"{path.name}: {refusal}")
        return 1
    change = BulkChange.objects.get(pk=change_id)
    if change.state != ChangeState.DONE:
        for sheet, row, column, code, reason, params in change.problems[:_SHOWN]:
            said = str(Message(reason, params)) % params if params else reason
            report(f"{path.name}: {sheet}:{row}:{column}: {code} {said}")
        report(f"{path.name}: {change.refused} problems, nothing was imported")
        return 1
    report(f"{path.name}: {change.fresh} added, {change.changed} changed, {change.same} unchanged, 0 refused")
    return 0
