"""Certificates held against the ledger (证书对账): each stands where its acts have left it, and says what was issued."""

from collections.abc import Iterator

from tongban.base.batches import batched
from tongban.base.ledger import queries as ledger
from tongban.base.ledger.queries import Act
from tongban.base.ledger.rules import Finding
from tongban.people.certificates.models import Authority, Certificate
from tongban.people.certificates.rules.moves import CertificateState, CertificateVerb, find

_CHUNK = 500
_VERBS = {f"certificates.{verb}": verb for verb in CertificateVerb}


def expected(acts: list[Act]) -> tuple[CertificateState | None, str, str]:
    """State, fingerprint and reason of its end (应有状态), derived from the acts alone; no state where they do not fit the table."""
    if not acts:
        return None, "", ""
    state: CertificateState | None = CertificateState.REQUESTED
    if acts[0].act == "certificates.follow" and acts[0].data.get("by") == CertificateVerb.RENEW:
        state = CertificateState.APPROVED
    fingerprint = reason = ""
    for act in acts[1:]:
        verb = _VERBS.get(act.act)
        if verb is None or state is None:
            continue
        move = find(state, verb)
        state = None if move is None else move.target
        fingerprint = str(act.data.get("fingerprint", fingerprint))
        if verb in (CertificateVerb.REVOKE, CertificateVerb.SUPERSEDE):
            reason = str(act.data.get("reason", ""))
    return state, fingerprint, reason


def against_ledger() -> Iterator[Finding]:
    """Hold every certificate and every authority against the ledger (证书对账)."""
    for batch in batched(Certificate.objects.order_by("id").iterator(_CHUNK), _CHUNK):
        told = ledger.acts_of_many([f"certificate:{row.id}" for row in batch])
        for row in batch:
            state, fingerprint, reason = expected(told.get(f"certificate:{row.id}", []))
            name = f"certificate({row.id})"
            if state != row.state:
                yield Finding(name, "changed: its state is not what the ledger says")
            if fingerprint != (row.fingerprint or ""):
                yield Finding(name, "changed: it is not the certificate that was issued")
            if reason != row.ended_because:
                yield Finding(name, "changed: its end is not what the ledger says")
    yield from _authorities()
    yield from ledger.gone("certificate", "certificate", Certificate.objects.all())


def _authorities() -> Iterator[Finding]:
    rows = list(Authority.objects.order_by("made_at"))
    told = ledger.acts_of_many([f"authority:{row.id}" for row in rows])
    for row in rows:
        made = next(
            (act for act in told.get(f"authority:{row.id}", []) if act.act == "certificates.ceremony"), None
        )
        ended = any(act.act == "certificates.revoke_authority" for act in told.get(f"authority:{row.id}", []))
        if ended != (row.revoked_at is not None):
            yield Finding(f"certificate_authority({row.id})", "changed: its end is not what the ledger says")
        if made is None or made.data["fingerprint"] != row.fingerprint:
            yield Finding(f"certificate_authority({row.id})", "changed: it is not what its ceremony made")
