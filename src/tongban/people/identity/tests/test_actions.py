"""Accounts, posts, tokens and sign-in, with what they refuse."""

import uuid
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings as configured
from django.db import IntegrityError, transaction

from tongban.base.actor import ActorKind, Post, system
from tongban.base.errors import Conflict, Forbidden, Invalid, Refusal
from tongban.base.ledger.queries import acts_of
from tongban.people.identity import actions, queries
from tongban.people.identity.actions import signing_in
from tongban.people.identity.models import Account, Guess, Holding, Token
from tongban.people.identity.rules import Role
from tongban.people.identity.rules.brakes import FREE_GUESSES, LONGEST_WAIT
from tongban.people.parties import actions as parties
from tongban.people.parties.queries import organs
from tongban.people.parties.tests.filling import take_in_organs
from tongban.people.places.tests.filling import take_in_places
from tongban.standards.iso7064 import mod11_2

AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
BY = system("tests.identity")
HOME, ELSEWHERE = "192.0.2.1", "198.51.100.7"
PASSWORD = "a long enough one"
ARGON2 = list(
    configured.PASSWORD_HASHERS
)  # as configured: read before the house's fixture puts a cheap one there

database = pytest.mark.django_db


def person() -> uuid.UUID:
    first17 = "46010619900101212"
    return parties.register(
        actor=BY, name="王秀兰", id_number=first17 + mod11_2(first17), phone="13800138000", at=AT
    )


def official(login: str = "lin", password: str = PASSWORD) -> uuid.UUID:
    return actions.open_account(actor=BY, login=login, password=password, at=AT, staff_name="窗口小林")


@pytest.fixture
def organ() -> uuid.UUID:
    take_in_places()
    take_in_organs()
    return organs()[0].id


def appoint(account: uuid.UUID, organ: uuid.UUID, since: date, role: Role = Role.CLERK) -> None:
    actions.appoint(actor=BY, account_id=account, organ_id=organ, role=role, since=since, at=AT)


def sign_in(login: str = "lin", password: str = PASSWORD, address: str = HOME, at: datetime = AT) -> Account:
    return actions.sign_in(login=login, password=password, address=address, at=at)


def refused(**given: object) -> Refusal:
    with pytest.raises(Forbidden) as refusal:
        sign_in(**given)
    return refusal.value


def failures() -> Counter[int]:
    """How many counters stand at how many failures."""
    return Counter(Guess.objects.values_list("failures", flat=True))


# ── passwords ──


def test_the_installation_keeps_passwords_with_argon2_and_nothing_else(settings):
    settings.PASSWORD_HASHERS = ARGON2
    account = Account(login="lin")
    account.set_password(PASSWORD)
    assert account.password.startswith("argon2$argon2id$")
    assert account.check_password(PASSWORD)
    assert not account.check_password(PASSWORD + " ")
    assert PASSWORD not in account.password


@database
def test_an_account_keeps_its_password_with_argon2(settings):
    settings.PASSWORD_HASHERS = ARGON2
    account = Account.objects.get(pk=official())
    assert account.password.startswith("argon2$")
    assert sign_in().id == account.id


# ── opening an account ──


@pytest.mark.parametrize("password", ["", "1234567", "短密码"])
def test_a_short_password_is_refused_at_its_field(password: str):
    with pytest.raises(Invalid) as refusal:
        official(password=password)
    assert (refusal.value.rule, set(refusal.value.fields)) == ("identity.password", {"password"})


@pytest.mark.parametrize("login", ["", "  ", "\u3000", "a\0b", "a\nb", "x" * 61, "\u202eadmin", "\ud800"])
def test_a_login_that_cannot_be_typed_again_is_refused_at_its_field(login: str):
    with pytest.raises(Invalid) as refusal:
        official(login)
    assert (refusal.value.rule, set(refusal.value.fields)) == ("identity.login", {"login"})


@database
def test_a_login_is_taken_once_and_the_second_leaves_nothing_behind():
    official("lin")
    with pytest.raises(Conflict) as refusal:
        official(" lin ")
    assert refusal.value.rule == "identity.login_once"
    assert Account.objects.count() == 1


@database
def test_a_person_has_one_account():
    party = person()
    actions.open_account(actor=BY, login="xiulan", password=PASSWORD, at=AT, party_id=party)
    with pytest.raises(Conflict) as refusal:
        actions.open_account(actor=BY, login="another", password=PASSWORD, at=AT, party_id=party)
    assert refusal.value.rule == "identity.party_once"


@database
@pytest.mark.parametrize("named", ["", "窗口小林"])
def test_an_account_of_neither_or_of_both_is_a_fault_and_no_taken_login(named: str):
    party = person() if named else None
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.open_account(actor=BY, login="x", password=PASSWORD, at=AT, party_id=party, staff_name=named)
    assert not Account.objects.exists()


