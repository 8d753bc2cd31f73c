import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from tests import world as worlds

from tongban.base.actor import system
from tongban.people.identity.actions import issue_token

ROLES = ("applicant", "stranger", "clerk", "reviewer", "decider", "other_clerk")


@dataclass
class Door:
    """The API as a program meets it: calls by role, in one world."""

    world: worlds.World
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    tokens: dict[str, str] = field(default_factory=dict)

    def token(self, role: str) -> str:
        if role not in self.tokens:
            account = getattr(self.world, role).id
            self.tokens[role] = issue_token(
                actor=system("tests"), account_id=account, label="tests", days=3650, at=worlds.AT
            )
        return self.tokens[role]

    def __call__(
        self, role: str | None, method: str, path: str, body: object = None, **headers: str
    ) -> HttpResponse:
        if role is not None:
            headers["Authorization"] = f"Bearer {self.token(role)}"
        content: dict[str, Any] = {}
        if body is not None:
            content = {"data": json.dumps(body), "content_type": "application/json"}
        return self.client.generic(method, path, headers=headers, **content)


@pytest.fixture(autouse=True)
def _api_door(settings: Any) -> None:
    settings.ROOT_URLCONF = "config.urls_api"
    settings.MIDDLEWARE = ["tongban.doors.web.middleware.Faults", "tongban.doors.web.middleware.headers"]


@pytest.fixture
def door(db: None) -> Door:
    return Door(worlds.build())


@pytest.fixture
def act(door: Door) -> Callable[..., HttpResponse]:
    """One act on a case, as the role that is named."""

    def perform(role: str | None, case: Any, verb: str, **body: object) -> HttpResponse:
        given = {"version": case.version, **body}
        return door(role, "POST", f"/v1/cases/{case.id}/acts/{verb}", given)

    return perform
