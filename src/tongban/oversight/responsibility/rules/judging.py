"""Judging signatures (签名核验): what the library of evidence finds, by part and in words. Pure.

Source: 电子签名法第十三条 (a reliable signature: any change to it or to the text is noticed); how evidence is examined: ``base.pki.evidence``.
"""

from collections.abc import Sequence

from tongban.base.pki.certificates import Certificate, load_certificates
from tongban.base.pki.evidence import Part as Piece
from tongban.base.pki.evidence import Verdict, verify_evidence
from tongban.base.pki.names import part_of
from tongban.oversight.responsibility.rules.report import SIGNED_PARTS, Judge, Part, Signed
from tongban.people.certificates.rules.verdicts import WRONG_LABELS


def read_roots(files: Sequence[bytes]) -> tuple[Certificate, ...]:
    """Root certificates (读取根证书) from files, PEM or DER. ``ValueError`` for what is none."""
    return tuple(found for content in files for found in load_certificates(content))


def judge_by(roots: Sequence[Certificate]) -> Judge:
    """A judge that believes these roots alone (按根证书核验)."""
    trusted = tuple(roots)
    return lambda evidence, content: signed(verify_evidence(evidence, content, trusted))


def signed(verdict: Verdict) -> Signed:
    """A verdict as the report tells it (核验结论). What stands behind an unreadable signature cannot be judged."""
    faults = {Part(fault.part.value): WRONG_LABELS[fault.wrong] for fault in reversed(verdict.faults)}
    unjudged: frozenset[Part] = frozenset()
    if verdict.signer is None:
        unjudged = frozenset(SIGNED_PARTS) - faults.keys()
    elif Piece.SIGNATURE in verdict.parts:
        unjudged = frozenset({Part.CONTENT}) - faults.keys()
    signer = verdict.signer
    return Signed(
        subject="" if signer is None else signer.name,
        serial="" if signer is None else f"{signer.serial:X}",
        issuer="" if signer is None else _issuer(verdict, signer),
        fingerprint="" if signer is None else signer.fingerprint,
        stamped_at=verdict.stamped_at,
        name="" if signer is None else (part_of(signer.subject, "CN") or signer.name),
        faults=faults,
        unjudged=unjudged,
    )


def _issuer(verdict: Verdict, signer: Certificate) -> str:
    return verdict.chain[1].name if len(verdict.chain) > 1 else signer.name
