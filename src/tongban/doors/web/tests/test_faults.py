"""What a reader gets when something went wrong: words, a way on, an id to quote; and after a lost database, the page."""

import logging
import re
from collections.abc import Callable

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from tests import world as worlds

from tongban.base.actor import system
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.doors.web import errors
from tongban.doors.web.middleware import POLICY, Faults, actor_of, headers
from tongban.people.identity import actions as identity
from tongban.standards.text import msg

KINDS = {"invalid": Invalid, "forbidden": Forbidden, "not-found": NotFound, "conflict": Conflict}
served: list[str] = []  # methods of the requests that reached the view below


def _refuse(request: HttpRequest, kind: str) -> HttpResponse:
    raise KINDS[kind]("tests.rule", msg("文件超过 %(limit)s MB，请压缩后重新上传。"), {"limit": "20<b>"})


def _break(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("the password is hunter2")


def _lose(request: HttpRequest) -> HttpResponse:
    raise OperationalError("the server went away")


@csrf_exempt
def _ask(request: HttpRequest) -> HttpResponse:
    served.append(request.method or "")
    actor_of(request)  # of somebody signed in, the session is the first thing asked for
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("served\n")


def _own_policy(request: HttpRequest) -> HttpResponse:
    return HttpResponse(
        b"%PDF-", headers={"Content-Security-Policy": "sandbox", "Cache-Control": "public, max-age=60"}
    )


urlpatterns = [
    path("refuse/<slug:kind>", _refuse),
    path("break", _break),
    path("lose", _lose),
    path("ask", _ask),
    path("own", _own_policy),
]
handler400 = "tongban.doors.web.errors.bad_request"
handler403 = "tongban.doors.web.errors.stale_form"
handler404 = "tongban.doors.web.errors.not_found"
handler500 = "tongban.doors.web.errors.fault"


@pytest.fixture(autouse=True)
def _here(settings, monkeypatch):
    settings.ROOT_URLCONF = __name__
    settings.DOOR = "portal"
    monkeypatch.setattr("tongban.doors.web.views._place_name", lambda code: "海南省")
    served.clear()


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False, headers={"accept-language": "zh-CN"})


def text(response: HttpResponse) -> str:
    return response.content.decode()


# ── without a database ──


@pytest.mark.parametrize(
    ("kind", "status"), [("invalid", 422), ("forbidden", 403), ("not-found", 404), ("conflict", 409)]
)
def test_a_refusal_is_a_page_with_its_words_and_its_rule(client: Client, kind: str, status: int):
    response = client.get(f"/refuse/{kind}")
    assert response.status_code == status
    assert "文件超过 20&lt;b&gt; MB，请压缩后重新上传。" in text(response)
    assert "tests.rule" in text(response)


def test_a_refusal_is_told_in_the_readers_language():
    response = Client(raise_request_exception=False, headers={"accept-language": "en"}).get(
        "/refuse/conflict"
    )
    assert "20&lt;b&gt; MB" in text(response)
    assert "请压缩后" not in text(response)


def test_a_fault_carries_an_id_that_is_logged_with_its_cause_and_says_nothing_of_it(client: Client, caplog):
    with caplog.at_level(logging.ERROR, logger="tongban.faults"):
        response = client.get("/break?secret=1")
    assert response.status_code == 500
    quote = re.search(r"<code>([0-9A-F]{8})</code>", text(response))
    assert quote is not None
    (logged,) = [one for one in caplog.records if one.name == "tongban.faults"]
    assert quote[1] in logged.getMessage()
    assert logged.exc_info
    assert logged.exc_info[0] is RuntimeError
    for secret in ("hunter2", "RuntimeError", "Traceback"):
        assert secret not in text(response)
    assert "secret=1" not in logged.getMessage()


def test_two_faults_have_two_ids(client: Client):
    quotes = {re.search(r"<code>(.*?)</code>", text(client.get("/break")))[1] for _ in range(2)}
    assert len(quotes) == 2


def test_an_unknown_address_is_a_page_too(client: Client):
    response = client.get("/no/such/page")
    assert (response.status_code, "没有这个页面" in text(response)) == (404, True)


def test_a_form_without_its_token_is_told_to_reload():
    client = Client(
        enforce_csrf_checks=True, raise_request_exception=False, headers={"accept-language": "zh-CN"}
    )
    response = client.post("/break")
    assert (response.status_code, "web.stale_form" in text(response)) == (403, True)


