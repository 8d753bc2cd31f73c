"""Both sides are told that a mandate ends soon: once, two weeks before, and never of what is short anyway or over."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from tests import mandating
from tests import world as worlds
from tests.mandating import COMPANY, Firm
from tests.stand_ins import Registers

from tongban.base.actor import Actor, system
from tongban.base.ledger.queries import acts_of
from tongban.people.identity import queries as identity
from tongban.people.identity.rules.account_notices import NEWS_LABELS, AccountNews
from tongban.people.mandates import actions, queries
from tongban.people.mandates.rules import REMIND_BEFORE

AT, JOB = worlds.AT, system("mandates.remind")
DAY = timedelta(days=1)


@pytest.fixture
def firm(db: None, settings: Any) -> Iterator[Firm]:
    with mandating.standing_in_for(settings) as known:
        assert isinstance(known, Registers)
        yield mandating.build(worlds.build())


def told(actor: Actor) -> list[str]:
    return [one.facts for one in identity.news_of(actor) if one.news is AccountNews.MANDATE_ENDS]


def test_agent_and_representative_are_told_once_two_weeks_before_the_last_day(firm: Firm):
    last = AT.date() + timedelta(days=89)
    mandate = firm.accepted(last=last)
    number = queries.of_id(mandate).number
    first = AT + timedelta(days=90) - REMIND_BEFORE
    assert actions.remind_all(actor=JOB, at=first - DAY) == 0
    assert actions.remind_all(actor=JOB, at=first) == 1
    assert actions.remind_all(actor=JOB, at=first + DAY) == 0
    for side in (firm.agent, firm.representative):
        (facts,) = told(side)
        assert facts == f"{number} 周洋 → {COMPANY} {last + DAY}"
    assert told(firm.world.applicant) == []
    assert acts_of(f"mandate:{mandate}")[-1].act == "mandates.remind"
    assert list(queries.against_ledger()) == []


def test_nobody_is_told_of_what_is_short_withdrawn_only_offered_or_without_an_end(firm: Firm):
    firm.accepted(last=AT.date() + timedelta(days=20))
    firm.offer(last=AT.date() + timedelta(days=89), amount=1)
    gone = firm.accepted(last=AT.date() + timedelta(days=88), amount=2)
    actions.withdraw(actor=firm.for_firm, mandate_id=gone, at=AT)
    for days in (10, 80, 95):
        assert actions.remind_all(actor=JOB, at=AT + timedelta(days=days)) == 0


def test_a_mandate_that_was_told_to_end_still_counts_and_is_still_withdrawn(firm: Firm):
    mandate = firm.accepted(last=AT.date() + timedelta(days=89))
    late = AT + timedelta(days=80)
    actions.remind_all(actor=JOB, at=late)
    assert queries.acting(firm.agent, mandate, at=late).mandate_id == mandate
    actions.withdraw(actor=firm.for_firm, mandate_id=mandate, at=late)
    assert list(queries.against_ledger()) == []


def test_every_news_has_words():
    assert set(NEWS_LABELS) == set(AccountNews)
