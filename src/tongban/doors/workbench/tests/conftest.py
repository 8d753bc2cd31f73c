"""The door under test (受测的门): the workbench, whatever door the session's settings name."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client, override_settings
from tests import world as worlds

from tongban.base.actor import Actor


@pytest.fixture(autouse=True)
def _workbench() -> Iterator[None]:
    with override_settings(
        ROOT_URLCONF="config.urls_workbench",
        DOOR="workbench",
        SESSION_COOKIE_NAME="tongban_workbench_session",
        CSRF_COOKIE_NAME="tongban_workbench_csrf",
    ):
        yield


@pytest.fixture
def world(db) -> worlds.World:
    return worlds.build()


@pytest.fixture
def as_(world) -> Callable[[Actor | None], Client]:
    """A browser in which this person is signed in; nobody for None."""

    def signed_in(actor: Actor | None) -> Client:
        client = Client(raise_request_exception=False)
        if actor is not None:
            worlds.enter(client, actor.id)
        return client

    return signed_in
