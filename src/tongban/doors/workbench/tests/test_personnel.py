"""Personnel as pages: proposed at one desk, approved at another; closed to everybody else; nothing typed is lost."""

import re
import uuid

import pytest
from django.test import Client
from django.utils import timezone
from tests import engine
from tests import world as worlds

from tongban.people.identity.queries import actor_of
from tongban.people.identity.rules import Role


@pytest.fixture
def officer(world):
    return engine.colleague(world, "officer", Role.PERSONNEL)


@pytest.fixture
def newcomer(world):
    return engine.colleague(world, "newcomer", Role.CLERK, world.other_organ_id)


def signed_in(actor) -> Client:
    client = Client(raise_request_exception=False)
    worlds.enter(client, actor.id)
    return client


def typed(world, **changed: str) -> dict[str, str]:
    return {
        "kind": "appoint",
        "post": f"reviewer {world.organ_id}",
        "login": "newcomer",
        "items": worlds.BASIC_CODE,
        "since": timezone.localdate().isoformat(),
        "reason": "人社〔2026〕1号",
        "key": "key-12345678",
    } | changed


def test_one_proposes_the_head_approves_and_the_newcomer_has_the_role(world, officer, newcomer):
    client, head = signed_in(officer), signed_in(world.head)
    made = client.post("/staff/new", typed(world))
    assert made.status_code == 302
    assert client.post("/staff/new", typed(world))["Location"] == made["Location"]
    assert 'value="approve"' not in client.get(made["Location"]).content.decode()
    page = head.get(made["Location"]).content.decode()
    assert "人社〔2026〕1号" in page
    assert worlds.BASIC_CODE in page
    assert head.post(made["Location"], {"verb": "approve", "remark": "同意"}).status_code == 302
    listed = head.get("/staff").content.decode()
    assert "同事newcomer" in listed
    assert "已批准" in listed
    found = actor_of(newcomer.id, at=timezone.now())
    assert found is not None
    assert found[0].holds("reviewer", world.organ_id, worlds.BASIC_CODE)
    assert not found[0].holds("reviewer", world.organ_id, worlds.SUPPLEMENT_BASIC_CODE)


def test_the_proposer_cannot_approve_and_is_told_the_rule(world, officer, newcomer):
    client = signed_in(officer)
    made = client.post("/staff/new", typed(world))["Location"]
    refused = client.post(made, {"verb": "approve", "remark": "留着的附言"})
    assert refused.status_code == 403
    assert "任免要由另一个人批准" in refused.content.decode()
    assert "留着的附言" in refused.content.decode()


def test_what_cannot_be_taken_comes_back_with_all_that_was_typed(world, officer, newcomer):
    refused = signed_in(officer).post(
        "/staff/new", typed(world, login="nobody", items="12", reason="理由在这")
    )
    page = refused.content.decode()
    assert refused.status_code == 422
    assert 'href="#id_login"' in page
    assert 'href="#id_items"' in page
    assert "理由在这" in page


@pytest.mark.parametrize("garbage", [{}, {"kind": "x", "post": "\x00", "since": "9" * 99, "items": "\x00"}])
def test_garbage_is_answered(world, officer, garbage):
    client = signed_in(officer)
    assert client.post("/staff/new", garbage).status_code == 422
    assert client.get(f"/staff/{uuid.uuid4()}").status_code == 404
    assert client.post(f"/staff/{uuid.uuid4()}", {"verb": "approve"}).status_code == 404


@pytest.mark.parametrize("who", ["clerk", "reviewer", "decider", "editor", "supervisor"])
def test_nobody_else_gets_in(world, as_, who):
    client = as_(getattr(world, who))
    assert {client.get(url).status_code for url in ("/staff", "/staff/new", f"/staff/{uuid.uuid4()}")} == {
        403
    }


def test_the_list_costs_the_same_however_many_there_are(world, officer, django_assert_max_num_queries):
    client = signed_in(officer)
    client.get("/staff")
    for number in range(5):
        engine.colleague(world, f"one_more_{number}", Role.CLERK)
    with django_assert_max_num_queries(6):
        page = client.get("/staff").content.decode()
    assert len(re.findall("one_more_", page)) >= 5
