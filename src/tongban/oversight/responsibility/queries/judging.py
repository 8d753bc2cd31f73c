"""Judging signatures (签名核验): LOCAL ONLY until base.pki.evidence stands."""

from collections.abc import Collection

from tongban.oversight.responsibility.rules.report import Judge, Signed


def judge() -> Judge:
    def judged(evidence: bytes, content: bytes) -> Signed:
        raise NotImplementedError

    return judged


def holders_of(evidences: Collection[bytes]) -> dict[str, frozenset[str]]:
    return {}


def roots() -> dict[str, bytes]:
    return {}
