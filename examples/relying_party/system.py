"""A small system that signs people on with Tongban (示例接入系统): one file, Python's own web server, joserfc for signatures.

It keeps its sessions in memory and serves one machine: an example to read, not a product. Settings come from the environment:
EXAMPLE_NAME, EXAMPLE_PORT, EXAMPLE_CLIENT (client id), EXAMPLE_ISSUER, EXAMPLE_SCOPES (what it asks for, `openid profile` where it is
not set), EXAMPLE_HOME (folder of its private key).
"""

import base64
import hashlib
import html
import json
import os
import secrets
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwk, jwt
from joserfc.errors import JoseError

LEVELS = {
    f"urn:tongban:level:{number}": word for number, word in ((1, "未实名"), (2, "基本实名"), (3, "高级实名"))
}
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"  # the name of the event, not an address that is called
ALGORITHMS = ["ES256", "RS256"]  # ours to choose, never the sender's
PATIENCE = 10  # seconds
SCOPES = os.environ.get("EXAMPLE_SCOPES") or "openid profile"
LEEWAY = 60  # seconds between two clocks


class Refused(Exception):  # noqa: N818 -- a refusal is an answer, not an error
    """Something that came in is not to be trusted (不可信); the text says why."""


@dataclass
class Pending:
    """A sign-on that began in a browser and has not come back yet (登录途中)."""

    state: str
    nonce: str
    verifier: str
    level: str


@dataclass
class Entered:
    """Somebody who is signed in here (已登录的人)."""

    subject: str
    sid: str
    id_token: str
    claims: dict[str, Any]
    shared: dict[str, Any]


