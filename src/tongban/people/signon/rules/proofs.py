"""Proofs (证明核对): of possession of a verifier (PKCE), of who a system is (assertions), of a signed request.

Source: RFC 7636; RFC 7523, with the audience of its bis; RFC 9101; RFC 8725 (algorithms are ours to choose, never the sender's).
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from tongban.people.signon.rules.refusals import (
    ProtocolRefusal,
    invalid_client,
    invalid_grant,
    invalid_request,
)

# No "none", nothing symmetric: a public key must never be taken for a shared secret.
ALGORITHMS: Final = ("ES256", "ES384", "RS256", "PS256", "EdDSA")
ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_ASSERTION: Final = timedelta(
    minutes=15
)  # [O] a library's own ten minutes fit; replay is refused in any case
LEEWAY: Final = timedelta(seconds=60)  # [O] between clocks
LONGEST_JTI: Final = 255
LONGEST_TOKEN: Final = 8000  # characters of an assertion or of a signed request
_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")  # RFC 7636, 4.1


def challenge_of(verifier: str) -> str:
    """The challenge of a verifier (校验码摘要, S256)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def ensure_verifier(verifier: str, challenge: str) -> None:
    """Only whoever began may end (PKCE 核对): raises ``invalid_grant`` where the verifier does not fit."""
    fits = _VERIFIER.fullmatch(verifier) and hmac.compare_digest(challenge_of(verifier), challenge)
    if not fits:
        raise invalid_grant("code_verifier does not fit the code")


def peek(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """(header, claims) of a compact JWS, unverified (未核验内容): only to learn whose keys to look for."""
    try:
        if len(token) > LONGEST_TOKEN:
            raise ValueError("too long")
        header, claims, _signature = token.split(".")
        found = json.loads(_decoded(header)), json.loads(_decoded(claims))
    except (ValueError, RecursionError) as error:
        raise invalid_request("not a JWT that can be read") from error
    if not all(isinstance(part, dict) for part in found):
        raise invalid_request("not a JWT that can be read")
    return found


def _decoded(part: str) -> bytes:
    return base64.b64decode(part.encode("ascii") + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)


def ensure_assertion(
    claims: Mapping[str, Any], *, client_id: str, audiences: Collection[str], at: datetime
) -> datetime:
    """An assertion says what it must (断言核对, RFC 7523 3); returns when it expires. Its signature was checked before."""
    if claims.get("iss") != client_id or claims.get("sub") != client_id:
        raise invalid_client("iss and sub of the assertion must be the client_id")
    named = claims.get("aud")
    named = [named] if isinstance(named, str) else named
    if not isinstance(named, list) or not named or not set(map(str, named)) <= set(audiences):
        raise invalid_client("aud of the assertion must be this issuer")
    expires = _moment(claims.get("exp"))
    if expires is None or expires <= at - LEEWAY:
        raise invalid_client("the assertion has expired")
    if expires > at + LONGEST_ASSERTION:
        raise invalid_client("the assertion lives too long")
    for name in ("iat", "nbf"):
        if name in claims and ((moment := _moment(claims[name])) is None or moment > at + LEEWAY):
            raise invalid_client(f"{name} of the assertion lies ahead")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= LONGEST_JTI:
        raise invalid_client("the assertion must have a jti")
    return expires


def ensure_signed_request(
    claims: Mapping[str, Any], *, client_id: str, issuer: str, at: datetime
) -> dict[str, str]:
    """The parameters of a signed request (签名请求, RFC 9101 5, 6); its signature was checked before."""

    def refuse(why: str) -> ProtocolRefusal:
        return ProtocolRefusal("invalid_request_object", why)

    if claims.get("iss") != client_id or claims.get("client_id") != client_id:
        raise refuse("iss and client_id of the request object must be the client_id")
    named = claims.get("aud")
    if issuer not in ([named] if isinstance(named, str) else named if isinstance(named, list) else []):
        raise refuse("aud of the request object must be this issuer")
    expires = _moment(claims.get("exp"))
    if expires is None or expires <= at - LEEWAY or expires > at + LONGEST_ASSERTION:
        raise refuse("the request object must expire, and soon")
    if "request" in claims or "request_uri" in claims:
        raise refuse("a request object must not contain another")
    left_out = {"iss", "aud", "exp", "iat", "nbf", "jti", "sub"}
    given = {name: value for name, value in claims.items() if name not in left_out}
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in given.items()}


def _moment(value: Any) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 2**33:
        return None
    return _EPOCH + timedelta(seconds=float(value))


_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
