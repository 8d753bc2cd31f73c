"""Coming in by an outside account, through the pages, at a provider that really answers."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyotp
import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from tests import world as worlds
from tests.stand_ins import CLIENT, KEY, Provider, Registers, agree, outside_provider, standing_in
from tests.world import World

from tongban.doors.portal.tests.conftest import text_of
from tongban.people.identity import actions, queries
from tongban.people.identity.rules import Method
from tongban.people.parties import queries as parties

WHO = "a subject"
FACTS = {"name": "符晓明", "id_number": "460106190001010112", "phone": "13000000004", "login": "fu"}


@pytest.fixture(scope="module")
def sources() -> Iterator[tuple[Registers, str]]:
    with standing_in(oldest=float("inf")) as started:
        yield started


@pytest.fixture(autouse=True)
def provider(sources: tuple[Registers, str], tmp_path: Path, settings: Any) -> Iterator[Provider]:
    settings.PUBLIC_URL = "http://testserver"
    settings.SOURCES_URL = settings.MESSAGES_URL = sources[1]
    settings.SOURCES_KEY = KEY
    sources[0].messages.clear()
    made = Provider(CLIENT, {WHO: "阿明"})
    with outside_provider(made, tmp_path) as named:
        settings.OUTSIDE = [named]
        yield made


def window() -> Client:
    return Client(headers={"accept-language": "zh-CN"})


def to_provider(client: Client, onward: str = "/my", purpose: str = "sign_in") -> str:
    """The address at the provider to which the page goes on."""
    page = client.post("/login/outside/simulated", {"next": onward, "purpose": purpose})
    assert page.status_code == 200
    found = re.search(r'<a class="btn btn-primary" href="([^"]*)"', text_of(page))
    assert found is not None
    return html.unescape(found[1])


def back(client: Client, address: str, who: str = WHO) -> HttpResponseBase:
    return client.get(agree(address, who).removeprefix("http://testserver"))


def by_outside(client: Client, onward: str = "/my", purpose: str = "sign_in") -> HttpResponseBase:
    return back(client, to_provider(client, onward, purpose))


def code_of(sources: tuple[Registers, str]) -> str:
    found = re.search(r"[0-9]{6}", sources[0].messages[0][2])
    assert found is not None
    return found[0]


def registered(client: Client) -> HttpResponseBase:
    assert by_outside(client)["Location"] == "/login/outside"
    return client.post("/register/outside", FACTS)


@pytest.mark.parametrize("page", ["/login", "/register"])
def test_the_providers_stand_on_the_page(db: None, page: str):
    assert "用模拟身份平台登录" in text_of(window().get(page))


def test_staff_doors_do_not_offer_it(db: None, settings: Any):
    settings.DOOR, settings.ROOT_URLCONF = "workbench", "config.urls_workbench"
    assert "模拟身份平台" not in text_of(window().get("/login"))
    for address in ("/login/outside/simulated", "/login/outside/simulated/back", "/register/outside"):
        assert window().post(address).status_code == 404


def test_an_unknown_one_is_asked_whether_she_has_an_account_and_is_linked_to_none(world: World):
    client = window()
    page = text_of(client.get(by_outside(client)["Location"]))
    assert "模拟身份平台（阿明）" in page
    assert "登录后关联" in page
    assert "开一个新账号" in page
    assert queries.linked_of(world.applicant) == []


def test_she_opens_an_account_without_a_password_proves_her_card_and_comes_in_again(db: None):
    client = window()
    assert registered(client)["Location"].startswith("/my/account/proofs")
    assert "符晓明" not in text_of(client.get("/my/account/proofs"))  # shown masked
    account = queries.account_by_login("fu")
    assert account is not None
    assert account.has_usable_password() is False
    again = window()
    assert by_outside(again, "/my/account")["Location"] == "/my/account"
    assert "外部账号" in text_of(again.get("/my/account/sessions"))


def test_what_was_typed_stays_where_something_is_wrong(db: None):
    client = window()
    by_outside(client)
    page = client.post("/register/outside", FACTS | {"id_number": "460106190001010113"})
    assert page.status_code == 422
    assert 'value="13000000004"' in text_of(page)
    assert client.post("/register/outside", FACTS).status_code == 302


def test_the_same_outside_account_opens_one_account_only(db: None):
    client, second = window(), window()
    by_outside(second)
    registered(client)
    answer = second.post("/register/outside", FACTS | {"login": "twin", "id_number": "460106190001010120"})
    assert answer.status_code == 409
    assert queries.account_by_login("twin") is None


def test_without_having_shown_an_outside_account_nobody_registers_by_one(db: None):
    for address in ("/login/outside", "/register/outside"):
        assert window().get(address)["Location"] == "/login"
    assert window().post("/register/outside", FACTS)["Location"] == "/login"
    assert queries.account_by_login("fu") is None


def test_she_signs_in_as_before_and_links_it(world: World, sources: tuple[Registers, str]):
    client = window()
    by_outside(client)
    onward = "/my/account/linked/confirm"
    form = {"login": world.logins["applicant"], "password": worlds.PASSWORD, "next": onward}
    assert client.post("/login", form)["Location"] == onward
    assert "模拟身份平台（阿明）" in text_of(client.get(onward))
    assert client.post(onward, {"again": worlds.PASSWORD, "sms": "000000"}).status_code == 422
    assert queries.linked_of(world.applicant) == []
    assert client.post(onward, {"send": "1"}).status_code == 200
    done = client.post(onward, {"again": worlds.PASSWORD, "sms": code_of(sources), "sent": "1"})
    assert done["Location"] == "/my/account/linked"
    assert "阿明" in text_of(client.get("/my/account/linked"))
    assert by_outside(window(), "/my/cases")["Location"] == "/my/cases"


def linked(world: World, client: Client) -> None:
    """By somebody whose session was shown by more than a password: nothing more is asked of her."""
    worlds.enter(client, world.applicant.id, Method.PASSWORD, Method.ONE_TIME)
    assert by_outside(client, purpose="link")["Location"] == "/my/account/linked/confirm"
    assert client.post("/my/account/linked/confirm")["Location"] == "/my/account/linked"


def test_from_her_own_account_she_links_it_and_takes_it_off(world: World):
    client = window()
    linked(world, client)
    [link] = queries.linked_of(world.applicant)
    page = f"/my/account/linked/{link.id}/unlink"
    assert "不能再登录您的账号" in text_of(client.get(page))
    assert client.post(page)["Location"] == "/my/account/linked"
    assert by_outside(window())["Location"] == "/login/outside"
    assert client.post(page).status_code == 404


def test_one_that_is_linked_elsewhere_is_refused_plainly(world: World):
    linked(world, window())
    client = window()
    worlds.enter(client, world.stranger.id, Method.PASSWORD, Method.ONE_TIME)
    by_outside(client, purpose="link")
    answer = client.post("/my/account/linked/confirm")
    assert answer.status_code == 409
    assert "已经关联了另一个账号" in text_of(answer)


def test_the_last_way_in_says_so_instead_of_a_button(db: None):
    client = window()
    registered(client)
    page = text_of(client.get("/my/account/linked"))
    assert "这是唯一的登录方式" in page
    assert "unlink" not in page


def test_an_account_with_one_time_codes_asks_for_one_after_the_outside_account(world: World):
    linked(world, window())
    secret = actions.begin_totp(actor=world.applicant, at=world.at)
    actions.confirm_totp(actor=world.applicant, code=pyotp.TOTP(secret).at(world.at), at=world.at)
    client = window()
    assert by_outside(client, "/my")["Location"] == "/login/code"
    assert client.get("/my").status_code == 302
    assert client.post("/login/code", {"code": pyotp.TOTP(secret).now()})["Location"] == "/my"
    session = queries.sessions_of(world.applicant)[0]
    assert set(session.methods) == {Method.LINKED, Method.ONE_TIME}


def test_the_answer_in_another_browser_signs_nobody_in(world: World):
    linked(world, window())
    client, victim = window(), window()
    answer = agree(to_provider(client), WHO).removeprefix("http://testserver")
    page = victim.get(answer)
    assert page.status_code == 403
    assert "不是从这个浏览器开始的" in text_of(page)
    assert victim.get("/my").status_code == 302
    assert client.get(answer)["Location"] == "/my"
    assert (
        client.get(answer)["Location"] == "/my/account/linked"
    )  # and once only: she is in already, and is told so
    assert "已经用过" in text_of(client.get("/my/account/linked"))


def test_whoever_says_no_comes_back_to_the_sign_in_page(db: None):
    client = window()
    page = back(client, to_provider(client), "")
    assert page.status_code == 403
    assert "您没有在模拟身份平台确认" in text_of(page)
    assert "用模拟身份平台登录" in text_of(page)


def test_whoever_is_in_and_says_no_comes_back_to_her_own_list(world: World):
    client = window()
    worlds.enter(client, world.applicant.id)
    assert back(client, to_provider(client, purpose="link"), "")["Location"] == "/my/account/linked"
    assert "您没有在模拟身份平台确认" in text_of(client.get("/my/account/linked"))
    assert queries.linked_of(world.applicant) == []


def test_a_provider_that_is_away_is_told_at_the_sign_in_page(db: None, settings: Any):
    settings.OUTSIDE = [settings.OUTSIDE[0] | {"issuer": "http://127.0.0.1:1"}]
    page = window().post("/login/outside/simulated", {"next": "/my"})
    assert page.status_code == 503
    assert "现在没有回应" in text_of(page)
    assert "登录名" in text_of(page)


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere_afterwards(world: World, onward: str):
    linked(world, window())
    assert by_outside(window(), onward)["Location"] == "/"


@pytest.mark.parametrize("query", ["", "?state=%00&code=%00", "?state=" + "x" * 5000, "?error=<script>"])
def test_an_answer_of_rubbish_is_refused(db: None, query: str):
    assert window().get(f"/login/outside/simulated/back{query}").status_code == 403
    assert window().get(f"/login/outside/nobody/back{query}").status_code == 404


def test_a_provider_that_is_not_ours_is_not_there(db: None):
    assert window().post("/login/outside/nobody").status_code == 404
    assert window().get("/login/outside/simulated").status_code == 405


def test_the_name_at_the_provider_opens_nobodys_account(world: World, provider: Provider):
    name = parties.facts(world.applicant.party_id).name
    provider.people = {WHO: name}  # type: ignore[misc] # one that calls her so
    client = window()
    assert by_outside(client)["Location"] == "/login/outside"
    assert client.get("/my").status_code == 302
