"""A draft meets a newer edition (草稿换版): offered, seen field by field, one press, nothing lost, never forced."""

import copy
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from tests import world as worlds
from tests.world import FORM, GUIDE, World

from tongban.base.db import fetch_one
from tongban.base.errors import Conflict, NotFound, Refusal
from tongban.base.ledger import queries as ledger
from tongban.records.materials import queries as kept_materials
from tongban.work.cases import actions, queries
from tongban.work.cases.models import Case
from tongban.work.cases.rules.carrying import Fate, answers
from tongban.work.cases.rules.moves import State
from tongban.work.cases.tests.forms import MOBILE

LATER = worlds.AT + timedelta(days=1)


def newer(world: World, **fields: dict[str, Any] | None) -> uuid.UUID:
    """A new edition from the day after on: fields of the first page changed by key, taken out, or added."""
    form = copy.deepcopy(GUIDE["form"])
    page = form["sections"][0]["fields"]  # type: ignore[index] # the guide of the tests
    for key, told in fields.items():
        place = next((n for n, one in enumerate(page) if one["key"] == key), len(page))
        page[place : place + 1] = [] if told is None else [{"key": key, **told}]
    materials = [m for m in GUIDE["materials"] if m["key"] != "lease"]  # type: ignore[attr-defined, index] # as above
    result = {**GUIDE["result"], "fields": ["address"]}  # type: ignore[dict-item] # as above
    return worlds.publish_edition(
        world.editor,
        world.item_id,
        starts_on=LATER.date(),
        form=form,
        materials=materials,
        result=result,
    )


CHANGED: dict[str, dict[str, Any] | None] = {
    "shop_name": None,
    "brand": {"label": "字号"},
    "own_place": {"label": "场所面积", "type": "integer"},
}


def seen(world: World, case: actions.Ref) -> queries.CaseView:
    return queries.one(world.applicant, case.id)


def test_a_newer_edition_is_offered_with_what_becomes_of_each_answer(world):
    draft = worlds.draft_filled(world)
    assert queries.newer_edition(seen(world, draft), worlds.AT.date()) is None
    new = newer(world, **CHANGED)
    assert queries.newer_edition(seen(world, draft), worlds.AT.date()) is None, "not in force yet"
    offer = queries.newer_edition(seen(world, draft), LATER.date())
    assert offer is not None
    assert offer.edition.id == new
    told = {line.target: line.fate for line in offer.carried.lines}
    assert told["field:shop_name"] is Fate.DROPPED
    assert told["field:brand"] is Fate.NEW
    assert told["field:own_place"] is Fate.UNFIT
    assert told["field:address"] is Fate.SAME
    assert told["material:lease"] is Fate.DROPPED
    assert seen(world, draft).edition.id == world.edition_id, "looking changes nothing"


def test_upgrading_keeps_every_answer_and_file_and_is_one_entry_of_the_ledger(world):
    draft = worlds.draft_filled(world)
    new = newer(world, **CHANGED)
    before = seen(world, draft)
    after_ = actions.upgrade(
        actor=world.applicant,
        case_id=draft.id,
        at=LATER,
        edition_id=new,
        version=before.version,
        key="up-12345",
    )
    again = actions.upgrade(
        actor=world.applicant,
        case_id=draft.id,
        at=LATER,
        edition_id=new,
        version=before.version,
        key="up-12345",
    )
    assert again == after_
    after = seen(world, draft)
    assert after.edition.id == new
    assert answers(after.form, after.kept) == answers(before.form, before.kept)
    assert after.kept == {"shop_name": FORM["shop_name"], "own_place": "rented"}
    assert after.attachments == before.attachments
    acts = [act.act for act in ledger.acts_of(f"case:{draft.id}")]
    assert acts == ["cases.start", "cases.upgrade"]
    assert [*queries.against_ledger()] == []


