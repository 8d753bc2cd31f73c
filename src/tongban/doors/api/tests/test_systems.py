"""Connected systems at the API in their own name (系统令牌): what they were granted, nothing else, and not a moment longer."""

import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.conf import settings as configured
from django.test import Client, override_settings
from tests import world as worlds

from tongban.base.ledger import queries as ledger
from tongban.doors.api.api import api
from tongban.doors.api.tests.conftest import Door
from tongban.doors.signon.issuer import now
from tongban.doors.signon.tests.certificates import certificate
from tongban.people.parties import queries as parties
from tongban.people.signon import actions, queries
from tongban.people.signon.queries.keys import forget
from tongban.people.signon.rules.registration import Audience
from tongban.people.signon.rules.rights import Right
from tongban.people.signon.rules.tokens import ACCESS_LIFE
from tongban.people.signon.tests.filling import ISSUER, Party, connected, keeper
from tongban.records.licences import queries as licences

GRANTED = {
    "flow_system": "on",
    "right_cases_read": "把办理进度同步到窗口叫号系统",
    "right_cases_content": "把申请内容送入本局业务系统",
    "right_licences_verify": "核对申请人出示的证照",
}
EVERYTHING = "cases.read cases.content licences.verify"


@pytest.fixture
def party(door: Door) -> Party:
    forget()
    return connected(door.world, **GRANTED)


def token_of(
    party: Party, scope: str = EVERYTHING, *, bound: str = "", at=None, audience=Audience.PUBLIC
) -> str:
    system = queries.live(party.client_id, audience)
    assert system is not None
    issued = actions.system_token(system, bound=bound, scope=scope, at=at or now(), api=configured.API_URL)
    return issued.access_token


def get(path: str, token: str, **headers: str):
    return Client().get(path, headers={"Authorization": f"Bearer {token}", **headers})


def post(path: str, token: str, body: object):
    return Client().post(
        path, json.dumps(body), content_type="application/json", headers={"Authorization": f"Bearer {token}"}
    )


def from_issuer(door_name: str, form: dict[str, str]):
    """The answer of an issuer's token endpoint."""
    with override_settings(ROOT_URLCONF=f"config.urls_{door_name}", DOOR=door_name, PUBLIC_URL=ISSUER):
        return Client().post("/oidc/token", urlencode(form), content_type="application/x-www-form-urlencoded")


def test_a_system_reads_the_cases_of_its_organ_without_anybodys_name(door, party):
    case = worlds.submitted(door.world)
    answer = get("/v1/cases", token_of(party, "cases.read"))
    assert answer.status_code == 200
    (row,) = answer.json()["cases"]
    assert row["id"] == str(case.id)
    assert row["applicant_name"] == ""
    assert row["handler_name"] is None
    assert get(f"/v1/cases?number={row['number']}", token_of(party, "cases.read")).json()["cases"] == [row]


def test_a_system_of_another_organ_is_told_of_none(door, party):
    case = worlds.submitted(door.world)
    elsewhere = connected(_moved(door.world), **GRANTED)
    token = token_of(elsewhere)
    assert get("/v1/cases", token).json() == {"cases": []}
    assert get(f"/v1/cases/{case.id}", token).status_code == 404


def _moved(world: worlds.World) -> worlds.World:
    """The same world with an editor of the other organ."""
    from dataclasses import replace

    from tongban.people.identity.rules import Role

    editor = worlds._official("elsewhere", "外局编辑", world.other_organ_id, Role.EDITOR)
    return replace(world, organ_id=world.other_organ_id, editor=editor)


def test_a_draft_is_no_systems_concern(door, party):
    draft = worlds.draft_filled(door.world)
    assert get("/v1/cases", token_of(party)).json() == {"cases": []}
    assert get(f"/v1/cases/{draft.id}", token_of(party)).status_code == 404


def test_reading_a_case_whole_wants_its_own_right_and_stands_in_the_ledger_with_its_purpose(door, party):
    case = worlds.submitted(door.world)
    refused = get(f"/v1/cases/{case.id}", token_of(party, "cases.read"))
    assert refused.status_code == 403
    assert refused.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="cases.content"'
    assert (
        get(f"/v1/cases/{case.id}", token_of(party, "cases.content")).json()["applicant"]["name"] == "王秀兰"
    )
    (read,) = [act for act in ledger.acts_of(f"system:{party.id}") if act.act == "signon.read"]
    assert read.data == {
        "of": f"case:{case.id}",
        "right": "cases.content",
        "purpose": GRANTED["right_cases_content"],
    }
    assert read.actor == {"kind": "connected", "id": str(party.id), "name": "不动产登记"}


