"""Random acts by random people at random times: what must hold of a case holds after every one of them."""

import pytest
from tests.random_bundles import BUNDLED
from tests.random_cases import Driver

ACTS = 250


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_whatever_is_tried_on_a_case_what_must_hold_of_it_holds(seed: int):
    driver = Driver(seed)
    driver.run(ACTS)
    assert driver.verify() == []
    assert sum(driver.tally.tried.values()) == ACTS
    assert sum(driver.tally.done.values()) > ACTS / 4
    assert sum(driver.tally.refused.values()) > ACTS / 10


@pytest.mark.django_db
def test_whatever_is_tried_on_bundles_they_are_submitted_whole_or_not_at_all():
    driver = Driver(5, BUNDLED, live=12)
    driver.run(ACTS)
    assert driver.verify() == []
    assert driver.tally.done["submit_bundle"] > ACTS / 50
    assert driver.tally.done["withdraw_bundle"] > 0
    assert driver.tally.done["discard_bundle"] > 0
    assert sum(driver.tally.refused.values()) > ACTS / 10