def test_a_draft_on_an_ended_edition_is_not_sent_until_it_is_upgraded_and_nothing_is_lost(world):
    draft = worlds.draft_filled(world)
    newer(world, **CHANGED)
    with pytest.raises(Conflict) as refusal:
        actions.submit(actor=world.applicant, case_id=draft.id, at=LATER)
    assert refusal.value.rule == actions.EDITION_ENDED
    assert seen(world, draft).form == FORM
    actions.upgrade(actor=world.applicant, case_id=draft.id, at=LATER)
    assert not actions.save(
        actor=world.applicant, case_id=draft.id, values={"brand": "阿秀", "own_place": "30"}, at=LATER
    )
    sent = actions.submit(actor=world.applicant, case_id=draft.id, at=LATER)
    assert sent.state is State.SUBMITTED
    view = seen(world, draft)
    assert view.kept == {}, "what this edition does not ask was never sent"
    assert {given.key for given in view.attachments} == {"report"}
    assert len(kept_materials.mine(world.applicant)) == 2, "the other file is still hers"
    assert [*queries.against_ledger()] == []


def test_while_its_edition_is_in_force_a_draft_is_sent_on_it(world):
    draft = worlds.draft_filled(world)
    newer(world, **CHANGED)
    assert actions.submit(actor=world.applicant, case_id=draft.id, at=worlds.AT).state is State.SUBMITTED


def test_a_submitted_case_stays_on_its_edition(world):
    case = worlds.submitted(world)
    newer(world, **CHANGED)
    assert queries.newer_edition(seen(world, case), LATER.date()) is None
    with pytest.raises(Conflict):
        actions.upgrade(actor=world.applicant, case_id=case.id, at=LATER)
    case = actions.request_supplement(
        actor=world.clerk,
        case_id=case.id,
        demands=[worlds.Demand("field:address", "请写到门牌号。")],
        at=worlds.AT,
    )
    with pytest.raises(Conflict) as refusal:
        actions.upgrade(actor=world.applicant, case_id=case.id, at=LATER)
    assert refusal.value.rule == "cases.upgrade"


def test_nobody_else_upgrades_a_draft_and_another_version_is_told(world):
    draft = worlds.draft_filled(world)
    new = newer(world, **CHANGED)
    for other in (world.stranger, world.clerk):
        with pytest.raises(NotFound):
            actions.upgrade(actor=other, case_id=draft.id, at=LATER)
    with pytest.raises(Conflict):
        actions.upgrade(actor=world.applicant, case_id=draft.id, at=LATER, edition_id=new, version=99)
    with pytest.raises(Conflict):
        actions.upgrade(actor=world.applicant, case_id=draft.id, at=LATER, edition_id=world.edition_id)


def test_what_the_platform_knows_of_new_questions_is_filled_in(world):
    draft = worlds.draft_filled(world)
    newer(world, mobile={key: value for key, value in MOBILE.items() if key != "key"})
    actions.upgrade(actor=world.applicant, case_id=draft.id, at=LATER)
    assert seen(world, draft).form["mobile"] == "13800138000"


def test_an_answer_given_anew_takes_the_place_of_the_one_kept_beside(world):
    draft = worlds.draft_filled(world)
    newer(world, **CHANGED)
    actions.upgrade(actor=world.applicant, case_id=draft.id, at=LATER)
    actions.save(actor=world.applicant, case_id=draft.id, values={"own_place": "30"}, at=LATER)
    view = seen(world, draft)
    assert view.form["own_place"] == 30
    assert view.kept == {"shop_name": FORM["shop_name"]}