def test_every_use_is_counted_by_right_and_day(door, party):
    token = token_of(party)
    for _turn in range(3):
        get("/v1/cases", token)
    assert queries.uses_of(party.id, since=now().date() - timedelta(days=2)) == {Right.CASES_READ: 3}


def test_a_system_writes_nothing(door, party):
    case = worlds.submitted(door.world)
    answer = post(f"/v1/cases/{case.id}/acts/accept", token_of(party), {"version": case.version})
    assert answer.status_code == 403
    assert answer.json()["rule"] == "api.scope"
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope"'


def test_no_operation_but_those_that_name_a_right_lets_a_system_in(door, party):
    token = token_of(party)
    let_in = set()
    for path, methods in api.get_openapi_schema(path_prefix="/v1/")["paths"].items():
        for method, told in methods.items():
            if "security" not in told:
                continue
            address = path.replace("{case_id}", "00000000-0000-7000-8000-000000000008")
            answer = Client().generic(
                method.upper(),
                address,
                "{}",
                "application/json",
                headers={"Authorization": f"Bearer {token}"},
            )
            if answer.status_code != 403 or answer.json()["rule"] != "api.scope":
                let_in.add((method, path))
    assert let_in == {("get", "/v1/cases"), ("get", "/v1/cases/{case_id}"), ("post", "/v1/licences/check")}
    # The party of this test has no right to messages: these addresses refuse it by their own scope.
    told = api.get_openapi_schema(path_prefix="/v1/")["paths"]["/v1/messages"]
    assert told["post"]["security"] == [{"System": ["messages.send"]}]


def test_openapi_tells_which_scope_an_address_wants(db):
    document = api.get_openapi_schema(path_prefix="/v1/")
    assert document["paths"]["/v1/cases"]["get"]["security"] == [{"Token": []}, {"System": ["cases.read"]}]
    assert document["paths"]["/v1/licences/check"]["post"]["security"] == [{"System": ["licences.verify"]}]
    flows = document["components"]["securitySchemes"]["System"]["flows"]["clientCredentials"]
    assert set(flows["scopes"]) == {right.value for right in Right}


def test_a_licence_is_told_of_to_whoever_names_its_holder(door, party):
    closed = worlds.closed(door.world)
    licence = licences.of_case(door.world.applicant, closed.id, on=worlds.AT.date())
    assert licence is not None
    asked = {
        "identifier": licence.identifier,
        "holder_number": parties.facts(door.world.applicant.party_id).number,
    }
    token = token_of(party)
    told = post("/v1/licences/check", token, asked)
    assert told.status_code == 200, told.content.decode()
    assert told.json()["identifier"] == licence.identifier
    assert "王秀兰" not in told.content.decode()
    for wrong in (
        {"holder_number": parties.facts(door.world.stranger.party_id).number},
        {"identifier": licence.identifier[:-1] + "0"},
    ):
        assert post("/v1/licences/check", token, asked | wrong).status_code == 404
    assert post("/v1/licences/check", door.token("clerk"), asked).status_code == 403


# --- what is no token, or no longer one ----------------------------------------------------------------------------------


def refused(answer) -> bool:
    return answer.status_code == 401 and answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_a_token_that_has_expired_opens_nothing(door, party):
    assert refused(get("/v1/cases", token_of(party, at=now() - ACCESS_LIFE)))


def test_a_token_given_back_opens_nothing(door, party):
    token = token_of(party)
    system = queries.live(party.client_id, Audience.PUBLIC)
    assert system is not None
    actions.revoke(token, system, at=now())
    assert refused(get("/v1/cases", token))


def test_a_suspended_or_ended_system_is_shut_out_at_once(door, party):
    token, guard = token_of(party), keeper(door.world)
    actions.suspend(actor=guard, system_id=party.id, version=2, reason="出了问题", at=now())
    assert refused(get("/v1/cases", token))
    actions.resume(actor=guard, system_id=party.id, version=3, at=now())
    assert get("/v1/cases", token).status_code == 200
    actions.retire(actor=guard, system_id=party.id, version=4, reason="不用了", at=now())
    assert refused(get("/v1/cases", token))


