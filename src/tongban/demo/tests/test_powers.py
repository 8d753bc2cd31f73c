"""The shipped power lists: they go in by the import, and every one of them says that it is demonstration."""

from datetime import date

import pytest
from django.conf import settings

from tongban.demo.seed import REFERENCE
from tongban.offers.powers import queries
from tongban.people.parties import queries as parties

DAY = date(2026, 6, 1)


@pytest.mark.django_db
def test_the_shipped_lists_go_in_and_say_that_they_are_demonstration():
    told: list[str] = []
    wanted = ("hainan_divisions.csv", "hainan_organs.csv", "basic_items.csv", "powers.csv")
    for take_in, name in REFERENCE:
        if name in wanted:
            assert take_in(settings.DATA / name, told.append) == 0, told
    entries = [entry for organ in parties.organs() for entry in queries.list_of(organ.id, DAY)]
    assert len(entries) > 200
    assert all(entry.content.demonstration for entry in entries)
    assert len(queries.places(DAY)) == 11
    assert list(queries.against_ledger()) == []
