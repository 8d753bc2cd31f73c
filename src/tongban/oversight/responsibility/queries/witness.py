"""Every signature held against the roots and the register of holders (签名对账): what `tongban ledger verify` asks after the ledger itself."""

from collections.abc import Iterator, Sequence

from tongban.base.batches import batched
from tongban.base.ledger import queries as ledger
from tongban.base.ledger.rules import Finding, content_of, signature_of
from tongban.oversight.responsibility.queries.judging import holders_of, judge
from tongban.oversight.responsibility.rules.report import Judge, Kept, Outcome, check_signature, read

_CHUNK = 500


def against_ledger() -> Iterator[Finding]:
    """Signed acts whose signature does not hold (签名对账), by row and part; read piece by piece."""
    found = judge()
    for rows in batched(ledger.signed_entries(), _CHUNK):
        yield from _of(rows, found)


def _of(rows: Sequence[ledger.SignedEntry], judged_by: Judge) -> Iterator[Finding]:
    kept = Kept(holders=holders_of([row.evidence for row in rows]))
    for row in rows:
        account = str(read(row.body).get("actor", {}).get("id", ""))
        signed = judged_by(row.evidence, content_of(row.body))
        for one in check_signature(row.evidence, signature_of(row.body) or "", signed, account, kept):
            if one.outcome is Outcome.BROKEN:
                yield Finding(
                    f"ledger_evidence({row.stream}, {row.seq})", f"does not hold: its {one.part.value}"
                )
