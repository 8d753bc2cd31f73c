"""Tokens of systems in their own name (系统令牌), and the register of systems held against the ledger (接入对账)."""

import pytest
from tests import world as worlds

from tongban.base.crypto import token_digest
from tongban.base.db import execute
from tongban.base.ids import new_id
from tongban.people.signon import actions, queries
from tongban.people.signon.models import AccessToken, Authorisation, System
from tongban.people.signon.queries import program_of_token
from tongban.people.signon.rules.registration import typed
from tongban.people.signon.rules.tokens import ACCESS_LIFE
from tongban.people.signon.tests.filling import Party, connected, keeper


@pytest.fixture
def world(db) -> worlds.World:
    return worlds.build()


@pytest.fixture
def party(world) -> Party:
    return connected(world)


def test_a_token_of_somebodys_sign_on_is_never_a_systems_own(world):
    party = connected(world, flow_system="on", right_cases_read="叫号")
    given = Authorisation.objects.create(
        system_id=party.id,
        account_id=world.applicant.id,
        scopes=["openid"],
        in_token=[],
        in_answer=[],
        amr=[],
        begun_at=worlds.AT,
    )
    # Even one that was, by whatever mistake, made out to the API and to a right.
    AccessToken.objects.create(
        digest=token_digest("hers"),
        authorisation=given,
        scopes=["cases.read"],
        resource="https://api",
        issued_at=worlds.AT,
        expires_at=worlds.AT + ACCESS_LIFE,
    )
    assert program_of_token("hers", resource="https://api", at=worlds.AT) is None


# --- the register held against the ledger ---------------------------------------------------------------------------------


def problems() -> list[str]:
    return [finding.problem for finding in queries.against_ledger()]


def test_a_register_that_acts_alone_have_made_holds(world, party):
    guard = keeper(world)
    waiting = connected(world, name="等着修改的")
    row = queries.one(guard, waiting.id)
    assert row.kept is not None
    values = typed(row.kept) | {"name": "改过名的"}
    actions.amend(
        actor=world.editor, system_id=waiting.id, version=2, values=values, at=worlds.AT, rehearsal=True
    )
    assert problems() == []
    actions.send_back(actor=guard, system_id=waiting.id, version=3, reason="名字不对", at=worlds.AT)
    assert problems() == []
    ended = connected(world, name="停用的")
    actions.suspend(actor=guard, system_id=ended.id, version=2, reason="查看", at=worlds.AT)
    assert problems() == []
    actions.resume(actor=guard, system_id=ended.id, version=3, at=worlds.AT)
    actions.retire(actor=guard, system_id=ended.id, version=4, reason="不用了", at=worlds.AT)
    assert problems() == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            """registration = jsonb_set(registration, '{redirects}', '["https://thief.example/callback"]')""",
            "changed: what is in force is not what was approved",
        ),
        (
            """registration = jsonb_set(registration, '{rights}', '{"cases.content": "x"}')""",
            "changed: what is in force is not what was approved",
        ),
        ("state = 'suspended'", "changed: its state is not what the ledger says"),
        (
            "proposal = registration, proposer_id = gen_random_uuid()",
            "changed: what waits is not what was proposed",
        ),
        ("approver_id = gen_random_uuid()", "changed: it was not approved by whom the ledger says"),
        ("writer_id = gen_random_uuid()", "changed: it was not written by whom the ledger says"),
        ("client_id = 'other'", "changed: it is not the system that was registered"),
        ("sent_back = 'x'", "changed: what was said of it is not what the ledger says"),
        ("name = 'other'", "changed: its name is not that of its registration"),
    ],
)
def test_whatever_is_changed_without_an_act_is_found(party, change: str, told: str):
    assert execute(f"UPDATE signon_system SET {change} WHERE id = %s", [party.id]) == 1
    assert problems() == [told]


def test_a_system_that_no_act_has_registered_and_one_that_is_gone_are_found(world, party):
    made = System.objects.get(pk=party.id)
    made.pk, made.client_id = new_id(), "made-up"
    made.save(force_insert=True)
    assert problems() == ["changed: no act has registered it"]
    System.objects.all().delete()
    assert problems() == ["missing: recorded in the ledger"]
