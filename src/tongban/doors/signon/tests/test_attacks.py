"""Attacks of RFC 9700 and its neighbours are refused (攻击): one test each, named after it."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from django.test import Client
from joserfc import jwk, jwt
from tests import world as worlds

from tongban.doors.signon.issuer import now
from tongban.doors.signon.tests.conftest import agree, code_for, post, redeem, told, userinfo
from tongban.people.signon.models import Authorisation
from tongban.people.signon.tests.filling import AFTER, ISSUER, REDIRECT, VERIFIER, connected


def refused(answer, error: str, status: int = 400) -> bool:
    return answer.status_code == status and answer.json()["error"] == error


def unsigned(claims: dict[str, object], algorithm: str = "none", signature: str = "") -> str:
    def part(value: dict[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': algorithm})}.{part(claims)}.{signature}"


def keyed(claims: dict[str, object], secret: bytes) -> str:
    """HS256 by hand: no kept library takes a public key for a secret."""
    body = unsigned(claims, "HS256").removesuffix(".")
    mac = hmac.new(secret, body.encode(), hashlib.sha256).digest()
    return f"{body}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


# --- where the answer goes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/callback",
        REDIRECT + "/",
        REDIRECT + "?next=//evil.example",
        REDIRECT + "/../callback",
        REDIRECT.replace("https", "http"),
        REDIRECT.replace("gov.cn", "gov.cn.evil.example"),
        REDIRECT.replace("https://", "https://evil.example@"),
        REDIRECT + "%23",
        REDIRECT.upper(),
        "javascript:alert(1)",
        "//evil.example",
        "",
    ],
)
def test_open_redirect_at_authorize_sends_nobody_anywhere(browser, party, address):
    code_for(browser, party)
    answer = browser.get("/oidc/authorize", party.request(redirect_uri=address))
    assert answer.status_code == 400
    assert "Location" not in answer
    assert "refresh" not in answer.content.decode()
    assert 'href="https://evil' not in answer.content.decode()


def test_open_redirect_by_an_error_of_an_unknown_system_sends_nobody_anywhere(browser):
    asked = {"client_id": "nobody", "redirect_uri": "https://evil.example", "response_type": "token"}
    assert browser.get("/oidc/authorize", asked).status_code == 400


@pytest.mark.parametrize(
    "address", ["https://evil.example/", AFTER + "x", AFTER + "?x=1", "//evil.example", "javascript:x"]
)
def test_open_redirect_at_logout_sends_nobody_anywhere(browser, party, address):
    asked = {"client_id": party.client_id, "post_logout_redirect_uri": address}
    for answer in (browser.get("/oidc/logout", asked), browser.post("/oidc/logout/confirm", asked)):
        assert answer.status_code == 400
        assert "Location" not in answer


def test_open_redirect_by_next_stays_on_the_door(world):
    answer = Client().post(
        "/login",
        {"login": "xiulan", "password": worlds.PASSWORD, "next": "https://evil.example/oidc/continue"},
    )
    assert answer["Location"] == "/"


def test_mix_up_is_seen_by_the_issuer_in_every_answer(browser, party):
    granted = told(agree(browser, browser.get("/oidc/authorize", party.request())).context["address"])
    failed = told(browser.get("/oidc/authorize", party.request(response_type="token"))["Location"])
    assert granted["iss"] == failed["iss"] == ISSUER
    assert (
        Client()
        .get("/.well-known/openid-configuration")
        .json()["authorization_response_iss_parameter_supported"]
    )


@pytest.mark.parametrize("kind", ["token", "id_token", "code token", "code id_token", "none"])
def test_tokens_through_the_browser_are_not_handed_out(browser, party, kind):
    answer = browser.get("/oidc/authorize", party.request(response_type=kind))
    assert told(answer["Location"])["error"] == "unsupported_response_type"


def test_a_fragment_or_a_page_that_posts_is_no_way_to_answer(browser, party):
    for mode in ("fragment", "form_post"):
        answer = browser.get("/oidc/authorize", party.request(response_mode=mode))
        assert told(answer["Location"])["error"] == "invalid_request"


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "state", "code_challenge"])
def test_parameter_pollution_is_refused(browser, party, name):
    from urllib.parse import urlencode

    asked = [*party.request().items(), (name, "https://evil.example")]
    assert browser.get(f"/oidc/authorize?{urlencode(asked)}").status_code == 400


# --- the code ----------------------------------------------------------------------------------------------------------


def test_pkce_downgrade_no_challenge_is_refused(browser, party):
    answer = browser.get("/oidc/authorize", party.request(code_challenge=None, code_challenge_method=None))
    assert told(answer["Location"])["error"] == "invalid_request"


@pytest.mark.parametrize("method", ["plain", "s256", "", None])
def test_pkce_downgrade_to_plain_is_refused(browser, party, method):
    asked = party.request(code_challenge=VERIFIER, code_challenge_method=method)
    assert told(browser.get("/oidc/authorize", asked)["Location"])["error"] == "invalid_request"


def test_pkce_downgrade_at_the_token_endpoint_is_refused(browser, party):
    code = code_for(browser, party)
    assert refused(redeem(party, code, code_verifier=None), "invalid_request")
    assert refused(redeem(party, code, code_verifier="w" * 43), "invalid_grant")


def test_code_injection_into_another_browser_fails_by_its_verifier(browser, party):
    stolen = code_for(browser, party)  # of the victim, whose verifier the attacker's browser does not have
    assert refused(redeem(party, stolen, code_verifier="a" * 64), "invalid_grant")


def test_code_replay_is_refused_and_ends_the_tokens_of_that_code(browser, party):
    code = code_for(browser, party)
    tokens = redeem(party, code).json()
    assert userinfo(tokens["access_token"]).status_code == 200
    assert refused(redeem(party, code), "invalid_grant")
    assert userinfo(tokens["access_token"]).status_code == 401
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], **party.proof(now())}
    assert refused(post("/oidc/token", form), "invalid_grant")
    assert Authorisation.objects.get().ended_because == "code_replayed"


def test_a_code_of_another_client_is_refused_and_still_good_for_its_own(browser, party, world):
    other = connected(world)
    code = code_for(browser, party)
    assert refused(redeem(other, code), "invalid_grant")
    assert redeem(party, code).status_code == 200


def test_an_expired_code_is_refused(browser, party):
    code = code_for(browser, party)
    Authorisation.objects.update(begun_at=now() - timedelta(seconds=61))
    assert refused(redeem(party, code), "invalid_grant")


def test_a_code_for_another_address_is_refused(browser, party, world):
    second = "https://apply.example.gov.cn/second"
    party = connected(world, redirects=f"{REDIRECT}\n{second}")
    assert refused(redeem(party, code_for(browser, party), redirect_uri=second), "invalid_grant")


def test_a_code_after_signing_out_is_refused(browser, party):
    code = code_for(browser, party)
    browser.post("/logout")
    assert refused(redeem(party, code), "invalid_grant")


def test_a_guessed_code_is_refused(browser, party):
    code_for(browser, party)
    for guess in ("", "x", "0" * 43, "\x00", "null"):
        assert redeem(party, guess).status_code == 400


# --- proving a system --------------------------------------------------------------------------------------------------


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


# --- signed requests ---------------------------------------------------------------------------------------------------


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


# --- tokens ------------------------------------------------------------------------------------------------------------


def test_refresh_reuse_ends_the_whole_family(browser, party):
    first = redeem(party, code_for(browser, party)).json()

    def refresh(token: str):
        return post(
            "/oidc/token", {"grant_type": "refresh_token", "refresh_token": token, **party.proof(now())}
        )

    second = refresh(first["refresh_token"]).json()
    assert refused(refresh(first["refresh_token"]), "invalid_grant")
    assert refused(refresh(second["refresh_token"]), "invalid_grant")
    assert userinfo(second["access_token"]).status_code == 401
    assert Authorisation.objects.get().ended_because == "refresh_reused"


def test_a_refresh_token_of_another_client_is_refused(browser, party, world):
    other = connected(world)
    token = redeem(party, code_for(browser, party)).json()["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": token, **other.proof(now())}
    assert refused(post("/oidc/token", form), "invalid_grant")


def test_a_refresh_for_more_than_was_granted_is_refused(browser, party):
    token = redeem(party, code_for(browser, party)).json()["refresh_token"]
    form = {
        "grant_type": "refresh_token",
        "refresh_token": token,
        "scope": "openid phone",
        **party.proof(now()),
    }
    assert refused(post("/oidc/token", form), "invalid_scope")


def test_a_token_in_the_address_is_refused(browser, party):
    token = redeem(party, code_for(browser, party)).json()["access_token"]
    assert Client().get("/oidc/userinfo", {"access_token": token}).status_code == 400
    assert Client().post("/oidc/userinfo", {"access_token": token}).status_code == 400


def test_parameters_in_the_address_of_the_token_endpoint_are_refused(browser, party):
    from urllib.parse import urlencode

    form = {"grant_type": "authorization_code", "code": code_for(browser, party), **party.proof(now())}
    assert refused(post(f"/oidc/token?{urlencode(form)}", form), "invalid_request")


def test_an_id_token_or_a_refresh_token_is_no_access_token(browser, party):
    tokens = redeem(party, code_for(browser, party)).json()
    assert userinfo(tokens["id_token"]).status_code == 401
    assert userinfo(tokens["refresh_token"]).status_code == 401


def test_a_token_of_people_opens_nothing_at_the_workbench(browser, party, settings):
    token = redeem(party, code_for(browser, party)).json()["access_token"]
    settings.DOOR, settings.ROOT_URLCONF = "workbench", "config.urls_workbench"
    assert userinfo(token).status_code == 401
    assert refused(post("/oidc/token", assertion(party)), "invalid_client", 401)


def test_sign_out_ends_the_access_token_at_once(browser, party):
    token = redeem(party, code_for(browser, party)).json()["access_token"]
    browser.post("/logout")
    assert userinfo(token).status_code == 401


# --- pages -------------------------------------------------------------------------------------------------------------


def test_csrf_a_consent_pressed_from_elsewhere_is_refused(world, party):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    worlds.enter(client, world.applicant.id)
    page = client.get("/oidc/authorize", party.request())
    answer = client.post("/oidc/consent", {"key": page.context["key"], "decision": "yes"})
    assert answer.status_code == 403
    assert not Authorisation.objects.exists()


def test_csrf_a_guessed_consent_key_agrees_to_nothing(browser, party):
    browser.get("/oidc/authorize", party.request())
    assert browser.post("/oidc/consent", {"key": "guess", "decision": "yes"}).status_code == 400
    assert not Authorisation.objects.exists()


def test_a_consent_key_is_good_once(browser, party):
    page = browser.get("/oidc/authorize", party.request())
    agree(browser, page)
    assert agree(browser, page).status_code == 400
    assert Authorisation.objects.count() == 1


def test_csrf_a_logout_from_elsewhere_asks_first(browser, party):
    page = browser.get("/oidc/logout", {"client_id": party.client_id, "post_logout_redirect_uri": AFTER})
    assert page.status_code == 200
    assert browser.get("/oidc/authorize", party.request()).status_code == 200


@pytest.mark.parametrize("path", ["/oidc/authorize", "/oidc/device", "/oidc/logout"])
def test_clickjacking_no_page_of_ours_stands_in_a_frame(browser, party, path):
    answer = browser.get(path, party.request() if path.endswith("authorize") else {})
    assert answer.status_code == 200
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "private, no-store"


def test_the_code_does_not_leak_in_a_referer(browser, party):
    answer = agree(browser, browser.get("/oidc/authorize", party.request()))
    assert answer["Referrer-Policy"] == "same-origin"


def test_state_and_names_from_outside_cannot_become_markup(browser, party):
    page = browser.get("/oidc/authorize", party.request(state='"><script>x</script>'))
    answer = agree(browser, page).content.decode()
    assert "<script>x" not in answer
    assert "%3Cscript%3Ex" in answer


# --- terminals ---------------------------------------------------------------------------------------------------------


def test_device_code_brute_force_is_braked(world):
    party = connected(world, flow_device="on")
    asked = post("/oidc/device_authorization", {"scope": "openid", **party.proof(now())}).json()
    client = Client()
    worlds.enter(client, world.applicant.id)
    answers = [client.post("/oidc/device", {"user_code": f"BCDF-GHJ{letter}"}) for letter in "BCDFGH"]
    assert [answer.status_code for answer in answers] == [422] * 5 + [403]
    right = client.post("/oidc/device", {"user_code": asked["user_code"]})
    assert right.status_code == 403


def test_a_device_code_is_good_once_and_only_for_its_system(world):
    party, other = connected(world, flow_device="on"), connected(world, flow_device="on")
    asked = post("/oidc/device_authorization", {"scope": "openid", **party.proof(now())}).json()
    client = Client()
    worlds.enter(client, world.applicant.id)
    client.post("/oidc/device", {"user_code": asked["user_code"], "decision": "yes"})
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": asked["device_code"]}
    assert refused(post("/oidc/token", {**form, **other.proof(now())}), "invalid_grant")
    assert post("/oidc/token", {**form, **party.proof(now())}).status_code == 200
    assert refused(post("/oidc/token", {**form, **party.proof(now())}), "invalid_grant")


def test_a_hasty_terminal_is_slowed_down(world):
    party = connected(world, flow_device="on")
    asked = post("/oidc/device_authorization", {"scope": "openid", **party.proof(now())}).json()
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": asked["device_code"]}
    assert refused(post("/oidc/token", {**form, **party.proof(now())}), "authorization_pending")
    assert refused(post("/oidc/token", {**form, **party.proof(now())}), "slow_down")


# --- certificates ------------------------------------------------------------------------------------------------------


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
