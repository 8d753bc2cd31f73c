"""Cases held against the ledger (办件对账)."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

from tongban.base.db import fetch_all
from tongban.base.ledger import queries as ledger
from tongban.base.ledger.rules import Finding
from tongban.standards.canonical import digest
from tongban.work.cases.models import Case, Document
from tongban.work.cases.rules.delivery import told as told_of_delivery
from tongban.work.cases.rules.witness import differing, expected

_CHUNK = 1_000
_FILES = """
    SELECT c.id, c.number, c.state, c.edition_id, c.organ_id, c.party_id, c.account_id, c.form, c.kept, c.examiner_id,
           c.started_at, c.submitted_at, c.accepted_at, c.decided_at, c.ended_at,
           c.act_by, c.warn_on, c.promised_on, c.due_on, c.provisional, c.place, c.counter_id, c.bundle_id,
           c.handler_id, c.later_by, c.clock, c.committed, c.delivery,
           (SELECT array_agg(a.key || ' ' || a.material_id ORDER BY a.key, a.material_id)
              FROM case_attachment a WHERE a.case_id = c.id) AS handed_in
    FROM case_file c WHERE c.id > %s ORDER BY c.id LIMIT %s
"""
_FILE_COLUMNS = [
    "id",
    "number",
    "state",
    "edition_id",
    "organ_id",
    "party_id",
    "account_id",
    "form",
    "kept",
    "examiner_id",
    "started_at",
    "submitted_at",
    "accepted_at",
    "decided_at",
    "ended_at",
    "act_by",
    "warn_on",
    "promised_on",
    "due_on",
    "provisional",
    "place",
    "counter_id",
    "bundle_id",
    "handler_id",
    "later_by",
    "clock",
    "committed",
    "delivery",
    "handed_in",
]


def against_ledger() -> Iterator[Finding]:
    """Hold every case and every document against the ledger (办件对账): what differs, row by row, in bounded memory."""
    after = uuid.UUID(int=0)
    while rows := fetch_all(_FILES, [after, _CHUNK]):
        acts = ledger.acts_of_many([f"case:{row[0]}" for row in rows])
        documents: dict[uuid.UUID, list[Document]] = {}
        for document in Document.objects.filter(case_id__in=[row[0] for row in rows]):
            documents.setdefault(document.case_id, []).append(document)
        for row in rows:
            found = dict(zip(_FILE_COLUMNS, row, strict=True))
            told = acts.get(f"case:{row[0]}", [])
            yield from _case_findings(found, told)
            yield from _document_findings(documents.get(row[0], []), told)
        after = rows[-1][0]
    # A discarded draft is not lost.
    yield from ledger.gone("case", "case_file", Case.objects.all(), unless="cases.discard")


def _case_findings(found: dict[str, Any], told: list[ledger.Act]) -> Iterator[Finding]:
    if not told:
        yield Finding(f"case_file({found['id']})", "changed: the ledger knows nothing of this case")
        return
    found |= {name: digest(json.loads(found[name])) for name in ("form", "kept")}
    found["handed_in"] = found["handed_in"] or []
    found["delivery"] = json.dumps(told_of_delivery(json.loads(found["delivery"])))
    for name in ("clock", "committed", "delivery"):
        found[name] = None if found[name] is None else json.loads(found[name])
    for name in differing(expected(told), found):
        yield Finding(f"case_file({found['id']})", f"changed: {name} is not what its last act left")


def _document_findings(documents: list[Document], told: list[ledger.Act]) -> Iterator[Finding]:
    digests = {str(act.data["document"]): act.data["digest"] for act in told if "document" in act.data}
    for document in documents:
        if digests.pop(str(document.id), None) != digest(document.body):
            yield Finding(f"case_document({document.id})", "changed: its text is not what was recorded")
    for gone in digests:
        yield Finding(f"case_document({gone})", "missing: recorded in the ledger")
    filed = {str(act.data["filed"]): act.data for act in told if "filed" in act.data}
    for document in documents:
        kept = filed.get(str(document.id), {})
        if (document.number, document.file_id) != (kept.get("number"), kept.get("file")):
            yield Finding(
                f"case_document({document.id})", "changed: its number or file is not what was recorded"
            )
