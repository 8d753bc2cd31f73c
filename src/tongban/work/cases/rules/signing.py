"""Which acts are signed with a certificate (行为签名要求): one table. Pure.

Source: 行政许可法第三十八条 (a decision is made in writing), 第三十九条 (licences bear the organ's seal); 电子签名法第十四条 (a reliable
electronic signature is as good as a hand-written one). No rule says that an official must sign each step with her own certificate:
that she must where she has one, for what decides about a licence, is ours. [O]
"""

from collections.abc import Mapping
from enum import StrEnum

from tongban.work.cases.rules.moves import Verb
from tongban.work.cases.rules.numbers import LICENSING


class Need(StrEnum):
    """Need of a signature (签名要求)."""

    NONE = "none"  # nobody is asked
    MAY = "may"  # offered to whoever has a certificate
    MUST = "must"  # whoever has a certificate signs


# What decides about a licence.
DECIDING = frozenset({Verb.GRANT, Verb.GRANT_PARTLY, Verb.GRANT_AT_ONCE, Verb.REFUSE, Verb.REVOKE})
SIGNING: Mapping[Verb, Need] = {
    **dict.fromkeys(
        (
            Verb.SUBMIT,
            Verb.RESUBMIT,
            Verb.INSIST,
            Verb.HAND_IN,
            Verb.WITHDRAW,
            Verb.REQUEST_SUPPLEMENT,
            Verb.REQUEST_AGAIN,
            Verb.ACCEPT,
            Verb.DECLINE,
            Verb.SUSPEND,
            Verb.EXTEND,
            Verb.OPINE,
            Verb.CONCLUDE,
            Verb.EXAMINE,
            Verb.RETURN,
            Verb.TERMINATE,
            Verb.CORRECT,
            Verb.REVIEW,
            Verb.DELIVER,
        ),
        Need.MAY,
    ),
    **dict.fromkeys(sorted(DECIDING), Need.MUST),
}


def need(verb: Verb, item_type: str) -> Need:
    """Whether an act on a case is signed (是否签名). ``item_type``: of its item; only licences (行政许可, 01) demand it."""
    found = SIGNING.get(verb, Need.NONE)
    return Need.MAY if found is Need.MUST and item_type != LICENSING else found
