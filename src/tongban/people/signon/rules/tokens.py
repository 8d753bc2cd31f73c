"""Tokens (令牌): how long they live, what an ID token and a logout token say, by which subject a system knows somebody.

Source: OpenID Connect Core 2, 3.1.3.6, 8.1 (pairwise subjects); Back-Channel Logout 2.4; RFC 9068 is not used: access tokens say
nothing by themselves, so that a sign-out ends them at once.
"""

import base64
import hashlib
import hmac
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tongban.people.identity.rules import Level, Method
from tongban.people.signon.rules.requests import ACR

# [O] our own numbers: RFC 9700 says short.
CODE_LIFE: Final = timedelta(seconds=60)
ACCESS_LIFE: Final = timedelta(minutes=10)
ID_LIFE: Final = timedelta(minutes=10)
REFRESH_LIFE: Final = timedelta(hours=8)  # as long as a browser's session
OFFLINE_LIFE: Final = timedelta(days=30)
PUSHED_LIFE: Final = timedelta(seconds=90)
PENDING_LIFE: Final = timedelta(minutes=30)  # while somebody signs in and reads what is shared
DEVICE_LIFE: Final = timedelta(minutes=10)
DEVICE_PAUSE: Final = timedelta(seconds=5)
LOGOUT_LIFE: Final = timedelta(minutes=2)  # Back-Channel Logout 2.4: at most two minutes
KEYS_STAY: Final = timedelta(days=1)  # a former key stays published for longer than any token that it signed

LOGOUT_EVENT: Final = (
    "http://schemas.openid.net/event/backchannel-logout"  # a name, not an address that is called
)


def subject_of(key: bytes, sector: str, account_id: uuid.UUID) -> str:
    """The subject (用户标识) by which systems of one sector know an account: no other sector's tells that it is the same."""
    return _keyed(key, f"{sector}\n{account_id}")


def sid_of(key: bytes, system_id: uuid.UUID, session_id: uuid.UUID) -> str:
    """The session's name for one system (会话标识)."""
    return _keyed(key, f"{system_id}\n{session_id}")


def _keyed(key: bytes, text: str) -> str:
    return _written(hmac.new(key, text.encode(), hashlib.sha256).digest())


def _written(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def access_hash(token: str) -> str:
    """``at_hash`` (访问令牌摘要) for the two algorithms that we sign with: left half of SHA-256 (Core 3.1.3.6)."""
    return _written(hashlib.sha256(token.encode()).digest()[:16])


def seconds(at: datetime) -> int:
    """A moment as NumericDate (整秒)."""
    return int(at.timestamp())


def amr_of(methods: Collection[Method]) -> list[str]:
    """How somebody signed in, by RFC 8176 (认证方式): two proofs of different kinds are ``mfa`` as well."""
    words = [method.value for method in Method if method in methods]
    return [*words, "mfa"] if len(words) > 1 else words


@dataclass(frozen=True, slots=True)
class Standing:
    """What an ID token says of one sign-on (登录事实)."""

    issuer: str
    client_id: str
    subject: str
    level: Level
    amr: tuple[str, ...]
    auth_time: datetime
    nonce: str = ""
    sid: str = ""


def id_claims(
    standing: Standing, *, at: datetime, access_token: str, shared: Mapping[str, object]
) -> dict[str, object]:
    """Claims of an ID token (身份令牌内容)."""
    claims: dict[str, object] = {
        **shared,
        "iss": standing.issuer,
        "sub": standing.subject,
        "aud": standing.client_id,
        "iat": seconds(at),
        "exp": seconds(at + ID_LIFE),
        "auth_time": seconds(standing.auth_time),
        "acr": ACR[standing.level],
        "amr": list(standing.amr),
        "at_hash": access_hash(access_token),
    }
    if standing.nonce:
        claims["nonce"] = standing.nonce
    if standing.sid:
        claims["sid"] = standing.sid
    return claims


def logout_claims(
    *, issuer: str, client_id: str, subject: str, sid: str, jti: str, at: datetime
) -> dict[str, object]:
    """Claims of a logout token (退出令牌内容): never a nonce, so that it can never pass for an ID token."""
    return {
        "iss": issuer,
        "aud": client_id,
        "sub": subject,
        "sid": sid,
        "iat": seconds(at),
        "exp": seconds(at + LOGOUT_LIFE),
        "jti": jti,
        "events": {LOGOUT_EVENT: {}},
    }
