"""Writing by authorised systems: for their own organs only, on what they have seen, once under a key."""

from dataclasses import replace
from typing import Any

import pytest
from tests import world as worlds
from tests.world import AT, GUIDE

from tongban.base.actor import system
from tongban.doors.api.tests.conftest import ROLES, Door
from tongban.offers.catalogue import queries
from tongban.people.identity import actions as identity
from tongban.people.identity.rules import Role

PLAN = {"starts_on": "2099-01-01", "reason": "换版"}


@pytest.fixture
def door(door: Door) -> Door:
    """The door, with a second editor of the organ."""
    owner = system("tests")
    account = identity.open_account(
        actor=owner, login="editor2", password=worlds.PASSWORD, at=AT, staff_name="编辑小陈"
    )
    identity.appoint(
        actor=owner,
        account_id=account,
        organ_id=door.world.organ_id,
        role=Role.EDITOR,
        since=worlds.SINCE,
        at=AT,
    )
    second = replace(door.world.editor, id=account)
    door.tokens["second"] = identity.issue_token(
        actor=owner, account_id=second.id or account, label="tests", days=3650, at=AT
    )
    return door


def newest(door: Door) -> queries.OwnEdition:
    past = queries.history(door.world.editor, door.world.item_id, AT.date())[1]
    return queries.own_edition(door.world.editor, past[0].id, AT.date())


def drafted(door: Door, body: dict[str, Any] | None = None, **headers: str) -> Any:
    sent = {"item_code": door.world.item_code, "body": GUIDE if body is None else body}
    return door("editor", "POST", "/v1/editions", sent, **headers)


def test_an_edition_goes_its_whole_way_by_two_systems(door: Door):
    made = drafted(door)
    assert made.status_code == 201
    url = f"/v1/editions/{made.json()['id']}"
    told: Any = door(
        "editor", "PUT", url, {"body": GUIDE | {"office": "许可科"}}, **{"If-Match": made["ETag"]}
    )
    assert (told.status_code, told.json()["body"]["office"]) == (200, "许可科")
    assert told["ETag"] != made["ETag"]
    assert door("editor", "POST", f"{url}/acts/check", PLAN, **{"If-Match": told["ETag"]}).status_code == 200
    own: Any = door("editor", "POST", f"{url}/acts/approve", {})
    assert (own.status_code, own.json()["rule"]) == (403, "catalogue.approve")
    assert door("second", "POST", f"{url}/acts/approve", {"remark": "好"}).status_code == 200
    done: Any = door("editor", "POST", f"{url}/acts/publish", {})
    assert (done.status_code, done.json()["state"]) == (200, "published")
    ended: Any = door("editor", "POST", f"{url}/acts/retire", {"ends_on": "2099-06-01", "reason": "停办"})
    assert (ended.status_code, ended.json()["state"]) == (200, "retired")


def test_a_draft_can_be_sent_back_and_deleted(door: Door):
    url = f"/v1/editions/{drafted(door).json()['id']}"
    door("editor", "POST", f"{url}/acts/check", PLAN)
    back: Any = door("second", "POST", f"{url}/acts/send_back", {"reason": "再看看"})
    assert (back.json()["state"], back.json()["remark"]) == ("draft", "再看看")
    assert door("editor", "DELETE", url).status_code == 204
    assert door("editor", "GET", url).status_code == 404


@pytest.mark.parametrize("role", [None, *ROLES])
def test_nobody_else_reads_or_writes_them(door: Door, role: str | None):
    url = f"/v1/editions/{drafted(door).json()['id']}"
    expected = 401 if role is None else 403
    sent = {"item_code": door.world.item_code, "body": {}}
    assert door(role, "POST", "/v1/editions", sent).status_code == expected
    for method, rest, body in (
        ("GET", "", None),
        ("DELETE", "", None),
        ("PUT", "", {"body": {}}),
        ("POST", "/acts/check", PLAN),
        ("POST", "/acts/send_back", {"reason": "x"}),
        ("POST", "/acts/approve", {}),
        ("POST", "/acts/publish", {}),
        ("POST", "/acts/retire", {"ends_on": "2099-01-01", "reason": "x"}),
    ):
        answer = door(role, method, url + rest, body, **{"If-Match": '"x"'})
        assert answer.status_code == expected, (role, method, rest, answer.content)
    assert newest(door).number == 2


def test_what_was_not_seen_is_not_overwritten(door: Door):
    made = drafted(door)
    url = f"/v1/editions/{made.json()['id']}"
    blind: Any = door("editor", "PUT", url, {"body": {}})
    assert (blind.status_code, blind.json()["rule"]) == (428, "catalogue.if_match")
    for tag in ('"x"', "", 'W/"x"', "*", "x" * 80):
        assert door("editor", "PUT", url, {"body": {}}, **{"If-Match": tag}).status_code in (412, 428), tag
    door("editor", "PUT", url, {"body": {"office": "一"}}, **{"If-Match": made["ETag"]})
    for method, rest, body in (
        ("PUT", "", {"body": {}}),
        ("DELETE", "", None),
        ("POST", "/acts/check", PLAN),
    ):
        late: Any = door("editor", method, url + rest, body, **{"If-Match": made["ETag"]})
        assert (late.status_code, late.json()["rule"]) == (412, "catalogue.stale"), (method, rest)
    assert newest(door).body == {"office": "一"}


def test_the_same_key_does_everything_once(door: Door):
    first, again = (drafted(door, **{"Idempotency-Key": "a"}) for _ in range(2))
    assert first.json()["id"] == again.json()["id"]
    url = f"/v1/editions/{first.json()['id']}"
    for key, method, rest, body in (
        ("b", "PUT", "", {"body": GUIDE | {"office": "一"}}),
        ("c", "POST", "/acts/check", PLAN),
        ("d", "POST", "/acts/send_back", {"reason": "x"}),
        ("e", "DELETE", "", None),
    ):
        tag = {"If-Match": f'"{newest(door).digest}"'}
        answers: list[Any] = [
            door("editor", method, url + rest, body, **tag, **{"Idempotency-Key": key}) for _ in range(2)
        ]
        assert [one.status_code for one in answers] == [204 if method == "DELETE" else 200] * 2, (
            method,
            rest,
        )
    other = drafted(door, **{"Idempotency-Key": "c"})
    assert (other.status_code, other.json()["rule"]) == (409, "catalogue.key")


@pytest.mark.parametrize(
    "body",
    [
        {"name": "\x00"},
        {"limits": {"promised_days": 999}},
        {"no_such": 1},
        {"windows": "x"},
        {"form": {"sections": [{"fields": [{"key": "É"}]}]}},
        {"name": "\ud800"},
        {"materials": [{"copies": 10**30}]},
        {"conditions": ["x" * 3000]},
    ],
    ids=repr,
)
def test_what_cannot_be_kept_is_refused_by_element(door: Door, body: dict[str, Any]):
    answer = drafted(door, body)
    assert (answer.status_code, bool(answer.json()["fields"])) == (422, True)
    assert newest(door).number == 1


def test_an_edition_is_told_only_when_it_is_another(door: Door):
    made = drafted(door)
    url = f"/v1/editions/{made.json()['id']}"
    assert door("editor", "GET", url, **{"If-None-Match": made["ETag"]}).status_code == 304
    assert door("editor", "GET", url, **{"If-None-Match": '"x"'}).status_code == 200
