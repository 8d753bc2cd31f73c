"""Running cases and a newer edition as pages (在办件换版页面): who comes in, what is told, the second press, garbage."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from tests import world as worlds
from tests.world import GUIDE

from tongban.work.cases import actions
from tongban.work.cases.queries import against_ledger
from tongban.work.cases.tests.rows import Case, Migration

LIMITS = {"statutory_days": 20, "promised_days": 4}


@pytest.fixture
def case(world):
    """An accepted case and an examined one on an edition that has ended since."""
    accepted = worlds.accepted(world)
    worlds.examined(world)
    worlds.publish_edition(
        world.editor,
        world.item_id,
        starts_on=(worlds.AT + timedelta(days=1)).date(),
        materials=GUIDE["materials"][:2],
        limits=LIMITS,
    )
    return accepted


def work_off(world, migration_id):
    while True:
        after = Migration.objects.get(pk=migration_id).after
        at = datetime.now(UTC)
        if not actions.further(actor=world.editor, migration_id=migration_id, after=after, at=at):
            return


def test_an_editor_looks_confirms_and_sees_who_stays_and_why(world, as_, case):
    client = as_(world.editor)
    assert f"/migrations/items/{world.item_id}" in client.get(f"/catalogue/items/{world.item_id}").text
    page = client.get(f"/migrations/items/{world.item_id}").text
    assert "在办 2 件" in page
    form = {"edition": str(world.edition_id), "key": "12345678-1"}
    made = client.post(f"/migrations/items/{world.item_id}", form).headers["Location"]
    assert client.post(f"/migrations/items/{world.item_id}", form).headers["Location"] == made
    looking = client.get(made)
    assert looking.headers["Refresh"] == "3"
    assert "正在逐件查看" in looking.text
    work_off(world, uuid.UUID(made.rpartition("/")[2]))
    ready = client.get(made)
    assert "Refresh" not in ready.headers
    assert "1 件可以换版" in ready.text
    assert "审查意见是按原来的版本作出的" in ready.text
    assert "平面图" in ready.text, "what differs between the editions"
    assert client.post(f"{made}/confirm").headers["Location"] == made
    assert client.post(f"{made}/confirm").headers["Location"] == made
    work_off(world, uuid.UUID(made.rpartition("/")[2]))
    done = client.get(made).text
    assert "换完了" in done
    assert Case.objects.get(pk=case.id).edition_id != world.edition_id
    assert "换完了" in client.get(f"/migrations/items/{world.item_id}").text
    assert client.post(f"{made}/cancel").status_code == 409
    assert [*against_ledger()] == []


def test_it_is_stopped_and_called_for_again(world, as_, case):
    client = as_(world.editor)
    form = {"edition": str(world.edition_id)}
    made = client.post(f"/migrations/items/{world.item_id}", form).headers["Location"]
    assert client.post(f"{made}/resume").status_code == 302
    assert client.post(f"/migrations/items/{world.item_id}", form).status_code == 409, "one at a time"
    assert client.post(f"{made}/cancel").status_code == 302
    assert "已停止" in client.get(made).text
    assert client.post(f"{made}/confirm").status_code == 409
    assert client.post(f"{made}/resume").status_code == 409


@pytest.mark.parametrize("role", ["clerk", "decider", "other_clerk"])
def test_only_the_editors_of_the_organ_come_in(world, as_, case, role):
    made = actions.plan_migration(actor=world.editor, edition_id=world.edition_id, at=datetime.now(UTC))
    client = as_(getattr(world, role))
    assert client.get(f"/migrations/items/{world.item_id}").status_code in (403, 404)
    assert client.get(f"/migrations/{made}").status_code == 404
    for verb in ("confirm", "cancel", "resume"):
        assert client.post(f"/migrations/{made}/{verb}").status_code == 404
    assert as_(None).get(f"/migrations/{made}").status_code == 302


def test_garbage_is_answered_plainly(world, as_, case):
    client = as_(world.editor)
    for edition in ("", "x", str(uuid.uuid4()), "\x00"):
        answer = client.post(f"/migrations/items/{world.item_id}", {"edition": edition})
        assert answer.status_code == 404
    assert client.get(f"/migrations/{uuid.uuid4()}").status_code == 404
    assert client.get(f"/migrations/items/{uuid.uuid4()}").status_code == 404
    made = actions.plan_migration(actor=world.editor, edition_id=world.edition_id, at=datetime.now(UTC))
    assert client.post(f"/migrations/{made}/burn").status_code == 404
    assert client.get(f"/migrations/{made}?page=99999").status_code == 200
    assert client.get(f"/migrations/{made}/confirm").status_code == 405
