"""Import of sightings (所见导入): what was really shown of items at counters and on sites, from csv."""

from datetime import date, datetime
from pathlib import Path

from django.utils import timezone

from tongban.base.actor import system
from tongban.base.errors import Invalid
from tongban.base.imports import BadRow, Outcome, Report, Row, read_csv, run_import
from tongban.offers.catalogue import actions
from tongban.offers.catalogue.imports.reading import refused_by
from tongban.offers.catalogue.models import Item
from tongban.offers.catalogue.rules.sightings import Shown, days, entries
from tongban.standards import plaintext

SEEN = ["item_code", "channel", "where", "seen_on", "reporter", "name", "statutory_days", "promised_days"]
SEEN += ["materials", "fees", "note"]


def run_sightings(path: Path, report: Report, *, at: datetime | None = None) -> int:
    """Import what was seen at counters and on sites (所见导入) from a csv file; returns the exit code. Idempotent."""
    when = at or timezone.now()
    codes = set(Item.objects.values_list("code", flat=True))

    def read(row: Row) -> actions.Seen:
        shown = Shown(
            plaintext.clean(row["name"], limit=200),
            days(row["statutory_days"]),
            days(row["promised_days"]),
            entries(row["materials"]),
            entries(row["fees"]),
        )
        where, on = row["where"], date.fromisoformat(row["seen_on"].strip())
        code, channel = row["item_code"].strip(), row["channel"].strip()
        seen = actions.Seen(code, channel, where, on, row["reporter"], shown, row["note"])
        if seen.item_code not in codes:
            raise BadRow(f"no item with the code {seen.item_code!r}")
        try:
            actions.read_seen(seen, timezone.localtime(when).date())
        except Invalid as invalid:
            raise BadRow("; ".join(why for _, why in refused_by(invalid, ""))) from invalid
        return seen

    def write(batch: list[actions.Seen], outcome: Outcome) -> None:
        for seen in batch:
            _, fresh = actions.record_sighting(actor=system("catalogue.import"), seen=seen, at=when)
            outcome.added += fresh
            outcome.unchanged += not fresh

    return run_import(path, report, read_csv(path, SEEN), read, write)