@database
def test_opening_is_recorded_without_login_or_password():
    account = official("lin")
    (act,) = acts_of(f"account:{account}")
    assert (act.act, act.at, dict(act.data)) == ("identity.open", AT, {"level": 3})


# ── signing in ──


@database
@pytest.mark.parametrize("typed", ["lin", " lin ", "lin\t"])
def test_the_right_password_signs_in(typed: str):
    account = official()
    assert sign_in(login=typed).id == account


@database
def test_unknown_login_wrong_password_and_closed_account_are_told_alike():
    official()
    closed = official("closed")
    Account.objects.filter(pk=closed).update(is_active=False)
    told = [
        refused(login="nobody"),
        refused(password="wrong"),
        refused(login="closed"),
        refused(login="lin\0"),
        refused(login=""),
    ]
    assert {(refusal.rule, refusal.message, refusal.status) for refusal in told} == {
        ("identity.wrong", told[0].message, 403)
    }


@database
def test_after_the_free_guesses_even_the_right_password_waits_and_then_signs_in():
    official()
    for _ in range(FREE_GUESSES):
        assert refused(password="wrong").rule == "identity.wrong"
    assert refused().rule == "identity.wait"
    assert refused(at=AT + timedelta(seconds=1)).rule == "identity.wait"
    assert sign_in(at=AT + timedelta(seconds=2)).login == "lin"
    assert failures() == {FREE_GUESSES: 2}  # those of the address and of the login over all addresses stay


@database
def test_a_try_that_waits_is_not_counted_so_nobody_can_keep_the_wait_going():
    official()
    for _ in range(FREE_GUESSES + 20):
        refused(password="wrong")
    assert failures() == {FREE_GUESSES: 3}


@database
def test_a_failure_is_counted_where_a_right_password_took_the_count_away_meanwhile(monkeypatch):
    official()
    refused(password="wrong")
    check = Account.check_password

    def meanwhile(self: Account, raw: str) -> bool:
        Guess.objects.all().delete()
        return check(self, raw)

    monkeypatch.setattr(Account, "check_password", meanwhile)
    assert refused(password="wrong").rule == "identity.wrong"
    assert failures() == {1: 3}


@database
def test_no_more_than_two_passwords_are_checked_at_once(monkeypatch):
    official()
    free: list[int] = []
    check = Account.check_password

    def watched(self: Account, raw: str) -> bool:
        free.append(signing_in._AT_ONCE._value)
        return check(self, raw)

    monkeypatch.setattr(Account, "check_password", watched)
    sign_in()
    refused(password="wrong")
    assert free == [1, 1], "a check holds one of two places, and gives it back"


@database
def test_the_owner_elsewhere_is_not_locked_out_by_guesses_at_her_login():
    official()
    for minute in range(40):
        refused(password="wrong", at=AT + timedelta(hours=minute))
    assert refused(at=AT + timedelta(hours=39, minutes=1)).rule == "identity.wait"
    assert sign_in(address=ELSEWHERE, at=AT + timedelta(hours=39, minutes=1)).login == "lin"


@database
def test_guesses_at_one_login_do_not_slow_another_at_the_same_address():
    official()
    for _ in range(FREE_GUESSES):
        refused(login="other", password="wrong")
    assert sign_in().login == "lin"


@database
def test_capitals_and_spaces_open_no_second_count():
    for login in ("lin", "LIN", " Lin", "lIn ", "liN"):
        refused(login=login, password="wrong")
    assert refused(password="wrong").rule == "identity.wait"


@database
def test_unknown_logins_are_slowed_like_known_ones():
    for _ in range(FREE_GUESSES):
        refused(login="nobody")
    assert refused(login="nobody").rule == "identity.wait"


@database
def test_nobody_waits_longer_than_the_longest_wait_and_a_day_forgets():
    official()
    at = AT
    for _ in range(30):
        refused(password="wrong", at=at)
        at += LONGEST_WAIT
    assert refused(password="wrong", at=at).rule == "identity.wrong"
    next_day = at + timedelta(days=1, seconds=1)
    assert refused(password="wrong", at=next_day).rule == "identity.wrong"
    assert failures() == {1: 3}
    assert sign_in(at=next_day).login == "lin"


@database
def test_the_count_keeps_neither_login_nor_address():
    refused(login="a-rare-login")
    kept = [bytes(one.who) for one in Guess.objects.all()]
    assert {len(one) for one in kept} == {32}
    assert b"a-rare-login" not in b"".join(kept)


# ── posts ──


