"""SCIM for personnel systems, judged by scim2-tester; who leaves is out at once."""

import json
import uuid
from datetime import timedelta

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_tester import Status, check_server
from tests import world as worlds
from tests.access.people import door as settings_of

from tongban.base.actor import Actor, system
from tongban.base.ledger.queries import acts_of
from tongban.people.identity import actions, queries
from tongban.people.identity.actions import issue_token
from tongban.people.identity.rules import Method, Role

USERS = "/scim/v2/Users"
SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
DAY = timedelta(days=1)


class Personnel:
    """A personnel system of one organ."""

    def __init__(self, world: worlds.World, organ_id: uuid.UUID, login: str) -> None:
        self.actor: Actor = worlds._official(login, "人事系统", organ_id, Role.PERSONNEL)
        self.organ_id = organ_id
        self.token = issue_token(
            actor=system("tests"), account_id=self.actor.id, label="tests", days=3650, at=worlds.AT
        )

    def __call__(self, client, method: str, path: str, body: object = None, **headers: str):
        content = {} if body is None else {"data": json.dumps(body), "content_type": "application/scim+json"}
        headers["Authorization"] = f"Bearer {self.token}"
        with settings_of("api"):
            return client.generic(method, path, content.get("data", ""), content.get("content_type", ""), headers=headers)  # fmt: skip


@pytest.fixture
def world(db) -> worlds.World:
    return worlds.build()


@pytest.fixture
def personnel(world: worlds.World) -> Personnel:
    return Personnel(world, world.organ_id, "hr")


def joiner(login: str = "zhao", **more: object) -> dict[str, object]:
    return {"schemas": [SCHEMA], "userName": login, "displayName": "赵敏", **more}


def joined(client, personnel: Personnel, **more: object) -> dict:
    response = personnel(client, "POST", USERS, joiner(**more))
    assert response.status_code == 201, response.content
    return json.loads(response.content)


