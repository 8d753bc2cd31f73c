"""Cases under a mandate: every limit kept and broken at the moment of the act, what an agent sees, and a withdrawal that races."""

import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, transaction
from tests import mandating
from tests import world as worlds
from tests.mandating import COMPANY, Firm
from tests.stand_ins import Registers
from tests.world import World

from tongban.base.actor import Actor
from tongban.base.errors import Forbidden, NotFound
from tongban.base.ledger.queries import acts_of
from tongban.oversight.feedback import actions as feedback
from tongban.people.mandates import actions as mandates
from tongban.people.mandates import queries as mandated
from tongban.people.mandates.rules import Act
from tongban.records.licences import queries as licences
from tongban.records.materials import queries as materials
from tongban.work.cases import actions, jobs, queries
from tongban.work.cases.rules.application import Demand
from tongban.work.cases.rules.moves import State, Verb

AT = worlds.AT
DAY = timedelta(days=1)


@pytest.fixture
def world(db: None) -> World:
    return worlds.build()


@pytest.fixture
def registers(settings) -> Iterator[Registers]:
    with mandating.standing_in_for(settings) as known:
        yield known


@pytest.fixture
def firm(world: World, registers: Registers) -> Firm:
    return mandating.build(world)


def draft(firm: Firm, actor: Actor) -> actions.Ref:
    """A draft of the company with every answer and material."""
    world = firm.world
    begun = actions.start(actor=actor, item_code=world.item_code, at=AT)
    assert not actions.save(actor=actor, case_id=begun.id, values=worlds.FORM, at=AT)
    for key in ("report", "lease"):
        material = worlds.material(world, actor)
        actions.attach(actor=actor, case_id=begun.id, key=key, material_id=material, at=AT)
    return begun


def submitted(firm: Firm, actor: Actor) -> actions.Ref:
    return actions.submit(actor=actor, case_id=draft(firm, actor).id, at=AT)


def closed(firm: Firm, actor: Actor) -> actions.Ref:
    world, case = firm.world, submitted(firm, actor)
    actions.accept(actor=world.clerk, case_id=case.id, at=AT)
    actions.examine(actor=world.reviewer, case_id=case.id, opinion="符合条件。", at=AT)
    actions.grant(actor=world.decider, case_id=case.id, note="", at=AT)
    jobs.issue_licence(0, str(case.id), case.number or "")
    return case


def rule(refusal: pytest.ExceptionInfo[Exception]) -> str:
    return refusal.value.rule


def test_an_agent_applies_for_the_company_and_every_act_names_both(firm: Firm):
    agent = firm.acting()
    case = submitted(firm, agent)
    view = queries.one(firm.world.clerk, case.id)
    assert (view.party.name, view.party.masked_number) == (COMPANY, mandating.CODE)
    told = view.moments[-1].mandate
    assert (told.agent_name, told.giver_name) == ("周洋", COMPANY)
    assert told.number.startswith("SQ")
    for act in acts_of(f"case:{case.id}"):
        assert act.actor["mandate"] == str(agent.mandate_id)
        assert act.actor["for"] == str(firm.party_id)
        assert act.actor["id"] == str(firm.agent.id)


def test_the_licence_is_the_companys(firm: Firm):
    case = closed(firm, firm.acting())
    licence = licences.of_case(firm.for_firm, case.id, on=AT.date())
    assert licence.holder_name == COMPANY
    assert licences.of_case(firm.agent, case.id, on=AT.date()) is None


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({"items": [worlds.BASIC_CODE]}, None),
        ({"items": [worlds.SUPPLEMENT_BASIC_CODE]}, "mandates.item"),
        ({"places": [worlds.CITY]}, None),
        ({"places": [worlds.COUNTY]}, None),
        ({"places": [worlds.OTHER_COUNTY]}, "mandates.place"),
        ({"acts": {Act.FILL}}, None),
        ({"acts": {Act.APPLY}}, None),
        ({"acts": {Act.READ, Act.WITHDRAW, Act.SUPPLEMENT}}, "mandates.act"),
    ],
)
def test_a_case_is_begun_within_the_limits_only(firm: Firm, terms: dict[str, object], expected: str | None):
    agent = firm.acting(**terms)
    if expected is None:
        assert actions.start(actor=agent, item_code=firm.world.item_code, at=AT).state is State.DRAFT
        return
    with pytest.raises(Forbidden) as refusal:
        actions.start(actor=agent, item_code=firm.world.item_code, at=AT)
    assert rule(refusal) == expected
    assert queries.mine(firm.for_firm) == []


