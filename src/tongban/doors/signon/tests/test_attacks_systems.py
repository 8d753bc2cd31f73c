"""Attacks on how a system proves itself, and on signed requests, are refused: one test each, named after it."""

import base64
import json

import pytest
from joserfc import jwk, jwt

from tongban.doors.signon.issuer import now
from tongban.doors.signon.tests.conftest import code_for, post, redeem, told, userinfo
from tongban.doors.signon.tests.forging import keyed, refused, unsigned
from tongban.people.signon.tests.filling import ISSUER, REDIRECT, VERIFIER, connected

# --- proving a system


def assertion(party, **changes):
    return {"grant_type": "client_credentials", **party.proof(now(), **changes)}


def with_token(party, token: str) -> dict[str, str]:
    return {"grant_type": "client_credentials", **party.proof(now())} | {"client_assertion": token}


def claims(party, **changes) -> dict[str, object]:
    soon = int(now().timestamp()) + 60
    return {"iss": party.client_id, "sub": party.client_id, "aud": ISSUER, "exp": soon, "jti": "j1"} | changes


def test_algorithm_confusion_none_in_an_assertion_is_refused(party):
    for algorithm in ("none", "None", "NONE", ""):
        assert refused(
            post("/oidc/token", with_token(party, unsigned(claims(party), algorithm))), "invalid_client", 401
        )


def test_algorithm_confusion_hs256_with_the_public_key_in_an_assertion_is_refused(party):
    for public in (party.key.as_pem(private=False), json.dumps(party.key.as_dict(private=False)).encode()):
        token = keyed(claims(party), public)
        assert refused(post("/oidc/token", with_token(party, token)), "invalid_client", 401)


def test_algorithm_confusion_a_key_inside_the_assertion_is_not_believed(party):
    own = jwk.ECKey.generate_key("P-256")
    for header in ({"jwk": own.as_dict(private=False)}, {"jku": "https://evil.example/keys"}, {"kid": "k1"}):
        token = jwt.encode({"alg": "ES256", **header}, claims(party), own, algorithms=["ES256"])
        assert refused(post("/oidc/token", with_token(party, token)), "invalid_client", 401)


def test_assertion_replay_is_refused(world):
    party = connected(world, flow_system="on")
    form = assertion(party)
    assert post("/oidc/token", form).status_code == 200
    assert refused(post("/oidc/token", form), "invalid_client", 401)


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://evil.example"},
        {"aud": [ISSUER, "https://evil.example"]},
        {"aud": []},
        {"aud": None},
        {"iss": "another"},
        {"sub": "another"},
        {"exp": 1},
        {"exp": None},
        {"exp": 2**32},
        {"exp": "soon"},
        {"nbf": 2**32},
        {"iat": 2**32},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
    ],
)
def test_an_assertion_of_wrong_audience_issuer_or_time_is_refused(world, changes):
    party = connected(world, flow_system="on")
    assert refused(post("/oidc/token", assertion(party, **changes)), "invalid_client", 401)


def test_an_assertion_of_another_system_is_refused(party, world):
    other = connected(world)
    form = {**assertion(other), "client_id": party.client_id}
    assert refused(post("/oidc/token", form), "invalid_client", 401)
    forged = jwt.encode({"alg": "ES256", "kid": "k1"}, claims(party), other.key, algorithms=["ES256"])
    assert refused(post("/oidc/token", with_token(party, forged)), "invalid_client", 401)


def test_a_system_with_a_key_is_not_believed_without_it(browser, party):
    code = code_for(browser, party)
    form = {"client_id": party.client_id, "client_assertion": None, "client_assertion_type": None}
    assert refused(redeem(party, code, **form), "invalid_client", 401)


def test_client_secrets_are_refused_wherever_they_stand(party):
    form = {"grant_type": "client_credentials", "client_id": party.client_id, "client_secret": "guess"}
    assert refused(post("/oidc/token", form), "invalid_client", 401)
    basic = {"Authorization": "Basic " + base64.b64encode(f"{party.client_id}:guess".encode()).decode()}
    assert refused(post("/oidc/token", {"grant_type": "client_credentials"}, **basic), "invalid_client", 401)


@pytest.mark.parametrize("broken", ["", "x", "a.b", "a.b.c", "é.é.é", "." * 9000, "bnVsbA.bnVsbA.x"])
def test_garbage_for_an_assertion_is_refused(party, broken):
    answer = post("/oidc/token", with_token(party, broken))
    assert answer.status_code in (400, 401)


# --- signed requests


