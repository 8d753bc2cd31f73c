"""Signing on (统一登录): the whole way, what it still needs, what a system gets."""

import json

import pytest
from django.test import Client
from joserfc import jwk, jwt
from tests import world as worlds

from tongban.doors.signon.issuer import now
from tongban.doors.signon.tests.conftest import agree, code_for, post, redeem, told, userinfo
from tongban.people.identity.rules import Method
from tongban.people.signon.tests.filling import REDIRECT, connected


def claims_of(id_token: str) -> dict[str, object]:
    keys = Client().get("/oidc/jwks").json()
    return dict(jwt.decode(id_token, jwk.KeySet.import_key_set(keys), algorithms=["ES256", "RS256"]).claims)


def test_a_person_signs_on_agrees_and_the_system_gets_what_she_agreed_to(browser, party, world):
    page = browser.get("/oidc/authorize", party.request())
    assert page.status_code == 200
    assert "在页面上称呼您" in page.content.decode()
    answer = told(agree(browser, page).context["address"])
    assert answer["state"] == "s-123"
    assert answer["iss"] == "http://127.0.0.1:8000"
    tokens = redeem(party, answer["code"]).json()
    claims = claims_of(tokens["id_token"])
    assert claims["iss"] == "http://127.0.0.1:8000"
    assert claims["aud"] == party.client_id
    assert claims["nonce"] == "n-456"
    assert claims["acr"] == "urn:tongban:level:2"
    assert claims["amr"] == ["pwd"]
    assert "name" not in claims
    info = userinfo(tokens["access_token"]).json()
    assert info == {"sub": claims["sub"], "name": "王秀兰"}
    assert str(world.applicant.id) not in json.dumps(claims)


def test_a_remembered_consent_is_not_asked_again_unless_more_is_asked_or_the_system_wants_it(browser, party):
    code_for(browser, party)
    assert browser.get("/oidc/authorize", party.request()).status_code == 302
    assert browser.get("/oidc/authorize", party.request(scope="openid profile phone")).status_code == 200
    assert browser.get("/oidc/authorize", party.request(prompt="consent")).status_code == 200


def test_a_stranger_signs_in_first_and_goes_on_where_she_was(party, world):
    client = Client()
    answer = client.get("/oidc/authorize", party.request(login_hint="xiulan"))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login?next=/oidc/continue%3Fkey%3D")
    onward = client.post(
        "/login",
        {"login": "xiulan", "password": worlds.PASSWORD, "next": told(answer["Location"])["next"]},
        follow=True,
    )
    assert "key" in onward.context
    assert told(agree(client, onward).context["address"])["code"]


def test_refusing_is_told_to_the_system_and_shares_nothing(browser, party):
    page = browser.get("/oidc/authorize", party.request())
    answer = told(agree(browser, page, "no").context["address"])
    assert answer["error"] == "access_denied"
    assert answer["state"] == "s-123"
    assert browser.get("/oidc/authorize", party.request()).status_code == 200


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({}, "consent_required"),
        ({"max_age": "0"}, "login_required"),
        ({"acr_values": "urn:tongban:level:3"}, "interaction_required"),
    ],
)
def test_a_silent_request_is_told_what_it_would_need(browser, party, changes, error):
    answer = browser.get("/oidc/authorize", party.request(prompt="none", **changes))
    assert told(answer["Location"])["error"] == error


def test_a_silent_request_of_nobody_is_told_to_sign_in(party):
    answer = Client().get("/oidc/authorize", party.request(prompt="none"))
    assert told(answer["Location"])["error"] == "login_required"


@pytest.mark.parametrize("changes", [{"prompt": "login"}, {"max_age": "0"}])
def test_a_fresh_sign_in_is_asked_for_and_an_old_one_does_not_do(browser, party, world, changes):
    code_for(browser, party)
    answer = browser.get("/oidc/authorize", party.request(**changes))
    onward = told(answer["Location"])["next"]
    assert browser.get(onward)["Location"].startswith("/login")
    worlds.enter(browser, world.applicant.id)
    assert told(browser.get(onward).context["address"])["code"]


def test_a_higher_level_is_asked_for_in_place_and_reached_by_a_further_proof(browser, party, world):
    code_for(browser, party)
    page = browser.get("/oidc/authorize", party.request(acr_values="urn:tongban:level:3"))
    assert page.status_code == 200
    assert "高级实名" in page.content.decode()
    from django.contrib.auth import get_user_model

    get_user_model().objects.filter(pk=world.applicant.id).update(level=3)
    worlds.enter(browser, world.applicant.id, Method.PASSWORD, Method.ONE_TIME)
    onward = browser.get(f"/oidc/continue?key={page.context['key']}")
    tokens = redeem(party, told(onward.context["address"])["code"]).json()
    claims = claims_of(tokens["id_token"])
    assert claims["acr"] == "urn:tongban:level:3"
    assert claims["amr"] == ["pwd", "otp", "mfa"]


def test_signing_in_anew_proves_the_session_and_keeps_what_it_opened(browser, party, world):
    token = redeem(party, code_for(browser, party)).json()["access_token"]
    onward = told(browser.get("/oidc/authorize", party.request(prompt="login"))["Location"])["next"]
    form = {"login": "xiulan", "password": worlds.PASSWORD, "next": onward}
    assert browser.post("/login", form)["Location"] == onward
    assert told(browser.get(onward).context["address"])["code"]
    assert userinfo(token).status_code == 200


def test_somebody_else_at_the_same_browser_ends_what_was_open(browser, party):
    token = redeem(party, code_for(browser, party)).json()["access_token"]
    browser.post("/login", {"login": "stranger", "password": worlds.PASSWORD})
    assert userinfo(token).status_code == 401
    assert browser.get("/oidc/authorize", party.request()).status_code == 200


