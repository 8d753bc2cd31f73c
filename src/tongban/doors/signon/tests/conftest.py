"""Browsers and systems at the door (测试环境)."""

from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client, override_settings
from tests import world as worlds

from tongban.doors.signon.issuer import now
from tongban.people.identity.rules import Method
from tongban.people.signon.queries.keys import forget
from tongban.people.signon.tests.filling import REDIRECT, VERIFIER, Party, connected


@pytest.fixture(autouse=True)
def _portal() -> Iterator[None]:
    forget()  # keys of a test before, whose rows are gone
    with override_settings(
        ROOT_URLCONF="config.urls_portal", DOOR="portal", PUBLIC_URL="http://127.0.0.1:8000"
    ):
        yield


@pytest.fixture
def world(db) -> worlds.World:
    return worlds.build()


@pytest.fixture
def party(world) -> Party:
    return connected(world)


@pytest.fixture
def browser(world) -> Client:
    """The applicant's browser, in which she is signed in by a password."""
    client = Client(raise_request_exception=False)
    worlds.enter(client, world.applicant.id)
    return client


@pytest.fixture
def entered(world) -> Callable[..., Client]:
    def enter(*methods: Method) -> Client:
        client = Client(raise_request_exception=False)
        worlds.enter(client, world.applicant.id, *methods)
        return client

    return enter


def told(address: str) -> dict[str, str]:
    """What an address tells its system."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def agree(client: Client, page, decision: str = "yes"):
    """Press a button on the page of consent; the answer goes on by itself to the address in its context."""
    return client.post("/oidc/consent", {"key": page.context["key"], "decision": decision})


def code_for(client: Client, party: Party, **changes: str | None) -> str:
    """A code for what the party asks, consent given where it is asked."""
    answer = client.get("/oidc/authorize", party.request(**changes))
    if answer.status_code == 200:
        return told(agree(client, answer).context["address"])["code"]
    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"].startswith(REDIRECT), answer["Location"]
    return told(answer["Location"])["code"]


def redeem(party: Party, code: str, client: Client | None = None, **changes: str | None):
    """The party redeems a code, with ``changes``; None leaves a parameter out."""
    given = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
        **party.proof(now()),
    } | changes
    return post("/oidc/token", {name: value for name, value in given.items() if value is not None}, client)


def post(path: str, form: dict[str, str], client: Client | None = None, **headers: str):
    from urllib.parse import urlencode

    return (client or Client(raise_request_exception=False)).post(
        path, urlencode(form), content_type="application/x-www-form-urlencoded", headers=headers
    )


def userinfo(token: str, **headers: str):
    return Client(raise_request_exception=False).get(
        "/oidc/userinfo", headers={"Authorization": f"Bearer {token}", **headers}
    )