@dataclass
class System:
    """The system (接入系统): who it is, where its issuer is, who is signed in."""

    name: str
    port: int
    client_id: str
    issuer: str
    home: Path
    pending: dict[str, Pending] = field(default_factory=dict)
    entered: dict[str, Entered] = field(default_factory=dict)
    heard: dict[str, float] = field(default_factory=dict)  # logout tokens that were seen, until they lapse
    lock: threading.Lock = field(default_factory=threading.Lock)
    found: dict[str, Any] = field(default_factory=dict)
    keys: jwk.KeySet | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def cookie(self) -> str:
        return f"example_{self.port}"  # both examples share a host, and a cookie knows no port

    # --- what it knows of the issuer, and the issuer of it ---

    def discovered(self) -> dict[str, Any]:
        """The issuer's addresses (发现文档), read once. Whoever answers must be the issuer that was meant."""
        if not self.found:
            found = read_json(f"{self.issuer}/.well-known/openid-configuration")
            if found.get("issuer") != self.issuer:
                raise Refused("the discovery document is of another issuer")
            self.found = found
        return self.found

    def own_key(self) -> jwk.ECKey:
        """The private key by which this system proves itself (自己的私钥), made at first use."""
        path = self.home / f"{self.client_id}.json"
        if not path.exists():
            self.home.mkdir(parents=True, exist_ok=True)
            made = jwk.ECKey.generate_key("P-256")
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                json.dump(made.as_dict(private=True), file)
        return jwk.ECKey.import_key(json.loads(path.read_text()))

    def public_keys(self) -> dict[str, Any]:
        """What stands at ``/jwks`` (公钥集): the issuer reads it there."""
        key = self.own_key()
        return {
            "keys": [{**key.as_dict(private=False), "kid": key.thumbprint(), "use": "sig", "alg": "ES256"}]
        }

    def assertion(self) -> str:
        """A proof of who this system is (RFC 7523), good once and for a minute."""
        key, now = self.own_key(), int(time.time())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.issuer,
            "iat": now,
            "exp": now + 60,
        }
        claims["jti"] = secrets.token_urlsafe(16)
        return jwt.encode({"alg": "ES256", "kid": key.thumbprint()}, claims, key, algorithms=["ES256"])

    def claims_of(self, token: str, kind: str) -> dict[str, Any]:
        """The claims of a token of the issuer's (核验令牌): signature, type, issuer, audience, time."""
        for anew in (False, True):  # an unknown key may be a new one
            if self.keys is None or anew:
                self.keys = jwk.KeySet.import_key_set(read_json(self.discovered()["jwks_uri"]))
            try:
                found = jwt.decode(token, self.keys, algorithms=ALGORITHMS)
                break
            except (JoseError, ValueError) as error:
                if anew:
                    raise Refused("the signature does not verify") from error
        claims, now = dict(found.claims), time.time()
        if found.header.get("typ") != kind:
            raise Refused("a token of another type")
        if claims.get("iss") != self.issuer or claims.get("aud") != self.client_id:
            raise Refused("a token of another issuer, or for another system")
        if not is_number(claims.get("exp")) or not is_number(claims.get("iat")):
            raise Refused("a token without times")
        if claims["exp"] <= now - LEEWAY or claims["iat"] > now + LEEWAY:
            raise Refused("a token of another time")
        return claims

    # --- signing on ---

    def begin(self, browser: str, level: str) -> str:
        """Where the browser goes to sign on (去登录). ``level``: the acr that is wanted, or ''."""
        pending = Pending(*(secrets.token_urlsafe(32) for _ in range(3)), level)
        with self.lock:
            self.pending[browser] = pending
        digest = hashlib.sha256(pending.verifier.encode()).digest()
        asked = {
            "client_id": self.client_id,
            "response_type": "code",
            "redirect_uri": f"{self.address}/callback",
            "scope": SCOPES,
            "state": pending.state,
            "nonce": pending.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        } | ({"acr_values": level} if level else {})
        return f"{self.discovered()['authorization_endpoint']}?{urlencode(asked)}"

    def come_back(self, browser: str, answer: dict[str, str]) -> str:
        """The browser is back with a code (登录返回); returns the key of a new session here."""
        with self.lock:
            pending = self.pending.pop(browser, None)  # good once
        if pending is None or not secrets.compare_digest(answer.get("state", ""), pending.state):
            raise Refused("this browser did not begin this sign-on")
        if answer.get("iss") != self.issuer:
            raise Refused("the answer is of another issuer")  # RFC 9207: mix-up
        if "error" in answer:
            raise Refused(f"the issuer refused: {answer['error']}")
        tokens = post_form(
            self.discovered()["token_endpoint"],
            {
                "grant_type": "authorization_code",
                "code": answer.get("code", ""),
                "redirect_uri": f"{self.address}/callback",
                "code_verifier": pending.verifier,
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": self.assertion(),
            },
        )
        claims = self.claims_of(tokens["id_token"], "JWT")
        if claims.get("nonce") != pending.nonce:
            raise Refused("an ID token of another sign-on")
        if pending.level and claims.get("acr", "") < pending.level:
            raise Refused("less than the level that was asked for")
        shared = read_json(self.discovered()["userinfo_endpoint"], tokens["access_token"])
        if shared.get("sub") != claims["sub"]:
            raise Refused("userinfo of somebody else")
        session = secrets.token_urlsafe(32)
        with self.lock:
            self.entered[session] = Entered(
                claims["sub"], claims.get("sid", ""), tokens["id_token"], claims, shared
            )
        return session

    # --- signing out ---

    def leave(self, session: str) -> str:
        """Somebody signs out here (退出): her session ends, and the issuer is asked to end hers. Returns where to go."""
        with self.lock:
            entered = self.entered.pop(session, None)
        asked = {"client_id": self.client_id, "post_logout_redirect_uri": f"{self.address}/"}
        if entered is not None:
            asked["id_token_hint"] = entered.id_token
        return f"{self.discovered()['end_session_endpoint']}?{urlencode(asked)}"

    def told(self, token: str) -> int:
        """The issuer tells that a session has ended (后台退出); returns how many sessions ended here."""
        claims = self.claims_of(token, "logout+jwt")
        if "nonce" in claims or not isinstance(claims.get("events"), dict) or LOGOUT not in claims["events"]:
            raise Refused("not a logout token")
        if not claims.get("sid") and not claims.get("sub"):
            raise Refused("a logout token of nobody")
        jti = claims.get("jti")
        with self.lock:
            self.heard = {one: until for one, until in self.heard.items() if until > time.time()}
            if not isinstance(jti, str) or jti in self.heard:
                raise Refused("a logout token that was used before")
            self.heard[jti] = claims["exp"] + LEEWAY
            ended = [
                key
                for key, one in self.entered.items()
                if claims.get("sid") in (None, one.sid) and one.subject == claims.get("sub", one.subject)
            ]
            for key in ended:
                del self.entered[key]
        return len(ended)


