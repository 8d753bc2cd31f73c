"""Two clients that others wrote sign on, step up and sign out (他人的客户端): idpyoidc (Python) and openid-client (Node).

They are registered through the workbench's pages, and know nothing of us but the issuer's address.
"""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from joserfc import jwk
from tests.clients.browser import Browser
from tests.journeys.running import Running

from config.home import ROOT
from tongban.demo.accounts import PASSWORD

REDIRECT, AFTER = "https://client.example.gov.cn/callback", "https://client.example.gov.cn/bye"
Key = jwk.ECKey | jwk.RSAKey
URN = "urn:tongban:level:"
FORM = {
    "audience": "staff",
    "method": "private_key_jwt",
    "level": "1",
    "redirects": REDIRECT,
    "after_sign_out": AFTER,
    "flow_code": "on",
    "flow_refresh": "on",
    "purpose_profile": "在页面上称呼您",
    "purpose_staff": "按岗位分派任务",
}


@dataclass
class Official(Browser):
    """An official at her browser (工作人员): she signs in by her password, and by the code of her phone where more is asked."""

    here_url: str
    login: str
    totp: pyotp.TOTP | None = None
    used: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__(
            {
                "/login/code": lambda: {"code": self.code()},
                "/login": lambda: {"login": self.login, "password": PASSWORD},
                "/oidc/consent": lambda: {"decision": "yes"},
                "/stepup": lambda: {"code": self.code()},
            }
        )
        self.here = self.here_url

    def code(self) -> str:
        """A code that was not used yet: those of a step before and after are taken as well."""
        assert self.totp is not None
        while True:
            for step in (-30, 0, 30):
                found = self.totp.at(datetime.now(UTC) + timedelta(seconds=step))
                if found not in self.used:
                    self.used.add(found)
                    return found
            time.sleep(1)

    def page(self, path: str) -> str:
        return self.session.get(self.here_url + path).text

    def sign_in(self) -> None:
        page = self.page("/login")
        assert self.post(page, "/login", login=self.login, password=PASSWORD).status_code == 302

    def bind(self) -> None:
        """Bind one-time codes to her account at another browser of hers: this one's session knows only her password."""
        other = Official(self.here_url, self.login)
        other.sign_in()
        other.bind_here()
        self.totp, self.used = other.totp, other.used

    def bind_here(self) -> None:
        """The same at this browser."""
        page = self.page("/account/ways/totp")
        secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
        assert secret is not None
        self.totp = pyotp.TOTP(secret[1].replace(" ", ""))
        answer = self.post(page, "/account/ways/totp", code=self.code(), again=PASSWORD)
        assert answer.status_code == 200, answer.text[:2000]


def registered(installation: Running, name: str, made: Key, algorithm: str, **changes: str) -> dict[str, Any]:
    """A system that one editor registered and another approved; its client id and private key."""
    key = {**made.as_dict(private=True), "kid": "of-the-client", "alg": algorithm}
    public = {**made.as_dict(private=False), "kid": "of-the-client", "alg": algorithm}
    writer, approver = (Official(installation.url("workbench"), login) for login in ("guo", "feng"))
    writer.sign_in()
    form = {**FORM, "name": name, "signing": "ES256", "keys": json.dumps({"keys": [public]}), **changes}
    made_at = writer.post(writer.page("/systems/new"), "/systems/new", **form)
    assert made_at.status_code == 302, made_at.text
    address = made_at.headers["Location"]
    approver.sign_in()
    approved = approver.post(approver.page(f"{address}/approve"), f"{address}/approve")
    assert approved.status_code == 302, approved.text
    client = re.search(r"client_id[^<]*<code>(\S+)</code>", approver.page(address))
    assert client is not None
    return {"client": client[1], "key": key}


