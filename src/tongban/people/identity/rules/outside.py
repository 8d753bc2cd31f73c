"""Outside accounts (外部账号) by OpenID Connect: what is asked of a provider, and what of its answers counts. Pure.

Sources: OpenID Connect Core 1.0, sections 3.1.2 and 3.1.3.7; Discovery 1.0, 4.3; RFC 7636 (PKCE); RFC 9207 (``iss``);
RFC 8725 (algorithms are ours to choose); RFC 9700 (mix-up, replay). Whatever is not exactly as asked counts as nothing.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from tongban.standards import plaintext
from tongban.standards.codes import BadCode

# No "none", nothing symmetric: a public key must never be taken for a shared secret.
ALGORITHMS: Final[Mapping[str, str]] = {
    "ES256": "EC",
    "ES384": "EC",
    "RS256": "RSA",
    "PS256": "RSA",
    "EdDSA": "OKP",
}
LEEWAY: Final = timedelta(seconds=60)  # [O] how far two clocks may be apart
ATTEMPT_LIVES: Final = timedelta(minutes=10)  # [O] from leaving for the provider to coming back
SHOWN_LIVES: Final = timedelta(minutes=20)  # [O] from coming back to having registered or linked
LONGEST_LABEL: Final = 40  # characters
MOST_LINKED: Final = 10  # [O] outside accounts of one account
_LONGEST_SUBJECT = 255  # OpenID Connect Core 1.0, section 2
_OLDEST = timedelta(minutes=10)  # [O] a token that was made longer ago was not made for us now


class Untrue(Exception):  # noqa: N818 -- names the state of the answer, as the refusals do
    """What came back is not an answer to what was asked (无效答复); ``about``: what of it does not fit."""

    def __init__(self, about: str) -> None:
        super().__init__(about)
        self.about = about


class Purpose(StrEnum):
    """Purpose of an attempt (用途): to come in, or to link to the account that is signed in."""

    SIGN_IN = "sign_in"
    LINK = "link"


class ProofOfUs(StrEnum):
    """Proof of us to a provider (平台自证): names of OpenID Connect Core 1.0, section 9."""

    SECRET = "client_secret_basic"  # noqa: S105 -- the name of a method
    KEY = "private_key_jwt"


@dataclass(frozen=True, slots=True)
class OutsideProvider:
    """Outside provider (外部身份提供方) as the settings name it. ``secret_file``: its shared secret, or our private key as PEM."""

    key: str
    name: str
    issuer: str
    client_id: str
    method: ProofOfUs
    secret_file: str
    scope: str = "openid profile"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Endpoints (端点) of a provider, as its discovery document names them."""

    authorize: str
    token: str
    keys: str
    names_itself: bool  # whether its answers carry ``iss`` (RFC 9207)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Attempt (登录尝试): what was sent along and has to come back."""

    purpose: Purpose
    nonce: str
    verifier: str
    onward: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Outside account that somebody has just shown to be hers (已证明的外部账号). ``label``: what her provider calls her."""

    provider: str
    issuer: str
    subject: str
    label: str


def safe_address(address: str, issuer: str) -> bool:
    """Whether an address of a provider may be used (地址可用): https, or plain on the loopback where the issuer is there too."""
    parts = urlsplit(address)
    if parts.scheme == "https":
        return bool(parts.hostname)
    loopback = ("127.0.0.1", "localhost", "::1")
    return parts.scheme == "http" and parts.hostname in loopback and urlsplit(issuer).hostname in loopback


def read_discovery(issuer: str, told: object) -> Endpoints:
    """What a provider says of itself (发现文档). Raises :class:`Untrue`; the issuer must be exactly the one that was asked."""
    if not isinstance(told, dict) or told.get("issuer") != issuer:
        raise Untrue("discovery_issuer")
    found = [told.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    addresses = [one for one in found if isinstance(one, str) and safe_address(one, issuer)]
    if len(addresses) < len(found):
        raise Untrue("discovery_endpoints")
    challenges = told.get("code_challenge_methods_supported")
    if challenges is not None and "S256" not in _listed(challenges):
        raise Untrue("discovery_pkce")
    names_itself = told.get("authorization_response_iss_parameter_supported") is True
    return Endpoints(addresses[0], addresses[1], addresses[2], names_itself)


def _listed(given: object) -> list[object]:
    return given if isinstance(given, list) else []


def challenge(verifier: str) -> str:
    """Challenge of a verifier (PKCE 挑战值), method S256."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def request_address(
    provider: OutsideProvider, where: Endpoints, attempt: Attempt, state: str, redirect: str
) -> str:
    """Where the browser is sent (授权请求地址)."""
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect,
        "scope": provider.scope,
        "state": state,
        "nonce": attempt.nonce,
        "code_challenge": challenge(attempt.verifier),
        "code_challenge_method": "S256",
    }
    return f"{where.authorize}{'&' if urlsplit(where.authorize).query else '?'}{urlencode(asked)}"


def ensure_answerer(provider: OutsideProvider, where: Endpoints, iss: str) -> None:
    """Raise :class:`Untrue` unless the answer is by the provider that was asked (核对应答方, RFC 9207 2.4): no mix-up."""
    if (iss or where.names_itself) and iss != provider.issuer:
        raise Untrue("iss")


def subject_of(
    provider: OutsideProvider, claims: Mapping[str, Any], *, nonce: str, at: datetime
) -> tuple[str, str]:
    """(subject, label) of an ID token whose signature fits (核对身份令牌). Raises :class:`Untrue`."""
    if claims.get("iss") != provider.issuer:
        raise Untrue("token_iss")
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    party = claims.get("azp")
    if provider.client_id not in audiences or party not in (None, provider.client_id):
        raise Untrue("token_aud")
    if len(audiences) > 1 and party is None:
        raise Untrue("token_aud")
    if _moment(claims.get("exp"), "token_exp") <= at - LEEWAY:
        raise Untrue("token_exp")
    if not at - _OLDEST - LEEWAY <= _moment(claims.get("iat"), "token_iat") <= at + LEEWAY:
        raise Untrue("token_iat")
    given = claims.get("nonce")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), nonce.encode()):
        raise Untrue("token_nonce")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT or not subject.isascii():
        raise Untrue("token_sub")
    return subject, _label(claims)


def _moment(given: object, about: str) -> datetime:
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise Untrue(about)
    try:
        return datetime.fromtimestamp(given, tz=UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Untrue(about) from error


def _label(claims: Mapping[str, Any]) -> str:
    """What the provider calls her, for her own list only; nobody is known by it."""
    for name in ("nickname", "preferred_username", "name"):
        given = claims.get(name)
        if isinstance(given, str):
            try:
                return plaintext.clean(given[:LONGEST_LABEL], limit=LONGEST_LABEL)
            except BadCode:
                continue
    return ""
