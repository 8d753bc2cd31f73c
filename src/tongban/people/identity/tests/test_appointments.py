"""Appointments: proposed by one, decided by another; what is approved begins or ends a holding, and nothing else does."""

import uuid
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from tongban.base.actor import Actor, ActorKind, Post, system
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ledger.queries import acts_of
from tongban.people.identity import actions, queries
from tongban.people.identity.models import Appointment, Holding
from tongban.people.identity.queries.actors import _posts
from tongban.people.identity.rules import Role
from tongban.people.identity.rules.appointments import (
    APPOINTMENT_MOVES,
    AppointmentKind,
    AppointmentState,
    AppointmentVerb,
    day_problem,
    find_appointment_move,
    items_problem,
)
from tongban.people.parties.queries import organs
from tongban.people.parties.tests.filling import take_in_organs
from tongban.people.places.tests.filling import take_in_places

AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
TODAY = date(2026, 11, 2)
BY = system("tests.appointments")
database = pytest.mark.django_db
WORDS = {"reason": "人社〔2026〕1号", "items": (), "since": TODAY}


# ── rules ──


@pytest.mark.parametrize(("state", "verb"), product(AppointmentState, AppointmentVerb))
def test_what_is_not_in_the_table_cannot_happen(state, verb):
    known = {(move.source, move.verb) for move in APPOINTMENT_MOVES}
    assert (find_appointment_move(state, verb) is not None) == ((state, verb) in known)


@pytest.mark.parametrize(
    ("day", "fits"),
    [
        (TODAY - timedelta(days=1), False),
        (TODAY, True),
        (TODAY + timedelta(days=366), True),
        (date.max, False),
    ],
)
def test_a_role_begins_today_at_the_earliest_and_within_a_year(day, fits):
    assert (day_problem(day, TODAY) is None) is fits


@pytest.mark.parametrize(
    ("codes", "fits"),
    [
        ([], True),
        (["000123001000"], True),
        (["12"], False),
        (["00012300100０"], False),
        (["000123001000"] * 51, False),
    ],
)
def test_items_are_named_by_their_basic_codes(codes, fits):
    assert (items_problem(codes) is None) is fits


ONE, TWO = frozenset({"000123001000"}), frozenset({"000123002000"})


@given(st.lists(st.sampled_from([frozenset(), ONE, TWO, ONE | TWO]), min_size=1, max_size=4))
def test_a_role_held_twice_is_held_for_the_items_of_both(held):
    told = [f"clerk {uuid.UUID(int=1)} 460106000000 - {','.join(sorted(items))}" for items in held]
    (post,) = _posts(told)
    wanted = frozenset() if frozenset() in held else frozenset().union(*held)
    assert post.items == wanted


@pytest.mark.parametrize("items", [frozenset(), frozenset("a"), frozenset("ab"), frozenset("abc")])
@pytest.mark.parametrize("item", ["a", "b", "c", ""])
def test_a_post_counts_for_its_items_or_for_all(items, item):
    organ = uuid.UUID(int=1)
    actor = Actor(ActorKind.STAFF, uuid.UUID(int=2), posts=frozenset({Post("clerk", organ, items=items)}))
    assert actor.holds("clerk", organ, item) is (not items or item in items)
    assert not actor.holds("decider", organ, item)
    assert not actor.holds("clerk", uuid.UUID(int=3), item)


# ── acts ──


@pytest.fixture
def organ():
    take_in_places()
    take_in_organs()
    return organs()[0].id


def official(login: str, organ: uuid.UUID, *roles: Role) -> Actor:
    account = actions.open_account(actor=BY, login=login, password="long enough one", at=AT, staff_name=login)
    for role in roles:
        actions.appoint(actor=BY, account_id=account, organ_id=organ, role=role, since=TODAY, at=AT)
    return actor(account)


def actor(account: uuid.UUID, at: datetime = AT) -> Actor:
    found = queries.actor_of(account, at=at)
    assert found is not None
    return found[0]


@pytest.fixture
def people(organ):
    return {
        "officer": official("officer", organ, Role.PERSONNEL),
        "other": official("other", organ, Role.PERSONNEL),
        "head": official("head", organ, Role.HEAD),
        "clerk": official("clerk", organ, Role.CLERK),
        "newcomer": official("newcomer", organ),
    }


def propose(people, organ, who="officer", **changed):
    told = {
        "kind": AppointmentKind.APPOINT,
        "login": "newcomer",
        "organ_id": organ,
        "role": Role.REVIEWER,
        "at": AT,
        **WORDS,
    } | changed
    return actions.propose_appointment(actor=people[who], **told)


def decide(people, appointment, verb=AppointmentVerb.APPROVE, who="head", at=AT, remark=""):
    actions.decide_appointment(actor=people[who], appointment_id=appointment, verb=verb, remark=remark, at=at)


