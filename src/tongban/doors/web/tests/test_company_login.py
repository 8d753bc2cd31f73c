"""Logging in with a company's certificate: only for that company, only while the mandate counts, and never as oneself."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.test import Client
from tests import mandating
from tests.mandating import CODE, COMPANY, Firm
from tests.stand_ins import Registers
from tests.world import World

from tongban.base.actor import Actor
from tongban.doors.web.tests.test_certificate_login import CHALLENGE, Holding, answer, browser, hold, is_in
from tongban.doors.web.tests.test_certificate_login import service as service
from tongban.doors.web.tests.test_certificate_login import world as world
from tongban.people.certificates.rules.profiles import ProfileKind
from tongban.people.certificates.rules.registering import Holder, ProofKind
from tongban.people.certificates.tests.service import Service
from tongban.people.identity.queries import sessions_of
from tongban.people.mandates import actions, queries
from tongban.people.mandates.rules import Act

__all__ = ["browser"]


@dataclass
class Office:
    """The company, and a certificate of it handed to somebody."""

    firm: Firm
    service: Service
    folder: Path

    def handed_to(self, actor: Actor, code: str = CODE) -> Holding:
        holder = Holder(COMPANY, code, account_id=actor.id)
        return hold(
            self.service,
            self.folder,
            profile=ProfileKind.LEGAL_PERSON,
            holder=holder,
            document=ProofKind.AUTHORISATION,
            document_number="授权 2026-1",
        )


@pytest.fixture
def office(world: World, service: Service, settings, tmp_path) -> Iterator[Office]:
    with mandating.standing_in_for(settings) as known:
        assert isinstance(known, Registers)
        yield Office(mandating.build(world), service, tmp_path)


def let_in(client: Client, holding: Holding):
    return answer(client, holding.signs(client.get(CHALLENGE).content), next="/my")


def told(client: Client, address: str, status: int = 200) -> str:
    found = client.get(address)
    assert found.status_code == status, found.content.decode()[:500]
    return found.content.decode()


def test_the_representative_comes_in_for_the_company_at_once(office: Office, browser: Client):
    found = let_in(browser, office.handed_to(office.firm.representative))
    assert (found.status_code, found["Location"]) == (302, "/my")
    number = queries.received(office.firm.representative)[0].number
    page = told(browser, "/my")
    assert COMPANY in page
    assert number in page


def test_an_agent_comes_in_only_while_her_mandate_counts(office: Office, browser: Client):
    holding = office.handed_to(office.firm.agent)
    refused = let_in(browser, holding)
    assert refused.status_code == 403
    assert "不是这家法人的法定代表人或者代理人" in refused.content.decode()
    mandate = office.firm.accepted(acts={Act.APPLY, Act.READ})
    assert let_in(browser, holding).status_code == 302
    assert COMPANY in told(browser, "/my")
    actions.withdraw(actor=office.firm.for_firm, mandate_id=mandate, at=office.service.at)
    assert "已经收回" in told(browser, "/my", 403)
    assert let_in(Client(headers={"accept-language": "zh-CN"}), holding).status_code == 403


def test_a_helper_or_the_agent_of_another_company_is_a_stranger(office: Office, browser: Client):
    world, agent = office.firm.world, office.firm.agent
    terms = actions.Terms(
        frozenset({"fill"}), office.service.at.date(), office.service.at.date(), kind="helper"
    )
    helper = actions.offer(
        actor=world.applicant,
        agent_name="周洋",
        agent_number=mandating.number(mandating.AGENT),
        terms=terms,
        at=office.service.at,
    )
    actions.accept(actor=agent, mandate_id=helper, at=office.service.at)
    assert let_in(browser, office.handed_to(agent, mandating.SECOND_CODE)).status_code == 403
    assert not is_in(browser)


@pytest.mark.parametrize(
    "address",
    ["/my/account", "/my/acting", "/my/companies", "/my/account/ways", "/my/systems", "/my/account/leave"],
)
def test_it_opens_nothing_of_her_own(office: Office, browser: Client, address: str):
    let_in(browser, office.handed_to(office.firm.representative))
    assert "只能代这家法人办事" in told(browser, address, 403)


def test_neither_session_lifts_the_other(office: Office, browser: Client):
    representative = office.firm.representative
    holding = office.handed_to(representative)
    browser.post("/login", {"login": "liming", "password": "tongban-2026"})
    assert is_in(browser)
    own = _sessions(representative)
    let_in(browser, holding)
    assert _sessions(representative).isdisjoint(own), "her own session ended"
    bound = _sessions(representative)
    browser.post("/login", {"login": "liming", "password": "tongban-2026"})
    assert is_in(browser)
    assert _sessions(representative).isdisjoint(bound), "the company's session ended"


def _sessions(actor: Actor) -> set[uuid.UUID]:
    return {one.id for one in sessions_of(actor)}


def test_leaving_ends_it(office: Office, browser: Client):
    let_in(browser, office.handed_to(office.firm.representative))
    browser.post("/logout")
    assert not _sessions(office.firm.representative)
    assert browser.get("/my").status_code == 302
