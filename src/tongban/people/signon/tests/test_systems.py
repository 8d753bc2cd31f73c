"""Connected systems (接入系统): registered by one, approved by another; every act in the ledger."""

import json

import pytest
from django.db import IntegrityError, transaction
from joserfc import jwk
from tests import world as worlds

from tongban.base.db import execute, fetch_all
from tongban.base.errors import Conflict, Forbidden, Invalid
from tongban.base.ledger.queries import acts_of
from tongban.people.identity import actions as identity
from tongban.people.signon import actions, queries
from tongban.people.signon.rules.registration import Audience
from tongban.people.signon.rules.systems import SystemState
from tongban.people.signon.tests.filling import FORM, connected, keeper


@pytest.fixture
def world(db) -> worlds.World:
    return worlds.build()


@pytest.fixture
def form() -> dict[str, str]:
    key = jwk.ECKey.generate_key("P-256").as_dict(private=False)
    return FORM | {"keys": json.dumps({"keys": [{**key, "kid": "k1"}]})}


def asked(world: worlds.World, form: dict[str, str]):
    return actions.request_system(actor=world.editor, organ_id=world.organ_id, values=form, at=worlds.AT)


def test_nobody_signs_on_before_a_second_person_approved(world, form):
    system_id = asked(world, form)
    row = queries.one(world.editor, system_id)
    assert queries.live(row.client_id, Audience.PUBLIC) is None
    with pytest.raises(Forbidden):
        actions.approve(actor=world.editor, system_id=system_id, version=1, at=worlds.AT)
    actions.approve(actor=keeper(world), system_id=system_id, version=1, at=worlds.AT)
    assert queries.live(row.client_id, Audience.PUBLIC) is not None
    assert queries.live(row.client_id, Audience.STAFF) is None


def test_a_keeper_who_wrote_it_does_not_approve_it(world, form):
    own = keeper(world)
    system_id = actions.request_system(actor=own, organ_id=world.provincial_id, values=form, at=worlds.AT)
    with pytest.raises(Forbidden):
        actions.approve(actor=own, system_id=system_id, version=1, at=worlds.AT)


def test_the_database_refuses_what_only_its_writer_read(world):
    party = connected(world)
    with pytest.raises(IntegrityError, match="signon_system_four_eyes"), transaction.atomic():
        execute("UPDATE signon_system SET approver_id = writer_id WHERE id = %s", [party.id])
    with pytest.raises(IntegrityError, match="signon_system_four_eyes"), transaction.atomic():
        execute("UPDATE signon_system SET approver_id = NULL WHERE id = %s", [party.id])


def test_a_change_waits_and_what_was_approved_stays_in_force(world):
    party = connected(world)
    row = queries.one(world.editor, party.id)
    from tongban.people.signon.rules.registration import typed

    values = typed(row.kept) | {"redirects": "https://apply.example.gov.cn/new"}
    actions.amend(actor=world.editor, system_id=party.id, version=2, values=values, at=worlds.AT)
    assert queries.live(party.client_id, Audience.PUBLIC).kept.redirects == row.kept.redirects
    with pytest.raises(Forbidden):
        actions.approve(actor=world.editor, system_id=party.id, version=3, at=worlds.AT)
    actions.approve(actor=keeper(world), system_id=party.id, version=3, at=worlds.AT)
    found = queries.live(party.client_id, Audience.PUBLIC)
    assert found.kept.redirects == ("https://apply.example.gov.cn/new",)


def test_what_was_sent_back_is_not_approved_before_it_was_mended(world, form):
    system_id, approver = asked(world, form), keeper(world)
    actions.send_back(actor=approver, system_id=system_id, version=1, reason="地址不对", at=worlds.AT)
    with pytest.raises(Conflict):
        actions.approve(actor=approver, system_id=system_id, version=2, at=worlds.AT)
    actions.amend(actor=world.editor, system_id=system_id, version=2, values=form, at=worlds.AT)
    actions.approve(actor=approver, system_id=system_id, version=3, at=worlds.AT)
    assert queries.one(approver, system_id).state is SystemState.APPROVED


def test_a_retired_system_does_not_come_back(world):
    party = connected(world)
    actions.retire(actor=world.editor, system_id=party.id, version=2, reason="停用", at=worlds.AT)
    with pytest.raises(Conflict):
        actions.resume(actor=keeper(world), system_id=party.id, version=3, at=worlds.AT)


def test_only_editors_of_the_organ_register(world, form):
    for actor in (world.clerk, world.applicant, keeper(world)):
        with pytest.raises(Forbidden):
            actions.request_system(actor=actor, organ_id=world.organ_id, values=form, at=worlds.AT)


def test_a_key_that_cannot_be_read_is_refused_at_its_field(world, form):
    broken = json.dumps({"keys": [{"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"}]})
    with pytest.raises(Invalid) as refused:
        asked(world, form | {"keys": broken})
    assert "keys" in refused.value.fields


def test_every_act_stands_in_the_ledger_of_the_system(world):
    party, approver = connected(world), keeper(world)
    actions.suspend(actor=approver, system_id=party.id, version=2, reason="漏洞", at=worlds.AT)
    actions.resume(actor=approver, system_id=party.id, version=3, at=worlds.AT)
    told = [act.act for act in acts_of(f"system:{party.id}")]
    assert told == ["signon.request", "signon.approve", "signon.suspend", "signon.resume"]


def test_a_deputy_of_the_writer_does_not_approve(world, form):
    """What somebody has written binds whoever stands in for her."""
    from tongban.base.actor import system
    from tongban.people.identity.queries import actor_of
    from tongban.people.identity.rules import Role

    writer, colleague = (
        keeper(world),
        identity.open_account(
            actor=system("tests"),
            login="colleague",
            password=worlds.PASSWORD,
            at=worlds.AT,
            staff_name="同事",
        ),
    )
    identity.appoint(
        actor=system("tests"),
        account_id=colleague,
        organ_id=world.provincial_id,
        role=Role.EDITOR,
        since=worlds.SINCE,
        at=worlds.AT,
    )
    system_id = actions.request_system(actor=writer, organ_id=world.provincial_id, values=form, at=worlds.AT)
    day = worlds.AT.date()
    identity.deputise(
        actor=writer,
        organ_id=world.provincial_id,
        role=Role.EDITOR,
        deputy_id=colleague,
        since=day,
        until=day.replace(day=day.day + 5),
        at=worlds.AT,
    )
    found = actor_of(colleague, at=worlds.AT)
    assert found is not None
    with pytest.raises(Forbidden):
        actions.approve(actor=found[0], system_id=system_id, version=1, at=worlds.AT)


def test_new_keys_sign_and_former_ones_stay_published_for_a_day(world):
    from datetime import timedelta

    first = {key["kid"] for key in actions.public_keys(worlds.AT)}
    fresh = set(actions.rotate(actor=keeper(world), at=worlds.AT + timedelta(hours=1)))
    assert {key["kid"] for key in actions.public_keys(worlds.AT + timedelta(hours=2))} == first | fresh
    assert {key["kid"] for key in actions.public_keys(worlds.AT + timedelta(hours=26))} == fresh
    assert all(b'"d"' not in bytes(row[0]) for row in fetch_all("SELECT private FROM signon_key"))