@database
def test_what_one_proposes_and_another_approves_is_held_from_that_day_for_these_items(people, organ):
    made = propose(people, organ, items=["000123001000"], since=TODAY + timedelta(days=1))
    assert not actor(people["newcomer"].id).posts
    decide(people, made)
    assert not actor(people["newcomer"].id).posts
    (post,) = actor(people["newcomer"].id, AT + timedelta(days=1)).posts
    assert (post.role, post.organ_id, post.items) == ("reviewer", organ, frozenset({"000123001000"}))
    acts = [act.act for act in acts_of(f"account:{people['newcomer'].id}")]
    assert acts[-3:] == ["identity.propose_appointment", "identity.decide_appointment", "identity.appoint"]


@database
def test_a_dismissal_ends_the_role_and_what_is_approved_late_counts_from_then(people, organ):
    made = propose(people, organ, kind=AppointmentKind.DISMISS, login="clerk", role=Role.CLERK)
    late = AT + timedelta(days=3)
    decide(people, made, at=late)
    assert actor(people["clerk"].id, late - timedelta(days=1)).posts
    assert not actor(people["clerk"].id, late).posts
    assert Holding.objects.get(account_id=people["clerk"].id).until == TODAY + timedelta(days=3)


@database
@pytest.mark.parametrize("who", ["officer", "newcomer", "clerk"])
def test_neither_the_proposer_nor_the_one_concerned_nor_a_bystander_approves(people, organ, who):
    made = propose(people, organ)
    with pytest.raises((Forbidden, NotFound)):
        decide(people, made, who=who)
    assert Appointment.objects.get(pk=made).state == "proposed"
    decide(people, made, who="other")


@database
def test_a_deputy_of_the_proposer_is_no_second_person(people, organ):
    actions.deputise(
        actor=people["officer"],
        organ_id=organ,
        role=Role.PERSONNEL,
        deputy_id=people["head"].id,
        since=TODAY,
        until=TODAY + timedelta(days=2),
        at=AT,
    )
    made = propose(people, organ)
    with pytest.raises(Forbidden) as refused:
        actions.decide_appointment(
            actor=actor(people["head"].id),
            appointment_id=made,
            verb=AppointmentVerb.APPROVE,
            remark="",
            at=AT,
        )
    assert refused.value.rule == "identity.appointment_two"


@database
def test_the_database_refuses_one_person_for_both(people, organ):
    made = propose(people, organ)
    with pytest.raises(IntegrityError, match="appointment_two_persons"), transaction.atomic():
        Appointment.objects.filter(pk=made).update(
            state="approved", decided_by=people["officer"].id, decided_at=AT
        )


@database
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"login": "nobody"}, "login"),
        ({"login": "officer"}, "login"),
        ({"since": TODAY - timedelta(days=1)}, "since"),
        ({"items": ["12"]}, "items"),
        ({"reason": " "}, "reason"),
        ({"reason": "\x00"}, "reason"),
        ({"kind": AppointmentKind.DISMISS}, "role"),
        ({"login": "clerk", "role": Role.CLERK}, "role"),
    ],
)
def test_what_cannot_be_proposed_is_told_at_its_field(people, organ, changed, field):
    with pytest.raises(Invalid) as refused:
        propose(people, organ, **changed)
    assert list(refused.value.fields) == [field]


@database
def test_only_the_organs_own_personnel_proposes_and_once(people, organ):
    with pytest.raises(Forbidden):
        propose(people, organ, who="head")
    with pytest.raises(Forbidden):
        propose(people, uuid.uuid4())
    first = propose(people, organ, key="key-12345678")
    assert propose(people, organ, key="key-12345678") == first
    with pytest.raises(Conflict) as refused:
        propose(people, organ, key="key-22345678")
    assert refused.value.rule == "identity.appointment_once"


@database
def test_what_was_turned_down_or_taken_back_is_over(people, organ):
    for verb, who in ((AppointmentVerb.TURN_DOWN, "head"), (AppointmentVerb.TAKE_BACK, "officer")):
        made = propose(people, organ)
        decide(people, made, verb, who, remark="再议")
        with pytest.raises(Conflict) as refused:
            decide(people, made)
        assert refused.value.rule == "identity.appointment_over"
    with pytest.raises(Forbidden):
        decide(people, propose(people, organ), AppointmentVerb.TAKE_BACK, "other")
    assert not actor(people["newcomer"].id).posts


@database
def test_a_deputy_has_the_items_of_the_one_who_named_her(people, organ):
    limited = official("limited", organ)
    actions.appoint(
        actor=BY,
        account_id=limited.id,
        organ_id=organ,
        role=Role.DECIDER,
        since=TODAY,
        at=AT,
        items=["000123001000"],
    )
    actions.deputise(
        actor=actor(limited.id),
        organ_id=organ,
        role=Role.DECIDER,
        deputy_id=people["clerk"].id,
        since=TODAY,
        until=TODAY + timedelta(days=2),
        at=AT,
    )
    (post,) = [post for post in actor(people["clerk"].id).posts if post.for_id]
    assert post.items == frozenset({"000123001000"})
