"""The desk of connected systems (接入系统工作台): registered by one, approved by another, and nobody else's business."""

import json

import pytest
from django.test import Client
from joserfc import jwk
from tests import world as worlds

from tongban.people.signon.tests.filling import FORM, keeper


@pytest.fixture
def form() -> dict[str, str]:
    key = jwk.ECKey.generate_key("P-256").as_dict(private=False)
    return FORM | {"keys": json.dumps({"keys": [{**key, "kid": "k1"}]})}


@pytest.fixture
def approver(world) -> Client:
    client = Client(raise_request_exception=False)
    worlds.enter(client, keeper(world).id)
    return client


def registered(client: Client, form: dict[str, str]) -> str:
    answer = client.post("/systems/new", form)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def test_an_editor_registers_and_another_at_a_provincial_organ_approves(world, as_, approver, form):
    editor = as_(world.editor)
    page = registered(editor, form)
    assert "登记的人自己不能批" in editor.get(page).content.decode()
    assert editor.post(f"{page}/approve", {"version": "1"}).status_code == 403
    assert "在页面上称呼您" in approver.get(page).content.decode()
    assert approver.post(f"{page}/approve", {"version": "1"}).status_code == 302
    assert "已接入" in approver.get("/systems").content.decode()


def test_a_change_is_shown_beside_what_was_and_waits(world, as_, approver, form):
    editor = as_(world.editor)
    page = registered(editor, form)
    approver.post(f"{page}/approve", {"version": "1"})
    changed = form | {"redirects": "https://apply.example.gov.cn/new", "version": "2"}
    assert editor.post(f"{page}/amend", changed).status_code == 302
    seen = approver.get(page).content.decode()
    assert "改了，原来是：https://apply.example.gov.cn/callback" in seen
    assert approver.post(f"{page}/send_back", {"version": "3", "reason": ""}).status_code == 422
    assert approver.post(f"{page}/send_back", {"version": "3", "reason": "地址不对"}).status_code == 302
    assert "地址不对" in editor.get(page).content.decode()


def test_what_was_typed_is_kept_and_each_problem_stands_at_its_field(world, as_, form):
    wrong = form | {"redirects": "http://apply.example.gov.cn/*#x", "name": "", "purpose_phone": "回电话"}
    answer = as_(world.editor).post("/systems/new", wrong)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert 'href="#id_redirects"' in text
    assert 'href="#id_name"' in text
    assert "回电话" in text


def test_strangers_clerks_and_other_organs_see_nothing(world, as_, form):
    page = registered(as_(world.editor), form)
    assert as_(None).get(page).status_code == 302
    assert as_(world.clerk).get(page).status_code == 403
    assert as_(world.other_clerk).get("/systems").status_code == 403


def test_an_editor_of_another_organ_does_not_learn_that_a_system_exists(world, as_, form, approver):
    from datetime import date

    from tongban.base.actor import system
    from tongban.people.identity import actions as identity
    from tongban.people.identity.rules import Role

    page = registered(as_(world.editor), form)
    identity.appoint(
        actor=system("tests"),
        account_id=world.other_clerk.id,
        organ_id=world.other_organ_id,
        role=Role.EDITOR,
        since=date(2020, 1, 1),
        at=worlds.AT,
    )
    other = as_(world.other_clerk)
    assert other.get(page).status_code == 404
    assert other.post(f"{page}/suspend", {"version": "1", "reason": "x"}).status_code == 404
    assert "不动产登记" not in other.get("/systems").content.decode()


@pytest.mark.parametrize("verb", ["approve", "suspend", "retire", "discard", "send_back", "resume"])
def test_every_act_asks_first(world, as_, form, verb):
    page = registered(as_(world.editor), form)
    assert as_(world.editor).get(f"{page}/{verb}").status_code == 200


def test_a_stale_page_and_a_second_press_change_nothing_twice(world, as_, form, approver):
    editor = as_(world.editor)
    again = form | {"key": "0123456789abcdef"}
    assert registered(editor, again) == registered(editor, again)
    page = registered(editor, again)
    approver.post(f"{page}/approve", {"version": "1"})
    assert approver.post(f"{page}/approve", {"version": "1"}).status_code == 409


def test_an_unknown_verb_is_no_page(world, as_, form):
    assert as_(world.editor).get(f"{registered(as_(world.editor), form)}/erase").status_code == 404