def test_of_several_levels_the_lowest_will_do(browser, party):
    levels = "urn:tongban:level:3 urn:tongban:level:2"
    code_for(browser, party)
    assert browser.get("/oidc/authorize", party.request(acr_values=levels)).status_code == 302


def test_a_system_that_needs_a_level_gets_nobody_below_it(browser, world):
    strict = connected(world, level="3")
    assert "高级实名" in browser.get("/oidc/authorize", strict.request()).content.decode()


def test_two_systems_of_different_sectors_cannot_tell_that_somebody_is_the_same(browser, party, world):
    other = connected(world, sector="tax.example.gov.cn")
    same = connected(world)
    subjects = [
        claims_of(redeem(one, code_for(browser, one)).json()["id_token"])["sub"]
        for one in (party, other, same)
    ]
    assert subjects[0] == subjects[2] != subjects[1]


def test_the_claims_parameter_gives_single_claims_where_they_are_asked(browser, party):
    wanted = json.dumps({"id_token": {"name": {"essential": True}}, "userinfo": {"phone_number": None}})
    page = browser.get("/oidc/authorize", party.request(scope="openid", claims=wanted))
    assert {row["label"] for row in page.context["shares"]} == {"姓名", "手机号码（中间四位隐去）"}
    tokens = redeem(party, told(agree(browser, page).context["address"])["code"]).json()
    assert claims_of(tokens["id_token"])["name"] == "王秀兰"
    info = userinfo(tokens["access_token"]).json()
    assert info["phone_number"] == "138****8000"
    assert "name" not in info


def test_a_scope_that_was_not_registered_is_refused(browser, party):
    answer = browser.get("/oidc/authorize", party.request(scope="openid identity"))
    assert told(answer["Location"])["error"] == "invalid_scope"


def test_tokens_are_refreshed_with_the_same_subject(browser, party):
    first = redeem(party, code_for(browser, party)).json()
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"], **party.proof(now())}
    second = post("/oidc/token", form).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert claims_of(second["id_token"])["sub"] == claims_of(first["id_token"])["sub"]
    assert userinfo(second["access_token"]).status_code == 200


def test_a_system_acts_in_its_own_name_and_of_nobody(world):
    party = connected(world, flow_system="on")
    form = {"grant_type": "client_credentials", **party.proof(now())}
    tokens = post("/oidc/token", form).json()
    assert set(tokens) == {"access_token", "token_type", "expires_in", "scope"}
    assert userinfo(tokens["access_token"]).status_code == 401
    seen = post("/oidc/introspect", {"token": tokens["access_token"], **party.proof(now())}).json()
    assert seen["active"] is True
    assert "sub" not in seen


def test_introspection_tells_a_system_of_its_own_tokens_only(browser, party, world):
    other = connected(world)
    token = redeem(party, code_for(browser, party)).json()["access_token"]
    own = post("/oidc/introspect", {"token": token, **party.proof(now())}).json()
    assert own["active"] is True
    assert own["client_id"] == party.client_id
    assert post("/oidc/introspect", {"token": token, **other.proof(now())}).json() == {"active": False}


def test_a_token_given_back_opens_nothing(browser, party):
    tokens = redeem(party, code_for(browser, party)).json()
    post("/oidc/revoke", {"token": tokens["access_token"], **party.proof(now())})
    assert userinfo(tokens["access_token"]).status_code == 401
    post("/oidc/revoke", {"token": tokens["refresh_token"], **party.proof(now())})
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], **party.proof(now())}
    assert post("/oidc/token", form).json()["error"] == "invalid_grant"


def test_a_pushed_request_is_used_once_and_holds_what_was_pushed(browser, party):
    code_for(browser, party)
    pushed = post("/oidc/par", {**party.request(state="pushed"), **party.proof(now())})
    assert pushed.status_code == 201
    given = {"client_id": party.client_id, "request_uri": pushed.json()["request_uri"], "state": "changed"}
    answer = browser.get("/oidc/authorize", given)
    assert told(answer["Location"])["state"] == "pushed"
    assert browser.get("/oidc/authorize", given).status_code == 400


def test_discovery_names_addresses_that_exist(db):
    found = Client().get("/.well-known/openid-configuration").json()
    assert found["issuer"] == "http://127.0.0.1:8000"
    endpoints = [address for name, address in found.items() if name.endswith(("_endpoint", "_uri"))]
    assert len(endpoints) == 9
    for address in endpoints:
        assert Client().get(address.removeprefix(found["issuer"])).status_code != 404, address


def test_withdrawing_a_consent_ends_the_tokens_and_asks_anew(browser, party):
    tokens = redeem(party, code_for(browser, party)).json()
    listed = browser.get("/my/systems").content.decode()
    assert "不动产登记" in listed
    assert browser.post(f"/my/systems/{party.id}/withdraw").status_code == 302
    assert userinfo(tokens["access_token"]).status_code == 401
    assert browser.get("/oidc/authorize", party.request()).status_code == 200
    assert "不动产登记" not in browser.get("/my/systems").content.decode()


def test_a_suspended_system_signs_nobody_on_and_its_tokens_open_nothing(browser, party, world):
    from tongban.people.signon import actions

    tokens = redeem(party, code_for(browser, party)).json()
    actions.suspend(actor=world.editor, system_id=party.id, version=2, reason="漏洞未修", at=now())
    assert browser.get("/oidc/authorize", party.request()).status_code == 400
    assert userinfo(tokens["access_token"]).status_code == 401


def test_the_answer_goes_to_the_registered_address(browser, party):
    code_for(browser, party)
    assert browser.get("/oidc/authorize", party.request())["Location"].startswith(REDIRECT + "?")
