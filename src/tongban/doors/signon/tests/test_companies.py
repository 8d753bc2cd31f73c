"""Signing on for a company (代表企业登录): who chose it, under a mandate that counts, and only as long as it does."""

import json
import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from tests import mandating
from tests import world as worlds
from tests.mandating import CODE, COMPANY, Firm
from tests.stand_ins import Registers

from tongban.base.actor import Actor
from tongban.base.db import fetch_all
from tongban.base.ledger.queries import acts_of
from tongban.doors.signon.issuer import now
from tongban.doors.signon.tests.conftest import agree, post, redeem, told, userinfo
from tongban.people.mandates import actions as mandates
from tongban.people.mandates.rules import Act
from tongban.people.signon import actions
from tongban.people.signon.queries import signed_in
from tongban.people.signon.tests.filling import Party, connected

SCOPES = "openid profile company company_code"
ASKS = {
    "purpose_company": "以企业名义办理登记",
    "purpose_company_code": "填写登记簿",
    "purpose_offline_access": "办完后同步结果",
    "back_channel": "http://127.0.0.1:1/backchannel",
}


@pytest.fixture
def registers(settings) -> Iterator[Registers]:
    with mandating.standing_in_for(settings) as known:
        yield known


@pytest.fixture
def firm(world, registers) -> Firm:
    return mandating.build(world)


@pytest.fixture
def party(world) -> Party:
    return connected(world, **ASKS)


def long(firm: Firm, **terms: object) -> uuid.UUID:
    return firm.accepted(last=worlds.AT.date() + timedelta(days=900), **terms)


def browser_of(actor: Actor) -> Client:
    client = Client(raise_request_exception=False)
    worlds.enter(client, actor.id)
    return client


def page_for(client: Client, party: Party, **changes: str):
    return client.get("/oidc/authorize", party.request(scope=SCOPES, **changes))


def choose(client: Client, page, mandate: object):
    return client.post(
        "/oidc/consent", {"key": page.context["key"], "decision": "yes", "company": str(mandate)}
    )


def tokens_for(client: Client, party: Party, mandate: object, **changes: str) -> dict[str, str]:
    answer = choose(client, page_for(client, party, **changes), mandate)
    return redeem(party, told(answer.context["address"])["code"]).json()


def test_an_agent_chooses_for_whom_she_acts_and_the_system_learns_which_company(firm, party):
    mandate, client = long(firm), browser_of(firm.agent)
    page = page_for(client, party)
    options = [option["label"] for option in page.context["field"]["options"]]
    assert options == ["我本人", f"{COMPANY} · 代理人"]
    tokens = tokens_for(client, party, mandate)
    info = userinfo(tokens["access_token"]).json()
    assert info["name"] == "周洋"
    assert info["company"] == {"sub": info["company"]["sub"], "name": COMPANY, "mandate": "agent"}
    assert info["company_code"] == CODE
    assert len(info["company"]["sub"]) == 43
    (signed,) = [act for act in acts_of(f"account:{firm.agent.id}") if act.act == "signon.sign_on"]
    assert signed.data["mandate"] == str(mandate)
    assert signed.data["for"] == str(firm.party_id)


def test_whoever_signs_on_for_herself_tells_of_no_company(firm, party):
    long(firm)
    info = userinfo(tokens_for(browser_of(firm.agent), party, "self")["access_token"]).json()
    assert set(info) == {"sub", "name"}


def test_the_legal_representative_acts_under_her_own_mandate(firm, party):
    client = browser_of(firm.representative)
    (_herself, other) = page_for(client, party).context["field"]["options"]
    info = userinfo(tokens_for(client, party, other["value"])["access_token"]).json()
    assert info["company"]["mandate"] == "representative"


def test_for_whom_she_acts_is_asked_each_time_and_a_silent_request_is_told_so(firm, party):
    mandate, client = long(firm), browser_of(firm.agent)
    tokens_for(client, party, mandate)
    assert page_for(client, party).context["field"] is not None
    silent = page_for(client, party, prompt="none")
    assert told(silent["Location"])["error"] == "consent_required"


def test_whoever_acts_for_nobody_is_asked_nothing_of_it(firm, party):
    client = browser_of(firm.agent)
    page = page_for(client, party)
    assert "field" not in page.context
    assert [row["label"] for row in page.context["shares"]] == ["姓名"]
    agree(client, page)
    assert page_for(client, party).status_code == 302


