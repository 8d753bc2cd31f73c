"""The seed as a newcomer meets it (初始数据测试): one filling for all tests, since it is the same each time."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from tongban.base.calendar import queries as calendars
from tongban.base.ledger.queries import verify
from tongban.base.pki.evidence import verify_evidence
from tongban.base.search import queries as search
from tongban.base.search.queries import Filters
from tongban.demo import people, seed
from tongban.demo.accounts import ACCOUNTS, APPLICANT_TOKEN, CLERK_TOKEN
from tongban.demo.stories import STORIES
from tongban.offers.catalogue import queries as catalogue
from tongban.offers.powers import queries as powers
from tongban.people.certificates import actions as certificate_actions
from tongban.people.certificates import queries as certificates
from tongban.people.certificates.queries import authorities
from tongban.people.identity import actions as identity
from tongban.people.identity import queries as identities
from tongban.people.mandates import queries as mandates
from tongban.records.licences import queries as licences
from tongban.work.cases import queries as cases
from tongban.work.cases.rules.moves import State

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker) -> Iterator[list[str]]:
    told: list[str] = []
    with django_db_blocker.unblock(), transaction.atomic():
        seed.run(told.append)
        yield told
        transaction.set_rollback(True)


def test_everybody_in_the_table_can_sign_in_at_the_stated_door(filled: list[str]):
    now = timezone.now()
    for account in ACCOUNTS:
        if account.door == "api":
            found = identities.actor_of_token(account.password, at=now)
        else:
            signed_in = identity.sign_in(
                login=account.login, password=account.password, address="127.0.0.1", at=now
            )
            found = identities.actor_of(signed_in.id, at=now)
        assert found is not None, account
        assert (found[0].party_id is not None) == account.role.startswith("申请人"), account


def test_whoever_has_a_pin_in_the_table_signs_with_it(filled: list[str]):
    now = timezone.now()
    for account in ACCOUNTS:
        holder = people.actor(account.login, now) if account.door != "api" else None
        if not account.pin or holder is None:
            continue
        whose = {"party_id": holder.party_id} if holder.party_id else {"account_id": holder.id}
        found = certificates.active_of(**whose, at=now)
        assert len(found) == 1, account.login
        signer = certificate_actions.unlock(actor=holder, certificate_id=found[0].id, pin=account.pin, at=now)
        evidence = signer.sign_act(b"data", now)
        verdict = verify_evidence(evidence, b"data", authorities.roots())
        assert verdict.good
        assert verdict.signer is not None
        assert "演示" in verdict.chain[-1].name


def test_the_tokens_are_those_of_an_applicant_and_a_clerk(filled: list[str]):
    now = timezone.now()
    names = [identities.actor_of_token(token, at=now) for token in (APPLICANT_TOKEN, CLERK_TOKEN)]
    assert [found[1] for found in names if found] == ["林晓梅", "陈美玲"]


def test_an_agent_a_parent_and_a_helper_may_act_at_once(filled: list[str]):
    now = timezone.now()
    kinds = {}
    for login in ("lin", "wang", "ming"):
        own = people.actor(login, now)
        for one in mandates.received(own):
            kinds[(login, one.kind.value)] = mandates.acting(own, one.id, at=now).giver_name
    assert kinds == {
        ("lin", "representative"): "海南椰树下商贸有限公司（演示）",
        ("wang", "parent"): "王小海",
        ("ming", "agent"): "海南椰树下商贸有限公司（演示）",
        ("ming", "helper"): "林阿公",
        ("ming", "representative"): "海南小华人力资源有限公司（演示）",
    }


def test_every_work_list_has_something_in_it(filled: list[str]):
    now = timezone.now()
    for login in ("chen", "huang", "fu", "li", "zhou", "wu"):
        assert cases.work_list(people.actor(login, now)), login


# What an ordinary case goes through; the ways out of the ordinary are told by the stories of their own files.
_ORDINARY = {
    State.DRAFT,
    State.SUBMITTED,
    State.SUPPLEMENT,
    State.ACCEPTED,
    State.EXAMINED,
    State.CLOSED,
    State.REFUSED,
    State.DECLINED,
    State.WITHDRAWN,
}


def test_the_cases_stand_in_every_ordinary_state_that_lasts(filled: list[str]):
    now = timezone.now()
    rows = [row for login in ("lin", "wang") for row in cases.mine(people.actor(login, now))]
    assert {row.state for row in rows} >= _ORDINARY
    assert len(rows) == len(STORIES) + 1  # and the one that a counter in another city took in


def test_something_is_nearly_due_and_nothing_is_laid_in_the_future(filled: list[str]):
    now = timezone.now()
    rows = cases.of_office(people.actor("huang", now))
    today = now.astimezone(seed.cases.CHINA).date()
    tomorrow, _ = cases.calendar().provisional_add(today, 1)
    assert any(row.warn_on and row.warn_on <= tomorrow for row in rows)
    assert all(row.started_at <= now for row in rows)


def test_the_granted_case_has_its_signed_licence(filled: list[str]):
    rows = cases.mine(people.actor("lin", timezone.now()))
    assert [licences.exists_for_case(row.id) for row in rows if row.state is State.CLOSED] == [True]


def test_filling_again_changes_nothing(filled: list[str]):
    told: list[str] = []
    seed.run(told.append)
    assert all("0 added, 0 changed" in line for line in told[:-1])
    told = told[-1]
    assert told.startswith("演示：新开 0 个账号")
    assert set(re.findall("[0-9]+", told)) == {"0"}


def test_the_shipped_calendar_is_the_first_edition(filled: list[str]):
    edition, shipped = calendars.editions()[0], calendars.edition_of_calendar(None)
    assert edition.id is not None
    assert (edition.name, edition.digest) == (shipped.name, shipped.digest)
    assert list(calendars.against_ledger()) == []


def test_an_adjustment_of_a_power_list_waits_for_its_second_person(filled: list[str]):
    reviewer = people.actor("pan", timezone.now())
    (waiting,) = [one for one in powers.desk(reviewer) if not one.imported]
    assert [move.verb.value for move in waiting.moves] == ["approve", "send_back"]
    assert [one.problem for one in powers.planned(reviewer, waiting.id)] == [None]


def test_everyday_words_find_the_guides(filled: list[str]):
    today = timezone.now().date()
    for words, name in (
        ("开理发店", "公共场所卫生许可"),
        ("民宿", "公共场所卫生许可"),
        ("砍树", "林木采伐许可证核发（县级权限）"),
        ("社保卡坏了", "社会保障卡换领、换发"),
    ):
        hits = search.search(words, place="460108000000", on=today).hits
        assert hits, words
        assert hits[0].title == name


def test_a_basis_quotes_the_law_as_it_stands_in_our_data(filled: list[str]):
    laws = re.sub(
        r"\s",
        "",
        "".join(path.read_text(encoding="utf-8") for path in Path(settings.DATA, "laws").glob("*.md")),
    )
    today = timezone.now().date()
    for words in ("理发店", "砍树", "社保卡"):
        guides = Filters(frozenset({"kind:guide"}))
        hits = search.search(words, place="460108000000", on=today, filters=guides).hits
        assert hits
        for hit in hits:
            for basis in catalogue.guide_of(UUID(hit.shown["edition"])).basis:
                assert re.sub(r"\s", "", basis.text) in laws, basis.title


def test_the_ledger_of_the_demonstration_is_whole(filled: list[str]):
    assert list(verify()) == []
