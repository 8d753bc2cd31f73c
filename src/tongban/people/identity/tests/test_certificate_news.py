"""A holder is told at her account that her certificate ends soon: counted as unread, once, whoever runs the job twice."""

from datetime import timedelta

import pytest
from tests import world as worlds

from tongban.base.actor import Actor
from tongban.people.certificates import actions as certificates
from tongban.people.certificates.rules.profiles import PROFILES, ProfileKind
from tongban.people.certificates.tests import service as services
from tongban.people.certificates.tests.service import Service
from tongban.people.identity import actions, jobs, queries
from tongban.people.identity.rules import Method
from tongban.people.identity.rules.account_notices import AccountNews


@pytest.fixture
def service(db: None, settings, tmp_path) -> Service:
    settings.HOME = tmp_path
    return services.build(worlds.build())


def told(actor: Actor) -> list[str]:
    return [one.facts for one in queries.news_of(actor) if one.news is AccountNews.CERTIFICATE_ENDS]


def test_what_ends_soon_is_told_at_the_account_once_and_counts_as_unread(service: Service):
    holder = service.holder
    certificate = service.issued()
    session = actions.begin_session(
        account_id=holder.id,
        door="portal",
        device="Firefox",
        address="10.0.0.1",
        methods=[Method.PASSWORD],
        actor=holder,
        at=service.at,
        browser="b" * 43,
    )
    actions.read_news(actor=holder, at=service.at)
    soon = service.at + PROFILES[ProfileKind.PERSON].validity - timedelta(days=10)
    jobs.tell_certificate_ends(1, str(certificate))
    assert told(holder) == [], "nothing was told of a certificate that is good for long"
    certificates.keep_time(actor=services.OPERATOR, at=soon)
    for run in range(2):
        jobs.tell_certificate_ends(run, str(certificate))
    (facts,) = told(holder)
    assert "王秀兰" in facts
    visit = queries.visit_of_session(session, at=service.at)
    assert visit is not None
    assert visit.has_news


def test_a_certificate_that_ended_meanwhile_is_not_told(service: Service):
    certificate = service.issued()
    soon = service.at + PROFILES[ProfileKind.PERSON].validity - timedelta(days=10)
    certificates.keep_time(actor=services.OPERATOR, at=soon)
    service.at = soon
    service.revoke(certificate)
    assert not actions.tell_certificate_ends(certificate_id=certificate)
    assert told(service.holder) == []