def signed(party, **changes) -> dict[str, str]:
    content = {**claims(party), **party.request(), **changes}
    token = jwt.encode({"alg": "ES256", "kid": "k1"}, content, party.key, algorithms=["ES256"])
    return {"client_id": party.client_id, "request": token}


def test_a_signed_request_counts_and_what_stands_beside_it_does_not(browser, party):
    code_for(browser, party)
    answer = browser.get(
        "/oidc/authorize", {**signed(party, state="signed"), "state": "beside", "scope": "openid phone"}
    )
    assert told(answer["Location"])["state"] == "signed"


def test_algorithm_confusion_none_in_a_request_is_refused(browser, party):
    token = unsigned({**claims(party), **party.request()})
    answer = browser.get("/oidc/authorize", {"client_id": party.client_id, "request": token})
    assert answer.status_code == 400


def test_algorithm_confusion_hs256_with_the_public_key_in_a_request_is_refused(browser, party):
    token = keyed({**claims(party), **party.request()}, party.key.as_pem(private=False))
    answer = browser.get("/oidc/authorize", {"client_id": party.client_id, "request": token})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "changes",
    [{"aud": "https://evil.example"}, {"iss": "x"}, {"exp": 1}, {"request": "x.y.z"}, {"client_id": "x"}],
)
def test_a_signed_request_for_somebody_else_or_of_yesterday_is_refused(browser, party, changes):
    assert browser.get("/oidc/authorize", signed(party, **changes)).status_code == 400


def test_a_request_address_elsewhere_is_never_fetched(browser, party):
    asked = {"client_id": party.client_id, "request_uri": "http://127.0.0.1:1/request"}
    assert browser.get("/oidc/authorize", asked).status_code == 400


def test_a_pushed_request_of_another_system_is_refused(browser, party, world):
    other = connected(world)
    pushed = post("/oidc/par", {**party.request(), **party.proof(now())}).json()["request_uri"]
    answer = browser.get("/oidc/authorize", {"client_id": other.client_id, "request_uri": pushed})
    assert answer.status_code == 400


# --- certificates


def test_a_certificate_is_believed_only_from_the_proxy(world, settings):
    from tongban.doors.signon.tests.certificates import certificate

    der = certificate("CN=reader,O=test")
    party = connected(
        world, method="tls_client_auth", flow_system="on", certificate_subject="CN=reader,O=test"
    )
    form = {"grant_type": "client_credentials", "client_id": party.client_id}
    shown = {"Client-Cert": f":{base64.b64encode(der).decode()}:"}
    assert refused(post("/oidc/token", form, **shown), "invalid_client", 401)
    settings.PROXY_SECRET = "of-the-proxy"
    assert refused(post("/oidc/token", form, **shown), "invalid_client", 401)
    guessed = {**shown, "X-Tongban-Proxy": "guessed"}
    assert refused(post("/oidc/token", form, **guessed), "invalid_client", 401)
    vouched = {**shown, "X-Tongban-Proxy": "of-the-proxy"}
    assert post("/oidc/token", form, **vouched).status_code == 200
    other = {**vouched, "Client-Cert": f":{base64.b64encode(certificate('CN=other,O=test')).decode()}:"}
    assert refused(post("/oidc/token", form, **other), "invalid_client", 401)


def test_a_stolen_certificate_bound_token_opens_nothing_without_the_certificate(browser, world, settings):
    from tongban.doors.signon.tests.certificates import certificate

    settings.PROXY_SECRET = "of-the-proxy"
    der = certificate("CN=reader,O=test")
    party = connected(world, method="tls_client_auth", certificate_subject="CN=reader,O=test")
    headers = {"Client-Cert": f":{base64.b64encode(der).decode()}:", "X-Tongban-Proxy": "of-the-proxy"}
    form = {
        "grant_type": "authorization_code",
        "client_id": party.client_id,
        "code": code_for(browser, party),
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
    }
    token = post("/oidc/token", form, **headers).json()["access_token"]
    assert userinfo(token).status_code == 401
    assert userinfo(token, **headers).status_code == 200


def test_a_public_program_signs_on_by_its_verifier_alone_and_cannot_act_for_itself(browser, world):
    party = connected(world, method="none")
    tokens = redeem(
        party,
        code_for(browser, party),
        client_id=party.client_id,
        client_assertion=None,
        client_assertion_type=None,
    )
    assert tokens.status_code == 200
    form = {"grant_type": "client_credentials", "client_id": party.client_id}
    assert refused(post("/oidc/token", form), "unauthorized_client")
