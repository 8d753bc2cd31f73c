"""What the tests of the portal share: the world, and a browser for each of its people."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import Client
from pytest_django import DjangoDbBlocker
from tests import world as worlds
from tests.world import World

from tongban.base.actor import Actor


@pytest.fixture(autouse=True)
def _at_the_portal(settings: object) -> None:
    settings.ROOT_URLCONF = "config.urls_portal"
    settings.DOOR = "portal"


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """One world for a whole module, in a transaction that is thrown away; each test's own lies within it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield worlds.build()
        transaction.set_rollback(True)


@pytest.fixture
def world(built: World, db: None) -> World:
    return built


@pytest.fixture
def browser() -> Callable[[Actor | None], Client]:
    """A browser in Chinese, signed in as an actor or as nobody. A fault of ours is an answer, as it is in use."""

    def of(actor: Actor | None) -> Client:
        client = Client(raise_request_exception=False, headers={"accept-language": "zh-CN"})
        if actor is not None:
            worlds.enter(client, actor.id)
        return client

    return of


def text_of(response: HttpResponseBase) -> str:
    return response.content.decode()


def hidden(response: HttpResponseBase, name: str) -> str:
    """The value of a hidden input of the page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', text_of(response))
    assert found is not None, f"the page has no hidden {name}"
    return found[1]
