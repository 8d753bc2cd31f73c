"""Import of bundles (一件事导入) from JSON: what belongs together, held against the items' guides; whole or not at all."""

from datetime import datetime
from pathlib import Path

from django.utils import timezone

from tongban.base.actor import system
from tongban.base.errors import Invalid
from tongban.base.imports import Outcome, Report
from tongban.offers.catalogue import actions, queries
from tongban.offers.catalogue.imports.reading import (
    BadFile,
    Refuse,
    bad,
    hidden_in,
    read_json,
    said,
    take_files,
)


def run_bundles(path: Path, report: Report, *, at: datetime | None = None) -> int:
    """Import bundles (一件事导入) from a JSON file, or from all in a folder; returns the exit code.

    A bundle is published anew only where it differs from what is in force under its code. ``at``: now unless given.
    """
    return take_files(path, report, at or timezone.now(), _take_bundle)


def _take_bundle(file: Path, outcome: Outcome, refuse: Refuse, at: datetime) -> None:
    body = read_json(file)
    if not isinstance(body, dict):
        bad("$", "an object is wanted")
    if hidden := list(hidden_in(body, "$")):
        raise BadFile(hidden)
    try:
        definition = actions.read_bundle(body)
        fresh = definition.code not in {one.definition.code for one in queries.bundles()}
        published = actions.publish_bundle(
            actor=system("catalogue.import"), definition=definition, on=timezone.localtime(at).date(), at=at
        )
    except Invalid as invalid:
        raise BadFile(
            [(where, said(why)) for where, whys in invalid.fields.items() for why in whys]
        ) from invalid
    outcome.added += published and fresh
    outcome.changed += published and not fresh
    outcome.unchanged += not published
