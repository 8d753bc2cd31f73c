"""One check for every channel (同一套校验): portal, API and the office's own lists say the same of the same answers."""

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests import world as worlds
from tests.world import World

from tongban.base.actor import system
from tongban.people.identity.actions import issue_token
from tongban.work.cases import actions, queries
from tongban.work.cases.rules.application import check_complete
from tongban.work.cases.tests.forms import DELIVERY, MOBILE, OWNER, POST, STAFF, TOWN, publish

GOOD: dict[str, Any] = {
    "delivery": "post",
    "post_address": "海口市演示路1号",
    "town": worlds.TOWN,
    "mobile": "13800138000",
    "staff": [{"name": "刘海波", "sex": "1"}],
}
CASES: list[dict[str, Any]] = [
    {},
    {"delivery": "pigeon"},
    {"delivery": "window", "post_address": "字" * 101},
    {"post_address": "字" * 101},
    {"post_address": "店\x07名"},
    {"town": worlds.COUNTY},
    {"town": "海口市"},
    {"mobile": "1380013"},
    {"staff": [{"name": "甲", "sex": "3"}, {"name": "字" * 101, "sex": "2"}]},
    {"staff": [{"name": "甲", "sex": "1"}] * 4},
    {"owner": "王秀兰"},
]


@pytest.fixture
def world(db: None) -> World:
    world = worlds.build()
    publish(world, DELIVERY, POST, TOWN, STAFF, MOBILE, OWNER)
    return world


@pytest.fixture
def portal(world: World, settings: Any) -> Callable[..., str]:
    """A page of the portal with these answers typed into it, as its applicant gets it back."""

    def post(case: actions.Ref, values: dict[str, Any]) -> str:
        settings.ROOT_URLCONF, settings.DOOR = "config.urls_portal", "portal"
        client = Client(headers={"accept-language": "zh-CN"})
        worlds.enter(client, world.applicant.id)
        typed: dict[str, Any] = {}
        for key, value in values.items():
            if isinstance(value, list):
                for number, row in enumerate(value):
                    typed |= {f"f_{key}-{number}-{column}": text for column, text in row.items()}
            else:
                typed[f"f_{key}"] = value
        return html.unescape(client.post(f"/my/cases/{case.id}/form/more", typed).content.decode())

    return post


@pytest.fixture
def api(world: World, settings: Any) -> Callable[..., dict[str, Any]]:
    """What the API answers to a call of the applicant."""

    def call(method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        settings.ROOT_URLCONF = "config.urls_api"
        token = issue_token(
            actor=system("tests"), account_id=world.applicant.id, label="t", days=3650, at=worlds.AT
        )
        answer = Client().generic(
            method,
            f"/v1{path}",
            json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )
        found: dict[str, Any] = json.loads(answer.content)
        return found

    return call


def draft(world: World) -> actions.Ref:
    return actions.start(actor=world.applicant, item_code=world.item_code, at=world.at)


def _told_at(page: str) -> set[str]:
    """The fields at which a page of the portal tells a mistake, cells of tables with their place."""
    return {name.replace("-", ".") for name in re.findall(r'id="id_f_([a-z0-9_-]+)-error"', page)}


@pytest.mark.parametrize("wrong", CASES, ids=lambda wrong: json.dumps(wrong, ensure_ascii=False)[:40])
def test_portal_and_api_refuse_the_same_answers_and_keep_the_same(world, portal, api, wrong):
    typed = GOOD | wrong
    one, two = draft(world), draft(world)
    page = portal(one, {key: value for key, value in typed.items() if key != "owner"})
    answer = api("PATCH", f"/cases/{two.id}/form", {"values": typed})
    assert _told_at(page) == set(answer.get("fields", {}))
    for texts in answer.get("fields", {}).values():
        for text in texts:
            assert text in page
    kept = [queries.one(world.applicant, case.id).form for case in (one, two)]
    assert kept[0] == kept[1]


@pytest.mark.parametrize("own_place", ["own", "rented"])
@pytest.mark.parametrize("delivery", ["post", "window"])
def test_every_channel_asks_for_the_same_fields_and_materials(
    world, portal, api, settings, own_place, delivery
):
    case = draft(world)
    values = worlds.FORM | GOOD | {"own_place": own_place, "delivery": delivery, "post_address": ""}
    assert not actions.save(actor=world.applicant, case_id=case.id, values=values, at=world.at)
    view = queries.one(world.applicant, case.id)
    missing = set(check_complete(view.edition.guide, view.form, set()))
    assert ("field:post_address" in missing) == (delivery == "post")
    assert ("material:lease" in missing) == (own_place == "rented")

    told = api("POST", f"/cases/{case.id}/acts/submit", {"version": view.version})
    assert set(told["fields"]) == missing

    settings.ROOT_URLCONF, settings.DOOR = "config.urls_portal", "portal"
    client = Client(headers={"accept-language": "zh-CN"})
    worlds.enter(client, world.applicant.id)
    page = client.get(f"/my/cases/{case.id}/check").content.decode()
    of_field = {f"field:{key}" for key in re.findall(r'#id_f_([a-z_]+)">[^<]*请', page)}
    of_material = {f"material:{key}" for key in re.findall(r'#m_([a-z_]+)">[^<]*请', page)}
    assert of_field | of_material == missing
