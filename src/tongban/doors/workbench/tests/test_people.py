"""Who stands at the counter: proven by a clerk who saw the document, and by nobody else."""

import re

import pytest
from django.test import Client
from tests import engine
from tests import world as worlds
from tests.world import AT, World

from tongban.base.actor import system
from tongban.people.identity import actions, queries
from tongban.people.identity.rules import Level, Role
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


OPENED = {**NEW, "login": "fu", "seen": "on"}


def code_on(page: str) -> str:
    found = re.search(r"<code>([A-Z0-9-]+)</code>", page)
    assert found is not None
    return found[1]


def test_a_clerk_opens_an_account_and_hands_over_a_code_that_is_shown_once(world: World, as_):
    clerk = as_(world.clerk)
    page = text(clerk.post(f"{PAGE}/open", OPENED))
    assert "由本人设密码" in page
    account = actions.redeem(
        login="fu", code=code_on(page), password="a long enough one", address="192.0.2.1", at=AT
    )
    assert account.level == Level.ADVANCED
    assert "<code>" not in text(clerk.get(f"{PAGE}/open"))


def test_opening_keeps_what_was_typed_where_something_is_wrong(world: World, as_):
    page = as_(world.clerk).post(f"{PAGE}/open", OPENED | {"phone": "1"})
    assert page.status_code == 422
    assert 'value="符晓明"' in text(page)
    without = {name: value for name, value in OPENED.items() if name != "seen"}
    assert as_(world.clerk).post(f"{PAGE}/open", without).status_code == 403
    assert queries.account_by_login("fu") is None


def test_a_clerk_merges_the_account_that_was_registered_twice(world: World, as_):
    facts = parties.facts(world.applicant.party_id)
    claimed = {"name": facts.name, "id_number": facts.number, "phone": "13000000004"}
    actions.register_person(login="twice", password="a long enough one", at=AT, **claimed)
    answer = as_(world.clerk).post(f"{PAGE}/merge", document(world) | {"login": "twice"})
    assert answer["Location"] == f"{PAGE}/merge"
    assert queries.account_by_login("twice") is None
    assert [one.news for one in queries.news_of(world.applicant)] == [AccountNews.MERGED]


@pytest.mark.parametrize("address", ["open", "merge", "recover"])
def test_nobody_but_a_clerk_gets_to_these_pages(world: World, as_, address: str):
    assert as_(world.reviewer).get(f"{PAGE}/{address}").status_code == 403
    assert Client().get(f"{PAGE}/{address}").status_code == 302


def test_a_personnel_officer_hands_a_joiner_the_code_and_she_sets_her_password(world: World, as_):
    officer = engine.colleague(world, "officer", Role.PERSONNEL)
    account = actions.join_staff(actor=officer, organ_id=world.organ_id, login="joiner", name="赵敏", at=AT)
    listed = text(as_(officer).get("/staff"))
    assert "赵敏" in listed
    assert f"/staff/joiners/{account}/code" in listed
    page = text(as_(officer).post(f"/staff/joiners/{account}/code"))
    client = Client(headers={"accept-language": "zh-CN"})
    form = {"login": "joiner", "code": code_on(page), "password": "a long enough one"}
    assert client.post("/recover", form | {"code": "AAAA"}).status_code == 422
    assert client.post("/recover", form)["Location"] == "/account/ways"
    assert "赵敏" not in text(as_(officer).get("/staff"))
    assert as_(officer).post(f"/staff/joiners/{account}/code").status_code == 409


def test_joiners_are_the_concern_of_their_own_personnel_alone(world: World, as_):
    account = actions.join_staff(
        actor=system("tests"), organ_id=world.organ_id, login="joiner", name="赵敏", at=AT
    )
    elsewhere = worlds._official("elsewhere", "外机关人事", world.other_organ_id, Role.PERSONNEL)
    for actor in (elsewhere, world.head, world.clerk):
        assert as_(actor).post(f"/staff/joiners/{account}/code").status_code == 404
