"""Attacks on tokens, pages and terminals are refused: one test each, named after it."""

import pytest
from django.test import Client
from tests import world as worlds

from tongban.base.db import fetch_one
from tongban.doors.signon.issuer import now
from tongban.doors.signon.tests.conftest import agree, code_for, post, redeem, userinfo
from tongban.doors.signon.tests.forging import refused
from tongban.people.signon.tests.filling import AFTER, connected

# --- tokens


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
    assert fetch_one("SELECT ended_because FROM signon_authorisation")[0] == "refresh_reused"


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
    assert refused(
        post("/oidc/token", {"grant_type": "client_credentials", **party.proof(now())}), "invalid_client", 401
    )


def test_sign_out_ends_the_access_token_at_once(browser, party):
    token = redeem(party, code_for(browser, party)).json()["access_token"]
    browser.post("/logout")
    assert userinfo(token).status_code == 401


# --- pages


def test_csrf_a_consent_pressed_from_elsewhere_is_refused(world, party):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    worlds.enter(client, world.applicant.id)
    page = client.get("/oidc/authorize", party.request())
    answer = client.post("/oidc/consent", {"key": page.context["key"], "decision": "yes"})
    assert answer.status_code == 403
    assert fetch_one("SELECT count(*) FROM signon_authorisation") == (0,)


def test_csrf_a_guessed_consent_key_agrees_to_nothing(browser, party):
    browser.get("/oidc/authorize", party.request())
    assert browser.post("/oidc/consent", {"key": "guess", "decision": "yes"}).status_code == 400
    assert fetch_one("SELECT count(*) FROM signon_authorisation") == (0,)


def test_a_consent_key_is_good_once(browser, party):
    page = browser.get("/oidc/authorize", party.request())
    agree(browser, page)
    assert agree(browser, page).status_code == 400
    assert fetch_one("SELECT count(*) FROM signon_authorisation") == (1,)


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


# --- terminals


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
