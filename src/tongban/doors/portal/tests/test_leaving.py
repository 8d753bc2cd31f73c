"""Getting an account back, leaving and merging, through the pages; and sending an application that needs a higher level."""

from datetime import UTC, datetime

import pyotp
from django.test import Client
from tests import world as worlds
from tests.world import World

from tongban.doors.portal.tests.conftest import hidden, text_of
from tongban.people.identity import actions, queries
from tongban.people.identity.rules import Level, Method
from tongban.people.parties import queries as parties
from tongban.work.cases import queries as cases


def strongly(world: World) -> Client:
    """The applicant, seen at a counter once, in a session shown by more than a password."""
    facts = parties.facts(world.applicant.party_id)
    actions.prove_at_counter(
        actor=world.clerk, name=facts.name, id_number=facts.number, login="", at=world.at
    )
    client = Client(headers={"accept-language": "zh-CN"})
    worlds.enter(client, world.applicant.id, Method.PASSWORD, Method.ONE_TIME)
    return client


def test_what_is_erased_and_kept_stands_before_the_button(world: World):
    page = text_of(strongly(world).get("/my/account/leave"))
    assert "马上删除的" in page
    assert "依法保留的" in page


def test_nobody_leaves_with_something_under_way(world: World):
    worlds.submitted(world)
    answer = strongly(world).post("/my/account/leave")
    assert answer.status_code == 409
    assert "还有没办完的件" in text_of(answer)


def test_after_leaving_nobody_signs_in(world: World):
    client = strongly(world)
    assert client.post("/my/account/leave")["Location"] == "/"
    form = {"login": world.logins["applicant"], "password": worlds.PASSWORD}
    assert Client().post("/login", form).status_code == 403
    assert client.get("/my").status_code == 302


def test_a_password_alone_is_asked_for_more_before_leaving(world: World):
    client = Client(headers={"accept-language": "zh-CN"})
    worlds.enter(client, world.applicant.id)
    assert client.post("/my/account/leave")["Location"].startswith("/stepup?level=3")


def test_with_the_code_from_the_counter_one_is_in_again(world: World):
    facts = parties.facts(world.applicant.party_id)
    login, code = actions.recover_at_counter(
        actor=world.clerk, name=facts.name, id_number=facts.number, login="", at=datetime.now(UTC)
    )
    client = Client(headers={"accept-language": "zh-CN"})
    wrong = client.post("/recover", {"login": login, "code": "AAAA", "password": "another long one"})
    assert wrong.status_code == 422
    assert f'value="{login}"' in text_of(wrong)
    right = client.post("/recover", {"login": login, "code": code, "password": "another long one"})
    assert right["Location"] == "/my/account/ways"
    assert "新设密码" not in text_of(client.get("/my"))


def test_an_unproven_account_is_merged_on_its_page(world: World):
    facts = parties.facts(world.applicant.party_id)
    account = actions.register_person(
        login="second",
        password="another long one",
        name=facts.name,
        id_number=facts.number,
        phone="13800138000",
        at=world.at,
    )
    client = Client(headers={"accept-language": "zh-CN"})
    worlds.enter(client, account)
    form = {"login": world.logins["applicant"], "password": "guess"}
    assert client.post("/my/account/merge", form).status_code == 403
    assert client.post("/my/account/merge", {**form, "password": worlds.PASSWORD}).status_code == 302
    assert world.logins["applicant"] in text_of(client.get("/my/account"))
    assert queries.active_account(account) is None


def test_an_application_that_needs_more_waits_and_is_sent_by_one_press(world: World):
    channels = {"online": "full", "visits": 0, "post": True, "level": "advanced"}
    worlds.publish_edition(world.editor, world.item_id, starts_on=world.at.date(), channels=channels)
    draft = worlds.draft_filled(world)
    facts = parties.facts(world.applicant.party_id)
    actions.prove_at_counter(
        actor=world.clerk, name=facts.name, id_number=facts.number, login="", at=world.at
    )
    at = datetime.now(UTC)
    secret = actions.begin_totp(actor=world.applicant, at=at)
    actions.confirm_totp(actor=world.applicant, code=pyotp.TOTP(secret).at(at), at=at)
    client = Client(headers={"accept-language": "zh-CN"})
    worlds.enter(client, world.applicant.id)
    here = f"/my/cases/{draft.id}/check"
    page = client.get(here)
    form = {"key": hidden(page, "key"), "version": hidden(page, "version")}
    where = client.post(here, form)["Location"]
    assert where.startswith("/stepup?level=3")
    step = pyotp.TOTP(secret).generate_otp(int(datetime.now(UTC).timestamp()) // 30 + 1)
    answer = client.post("/stepup", {"level": "3", "next": here, "code": step})
    assert answer.status_code == 302, text_of(answer)
    waiting = client.get(where)
    again = {"key": hidden(waiting, "key"), "version": hidden(waiting, "version")}
    assert again == form
    assert client.post(here, again)["Location"].endswith("/receipt")
    assert cases.one(world.applicant, draft.id).number is not None
    assert queries.own_account(world.applicant).level is Level.ADVANCED