@pytest.mark.parametrize("address", ["/refuse/conflict", "/break", "/lose", "/none", "/own"])
@pytest.mark.parametrize("method", ["get", "head", "post", "options"])
def test_every_answer_forbids_what_no_page_of_ours_needs(client: Client, address: str, method: str):
    response = getattr(client, method)(address)
    policy = response.headers["Content-Security-Policy"]
    assert policy == ("sandbox" if address == "/own" else POLICY)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert "geolocation=()" in response.headers["Permissions-Policy"]
    caching = "public, max-age=60" if address == "/own" else "private, no-store"
    assert response.headers["Cache-Control"] == caching
    assert response.headers["Content-Length"].isdigit()


def test_the_policy_lets_in_no_inline_script_and_no_foreign_frame():
    rules = dict(rule.strip().split(" ", 1) for rule in POLICY.split(";"))
    assert (rules["default-src"], rules["frame-ancestors"], rules["form-action"]) == (
        "'self'",
        "'none'",
        "'self'",
    )
    assert "unsafe" not in POLICY


def answer(method: str, ways: list[Callable[[HttpRequest], HttpResponse]]) -> tuple[HttpResponse, int]:
    """What ``Faults`` makes of a handler that answers in these ways, one after the other; and how many are left."""
    left = list(ways)

    def next_way(request: HttpRequest) -> HttpResponse:
        return left.pop(0)(request)

    return Faults(next_way)(RequestFactory().generic(method, "/")), len(left)


def gone(request: HttpRequest) -> HttpResponse:
    return errors.unavailable(request, InterfaceError("connection already closed"))


def good(request: HttpRequest) -> HttpResponse:
    return HttpResponse("served")


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_read_is_tried_a_second_time_and_no_third(method: str):
    assert answer(method, [gone, good])[0].status_code == 200
    response, left = answer(method, [gone, gone, good])
    assert (response.status_code, left) == (503, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_what_may_write_is_never_tried_twice(method: str):
    response, left = answer(method, [gone, good])
    assert (response.status_code, left) == (503, 1)
    assert response.headers["Retry-After"].isdigit()


def test_headers_leave_a_streamed_answer_without_a_length():
    response = headers(lambda request: StreamingHttpResponse([b"a"]))(RequestFactory().get("/"))
    assert "Content-Length" not in response.headers
    assert response.headers["Content-Security-Policy"] == POLICY


# ── with a database that goes away ──


def cut() -> None:
    """End our session at the server, as a restart does: the next statement finds the connection dead."""
    connection.ensure_connection()
    ours = connection.connection.info
    with psycopg.connect(ours.dsn, password=ours.password or None, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [ours.backend_pid])


def signed_in() -> Client:
    account = identity.open_account(
        actor=system("tests.web"), login="lin", password="long enough", at=worlds.AT, staff_name="小林"
    )
    client = Client(raise_request_exception=False, headers={"accept-language": "zh-CN"})
    worlds.enter(client, account)
    return client


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("known", [False, True], ids=["a stranger", "somebody signed in"])
def test_a_page_is_served_again_after_the_database_came_back(client: Client, known: bool):
    reader = signed_in() if known else client
    cut()
    response = reader.get("/ask")
    assert (response.status_code, text(response)) == (200, "served\n")
    assert served == ["GET", "GET"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("known", [False, True], ids=["a stranger", "somebody signed in"])
def test_a_form_is_told_to_be_sent_again_and_then_goes_through(client: Client, known: bool):
    reader = signed_in() if known else client
    cut()
    response = reader.post("/ask")
    assert response.status_code == 503
    assert "已经完成的不会重复" in text(response)
    assert "没有写入" not in text(response)  # lost at COMMIT, nobody knows
    assert response.headers["Content-Security-Policy"] == POLICY
    assert served == ["POST"]
    assert text(reader.post("/ask")) == "served\n"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("method", ["get", "post"])
def test_while_there_is_no_database_everybody_gets_the_page_that_says_so(monkeypatch, method: str):
    reader = signed_in()

    def refuse(*_: object, **__: object) -> None:
        raise OperationalError("connection refused")

    connection.close()
    with monkeypatch.context() as patched:
        patched.setattr(connection, "connect", refuse)
        response = getattr(reader, method)("/ask")
        assert response.status_code == 503
        assert "系统正在恢复" in text(response)
    assert text(reader.get("/ask")) == "served\n"