@pytest.mark.parametrize(
    "terms",
    [{"items": ["000123001000"]}, {"places": [worlds.COUNTY]}, {"amount": 1000}, {"acts": {Act.COLLECT}}],
)
def test_a_bounded_mandate_signs_nobody_on_elsewhere(firm, party, terms):
    mandate, client = long(firm, **terms), browser_of(firm.agent)
    page = page_for(client, party)
    assert "field" not in page.context
    assert told(choose(client, page, mandate).context["address"])["error"] == "access_denied"


def test_somebody_elses_mandate_is_refused(firm, party, world):
    mandate, client = long(firm), browser_of(world.applicant)
    answer = choose(client, page_for(client, party), mandate)
    assert told(answer.context["address"])["error"] == "access_denied"


def test_a_withdrawal_is_felt_at_once_by_every_token(firm, party):
    mandate, client = long(firm), browser_of(firm.agent)
    tokens = tokens_for(client, party, mandate)
    assert userinfo(tokens["access_token"]).status_code == 200
    mandates.withdraw(actor=firm.for_firm, mandate_id=mandate, at=now())
    assert userinfo(tokens["access_token"]).status_code == 401
    seen = post("/oidc/introspect", {"token": tokens["access_token"], **party.proof(now())}).json()
    assert seen == {"active": False}
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], **party.proof(now())}
    assert post("/oidc/token", form).json()["error"] == "invalid_grant"


def test_a_code_of_before_the_withdrawal_is_worth_nothing_after_it(firm, party):
    mandate, client = long(firm), browser_of(firm.agent)
    code = told(choose(client, page_for(client, party), mandate).context["address"])["code"]
    mandates.withdraw(actor=firm.for_firm, mandate_id=mandate, at=now())
    assert redeem(party, code).json()["error"] == "invalid_grant"


def test_the_system_is_told_once_that_the_sign_on_has_ended_and_the_session_stays(firm, party):
    mandate, client = long(firm), browser_of(firm.agent)
    tokens = tokens_for(client, party, mandate)
    mandates.withdraw(actor=firm.for_firm, mandate_id=mandate, at=now())
    (event,) = fetch_all("SELECT name, payload FROM outbox_event WHERE name = 'mandates.withdraw'")
    assert json.loads(event[1]) == {"mandate": str(mandate)}
    assert actions.end_for_mandate(mandate_id=mandate, at=now()) == 1
    assert actions.end_for_mandate(mandate_id=mandate, at=now()) == 0
    assert fetch_all("SELECT DISTINCT ended_because FROM signon_authorisation") == [("mandate_ended",)]
    assert userinfo(tokens["access_token"]).status_code == 401
    # She is still signed in: she signs on as herself, and the end of the session is told as well.
    again = redeem(party, told(page_for(client, party)["Location"])["code"]).json()
    assert userinfo(again["access_token"]).status_code == 200
    (session,) = fetch_all(
        "SELECT id FROM account_session WHERE account_id = %s AND ended_at IS NULL", [firm.agent.id]
    )
    assert signed_in(session[0]) is not None
    assert actions.end_authorisations(session_id=session[0], at=now()) == 1


def test_systems_of_different_sectors_cannot_tell_that_a_company_is_the_same(firm, party, world):
    other = connected(world, **ASKS, sector="fund.example.gov.cn", name="公积金")
    mandate, client = long(firm), browser_of(firm.agent)
    first, second = (
        userinfo(tokens_for(client, one, mandate)["access_token"]).json()["company"]["sub"]
        for one in (party, other)
    )
    assert first != second
    assert first == userinfo(tokens_for(client, party, mandate)["access_token"]).json()["company"]["sub"]


def test_only_systems_of_the_public_ask_for_it_and_the_code_only_with_the_company(world):
    from tongban.base.errors import Invalid

    for changes, field in (
        ({"purpose_company": "x", "audience": "staff", "purpose_phone": ""}, "purpose_company"),
        ({"purpose_company_code": "x"}, "purpose_company_code"),
    ):
        with pytest.raises(Invalid) as refused:
            connected(world, **changes)
        assert field in refused.value.fields
