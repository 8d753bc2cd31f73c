"""Real-name proof (实名核验): what can be proven, how it is written, and which level it gives. Pure.

At least three proofs: the identity card and two of the others ([P], domain facts on people). A clerk who sees the document at
a counter proves everything at once.
"""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from enum import StrEnum

from tongban.people.identity.rules import Level
from tongban.standards import bank_card, phone
from tongban.standards.codes import BadCode, normalised
from tongban.standards.text import msg


class ProofKind(StrEnum):
    """Kind of proof (核验项)."""

    ID_CARD = "id_card"
    PHONE = "phone"
    SOCIAL_SECURITY = "social_security"
    BANK_CARD = "bank_card"
    HOUSING_FUND = "housing_fund"
    DRIVING_LICENCE = "driving_licence"
    COUNTER = "counter"


PROOF_LABELS: Mapping[ProofKind, str] = {
    ProofKind.ID_CARD: msg("身份证"),
    ProofKind.PHONE: msg("手机号码"),
    ProofKind.SOCIAL_SECURITY: msg("社会保障卡"),
    ProofKind.BANK_CARD: msg("银行卡"),
    ProofKind.HOUSING_FUND: msg("住房公积金"),
    ProofKind.DRIVING_LICENCE: msg("机动车驾驶证"),
    ProofKind.COUNTER: msg("窗口核验"),
}
VALUE_LABELS: Mapping[ProofKind, str] = {
    ProofKind.PHONE: msg("手机号码"),
    ProofKind.SOCIAL_SECURITY: msg("社会保障卡卡号"),
    ProofKind.BANK_CARD: msg("银行卡号"),
    ProofKind.HOUSING_FUND: msg("公积金个人账号"),
    ProofKind.DRIVING_LICENCE: msg("驾驶证档案编号"),
}
VALUE_HELP: Mapping[ProofKind, str] = {
    ProofKind.PHONE: msg("用您本人名下的号码，我们发一条短信验证码。"),
    ProofKind.SOCIAL_SECURITY: msg("卡面上的 9 位卡号。"),
    ProofKind.BANK_CARD: msg("任何一张您本人的储蓄卡。只核对是不是您的，不扣钱，也不看余额。"),
    ProofKind.HOUSING_FUND: msg("在公积金缴存证明上能找到，8 到 20 位。"),
    ProofKind.DRIVING_LICENCE: msg("驾驶证副页上的 12 位编号。"),
}
# What a person proves by herself, online, in the order of the page.
ONLINE = tuple(VALUE_LABELS)
NEEDED = 3  # [P] the identity card and two more
LONGEST_VALUE = 30  # characters
CODE_LIVES = timedelta(minutes=10)  # [O] our own numbers, no rule was found: a code by message,
CODE_AGAIN_AFTER = timedelta(seconds=60)  # when it may be sent again,
CODES_A_DAY = 10  # how many a day for one account or one number,
CODE_TRIES = 5  # how often one may be typed wrongly,
CONFIRMED_LIVES = timedelta(days=1)  # and how long a confirmed number waits for its source.
WRONG_A_DAY = 10  # [O] proofs that did not fit, by one account in a day: nobody tries numbers out on a source


def level_by(proofs: Collection[ProofKind]) -> Level:
    """The level that these proofs give (按核验项定级)."""
    if ProofKind.COUNTER in proofs:
        return Level.ADVANCED
    if ProofKind.ID_CARD in proofs and len(set(proofs)) >= NEEDED:
        return Level.BASIC
    return Level.UNPROVEN


def missing(proofs: Collection[ProofKind]) -> int:
    """How many proofs are still missing for the basic level (还差几项)."""
    others = len(set(proofs) - {ProofKind.ID_CARD})
    return max(0, NEEDED - 1 - others) + (0 if ProofKind.ID_CARD in proofs else 1)


def clean_value(kind: ProofKind, text: str) -> str:
    """What was typed for a proof, in its one spelling (整理核验内容). Raises BadCode with a text for the field."""
    if not text.strip():
        raise BadCode("proofs.empty", msg("请填写这一项。"))
    return _READERS[kind](text)


def _numbered(pattern: str, problem: str) -> Callable[[str], str]:
    form = re.compile(pattern)

    def read(text: str) -> str:
        typed = normalised(text).replace(" ", "").replace("-", "").upper()
        if not form.fullmatch(typed):
            raise BadCode("proofs.form", problem)
        return typed

    return read


# [O] Only bank cards and mobile numbers have a published form; the others are held to the shape they have on paper.
_READERS: Mapping[ProofKind, Callable[[str], str]] = {
    ProofKind.PHONE: phone.parse_mobile,
    ProofKind.SOCIAL_SECURITY: _numbered(r"[A-Z][0-9]{8}|[0-9]{9}", msg("社会保障卡卡号是 9 位，请照卡面填")),
    ProofKind.BANK_CARD: bank_card.parse,
    ProofKind.HOUSING_FUND: _numbered(r"[0-9A-Z]{8,20}", msg("公积金个人账号是 8 到 20 位数字或字母")),
    ProofKind.DRIVING_LICENCE: _numbered(r"[0-9]{12}", msg("驾驶证档案编号是 12 位数字")),
}
