"""Who stands at the counter: proven by a clerk who saw the document, and by nobody else."""

import pytest
from django.test import Client
from tests.world import AT, World

from tongban.people.identity import actions, queries
from tongban.people.identity.rules import Level
from tongban.people.identity.rules.account_notices import AccountNews
from tongban.people.parties import queries as parties

PAGE = "/counter/people"
NEW = {"name": "符晓明", "id_number": "460106190001010112", "phone": "13000000004"}


def text(answer: object) -> str:
    return answer.content.decode()


def document(world: World) -> dict[str, str]:
    facts = parties.facts(world.applicant.party_id)
    return {"name": facts.name, "id_number": facts.number, "seen": "on"}


def test_a_clerk_raises_who_stands_before_her_and_the_owner_is_told(world: World, as_):
    answer = as_(world.clerk).post(PAGE, document(world))
    assert answer.status_code == 302
    assert queries.own_account(world.applicant).level is Level.ADVANCED
    assert [one.news for one in queries.news_of(world.applicant)] == [AccountNews.LEVEL_RAISED]


def test_whoever_registered_online_is_found_by_the_login_as_well(world: World, as_):
    account = actions.register_person(login="fu", password="a long enough one", at=AT, **NEW)
    form = {"name": NEW["name"], "id_number": NEW["id_number"], "login": "fu", "seen": "on"}
    assert as_(world.clerk).post(PAGE, form).status_code == 302
    found = queries.actor_of(account, at=AT)
    assert found is not None
    assert (found[0].level, found[0].party_id) == (3, parties.by_number(NEW["id_number"]))


def test_the_document_counts_not_what_was_claimed_online(world: World, as_):
    actions.register_person(login="fu", password="a long enough one", at=AT, **{**NEW, "name": "假名字"})
    form = {"name": NEW["name"], "id_number": NEW["id_number"], "login": "fu", "seen": "on"}
    assert as_(world.clerk).post(PAGE, form).status_code == 302
    assert parties.matches(parties.by_number(NEW["id_number"]), "符晓明")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": "王小二"}, "id_number"),
        ({"id_number": "460106190001010112"}, "id_number"),
        ({"id_number": "1"}, "id_number"),
        ({"login": "nobody"}, "login"),
        ({"seen": None}, "seen"),
    ],
)
def test_what_does_not_fit_the_document_is_told_at_its_field(world: World, as_, changed: dict, field: str):
    form = {name: value for name, value in {**document(world), **changed}.items() if value is not None}
    answer = as_(world.clerk).post(PAGE, form)
    assert answer.status_code in (403, 422)
    assert f'href="#id_{field}"' in text(answer)
    assert queries.own_account(world.applicant).level is Level.BASIC


def test_twice_is_told(world: World, as_):
    client: Client = as_(world.clerk)
    client.post(PAGE, document(world))
    assert client.post(PAGE, document(world)).status_code == 409


@pytest.mark.parametrize("who", ["reviewer", "decider", "editor", "applicant"])
def test_whoever_is_no_clerk_proves_nobody(world: World, as_, who: str):
    answer = as_(getattr(world, who)).post(PAGE, document(world))
    assert answer.status_code == 403
    assert queries.own_account(world.applicant).level is Level.BASIC


def test_one_account_is_not_made_anothers(world: World, as_):
    """By the login of one and the document of another nothing happens."""
    form = {**document(world), "login": world.logins["stranger"]}
    assert as_(world.clerk).post(PAGE, form).status_code == 422
