"""Judging signatures (签名核验): what the library of evidence finds, by part and in words. Pure.

Source: 电子签名法第十三条 (a reliable signature: any change to it or to the text is noticed); how evidence is examined: ``base.pki.evidence``.
"""

from collections.abc import Mapping, Sequence

from tongban.base.pki.certificates import Certificate, load_certificates
from tongban.base.pki.evidence import Part as Piece
from tongban.base.pki.evidence import Verdict, Wrong, verify_evidence
from tongban.base.pki.names import part_of
from tongban.oversight.responsibility.rules.report import SIGNED_PARTS, Judge, Part, Signed
from tongban.standards.text import msg

_WORDS: Mapping[Wrong, str] = {
    Wrong.ALTERED: msg("被改过。"),
    Wrong.MISSING: msg("缺少。"),
    Wrong.TOO_LATE: msg("签名写的时间晚于时间戳。"),
    Wrong.WRONG_ROOT: msg("不是从可信的根证书签发的。"),
    Wrong.WRONG_USAGE: msg("证书不是用来签名的。"),
    Wrong.NOT_YET_VALID: msg("签名时证书还没有生效。"),
    Wrong.EXPIRED: msg("签名时证书已经过期。"),
    Wrong.ON_HOLD: msg("签名时证书被停用。"),
    Wrong.REVOKED: msg("签名时证书已经撤销。"),
    Wrong.UNKNOWN: msg("签名时证书的状态不明。"),
}


def read_roots(files: Sequence[bytes]) -> tuple[Certificate, ...]:
    """Root certificates (读取根证书) from files, PEM or DER. ``ValueError`` for what is none."""
    return tuple(found for content in files for found in load_certificates(content))


def judge_by(roots: Sequence[Certificate]) -> Judge:
    """A judge that believes these roots alone (按根证书核验)."""
    trusted = tuple(roots)
    return lambda evidence, content: signed(verify_evidence(evidence, content, trusted))


def signed(verdict: Verdict) -> Signed:
    """A verdict as the report tells it (核验结论). What stands behind an unreadable signature cannot be judged."""
    faults = {Part(fault.part.value): _WORDS[fault.wrong] for fault in reversed(verdict.faults)}
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
