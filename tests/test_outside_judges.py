"""Programs that others wrote judge both ends of an outside account (他人的程序作证): their provider our client, their client our stand-in."""

import http.client
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.clients.toolkit_provider import CLIENT as CLIENT_ELSEWHERE
from tests.stand_ins import CLIENT, Provider, agree, outside_provider, told

from config.home import ROOT
from tongban.people.identity import actions
from tongban.people.identity.providers import outside
from tongban.people.identity.rules.outside import Purpose

BROWSER, REDIRECT, SECRET = "b" * 43, "http://127.0.0.1/login/outside/elsewhere/back", "a secret of both"


@pytest.fixture
def elsewhere(tmp_path: Path, settings: Any) -> Iterator[str]:
    """The issuer of a provider made of django-oauth-toolkit."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.clients.toolkit_provider", str(tmp_path), REDIRECT, SECRET],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        issuer = f"http://127.0.0.1:{int(process.stdout.readline())}/o"
        (tmp_path / "secret").write_text(SECRET)
        settings.OUTSIDE = [
            {
                "key": "elsewhere",
                "name": "别人的平台",
                "issuer": issuer,
                "client_id": CLIENT_ELSEWHERE,
                "method": "client_secret_basic",
                "secret_file": str(tmp_path / "secret"),
            }
        ]
        outside.forget()
        yield issuer
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.django_db
def test_our_client_signs_on_at_a_provider_that_others_wrote(elsewhere: str):
    address = actions.begin_outside(
        key="elsewhere",
        purpose=Purpose.SIGN_IN,
        browser=BROWSER,
        redirect=REDIRECT,
        onward="/",
        at=datetime.now(UTC),
    )
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    connection.request("GET", f"{parts.path}?{parts.query}")
    answer = connection.getresponse()
    assert answer.status == 302, answer.read()
    back = told(answer.headers["Location"])
    connection.close()
    came = actions.finish_outside(
        key="elsewhere", told=back, browser=BROWSER, redirect=REDIRECT, at=datetime.now(UTC)
    )
    assert (came.shown.issuer, came.shown.subject) == (elsewhere, "1")


def test_a_client_that_others_wrote_signs_on_at_our_stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)  # where it is run, this client keeps keys of its own
    from idpyoidc.client.rp_handler import RPHandler

    made = Provider(CLIENT, {"a subject": "阿明"})
    with outside_provider(made, tmp_path) as named:
        handler = RPHandler(
            base_url="http://testserver",
            httpc_params={"verify": False},
            client_configs={
                "simulated": {
                    "issuer": named["issuer"],
                    "client_id": CLIENT.client_id,
                    "client_secret": CLIENT.secret,
                    "client_type": "oidc",
                    "redirect_uris": [CLIENT.redirect],
                    "token_endpoint_auth_method": "client_secret_basic",
                    "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                    "id_token_signed_response_alg": "ES256",
                    "response_types_supported": ["code"],
                    "scopes_supported": ["openid", "profile"],
                    "add_ons": {
                        "pkce": {
                            "function": "idpyoidc.client.oauth2.add_on.pkce.add_support",
                            "kwargs": {"code_challenge_length": 64, "code_challenge_method": "S256"},
                        }
                    },
                }
            },
        )
        address = handler.begin(issuer_id="simulated", req_args={"scope": ["openid", "profile"]})
        back = agree(address, "a subject")
        client = handler.issuer2rp[named["issuer"]]
        answer = client.get_service("authorization").parse_response(
            urlsplit(back).query, sformat="urlencoded", behaviour_args={}
        )
        found = handler.finalize(named["issuer"], answer.to_dict())

    assert "error" not in found, found
    assert found["id_token"]["sub"] == found["userinfo"]["sub"] == "a subject"
    assert found["userinfo"]["nickname"] == "阿明"
