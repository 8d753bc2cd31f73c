"""What a request may bring that no browser of ours sends: names, cookies, addresses (请求本身的坏输入)."""

from collections.abc import Iterator
from importlib import import_module

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import Client
from pytest_django import DjangoDbBlocker

from tongban.doors.web.policy import POLICY

CHINESE = {"accept-language": "zh-CN"}


@pytest.fixture(params=["portal", "workbench"])
def door(request: pytest.FixtureRequest, settings: object) -> str:
    settings.ROOT_URLCONF = f"config.urls_{request.param}"
    settings.DOOR = request.param
    return request.param


def _client() -> Client:
    return Client(raise_request_exception=False, headers=CHINESE)


@pytest.mark.django_db
@pytest.mark.parametrize("forged", ['"abcdefghij\\000klm"', "x" * 3000, "short", "A" * 32], ids=str)
def test_a_session_cookie_that_we_never_made_counts_as_none(door: str, forged: str, settings: object):
    answer = _client().get("/", headers={"cookie": f"{settings.SESSION_COOKIE_NAME}={forged}"})
    assert answer.status_code == {"portal": 200, "workbench": 302}[door]


@pytest.mark.django_db
def test_an_address_with_too_many_questions_is_answered_in_words(door: str):
    """A page that asks the address nothing answers as ever; the others say that they cannot read it."""
    many = "?" + "&".join(f"a{number}=1" for number in range(3_000))
    for address in ("/", "/search", "/places", "/login", "/cases", "/nothing"):
        answer = _client().get(address + many)
        assert answer.status_code < 500, address
        assert "Content-Security-Policy" in answer.headers
    assert "没有读懂这个请求" in _client().get("/login" + many).content.decode()


@pytest.mark.django_db
def test_under_a_name_that_is_not_ours_nothing_is_read(door: str):
    answer = _client().get("/login", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "Content-Security-Policy" in answer.headers
    assert "evil.example" not in answer.content.decode()


@pytest.fixture(params=[OperationalError, psycopg.OperationalError], ids=["Django's", "the driver's"])
def lost_database(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """No statement reaches the database: each fails as it does while the database restarts."""

    def refuse(*_: object) -> None:
        raise request.param("the connection is closed")

    with django_db_blocker.unblock(), connection.execute_wrapper(refuse):
        yield


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/cases", "/my", "/search?q=a", "/healthz", "/nothing"])
def test_a_reader_who_signed_in_is_told_in_words_that_the_database_is_away(
    door: str, address: str, lost_database: None, settings: object
):
    cookies = f"{settings.SESSION_COOKIE_NAME}={'a' * 32}; tongban_place=460106000000"
    for ask in (_client().get, _client().post):
        answer = ask(address, headers={"cookie": cookies})
        assert answer.status_code in (503, 404, 405, 302), address
        assert "Content-Security-Policy" in answer.headers
        if answer.status_code == 503:
            assert answer.headers["Retry-After"] == "3"
            assert "系统正在恢复" in answer.content.decode()


def test_static_files_carry_the_policy_as_pages_do():
    answer: dict[str, str] = {}

    def start(status: str, headers: list[tuple[str, str]], *_: object) -> None:
        answer.update({name.lower(): value for name, value in headers}, status=status)

    entry = import_module("config.wsgi").application
    entry.add_file_to_dictionary("/static/probe.py", __file__)
    for part in entry({"REQUEST_METHOD": "HEAD", "PATH_INFO": "/static/probe.py"}, start):
        assert part is not None
    assert answer["status"].startswith("200")
    assert answer["content-security-policy"] == POLICY
    assert answer["x-content-type-options"] == "nosniff"