def test_filling_in_is_not_sending(firm: Firm):
    agent = firm.acting(acts={Act.FILL})
    begun = draft(firm, agent)
    with pytest.raises(Forbidden) as refusal:
        actions.submit(actor=agent, case_id=begun.id, at=AT)
    assert rule(refusal) == "mandates.act"
    # What she filled in is the company's; its representative sends it.
    assert actions.submit(actor=firm.for_firm, case_id=begun.id, at=AT).state is State.SUBMITTED


def test_a_helper_fills_in_and_the_person_herself_sends(firm: Firm):
    elder, helper = firm.world.applicant, firm.agent
    mandate = firm.offer(by=elder, kind="helper", acts={Act.FILL, Act.READ})
    mandates.accept(actor=helper, mandate_id=mandate, at=AT)
    acting = mandated.acting(helper, mandate, at=AT).actor
    begun = draft(firm, acting)
    with pytest.raises(Forbidden) as refusal:
        actions.submit(actor=acting, case_id=begun.id, at=AT)
    assert rule(refusal) == "mandates.confirm"
    assert actions.submit(actor=elder, case_id=begun.id, at=AT).state is State.SUBMITTED


@pytest.mark.parametrize(("acts", "allowed"), [({Act.APPLY, Act.WITHDRAW}, True), ({Act.APPLY}, False)])
def test_withdrawing_needs_its_own_act(firm: Firm, acts: set[Act], allowed: bool):
    agent = firm.acting(acts=acts)
    case = submitted(firm, agent)
    if allowed:
        assert actions.withdraw(actor=agent, case_id=case.id, at=AT).state is State.WITHDRAWN
        return
    with pytest.raises(Forbidden) as refusal:
        actions.withdraw(actor=agent, case_id=case.id, at=AT)
    assert rule(refusal) == "mandates.act"
    moves = {move.verb for move in queries.one(agent, case.id).moves}
    assert Verb.WITHDRAW not in moves


@pytest.mark.parametrize(("acts", "allowed"), [({Act.APPLY, Act.SUPPLEMENT}, True), ({Act.APPLY}, False)])
def test_a_supplement_needs_its_own_act(firm: Firm, acts: set[Act], allowed: bool):
    agent = firm.acting(acts=acts)
    case = submitted(firm, agent)
    demands = [Demand("field:address", "请写到门牌号。")]
    actions.request_supplement(actor=firm.world.clerk, case_id=case.id, demands=demands, at=AT)
    changed = {"actor": agent, "case_id": case.id, "values": {"address": "滨海大道9号"}, "at": AT}
    if allowed:
        assert not actions.save(**changed)
        assert actions.resubmit(actor=agent, case_id=case.id, at=AT).state is State.SUBMITTED
        return
    for act in (
        lambda: actions.save(**changed),
        lambda: actions.resubmit(actor=agent, case_id=case.id, at=AT),
    ):
        with pytest.raises(Forbidden) as refusal:
            act()
        assert rule(refusal) == "mandates.act"


