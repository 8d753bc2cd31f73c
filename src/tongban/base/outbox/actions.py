"""Relay of the outbox (事件转递): events become jobs, at least once, in order of arrival."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction

from tongban.base.db import fetch_all

BATCH = 200

# A relay that dies rolls back: its events are there again for the next. Several relays share the work.
_TAKE = """
    DELETE FROM outbox_event WHERE id IN (
        SELECT id FROM outbox_event ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
    ) RETURNING id, name, payload
"""

Defer = Callable[[str, int, Mapping[str, Any]], None]


@transaction.atomic
def relay(followups: Mapping[str, Sequence[str]], defer: Defer) -> int:
    """Turn one batch of events into jobs (转递); returns how many events were taken.

    ``followups``: event name -> names of jobs. ``defer(job, event id, payload)`` enqueues in the same transaction.
    """
    taken = sorted(fetch_all(_TAKE, [BATCH]))
    for event_id, name, payload in taken:
        for job in followups.get(name, ()):
            defer(job, event_id, json.loads(payload))
    return len(taken)
