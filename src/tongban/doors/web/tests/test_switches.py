"""The switches of every page: where to go on, language, large type, place; signing in and out; health."""

from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings as configured
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as some
from tests.world import AT

from tongban.base.actor import system
from tongban.doors.web.context import page
from tongban.doors.web.views import next_of, place_of
from tongban.people.identity import actions as identity
from tongban.people.identity.rules.brakes import FREE_GUESSES
from tongban.people.places.rules import PROVINCE

HERE = "http://testserver"
PASSWORD = "long enough"


@pytest.fixture(autouse=True)
def _at_the_portal(settings):
    settings.ROOT_URLCONF = "config.urls_portal"
    settings.DOOR = "portal"


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False, headers={"accept-language": "zh-CN"})


def gone_on(wanted: str, method: str = "get") -> str:
    return next_of(getattr(RequestFactory(), method)("/login", {"next": wanted}))


# ── where to go on ──


@pytest.mark.parametrize(
    "wanted", ["/", "/my", "/search?q=开店&page=2", "/items/123#form", "/a//b", "/%2F%2Fevil.example"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_of_this_door_is_gone_on_to(wanted: str, method: str):
    assert gone_on(wanted, method) == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "my",
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "http:evil.example",
        "http:///evil.example",
        "//[",
        "\x00//evil.example",
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_foreign_address_is_not_gone_on_to(wanted: str, method: str):
    assert gone_on(wanted, method) == "/"


@given(some.text(alphabet="/\\:@.#?%evil \t\r\n\x00h", max_size=20))
def test_whatever_is_asked_for_the_reader_stays_at_this_door(wanted: str):
    # A browser takes \ for / and drops tabs and line ends before it looks at an address (WHATWG URL).
    read = gone_on(wanted).replace("\\", "/").translate({9: None, 10: None, 13: None}).strip()
    assert urlsplit(urljoin(HERE, read)).netloc == "testserver"


def test_what_was_sent_counts_before_what_stands_in_the_address():
    assert next_of(RequestFactory().post("/login?next=/a", {"next": "/b"})) == "/b"


@given(some.text(alphabet="/ab&=?#%+ 开", max_size=12))
def test_the_address_to_sign_in_comes_back_to_the_same_page(rest: str):
    request = RequestFactory().get("/")
    request.path = f"/items/{rest}"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("tongban.doors.web.views._place_name", lambda code: "海南省")
        asked = urlsplit(page(request)["page"]["login_url"])
    assert asked.path == "/login"
    assert next_of(RequestFactory().get("/login", QUERY_STRING=asked.query)) == request.path


# ── choices, kept for a year ──


@pytest.mark.parametrize(
    ("asked", "kept"), [("en", "en"), ("zh-hans", "zh-hans"), ("fr", "zh-hans"), ("x", "zh-hans")]
)
def test_a_known_language_is_remembered_and_an_unknown_one_is_ours(client: Client, asked: str, kept: str):
    response = client.get(f"/language/{asked}", {"next": "/my"})
    cookie = response.cookies[configured.LANGUAGE_COOKIE_NAME]
    assert (response.status_code, response.url, cookie.value) == (302, "/my", kept)
    assert (cookie["max-age"], cookie["samesite"], bool(cookie["httponly"])) == (31_536_000, "Lax", True)


def test_the_language_chosen_is_the_language_of_the_next_page(client: Client, monkeypatch):
    monkeypatch.setattr("tongban.doors.web.views._place_name", lambda code: "海南省")
    assert '<html lang="zh' in client.get("/no/such/page").content.decode()
    client.get("/language/en")
    assert '<html lang="en"' in client.get("/no/such/page").content.decode()


@pytest.mark.parametrize(("asked", "kept"), [("on", "on"), ("off", "off"), ("anything", "off")])
def test_large_type_is_on_or_off(client: Client, asked: str, kept: str):
    response = client.get(f"/elderly/{asked}", {"next": "//evil.example"})
    assert (response.url, response.cookies["tongban_elderly"].value) == ("/", kept)


@pytest.mark.parametrize("address", ["/language/en", "/elderly/on", "/healthz"])
def test_switches_are_read_and_not_sent(client: Client, address: str):
    assert client.post(address).status_code == 405


@pytest.mark.parametrize(("https", "secure"), [(True, True), (False, False)])
def test_over_https_a_choice_is_sent_back_over_https_only(
    client: Client, settings, https: bool, secure: bool
):
    settings.SESSION_COOKIE_SECURE = https
    assert bool(client.get("/elderly/on").cookies["tongban_elderly"]["secure"]) == secure


@pytest.mark.parametrize(
    "given_place", ["", "46", "4" * 13, "46010600000\0", "４６０１０６００００００", "' OR 1=1 --  "]
)
def test_a_place_cookie_that_is_no_code_counts_as_the_province(monkeypatch, given_place: str):
    monkeypatch.setattr("tongban.doors.web.views._place_name", lambda code: f"name of {code}")
    request = RequestFactory().get("/")
    request.COOKIES["tongban_place"] = given_place
    assert place_of(request) == (PROVINCE, f"name of {PROVINCE}")


# ── with a database ──


@pytest.mark.django_db
def test_health_is_told_where_the_database_answers(client: Client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


def official(login: str = "lin") -> None:
    identity.open_account(actor=system("tests.web"), login=login, password=PASSWORD, at=AT, staff_name="小林")


@pytest.mark.django_db
def test_signing_in_goes_on_where_the_reader_came_from_under_a_new_session(client: Client, settings):
    settings.DOOR = "workbench"
    official()
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    response = client.post("/login", {"login": "lin", "password": PASSWORD, "next": "/healthz"})
    assert (response.status_code, response.url) == (302, "/healthz")
    cookie = response.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie.value != "a" * 32
    assert (bool(cookie["httponly"]), cookie["samesite"]) == (True, "Lax")


@pytest.mark.django_db
def test_signing_in_goes_on_to_no_foreign_address(client: Client, settings):
    settings.DOOR = "workbench"
    official()
    response = client.post("/login", {"login": "lin", "password": PASSWORD, "next": "//evil.example"})
    assert response.url == "/"


@pytest.mark.django_db
def test_an_official_at_the_portal_is_told_the_right_door_and_is_not_signed_in(client: Client, settings):
    official()
    response = client.post("/login", {"login": "lin", "password": PASSWORD})
    assert response.status_code == 403
    assert "请从工作台登录" in response.content.decode()
    assert settings.SESSION_COOKIE_NAME not in response.cookies


@pytest.mark.django_db
@pytest.mark.parametrize("login", ["lin\0", "nobody", "", "x" * 10_000, "<script>"])
def test_a_wrong_login_is_told_kindly_and_keeps_what_was_typed_but_no_password(client: Client, login: str):
    response = client.post("/login", {"login": login, "password": "hunter22"})
    page = response.content.decode()
    assert response.status_code == 403
    assert "登录名或密码不对" in page
    assert "hunter22" not in page
    assert "<script>" not in page


@pytest.mark.django_db
def test_guesses_are_slowed_by_the_address_they_come_from_and_not_by_what_they_claim(
    client: Client, settings
):
    settings.DOOR = "workbench"
    official()
    sent = {"login": "lin", "password": "wrong wrong"}
    for n in range(FREE_GUESSES):
        client.post("/login", sent, headers={"x-forwarded-for": f"10.0.0.{n}"})
    right = sent | {"password": PASSWORD}
    assert "试错的次数太多" in client.post("/login", right).content.decode()
    assert client.post("/login", right, REMOTE_ADDR="198.51.100.7").status_code == 302


@pytest.mark.django_db
def test_signing_out_ends_the_session_and_is_sent_not_read(client: Client, settings):
    settings.DOOR = "workbench"
    official()
    client.post("/login", {"login": "lin", "password": PASSWORD})
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert client.get("/logout").status_code == 405
    assert client.post("/logout").url == "/"
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    assert "小林" not in client.get("/no/such/page").content.decode()
