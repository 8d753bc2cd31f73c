"""Drift as a program reads it: editors only, and the same as the catalogue says."""

from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
from tests import world as worlds

from tongban.base.actor import Actor, ActorKind, Post
from tongban.doors.api.schemas import Compared, SeenThrough
from tongban.doors.api.tests.conftest import ROLES, Door
from tongban.offers.catalogue import actions, queries
from tongban.offers.catalogue.rules.sightings import Shown, SightChannel

URL = "/v1/catalogue/drift"


@pytest.fixture
def drifting(door: Door, tmp_path: Path) -> Door:
    """A second organ carries out the same item under another name and with a longer promise."""
    world = door.world
    editor = Actor(kind=ActorKind.STAFF, name="外", posts=frozenset({Post("editor", world.other_organ_id)}))
    item = actions.register_item(
        actor=editor, basic_code=worlds.BASIC_CODE, organ_id=world.other_organ_id, level="4", at=worlds.AT
    )
    limits = {"statutory_days": 20, "promised_days": 9}
    worlds.publish_edition(editor, item, name="卫生许可", limits=limits)
    return door


def test_only_an_editor_reads_it(drifting: Door):
    assert drifting(None, "GET", URL).status_code == 401
    for role in ROLES:
        answer: Any = drifting(role, "GET", URL)
        assert (answer.status_code, answer.json()["rule"]) == (403, "catalogue.compare")
    assert drifting("editor", "GET", URL).status_code == 200


def test_it_says_what_the_catalogue_says(drifting: Door):
    answer: Any = drifting("editor", "GET", URL)
    items = answer.json()["items"]
    assert {(one["element"], one["value"], one["items"]) for one in items} == {
        ("name", "公共场所卫生许可（新办）", 1),
        ("name", "卫生许可", 1),
        ("promised_days", "5", 1),
        ("promised_days", "9", 1),
    }
    assert len(items) == len(queries.drift(date(2026, 11, 2)))
    one: Any = drifting("editor", "GET", f"{URL}?element=promised_days&basic={worlds.BASIC_CODE}")
    assert [row["value"] for row in one.json()["items"]] == ["5", "9"]
    before: Any = drifting("editor", "GET", f"{URL}?as_of=2019-01-01")
    assert before.json()["items"] == []


@pytest.mark.parametrize("query", ["element=colour", "basic=1", "basic=%00", "as_of=x", "element="])
def test_what_makes_no_sense_is_refused_in_words(drifting: Door, query: str):
    answer: Any = drifting("editor", "GET", f"{URL}?{query}")
    assert answer.status_code in (400, 422)
    assert answer.json()["message"]


def test_web_against_counter_for_editors(drifting: Door):
    url = "/v1/catalogue/sightings"
    assert drifting(None, "GET", url).status_code == 401
    assert drifting("clerk", "GET", url).status_code == 403
    world = drifting.world
    shown = Shown(promised_days=15)
    seen = actions.Seen(world.item_code, "counter", "3 号窗口", date(2026, 11, 1), "督查组", shown)
    actions.record_sighting(actor=world.editor, seen=seen, at=worlds.AT)
    answer: Any = drifting("editor", "GET", url)
    (one,) = answer.json()["items"]
    assert (one["item_code"], one["channel"], one["whereabouts"]) == (world.item_code, "counter", "3 号窗口")
    assert one["mismatches"] == [{"element": "promised_days", "shown": "15", "stands": "5"}]
    assert "督查组" not in answer.text
    none: Any = drifting("editor", "GET", f"{url}?channel=web")
    assert none.json()["items"] == []
    assert drifting("editor", "GET", f"{url}?channel=radio").status_code == 422


def test_every_element_that_is_compared_can_be_asked_for(drifting: Door):
    assert set(get_args(Compared)) == set(queries.COMPARED)
    assert set(get_args(SeenThrough)) == set(SightChannel)
    for element in queries.COMPARED:
        assert drifting("editor", "GET", f"{URL}?element={element}").status_code == 200