@pytest.fixture
def one_connection():
    """The handler outside of Django's test client would close the connection that holds the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_the_tester_of_scim_finds_nothing_wrong(personnel: Personnel, one_connection: None):
    with settings_of("api"):
        client = WSGISCIMClient(
            WSGIHandler(),
            base_url="http://testserver/scim/v2",
            headers={"Authorization": f"Bearer {personnel.token}"},
        )
        results = check_server(client, resource_types=["User"])
        results += check_server(client, resource_types=["Group"], include_tags={"discovery", "misc"})
    wrong = [
        f"{one.title}: {one.reason}" for one in results if one.status not in (Status.SUCCESS, Status.SKIPPED)
    ]
    assert wrong == []
    assert sum(one.status is Status.SUCCESS for one in results) > 25


def test_a_joiner_gets_an_account_without_posts(client, personnel: Personnel):
    user = joined(client, personnel, externalId="A-17", emails=[{"value": "not@kept.example"}])
    assert user["externalId"] == "A-17"
    assert user["active"] is True
    assert "roles" not in user
    assert "emails" not in user
    account = queries.account_by_login("zhao")
    assert str(account.id) == user["id"]
    assert (account.staff_name, account.has_usable_password()) == ("赵敏", False)
    (entry,) = acts_of(f"account:{account.id}")
    assert entry.act == "identity.join_staff"
    assert "赵敏" not in json.dumps(dict(entry.data), ensure_ascii=False)


def test_a_leaver_is_out_at_once(client, world: worlds.World, personnel: Personnel):
    user = joined(client, personnel)
    account_id, now = uuid.UUID(user["id"]), timezone.now()
    owner = system("tests")
    actions.appoint(actor=owner, account_id=account_id, organ_id=world.organ_id, role=Role.DECIDER,
                    since=now.date() - DAY, at=now)  # fmt: skip
    token = issue_token(actor=owner, account_id=account_id, label="x", days=10, at=now)
    session = actions.begin_session(
        account_id=account_id, door="workbench", device="x", address="10.0.0.1", methods=[Method.PASSWORD],
        actor=owner, at=now,
    )  # fmt: skip
    assert queries.actor_of_session(session, at=now)
    body = {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "active", "value": False}]}
    response = personnel(client, "PATCH", f"{USERS}/{account_id}", body)
    assert response.status_code == 200
    assert json.loads(response.content)["active"] is False
    later = timezone.now()
    assert queries.actor_of_session(session, at=later) is None
    assert queries.actor_of_token(token, at=later) is None
    assert queries.actor_of(account_id, at=later) is None
    acts = [entry.act for entry in acts_of(f"account:{account_id}")]
    assert acts[-2:] == ["identity.session_ended", "identity.leave_staff"]


def test_whoever_comes_back_has_no_posts_of_before(client, world: worlds.World, personnel: Personnel):
    user = joined(client, personnel)
    account_id, now = uuid.UUID(user["id"]), timezone.now()
    actions.appoint(actor=system("tests"), account_id=account_id, organ_id=world.organ_id, role=Role.CLERK,
                    since=now.date() - DAY, at=now)  # fmt: skip
    for active in (False, True):
        body = joiner(active=active)
        assert personnel(client, "PUT", f"{USERS}/{account_id}", body).status_code == 200
    found = queries.actor_of(account_id, at=timezone.now())
    assert found is not None
    assert found[0].posts == frozenset()


def test_another_organs_staff_is_absent(client, world: worlds.World, personnel: Personnel):
    user = joined(client, personnel)
    other = Personnel(world, world.other_organ_id, "hr2")
    for method, body in (("GET", None), ("PUT", joiner()), ("DELETE", None),
                         ("PATCH", {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "active", "value": False}]})):  # fmt: skip
        assert other(client, method, f"{USERS}/{user['id']}", body).status_code == 404
    assert json.loads(other(client, "GET", USERS).content)["totalResults"] == 0
    assert queries.account_by_login("zhao").is_active
    # An official whom no personnel system keeps is nobody's to let go.
    assert personnel(client, "DELETE", f"{USERS}/{world.clerk.id}").status_code == 404


def test_only_who_keeps_the_staff_may(client, world: worlds.World, personnel: Personnel):
    for role in ("applicant", "clerk", "head", "editor"):
        token = issue_token(actor=system("tests"), account_id=getattr(world, role).id, label="x", days=3650, at=worlds.AT)  # fmt: skip
        somebody = Personnel.__new__(Personnel)
        somebody.token = token
        assert somebody(client, "GET", USERS).status_code == 403
        assert somebody(client, "POST", USERS, joiner()).status_code == 403
    somebody.token = "wrong"
    response = somebody(client, "GET", USERS)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert json.loads(response.content)["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]


def test_a_login_or_number_is_given_once(client, world: worlds.World, personnel: Personnel):
    joined(client, personnel, externalId="A-1")
    for body in (
        joiner(),
        joiner("qian", externalId="A-1"),
        joiner("hr"),
    ):
        response = personnel(client, "POST", USERS, body)
        assert response.status_code == 409
        assert json.loads(response.content)["scimType"] == "uniqueness"
    assert personnel(client, "POST", USERS, joiner("qian", externalId="A-2")).status_code == 201


def test_nobody_takes_over_an_account_by_its_password(client, world: worlds.World, personnel: Personnel):
    user = joined(client, personnel, password="first-password")
    account_id = uuid.UUID(user["id"])
    assert queries.account_by_login("zhao").check_password("first-password")
    assert "password" not in user
    body = {
        "schemas": [PATCH],
        "Operations": [{"op": "replace", "path": "password", "value": "second-password"}],
    }
    assert personnel(client, "PATCH", f"{USERS}/{account_id}", body).status_code == 200
    actions.appoint(actor=system("tests"), account_id=account_id, organ_id=world.organ_id, role=Role.DECIDER,
                    since=timezone.now().date(), at=timezone.now())  # fmt: skip
    assert personnel(client, "PATCH", f"{USERS}/{account_id}", body).status_code == 400
    assert queries.account_by_login("zhao").check_password("second-password")


def test_the_personnel_system_cannot_let_itself_go(client, personnel: Personnel):
    actions.adopt_staff(actor=system("tests"), organ_id=personnel.organ_id, account_id=personnel.actor.id,
                        number="", at=worlds.AT)  # fmt: skip
    assert personnel(client, "DELETE", f"{USERS}/{personnel.actor.id}").status_code == 409
    assert queries.account_by_login("hr").is_active


def test_a_change_on_an_old_version_is_refused(client, personnel: Personnel):
    user = joined(client, personnel)
    address = f"{USERS}/{user['id']}"
    seen = personnel(client, "GET", address).headers["ETag"]
    assert seen == user["meta"]["version"]
    assert personnel(client, "PUT", address, joiner(externalId="B"), **{"If-Match": seen}).status_code == 200
    assert personnel(client, "PUT", address, joiner(externalId="C"), **{"If-Match": seen}).status_code == 412
    assert personnel(client, "DELETE", address, **{"If-Match": "nonsense"}).status_code == 412
    assert json.loads(personnel(client, "GET", address).content)["externalId"] == "B"


def test_a_change_of_nothing_is_no_act(client, personnel: Personnel):
    user = joined(client, personnel)
    assert personnel(client, "PUT", f"{USERS}/{user['id']}", joiner()).status_code == 200
    assert [act.act for act in acts_of(f"account:{user['id']}")] == ["identity.join_staff"]


def test_staff_are_found_by_filter_and_by_page(client, personnel: Personnel):
    for number in range(5):
        joined(client, personnel, login=f"staff{number}", externalId=f"N{number}")
    found = json.loads(personnel(client, "GET", f'{USERS}?filter=userName eq "STAFF3"').content)
    assert [one["externalId"] for one in found["Resources"]] == ["N3"]
    page = json.loads(personnel(client, "GET", f"{USERS}?startIndex=2&count=2&sortBy=userName").content)
    assert (page["totalResults"], page["itemsPerPage"]) == (5, 2)
    assert [one["userName"] for one in page["Resources"]] == ["staff1", "staff2"]
    assert personnel(client, "GET", f"{USERS}?filter=nonsense").status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", USERS, {"schemas": [SCHEMA]}, 400),
        ("POST", USERS, joiner("x" * 61), 400),
        ("POST", USERS, joiner(displayName=""), 400),
        ("POST", USERS, joiner(password="short"), 400),
        ("POST", USERS, [1], 400),
        ("GET", f"{USERS}/nonsense", None, 404),
        ("PATCH", f"{USERS}/nonsense", {}, 404),
        ("DELETE", USERS, None, 405),
        ("GET", "/scim/v2/Schemas/none", None, 404),
        ("GET", "/scim/v2/Robots", None, 404),
    ],
)
def test_what_cannot_be_is_refused_in_the_words_of_scim(
    client, personnel: Personnel, method, path, body, status
):
    response = personnel(client, method, path, body)
    assert response.status_code == status, response.content
    json.loads(response.content)


def test_garbage_is_refused(client, personnel: Personnel):
    with settings_of("api"):
        response = client.generic("POST", USERS, b"\xff{", "application/scim+json",
                                  headers={"Authorization": f"Bearer {personnel.token}"})  # fmt: skip
    assert response.status_code == 400