def test_an_agent_sees_what_she_began_and_with_reading_all_within_the_limits(firm: Firm):
    own, others = firm.acting(acts={Act.APPLY}), submitted(firm, firm.for_firm)
    mine = submitted(firm, own)
    assert [row.id for row in queries.mine(own)] == [mine.id]
    with pytest.raises(NotFound):
        queries.one(own, others.id)
    with pytest.raises(NotFound):
        actions.withdraw(actor=own, case_id=others.id, at=AT)
    reader = firm.acting(acts={Act.READ})
    assert {row.id for row in queries.mine(reader)} == {mine.id, others.id}
    elsewhere = firm.acting(acts={Act.READ}, places=[worlds.OTHER_COUNTY])
    assert queries.mine(elsewhere) == []
    other_item = firm.acting(acts={Act.READ}, items=[worlds.SUPPLEMENT_BASIC_CODE])
    assert queries.mine(other_item) == []
    assert queries.mine(firm.agent) == []  # her own are none
    assert {row.id for row in queries.mine(firm.for_firm)} == {mine.id, others.id}


@pytest.mark.parametrize(
    "terms",
    [
        {"acts": {Act.READ}},
        {"acts": {Act.APPLY}},
        {"acts": {Act.READ}, "items": [worlds.BASIC_CODE]},
        {"acts": {Act.READ}, "items": [worlds.SUPPLEMENT_BASIC_CODE]},
        {"acts": {Act.READ}, "places": [worlds.CITY]},
        {"acts": {Act.READ}, "places": [worlds.OTHER_COUNTY]},
        {"acts": {Act.APPLY}, "places": [worlds.OTHER_COUNTY]},
    ],
)
def test_the_filter_and_the_check_in_memory_agree(firm: Firm, terms: dict[str, object]):
    agent, case = firm.acting(**terms), submitted(firm, firm.for_firm)
    listed = case.id in {row.id for row in queries.mine(agent)}
    try:
        with transaction.atomic():
            actions.moving.lock(agent, case.id, AT)
        locked = True
    except NotFound:
        locked = False
    assert listed == locked


def test_an_agent_within_limits_sees_only_the_papers_that_she_handed_in(firm: Firm):
    limited = firm.acting(items=[worlds.BASIC_CODE])
    everything = firm.acting(acts={Act.READ})
    worlds.material(firm.world, firm.for_firm)
    hers = worlds.material(firm.world, limited)
    assert [one.id for one in materials.mine(limited)] == [hers]
    assert len(materials.mine(everything)) == 2
    assert materials.mine(firm.agent) == []
    begun = actions.start(actor=limited, item_code=firm.world.item_code, at=AT)
    foreign = next(one.id for one in materials.mine(firm.for_firm) if one.id != hers)
    with pytest.raises(NotFound):
        actions.attach(actor=limited, case_id=begun.id, key="report", material_id=foreign, at=AT)


@pytest.mark.parametrize(
    ("terms", "seen"),
    [
        ({"acts": {Act.COLLECT}}, True),
        ({"acts": {Act.READ}, "items": [worlds.BASIC_CODE]}, True),
        ({"acts": {Act.APPLY}}, False),
        ({"acts": {Act.READ}, "items": [worlds.SUPPLEMENT_BASIC_CODE]}, False),
        ({"acts": {Act.READ}, "places": [worlds.OTHER_COUNTY]}, False),
    ],
)
def test_licences_within_the_limits(firm: Firm, terms: dict[str, object], seen: bool):
    closed(firm, firm.for_firm)
    assert bool(licences.mine(firm.acting(**terms), on=AT.date())) is seen


def test_a_rating_needs_the_right_to_apply(firm: Firm):
    case = closed(firm, firm.for_firm)
    reader = firm.acting(acts={Act.READ})
    with pytest.raises(Forbidden) as refusal:
        feedback.rate(actor=reader, case_id=case.id, grade=1, comment="", channel="portal", at=AT)
    assert rule(refusal) == "mandates.act"


