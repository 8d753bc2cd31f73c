"""Every address of every door, by every role, about its own things, others' and none: as checked in, and as the rules want it."""

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker
from tests import world as worlds
from tests.access import findings, matrix, table

pytestmark = pytest.mark.django_db  # only so is a database made where this file runs alone


@pytest.fixture(scope="module")
def rows(django_db_setup: None, django_db_blocker: DjangoDbBlocker, request):
    """The answers of one door, asked once for all tests of this module."""
    kept: dict[str, matrix.Rows] = {}

    def of(name: str) -> matrix.Rows:
        if name not in kept:
            with django_db_blocker.unblock(), transaction.atomic():
                kept[name] = matrix.compute(worlds.build(), name)
                transaction.set_rollback(True)
        return kept[name]

    return of


@pytest.mark.slow
@pytest.mark.parametrize("name", matrix.DOORS)
def test_every_address_answers_every_role_as_written_down(rows, name):
    said = table.written(name, rows(name))
    kept = (matrix.FOLDER / f"{name}.md").read_text(encoding="utf-8")
    assert said == kept, (
        "the doors answer otherwise than docs/access says: look at each change, then run python -m tests.access"
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", matrix.DOORS)
def test_nothing_is_shown_as_something_and_nobody_learns_what_exists_and_every_address_was_really_asked(
    rows, name
):
    assert list(findings.of(rows(name))) == []