def is_number(value: Any) -> bool:
    """Whether a claim is a moment (时刻)."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def read_json(address: str, token: str = "") -> dict[str, Any]:
    """What stands at an address (读取), with a token where one is needed."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return called(urllib.request.Request(address, headers=headers))  # noqa: S310 -- the issuer's own addresses


def post_form(address: str, form: dict[str, str]) -> dict[str, Any]:
    """Post a form (提交)."""
    return called(urllib.request.Request(address, urlencode(form).encode()))  # noqa: S310 -- as above


def called(request: urllib.request.Request) -> dict[str, Any]:
    """The JSON that answers a request (应答)."""
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 -- as above
            found = json.load(answer)
    except urllib.error.HTTPError as error:
        raise Refused(
            f"the issuer answered {error.code}: {error.read(500).decode(errors='replace')}"
        ) from error
    except (OSError, ValueError) as error:
        raise Refused(f"the issuer does not answer: {error}") from error
    if not isinstance(found, dict):
        raise Refused("the issuer answered something else")
    return found


# --- pages -------------------------------------------------------------------------------------------------------------

STYLE = (
    "body{font:18px/1.7 system-ui,sans-serif;max-width:38rem;margin:3rem auto;padding:0 1rem;color:#1d2733}"
    "dt{color:#5b6672;font-size:.9rem}dd{margin:0 0 .8rem;overflow-wrap:anywhere}a,button{color:#0b4f8a}"
    ".row{display:flex;gap:1rem;flex-wrap:wrap}button,.go{font:inherit;min-height:44px;padding:.4rem 1rem;border:1px solid #0b4f8a;border-radius:4px;background:#fff;"
    "text-decoration:none;display:inline-block;line-height:1.8}.first{background:#0b4f8a;color:#fff}"
)
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"


def page(title: str, body: str) -> bytes:
    """A page (网页)."""
    text = (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width, initial-scale=1"><title>{html.escape(title)}</title><style>{STYLE}</style></head>'
        f"<body><main><h1>{html.escape(title)}</h1>{body}</main></body></html>"
    )
    return text.encode()


def shown(entered: Entered) -> str:
    """What this system knows of somebody (已知信息)."""
    rows = {
        "姓名": entered.shared.get("name", ""),
        "实名等级": LEVELS.get(entered.claims.get("acr", ""), ""),
        "怎样登录的": "、".join(entered.claims.get("amr", [])),
        "本系统给这个人的编号": entered.subject,
    }
    company = entered.shared.get("company")
    if isinstance(company, dict):
        kind = {"representative": "法定代表人", "agent": "代理人"}.get(company.get("mandate", ""), "")
        rows |= {
            "代表": f"{company.get('name', '')}（{kind}）",
            "本系统给这家企业的编号": company.get("sub", ""),
        }
    listed = "".join(f"<dt>{html.escape(k)}</dt><dd>{html.escape(str(v))}</dd>" for k, v in rows.items())
    return (
        f'<p id="state">已登录</p><dl>{listed}</dl>'
        '<div class="row"><a class="go" href="/login?level=3">办要高级实名的事</a>'
        '<form method="post" action="/logout"><button class="first">退出</button></form></div>'
    )


