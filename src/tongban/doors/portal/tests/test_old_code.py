"""Old codes at the portal: they lead to the present address for good, and to nothing where they mean nothing."""

from collections.abc import Callable

import pytest
from django.test import Client
from tests.world import AT, BASIC_CODE, World

from tongban.base.actor import Actor, system
from tongban.offers.catalogue import actions

OLD = "460106000000MB1234567001"


def test_an_old_code_leads_to_the_guide_for_good(world: World, browser: Callable[[Actor | None], Client]):
    actions.add_alias(actor=world.editor, old_code=OLD, code=world.item_code, at=AT)
    answer = browser(None).get(f"/items/{OLD}?own_place=own")
    assert (answer.status_code, answer["Location"]) == (301, f"/items/{world.item_code}?own_place=own")
    assert browser(None).get(answer["Location"]).status_code == 200


def test_the_old_code_of_a_basic_item_leads_to_who_carries_it_out(
    world: World, browser: Callable[[Actor | None], Client]
):
    actions.add_alias(actor=system("tests"), old_code="AB12345000", code=BASIC_CODE, at=AT)
    answer = browser(None).get("/items/AB12345000")
    assert answer.status_code == 302
    assert browser(None).get(answer["Location"]).status_code == 200


@pytest.mark.parametrize("code", [OLD, "AB12345000", "A" * 10, "0" * 24])
def test_what_means_nothing_leads_nowhere(world: World, browser: Callable[[Actor | None], Client], code: str):
    assert browser(None).get(f"/items/{code}").status_code == 404
