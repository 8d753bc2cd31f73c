"""Who does what in an office: claim, put back, hand over, and many at once. No state changes by it."""

import pytest
from tests import engine
from tests import world as worlds

from tongban.base.errors import Conflict, Forbidden, NotFound
from tongban.base.ledger import queries as ledger
from tongban.people.identity.rules import Role
from tongban.work.cases import actions, queries
from tongban.work.cases.actions.handling import MOST_AT_ONCE
from tongban.work.cases.models import Case
from tongban.work.cases.rules.moves import State


def handler(case: actions.Ref):
    return Case.objects.get(pk=case.id).handler_id


def test_a_claim_shows_who_does_it_and_ends_with_the_turn(world):
    case, mate = worlds.submitted(world), engine.colleague(world, "clerk2", Role.CLERK)
    actions.claim(actor=world.clerk, case_id=case.id, at=world.at)
    assert (handler(case), Case.objects.get(pk=case.id).version) == (world.clerk.id, case.version)
    with pytest.raises(Conflict) as refusal:
        actions.claim(actor=mate, case_id=case.id, at=world.at)
    assert refusal.value.rule == "cases.claimed"
    entries = ledger.counts()[0]
    actions.claim(actor=world.clerk, case_id=case.id, at=world.at)
    assert ledger.counts()[0] == entries  # one's own is claimed already
    actions.accept(actor=mate, case_id=case.id, at=world.at)  # a claim locks nobody out
    assert handler(case) is None


def test_whose_turn_it_is_not_claims_nothing(world):
    case = worlds.submitted(world)
    for who in (world.reviewer, world.editor, world.supervisor):
        with pytest.raises((Forbidden, NotFound)):
            actions.claim(actor=who, case_id=case.id, at=world.at)
    assert handler(case) is None


def test_what_was_claimed_is_put_back_by_its_owner_or_handed_to_a_colleague_who_could_act(world):
    case, mate = worlds.submitted(world), engine.colleague(world, "clerk2", Role.CLERK)
    give = {"case_id": case.id, "at": world.at}
    actions.claim(actor=world.clerk, **give)
    with pytest.raises(Conflict):
        actions.put_back(actor=mate, **give)
    actions.put_back(actor=world.clerk, **give)
    assert handler(case) is None
    for stranger in (world.reviewer.id, world.other_clerk.id, engine.unknown()):
        with pytest.raises(Conflict) as refusal:
            actions.hand_over(actor=world.clerk, to=stranger, **give)
        assert refusal.value.rule == "cases.colleague"
    actions.hand_over(actor=world.clerk, to=mate.id, **give)
    assert handler(case) == mate.id
    assert [act.act for act in ledger.acts_of(f"case:{case.id}")][-3:] == [
        "cases.claim",
        "cases.put_back",
        "cases.hand_over",
    ]
    assert list(queries.against_ledger()) == []


def test_a_second_press_of_a_claim_is_no_refusal_and_writes_nothing(world):
    case, mate = worlds.submitted(world), engine.colleague(world, "clerk2", Role.CLERK)
    actions.claim(actor=world.clerk, case_id=case.id, at=world.at, key="press")
    actions.hand_over(actor=world.clerk, case_id=case.id, to=mate.id, at=world.at, key="over")
    entries = ledger.counts()[0]
    actions.claim(actor=world.clerk, case_id=case.id, at=world.at, key="press")
    actions.hand_over(actor=world.clerk, case_id=case.id, to=mate.id, at=world.at, key="over")
    assert (ledger.counts()[0], handler(case)) == (entries, mate.id)
    with pytest.raises(Conflict) as refusal:
        actions.claim(actor=world.clerk, case_id=worlds.submitted(world).id, at=world.at, key="press")
    assert refusal.value.rule == "cases.key"


def test_many_are_accepted_each_for_itself(world):
    good = [worlds.submitted(world) for _ in range(2)]
    gone = worlds.supplement(world)
    ids = [good[0].id, gone.id, engine.unknown(), good[1].id]
    found = actions.accept_all(actor=world.clerk, case_ids=ids, at=world.at, key="all")
    assert [one.ref.state if one.ref else one.refusal.rule for one in found] == [
        State.ACCEPTED,
        "cases.move",
        "cases.visible",
        State.ACCEPTED,
    ]
    entries = ledger.counts()[0]
    again = actions.accept_all(actor=world.clerk, case_ids=ids, at=world.at, key="all")
    assert [one.ref for one in again] == [one.ref for one in found]
    assert ledger.counts()[0] == entries


def test_there_is_a_most_at_once(world):
    with pytest.raises(Conflict) as refusal:
        actions.accept_all(
            actor=world.clerk, case_ids=[engine.unknown() for _ in range(MOST_AT_ONCE + 1)], at=world.at
        )
    assert refusal.value.rule == "cases.too_many"
