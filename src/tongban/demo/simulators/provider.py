"""An outside identity provider (模拟外部身份提供方): ``tongban simulate provider``.

A process of its own that really speaks OpenID Connect (Core 1.0, Discovery 1.0; RFC 7636, 9207): discovery, a page on which one
picks an invented person, tokens, keys that change, userinfo. It shares no code with our own provider and knows neither the
framework nor the database, so that the two ends judge each other.
"""

import base64
import csv
import hashlib
import hmac
import html
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwk, jwt
from joserfc.errors import JoseError

from tongban.demo.simulators.answering import LOOPBACK, Answering

CODE_LIVES = 60  # seconds
TOKEN_LIVES = 300
Key = jwk.RSAKey | jwk.ECKey
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Refused(Exception):  # noqa: N818 -- names what becomes of the request
    """The request is refused (拒绝), with an error code of RFC 6749."""


@dataclass(frozen=True, slots=True)
class Client:
    """Whom it serves (接入方): known by a secret, or by the public half of its own key."""

    client_id: str
    redirect: str
    secret: str = ""
    public: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Granted:
    """What a code stands for (授权码内容)."""

    who: str
    nonce: str
    challenge: str
    redirect: str
    until: float


@dataclass
class Provider:
    """The provider (身份提供方): its people, its keys, the codes that are out. Subclass it to make one that lies."""

    client: Client
    people: Mapping[str, str]  # subject -> what it calls her
    issuer: str = ""
    keys: list[Key] = field(default_factory=lambda: [_fresh_key()])
    codes: dict[str, Granted] = field(default_factory=dict)
    access: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def rotate(self) -> None:
        """Sign with a new key (换密钥), on a curve; the former stays published."""
        self.keys.insert(0, jwk.ECKey.generate_key("P-256", private=True))

    def discovery(self) -> dict[str, Any]:
        """The discovery document (发现文档)."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["ES256"],
            "authorization_response_iss_parameter_supported": True,
        }

    def jwks(self) -> dict[str, Any]:
        """The public keys (公钥集)."""
        return {
            "keys": [
                {**key.as_dict(private=False), "kid": key.thumbprint(), "use": "sig"} for key in self.keys
            ]
        }

    def asked(self, params: Mapping[str, str]) -> None:
        """Look at a request before anybody is asked to sign in (核对授权请求). Raises Refused."""
        if (
            params.get("client_id") != self.client.client_id
            or params.get("redirect_uri") != self.client.redirect
        ):
            raise Refused("unauthorized_client")
        if params.get("response_type") != "code" or "openid" not in params.get("scope", "").split():
            raise Refused("invalid_request")
        if params.get("code_challenge_method") != "S256" or not params.get("code_challenge"):
            raise Refused("invalid_request")

    def answer(self, params: Mapping[str, str], who: str) -> str:
        """Where the browser goes back to (返回地址), with a code for ``who`` or, where she refused, an error."""
        told = {"state": params.get("state", ""), "iss": self.issuer}
        if who not in self.people:
            return _joined(self.client.redirect, {"error": "access_denied", **told})
        code = secrets.token_urlsafe(24)
        self.codes[code] = Granted(
            who,
            params.get("nonce", ""),
            params["code_challenge"],
            params["redirect_uri"],
            time.time() + CODE_LIVES,
        )
        return _joined(self.client.redirect, {"code": code, **told})

    def redeem(self, params: Mapping[str, str], authorization: str) -> dict[str, Any]:
        """Tokens for a code (兑换). Raises Refused; a code works once."""
        self._authenticate(params, authorization)
        granted = self.codes.pop(params.get("code", ""), None)
        made = base64.urlsafe_b64encode(hashlib.sha256(params.get("code_verifier", "").encode()).digest())
        if (
            params.get("grant_type") != "authorization_code"
            or granted is None
            or granted.until < time.time()
            or granted.redirect != params.get("redirect_uri")
            or not hmac.compare_digest(made.rstrip(b"=").decode(), granted.challenge)
        ):
            raise Refused("invalid_grant")
        token = secrets.token_urlsafe(24)
        self.access[token] = granted.who
        return {
            "token_type": "Bearer",
            "access_token": token,
            "expires_in": TOKEN_LIVES,
            "id_token": self.sign(self.claims(granted)),
        }

    def claims(self, granted: Granted) -> dict[str, Any]:
        """What an ID token says (身份令牌内容)."""
        now = int(time.time())
        return {
            "iss": self.issuer,
            "sub": granted.who,
            "aud": self.client.client_id,
            "nonce": granted.nonce,
            "iat": now,
            "exp": now + TOKEN_LIVES,
            "nickname": self.people[granted.who],
        }

    def sign(self, claims: dict[str, Any]) -> str:
        """An ID token (身份令牌), by the newest key."""
        key = self.keys[0]
        algorithm = "RS256" if isinstance(key, jwk.RSAKey) else "ES256"
        return jwt.encode({"alg": algorithm, "kid": key.thumbprint()}, claims, key, algorithms=[algorithm])

    def told_of(self, authorization: str) -> dict[str, str]:
        """The userinfo of an access token (用户信息). Raises Refused."""
        who = self.access.get(authorization.removeprefix("Bearer "))
        if who is None:
            raise Refused("invalid_token")
        return {"sub": who, "nickname": self.people[who]}

    def _authenticate(self, params: Mapping[str, str], authorization: str) -> None:
        if self.client.public is not None:
            self._by_key(params)
            return
        try:
            given = base64.b64decode(authorization.removeprefix("Basic "), validate=True).decode()
        except ValueError as error:
            raise Refused("invalid_client") from error
        name, _, secret = given.partition(":")
        right = hmac.compare_digest(unquote(secret).encode(), self.client.secret.encode())
        if unquote(name) != self.client.client_id or not self.client.secret or not right:
            raise Refused("invalid_client")

    def _by_key(self, params: Mapping[str, str]) -> None:
        key = jwk.ECKey.import_key(dict(self.client.public or {}))
        try:
            claims = jwt.decode(params.get("client_assertion", ""), key, algorithms=["ES256"]).claims
        except (JoseError, ValueError) as error:
            raise Refused("invalid_client") from error
        named = {claims.get("iss"), claims.get("sub")} == {self.client.client_id}
        fresh = claims.get("exp", 0) > time.time() and claims.get("jti") not in self.used
        if params.get("client_assertion_type") != _ASSERTION or not named or not fresh:
            raise Refused("invalid_client")
        if claims.get("aud") != self.issuer:
            raise Refused("invalid_client")
        self.used.add(str(claims.get("jti")))


def _fresh_key() -> Key:
    """RS256 is what every provider must offer (Discovery 1.0, section 3)."""
    return jwk.RSAKey.generate_key(2048, private=True)


def _joined(address: str, told: Mapping[str, str]) -> str:
    return f"{address}?{urlencode(told)}"


def read_people(folder: Path) -> dict[str, str]:
    """The invented people (模拟人物) of ``data/``, under subjects of this provider's own: it does not tell who they are."""
    with (folder / "simulated_people.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {hashlib.sha256(row["number"].encode()).hexdigest()[:24]: row["name"] for row in rows}


def serve(provider: Provider, port: int = 0) -> ThreadingHTTPServer:
    """A server on loopback (开服务); the caller runs and closes it. Port 0: any that is free."""

    class Handler(Answering):
        """Answers one request (应答)."""

        def asked(self) -> None:
            """Health, discovery, keys, userinfo, and the page of people."""
            parts = urlsplit(self.path)
            if parts.path == "/healthz":
                self.answer(200, b"ok\n", "text/plain")
            elif parts.path == "/.well-known/openid-configuration":
                self._json(200, provider.discovery())
            elif parts.path == "/jwks":
                self._json(200, provider.jwks())
            elif parts.path == "/userinfo":
                self._try(lambda: provider.told_of(self.headers.get("Authorization", "")))
            elif parts.path == "/authorize":
                self._page(_flat(parts.query))
            elif parts.path == "/":
                self.answer(200, _about(provider), "text/html")
            else:
                self.answer(404, b"not found\n", "text/plain")

        def given(self, body: bytes) -> None:
            """A person was picked, or a code is redeemed."""
            params = _flat(body.decode("utf-8", errors="replace"))
            if self.path == "/token":
                self._try(lambda: provider.redeem(params, self.headers.get("Authorization", "")))
            elif self.path == "/authorize":
                self._picked(params)
            else:
                self.answer(404, b"not found\n", "text/plain")

        def _picked(self, params: Mapping[str, str]) -> None:
            try:
                provider.asked(params)
            except Refused as reason:
                self.answer(400, f"{reason}\n".encode(), "text/plain")
                return
            self.answer(303, b"", "text/plain", Location=provider.answer(params, params.get("who", "")))

        def _page(self, params: Mapping[str, str]) -> None:
            try:
                provider.asked(params)
            except Refused as reason:
                self.answer(400, f"{reason}\n".encode(), "text/plain")
                return
            self.answer(200, _people(provider, params), "text/html")

        def _try(self, answer: Any) -> None:
            try:
                self._json(200, answer())
            except Refused as reason:
                self._json(401 if str(reason).endswith(("client", "token")) else 400, {"error": str(reason)})

        def _json(self, status: int, content: Mapping[str, Any]) -> None:
            self.answer(status, json.dumps(content, ensure_ascii=False).encode(), "application/json")

    server = ThreadingHTTPServer((LOOPBACK, port), Handler)
    provider.issuer = provider.issuer or f"http://{LOOPBACK}:{server.server_address[1]}"
    return server


def _flat(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text).items()}


