"""The page of an account and its sessions, at both doors."""

import pytest
from django.test import Client
from tests import world as worlds
from tests.world import PASSWORD, World

from tongban.base.actor import Actor
from tongban.people.identity.queries import sessions_of

CHINESE = {"accept-language": "zh-CN"}
PREFIX = {"portal": "/my/account", "workbench": "/account"}
LOGIN = {"portal": "applicant", "workbench": "clerk"}


@pytest.fixture(params=["portal", "workbench"])
def door(request: pytest.FixtureRequest, settings: object) -> str:
    settings.ROOT_URLCONF = f"config.urls_{request.param}"
    settings.DOOR = request.param
    return request.param


@pytest.fixture
def world(db: None) -> World:
    return worlds.build()


def sign_in(world: World, door: str) -> Client:
    client = Client(raise_request_exception=False, headers=CHINESE)
    answer = client.post("/login", {"login": world.logins[LOGIN[door]], "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return client


def owner(world: World, door: str) -> Actor:
    return getattr(world, LOGIN[door])


def text(answer: object) -> str:
    return answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("rest", ["", "/sessions"])
def test_a_stranger_signs_in_first_and_comes_back(door: str, rest: str):
    answer = Client().get(PREFIX[door] + rest)
    assert answer["Location"] == f"/login?next={PREFIX[door]}{rest}"


def test_the_page_shows_who_one_is_with_the_number_hidden(door: str, world: World):
    page = text(sign_in(world, door).get(PREFIX[door]))
    assert world.logins[LOGIN[door]] in page
    assert ("********" in page) is (door == "portal")
    assert {"portal": "基本实名", "workbench": "高级实名"}[door] in page


def test_a_browser_is_known_again_by_its_cookie(door: str, world: World, settings: object):
    client = sign_in(world, door)
    kept = client.cookies[f"tongban_{door}_browser"]
    assert kept["httponly"]
    assert kept["samesite"] == "Lax"
    before = kept.value
    client.post("/logout")
    client.post("/login", {"login": world.logins[LOGIN[door]], "password": PASSWORD})
    assert client.cookies[f"tongban_{door}_browser"].value == before
    assert "新设备" not in text(client.get(PREFIX[door]))


def test_a_new_device_is_told_at_the_next_page_until_it_was_read(door: str, world: World):
    first = sign_in(world, door)
    sign_in(world, door)
    assert "您的账号有新消息" in text(first.get(PREFIX[door] + "/sessions"))
    assert "新设备登录了您的账号" in text(first.get(PREFIX[door]))
    assert "您的账号有新消息" not in text(first.get(PREFIX[door] + "/sessions"))


def test_one_device_is_signed_out_from_another(door: str, world: World):
    here, there = sign_in(world, door), sign_in(world, door)
    session = sessions_of(owner(world, door))[0]
    here.post(f"{PREFIX[door]}/sessions/{session.id}/end")
    assert there.get(PREFIX[door]).status_code == 302
    assert here.get(PREFIX[door]).status_code == 200
    assert (
        here.post(f"{PREFIX[door]}/sessions/{session.id}/end").status_code == 302
    )  # a second press is no fault


def test_signing_out_everywhere_leaves_the_device_one_is_at(door: str, world: World):
    here, there, elsewhere = (sign_in(world, door) for _ in range(3))
    here.post(f"{PREFIX[door]}/sessions/end")
    assert here.get(PREFIX[door]).status_code == 200
    assert {there.get(PREFIX[door]).status_code, elsewhere.get(PREFIX[door]).status_code} == {302}


def test_nobody_ends_anothers_session(door: str, world: World):
    here = sign_in(world, door)
    (session,) = sessions_of(owner(world, door))
    stranger = Client(headers=CHINESE)
    worlds.enter(stranger, {"portal": world.stranger, "workbench": world.reviewer}[door].id)
    stranger.post(f"{PREFIX[door]}/sessions/{session.id}/end")
    assert here.get(PREFIX[door]).status_code == 200


def test_a_browser_token_that_we_never_made_is_not_taken_over(door: str, world: World):
    client = Client(headers=CHINESE)
    client.cookies[f"tongban_{door}_browser"] = "x' OR 1=1"
    client.post("/login", {"login": world.logins[LOGIN[door]], "password": PASSWORD})
    assert len(client.cookies[f"tongban_{door}_browser"].value) == 43
