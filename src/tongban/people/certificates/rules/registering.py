"""What a registration must show (登记内容): whose certificate it will be, and how that was proven. Pure.

Source: 电子签名法 article 20 (who applies states the truth, the provider checks it), RFC 3647 section 4.3 (initial identity validation).
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from tongban.people.certificates.rules.moves import RENEW_WITHIN
from tongban.people.certificates.rules.profiles import PROFILES, Delivery, HolderKind, ProfileKind
from tongban.standards import credit_code, plaintext
from tongban.standards.codes import BadCode
from tongban.standards.text import Message, msg

LONGEST_NAME: Final = 64  # ub-common-name, RFC 5280 appendix A
LONGEST_DOCUMENT: Final = 60
LONGEST_REQUEST: Final = 20_000  # characters of a PKCS#10 request in PEM

_HOST: Final = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
)


class ProofKind(StrEnum):
    """Kind of proof of identity (身份证明)."""

    ID_CARD = "id_card"
    STAFF_CARD = "staff_card"
    AUTHORISATION = "authorisation"
    SESSION = "session"
    CONTINUED = "continued"


PROOF_LABELS: Final = {
    ProofKind.ID_CARD: msg("居民身份证原件，本人到场"),
    ProofKind.STAFF_CARD: msg("工作证和任职文件"),
    ProofKind.AUTHORISATION: msg("营业执照或者机关证明，和经办人授权书"),
    ProofKind.SESSION: msg("线上高级实名登录"),
    ProofKind.CONTINUED: msg("原证书登记时已经核验"),
}
# Which of them a counter may state, by whose certificate it is.
AT_COUNTER: Final = {
    HolderKind.PERSON: (ProofKind.ID_CARD,),
    HolderKind.OFFICIAL: (ProofKind.STAFF_CARD, ProofKind.ID_CARD),
    HolderKind.BODY: (ProofKind.AUTHORISATION,),
}


@dataclass(frozen=True, slots=True)
class Holder:
    """Holder (持有人): a party, an official's account in an organ, or a body by its name and code (a server: its host name).

    ``account_id``: of a legal person's certificate, the account of whom it is handed to (经办人).
    """

    name: str
    code: str = ""
    party_id: UUID | None = None
    account_id: UUID | None = None
    organ_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """Proof of identity (身份证明): which document, its number, who saw it and where. Kept encrypted."""

    kind: ProofKind
    number: str = ""
    seen_by: str = ""
    counter: str = ""

    def told(self) -> dict[str, str]:
        """As it is kept (保存内容)."""
        return {name: str(value) for name, value in asdict(self).items() if value}


def proof_of(told: Mapping[str, str]) -> Proof:
    """The proof as it was kept (读取身份证明)."""
    return Proof(
        ProofKind(told["kind"]), told.get("number", ""), told.get("seen_by", ""), told.get("counter", "")
    )


Errors = dict[str, list[str]]


def check(profile: ProfileKind, delivery: Delivery, holder: Holder, proof: Proof) -> tuple[Holder, Errors]:
    """The holder in her one written form, and what must be mended by field (登记检查)."""
    errors: Errors = {}
    terms = PROFILES[profile]
    if delivery not in terms.deliveries:
        errors["delivery"] = [msg("这种证书不能这样交付，请换一种。")]
    if proof.kind in (ProofKind.ID_CARD, ProofKind.STAFF_CARD, ProofKind.AUTHORISATION):
        if proof.kind not in AT_COUNTER[terms.holder]:
            errors["document"] = [msg("这种证书不能用这个证件登记，请换一种。")]
        try:
            if not plaintext.clean(proof.number, limit=LONGEST_DOCUMENT):
                errors["document_number"] = [msg("请填写这一项。")]
        except BadCode as error:
            errors["document_number"] = [Message(error.message, error.params)]
    name, code = holder.name, holder.code
    try:
        name = plaintext.clean(holder.name, limit=LONGEST_NAME)
        if not name:
            errors["name"] = [msg("请填写这一项。")]
    except BadCode as error:
        errors["name"] = [Message(error.message, error.params)]
    try:
        code = _code(profile, holder.code)
    except BadCode as error:
        errors["code"] = [Message(error.message, error.params)]
    clean = Holder(name, code, holder.party_id, holder.account_id, holder.organ_id)
    return clean, errors


def _code(profile: ProfileKind, typed: str) -> str:
    """Code of a body, host name of a server (代码): who has neither has none."""
    if profile is ProfileKind.SERVER:
        host = typed.strip().lower()
        if not _HOST.fullmatch(host):
            raise BadCode("certificates.host", msg("请填服务器的域名，例如 api.example.gov.cn。"))
        return host
    if PROFILES[profile].holder is HolderKind.BODY:
        return credit_code.parse(typed).number
    return ""


def renewal_problem(not_after: datetime, at: datetime) -> str | None:
    """What stands against a renewal now (续期时间), or None: from sixty days before the end, until the end."""
    if at >= not_after:
        return msg("这张证书已经到期，请重新申请。")
    if at < not_after - RENEW_WITHIN:
        return msg("证书到期前 60 天内才可以续期。")
    return None
