"""Opening an account at a counter, merging two there, and a joiner's first password: codes that are handed over in person."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.stand_ins import KEY, Registers, standing_in

from tongban.base.actor import Actor, ActorKind, Post, system
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.ledger.queries import acts_of
from tongban.people.identity import actions, queries
from tongban.people.identity.models import Account, LinkedAccount, Proof, RecoveryTicket
from tongban.people.identity.rules import Level, Role
from tongban.people.identity.rules.account_notices import AccountNews
from tongban.people.identity.rules.outside import Shown
from tongban.people.parties import actions as parties
from tongban.people.parties import queries as known
from tongban.people.parties.tests.filling import take_in_organs
from tongban.people.places.tests.filling import take_in_places

AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
BY = system("tests.identity")
PASSWORD = "a long enough one"
FU = {"name": "符晓明", "id_number": "460106190001010112", "phone": "13000000004"}
SEEN = {"name": FU["name"], "id_number": FU["id_number"]}

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def patient() -> Iterator[tuple[Registers, str]]:
    """The stand-in, which takes messages of any day."""
    with standing_in(oldest=float("inf")) as started:
        yield started


@pytest.fixture
def messages(patient: tuple[Registers, str], settings: object) -> Registers:
    patient[0].messages.clear()
    settings.MESSAGES_URL, settings.SOURCES_KEY = patient[1], KEY
    return patient[0]


def official(login: str, role: Role | None, organ: uuid.UUID) -> Actor:
    account = actions.open_account(actor=BY, login=login, password=PASSWORD, staff_name=login, at=AT)
    posts = frozenset({Post(role, organ)} if role else ())
    if role:
        actions.appoint(
            actor=BY, account_id=account, organ_id=organ, role=role, since=date(2026, 1, 1), at=AT
        )
    return Actor(kind=ActorKind.STAFF, id=account, name=login, posts=posts, level=2)


@pytest.fixture
def organ() -> uuid.UUID:
    take_in_places()
    take_in_organs()
    return known.organs()[0].id


@pytest.fixture
def clerk(organ: uuid.UUID) -> Actor:
    return official("chen", Role.CLERK, organ)


@pytest.fixture
def officer(organ: uuid.UUID) -> Actor:
    return official("ren", Role.PERSONNEL, organ)


def opened(clerk: Actor, **changed: str) -> tuple[str, str]:
    return actions.open_at_counter(actor=clerk, at=AT, **{**FU, "login": "fu", **changed})


def redeem(login: str, code: str, *, at: datetime = AT, official: bool = False) -> Account:
    return actions.redeem(
        login=login, code=code, password=PASSWORD, address="192.0.2.1", at=at, official=official
    )


def test_opened_at_a_counter_it_is_hers_at_the_highest_level_and_only_she_knows_the_password(clerk: Actor):
    login, code = opened(clerk)
    account = Account.objects.get(login=login)
    assert (account.level, account.party_id) == (Level.ADVANCED, known.by_number(FU["id_number"]))
    assert not account.has_usable_password()
    assert known.facts(account.party_id).phone == FU["phone"]
    assert [one.kind for one in Proof.objects.filter(account=account)] == ["counter"]
    redeem(login, code)
    assert actions.sign_in(login="fu", password=PASSWORD, address="192.0.2.1", at=AT) == account
    with pytest.raises(Invalid):
        redeem(login, code)


def test_the_ledger_says_which_clerk_opened_it_at_which_counter_and_nothing_of_the_code(clerk: Actor):
    login, code = opened(clerk)
    [act] = acts_of(f"account:{Account.objects.get(login=login).id}")
    assert act.act == "identity.open_at_counter"
    assert act.data == {"organ": str(next(iter(clerk.organs()))), "level": 3}
    assert code not in str(RecoveryTicket.objects.values())
    assert RecoveryTicket.objects.get().by == clerk.id


def test_whoever_has_an_account_gets_no_second_one(clerk: Actor):
    opened(clerk)
    with pytest.raises(Conflict) as refusal:
        opened(clerk, login="again")
    assert set(refusal.value.fields) == {"id_number"}
    assert Account.objects.filter(staff_name="").count() == 1


def test_a_login_that_is_taken_is_told_at_its_field_and_nothing_is_kept(clerk: Actor):
    with pytest.raises(Invalid) as refusal:
        opened(clerk, login="chen")
    assert set(refusal.value.fields) == {"login"}
    assert known.by_number(FU["id_number"]) is None


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"id_number": "1"}, "id_number"),
        ({"phone": "1"}, "phone"),
        ({"login": " "}, "login"),
    ],
)
def test_what_is_wrong_on_the_form_is_told_at_its_field(clerk: Actor, changed: dict[str, str], field: str):
    with pytest.raises(Invalid) as refusal:
        opened(clerk, **changed)
    assert field in refusal.value.fields


def test_a_person_known_from_a_counter_gets_her_own_file_with_the_telephone_of_today(clerk: Actor):
    party = parties.register(actor=BY, at=AT, **{**FU, "phone": "13000000005"})
    login, _code = opened(clerk)
    assert Account.objects.get(login=login).party_id == party
    assert known.facts(party).phone == FU["phone"]


def test_a_known_number_under_another_name_is_refused(clerk: Actor):
    parties.register(actor=BY, at=AT, **{**FU, "name": "别人"})
    with pytest.raises(Invalid) as refusal:
        opened(clerk)
    assert set(refusal.value.fields) == {"name"}


def test_nobody_but_a_clerk_opens_or_merges_accounts(clerk: Actor, officer: Actor):
    with pytest.raises(Forbidden):
        opened(officer)
    with pytest.raises(Forbidden):
        actions.merge_at_counter(actor=officer, login="x", at=AT, **SEEN)


def doubled(clerk: Actor, **claimed: str) -> Account:
    """A proven account ``fu``, and ``online``, which is not proven and opened by an outside account."""
    opened(clerk)
    shown = Shown("simulated", "https://id.example", "subject", "")
    account = actions.register_person(
        login="online", password=PASSWORD, at=AT, outside=shown, **{**FU, **claimed}
    )
    return Account.objects.get(pk=account)


def merged(clerk: Actor, **changed: str) -> str:
    return actions.merge_at_counter(actor=clerk, at=AT, **{**SEEN, "login": "online", **changed})


def test_a_clerk_with_the_document_merges_two_accounts_and_both_are_told(clerk: Actor, messages: Registers):
    ending = doubled(clerk)
    assert merged(clerk) == "fu"
    ending.refresh_from_db()
    assert (ending.is_active, ending.closed_because) == (False, "merged")
    keeping = Account.objects.get(login="fu")
    owner = Actor(kind=ActorKind.PERSON, id=keeping.id)
    assert [one.news for one in queries.news_of(owner)] == [AccountNews.MERGED]
    [(_at, phone, text)] = messages.messages
    assert phone == FU["phone"]
    assert "online" in text
    act = acts_of(f"account:{ending.id}")[-1]
    assert (act.act, act.data["into"]) == ("identity.merge_at_counter", str(keeping.id))


def test_what_nobody_has_seen_to_be_hers_opens_nothing_after_a_merge_at_a_counter(
    clerk: Actor, messages: Registers
):
    doubled(clerk)
    merged(clerk)
    assert not LinkedAccount.objects.exists()


def test_a_merge_stands_where_the_message_cannot_go_out(clerk: Actor, settings: object):
    settings.MESSAGES_URL = "http://127.0.0.1:1"
    ending = doubled(clerk)
    merged(clerk)
    ending.refresh_from_db()
    assert not ending.is_active


def test_an_account_that_claims_another_person_is_not_merged(clerk: Actor):
    doubled(clerk, name="黎春燕", id_number="460106190001010120")
    with pytest.raises(Invalid) as refusal:
        merged(clerk)
    assert set(refusal.value.fields) == {"login"}
    assert Account.objects.get(login="online").is_active


@pytest.mark.parametrize("login", ["", "nobody", "fu", "chen"])
def test_only_an_unproven_account_of_a_person_ends_by_it(clerk: Actor, login: str):
    doubled(clerk)
    with pytest.raises(Invalid) as refusal:
        merged(clerk, login=login)
    assert set(refusal.value.fields) == {"login"}


def joiner(officer: Actor, login: str = "new") -> uuid.UUID:
    return actions.join_staff(
        actor=officer, organ_id=next(iter(officer.organs())), login=login, name="赵敏", at=AT
    )


def test_a_joiner_sets_her_own_password_with_the_code_of_her_personnel_officer(officer: Actor):
    account = joiner(officer)
    assert [one.id for one in queries.joiners(officer)] == [account]
    login, code = actions.hand_setup_code(actor=officer, account_id=account, at=AT)
    redeem(login, code, official=True)
    assert actions.sign_in(login="new", password=PASSWORD, address="192.0.2.1", at=AT).id == account
    assert queries.joiners(officer) == []
    assert [act.act for act in acts_of(f"account:{account}")][-2:] == [
        "identity.hand_setup_code",
        "identity.redeem",
    ]


def test_a_second_code_ends_the_first_and_a_day_ends_both(officer: Actor):
    account = joiner(officer)
    login, first = actions.hand_setup_code(actor=officer, account_id=account, at=AT)
    _login, second = actions.hand_setup_code(actor=officer, account_id=account, at=AT)
    with pytest.raises(Invalid):
        redeem(login, first, official=True)
    with pytest.raises(Invalid):
        redeem(login, second, official=True, at=AT + timedelta(days=1))


def test_a_code_of_an_official_is_none_at_the_peoples_door_and_the_other_way_round(
    officer: Actor, clerk: Actor
):
    login, code = actions.hand_setup_code(actor=officer, account_id=joiner(officer), at=AT)
    with pytest.raises(Invalid):
        redeem(login, code)
    login, code = opened(clerk)
    with pytest.raises(Invalid):
        redeem(login, code, official=True)


def test_whoever_has_a_password_keeps_it_for_herself(officer: Actor):
    account = joiner(officer)
    login, code = actions.hand_setup_code(actor=officer, account_id=account, at=AT)
    redeem(login, code, official=True)
    with pytest.raises(Conflict) as refusal:
        actions.hand_setup_code(actor=officer, account_id=account, at=AT)
    assert refusal.value.rule == "identity.set_up"


def test_only_the_personnel_of_her_own_organ_hand_it_out(officer: Actor, clerk: Actor):
    account = joiner(officer)
    elsewhere = official("other", Role.PERSONNEL, known.organs()[1].id)
    for actor in (clerk, elsewhere, replace(officer, id=account)):
        with pytest.raises(NotFound):
            actions.hand_setup_code(actor=actor, account_id=account, at=AT)
    assert queries.joiners(clerk) == queries.joiners(elsewhere) == []
