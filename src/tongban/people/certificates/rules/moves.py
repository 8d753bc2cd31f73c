"""The life of a certificate (证书的一生) as one table: what is not in it cannot happen.

Source: 电子签名法 (certificates and their holders), RFC 5280 section 5.3.1 (reasons), RFC 3647 section 4.4 (life of a certificate);
that two persons are needed is ours, as everywhere in the house.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from tongban.standards.text import msg


class CertificateState(StrEnum):
    """State of a certificate (证书状态)."""

    REQUESTED = "requested"
    APPROVED = "approved"
    ISSUED = "issued"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


CERTIFICATE_STATE_LABELS: Final = {
    CertificateState.REQUESTED: msg("待审核"),
    CertificateState.APPROVED: msg("待领取"),
    CertificateState.ISSUED: msg("有效"),
    CertificateState.SUSPENDED: msg("已冻结"),
    CertificateState.REVOKED: msg("已吊销"),
    CertificateState.SUPERSEDED: msg("已换发"),
    CertificateState.EXPIRED: msg("已到期归档"),
    CertificateState.REFUSED: msg("审核没有通过"),
    CertificateState.WITHDRAWN: msg("已撤回申请"),
    CertificateState.LAPSED: msg("逾期没有领取"),
}


class CertificateVerb(StrEnum):
    """What moves a certificate (证书动作)."""

    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"
    ISSUE = "issue"
    TAKE = "take"
    DELIVER = "deliver"
    SUSPEND = "suspend"
    RESUME = "resume"
    REVOKE = "revoke"
    RENEW = "renew"
    REPLACE = "replace"
    SUPERSEDE = "supersede"
    EXPIRE = "expire"


CERTIFICATE_VERB_LABELS: Final = {
    CertificateVerb.APPROVE: msg("审核通过"),
    CertificateVerb.REFUSE: msg("不予通过"),
    CertificateVerb.WITHDRAW: msg("撤回申请"),
    CertificateVerb.LAPSE: msg("逾期没有领取，作废"),
    CertificateVerb.ISSUE: msg("签发"),
    CertificateVerb.TAKE: msg("下载证书文件"),
    CertificateVerb.DELIVER: msg("写入密码钥匙"),
    CertificateVerb.SUSPEND: msg("冻结"),
    CertificateVerb.RESUME: msg("解冻"),
    CertificateVerb.REVOKE: msg("吊销"),
    CertificateVerb.RENEW: msg("续期"),
    CertificateVerb.REPLACE: msg("换发"),
    CertificateVerb.SUPERSEDE: msg("被新证书取代"),
    CertificateVerb.EXPIRE: msg("到期归档"),
}


class MadeBy(StrEnum):
    """Who may make a move (由谁)."""

    HOLDER = "holder"  # whose certificate it is
    REGISTRAR = "registrar"  # any registrar who reaches it
    SECOND = "second"  # a registrar who neither registered it nor holds it, nor deputises for one who did
    SYSTEM = "system"  # the platform: jobs, and what follows from another move


@dataclass(frozen=True, slots=True)
class CertificateMove:
    """Move of a certificate (证书流转): from a state, by a verb, to a state, and who may make it."""

    source: CertificateState
    verb: CertificateVerb
    target: CertificateState
    by: frozenset[MadeBy]


S, V = CertificateState, CertificateVerb
_HOLDER, _SECOND, _SYSTEM = (frozenset({one}) for one in (MadeBy.HOLDER, MadeBy.SECOND, MadeBy.SYSTEM))
_REGISTRAR = frozenset({MadeBy.REGISTRAR})
_EITHER = frozenset({MadeBy.HOLDER, MadeBy.REGISTRAR})

CERTIFICATE_MOVES: Final = (
    CertificateMove(S.REQUESTED, V.APPROVE, S.APPROVED, _SECOND),
    CertificateMove(S.REQUESTED, V.REFUSE, S.REFUSED, _SECOND),
    CertificateMove(S.REQUESTED, V.WITHDRAW, S.WITHDRAWN, _EITHER),
    CertificateMove(S.APPROVED, V.WITHDRAW, S.WITHDRAWN, _EITHER),
    CertificateMove(S.APPROVED, V.LAPSE, S.LAPSED, _SYSTEM),
    # Whoever is to have it fetches it, or a request of hers (PKCS#10) is answered by the platform.
    CertificateMove(S.APPROVED, V.ISSUE, S.ISSUED, _EITHER | _SYSTEM),
    CertificateMove(S.ISSUED, V.TAKE, S.ISSUED, _EITHER),
    # By a command, where the token is plugged in.
    CertificateMove(S.ISSUED, V.DELIVER, S.ISSUED, _SYSTEM),
    # The key is lost, or may be: a holder stops it at once by herself. To go on she is seen in person again.
    CertificateMove(S.ISSUED, V.SUSPEND, S.SUSPENDED, _EITHER),
    CertificateMove(S.SUSPENDED, V.RESUME, S.ISSUED, _REGISTRAR),
    CertificateMove(S.ISSUED, V.REVOKE, S.REVOKED, _EITHER),
    CertificateMove(S.SUSPENDED, V.REVOKE, S.REVOKED, _EITHER),
    CertificateMove(S.ISSUED, V.RENEW, S.ISSUED, _EITHER),
    CertificateMove(S.ISSUED, V.REPLACE, S.ISSUED, _EITHER),
    CertificateMove(S.SUSPENDED, V.REPLACE, S.SUSPENDED, _EITHER),
    CertificateMove(S.ISSUED, V.SUPERSEDE, S.SUPERSEDED, _SYSTEM),
    CertificateMove(S.SUSPENDED, V.SUPERSEDE, S.SUPERSEDED, _SYSTEM),
    CertificateMove(S.ISSUED, V.EXPIRE, S.EXPIRED, _SYSTEM),
    CertificateMove(S.SUSPENDED, V.EXPIRE, S.EXPIRED, _SYSTEM),
)

_TABLE: Final = {(move.source, move.verb): move for move in CERTIFICATE_MOVES}
WAITING: Final = frozenset({S.REQUESTED, S.APPROVED})
LIVE: Final = frozenset({S.ISSUED, S.SUSPENDED})
ENDED: Final = frozenset(S) - WAITING - LIVE
# What verifiers are told of as no longer good; of these the lists speak until the certificate's own end.
WITHDRAWN_FROM_USE: Final = frozenset({S.SUSPENDED, S.REVOKED, S.SUPERSEDED})
HAS_CERTIFICATE: Final = LIVE | {S.REVOKED, S.SUPERSEDED, S.EXPIRED}

COLLECT_WITHIN: Final = timedelta(days=30)  # [O] what is approved and not fetched by then lapses
RENEW_WITHIN: Final = timedelta(
    days=60
)  # [O] before its end, not earlier: a renewal is no second certificate
EXPIRING_WITHIN: Final = timedelta(days=30)  # [O] from then on the holder is told
LONGEST_REASON: Final = 400  # characters


def find(source: CertificateState, verb: CertificateVerb) -> CertificateMove | None:
    """The move from ``source`` by ``verb`` (查流转表), or None: then it cannot happen."""
    return _TABLE.get((source, verb))


def verbs_from(source: CertificateState) -> tuple[CertificateMove, ...]:
    """All moves that lead out of ``source`` (可行流转)."""
    return tuple(move for move in CERTIFICATE_MOVES if move.source is source)


class RevocationReason(StrEnum):
    """Reason of a revocation (吊销原因): RFC 5280 section 5.3.1, those that somebody may give. On hold is a suspension."""

    UNSPECIFIED = "unspecified"
    KEY_COMPROMISE = "key_compromise"
    AFFILIATION_CHANGED = "affiliation_changed"
    SUPERSEDED = "superseded"
    CESSATION = "cessation"
    PRIVILEGE_WITHDRAWN = "privilege_withdrawn"


REVOCATION_REASON_LABELS: Final = {
    RevocationReason.UNSPECIFIED: msg("其他原因"),
    RevocationReason.KEY_COMPROMISE: msg("密钥丢失，或者可能被别人知道"),
    RevocationReason.AFFILIATION_CHANGED: msg("姓名、单位或者岗位变了"),
    RevocationReason.SUPERSEDED: msg("已换发新证书"),
    RevocationReason.CESSATION: msg("不再使用"),
    RevocationReason.PRIVILEGE_WITHDRAWN: msg("不再有权持有"),
}
# Who holds a certificate may not say that she has lost her right to it; that is for the office to say.
HOLDERS_REASONS: Final = (
    RevocationReason.KEY_COMPROMISE,
    RevocationReason.AFFILIATION_CHANGED,
    RevocationReason.CESSATION,
)
OFFICE_REASONS: Final = (
    RevocationReason.KEY_COMPROMISE,
    RevocationReason.AFFILIATION_CHANGED,
    RevocationReason.CESSATION,
    RevocationReason.PRIVILEGE_WITHDRAWN,
    RevocationReason.UNSPECIFIED,
)
