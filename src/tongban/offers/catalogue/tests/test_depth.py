"""Depth online: counted and told item by item, by the editions in force on the day."""

from datetime import date
from typing import get_args

import pytest
from tests import world as worlds
from tests.world import World

from tongban.offers.catalogue import queries
from tongban.offers.catalogue.rules.guide import Channels

ON = date(2026, 11, 2)


@pytest.fixture
def world() -> World:
    return worlds.build()


def test_every_depth_of_the_guide_is_counted():
    assert set(queries.DEPTHS) == set(get_args(Channels.model_fields["online"].annotation))


@pytest.mark.django_db
def test_counts_and_lines_tell_the_same(world: World):
    lines = queries.depth_lines(ON)
    counts = queries.depth_counts(ON)
    assert sum(each.items for each in counts) == len(lines) > 0
    for count in counts:
        of_place = queries.depth_lines(ON, place=count.place, online=count.online)
        assert len(of_place) == count.items
        assert sum(not each.visits for each in of_place) == count.no_visit
    assert list(queries.depth_of_all(ON)) == lines
    assert [each.code for each in lines] == sorted(each.code for each in lines)


@pytest.mark.django_db
def test_what_is_not_in_force_is_not_counted(world: World):
    assert queries.depth_counts(date(2000, 1, 1)) == []
    assert queries.depth_lines(date(2000, 1, 1)) == []


@pytest.mark.django_db
def test_it_is_read_on_page_by_page_and_counted_in_one_statement(world: World, django_assert_num_queries):
    first = queries.depth_lines(ON, limit=1)
    assert first + queries.depth_lines(ON, after=first[0].code) == queries.depth_lines(ON)
    with django_assert_num_queries(1):
        queries.depth_counts(ON)
    with django_assert_num_queries(1):
        queries.depth_lines(ON)


@pytest.mark.django_db
def test_names_of_basic_items_are_told_for_the_codes_that_are_here(world: World):
    assert set(queries.basic_names([worlds.BASIC_CODE, "999999999999"])) == {worlds.BASIC_CODE}
