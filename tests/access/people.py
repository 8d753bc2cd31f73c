"""Who asks (提问的人): nobody, people, and officials in each role, of the organ that owns the things and of another."""

import atexit
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from django.conf import settings
from django.test import Client, override_settings
from tests import world as worlds
from tests.stand_ins import CLIENT, outside_provider
from tests.world import World

from tongban.base.actor import Actor, system
from tongban.demo.simulators.provider import Provider
from tongban.people.identity.actions import issue_token
from tongban.people.identity.queries import account_by_login
from tongban.people.identity.rules import Role
from tongban.people.signon.actions import system_token
from tongban.people.signon.queries import live
from tongban.people.signon.rules.registration import Audience, right_field
from tongban.people.signon.rules.rights import Right
from tongban.people.signon.tests import filling as systems

OWN, OTHER = "own", "other"


@dataclass(frozen=True, slots=True)
class Asker:
    """One column of the matrix (一列): a role, and whether the things asked for are its own."""

    name: str
    actor: Actor | None
    program: systems.Party | None = None


def programs(world: World) -> list[Asker]:
    """Connected systems in their own name, with every right (接入系统): of the organ that owns the things, and of another. API only."""
    granted = {"flow_system": "on"} | {right_field(right): "测试" for right in Right}
    away = worlds._official("other_systems", "外机关系统员", world.other_organ_id, Role.EDITOR)
    elsewhere = replace(world, organ_id=world.other_organ_id, editor=away)
    return [
        Asker(f"system {whose}", None, systems.connected(owner, **granted))
        for whose, owner in ((OWN, world), (OTHER, elsewhere))
    ]


def askers(world: World) -> list[Asker]:
    """All columns, in the order in which the matrix shows them."""
    found = [
        Asker("nobody", None),
        Asker("person own", world.applicant),
        Asker("person other", world.stranger),
    ]
    standing = {
        Role.CLERK: world.clerk,
        Role.REVIEWER: world.reviewer,
        Role.DECIDER: world.decider,
        Role.EDITOR: world.editor,
        Role.HEAD: world.head,
        Role.GOVERNOR: world.governor,
        Role.SUPERVISOR: world.county_supervisor,
    }
    other = {Role.CLERK: world.other_clerk}
    for role in Role:
        own = standing.get(role) or worlds._official(f"own_{role}", f"本机关{role}", world.organ_id, role)
        away = other.get(role) or worlds._official(
            f"other_{role}", f"外机关{role}", world.other_organ_id, role
        )
        found += [Asker(f"{role} own", own), Asker(f"{role} other", away)]
    return [*found, Asker("editor of the province", provincial_editor(world))]


def provincial_editor(world: World) -> Actor:
    """An editor of the standards (省级编辑), made once in a world."""
    there = account_by_login("standards")
    if there is None:
        return worlds._official("standards", "省编辑小李", world.provincial_id, Role.EDITOR)
    return worlds._actor(there.id)


@cache
def _outside() -> dict[str, str]:
    """The stand-in for an outside provider, one for all questions of this process."""
    running = outside_provider(Provider(CLIENT, {"a subject": "阿明"}), Path(tempfile.mkdtemp()))
    atexit.register(running.__exit__, None, None, None)
    return running.__enter__()


def door(name: str) -> override_settings:
    """The settings of a door (门), whatever door the session's settings name."""
    changed: dict[str, object] = {
        "ROOT_URLCONF": f"config.urls_{name}",
        "DOOR": name,
        "OUTSIDE": [_outside()],
    }
    if name == "api":
        changed["MIDDLEWARE"] = [
            f"tongban.doors.web.middleware.{part}" for part in ("Faults", "headers", "hosts")
        ]
    else:
        changed |= {
            "SESSION_COOKIE_NAME": f"tongban_{name}_session",
            "CSRF_COOKIE_NAME": f"tongban_{name}_csrf",
        }
    return override_settings(**changed)


def _system_token(program: systems.Party) -> str:
    view = live(program.client_id, Audience.PUBLIC)
    assert view is not None
    scope = " ".join(right.value for right in Right)
    at = datetime.now(UTC)
    return system_token(view, bound="", scope=scope, at=at, api=settings.API_URL).access_token


class Way:
    """How an asker comes in at a door (进门方式): each request with a browser of its own, so that no answer changes the next."""

    def __init__(self, asker: Asker, name: str) -> None:
        self.headers: dict[str, str] = {"accept-language": "zh-CN"}
        self.cookies: dict[str, str] = {}
        if asker.program is not None:
            self.headers["authorization"] = f"Bearer {_system_token(asker.program)}"
            return
        if asker.actor is None:
            return
        assert asker.actor.id is not None
        if name == "api":
            token = issue_token(
                actor=system("tests"), account_id=asker.actor.id, label="tests", days=3650, at=worlds.AT
            )
            self.headers["authorization"] = f"Bearer {token}"
        else:
            client = Client()
            worlds.enter(client, asker.actor.id)
            self.cookies = {key: morsel.value for key, morsel in client.cookies.items()}

    def client(self) -> Client:
        """A browser, or a program, that has just come in."""
        client = Client(raise_request_exception=False, headers=self.headers)
        for key, value in self.cookies.items():
            client.cookies[key] = value
        return client