class Node:
    """The client in Node (节点客户端): it writes where a browser must go, and what it found."""

    def __init__(self, given: dict[str, Any]) -> None:
        script = ROOT / "tests" / "clients" / "openid_client.mjs"
        self.process = subprocess.Popen(
            ["node", str(script), json.dumps(given)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def said(self) -> Iterator[dict[str, Any]]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            yield json.loads(line)
        assert self.process.wait(30) == 0, self.process.stderr and self.process.stderr.read()

    def tell(self, address: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(address + "\n")
        self.process.stdin.flush()


@pytest.mark.skipif(
    shutil.which("node") is None or not (ROOT / "node_modules" / "openid-client").exists(),
    reason="needs node and the npm package openid-client",
)
def test_openid_client_of_npm_signs_on_steps_up_and_signs_out(installation: Running):
    issuer = installation.url("workbench")
    given = registered(installation, "任务系统（Node）", jwk.ECKey.generate_key("P-256"), "ES256") | {
        "issuer": issuer,
        "redirect": REDIRECT,
        "after": AFTER,
    }
    browser = Official(issuer, "tang")
    node, found = Node(given), {}
    for line in node.said():
        if line["step"] == "browse":
            node.tell(browser.go(line["url"], "https://client.example.gov.cn/"))
        else:
            found[line["step"]] = line
        if line["step"] == "refreshed":
            browser.bind()
    assert found["signed on"]["claims"]["acr"] == f"{URN}2"
    assert found["signed on"]["claims"]["amr"] == ["pwd"]
    assert found["userinfo"]["claims"]["name"] == "唐敏"
    assert "posts" not in found["userinfo"]["claims"]
    assert found["stepped up"]["claims"]["acr"] == f"{URN}3"
    assert "otp" in found["stepped up"]["claims"]["amr"]
    assert found["in silence"]["claims"]["sub"] == found["signed on"]["claims"]["sub"]
    assert found["in silence"]["claims"]["acr"] == f"{URN}3"
    assert (found["examined"]["active"], found["given back"]["active"]) == (True, False)
    assert "/stepup" in browser.pressed
    assert found["signed out"]["at"] == f"{AFTER}?state=bye"
    assert found["ended"]["error"] == "invalid_grant"
    assert ">退出<" not in browser.page("/login")


def test_idpyoidc_signs_on_steps_up_and_signs_out(
    installation: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)  # where it is run, this client keeps keys of its own
    from cryptojwt.key_jar import KeyJar
    from idpyoidc.client.defaults import DEFAULT_OIDC_SERVICES
    from idpyoidc.client.rp_handler import RPHandler

    issuer = installation.url("workbench")
    given = registered(
        installation, "考勤系统（Python）", jwk.RSAKey.generate_key(2048), "RS256", signing="RS256"
    )
    keyjar = KeyJar()
    for owner in ("", given["client"]):
        keyjar.import_jwks({"keys": [{**given["key"], "use": "sig"}]}, owner)
    handler = RPHandler(
        base_url="https://client.example.gov.cn",
        keyjar=keyjar,
        httpc_params={"verify": False},
        services=DEFAULT_OIDC_SERVICES
        | {"end_session": {"class": "idpyoidc.client.oidc.end_session.EndSession"}},
        client_configs={
            "us": {
                "issuer": issuer,
                "client_id": given["client"],
                "client_type": "oidc",
                "client_authn_methods": ["private_key_jwt"],
                "redirect_uris": [REDIRECT],
                "post_logout_redirect_uris": [AFTER],
                "token_endpoint_auth_method": "private_key_jwt",
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
                "token_endpoint_auth_signing_alg": "RS256",
                "id_token_signed_response_alg": "RS256",
                "response_types_supported": ["code"],
                "scopes_supported": ["openid", "profile", "staff"],
                "add_ons": {
                    "pkce": {
                        "function": "idpyoidc.client.oauth2.add_on.pkce.add_support",
                        "kwargs": {"code_challenge_length": 64, "code_challenge_method": "S256"},
                    }
                },
            }
        },
    )
    browser = Official(issuer, "hai")

    def signed_on(**asked: object) -> dict[str, Any]:
        address = handler.begin(issuer_id="us", req_args=asked)
        back = browser.go(address, REDIRECT)
        from urllib.parse import parse_qsl, urlsplit

        client = handler.issuer2rp[issuer]
        answer = client.get_service("authorization").parse_response(
            urlsplit(back).query, sformat="urlencoded", behaviour_args={}
        )
        assert dict(parse_qsl(urlsplit(back).query))["iss"] == issuer
        found: dict[str, Any] = handler.finalize(issuer, answer.to_dict())
        assert "error" not in found, found
        return found

    first = signed_on(scope=["openid", "profile", "staff"])
    assert first["id_token"]["acr"] == f"{URN}2"
    assert first["userinfo"]["name"] == "海涛"
    assert first["userinfo"]["posts"][0]["role"] == "governor"
    browser.bind()
    high = signed_on(scope=["openid", "profile"], acr_values=[f"{URN}3"])
    assert high["id_token"]["acr"] == f"{URN}3"
    assert high["id_token"]["sub"] == first["id_token"]["sub"]
    assert "/stepup" in browser.pressed
    again = signed_on(scope=["openid"], prompt=["login"])
    assert again["id_token"]["auth_time"] >= high["id_token"]["auth_time"]
    address = handler.logout(state=again["state"], post_logout_redirect_uri=AFTER)["url"]
    assert browser.go(address, AFTER).startswith(AFTER)
    assert ">退出<" not in browser.page("/login")