def test_a_right_taken_back_by_an_approved_amendment_is_gone_at_once(door, party):
    token, guard = token_of(party), keeper(door.world)
    row = queries.one(guard, party.id)
    assert row.kept is not None
    from tongban.people.signon.rules.registration import typed

    values = typed(row.kept) | {"right_cases_content": ""}
    actions.amend(
        actor=door.world.editor, system_id=party.id, version=2, values=values, at=now(), rehearsal=True
    )
    actions.approve(actor=guard, system_id=party.id, version=3, at=now())
    case = worlds.submitted(door.world)
    assert get(f"/v1/cases/{case.id}", token).status_code == 403
    assert get("/v1/cases", token).status_code == 200


def test_a_right_that_only_its_writer_has_read_is_none(door, party):
    system = queries.live(party.client_id, Audience.PUBLIC)
    assert system is not None
    plain = connected(door.world, flow_system="on", name="没有权限的系统")
    form = {"grant_type": "client_credentials", "scope": "cases.read", **plain.proof(now())}
    assert from_issuer("portal", form).json()["error"] == "invalid_scope"


def test_a_token_without_a_scope_opens_nothing_at_the_api(door, party):
    assert refused(get("/v1/cases", token_of(party, "")))


def test_a_token_made_out_to_another_api_opens_nothing(door, party, settings):
    token = token_of(party)
    settings.API_URL = "https://another.example.gov.cn"
    assert refused(get("/v1/cases", token))
    form = {"grant_type": "client_credentials", "scope": "cases.read", **party.proof(now())}
    wrong = from_issuer("portal", form | {"resource": "https://elsewhere.example.gov.cn"})
    assert wrong.json()["error"] == "invalid_target"


def test_a_bound_token_comes_with_its_certificate_or_not_at_all(door, settings, party):
    import base64

    settings.PROXY_SECRET = "between-us"
    shown = certificate("CN=apply")
    token = token_of(party, bound=actions.thumbprint(shown))

    def headers(der: bytes) -> dict[str, str]:
        return {"Client-Cert": f":{base64.b64encode(der).decode()}:", "X-Tongban-Proxy": "between-us"}

    assert refused(get("/v1/cases", token))
    assert refused(get("/v1/cases", token, **headers(certificate("CN=apply"))))
    assert refused(get("/v1/cases", token, **(headers(shown) | {"X-Tongban-Proxy": "guess"})))
    assert get("/v1/cases", token, **headers(shown)).status_code == 200


def test_another_scheme_than_bearer_is_no_way_in(door, party):
    answer = Client().get("/v1/cases", headers={"Authorization": f"DPoP {token_of(party)}"})
    assert answer.status_code == 401


def test_the_issuers_do_not_mix(door):
    forget()
    staff = connected(door.world, **GRANTED, audience="staff", purpose_phone="", name="窗口叫号")
    form = {"grant_type": "client_credentials", "scope": "cases.read"}
    # At the portal a system of staff is nobody; at the workbench it gets what the API takes.
    assert from_issuer("portal", form | staff.proof(now())).json()["error"] == "invalid_client"
    issued = from_issuer("workbench", form | staff.proof(now(), aud=configured.WORKBENCH_URL))
    assert issued.status_code == 200, issued.content
    token = issued.json()["access_token"]
    assert get("/v1/cases", token).status_code == 200
    system = queries.access_token(token, Audience.PUBLIC, at=now())
    assert system is None


def test_a_system_acts_for_nobody(door, party):
    mandate = {"Tongban-Acting-For": "00000000-0000-7000-8000-000000000008"}
    assert get("/v1/cases", token_of(party), **mandate).json()["rule"] == "api.for_nobody"


def test_the_door_gives_the_token_as_the_protocol_says(door, party):
    form = {"grant_type": "client_credentials", "scope": "cases.read", **party.proof(now())}
    issued = from_issuer("portal", form | {"resource": configured.API_URL}).json()
    assert issued["scope"] == "cases.read"
    assert get("/v1/cases", issued["access_token"]).status_code == 200
