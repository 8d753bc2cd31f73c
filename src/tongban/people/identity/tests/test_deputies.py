"""Deputies: who may be named for what, and what they may do on which days."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from tongban.base.actor import Actor, Post, system
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ledger.queries import acts_of
from tongban.people.identity import actions, queries
from tongban.people.identity.models import Account, Deputy, Holding
from tongban.people.identity.rules import Role
from tongban.people.parties.queries import organ as organ_of
from tongban.people.parties.queries import organs
from tongban.people.parties.tests.filling import take_in_organs
from tongban.people.places.tests.filling import take_in_places

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
TODAY, TOMORROW, LATER = date(2026, 11, 2), date(2026, 11, 3), date(2026, 11, 9)
BY = system("tests.identity")


@dataclass
class Office:
    """Two organs; in the first a decider who will be away, a reviewer and a clerk, in the other a clerk."""

    organ: uuid.UUID
    other: uuid.UUID
    decider: uuid.UUID
    reviewer: uuid.UUID
    clerk: uuid.UUID
    stranger: uuid.UUID


def official(login: str, organ: uuid.UUID, role: Role, since: date = date(2026, 1, 1)) -> uuid.UUID:
    account = actions.open_account(
        actor=BY, login=login, password="a long enough one", at=AT, staff_name=f"{login}某"
    )
    actions.appoint(actor=BY, account_id=account, organ_id=organ, role=role, since=since, at=AT)
    return account


@pytest.fixture
def office() -> Office:
    take_in_places()
    take_in_organs()
    organ, other = (found.id for found in organs()[:2])
    return Office(
        organ,
        other,
        official("decider", organ, Role.DECIDER),
        official("reviewer", organ, Role.REVIEWER),
        official("clerk", organ, Role.CLERK),
        official("stranger", other, Role.CLERK),
    )


def actor(account: uuid.UUID, at: datetime = AT) -> Actor:
    found = queries.actor_of(account, at=at)
    assert found is not None
    return found[0]


def name(office: Office, **given: object) -> uuid.UUID:
    usual = {
        "actor": actor(office.decider),
        "organ_id": office.organ,
        "role": Role.DECIDER,
        "deputy_id": office.reviewer,
        "since": TODAY,
        "until": LATER,
        "at": AT,
    }
    return actions.deputise(**usual | given)


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=8)


# ── what a deputy has ──


def test_a_deputy_has_the_post_besides_her_own_and_it_says_for_whom(office: Office):
    name(office)
    deputy = actor(office.reviewer)
    assert deputy.posts == {
        Post("reviewer", office.organ),
        Post("decider", office.organ, for_id=office.decider),
    }
    assert deputy.stands_for() == {office.reviewer, office.decider}
    assert actor(office.decider).posts == {Post("decider", office.organ)}
    assert actor(office.clerk).posts == {Post("clerk", office.organ)}


def test_every_post_says_where_its_organ_is(office: Office):
    name(office)
    place = organ_of(office.organ).place
    assert {post.place for post in actor(office.reviewer).posts} == {place}


def test_it_begins_and_ends_at_midnight_in_china(office: Office):
    name(office, since=TOMORROW)
    moment = timedelta(seconds=1)
    seen = [
        actor(office.reviewer, at).organs_as("decider") == {office.organ}
        for at in (midnight(TOMORROW) - moment, midnight(TOMORROW), midnight(LATER) - moment, midnight(LATER))
    ]
    assert seen == [False, True, True, False]


def test_a_deputy_loses_the_post_with_the_one_who_named_her(office: Office):
    name(office)
    Holding.objects.filter(account=office.decider).update(until=TOMORROW)
    assert actor(office.reviewer).organs_as("decider") == {office.organ}
    assert actor(office.reviewer, midnight(TOMORROW)).organs_as("decider") == frozenset()


def test_a_deputy_of_a_closed_account_has_nothing(office: Office):
    name(office)
    Account.objects.filter(pk=office.decider).update(is_active=False)
    assert actor(office.reviewer).posts == {Post("reviewer", office.organ)}


def test_a_deputy_who_left_the_organ_has_nothing_there(office: Office):
    name(office)
    Holding.objects.filter(account=office.reviewer).update(until=TODAY)
    assert actor(office.reviewer).posts == frozenset()


def test_the_actor_of_a_deputy_still_costs_one_statement(office: Office, django_assert_num_queries):
    name(office)
    with django_assert_num_queries(1):
        actor(office.reviewer)


# ── who may be named, for what ──


def test_only_a_role_that_one_holds_oneself_can_be_given(office: Office):
    for given in (
        {"role": Role.HEAD},
        {"organ_id": office.other},
        {"actor": actor(office.clerk)},
        {"actor": BY},
    ):
        with pytest.raises(Forbidden) as refusal:
            name(office, **given)
        assert refusal.value.rule == "identity.deputy_role"
    assert not Deputy.objects.exists()


def test_a_deputy_cannot_pass_it_on(office: Office):
    name(office)
    with pytest.raises(Forbidden) as refusal:
        name(office, actor=actor(office.reviewer), deputy_id=office.clerk)
    assert refusal.value.rule == "identity.deputy_role"


def test_nobody_deputises_for_herself(office: Office):
    with pytest.raises(Invalid) as refusal:
        name(office, deputy_id=office.decider)
    assert (refusal.value.rule, set(refusal.value.fields)) == ("identity.deputy_oneself", {"deputy"})


def test_a_deputy_is_a_colleague_in_office_today(office: Office):
    future = official("future", office.organ, Role.CLERK, TOMORROW)
    closed = official("closed", office.organ, Role.CLERK)
    Account.objects.filter(pk=closed).update(is_active=False)
    for unfit in (office.stranger, future, closed, uuid.uuid4()):
        with pytest.raises(Invalid) as refusal:
            name(office, deputy_id=unfit)
        assert (refusal.value.rule, set(refusal.value.fields)) == ("identity.deputy_colleague", {"deputy"})
    assert not Deputy.objects.exists()


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [(date(2026, 11, 1), LATER, "since"), (TODAY, TODAY, "until"), (TODAY, date(2028, 1, 1), "until")],
)
def test_days_that_cannot_be_are_told_at_their_field(office: Office, since: date, until: date, field: str):
    with pytest.raises(Invalid) as refusal:
        name(office, since=since, until=until)
    assert (refusal.value.rule, set(refusal.value.fields)) == ("identity.deputy_days", {field})


def test_everything_that_stands_against_it_is_told_at_once(office: Office):
    with pytest.raises(Invalid) as refusal:
        name(office, deputy_id=office.stranger, until=TODAY)
    assert (refusal.value.rule, set(refusal.value.fields)) == (
        "identity.deputy_colleague",
        {"deputy", "until"},
    )


def test_the_same_colleague_is_not_named_twice_for_the_same_days(office: Office):
    name(office)
    before = len(acts_of(f"account:{office.decider}"))
    with pytest.raises(Conflict) as refusal:
        name(office, since=date(2026, 11, 8), until=date(2026, 11, 20))
    assert refusal.value.rule == "identity.deputy_once"
    assert len(acts_of(f"account:{office.decider}")) == before
    name(office, since=LATER, until=date(2026, 11, 20))
    name(office, deputy_id=office.clerk)
    assert Deputy.objects.count() == 3


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"role": "king"}, "deputy_role"),
        ({"until": TODAY}, "deputy_until_after_since"),
        ({"deputy": "decider"}, "deputy_not_oneself"),
        ({}, "deputy_once"),
    ],
)
def test_the_database_itself_refuses_what_must_not_be(
    office: Office, changed: dict[str, object], constraint: str
):
    name(office)
    row = {"role": "decider", "since": TODAY, "until": LATER, "deputy": "reviewer"} | changed
    row |= {"deputy": Account.objects.get(login=row["deputy"])}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Deputy.objects.create(account_id=office.decider, organ_id=office.organ, named_at=AT, **row)


# ── ending, repeating, keeping ──


def test_ending_takes_the_post_at_once_and_the_days_are_free_again(office: Office):
    named = name(office)
    noon = AT + timedelta(hours=2)
    actions.end_deputy(actor=actor(office.decider), deputising_id=named, at=noon)
    assert actor(office.reviewer, noon).organs_as("decider") == frozenset()
    name(office, at=noon)
    assert actor(office.reviewer, noon).organs_as("decider") == {office.organ}


def test_it_is_ended_once_and_only_by_who_named_the_deputy(office: Office):
    named = name(office)
    for other in (office.reviewer, office.clerk, office.stranger):
        with pytest.raises(NotFound):
            actions.end_deputy(actor=actor(other), deputising_id=named, at=AT)
    with pytest.raises(NotFound):
        actions.end_deputy(actor=actor(office.decider), deputising_id=uuid.uuid4(), at=AT)
    actions.end_deputy(actor=actor(office.decider), deputising_id=named, at=AT)
    with pytest.raises(Conflict) as refusal:
        actions.end_deputy(actor=actor(office.decider), deputising_id=named, at=AT)
    assert refusal.value.rule == "identity.deputy_ended"


def test_what_has_run_out_is_not_ended_any_more(office: Office):
    named = name(office)
    with pytest.raises(Conflict):
        actions.end_deputy(actor=actor(office.decider), deputising_id=named, at=midnight(LATER))


def test_each_act_is_one_entry_of_the_account_that_named(office: Office):
    named = name(office)
    actions.end_deputy(actor=actor(office.decider), deputising_id=named, at=AT)
    *_, begun, ended = acts_of(f"account:{office.decider}")
    assert (begun.act, dict(begun.data)) == (
        "identity.deputise",
        {
            "id": str(named),
            "deputy": str(office.reviewer),
            "organ": str(office.organ),
            "role": "decider",
            "since": "2026-11-02",
            "until": "2026-11-09",
        },
    )
    assert (ended.act, dict(ended.data)) == (
        "identity.end_deputy",
        {"id": str(named), "deputy": str(office.reviewer)},
    )


def test_the_second_press_gets_the_first_answer(office: Office):
    first = name(office, key="key-12345678")
    assert name(office, key="key-12345678") == first
    assert Deputy.objects.count() == 1


def test_the_lists_show_whom_one_named_and_for_whom_one_stands(office: Office):
    first = name(office, since=TODAY, until=TOMORROW)
    second = name(office, since=TOMORROW)
    decider, reviewer = actor(office.decider), actor(office.reviewer)
    assert [row.id for row in queries.deputies_of(decider)] == [second, first]
    assert [row.id for row in queries.deputising(reviewer, at=AT)] == [first, second]
    assert [row.id for row in queries.deputising(reviewer, at=midnight(TOMORROW))] == [second]
    assert queries.deputies_of(reviewer) == queries.deputising(decider, at=AT) == []
    actions.end_deputy(actor=decider, deputising_id=second, at=AT)
    assert [row.ended_at for row in queries.deputies_of(decider)] == [AT, None]
    assert [row.id for row in queries.deputising(reviewer, at=AT)] == [first]


def test_colleagues_are_the_others_of_the_organs_of_one_s_own_posts(office: Office):
    actions.appoint(
        actor=BY, account_id=office.reviewer, organ_id=office.organ, role=Role.HEAD, since=TODAY, at=AT
    )
    assert queries.colleagues(actor(office.decider), at=AT) == {
        office.organ: [
            queries.Colleague(office.clerk, "clerk某", (Role.CLERK,)),
            queries.Colleague(office.reviewer, "reviewer某", (Role.REVIEWER, Role.HEAD)),
        ]
    }
    assert queries.colleagues(actor(office.stranger), at=AT) == {}


@pytest.mark.django_db(transaction=True)
def test_of_several_who_name_the_same_at_once_one_succeeds(office: Office):
    away = actor(office.decider)

    def one(_: int) -> str:
        try:
            name(office, actor=away)
        except Conflict as refusal:
            return refusal.rule
        finally:
            connection.close()
        return "named"

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(one, range(4)))
    assert answers == ["identity.deputy_once"] * 3 + ["named"]
