"""The stand-ins for sources and for an outside provider (模拟权威来源、模拟身份平台), in threads of the tests, asked over HTTP as in use."""

import contextlib
import http.client
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.conf import settings

from tongban.demo.simulators import provider, sources
from tongban.demo.simulators.provider import Granted, Provider
from tongban.demo.simulators.sources import Registers
from tongban.people.identity.providers import outside

KEY = "the tests' own key"

__all__ = [
    "CLIENT",
    "KEY",
    "PROVIDER",
    "Granted",
    "Provider",
    "Registers",
    "agree",
    "outside_provider",
    "standing_in",
    "told",
]

PROVIDER = "simulated"
SECRET = "the tests' own secret"
CLIENT = provider.Client("tongban", "http://testserver/login/outside/simulated/back", secret=SECRET)


@contextlib.contextmanager
def outside_provider(
    made: Provider, folder: Path, key: str = PROVIDER, name: str = "模拟身份平台"
) -> Iterator[dict[str, str]]:
    """How the settings name this provider, which is served as long as it lasts."""
    outside.forget()  # another one was at this port before
    server = provider.serve(made)
    sources.in_background(server)
    secret = folder / f"{key}.secret"
    secret.write_text(made.client.secret)
    try:
        yield {
            "key": key,
            "name": name,
            "issuer": made.issuer,
            "client_id": made.client.client_id,
            "method": "client_secret_basic",
            "secret_file": str(secret),
        }
    finally:
        server.shutdown()
        server.server_close()


def agree(address: str, who: str) -> str:
    """Where the provider sends the browser back to, after ``who`` was picked on its page; '' picks nobody."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}")
        page = connection.getresponse()
        assert page.status == 200, page.read()
        page.read()
        form = urlencode({**dict(parse_qsl(parts.query)), "who": who})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", parts.path, form, headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 303
        return answer.headers["Location"]
    finally:
        connection.close()


def told(address: str) -> dict[str, str]:
    """The parameters of such an answer."""
    return dict(parse_qsl(urlsplit(address).query))


@contextlib.contextmanager
def standing_in(oldest: float = sources.OLDEST) -> Iterator[tuple[Registers, str]]:
    """(what it knows, its address) as long as it runs. ``oldest``: infinite where the tests' clock is not the real one."""
    registers = sources.read_registers(settings.DATA)
    server = sources.serve(registers, KEY, oldest=oldest)
    try:
        yield registers, sources.in_background(server)
    finally:
        server.shutdown()
        server.server_close()
