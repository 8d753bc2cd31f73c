"""The example system (示例接入系统) trusts nothing that its issuer did not say: forged answers and logout tokens are refused."""

import base64
import importlib.util
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from joserfc import jwk, jwt

from config.home import ROOT

CLIENT, SUBJECT, SID = "example-estate", "subject", "sid"


def loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("example_system", ROOT / "examples/relying_party/system.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["example_system"] = module
    spec.loader.exec_module(module)
    return module


example = loaded()
KEY, STRANGE = jwk.ECKey.generate_key("P-256"), jwk.ECKey.generate_key("P-256")
KID = KEY.thumbprint()


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """An issuer, as far as a system reads it: its discovery document and its keys."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here = f"http://127.0.0.1:{self.server.server_port}"
            told: dict[str, Any] = {
                "issuer": here,
                "jwks_uri": f"{here}/jwks",
                "end_session_endpoint": f"{here}/out",
            }
            if self.path == "/jwks":
                told = {"keys": [{**KEY.as_dict(private=False), "kid": KID}]}
            body = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing is written."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def system(issuer: str, tmp_path: Path) -> Any:
    made = example.System("不动产", 1, CLIENT, issuer, tmp_path)
    made.entered["s1"] = example.Entered(SUBJECT, SID, "", {}, {})
    made.entered["s2"] = example.Entered("another", "another sid", "", {}, {})
    return made


def claims(issuer: str, **changes: object) -> dict[str, object]:
    now = int(time.time())
    made: dict[str, object] = {
        "iss": issuer,
        "aud": CLIENT,
        "sub": SUBJECT,
        "sid": SID,
        "iat": now,
        "exp": now + 120,
        "jti": "one",
        "events": {example.LOGOUT: {}},
    } | changes
    return {name: value for name, value in made.items() if value is not None}


def token(content: dict[str, object], key: jwk.ECKey = KEY, **header: object) -> str:
    return jwt.encode(
        {"alg": "ES256", "kid": KID, "typ": "logout+jwt", **header}, content, key, algorithms=["ES256"]
    )


def test_a_logout_token_ends_the_session_that_it_names_and_no_other(system, issuer):
    assert system.told(token(claims(issuer))) == 1
    assert set(system.entered) == {"s2"}


def test_a_logout_token_without_a_session_ends_all_of_that_person(system, issuer):
    system.entered["s3"] = example.Entered(SUBJECT, "third", "", {}, {})
    assert system.told(token(claims(issuer, sid=None))) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"aud": "example-fund"},
        {"aud": [CLIENT]},
        {"exp": 1},
        {"exp": None},
        {"iat": 2**33},
        {"iat": None},
        {"jti": None},
        {"nonce": "n"},
        {"events": None},
        {"events": {"other": {}}},
        {"sid": None, "sub": None},
    ],
)
def test_a_forged_logout_token_ends_nobody(system, issuer, changes):
    with pytest.raises(example.Refused):
        system.told(token(claims(issuer, **changes)))
    assert len(system.entered) == 2


def test_a_logout_token_by_a_strange_key_ends_nobody(system, issuer):
    with pytest.raises(example.Refused):
        system.told(token(claims(issuer), STRANGE))


def test_an_id_token_is_no_logout_token(system, issuer):
    with pytest.raises(example.Refused):
        system.told(token(claims(issuer), typ="JWT"))


def test_a_logout_token_without_signature_ends_nobody(system, issuer):
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    for algorithm in ("none", "HS256"):
        header = {"alg": algorithm, "typ": "logout+jwt", "kid": KID}
        with pytest.raises(example.Refused):
            system.told(f"{part(header)}.{part(claims(issuer))}.")


def test_a_logout_token_is_good_once(system, issuer):
    sent = token(claims(issuer))
    system.told(sent)
    with pytest.raises(example.Refused):
        system.told(sent)


def begun(system: Any) -> str:
    system.found = {**system.discovered(), "authorization_endpoint": "http://127.0.0.1/authorize"}
    system.begin("browser", "")
    return str(system.pending["browser"].state)


def test_an_answer_of_another_issuer_is_refused(system):
    state = begun(system)
    with pytest.raises(example.Refused, match="another issuer"):
        system.come_back("browser", {"state": state, "iss": "https://evil.example", "code": "x"})


def test_an_answer_without_its_issuer_is_refused(system):
    with pytest.raises(example.Refused, match="another issuer"):
        system.come_back("browser", {"state": begun(system), "code": "x"})


def test_csrf_an_answer_that_this_browser_did_not_ask_for_is_refused(system, issuer):
    begun(system)
    for browser, state in (("browser", "guess"), ("another", "x"), ("", "")):
        with pytest.raises(example.Refused, match="did not begin"):
            system.come_back(browser, {"state": state, "iss": issuer, "code": "x"})


def test_an_answer_is_taken_once(system, issuer):
    state = begun(system)
    for _ in range(2):
        with pytest.raises(example.Refused) as refused:
            system.come_back("browser", {"state": state, "iss": issuer, "error": "access_denied"})
    assert "did not begin" in str(refused.value)


def test_a_discovery_document_of_another_issuer_is_not_believed(issuer, tmp_path):
    made = example.System("不动产", 1, CLIENT, issuer.replace("127.0.0.1", "localhost"), tmp_path)
    with pytest.raises(example.Refused, match="another issuer"):
        made.discovered()