@database
def test_appointing_twice_changes_nothing(organ: uuid.UUID):
    account = official()
    appoint(account, organ, date(2026, 1, 1))
    appoint(account, organ, date(2026, 6, 1))
    assert [holding.since for holding in Holding.objects.all()] == [date(2026, 1, 1)]
    assert [act.act for act in acts_of(f"account:{account}")] == ["identity.open", "identity.appoint"]


@database
def test_a_post_begins_at_midnight_in_china(organ: uuid.UUID):
    account = official()
    appoint(account, organ, date(2026, 11, 3))
    before = datetime(2026, 11, 2, 15, 59, 59, tzinfo=UTC)  # 23:59:59 in China, on 2 November
    held = [queries.actor_of(account, at=at)[0].posts for at in (before, before + timedelta(seconds=1))]
    assert held == [frozenset(), {Post("clerk", organ)}]


@database
def test_a_post_ends_at_midnight_in_china_before_its_last_day_and_is_not_erased(organ: uuid.UUID):
    account = official()
    appoint(account, organ, date(2026, 1, 1))
    Holding.objects.update(until=date(2026, 11, 3))
    last = datetime(2026, 11, 2, 15, 59, 59, tzinfo=UTC)
    held = [queries.actor_of(account, at=at)[0].posts for at in (last, last + timedelta(seconds=1))]
    assert held == [{Post("clerk", organ)}, frozenset()]
    assert Holding.objects.count() == 1


@database
def test_somebody_whose_post_ended_may_be_appointed_again(organ: uuid.UUID):
    account = official()
    appoint(account, organ, date(2026, 1, 1))
    Holding.objects.update(until=date(2026, 6, 1))
    appoint(account, organ, date(2026, 10, 1))
    assert Holding.objects.count() == 2
    assert queries.actor_of(account, at=AT)[0].organs_as("clerk") == {organ}


@database
def test_several_posts_are_held_together(organ: uuid.UUID):
    account = official()
    for role in Role:
        appoint(account, organ, date(2026, 1, 1), role)
    actor, name = queries.actor_of(account, at=AT)
    assert (actor.kind, actor.party_id, name) == (ActorKind.STAFF, None, "窗口小林")
    assert {post.role for post in actor.posts} == {role.value for role in Role}


@database
def test_a_person_acts_for_herself_and_the_ledger_does_not_get_her_name():
    party = person()
    account = actions.open_account(actor=BY, login="xiulan", password=PASSWORD, at=AT, party_id=party)
    actor, name = queries.actor_of(account, at=AT)
    assert (actor.kind, actor.party_id, actor.posts, name) == (
        ActorKind.PERSON,
        party,
        frozenset(),
        "王秀兰",
    )
    assert "王秀兰" not in str(actor.for_ledger())


@database
def test_a_closed_or_unknown_account_is_nobody():
    account = official()
    Account.objects.update(is_active=False)
    assert queries.actor_of(account, at=AT) is None
    assert queries.actor_of(uuid.uuid4(), at=AT) is None


# ── tokens ──


def issue(account: uuid.UUID, **given: object) -> str:
    return actions.issue_token(
        **{"actor": BY, "account_id": account, "label": "机器", "days": 30, "at": AT} | given
    )


@database
def test_a_token_acts_for_its_account_until_it_expires():
    account = official()
    token = issue(account)
    end = AT + timedelta(days=30)
    assert queries.actor_of_token(token, at=end - timedelta(seconds=1))[0].id == account
    assert queries.actor_of_token(token, at=end) is None


@database
def test_of_a_token_only_the_digest_is_kept():
    account = official()
    token = issue(account)
    assert len(token) >= 43
    assert token not in str(Token.objects.values().get())
    assert all(token not in str(act) for act in acts_of(f"account:{account}"))
    assert queries.actor_of_token(Token.objects.get().digest, at=AT) is None


@database
def test_two_tokens_are_never_alike_and_each_works():
    account = official()
    tokens = {issue(account) for _ in range(5)}
    assert len(tokens) == 5
    assert all(queries.actor_of_token(token, at=AT)[0].id == account for token in tokens)


@database
@pytest.mark.parametrize("token", ["", "\0", "x", "机" * 1000])
def test_what_is_no_token_is_nobody(token: str):
    assert queries.actor_of_token(token, at=AT) is None


@database
def test_the_token_of_a_closed_account_is_nobody():
    token = issue(official())
    Account.objects.update(is_active=False)
    assert queries.actor_of_token(token, at=AT) is None


@database
def test_the_actor_of_a_request_costs_one_statement(organ: uuid.UUID, django_assert_num_queries):
    account = official()
    appoint(account, organ, date(2026, 1, 1))
    token = issue(account)
    with django_assert_num_queries(1):
        queries.actor_of(account, at=AT)
    with django_assert_num_queries(1):
        queries.actor_of_token(token, at=AT)
