"""An outside account linked to one of ours: opened with it, linked, taken off, taken along, erased."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyotp
import pytest
from django.db import IntegrityError, transaction

from tongban.base.actor import Actor, ActorKind, Post, system
from tongban.base.errors import Conflict, Forbidden, NotFound
from tongban.base.ids import new_id
from tongban.base.ledger.queries import acts_of
from tongban.people.identity import actions, queries
from tongban.people.identity.models import Account, LinkedAccount
from tongban.people.identity.rules import Level, Method, Role, session_level
from tongban.people.identity.rules.account_notices import AccountNews
from tongban.people.identity.rules.acts import LevelTooLow
from tongban.people.identity.rules.outside import MOST_LINKED, Shown
from tongban.people.parties import actions as parties
from tongban.people.parties import queries as known
from tongban.people.parties.tests.filling import take_in_organs
from tongban.people.places.tests.filling import take_in_places

AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
BY = system("tests.identity")
PASSWORD = "a long enough one"
FU = {"name": "符晓明", "id_number": "460106190001010112", "phone": "13000000004"}
MING = Shown("simulated", "http://127.0.0.1:8008", "subject-of-ming", "符晓明")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def named(settings: Any) -> None:
    settings.OUTSIDE = [
        {
            "key": "simulated",
            "name": "模拟身份平台",
            "issuer": MING.issuer,
            "client_id": "tongban",
            "method": "client_secret_basic",
            "secret_file": "/nowhere",
        }
    ]


@pytest.fixture
def owner() -> Actor:
    party = parties.register(actor=BY, at=AT, **FU)
    account = actions.open_account(actor=BY, login="fu", password=PASSWORD, party_id=party, at=AT)
    found = queries.actor_of(account, at=AT)
    assert found is not None
    return found[0]


def registered(login: str = "new", shown: Shown | None = MING, password: str = "") -> Actor:
    facts = {**FU, "id_number": "460106190001010120"}
    account = actions.register_person(login=login, password=password, at=AT, outside=shown, **facts)
    return Actor(kind=ActorKind.PERSON, id=account, level=1)


def opens(shown: Shown = MING) -> uuid.UUID | None:
    found = actions.use_linked(shown=shown, at=AT)
    return found.id if found else None


def test_an_account_opened_by_an_outside_one_is_at_level_one_and_has_no_password():
    actor = registered()
    account = Account.objects.get(pk=actor.id)
    assert (account.level, account.party_id, account.has_usable_password()) == (1, None, False)
    assert opens() == account.id
    with pytest.raises(Forbidden):
        actions.sign_in(login="new", password="", address="192.0.2.1", at=AT)
    told = [act for act in acts_of(f"account:{actor.id}") if act.act == "identity.register"]
    assert told[0].data["provider"] == "simulated"
    assert MING.subject not in str(told[0].data)


def test_an_outside_account_lets_somebody_in_as_far_as_a_password_does():
    assert session_level(Level.ADVANCED, [Method.LINKED]) is Level.BASIC


def test_nobody_is_known_by_the_name_that_a_provider_tells(owner: Actor):
    assert opens(replace(MING, label=FU["name"])) is None
    assert LinkedAccount.objects.count() == 0


def test_the_same_subject_at_another_issuer_is_somebody_else():
    registered()
    assert opens(replace(MING, issuer="https://other.example")) is None


def test_linked_it_opens_the_account_and_its_owner_is_told(owner: Actor):
    linked = actions.link_account(actor=owner, shown=MING, at=AT)
    assert opens() == owner.id
    [view] = queries.linked_of(owner)
    assert (view.id, view.provider, view.label, view.used_at) == (linked, "模拟身份平台", "符晓明", AT)
    assert [one.news for one in queries.news_of(owner)] == [AccountNews.LINKED]
    assert queries.news_of(owner)[0].facts == "模拟身份平台（符晓明）"
    told = [act for act in acts_of(f"account:{owner.id}") if act.act == "identity.link"]
    assert told[0].data == {"provider": "simulated", "linked": str(linked)}


def test_subject_and_label_lie_in_the_database_encrypted_only(owner: Actor):
    actions.link_account(actor=owner, shown=MING, at=AT)
    kept = LinkedAccount.objects.get()
    whole = bytes(kept.subject) + bytes(kept.sealed)
    assert MING.subject.encode() not in whole
    assert MING.label.encode() not in whole


def test_linked_twice_is_linked_once(owner: Actor):
    first = actions.link_account(actor=owner, shown=MING, at=AT)
    assert actions.link_account(actor=owner, shown=MING, at=AT) == first
    assert len(queries.news_of(owner)) == 1


def test_an_outside_account_belongs_to_one_account_at_most(owner: Actor):
    registered()
    with pytest.raises(Conflict) as refusal:
        actions.link_account(actor=owner, shown=MING, at=AT)
    assert refusal.value.rule == "identity.linked_once"
    with pytest.raises(Conflict):
        registered("second")
    assert not Account.objects.filter(login="second").exists()


def test_the_database_itself_keeps_a_subject_once(owner: Actor):
    actions.link_account(actor=owner, shown=MING, at=AT)
    twin = LinkedAccount.objects.get()
    twin.pk = new_id()
    with pytest.raises(IntegrityError, match="linked_once"), transaction.atomic():
        twin.save(force_insert=True)


def test_linking_needs_the_basic_level_and_an_account_of_a_person(owner: Actor):
    with pytest.raises(LevelTooLow):
        actions.link_account(actor=replace(owner, level=1), shown=MING, at=AT)
    staff = actions.open_account(actor=BY, login="chen", password=PASSWORD, staff_name="陈", at=AT)
    with pytest.raises(Forbidden):
        actions.link_account(actor=Actor(kind=ActorKind.STAFF, id=staff, level=3), shown=MING, at=AT)


def test_an_account_has_so_many_and_no_more(owner: Actor):
    for number in range(MOST_LINKED):
        actions.link_account(actor=owner, shown=replace(MING, subject=str(number)), at=AT)
    with pytest.raises(Conflict) as refusal:
        actions.link_account(actor=owner, shown=MING, at=AT)
    assert refusal.value.rule == "identity.links_full"


def test_taken_off_it_opens_nothing_and_its_owner_is_told(owner: Actor):
    linked = actions.link_account(actor=owner, shown=MING, at=AT)
    actions.unlink_account(actor=owner, linked_id=linked, at=AT)
    assert opens() is None
    assert AccountNews.UNLINKED in {one.news for one in queries.news_of(owner)}
    assert acts_of(f"account:{owner.id}")[-1].act == "identity.unlink"
    with pytest.raises(NotFound):
        actions.unlink_account(actor=owner, linked_id=linked, at=AT)


def test_the_last_way_in_is_not_taken_off():
    actor = registered()
    linked = queries.linked_of(actor)[0].id
    with pytest.raises(Conflict) as refusal:
        actions.unlink_account(actor=actor, linked_id=linked, at=AT)
    assert refusal.value.rule == "identity.last_way"
    actions.change_password(actor=actor, password=PASSWORD, at=AT)
    actions.unlink_account(actor=actor, linked_id=linked, at=AT)


def test_a_passkey_may_go_where_an_outside_account_stays():
    actor = registered()
    key = actions.add_passkey(
        actor=actor, credential=b"c", public_key=b"k", sign_count=0, label="手机", at=AT
    )
    actions.remove_passkey(actor=actor, passkey_id=key, at=AT)
    assert queries.ways_of(actor.id).stand_alone == 1  # type: ignore[arg-type] # she has an account


def test_nobody_takes_off_anothers(owner: Actor):
    linked = actions.link_account(actor=owner, shown=MING, at=AT)
    other = registered(shown=replace(MING, subject="other"))
    with pytest.raises(NotFound):
        actions.unlink_account(actor=other, linked_id=linked, at=AT)


def merge(ending: Actor, code: str = "") -> Account:
    given = {"login": "fu", "password": PASSWORD, "code": code, "address": "192.0.2.1", "browser": ""}
    return actions.merge(actor=ending, at=AT, **given)


def test_merging_takes_the_outside_account_along_where_she_showed_more_than_a_password(owner: Actor):
    ending = registered()
    secret = actions.begin_totp(actor=owner, at=AT)
    actions.confirm_totp(actor=owner, code=pyotp.TOTP(secret).at(AT - timedelta(seconds=30)), at=AT)
    merge(ending, pyotp.TOTP(secret).at(AT))
    assert opens() == owner.id
    told = [act for act in acts_of(f"account:{ending.id}") if act.act == "identity.merge"]
    assert told[0].data["linked"] == 1


def test_merging_by_a_password_alone_gives_no_lasting_way_in(owner: Actor):
    """Who guessed the password would otherwise plant an account of her own."""
    merge(registered())
    assert opens() is None


def test_leaving_erases_it(owner: Actor):
    actions.link_account(actor=owner, shown=MING, at=AT)
    actions.leave(actor=replace(owner, level=3), at=AT)
    assert not LinkedAccount.objects.exists()
    assert opens() is None


def test_recovery_at_a_counter_ends_it(owner: Actor):
    take_in_places()
    take_in_organs()
    organ = known.organs()[0]
    account = actions.open_account(actor=BY, login="chen", password=PASSWORD, staff_name="陈", at=AT)
    actions.appoint(
        actor=BY, account_id=account, organ_id=organ.id, role=Role.CLERK, since=date(2026, 1, 1), at=AT
    )
    posts = frozenset({Post(Role.CLERK, organ.id)})
    clerk = Actor(kind=ActorKind.STAFF, id=account, name="陈", posts=posts)
    actions.link_account(actor=owner, shown=MING, at=AT)
    actions.recover_at_counter(actor=clerk, name=FU["name"], id_number=FU["id_number"], login="", at=AT)
    assert opens() is None
