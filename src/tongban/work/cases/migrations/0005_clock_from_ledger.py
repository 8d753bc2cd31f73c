"""The history of the clock of cases that ran before there was one, from what the ledger tells of them."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import migrations

_HAPPENED = {
    "submit": "received",
    "resubmit": "received",
    "request_supplement": "waiting",
    "accept": "accepted",
    "grant": "decided",
    "decline": "ended",
    "refuse": "ended",
    "withdraw": "ended",
    "close": "ended",
}
_BATCH = 500
_CHINA = ZoneInfo("Asia/Shanghai")


def derive(apps, schema_editor):
    """Fill in ``clock`` of every submitted case, batch by batch."""
    with schema_editor.connection.cursor() as cursor:
        after = "00000000-0000-0000-0000-000000000000"
        while True:
            cursor.execute(
                "SELECT id FROM case_file WHERE id > %s AND state <> 'draft' AND clock = '[]' ORDER BY id LIMIT %s",
                [after, _BATCH],
            )
            ids = [row[0] for row in cursor.fetchall()]
            if not ids:
                return
            for case_id in ids:
                cursor.execute("SELECT body FROM ledger_entry WHERE stream = %s ORDER BY seq", [f"case:{case_id}"])
                events = [event for (body,) in cursor.fetchall() if (event := _event(json.loads(body)))]
                cursor.execute("UPDATE case_file SET clock = %s WHERE id = %s", [json.dumps(events), case_id])
            after = ids[-1]


def _event(body):
    what = _HAPPENED.get(body["act"].removeprefix("cases."))
    if what is None:
        return None
    day = datetime.fromisoformat(body["at"]).astimezone(_CHINA).date()
    return [what, day.isoformat(), 0, ""]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("cases", "0004_case_indexes"), ("ledger", "0001_initial")]

    operations = [migrations.RunPython(derive, migrations.RunPython.noop)]