STRANGER = '<p id="state">没有登录</p><p><a class="go first" href="/login">用通办账号登录</a></p>'


class Handler(BaseHTTPRequestHandler):
    """One request (请求)."""

    system: System

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, dict(parse_qsl(urlsplit(self.path).query))
        browser, session = self.known()
        try:
            if path == "/healthz":
                self.answer(200, b"ok\n", "text/plain")
            elif path == "/jwks":
                self.answer(200, json.dumps(self.system.public_keys()).encode(), "application/json")
            elif path == "/":
                entered = self.system.entered.get(session)
                self.answer(200, page(self.system.name, shown(entered) if entered else STRANGER))
            elif path == "/login":
                browser = browser or secrets.token_urlsafe(32)
                wanted = f"urn:tongban:level:{query['level']}" if query.get("level") in ("2", "3") else ""
                self.redirect(self.system.begin(browser, wanted), f"{browser}.{session}")
            elif path == "/callback":
                # A new key after each sign-on: whoever knew the old one knows nothing.
                fresh = self.system.come_back(browser, query)
                self.system.entered.pop(session, None)
                self.redirect("/", f"{secrets.token_urlsafe(32)}.{fresh}")
            else:
                self.answer(404, page("没有这个页面", '<p><a href="/">回到首页</a></p>'))
        except Refused as refused:
            text = f'<p>没有登录成：{html.escape(str(refused))}</p><p><a href="/">回到首页</a></p>'
            self.answer(400, page(self.system.name, text))

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(min(size, 20_000)).decode(errors="replace")
        _browser, session = self.known()
        try:
            if self.path == "/logout":
                if self.headers.get("Origin", self.system.address) != self.system.address:
                    raise Refused("pressed on somebody else's page")
                address = self.system.leave(session)
                # A page that goes on, not a redirect: our policy lets forms lead to us only.
                onward = html.escape(address)
                head = f'<meta http-equiv="refresh" content="0;url={onward}">'
                self.answer(200, page("正在退出", f'{head}<p><a href="{onward}">继续</a></p>'))
            elif self.path == "/backchannel":
                self.system.told(dict(parse_qsl(body)).get("logout_token", ""))
                self.answer(200, b"{}", "application/json")
            else:
                self.answer(404, b"", "text/plain")
        except Refused as refused:
            self.answer(
                400,
                json.dumps({"error": "invalid_request", "error_description": str(refused)}).encode(),
                "application/json",
            )

    def known(self) -> tuple[str, str]:
        """(browser, session) by the cookie (浏览器和会话)."""
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get(self.system.cookie)
        browser, _dot, session = (cookie.value if cookie else "").partition(".")
        return browser, session

    def redirect(self, address: str, cookie: str) -> None:
        """On to another address (转到)."""
        self.send_response(303)
        self.send_header("Location", address)
        self.send_header("Set-Cookie", f"{self.system.cookie}={cookie}; Path=/; HttpOnly; SameSite=Lax")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def answer(self, status: int, content: bytes, kind: str = "text/html; charset=utf-8") -> None:
        """An answer (应答)."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "same-origin")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """One line a request, without what stands behind the question mark: codes are not for logs."""
        print(
            self.command,
            urlsplit(self.path).path,
            args[1] if len(args) > 1 else "",
            file=sys.stderr,
            flush=True,
        )


def main() -> None:
    """Serve until stopped (运行)."""
    given = os.environ
    Handler.system = System(
        name=given["EXAMPLE_NAME"],
        port=int(given["EXAMPLE_PORT"]),
        client_id=given["EXAMPLE_CLIENT"],
        issuer=given["EXAMPLE_ISSUER"].rstrip("/"),
        home=Path(given["EXAMPLE_HOME"]),
    )
    ThreadingHTTPServer(("127.0.0.1", Handler.system.port), Handler).serve_forever()


if __name__ == "__main__":
    main()
