"""Posts as SCIM groups: read by the organ's personnel system; a changed membership is a proposal, never an appointment."""

import json

import pytest
from tests import world as worlds

from tongban.base.actor import Actor
from tongban.base.ledger.queries import acts_of
from tongban.doors.api.tests.test_scim import PATCH, Personnel, joined
from tongban.people.identity import actions, queries
from tongban.people.identity.rules import Role
from tongban.people.identity.rules.appointments import AppointmentState, AppointmentVerb

GROUPS = "/scim/v2/Groups"
PROPOSED = "urn:tongban:params:scim:schemas:extension:1.0:Proposals"


@pytest.fixture
def world(db) -> worlds.World:
    return worlds.build()


@pytest.fixture
def personnel(world: worlds.World) -> Personnel:
    return Personnel(world, world.organ_id, "hr")


def read(client, personnel: Personnel, role: str = "clerk") -> dict:
    response = personnel(client, "GET", f"{GROUPS}/{role}")
    assert response.status_code == 200, response.content
    return json.loads(response.content)


def members(group: dict) -> set[str]:
    return {one["value"] for one in group.get("members", [])}


def proposed(group: dict) -> set[tuple[str, str]]:
    return {(one["value"], one["kind"]) for one in group.get(PROPOSED, {}).get("proposed", [])}


def patch(client, personnel: Personnel, *operations: dict, role: str = "clerk"):
    return personnel(
        client, "PATCH", f"{GROUPS}/{role}", {"schemas": [PATCH], "Operations": list(operations)}
    )


def add(*accounts: object) -> dict:
    return {"op": "add", "path": "members", "value": [{"value": str(one)} for one in accounts]}


def remove(account: object) -> dict:
    return {"op": "remove", "path": f'members[value eq "{account}"]'}


def holds(account_id, role: Role, organ_id) -> bool:
    found: tuple[Actor, str] | None = queries.actor_of(account_id, at=worlds.AT)
    return found is not None and organ_id in found[0].organs_as(role.value)


def test_each_role_is_a_group_whose_members_hold_it_today(client, world, personnel):
    group = read(client, personnel)
    assert group["id"] == "clerk"
    assert str(world.clerk.id) in members(group)
    assert str(world.reviewer.id) not in members(group)
    assert str(world.other_clerk.id) not in members(group)
    listed = json.loads(personnel(client, "GET", GROUPS).content)
    assert {one["id"] for one in listed["Resources"]} == {role.value for role in Role}


def test_groups_are_found_by_filter_and_page(client, world, personnel):
    wanted = f'{GROUPS}?filter=members.value eq "{world.clerk.id}"'
    assert [one["id"] for one in json.loads(personnel(client, "GET", wanted).content)["Resources"]] == [
        "clerk"
    ]
    page = json.loads(personnel(client, "GET", f"{GROUPS}?startIndex=2&count=1&sortBy=id").content)
    assert (page["totalResults"], page["itemsPerPage"], page["startIndex"]) == (len(Role), 1, 2)
    wrong = personnel(client, "GET", f"{GROUPS}?filter=members eq eq")
    assert wrong.status_code == 400
    assert json.loads(wrong.content)["scimType"] == "invalidFilter"


def test_an_added_member_is_proposed_and_holds_the_post_only_when_a_second_person_approved(
    client, world, personnel
):
    user = joined(client, personnel)
    answer = patch(client, personnel, add(user["id"]))
    assert answer.status_code == 200, answer.content
    group = json.loads(answer.content)
    assert proposed(group) == {(user["id"], "appoint")}
    assert user["id"] not in members(group)
    assert not holds(user["id"], Role.CLERK, world.organ_id)
    (waits,) = [one for one in queries.appointments(world.head) if one.state is AppointmentState.PROPOSED]
    actions.decide_appointment(
        actor=world.head, appointment_id=waits.id, verb=AppointmentVerb.APPROVE, remark="", at=worlds.AT
    )
    acts = acts_of(f"account:{user['id']}")
    proposal = next(act for act in acts if act.act == "identity.propose_appointment")
    assert proposal.actor["id"] == str(personnel.actor.id)
    group = read(client, personnel)
    assert proposed(group) == set()
    assert user["id"] in members(group)


def test_a_removed_member_stays_until_a_second_person_approved(client, world, personnel):
    group = json.loads(patch(client, personnel, remove(world.clerk.id)).content)
    assert (str(world.clerk.id), "dismiss") in proposed(group)
    assert str(world.clerk.id) in members(group)


def test_the_personnel_system_cannot_approve_what_it_proposed(client, world, personnel):
    user = joined(client, personnel)
    patch(client, personnel, add(user["id"]))
    (waits,) = [one for one in queries.appointments(world.head) if one.state is AppointmentState.PROPOSED]
    from tongban.base.errors import Forbidden

    with pytest.raises(Forbidden):
        actions.decide_appointment(
            actor=personnel.actor,
            appointment_id=waits.id,
            verb=AppointmentVerb.APPROVE,
            remark="",
            at=worlds.AT,
        )


def test_the_same_patch_again_proposes_nothing_anew(client, personnel):
    user = joined(client, personnel)
    first = patch(client, personnel, add(user["id"])).content
    assert patch(client, personnel, add(user["id"])).content == first


def test_it_goes_in_whole_or_not_at_all(client, world, personnel):
    user = joined(client, personnel)
    stranger = worlds._official("away", "外局的", world.other_organ_id, Role.CLERK)
    answer = patch(client, personnel, add(user["id"], stranger.id))
    assert answer.status_code == 400
    assert json.loads(answer.content)["scimType"] == "invalidValue"
    assert proposed(read(client, personnel)) == set()


def test_what_is_no_patch_of_a_post_is_refused_in_the_words_of_scim(client, personnel):
    named = patch(client, personnel, {"op": "replace", "path": "displayName", "value": "x"})
    assert (named.status_code, json.loads(named.content)["scimType"]) == (400, "mutability")
    nowhere = patch(client, personnel, {"op": "add", "path": "nowhere[", "value": 1})
    assert (nowhere.status_code, json.loads(nowhere.content)["scimType"]) == (400, "invalidPath")
    assert personnel(client, "GET", f"{GROUPS}/king").status_code == 404
    for method in ("POST", "DELETE", "PUT"):
        path = GROUPS if method == "POST" else f"{GROUPS}/clerk"
        assert personnel(client, method, path, {}).status_code == 405


def test_only_who_keeps_the_staff_reads_posts(client, world, personnel):
    personnel.token = "wrong"
    assert personnel(client, "GET", GROUPS).status_code == 401
    from tongban.base.actor import system

    personnel.token = actions.issue_token(
        actor=system("tests"), account_id=world.clerk.id, label="t", days=3650, at=worlds.AT
    )
    assert personnel(client, "GET", GROUPS).status_code == 403
