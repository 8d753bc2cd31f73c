"""Attacks on the answer and on the code (RFC 9700) are refused: one test each, named after it."""

from datetime import timedelta

import pytest
from django.test import Client
from tests import world as worlds

from tongban.base.db import execute, fetch_one
from tongban.doors.signon.issuer import now
from tongban.doors.signon.tests.conftest import agree, code_for, post, redeem, told, userinfo
from tongban.doors.signon.tests.forging import refused
from tongban.people.signon.tests.filling import AFTER, ISSUER, REDIRECT, VERIFIER, connected

# --- where the answer goes


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


# --- the code


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
    assert fetch_one("SELECT ended_because FROM signon_authorisation")[0] == "code_replayed"


def test_a_code_of_another_client_is_refused_and_still_good_for_its_own(browser, party, world):
    other = connected(world)
    code = code_for(browser, party)
    assert refused(redeem(other, code), "invalid_grant")
    assert redeem(party, code).status_code == 200


def test_an_expired_code_is_refused(browser, party):
    code = code_for(browser, party)
    execute("UPDATE signon_authorisation SET begun_at = %s", [now() - timedelta(seconds=61)])
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
