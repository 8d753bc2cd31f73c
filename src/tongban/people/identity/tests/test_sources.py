"""The client of sources against the stand-in and against servers that misbehave, over real sockets. No database."""

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from tests.stand_ins import Registers

from tongban.people.identity import providers
from tongban.people.identity.providers import Unavailable, http
from tongban.people.identity.providers.http import HttpMessages, HttpSource
from tongban.people.identity.rules.sources import LEGAL_PERSON, REPRESENTATIVE, Outcome, Question

NOW = datetime.now(UTC)
FU = "460106190001010112"


def ask(kind: str, value: str = "", name: str = "符晓明", number: str = FU) -> Outcome:
    return providers.source().check(Question("1", kind, name, number, value), datetime.now(UTC)).outcome


@pytest.mark.parametrize(
    ("kind", "value", "outcome"),
    [
        ("id_card", "", Outcome.MATCH),
        ("phone", "13000000004", Outcome.MATCH),
        ("phone", "13000000005", Outcome.MISMATCH),
        ("phone", "", Outcome.MISMATCH),
        ("social_security", "A00000004", Outcome.MATCH),
        ("bank_card", "6222000000000041", Outcome.MATCH),
        ("housing_fund", "460100000004", Outcome.MATCH),
        ("driving_licence", "460000000004", Outcome.MATCH),
        ("no_such_kind", "x", Outcome.MISMATCH),
    ],
)
def test_the_stand_in_answers_of_whom_it_knows(registers: Registers, kind: str, value: str, outcome: Outcome):
    assert ask(kind, value) is outcome


def test_it_knows_nobody_of_another_number_and_nobody_by_another_name(registers: Registers):
    assert ask("id_card", number="46010619000101999X") is Outcome.UNKNOWN
    assert ask("id_card", name="符小明") is Outcome.MISMATCH
    assert ask("phone", "13000000004", name="符小明") is Outcome.MISMATCH


def test_companies_and_their_representatives_are_known_too(registers: Registers):
    code, company = next(iter(registers.companies.items()))
    assert ask(LEGAL_PERSON, name=company["name"], number=code) is Outcome.MATCH
    assert ask(LEGAL_PERSON, name="别的公司", number=code) is Outcome.MISMATCH
    assert ask(REPRESENTATIVE, code, company["representative"], company["number"]) is Outcome.MATCH
    assert ask(REPRESENTATIVE, code, "黎春燕", "460106190001010120") is Outcome.MISMATCH
    assert ask(REPRESENTATIVE, "91460100MB0000000X") is Outcome.UNKNOWN


def test_a_message_is_taken_and_shown(registers: Registers):
    providers.messages().send("13000000004", "【通办】验证码 123456", datetime.now(UTC))
    assert registers.messages[0][1:] == ("13000000004", "【通办】验证码 123456")


def test_whoever_does_not_share_the_key_gets_nothing(registers: Registers, settings: object):
    settings.SOURCES_KEY = "another key"
    with pytest.raises(Unavailable, match="403"):
        ask("id_card")


def test_a_request_that_somebody_kept_is_not_answered(registers: Registers):
    question = Question("1", "id_card", "符晓明", FU)
    with pytest.raises(Unavailable, match="403"):
        providers.source().check(question, NOW - timedelta(minutes=6))


def answering(reply: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(reply)

    return answer


@pytest.fixture
def misbehaving(
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[[Callable[[socket.socket], None]], str]]:
    """A server on a socket that does with each connection what the test says."""
    monkeypatch.setattr(http, "PATIENCE", 0.3)
    listeners = []

    def start(handle: Callable[[socket.socket], None]) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def loop() -> None:
            try:
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        handle(connection)
            except OSError:
                return

        threading.Thread(target=loop, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def page(body: bytes, status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"\x00\x01\x02 not HTTP\r\n\r\n",
        page(b"{}"),
        page(b"<html>login</html>"),
        page(b"", b"500 Oops"),
        page(b"", b"302 Found\r\nLocation: http://127.0.0.1/"),
        page(b"x" * 70_000),
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\ncut off",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n",
    ],
    ids=["nothing", "not HTTP", "empty", "a page", "500", "redirect", "too long", "cut off", "many headers"],
)
@pytest.mark.parametrize("end", ["source", "messages"])
def test_rubbish_is_unavailable_and_nothing_worse(misbehaving: Callable[..., str], reply: bytes, end: str):
    address = misbehaving(answering(reply))
    ask = {
        "source": lambda: HttpSource(address, "key").check(Question("1", "id_card", "a", "b"), NOW),
        "messages": lambda: HttpMessages(address, "key").send("13000000004", "text", NOW),
    }[end]
    with pytest.raises(Unavailable):
        ask()


def test_one_that_never_answers_is_left_after_a_short_while(misbehaving: Callable[..., str]):
    gone = threading.Event()
    address = misbehaving(lambda _: gone.wait(5) and None)
    with pytest.raises(Unavailable):
        HttpSource(address, "key").check(Question("1", "id_card", "a", "b"), NOW)
    gone.set()


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1", "http://127.0.0.1:99999", "nonsense", "http://no.invalid"]
)
def test_one_that_is_not_there_is_unavailable(address: str):
    with pytest.raises(Unavailable):
        HttpSource(address, "key").check(Question("1", "id_card", "a", "b"), NOW)
