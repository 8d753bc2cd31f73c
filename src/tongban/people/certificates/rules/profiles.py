"""Profiles (证书模板): for each kind of certificate who may hold it, what its key is for, and for how long. Data, and pure.

Sources: RFC 5280 (usages), RFC 6960 section 4.2.2.2 (OCSP responders), RFC 3161 section 2.3 (time stamping), RFC 9336
(document signing), CA/Browser Forum baseline (server certificates of at most 398 days). Validities marked [O] are ours.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from tongban.standards.text import msg


class Algorithm(StrEnum):
    """Algorithm of a hierarchy (算法体系): P-256 with SHA-256, or SM2 with SM3 (GB/T 32918, GB/T 32905)."""

    P256 = "p256"
    SM2 = "sm2"


ALGORITHM_LABELS: Final = {Algorithm.P256: "ECDSA P-256 / SHA-256", Algorithm.SM2: "SM2 / SM3"}


class AuthorityKind(StrEnum):
    """Kind of an authority (认证机构类别)."""

    ROOT = "root"
    ISSUING = "issuing"
    OCSP = "ocsp"
    TSA = "tsa"


AUTHORITY_KIND_LABELS: Final = {
    AuthorityKind.ROOT: msg("根认证机构"),
    AuthorityKind.ISSUING: msg("签发机构"),
    AuthorityKind.OCSP: msg("证书状态应答"),
    AuthorityKind.TSA: msg("时间戳服务"),
}
# Under whom each of them is certified.
PARENT_OF: Final = {
    AuthorityKind.ISSUING: AuthorityKind.ROOT,
    AuthorityKind.OCSP: AuthorityKind.ISSUING,
    AuthorityKind.TSA: AuthorityKind.ISSUING,
}
AUTHORITY_VALIDITY: Final = {  # [O]
    AuthorityKind.ROOT: timedelta(days=25 * 365),
    AuthorityKind.ISSUING: timedelta(days=12 * 365),
    AuthorityKind.OCSP: timedelta(days=2 * 365),
    AuthorityKind.TSA: timedelta(days=11 * 365),
}


class ProfileKind(StrEnum):
    """Kind of a certificate (证书种类)."""

    PERSON = "person"
    LEGAL_PERSON = "legal_person"
    OFFICIAL = "official"
    SEAL = "seal"
    SERVER = "server"


PROFILE_LABELS: Final = {
    ProfileKind.PERSON: msg("个人证书"),
    ProfileKind.LEGAL_PERSON: msg("法人证书"),
    ProfileKind.OFFICIAL: msg("工作人员证书"),
    ProfileKind.SEAL: msg("机关印章证书"),
    ProfileKind.SERVER: msg("服务器证书"),
}


class Delivery(StrEnum):
    """How a certificate reaches its holder (交付方式)."""

    KEPT = "kept"  # the service keeps the key under a PIN: signing in the browser needs no plug-in
    FILE = "file"  # a PKCS#12 file, once
    REQUEST = "request"  # the holder's own key: a PKCS#10 request; of a token as well


DELIVERY_LABELS: Final = {
    Delivery.KEPT: msg("平台托管，用口令签名"),
    Delivery.FILE: msg("证书文件（PKCS#12），只能下载一次"),
    Delivery.REQUEST: msg("自己的密钥，提交证书请求（PKCS#10）"),
}


class HolderKind(StrEnum):
    """Whose a certificate is (持有人类别)."""

    PERSON = "person"  # a party
    OFFICIAL = "official"  # an account of staff, in an organ
    BODY = "body"  # an organ, a company, or a machine of one


@dataclass(frozen=True, slots=True)
class Profile:
    """Profile (证书模板). ``usages``, ``purposes``: key usage and extended key usage (RFC 5280 sections 4.2.1.3, 4.2.1.12; RFC 9336), by the
    names that base.pki.profiles knows.

    ``validity``: from issuing on. ``signs_in``: whether its holder may log in with it; with a legal person's, to whom it was handed, for that legal person. ``level``: of assurance that a request needs.
    """

    holder: HolderKind
    usages: tuple[str, ...]
    purposes: tuple[str, ...]
    validity: timedelta
    deliveries: tuple[Delivery, ...]
    signs_in: bool
    level: int = 3


_SIGNING: Final = ("digital_signature", "content_commitment")
_DOCUMENTS, _CLIENT, _SERVER = "document_signing", "client_auth", "server_auth"
_MAIL: Final = "email_protection"  # readers of PDF that do not know RFC 9336 yet look for it
_ALL: Final = (Delivery.KEPT, Delivery.FILE, Delivery.REQUEST)

PROFILES: Final = {
    ProfileKind.PERSON: Profile(
        HolderKind.PERSON, _SIGNING, (_DOCUMENTS, _CLIENT), timedelta(days=3 * 365), _ALL, signs_in=True
    ),
    ProfileKind.LEGAL_PERSON: Profile(
        HolderKind.BODY,
        _SIGNING,
        (_DOCUMENTS, _CLIENT),
        timedelta(days=2 * 365),
        (Delivery.FILE, Delivery.REQUEST),
        signs_in=True,
    ),
    ProfileKind.OFFICIAL: Profile(
        HolderKind.OFFICIAL, _SIGNING, (_DOCUMENTS, _CLIENT), timedelta(days=2 * 365), _ALL, signs_in=True
    ),
    ProfileKind.SEAL: Profile(
        HolderKind.BODY,
        _SIGNING,
        (_DOCUMENTS, _MAIL),
        timedelta(days=5 * 365),
        (Delivery.REQUEST,),
        signs_in=False,
    ),
    ProfileKind.SERVER: Profile(
        HolderKind.BODY,
        ("digital_signature",),
        (_SERVER, _CLIENT),
        timedelta(days=397),
        (Delivery.REQUEST,),
        signs_in=False,
    ),
}

ANSWER_LASTS: Final = timedelta(
    hours=4
)  # [O] an answer about a status; what changes is answered anew at once
ANSWER_KEPT: Final = timedelta(seconds=60)  # [O] for which others may keep an answer without asking again
LIST_LASTS: Final = timedelta(days=1)  # [O] a list of an issuing authority
LIST_AGAIN_BEFORE: Final = timedelta(hours=12)  # [O]
ROOT_LIST_LASTS: Final = timedelta(days=366)  # [O] a root's key is not at hand every day
# The policy under which times are stamped: an arc of our own, made from a UUID (ITU-T X.667), since nobody assigned one.
STAMP_POLICY: Final = "2.25.225205734804690196266288828957806707092"
