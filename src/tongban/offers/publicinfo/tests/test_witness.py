"""Documents and laws against the ledger: every way of changing them behind its back is found, and lawful lives are not."""

import pytest
from django.db import connection
from tests import world as worlds
from tests.world import World

from tongban.base.actor import Actor
from tongban.offers.publicinfo import actions, queries
from tongban.offers.publicinfo.tests import filling

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return worlds.build()


@pytest.fixture
def second(world: World) -> Actor:
    return filling.second_editor(world)


def behind(*statements: str) -> None:
    """Change rows as the owner of the tables could, past our triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("info_edition", "law_edition", "law_article"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)


def found() -> list[str]:
    return [str(finding) for finding in queries.against_ledger()]


def test_every_lawful_life_holds(world: World, second: Actor, tmp_path):
    filling.draft(world)
    filling.in_review(world)
    filling.withdrawn(world, second)
    ref = filling.published(world, second, **filling.SERVICE)
    newer = filling.SERVICE | {"days": "3"}
    actions.revise(actor=world.editor, document_id=ref.id, content=newer, at=world.at)
    actions.write(actor=second, document_id=ref.id, content=newer | {"days": "4"}, at=world.at)
    actions.send(actor=world.editor, document_id=ref.id, at=world.at)
    third = filling.second_editor(world, login="third")
    actions.send_back(actor=third, document_id=ref.id, reason="再看", at=world.at)
    actions.send(actor=world.editor, document_id=ref.id, at=world.at)
    actions.approve(actor=third, document_id=ref.id, confirmed=True, at=world.at)
    for day in ("2010-01-01", "2020-01-01", "2015-01-01"):
        filling.take_in(tmp_path, day, "甲", f"乙{day}")
    assert found() == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE info_edition SET body = 'x' WHERE kind = 'notice'", "content"),
        ("UPDATE info_edition SET facts = facts || '{\"days\": 1}' WHERE kind = 'service'", "content"),
        ("UPDATE info_edition SET digest = repeat('0', 64)", "digest"),
        ("UPDATE info_edition SET published_at = published_at - interval '1 day'", "published_at"),
        ("UPDATE info_edition SET ended_at = now()", "ended_at"),
        ("UPDATE info_edition SET reviewer_id = gen_random_uuid()", "reviewer_id"),
        ("UPDATE info_edition SET writers = '{}'", "writers"),
        ("UPDATE info_edition SET state = 'revised'", "state"),
        ("UPDATE info_edition SET reason = 'x'", "reason"),
        ("UPDATE info_edition SET version = 9", "version"),
        ("DELETE FROM info_edition", "missing"),
        ("DELETE FROM info_edition; DELETE FROM info_document", "missing"),
        ("UPDATE info_edition SET number = 7", "knows nothing"),
        ("UPDATE law_article SET text = 'x' WHERE number = 2", "text"),
        ("DELETE FROM law_article WHERE number = 2", "text"),
        ("UPDATE law SET title = '别的法'", "text"),
        ("UPDATE law_edition SET starts_on = starts_on - 1", "days"),
        ("UPDATE law_edition SET ends_on = '2030-01-01'", "days"),
        ("UPDATE law_edition SET source_digest = repeat('0', 64)", "days"),
        ("DELETE FROM law_article; DELETE FROM law_edition", "missing"),
        ("DELETE FROM law_article; DELETE FROM law_edition; DELETE FROM law", "missing"),
    ],
)
def test_every_change_behind_the_ledger_s_back_is_found(
    world: World, second: Actor, tmp_path, statement: str, said: str
):
    filling.published(world, second)
    filling.published(world, second, **filling.SERVICE)
    filling.take_in(tmp_path, "2020-01-01", "甲", "乙")
    assert found() == []
    behind(*statement.split(";"))
    assert found()
    assert any(said in line for line in found()), found()


def test_a_document_that_no_act_made_is_found(world: World, second: Actor):
    filling.published(world, second)
    behind(
        "INSERT INTO info_document (id, organ_id, made_at) SELECT gen_random_uuid(), organ_id, made_at FROM info_document"
    )
    assert any("knows nothing of this document" in line for line in found())
