"""Guessing at passwords through the action: who gets in, who is slowed, who never is."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tongban.base.actor import system
from tongban.base.errors import Forbidden
from tongban.people.identity import actions
from tongban.people.identity.models import Account, Guess
from tongban.people.identity.rules import Method
from tongban.people.identity.rules.brakes import (
    FREE_GUESSES,
    FREE_OF_ADDRESS,
    FREE_OF_LOGIN,
    STRANGERS_MINUTE,
)

AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
PASSWORD = "a long enough one"
OWN = "o" * 43

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> uuid.UUID:
    account = actions.open_account(
        actor=system("tests"), login="lin", password=PASSWORD, at=AT, staff_name="林"
    )
    actions.begin_session(
        account_id=account,
        door="workbench",
        device="",
        address="192.0.2.1",
        methods=[Method.PASSWORD],
        actor=system("tests"),
        at=AT,
        browser=OWN,
    )
    return account


def attempt(
    login: str = "lin",
    password: str = PASSWORD,
    address: str = "192.0.2.9",
    browser: str = "",
    at: datetime = AT,
) -> str:
    """The rule that refused, or '' where it was the right password."""
    try:
        actions.sign_in(login=login, password=password, address=address, at=at, browser=browser)
    except Forbidden as refusal:
        return refusal.rule
    return ""


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every password that was really checked."""
    seen: list[str] = []
    check = Account.check_password

    def counted(self: Account, raw: str) -> bool:
        seen.append(raw)
        return check(self, raw)

    monkeypatch.setattr(Account, "check_password", counted)
    return seen


def test_many_addresses_at_one_login_are_slowed_and_the_owners_device_is_not(
    owner: uuid.UUID, checked: list[str]
):
    for place in range(400):
        attempt(password="guess", address=f"203.0.113.{place}")
    assert len(checked) == FREE_OF_LOGIN
    assert attempt(address="198.51.100.1", browser=OWN) == ""


def test_the_owner_on_a_new_device_waits_one_minute_even_while_they_go_on(owner: uuid.UUID):
    for place in range(FREE_OF_LOGIN):
        attempt(password="guess", address=f"203.0.113.{place}")
    assert attempt(address="198.51.100.1") == "identity.wait"
    for place in range(200):  # they go on, from addresses that nobody saw before
        attempt(password="guess", address=f"203.1.113.{place}", at=AT + timedelta(seconds=30))
    assert attempt(address="198.51.100.1", at=AT + STRANGERS_MINUTE) == ""


def test_a_guesser_at_the_owners_own_address_does_not_slow_her_device(owner: uuid.UUID):
    for place in range(200):
        attempt(login=f"somebody{place}", password="guess", address="192.0.2.1")
        attempt(password="guess", address="192.0.2.1")
    assert attempt(address="192.0.2.1") == "identity.wait"
    assert attempt(address="192.0.2.1", browser=OWN) == ""


def test_one_password_at_many_accounts_from_one_address_stops_early(owner: uuid.UUID, checked: list[str]):
    for place in range(300):
        attempt(login=f"somebody{place}", password="Password1")
    assert len(checked) == FREE_OF_ADDRESS


def test_a_try_that_waits_costs_no_password_check(owner: uuid.UUID, checked: list[str]):
    for _ in range(FREE_GUESSES + 50):
        attempt(password="guess")
    assert len(checked) == FREE_GUESSES


def test_a_device_of_one_account_is_a_stranger_to_another(owner: uuid.UUID, checked: list[str]):
    actions.open_account(actor=system("tests"), login="wang", password=PASSWORD, at=AT, staff_name="王")
    for _ in range(FREE_GUESSES + 3):
        attempt(login="wang", password="guess", browser=OWN)
    assert len(checked) == FREE_GUESSES
    assert attempt(browser=OWN) == ""


def test_a_stolen_device_has_its_own_brake(owner: uuid.UUID, checked: list[str]):
    for _ in range(FREE_GUESSES + 50):
        attempt(password="guess", browser=OWN)
    assert len(checked) == FREE_GUESSES
    assert attempt(browser=OWN) == "identity.wait"
    assert attempt() == ""  # and slows nobody else


def test_a_made_up_token_is_no_device(owner: uuid.UUID, checked: list[str]):
    for place in range(FREE_GUESSES + 20):
        attempt(password="guess", browser=f"{place:043d}")
    assert len(checked) == FREE_GUESSES


def test_the_wait_is_told_in_seconds(owner: uuid.UUID):
    for _ in range(FREE_GUESSES + 1):
        attempt(password="guess")
    with pytest.raises(Forbidden) as refusal:
        actions.sign_in(login="lin", password=PASSWORD, address="192.0.2.9", at=AT)
    assert refusal.value.params == {"seconds": 2}


def test_counts_of_yesterday_are_deleted(owner: uuid.UUID):
    attempt(password="guess")
    assert actions.forget_guesses(at=AT + timedelta(hours=23)) == 0
    assert actions.forget_guesses(at=AT + timedelta(hours=25)) == 3
    assert not Guess.objects.exists()
