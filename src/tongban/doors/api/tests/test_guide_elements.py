from datetime import date

import pytest
from django.test import Client
from tests import full_guide

from tongban.doors.api.tests.conftest import Door
from tongban.offers.catalogue import queries
from tongban.offers.catalogue.rules.guide import Guide


def test_every_element_of_a_guide_comes_back_as_it_was_published(door: Door):
    world = door.world
    full_guide.publish(world, date(2026, 11, 3))
    answer = Client().get(f"/v1/items/{world.item_code}", {"as_of": "2026-11-03"})
    assert answer.status_code == 200
    guide = Guide.model_validate(answer.json()["guide"])
    assert guide == queries.in_force(world.item_code, date(2026, 11, 3)).guide
    assert set(answer.json()["guide"]) == set(Guide.model_fields)


@pytest.mark.parametrize(("more", "rule"), [("01", "catalogue.item"), ("011", "api.address")])
def test_a_business_item_is_asked_for_by_its_code_of_33(door: Door, more: str, rule: str):
    answer = Client().get(f"/v1/items/{door.world.item_code}{more}")
    assert (answer.status_code, answer.json()["rule"]) == (404, rule)
