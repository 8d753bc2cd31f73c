"""What a system may learn of somebody (可共享的信息): scopes, and the claims in them; each has a word and is shown before it is given.

Source: OpenID Connect Core, 5.1 and 5.4; 个人信息保护法 第六条 (the minimum), 第十七条 (told before). Scopes beyond the standard are ours.
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tongban.standards.text import msg


class Scope(StrEnum):
    """Scope (授权范围)."""

    OPENID = "openid"
    PROFILE = "profile"
    PHONE = "phone"
    PHONE_FULL = "phone_full"
    IDENTITY = "identity"
    STAFF = "staff"
    COMPANY = "company"
    COMPANY_CODE = "company_code"
    OFFLINE = "offline_access"


SCOPE_LABELS = {
    Scope.OPENID: msg("登录"),
    Scope.PROFILE: msg("姓名"),
    Scope.PHONE: msg("手机号码（中间四位隐去）"),
    Scope.PHONE_FULL: msg("完整的手机号码"),
    Scope.IDENTITY: msg("证件号码（出生日期隐去）"),
    Scope.STAFF: msg("所在机关和岗位"),
    Scope.COMPANY: msg("代表哪家企业（名称、凭什么代表）"),
    Scope.COMPANY_CODE: msg("这家企业的统一社会信用代码"),
    Scope.OFFLINE: msg("退出以后仍可更新信息"),
}
# Registered with a purpose each; signing in itself needs none.
SHARED: Final = tuple(scope for scope in Scope if scope is not Scope.OPENID)


class Claim(StrEnum):
    """Claim (信息项), by the name that a system asks for."""

    NAME = "name"
    PHONE = "phone_number"
    PHONE_FULL = "phone_number_full"
    MASKED_NUMBER = "id_number_masked"
    POSTS = "posts"
    COMPANY = "company"
    COMPANY_CODE = "company_code"


SCOPE_OF: Final[Mapping[Claim, Scope]] = {
    Claim.NAME: Scope.PROFILE,
    Claim.PHONE: Scope.PHONE,
    Claim.PHONE_FULL: Scope.PHONE_FULL,
    Claim.MASKED_NUMBER: Scope.IDENTITY,
    Claim.POSTS: Scope.STAFF,
    Claim.COMPANY: Scope.COMPANY,
    Claim.COMPANY_CODE: Scope.COMPANY_CODE,
}


def claims_of(scopes: Collection[Scope]) -> frozenset[Claim]:
    """The claims in these scopes (范围内的信息项)."""
    return frozenset(claim for claim, scope in SCOPE_OF.items() if scope in scopes)


@dataclass(frozen=True, slots=True)
class Known:
    """What the platform knows of an account (账号已知信息), as far as any claim asks for it."""

    name: str = ""
    phone: str = ""
    masked_number: str = ""
    posts: tuple[Mapping[str, str], ...] = ()
    company: Mapping[str, str] | None = None
    company_code: str = ""


@dataclass(frozen=True, slots=True)
class For:
    """For which company somebody signed on (代表企业): its party, under which mandate, and of which kind (a word of the mandates)."""

    party_id: uuid.UUID
    mandate_id: uuid.UUID
    kind: str


def masked_phone(phone: str) -> str:
    """A telephone number with its middle hidden (隐去中间)."""
    if len(phone) < 8:
        return "*" * len(phone)
    return f"{phone[:3]}{'*' * (len(phone) - 7)}{phone[-4:]}"


def told(claims: Collection[Claim], known: Known) -> dict[str, object]:
    """What a system is told (共享内容): these claims and nothing else; what is not known is left out."""
    values: Mapping[Claim, object] = {
        Claim.NAME: known.name,
        Claim.PHONE: masked_phone(known.phone),
        Claim.PHONE_FULL: known.phone,
        Claim.MASKED_NUMBER: known.masked_number,
        Claim.POSTS: [dict(post) for post in known.posts],
        Claim.COMPANY: dict(known.company or {}),
        Claim.COMPANY_CODE: known.company_code,
    }
    return {claim.value: values[claim] for claim in Claim if claim in claims and values[claim]}
