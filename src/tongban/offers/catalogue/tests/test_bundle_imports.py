"""Import of bundles: held against the guides of their items, whole or not at all, never changed."""

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from tongban.offers.catalogue import imports, queries
from tongban.people.parties.tests.filling import take_in_organs
from tongban.people.places.tests.filling import take_in_places

AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
DATA = Path(settings.DATA)
MEILAN, LONGHUA = "460108000000", "460106000000"
HEALTH, SIGN = "460150356000", "462009001000"
SHIPPED = json.loads((DATA / "bundles" / "small_restaurant.json").read_text(encoding="utf-8"))

pytestmark = pytest.mark.django_db


def _items() -> None:
    """The places, organs, items and guides that ship with the platform."""
    take_in_places()
    take_in_organs()
    told: list[str] = []
    assert imports.run_items(DATA / "basic_items.csv", told.append) == 0, told
    assert imports.run_guides(DATA / "guides", told.append, at=AT) == 0, told


def _taken(tmp_path: Path, body: object) -> tuple[int, list[str]]:
    file, told = tmp_path / "bundle.json", list[str]()
    file.write_text(json.dumps(body), encoding="utf-8")
    return imports.run_bundles(file, told.append, at=AT), told


def test_the_shipped_bundle_is_offered_where_all_its_items_are_and_twice_is_once(tmp_path: Path):
    _items()
    told: list[str] = []
    for counts in ("1 added, 0 changed, 0 unchanged", "0 added, 0 changed, 1 unchanged"):
        assert imports.run_bundles(DATA / "bundles", told.append, at=AT) == 0, told
        assert counts in told[-1]
    view, on = queries.bundle("small-restaurant"), AT.date()
    meilan = queries.offer(view.definition, MEILAN, on)
    assert [edition.basic_code for edition in meilan] == [item.basic for item in view.definition.items]
    assert {edition.place for edition in meilan} == {MEILAN}
    assert queries.offer(view.definition, LONGHUA, on) == ()
    assert [place.code for place in queries.places_of(view.definition, on)] == [MEILAN]
    merged = queries.merged(view.id, tuple(edition.id for edition in meilan))
    assert merged.problems == ()
    assert len(merged.facts) < sum(len(edition.guide.form.by_key()) for edition in meilan)
    assert len(merged.papers) < sum(len(edition.guide.materials) for edition in meilan)
    # A changed file is the next edition, and what was published stays as it was.
    assert _taken(tmp_path, SHIPPED | {"name": "开一家小餐馆"})[0] == 0
    assert [(one.number, one.definition.name) for one in queries.bundles()] == [(2, "开一家小餐馆")]
    assert queries.bundle_edition(view.id).name == "开办小餐馆"
    for change in ("UPDATE bundle_edition SET name = 'x'", "DELETE FROM bundle_edition"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


WRONG: list[tuple[Callable[[Any], Any], str]] = [
    (lambda body: body["items"].append({"basic": "000000000000", "short": "没有"}), "$.items[3].basic"),
    (lambda body: body["items"].append({"basic": "000164213999", "short": "采伐"}), "$.items:"),
    (lambda body: body.update(place="000000000000"), "$.place"),
    (lambda body: body["facts"][0]["fields"].update({HEALTH: "no_such"}), "$.facts[0]"),
    (
        lambda body: body["facts"].append({"fact": "x", "fields": {HEALTH: "staff", SIGN: "words"}}),
        "type differs",
    ),
    (lambda body: body["materials"][0]["materials"].update({HEALTH: "no_such"}), "$.materials[0]"),
    (lambda body: body["delivery"].update(ways={"post": "post"}), "$.delivery.ways"),
    (lambda body: body.pop("name"), "$.name"),
    (lambda body: body.update(code="X"), "$.code"),
    (lambda body: body.update(more=1), "$.more"),
    (lambda body: body.update(name="开\x00店"), "$.name"),
]


def test_a_bundle_that_does_not_fit_its_items_is_refused_by_its_place(tmp_path: Path):
    _items()
    for change, where in WRONG:
        body = copy.deepcopy(SHIPPED)
        change(body)
        code, told = _taken(tmp_path, body)
        assert (code, where in told[0]) == (1, True), told
    assert queries.bundles() == []


@pytest.mark.parametrize("body", [[], 1, None, "x"])
def test_a_file_that_is_no_bundle_is_refused(tmp_path: Path, body: object):
    assert _taken(tmp_path, body)[0] == 1