def test_a_withdrawn_mandate_stops_the_very_next_act_of_a_stale_actor(firm: Firm):
    agent = firm.acting()
    begun = draft(firm, agent)
    mandates.withdraw(actor=firm.for_firm, mandate_id=agent.mandate_id, at=AT)
    acts = [
        lambda: actions.submit(actor=agent, case_id=begun.id, at=AT),
        lambda: actions.save(actor=agent, case_id=begun.id, values={"shop_name": "改名"}, at=AT),
        lambda: actions.start(actor=agent, item_code=firm.world.item_code, at=AT),
        lambda: actions.discard(actor=agent, case_id=begun.id, at=AT),
        lambda: worlds.material(firm.world, agent),
    ]
    for act in acts:
        with pytest.raises(Forbidden) as refusal:
            act()
        assert rule(refusal) == "mandates.withdrawn"
    # Nothing is lost: the company goes on with the very draft.
    view = queries.one(firm.for_firm, begun.id)
    assert (view.state, view.form["shop_name"]) == (State.DRAFT, worlds.FORM["shop_name"])
    assert actions.submit(actor=firm.for_firm, case_id=begun.id, at=AT).number


def test_an_act_after_the_last_day_is_refused_whatever_the_browser_knew(firm: Firm):
    agent = firm.acting(last=AT.date() + DAY)
    begun = draft(firm, agent)
    with pytest.raises(Forbidden) as refusal:
        actions.submit(actor=agent, case_id=begun.id, at=AT + 2 * DAY)
    assert rule(refusal) == "mandates.lapsed"


def test_an_actor_with_a_mandate_but_no_limits_sees_nothing(firm: Firm):
    case = submitted(firm, firm.for_firm)
    forged = replace(firm.acting(), bounds=None)
    assert queries.mine(forged) == []
    with pytest.raises(Forbidden):
        actions.withdraw(actor=forged, case_id=case.id, at=AT)
    assert materials.mine(forged) == []
    assert licences.mine(forged, on=AT.date()) == []


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_that_races_a_submit_is_before_it_or_after_it(registers: Registers):
    firm = mandating.build(worlds.build())
    for first in ("submit", "withdraw", "both"):
        agent = firm.acting(places=[worlds.CITY], amount={"submit": 1, "withdraw": 2, "both": 3}[first])
        begun = draft(firm, agent)
        started = threading.Barrier(2)

        def send(agent: Actor = agent, case_id: uuid.UUID = begun.id, started=started) -> str:
            try:
                started.wait(5)
                return actions.submit(actor=agent, case_id=case_id, at=AT).state.value
            except Forbidden as refusal:
                return refusal.rule
            finally:
                connection.close()

        def take_back(mandate: uuid.UUID | None = agent.mandate_id, started=started) -> str:
            try:
                started.wait(5)
                mandates.withdraw(actor=firm.for_firm, mandate_id=mandate, at=AT)
                return "withdrawn"
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            sent, taken = pool.submit(send), pool.submit(take_back)
            results = (sent.result(30), taken.result(30))
        assert results[1] == "withdrawn"
        assert results[0] in ("submitted", "mandates.withdrawn")
        state = queries.one(firm.for_firm, begun.id).state
        assert state is (State.SUBMITTED if results[0] == "submitted" else State.DRAFT)


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_waits_for_an_act_that_holds_the_mandate(registers: Registers):
    firm = mandating.build(worlds.build())
    agent = firm.acting()
    waiting = threading.Event()

    def take_back() -> None:
        try:
            waiting.set()
            mandates.withdraw(actor=firm.for_firm, mandate_id=agent.mandate_id, at=AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            mandated.hold(agent, at=AT)
            taken = pool.submit(take_back)
            assert waiting.wait(5)
            with pytest.raises(TimeoutError):
                taken.result(0.5)
        taken.result(10)
    with pytest.raises(Forbidden) as refusal, transaction.atomic():
        mandated.hold(agent, at=AT)
    assert rule(refusal) == "mandates.withdrawn"
