"""The database's own guards, met by plain SQL: they hold whatever the code above does."""

import uuid
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DataError, InternalError, ProgrammingError
from tests import world as worlds
from tests.world import AT, GUIDE, World

from tongban.base.db import execute, fetch_one
from tongban.base.ids import new_id
from tongban.offers.catalogue import actions

pytestmark = pytest.mark.django_db

_COPY = """
    INSERT INTO edition (id, item_id, number, state, body, digest, name, starts_on, ends_on, made_at, published_at, reason,
                         writers, checked_at, approved_at, approver, remark)
    SELECT %s, item_id, %s, %s, body, digest, name, %s, %s, made_at, published_at, reason,
           writers, checked_at, approved_at, approver, remark FROM edition WHERE id = %s
"""


@pytest.fixture
def world(db: None) -> World:
    return worlds.build()


def copy(world: World, *, state: str, starts_on: date | None, ends_on: date | None, number: int = 2) -> None:
    with transaction.atomic():
        execute(_COPY, [new_id(), number, state, starts_on, ends_on, world.edition_id])


@pytest.mark.parametrize("state", ["published", "superseded", "retired"])
@pytest.mark.parametrize(
    "span",
    [
        (date(2020, 1, 1), None),
        (date(2030, 1, 1), None),
        (date(2030, 1, 1), date(2030, 1, 2)),
        (date(2000, 1, 1), date(2020, 1, 2)),
    ],
)
def test_two_editions_in_force_on_one_day_are_refused(
    world: World, state: str, span: tuple[date, date | None]
):
    with pytest.raises(IntegrityError, match="edition_one_in_force"):
        copy(world, state=state, starts_on=span[0], ends_on=span[1])


def test_an_edition_that_ends_on_the_day_the_next_starts_is_taken(world: World):
    copy(world, state="superseded", starts_on=date(2000, 1, 1), ends_on=date(2020, 1, 1))
    copy(world, state="draft", starts_on=None, ends_on=None, number=3)


def test_reopening_an_ended_edition_under_its_successor_is_refused(world: World):
    worlds.publish_edition(world.editor, world.item_id, starts_on=date(2027, 1, 1))
    with pytest.raises(IntegrityError, match="edition_one_in_force"), transaction.atomic():
        execute("UPDATE edition SET ends_on = NULL WHERE id = %s", [world.edition_id])


@pytest.mark.parametrize(
    ("state", "starts_on", "ends_on", "error"),
    [
        ("published", None, None, IntegrityError),
        ("lost", date(2000, 1, 1), date(2001, 1, 1), IntegrityError),
        ("retired", date(2001, 1, 1), date(2000, 1, 1), DataError),
    ],
)
def test_a_row_that_no_act_would_write_is_refused(
    world: World, state: str, starts_on: date | None, ends_on: date | None, error: type[Exception]
):
    with pytest.raises(error):
        copy(world, state=state, starts_on=starts_on, ends_on=ends_on)


def test_a_number_stands_once_in_an_item(world: World):
    with pytest.raises(IntegrityError, match="edition_number_once"):
        copy(world, state="draft", starts_on=None, ends_on=None, number=1)


@pytest.mark.parametrize(
    "change",
    [
        "body = jsonb_set(body, '{name}', '\"另一个\"')",
        "digest = repeat('0', 64)",
        "name = '另一个'",
        "number = 7",
        "starts_on = starts_on + 1",
        "starts_on = NULL",
        "made_at = made_at + interval '1 day'",
        "published_at = published_at + interval '1 day'",
        "published_at = NULL",
        "state = 'draft'",
        "state = 'draft', starts_on = NULL, published_at = NULL",
        "state = 'draft', body = '{}'",
        "id = gen_random_uuid()",
        "state = 'retired', ends_on = '2030-01-01', body = '{}'",
    ],
)
@pytest.mark.parametrize("state", ["published", "retired"])
def test_what_is_published_cannot_be_changed(world: World, state: str, change: str):
    if state == "retired":
        actions.retire(
            actor=world.editor, edition_id=world.edition_id, ends_on=date(2029, 1, 1), reason="", at=AT
        )
    before = whole(world.edition_id)
    with pytest.raises((InternalError, ProgrammingError), match="content is fixed"), transaction.atomic():
        execute(f"UPDATE edition SET {change} WHERE id = %s", [world.edition_id])
    assert whole(world.edition_id) == before


def whole(edition_id: uuid.UUID) -> object:
    return fetch_one("SELECT e::text FROM edition e WHERE id = %s", [edition_id])


def test_what_is_published_cannot_be_deleted(world: World):
    with pytest.raises((InternalError, ProgrammingError), match="content is fixed"), transaction.atomic():
        execute("DELETE FROM edition WHERE id = %s", [world.edition_id])
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError), transaction.atomic():
        execute("DELETE FROM item WHERE id = %s", [world.item_id])
    assert whole(world.edition_id) is not None


def test_a_draft_may_be_changed_and_dropped(world: World):
    draft = actions.draft_edition(actor=world.editor, item_id=world.item_id, body=GUIDE, at=AT)
    assert execute("UPDATE edition SET name = '另一个' WHERE id = %s", [draft]) == 1
    assert execute("DELETE FROM edition WHERE id = %s", [draft]) == 1


@pytest.mark.parametrize(
    ("table", "change"),
    [("item", "code = 'x'"), ("basic_item", "item_type = '11'"), ("basic_item", "code = 'abc'")],
)
def test_codes_and_types_have_their_shape(world: World, table: str, change: str):
    with pytest.raises(IntegrityError), transaction.atomic():
        execute(f"UPDATE {table} SET {change}")
