"""Browsers that are known again, what the owner is told of a new one, and when a session was last used."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tongban.base.actor import Actor, ActorKind, system
from tongban.base.ledger.queries import acts_of
from tongban.people.identity import actions, queries
from tongban.people.identity.models import AccountNotice, Device, Session
from tongban.people.identity.rules import SEEN_EVERY, Method
from tongban.people.identity.rules.account_notices import NEWS_LABELS, AccountNews

AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
BY = system("tests.identity")


@pytest.fixture
def account(db: None) -> uuid.UUID:
    return actions.open_account(actor=BY, login="lin", password="a long enough one", at=AT, staff_name="小林")


def begin(account: uuid.UUID, browser: str, at: datetime = AT) -> uuid.UUID:
    return actions.begin_session(
        account_id=account,
        door="workbench",
        device="Firefox · Linux",
        address="192.0.2.1",
        methods=[Method.PASSWORD],
        actor=BY,
        at=at,
        browser=browser,
    )


def owner(account: uuid.UUID) -> Actor:
    return Actor(kind=ActorKind.STAFF, id=account, name="小林")


def test_everything_that_can_be_told_has_words():
    assert set(NEWS_LABELS) == set(AccountNews)


def test_the_first_browser_of_an_account_is_no_news(account: uuid.UUID):
    begin(account, "a" * 43)
    assert queries.news_of(owner(account)) == []


def test_a_second_browser_is_told_once_with_where_it_is(account: uuid.UUID):
    for browser in ("a" * 43, "b" * 43, "b" * 43, "a" * 43):
        begin(account, browser)
    told = queries.news_of(owner(account))
    assert [(one.news, one.facts) for one in told] == [
        (AccountNews.NEW_DEVICE, "Firefox · Linux（192.0.2.1）")
    ]


def test_the_ledger_says_of_each_sign_in_whether_the_browser_was_new(account: uuid.UUID):
    for browser in ("a" * 43, "b" * 43, "b" * 43):
        begin(account, browser)
    acts = [act for act in acts_of(f"account:{account}") if act.act == "identity.sign_in"]
    assert [act.data["new_device"] for act in acts] == [True, True, False]


def test_a_browser_that_one_person_used_is_new_to_another(account: uuid.UUID):
    other = actions.open_account(
        actor=BY, login="wang", password="a long enough one", at=AT, staff_name="小王"
    )
    begin(account, "a" * 43)
    begin(other, "b" * 43)
    begin(other, "a" * 43)
    assert len(queries.news_of(owner(other))) == 1
    assert queries.news_of(owner(account)) == []


def test_neither_the_token_nor_the_address_lies_open_in_the_database(account: uuid.UUID):
    begin(account, "a" * 43)
    begin(account, "b" * 43)
    assert b"a" * 43 not in bytes(Device.objects.earliest("first_at").digest)
    assert b"192.0.2.1" not in bytes(AccountNotice.objects.get().facts)


def test_reading_the_news_ends_the_notice_at_every_page(account: uuid.UUID):
    begin(account, "a" * 43)
    session = begin(account, "b" * 43)
    visit = queries.visit_of_session(session, at=AT)
    assert visit is not None
    assert visit.has_news
    assert actions.read_news(actor=visit.actor, at=AT) == 1
    again = queries.visit_of_session(session, at=AT)
    assert again is not None
    assert not again.has_news


def test_when_a_session_was_used_is_written_at_most_every_ten_minutes(account: uuid.UUID):
    session = begin(account, "a" * 43)
    for minutes, expected in ((5, 0), (10, 0), (11, 11), (15, 11), (30, 30)):
        actions.touch_session(session_id=session, at=AT + timedelta(minutes=minutes))
        assert Session.objects.get(pk=session).seen_at == AT + timedelta(minutes=expected)
    assert timedelta(minutes=10) == SEEN_EVERY


def test_a_session_that_has_ended_is_not_touched(account: uuid.UUID):
    session = begin(account, "a" * 43)
    actions.end_session(actor=owner(account), session_id=session, because="owner", at=AT)
    actions.touch_session(session_id=session, at=AT + timedelta(hours=1))
    assert Session.objects.get(pk=session).seen_at == AT


def test_nobody_has_neither_news_nor_an_account():
    nobody = Actor(kind=ActorKind.PUBLIC)
    assert queries.news_of(nobody) == []
    assert actions.read_news(actor=nobody, at=AT) == 0