def test_a_page_of_the_old_edition_that_is_sent_late_loses_nothing(world):
    draft = worlds.draft_filled(world)
    newer(world, **CHANGED)
    actions.upgrade(actor=world.applicant, case_id=draft.id, at=LATER)
    actions.save(actor=world.applicant, case_id=draft.id, values={"own_place": "30"}, at=LATER)
    typed = {"shop_name": "阿秀美容店", "own_place": "own", "words": "下午四点后在店里", "address": ""}
    errors = actions.save(
        actor=world.applicant, case_id=draft.id, values=typed, at=LATER, edition_id=world.edition_id
    )
    view = seen(world, draft)
    assert set(errors) == {"own_place"}, "no good answer gives way to one that does not fit"
    assert view.form["own_place"] == 30
    assert view.kept["shop_name"] == "阿秀美容店"
    assert view.form["words"] == "下午四点后在店里"
    assert view.form["address"] == FORM["address"], "an old page takes nothing out"
    with pytest.raises(NotFound):
        actions.save(actor=world.applicant, case_id=draft.id, values=typed, at=LATER, edition_id=uuid.uuid4())


def together(acts: list[Callable[[], object]]) -> list[Refusal]:
    refused: list[Refusal] = []
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        try:
            gate.wait()
            act()
        except Refusal as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


@pytest.mark.django_db(transaction=True)
def test_two_devices_that_fill_in_different_fields_lose_neither():
    world = worlds.build()
    draft = actions.start(actor=world.applicant, item_code=world.item_code, at=world.at)

    def device(values: dict[str, object]) -> Callable[[], object]:
        def type_on() -> None:
            for key, value in values.items():
                assert not actions.save(
                    actor=world.applicant, case_id=draft.id, values={key: value}, at=world.at
                )

        return type_on

    halves = [dict(list(FORM.items())[:3]), dict(list(FORM.items())[3:])]
    assert together([device(half) for half in halves]) == []
    assert Case.objects.get(pk=draft.id).form == FORM
    assert Case.objects.get(pk=draft.id).version == 1 + len(FORM)


@pytest.mark.django_db(transaction=True)
def test_who_waited_for_a_case_sees_the_file_that_came_meanwhile():
    world = worlds.build()
    draft = worlds.draft_filled(world)
    paper = worlds.material(world, content=worlds.PDF + b"2")
    waiting = threading.Thread(
        target=lambda: together(
            [lambda: actions.submit(actor=world.applicant, case_id=draft.id, at=world.at)]
        )
    )
    with transaction.atomic():
        actions.attach(actor=world.applicant, case_id=draft.id, key="report", material_id=paper, at=world.at)
        waiting.start()
        for _ in range(100):  # until the submission stands at the lock
            blocked = fetch_one("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if blocked and blocked[0]:
                break
            time.sleep(0.05)
        else:
            pytest.fail("the submission does not wait")
    waiting.join()
    sent = ledger.acts_of(f"case:{draft.id}")[-1]
    assert sent.act == "cases.submit"
    assert f"report {paper}" in sent.data["handed_in"]  # type: ignore[operator] # a list of texts
    assert [*queries.against_ledger()] == []


@pytest.mark.django_db(transaction=True)
def test_saves_during_the_upgrade_are_all_there_afterwards():
    world = worlds.build()
    draft = worlds.draft_filled(world)
    newer(world, **CHANGED)

    def type_on() -> None:
        for number in range(30):
            assert not actions.save(
                actor=world.applicant,
                case_id=draft.id,
                values={"shop_name": f"店{number}", "words": f"字{number}"},
                at=LATER,
                edition_id=world.edition_id,
            )

    def change() -> None:
        actions.upgrade(actor=world.applicant, case_id=draft.id, at=LATER)

    assert together([type_on, change]) == []
    view = seen(world, draft)
    assert answers(view.form, view.kept) == FORM | {"shop_name": "店29", "words": "字29"}
    assert [*queries.against_ledger()] == []


def test_a_deputy_of_the_counter_is_no_applicant(world):
    draft = worlds.draft_filled(world)
    newer(world, **CHANGED)
    clerk = replace(world.clerk, party_id=None)
    with pytest.raises(NotFound):
        actions.upgrade(actor=clerk, case_id=draft.id, at=LATER)
