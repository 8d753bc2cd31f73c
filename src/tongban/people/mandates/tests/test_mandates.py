"""The life of a mandate: registered, offered, accepted, ended; by whom, and by nobody else."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from tests import mandating
from tests import world as worlds
from tests.mandating import CODE, COMPANY, Firm
from tests.stand_ins import Registers
from tests.world import World

from tongban.base.actor import Actor, system
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ledger.queries import acts_of
from tongban.people.identity.actions import SourceAway
from tongban.people.identity.rules import Level
from tongban.people.identity.rules.acts import LevelTooLow
from tongban.people.mandates import actions, queries
from tongban.people.mandates.models import Mandate
from tongban.people.mandates.rules import Act, Kind, State
from tongban.people.parties import actions as registering
from tongban.people.parties import queries as parties
from tongban.people.parties.rules import PartyKind

pytestmark = pytest.mark.django_db
AT = worlds.AT
DAY = timedelta(days=1)


@pytest.fixture
def world() -> World:
    return worlds.build()


@pytest.fixture
def registers(settings) -> Iterator[Registers]:
    with mandating.standing_in_for(settings) as known:
        yield known


@pytest.fixture
def firm(world: World, registers: Registers) -> Firm:
    return mandating.build(world)


def rule(refusal: pytest.ExceptionInfo[Exception]) -> str:
    return refusal.value.rule


# --- companies ---------------------------------------------------------------------------------------------------------


def test_a_company_is_registered_by_its_representative_who_acts_for_it_by_name(firm: Firm):
    found = parties.legal(firm.party_id)
    assert (found.name, found.credit_code) == (COMPANY, CODE)
    assert found.representative_id == firm.representative.party_id
    assert firm.for_firm.party_id == firm.party_id
    assert firm.for_firm.id == firm.representative.id
    told = firm.for_firm.for_ledger()
    assert told["for"] == str(firm.party_id)
    assert told["mandate"] == str(firm.for_firm.mandate_id)
    assert parties.party(firm.party_id).masked_number == CODE  # of a company the code is public
    assert parties.party(firm.party_id).kind is PartyKind.LEGAL


def test_neither_the_ledger_nor_the_row_holds_the_representatives_number(firm: Firm):
    number = mandating.number(mandating.REPRESENTATIVE)
    acts = acts_of(f"party:{firm.party_id}") + acts_of(f"mandate:{firm.for_firm.mandate_id}")
    assert all(number not in str(act) and "李明" not in str(act) for act in acts)


FACTS = {
    "name": mandating.SECOND_COMPANY,
    "code": mandating.SECOND_CODE,
    "kind": "enterprise",
    "phone": "0898-66660000",
}


@pytest.mark.parametrize(
    "changed",
    [{"name": "海南另一家演示有限公司"}, {"code": mandating.credit_code.make("91460100MA5T12340")}],
)
def test_what_the_source_does_not_know_is_not_registered(firm: Firm, changed: dict[str, str]):
    with pytest.raises(Invalid) as refusal:
        actions.register_company(actor=firm.representative, at=AT, **FACTS | changed)
    assert rule(refusal) == "mandates.representative"
    assert set(refusal.value.fields) == {"code"}


def test_nobody_else_is_let_in_as_representative(firm: Firm, world: World):
    with pytest.raises(Invalid) as refusal:
        actions.register_company(actor=world.applicant, at=AT, **FACTS)
    assert rule(refusal) == "mandates.representative"
    assert actions.register_company(actor=firm.representative, at=AT, **FACTS)


def test_a_source_that_does_not_answer_registers_nothing(firm: Firm, settings):
    settings.SOURCES_URL = "http://127.0.0.1:9"
    with pytest.raises(SourceAway):
        actions.register_company(actor=firm.representative, at=AT, **FACTS)
    assert parties.legal_by_code(mandating.SECOND_CODE) is None


def test_one_party_per_credit_code(firm: Firm):
    with pytest.raises(Conflict) as refusal:
        actions.register_company(
            actor=firm.representative,
            name=COMPANY,
            code=CODE,
            kind="enterprise",
            phone="0898-66660000",
            at=AT,
        )
    assert rule(refusal) == "parties.code_once"


def test_every_bad_fact_is_told_at_its_field(firm: Firm):
    with pytest.raises(Invalid) as refusal:
        actions.register_company(
            actor=firm.representative, name="", code=CODE[:-1] + "?", kind="bank", phone="x", at=AT
        )
    assert set(refusal.value.fields) == {"name", "code", "kind", "phone"}


def test_unproven_people_register_nothing(firm: Firm):
    nobody = replace(firm.representative, level=Level.UNPROVEN)
    with pytest.raises(LevelTooLow) as refusal:
        actions.register_company(actor=nobody, name=COMPANY, code=CODE, kind="enterprise", phone="1", at=AT)
    assert refusal.value.needed is Level.BASIC


def test_a_new_representative_ends_everything_that_the_former_one_gave(
    firm: Firm, registers: Registers, world: World
):
    mandate = firm.accepted()
    pending = firm.offer(acts={Act.READ})
    new = {"representative": "王秀兰", "number": mandating.number("46010619900101212")}
    registers.companies[CODE] = {"name": "海南改名演示有限公司", **new}
    actions.take_over(actor=world.applicant, name="海南改名演示有限公司", code=CODE, at=AT)
    states = dict(Mandate.objects.filter(giver_id=firm.party_id).values_list("id", "state"))
    assert states.pop(mandate) == states.pop(pending) == "withdrawn"
    assert states.pop(firm.for_firm.mandate_id) == "withdrawn"
    assert list(states.values()) == ["accepted"]
    for_firm = queries.acting(world.applicant, queries.received(world.applicant)[0].id, at=AT)
    assert for_firm.giver_name == "海南改名演示有限公司"
    with pytest.raises(Forbidden) as refusal:
        queries.acting(firm.agent, mandate, at=AT)
    assert rule(refusal) == "mandates.withdrawn"


def test_who_is_not_the_representative_takes_nothing_over(firm: Firm, world: World):
    mandate = firm.accepted()
    with pytest.raises(Invalid) as refusal:
        actions.take_over(actor=world.stranger, name=COMPANY, code=CODE, at=AT)
    assert rule(refusal) == "mandates.representative"
    assert queries.acting(firm.agent, mandate, at=AT).giver_name == COMPANY


# --- two steps ---------------------------------------------------------------------------------------------------------


def test_a_mandate_gives_nothing_before_its_agent_has_accepted_it(firm: Firm):
    mandate = firm.offer()
    with pytest.raises(Forbidden) as refusal:
        queries.acting(firm.agent, mandate, at=AT)
    assert rule(refusal) == "mandates.offered"
    actions.accept(actor=firm.agent, mandate_id=mandate, at=AT)
    acting = queries.acting(firm.agent, mandate, at=AT)
    assert (acting.actor.party_id, acting.actor.id) == (firm.party_id, firm.agent.id)
    assert acting.actor.mandate_id == mandate
    assert acting.giver_name == COMPANY


def test_only_the_agent_accepts(firm: Firm, world: World):
    mandate = firm.offer()
    for actor in (firm.for_firm, firm.representative, world.applicant):
        with pytest.raises(NotFound):
            actions.accept(actor=actor, mandate_id=mandate, at=AT)


def test_a_refused_mandate_is_never_accepted(firm: Firm):
    mandate = firm.offer()
    actions.refuse(actor=firm.agent, mandate_id=mandate, at=AT)
    with pytest.raises(Conflict) as refusal:
        actions.accept(actor=firm.agent, mandate_id=mandate, at=AT)
    assert rule(refusal) == "mandates.move"


def test_a_withdrawn_mandate_ends_in_the_same_moment_and_says_so(firm: Firm):
    mandate = firm.accepted()
    actions.withdraw(actor=firm.for_firm, mandate_id=mandate, at=AT)
    with pytest.raises(Forbidden) as refusal:
        queries.acting(firm.agent, mandate, at=AT)
    assert rule(refusal) == "mandates.withdrawn"
    assert [act.act for act in acts_of(f"mandate:{mandate}")] == [
        "mandates.offer",
        "mandates.accept",
        "mandates.withdraw",
    ]


def test_an_agent_may_resign(firm: Firm):
    mandate = firm.accepted()
    actions.resign(actor=firm.agent, mandate_id=mandate, at=AT)
    with pytest.raises(Forbidden) as refusal:
        queries.acting(firm.agent, mandate, at=AT)
    assert rule(refusal) == "mandates.resigned"


def test_the_same_press_twice_is_once(firm: Firm):
    mandate, key = firm.offer(), str(uuid.uuid4())
    for _ in range(2):
        actions.accept(actor=firm.agent, mandate_id=mandate, at=AT, key=key)
    assert len(acts_of(f"mandate:{mandate}")) == 2


def test_the_same_offer_pressed_twice_is_one_mandate(firm: Firm):
    key, terms = str(uuid.uuid4()), actions.Terms(frozenset({"read"}), AT.date(), AT.date() + DAY)
    named = {"agent_name": "周洋", "agent_number": mandating.number(mandating.AGENT)}
    first, second = (
        actions.offer(actor=firm.for_firm, terms=terms, at=AT, key=key, **named) for _ in range(2)
    )
    assert first == second


def test_the_day_after_the_last_it_counts_no_more_and_the_timer_puts_it_down(firm: Firm):
    mandate = firm.accepted(last=AT.date() + DAY)
    assert queries.acting(firm.agent, mandate, at=AT + DAY)
    with pytest.raises(Forbidden) as refusal:
        queries.acting(firm.agent, mandate, at=AT + 2 * DAY)
    assert rule(refusal) == "mandates.lapsed"
    assert actions.lapse_all(actor=system("tests"), at=AT + DAY) == 0
    assert actions.lapse_all(actor=system("tests"), at=AT + 2 * DAY) == 1
    assert queries.one(firm.agent, mandate).state is State.LAPSED


def test_before_its_first_day_it_does_not_count(firm: Firm):
    mandate = firm.accepted(since=AT.date() + DAY)
    with pytest.raises(Forbidden) as refusal:
        queries.acting(firm.agent, mandate, at=AT)
    assert rule(refusal) == "mandates.not_yet"


# --- who and how much --------------------------------------------------------------------------------------------------


def test_anothers_mandate_is_as_absent_as_none(firm: Firm, world: World):
    mandate = firm.accepted()
    for actor in (world.applicant, firm.representative, firm.for_firm, world.clerk):
        with pytest.raises(NotFound):
            queries.acting(actor, mandate, at=AT)
    with pytest.raises(NotFound):
        queries.acting(firm.agent, uuid.uuid4(), at=AT)


def test_an_equal_one_is_refused_and_by_the_database_too(firm: Firm):
    mandate = firm.accepted()
    with pytest.raises(Conflict) as refusal:
        firm.offer()
    assert rule(refusal) == "mandates.once"
    firm.offer(acts={Act.READ})  # another scope
    actions.withdraw(actor=firm.for_firm, mandate_id=mandate, at=AT)
    firm.offer()  # the former one is over


def test_an_agent_passes_nothing_on_unless_she_was_let(firm: Firm):
    acting = firm.acting()
    with pytest.raises(Forbidden) as refusal:
        firm.offer(by=acting, to="陈生", first17="46010619850505123")
    assert rule(refusal) == "mandates.pass_on"


def test_who_may_pass_on_gives_no_more_than_she_has(firm: Firm, world: World):
    acting = firm.acting(pass_on=True, items=[worlds.BASIC_CODE], acts={Act.APPLY, Act.READ})
    to = {"to": "陈生", "first17": "46010619850505123"}
    with pytest.raises(Invalid) as refusal:
        firm.offer(by=acting, acts={Act.APPLY, Act.WITHDRAW}, last=AT.date() + 90 * DAY, **to)
    assert rule(refusal) == "mandates.beyond"
    assert set(refusal.value.fields) == {"acts", "items", "last"}
    with pytest.raises(Forbidden) as once:
        firm.offer(by=acting, acts={Act.READ}, items=[worlds.BASIC_CODE], pass_on=True, **to)
    assert rule(once) == "mandates.passed_on_once"
    under = firm.offer(by=acting, acts={Act.READ}, items=[worlds.BASIC_CODE], **to)
    actions.accept(actor=world.stranger, mandate_id=under, at=AT)
    actions.withdraw(actor=firm.for_firm, mandate_id=acting.mandate_id, at=AT)
    with pytest.raises(Forbidden) as ended:
        queries.acting(world.stranger, under, at=AT)
    assert rule(ended) == "mandates.withdrawn"


def test_what_was_offered_by_somebody_who_lost_her_own_is_not_accepted(firm: Firm, world: World):
    acting = firm.acting(pass_on=True)
    under = firm.offer(by=acting, acts={Act.READ}, to="陈生", first17="46010619850505123")
    actions.resign(actor=firm.agent, mandate_id=acting.mandate_id, at=AT)
    with pytest.raises(Conflict):
        actions.accept(actor=world.stranger, mandate_id=under, at=AT)


def test_whoever_passes_on_withdraws_only_what_she_gave(firm: Firm, world: World):
    acting = firm.acting(pass_on=True)
    other = firm.offer(acts={Act.READ})
    with pytest.raises(Forbidden) as refusal:
        actions.withdraw(actor=acting, mandate_id=other, at=AT)
    assert rule(refusal) == "mandates.giver"


def test_the_representatives_own_mandate_is_nobodys_to_withdraw(firm: Firm):
    for act, actor in ((actions.withdraw, firm.for_firm), (actions.resign, firm.representative)):
        with pytest.raises(Forbidden) as refusal:
            act(actor=actor, mandate_id=firm.for_firm.mandate_id, at=AT)
        assert rule(refusal) == "mandates.by_law"


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"acts": set()}, "acts"),
        ({"acts": {"fly"}}, "acts"),
        ({"items": ["123"]}, "items"),
        ({"places": ["999999000000"]}, "places"),
        ({"amount": -1}, "amount"),
        ({"since": AT.date() - DAY}, "since"),
        ({"last": AT.date() - DAY}, "last"),
        ({"last": AT.date() + 2000 * DAY}, "last"),
        ({"kind": "parent"}, "kind"),
        ({"kind": "helper"}, "acts"),
        ({"to": "周阳"}, "agent_number"),
        ({"first17": "46010619850505125"}, "agent_number"),
        ({"to": "李明", "first17": mandating.REPRESENTATIVE, "by": "self"}, "agent_number"),
    ],
)
def test_bad_terms_are_told_at_their_field(firm: Firm, terms: dict[str, object], field: str):
    by: Actor | None = firm.representative if terms.pop("by", None) else None
    with pytest.raises(Invalid) as refusal:
        firm.offer(by=by, **terms)
    assert set(refusal.value.fields) == {field}


def test_what_a_mandate_gives_never_changes_and_no_ended_one_comes_back(firm: Firm):
    mandate = firm.accepted()
    for change in (
        {"acts": ["read"]},
        {"until": None, "kind": "guardian"},
        {"agent_id": firm.for_firm.party_id},
    ):
        with pytest.raises(DatabaseError, match="is fixed"), transaction.atomic():
            Mandate.objects.filter(pk=mandate).update(**change)
    with pytest.raises(DatabaseError, match="is fixed"), transaction.atomic():
        Mandate.objects.filter(pk=mandate).delete()
    actions.withdraw(actor=firm.for_firm, mandate_id=mandate, at=AT)
    with pytest.raises(DatabaseError, match="is fixed"), transaction.atomic():
        Mandate.objects.filter(pk=mandate).update(state="accepted", ended_at=None)


def test_the_ledger_tells_a_mandate_that_was_changed_behind_its_back(firm: Firm):
    mandate = firm.accepted()
    assert list(queries.against_ledger()) == []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE mandate DISABLE TRIGGER USER")
        cursor.execute("UPDATE mandate SET acts = '{read}' WHERE id = %s", [mandate])
        cursor.execute("ALTER TABLE mandate ENABLE TRIGGER USER")
    assert len(list(queries.against_ledger())) == 1


# --- children ----------------------------------------------------------------------------------------------------------


def test_a_proven_parent_acts_for_her_child_until_it_comes_of_age(firm: Firm):
    mandate = actions.register_child(
        actor=firm.representative, name="李小明", id_number=mandating.number(mandating.CHILD), at=AT
    )
    view = queries.one(firm.representative, mandate)
    assert view.kind is Kind.PARENT
    assert view.limits.until.isoformat() == "2038-03-03"
    assert queries.acting(firm.representative, mandate, at=AT).giver_name == "李小明"


def test_whose_child_it_is_not_is_told_nothing(firm: Firm, world: World):
    answers = []
    for first17 in (mandating.CHILD, "46010620210303113"):
        with pytest.raises(Invalid) as refusal:
            actions.register_child(
                actor=world.applicant, name="李小明", id_number=mandating.number(first17), at=AT
            )
        answers.append((rule(refusal), str(refusal.value.fields)))
    assert answers[0] == answers[1]
    assert answers[0][0] == "mandates.parent"


def test_whoever_is_of_age_gives_herself(firm: Firm):
    with pytest.raises(Invalid) as refusal:
        actions.register_child(
            actor=firm.representative, name="周洋", id_number=mandating.number(mandating.AGENT), at=AT
        )
    assert rule(refusal) == "mandates.of_age"


def test_only_what_the_law_gives_may_lack_a_last_day(firm: Firm):
    mandate = firm.offer()
    row = Mandate.objects.get(pk=mandate)
    row.pk, row.number, row.until, row.scope, row._state.adding = uuid.uuid4(), "SQ0", None, "x", True
    with pytest.raises(IntegrityError, match="mandate_until_after_since"), transaction.atomic():
        row.save(force_insert=True)


# --- companies at the counter ------------------------------------------------------------------------------------------


def at_counter(firm: Firm, actor: Actor, **changed: object) -> uuid.UUID:
    given = {
        "actor": actor,
        "counter": firm.world.organ_id,
        "facts": registering.legal_facts(
            name=mandating.SECOND_COMPANY,
            code=mandating.SECOND_CODE,
            kind="enterprise",
            phone="0898-66660000",
        ),
        "representative": actions.Shown("李明", mandating.number(mandating.REPRESENTATIVE)),
        "seen": "营业执照、身份证",
        "at": AT,
    }
    return actions.register_company_at_counter(**given | changed)


def test_a_clerk_registers_a_company_whose_papers_she_saw(firm: Firm):
    party = at_counter(firm, firm.world.clerk)
    (mandate,) = (one for one in queries.received(firm.representative) if one.giver_id == party)
    assert (mandate.kind, mandate.seen) == (Kind.REPRESENTATIVE, "营业执照、身份证")
    assert mandate.counter_name
    assert queries.acting(firm.representative, mandate.id, at=AT).giver_name == mandating.SECOND_COMPANY


def test_nobody_but_the_counters_clerk_registers_one_by_papers(firm: Firm):
    for actor in (firm.world.reviewer, firm.world.other_clerk, firm.representative, firm.world.applicant):
        with pytest.raises(Forbidden):
            at_counter(firm, actor)


def test_papers_without_a_word_or_a_person_register_nothing(firm: Firm):
    for changed in ({"seen": " "}, {"representative": actions.Shown("别人", mandating.CODE)}):
        with pytest.raises(Invalid):
            at_counter(firm, firm.world.clerk, **changed)
    assert parties.legal_by_code(mandating.SECOND_CODE) is None
