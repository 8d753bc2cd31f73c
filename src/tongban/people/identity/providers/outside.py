"""Outside providers over HTTP (外部身份提供方接入): discovery, keys, tokens; short, bounded, without redirects."""

import base64
import contextlib
import http.client
import json
import secrets
import socket
import threading
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from joserfc import jwk, jwt
from joserfc.errors import JoseError

from tongban.people.identity.providers.interface import Unavailable
from tongban.people.identity.rules.outside import (
    ALGORITHMS,
    Endpoints,
    OutsideProvider,
    ProofOfUs,
    Untrue,
    read_discovery,
)

PATIENCE = 5.0  # [O] seconds for one answer, however slowly it drips: somebody is waiting at a page
LONGEST_ANSWER = 128 * 1024
_FRESH = timedelta(minutes=10)  # [O] what a provider says of itself and its keys are held so long
_AGAIN = timedelta(seconds=30)  # [O] … and keys are read anew for an unknown one at most so often
_ASSERTION_LIVES = timedelta(minutes=1)

_held: dict[tuple[str, str], tuple[datetime, Any]] = {}
_reading = threading.Lock()


def forget() -> None:
    """Read everything anew at the next use (丢弃缓存)."""
    with _reading:
        _held.clear()


def discover(provider: OutsideProvider, at: datetime) -> Endpoints:
    """What a provider says of itself (发现). Raises Unavailable, Untrue."""

    def read() -> Endpoints:
        address = provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
        return read_discovery(provider.issuer, _json(_call("GET", address)))

    found: Endpoints = _holding(("discovery", provider.issuer), _FRESH, at, read)
    return found


def _holding(what: tuple[str, str], lives: timedelta, at: datetime, read: Any) -> Any:
    with _reading:
        kept = _held.get(what)
    if kept is not None and timedelta() <= at - kept[0] < lives:
        return kept[1]
    found = read()
    with _reading:
        _held[what] = (at, found)
    return found


def redeem(
    provider: OutsideProvider, where: Endpoints, *, code: str, verifier: str, redirect: str, at: datetime
) -> str:
    """The ID token for a code (兑换授权码). Raises Unavailable where nobody answers, Untrue where the provider refuses the code."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect,
        "code_verifier": verifier,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        secret = Path(provider.secret_file).read_text().strip()
    except OSError as error:
        raise Unavailable("our own secret cannot be read") from error
    if provider.method is ProofOfUs.SECRET:
        pair = f"{quote(provider.client_id, safe='')}:{quote(secret, safe='')}"  # RFC 6749, 2.3.1
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    else:
        form |= {"client_id": provider.client_id, "client_assertion": _assertion(provider, secret, at)}
        form["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    status, body = _call("POST", where.token, urlencode(form).encode(), headers)
    if 400 <= status < 500:
        raise Untrue("code")
    token = _json((status, body)).get("id_token")
    if not isinstance(token, str):
        raise Untrue("token")
    return token


def _assertion(provider: OutsideProvider, pem: str, at: datetime) -> str:
    """That it is we who ask (自证, RFC 7523): made out to the issuer alone, so that nobody else can use it."""
    try:
        key = jwk.ECKey.import_key(pem)
    except (JoseError, ValueError) as error:
        raise Unavailable("our own key cannot be read") from error
    claims = {
        "iss": provider.client_id,
        "sub": provider.client_id,
        "aud": provider.issuer,
        "jti": secrets.token_urlsafe(24),
        "iat": int(at.timestamp()),
        "exp": int((at + _ASSERTION_LIVES).timestamp()),
    }
    return jwt.encode({"alg": "ES256", "kid": key.thumbprint()}, claims, key, algorithms=["ES256"])


def verified(provider: OutsideProvider, where: Endpoints, token: str, at: datetime) -> Mapping[str, Any]:
    """The claims of an ID token that one of the provider's keys signed (验签). Raises Unavailable, Untrue."""
    header = _header(token)
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise Untrue("token_alg")  # never as the sender says: "none" and HS256 end here (RFC 8725, 2.1)
    fitting: list[Mapping[str, Any]] = []
    for lives in (_FRESH, _AGAIN):  # an unknown key: the provider may have changed it since we looked
        keys = _holding(("keys", where.keys), lives, at, lambda: _keys(where.keys))
        fitting = [one for one in keys if _fits(one, ALGORITHMS[algorithm], kid)]
        if fitting:
            break
    for key in fitting[:5]:
        try:
            return dict(jwt.decode(token, jwk.import_key(dict(key)), algorithms=[algorithm]).claims)
        except (JoseError, ValueError, TypeError):
            continue
    raise Untrue("token_signature")


def _fits(key: Mapping[str, Any], kind: str, kid: object) -> bool:
    return key.get("kty") == kind and key.get("use") in (None, "sig") and kid in (None, key.get("kid"))


def _keys(address: str) -> list[Mapping[str, Any]]:
    listed = _json(_call("GET", address)).get("keys")
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _header(token: str) -> dict[str, Any]:
    try:
        part = token.split(".")[0]
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError) as error:
        raise Untrue("token") from error
    if not isinstance(found, dict) or token.count(".") != 2:
        raise Untrue("token")
    return found


def _json(answer: tuple[int, bytes]) -> dict[str, Any]:
    status, body = answer
    if status != http.client.OK:
        raise Unavailable(f"status {status}")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unavailable("no JSON") from error
    if not isinstance(found, dict):
        raise Unavailable("no object")
    return found


def _call(
    method: str, address: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> tuple[int, bytes]:
    """One request, one answer within the patience, however slowly it drips; a redirect is no answer."""
    parts = urlsplit(address)
    kinds = {"https": http.client.HTTPSConnection, "http": http.client.HTTPConnection}
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with closing(kinds[parts.scheme](parts.hostname or "", parts.port, timeout=PATIENCE)) as connection:
            cut = threading.Timer(PATIENCE, _cut, [connection])
            cut.daemon = True
            cut.start()
            try:
                connection.request(method, path, body, {"Accept": "application/json", **(headers or {})})
                answer = connection.getresponse()
                content = answer.read(LONGEST_ANSWER + 1)
            finally:
                cut.cancel()
    except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
        raise Unavailable(type(error).__name__) from error
    if len(content) > LONGEST_ANSWER or answer.length:
        raise Unavailable("too long, or cut off")
    return answer.status, content


def _cut(connection: http.client.HTTPConnection) -> None:
    with contextlib.suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)