_HEAD = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<style>body{font:18px/1.7 sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem}"
    "button{font:inherit;display:block;width:100%;padding:.6rem 1rem;margin:.5rem 0;text-align:left}</style>"
)


def _people(provider: Provider, params: Mapping[str, str]) -> bytes:
    hidden = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in params.items()
    )
    buttons = "".join(
        f'<button name="who" value="{html.escape(who)}">{html.escape(name)}</button>'
        for who, name in provider.people.items()
    )
    return (
        f"{_HEAD}<title>模拟身份平台</title><h1>模拟身份平台</h1><p>“通办”想知道您是谁。选一个编出来的人。</p>"
        f'<form method="post" action="/authorize">{hidden}{buttons}'
        '<button name="who" value="">不同意，返回</button></form></html>'
    ).encode()


def _about(provider: Provider) -> bytes:
    names = "、".join(html.escape(name) for name in provider.people.values())
    return (
        f"{_HEAD}<title>模拟身份平台</title><h1>模拟身份平台</h1>"
        f"<p>演示用的外部身份提供方，全部是编的人：{names}。在门户的登录页选“用模拟身份平台登录”。</p></html>"
    ).encode()


def run(folder: Path, client: Client, port: int) -> int:
    """Serve until told to stop (运行)."""
    server = serve(Provider(client, read_people(folder)), port)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
    return 0
