"""Getting an account back, making one of two, leaving; and the table of what is erased."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pyotp
import pytest

from tongban.base.actor import Actor, ActorKind, Post, system
from tongban.base.errors import Conflict, Forbidden, Invalid
from tongban.base.ledger.queries import acts_of
from tongban.people.identity import actions, queries
from tongban.people.identity.models import Account, Device, Passkey, PhoneCode, RecoveryTicket, Session, Totp
from tongban.people.identity.rules import Level, Method, Role
from tongban.people.identity.rules.account_notices import AccountNews
from tongban.people.identity.rules.acts import LevelTooLow
from tongban.people.identity.rules.leaving import FATES
from tongban.people.parties import actions as parties
from tongban.people.parties import queries as known
from tongban.people.parties.tests.filling import take_in_organs
from tongban.people.places.tests.filling import take_in_places

AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
BY = system("tests.identity")
PASSWORD, NEW = "a long enough one", "another long one"
FU = {"name": "符晓明", "id_number": "460106190001010112"}


def test_the_table_says_of_everything_kept_why_and_of_nothing_twice():
    assert len({one.what for one in FATES}) == len(FATES)
    assert all(bool(one.why) is not one.erased for one in FATES)


@pytest.fixture
def owner(db: None) -> Actor:
    party = parties.register(actor=BY, phone="13000000004", at=AT, **FU)
    account = actions.open_account(actor=BY, login="fu", password=PASSWORD, party_id=party, at=AT)
    found = queries.actor_of(account, at=AT)
    assert found is not None
    begin(account)
    return replace(found[0], level=Level.ADVANCED.value)


@pytest.fixture
def clerk(db: None) -> Actor:
    take_in_places()
    take_in_organs()
    organ = known.organs()[0]
    account = actions.open_account(actor=BY, login="chen", password=PASSWORD, staff_name="陈", at=AT)
    actions.appoint(
        actor=BY, account_id=account, organ_id=organ.id, role=Role.CLERK, since=date(2026, 1, 1), at=AT
    )
    return Actor(kind=ActorKind.STAFF, id=account, name="陈", posts=frozenset({Post(Role.CLERK, organ.id)}))


def begin(account: uuid.UUID) -> uuid.UUID:
    return actions.begin_session(
        account_id=account,
        door="portal",
        device="",
        address="192.0.2.1",
        methods=[Method.PASSWORD],
        actor=BY,
        at=AT,
        browser="o" * 43,
    )


def give_factors(owner: Actor) -> None:
    secret = actions.begin_totp(actor=owner, at=AT)
    actions.confirm_totp(actor=owner, code=pyotp.TOTP(secret).at(AT), at=AT)
    actions.add_passkey(actor=owner, credential=b"c", public_key=b"k", sign_count=0, label="手机", at=AT)


def recover(clerk: Actor, **changed: str) -> tuple[str, str]:
    return actions.recover_at_counter(actor=clerk, login="", at=AT, **{**FU, **changed})


def redeem(code: str, login: str = "fu", at: datetime = AT) -> Account:
    return actions.redeem(login=login, code=code, password=NEW, address="192.0.2.7", at=at)


def test_at_a_counter_nothing_that_opened_the_account_opens_it_any_more(owner: Actor, clerk: Actor):
    give_factors(owner)
    recover(clerk)
    with pytest.raises(Forbidden):
        actions.sign_in(login="fu", password=PASSWORD, address="192.0.2.1", at=AT)
    for table in (Totp, Passkey, Device):
        assert not table.objects.exists()
    assert not Session.objects.filter(ended_at=None).exists()
    assert queries.news_of(owner)[0].news is AccountNews.RECOVERED


def test_the_code_sets_a_new_password_once(owner: Actor, clerk: Actor):
    login, code = recover(clerk)
    assert redeem(code.lower(), login).id == owner.id
    actions.sign_in(login="fu", password=NEW, address="192.0.2.1", at=AT)
    with pytest.raises(Invalid):
        redeem(code)


def test_a_code_is_for_its_login_and_for_a_day(owner: Actor, clerk: Actor):
    _login, code = recover(clerk)
    with pytest.raises(Invalid):
        redeem(code, "chen")
    with pytest.raises(Invalid):
        redeem(code, at=AT + timedelta(hours=25))


def test_a_second_code_ends_the_first(owner: Actor, clerk: Actor):
    _login, first = recover(clerk)
    _login, second = recover(clerk)
    with pytest.raises(Invalid):
        redeem(first)
    assert redeem(second).id == owner.id


def test_guessing_at_codes_is_slowed(owner: Actor, clerk: Actor):
    _login, code = recover(clerk)
    for _ in range(5):
        with pytest.raises(Invalid):
            redeem("AAAA-AAAA-AAAA")
    with pytest.raises(Forbidden):
        redeem(code)


def test_only_a_clerk_with_the_right_document_gives_an_account_back(owner: Actor, clerk: Actor):
    with pytest.raises(Forbidden):
        recover(replace(clerk, posts=frozenset()))
    with pytest.raises(Forbidden):
        recover(owner)
    with pytest.raises(Invalid):
        recover(clerk, name="别人")
    assert Session.objects.filter(ended_at=None).exists()


def test_neither_code_nor_number_stand_in_the_ledger_or_the_table(owner: Actor, clerk: Actor):
    _login, code = recover(clerk)
    whole = str([act.data for act in acts_of(f"account:{owner.id}")])
    assert code not in whole
    assert FU["id_number"] not in whole
    assert code.replace("-", "").encode() not in bytes(RecoveryTicket.objects.get().digest)


# ── leaving ──


def test_leaving_erases_the_ways_in_and_keeps_the_person(owner: Actor):
    give_factors(owner)
    actions.leave(actor=owner, at=AT)
    account = Account.objects.get(pk=owner.id)
    assert (account.is_active, account.closed_because, account.party_id) == (False, "left", None)
    assert "fu" not in account.login
    for table in (Totp, Passkey, Device, PhoneCode):
        assert not table.objects.exists()
    assert known.by_number(FU["id_number"]) == owner.party_id
    assert known.facts(owner.party_id).phone == ""
    with pytest.raises(Forbidden):
        actions.sign_in(login="fu", password=PASSWORD, address="192.0.2.1", at=AT)


def test_whoever_left_may_come_back_to_what_is_hers(owner: Actor):
    actions.leave(actor=owner, at=AT)
    again = actions.open_account(actor=BY, login="fu", password=NEW, party_id=owner.party_id, at=AT)
    assert queries.actor_of(again, at=AT)[0].party_id == owner.party_id


def test_a_session_shown_by_a_password_alone_closes_nothing(owner: Actor):
    with pytest.raises(LevelTooLow):
        actions.leave(actor=replace(owner, level=Level.BASIC.value), at=AT)


def test_an_official_does_not_leave_by_herself(clerk: Actor):
    with pytest.raises(Forbidden):
        actions.leave(actor=replace(clerk, level=3), at=AT)


# ── one of two ──


def unproven() -> Actor:
    account = actions.register_person(login="second", password=NEW, phone="13000000004", at=AT, **FU)
    return Actor(kind=ActorKind.PERSON, id=account)


def merge(actor: Actor, login: str = "fu", password: str = PASSWORD, code: str = "") -> Account:
    return actions.merge(
        actor=actor, login=login, password=password, code=code, address="192.0.2.3", browser="", at=AT
    )


def test_an_unproven_account_ends_in_the_one_its_owner_has(owner: Actor):
    second = unproven()
    assert merge(second).id == owner.id
    account = Account.objects.get(pk=second.id)
    assert (account.is_active, account.closed_because) == (False, "merged")
    assert Account.objects.get(pk=owner.id).party_id == owner.party_id
    assert queries.news_of(owner)[0].news is AccountNews.MERGED


def test_both_have_to_be_proven(owner: Actor):
    second = unproven()
    with pytest.raises(Forbidden):
        merge(second, password="guess")
    give_factors(owner)
    with pytest.raises(Invalid):
        merge(second)
    assert Account.objects.get(pk=second.id).is_active


def test_a_proven_account_does_not_end_so(owner: Actor):
    party = parties.register(
        actor=BY, name="黎春燕", id_number="460106190001010120", phone="13000000005", at=AT
    )
    other = actions.open_account(actor=BY, login="li", password=PASSWORD, party_id=party, at=AT)
    with pytest.raises(Conflict):
        merge(Actor(kind=ActorKind.PERSON, id=other, party_id=party))
    with pytest.raises(Conflict):
        merge(owner)
