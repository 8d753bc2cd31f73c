"""Adjustments as people make them: who may, in which order, and what the database itself refuses."""

import threading
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from tests import world as worlds
from tests.world import World

from tongban.base.actor import PUBLIC, Actor, Post, system
from tongban.base.db import execute, fetch_all
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tongban.base.ledger.queries import acts_of
from tongban.offers.powers import actions, queries
from tongban.offers.powers.access import sees, visible_to
from tongban.offers.powers.models import Adjustment
from tongban.offers.powers.rules.adjustments import (
    AdjustmentState,
    AdjustmentVerb,
    Change,
    ChangeKind,
    find,
)
from tongban.offers.powers.tests import filling
from tongban.offers.powers.tests.filling import BASIC, FIRST, LATER, NEXT, OTHER_BASIC, TYPED, WHY

pytestmark = pytest.mark.django_db
STATES = list(AdjustmentState)


@pytest.fixture
def world() -> World:
    return worlds.build()


@pytest.fixture
def second(world: World) -> Actor:
    return filling.second_editor(world)


def made_in(world: World, second: Actor, state: AdjustmentState) -> actions.AdjustmentRef:
    if state is AdjustmentState.DRAFT:
        return filling.written(world)
    if state is AdjustmentState.IN_REVIEW:
        return filling.in_review(world)
    if state is AdjustmentState.PUBLISHED:
        return filling.published(world, second)
    return actions.discard(actor=world.editor, adjustment_id=filling.written(world).id, at=world.at)


def do(verb: AdjustmentVerb, actor: Actor, ref: actions.AdjustmentRef, world: World, **more):
    calls = {
        AdjustmentVerb.WRITE: (actions.put, {"basic_code": OTHER_BASIC, "content": TYPED}),
        AdjustmentVerb.SEND: (actions.send, {}),
        AdjustmentVerb.SEND_BACK: (actions.send_back, {"reason": "依据不对"}),
        AdjustmentVerb.APPROVE: (actions.approve, {}),
        AdjustmentVerb.DISCARD: (actions.discard, {}),
    }
    call, given = calls[verb]
    return call(actor=actor, adjustment_id=ref.id, at=world.at, **{**given, **more})


@pytest.mark.parametrize("verb", AdjustmentVerb)
@pytest.mark.parametrize("state", STATES)
def test_every_verb_from_every_state_does_what_the_table_says(world, second, state, verb):
    ref = made_in(world, second, state)
    move = find(state, verb)
    if move is None:
        with pytest.raises(Conflict):
            do(verb, second, ref, world)
        assert queries.one(world.editor, ref.id).state is state
    else:
        after = do(verb, second, ref, world)
        assert (after.state, after.version) == (move.target, ref.version + 1)
        assert acts_of(f"powers:{world.organ_id}")[-1].act == f"powers.{verb}"


@pytest.mark.parametrize("verb", AdjustmentVerb)
def test_strangers_meet_nothing_and_clerks_of_the_organ_neither(world, verb):
    second = filling.second_editor(world)
    elsewhere = filling.second_editor(world, world.other_organ_id, "far")
    ref = made_in(world, second, next(s for s in STATES if find(s, verb)))
    for actor in (PUBLIC, world.applicant, world.clerk, elsewhere, system("tests")):
        with pytest.raises(NotFound):
            do(verb, actor, ref, world)
    assert queries.one(world.editor, ref.id).version == ref.version


def test_who_wrote_a_word_of_it_reviews_nothing_of_it(world, second):
    ref = filling.written(world)
    do(AdjustmentVerb.WRITE, second, ref, world)
    do(AdjustmentVerb.SEND, world.editor, ref, world)
    for writer in (world.editor, second):
        for verb in (AdjustmentVerb.APPROVE, AdjustmentVerb.SEND_BACK):
            with pytest.raises(Forbidden, match="没有动笔"):
                do(verb, writer, ref, world)
    third = filling.second_editor(world, login="third")
    deputy = replace(third, posts=third.posts | {Post("editor", world.organ_id, for_id=second.id)})
    with pytest.raises(Forbidden, match="您代理的同事"):
        do(AdjustmentVerb.APPROVE, deputy, ref, world)
    assert do(AdjustmentVerb.APPROVE, third, ref, world).state is AdjustmentState.PUBLISHED


def test_an_approved_adjustment_adds_changes_and_takes_out_together_from_its_day(world, second):
    filling.listed(world, BASIC)
    ref = filling.draft(world, starts_on=LATER.isoformat())
    common = {"actor": world.editor, "adjustment_id": ref.id, "at": world.at}
    actions.put(basic_code=OTHER_BASIC, content=TYPED, **common)
    actions.remove(basic_code=BASIC, because=WHY, **common)
    actions.send(**common)
    done = actions.approve(actor=second, adjustment_id=ref.id, at=world.at)
    assert done.state is AdjustmentState.PUBLISHED
    assert [e.basic for e in queries.list_of(world.organ_id, NEXT)] == [BASIC]
    assert [e.basic for e in queries.list_of(world.organ_id, LATER)] == [OTHER_BASIC]
    told = {d.basic: (d.kind, d.reason) for d in queries.difference(world.organ_id, NEXT, LATER)}
    assert told == {OTHER_BASIC: (ChangeKind.ADD, ""), BASIC: (ChangeKind.REMOVE, WHY["reason"])}
    last = acts_of(f"powers:{world.organ_id}")[-1]
    assert (last.act, last.data["add"], last.data["remove"]) == ("powers.approve", [OTHER_BASIC], [BASIC])
    view = queries.published(world.organ_id)[0]
    assert (view.added, view.changed, view.removed, view.imported) == (1, 0, 1, False)


def test_an_entry_may_come_back_after_it_was_taken_out(world):
    filling.listed(world, BASIC)
    filling.adjusted(world, [Change(BASIC, None, "r", "b")], NEXT)
    filling.listed(world, BASIC, on=LATER)
    history = queries.history(world.organ_id, BASIC, LATER)
    assert [(one.entry.number, one.removed, one.changes) for one in history] == [
        (2, False, []),
        (1, True, []),
    ]
    assert queries.entry_of(world.organ_id, BASIC, NEXT) is None


def test_one_adjustment_of_a_list_is_under_way_at_a_time(world):
    filling.draft(world)
    with pytest.raises(Conflict, match="在办"):
        filling.draft(world)
    with pytest.raises(IntegrityError, match="one_open"), transaction.atomic():
        Adjustment.objects.create(
            power_list_id=world.organ_id, number=9, reason="r", starts_on=NEXT, digest="d", made_at=world.at
        )


def test_what_changed_in_the_list_since_it_was_written_stops_an_approval(world, second):
    filling.listed(world, BASIC)
    ref = filling.in_review(world, phone="0898-65200000")
    filling.listed(world, BASIC, on=NEXT - timedelta(days=1), phone="0898-65200001")
    with pytest.raises(Conflict) as refused:
        do(AdjustmentVerb.APPROVE, second, ref, world)
    assert refused.value.rule == "powers.moved"
    assert list(refused.value.fields) == [BASIC]
    assert queries.planned(second, ref.id)[0].problem.rule == "powers.moved"
    assert do(AdjustmentVerb.SEND_BACK, second, ref, world).state is AdjustmentState.DRAFT


def test_nobody_adjusts_days_that_are_over(world, second):
    with pytest.raises(Invalid) as refused:
        filling.draft(world, starts_on=FIRST.isoformat())
    assert list(refused.value.fields) == ["starts_on"]
    ref = filling.in_review(world)
    with pytest.raises(Conflict) as late:
        actions.approve(actor=second, adjustment_id=ref.id, at=world.at + timedelta(days=1))
    assert late.value.rule == "powers.past"
    assert queries.list_of(world.organ_id, LATER) == []


def test_an_empty_adjustment_goes_nowhere(world):
    ref = filling.draft(world)
    with pytest.raises(Conflict, match="没有内容"):
        do(AdjustmentVerb.SEND, world.editor, ref, world)


def test_a_change_that_the_list_does_not_allow_is_refused_when_it_is_written(world):
    filling.listed(world, BASIC)
    ref = filling.draft(world)
    common = {"actor": world.editor, "adjustment_id": ref.id, "at": world.at}
    with pytest.raises(Invalid) as same:
        actions.put(basic_code=BASIC, content=TYPED, **common)
    assert same.value.rule == "powers.same"
    with pytest.raises(Invalid) as absent:
        actions.remove(basic_code=OTHER_BASIC, because=WHY, **common)
    assert absent.value.rule == "powers.absent"
    for unknown in ("460199999999", "x"):
        with pytest.raises(Invalid) as bad:
            actions.put(basic_code=unknown, content=TYPED, **common)
        assert bad.value.rule == "powers.basic"
    with pytest.raises(Invalid) as wordless:
        actions.remove(basic_code=BASIC, because={"reason": " "}, **common)
    assert set(wordless.value.fields) == {"reason", "basis"}
    with pytest.raises(Conflict):
        actions.drop(basic_code=BASIC, **common)


def test_a_stale_page_and_a_second_press_do_nothing_twice(world, second):
    start = {"actor": world.editor, "organ_id": world.organ_id, "heading": filling.HEADING, "at": world.at}
    first = actions.start(**start, key="press-one")
    assert actions.start(**start, key="press-one") == first
    put = {
        "actor": world.editor,
        "adjustment_id": first.id,
        "basic_code": BASIC,
        "content": TYPED,
        "at": world.at,
    }
    written = actions.put(**put, version=1, key="press-two")
    assert actions.put(**put, version=1, key="press-two") == written
    with pytest.raises(Conflict):
        actions.put(**put, version=1, key="press-three")
    with pytest.raises(Conflict):
        do(AdjustmentVerb.SEND, world.editor, first, world, key="press-one")
    sent = do(AdjustmentVerb.SEND, world.editor, first, world, key="press-send")
    approve = {
        "actor": second,
        "adjustment_id": first.id,
        "at": world.at,
        "version": sent.version,
        "key": "press-ok",
    }
    done = actions.approve(**approve)
    assert actions.approve(**approve) == done
    assert [a.act for a in acts_of(f"powers:{world.organ_id}")] == [
        "powers.start",
        "powers.write",
        "powers.send",
        "powers.approve",
    ]
    assert len(queries.list_of(world.organ_id, NEXT)) == 1


def test_a_key_of_one_adjustment_answers_nothing_about_another(world, second):
    one = filling.written(world)
    do(AdjustmentVerb.DISCARD, world.editor, one, world, key="press-one")
    other = filling.written(world)
    with pytest.raises(Conflict) as refused:
        do(AdjustmentVerb.DISCARD, world.editor, other, world, key="press-one")
    assert refused.value.rule == "powers.key"
    assert queries.one(world.editor, other.id).state is AdjustmentState.DRAFT


def test_only_the_platform_takes_in_whole_lists_and_only_in_order(world):
    with pytest.raises(Forbidden):
        actions.adjust(
            actor=world.editor,
            organ_id=world.organ_id,
            changes=[Change(BASIC, filling.content())],
            starts_on=FIRST,
            reason="r",
            at=world.at,
        )
    filling.listed(world, BASIC, on=NEXT)
    with pytest.raises(Conflict) as early:
        filling.listed(world, OTHER_BASIC, on=FIRST)
    assert early.value.rule == "powers.order"
    with pytest.raises(NotFound):
        filling.listed(world, BASIC, organ_id=uuid.uuid4())
    with pytest.raises(Invalid) as twice:
        filling.adjusted(world, [Change(OTHER_BASIC, filling.content())] * 2, LATER)
    assert list(twice.value.fields) == [OTHER_BASIC]
    with pytest.raises(Invalid):
        filling.adjusted(world, [], LATER)
    with pytest.raises(Invalid):
        filling.adjusted(world, [Change(BASIC, None)], LATER)


def test_the_filter_and_the_answer_for_one_agree(world, second):
    refs = [
        made_in(world, second, AdjustmentState.DISCARDED),
        made_in(world, second, AdjustmentState.PUBLISHED),
    ]
    refs.append(filling.written(world, OTHER_BASIC))
    assert {Adjustment.objects.get(pk=ref.id).state for ref in refs} == {"discarded", "published", "draft"}
    for actor in (PUBLIC, world.applicant, world.clerk, world.editor, second):
        for row in Adjustment.objects.all():
            there = Adjustment.objects.filter(visible_to(actor), pk=row.pk).exists()
            assert there == sees(actor, organ_id=row.power_list_id, state=AdjustmentState(row.state))
        if actor not in (world.editor, second):
            assert queries.desk(actor) == []
            with pytest.raises(NotFound):
                queries.one(actor, refs[1].id)
            with pytest.raises(NotFound):
                queries.life_of(actor, refs[1].id)


# --- the database itself -----------------------------------------------------------------------------------------------


def refused(statement: str, *params: object, match: str) -> None:
    with pytest.raises(DatabaseError, match=match), transaction.atomic():
        execute(statement, params)


@pytest.mark.parametrize(
    "change",
    [
        "body = '{}'",
        "digest = 'x'",
        "name = 'x'",
        "item_type = '02'",
        "starts_on = starts_on - 1",
        "number = 7",
        "adjustment_id = ended_by_id",
    ],
)  # fmt: skip -- statements, one after the other
def test_the_database_refuses_to_change_a_published_edition(world, change):
    filling.listed(world, BASIC)
    refused(f"UPDATE power_edition SET {change}", match="fixed|published adjustment")
    refused("DELETE FROM power_edition", match="fixed")


def test_the_database_refuses_to_end_an_edition_twice_or_by_nobody(world):
    made = filling.listed(world, BASIC)
    refused("UPDATE power_edition SET ends_on = '2026-01-01'", match="published adjustment|ends_after")
    refused(
        "UPDATE power_edition SET ends_on = '2027-01-01', ended_by_id = %s",
        made.id,
        match="published adjustment",
    )
    filling.adjusted(world, [Change(BASIC, None, "r", "b")], NEXT)
    refused("UPDATE power_edition SET ends_on = ends_on + 1", match="fixed|published adjustment")
    refused("UPDATE power_edition SET end_reason = 'x'", match="fixed")


def test_the_database_takes_no_edition_of_an_adjustment_that_is_not_published(world):
    filling.listed(world, BASIC)
    draft = filling.written(world, OTHER_BASIC)
    statement = """
        INSERT INTO power_edition (id, entry_id, number, adjustment_id, name, item_type, body, digest, starts_on, removed, end_reason, end_basis)
        SELECT gen_random_uuid(), id, 9, %s, 'n', '01', '{}', 'd', '2030-01-01', false, '', '' FROM power_entry
    """
    refused(statement, draft.id, match="published adjustment")


@pytest.mark.parametrize("state", [s for s in STATES if s is not AdjustmentState.DRAFT])
def test_the_database_refuses_to_change_what_was_sent_or_published(world, second, state):
    ref = made_in(world, second, state)
    for change in (
        "reason = 'x'",
        "changes = '{}'",
        "starts_on = '2030-01-01'",
        "writers = '{}'",
        "digest = 'x'",
    ):
        refused(f"UPDATE power_adjustment SET {change} WHERE id = %s", ref.id, match="fixed")
    refused("DELETE FROM power_adjustment WHERE id = %s", ref.id, match="fixed")


def test_the_database_refuses_a_publication_that_only_its_writer_read(world):
    ref = filling.in_review(world)
    for reviewer in ("NULL", "writers[1]"):
        refused(
            f"UPDATE power_adjustment SET state = 'published', published_at = made_at, reviewer_id = {reviewer} WHERE id = %s",
            ref.id,
            match="four_eyes",
        )
    draft = Adjustment.objects.get(pk=ref.id)
    assert draft.state == "in_review"


def test_the_database_refuses_two_wordings_on_one_day_and_codes_that_are_no_basic_items(world):
    filling.listed(world, BASIC)
    statement = """
        INSERT INTO power_edition (id, entry_id, number, adjustment_id, name, item_type, body, digest, starts_on, removed, end_reason, end_basis)
        SELECT gen_random_uuid(), entry_id, 2, adjustment_id, name, item_type, body, digest, starts_on, false, '', '' FROM power_edition
    """
    refused(statement, match="power_one_in_force")
    refused(
        "INSERT INTO power_entry (id, organ_id, basic_id) VALUES (gen_random_uuid(), %s, '12345678901234')",
        world.organ_id,
        match="power_entry_basic_12|too long",
    )
    refused("UPDATE power_entry SET basic_id = %s", OTHER_BASIC, match="fixed")


@pytest.mark.django_db(transaction=True)
def test_two_reviewers_at_once_publish_once():
    world = worlds.build()
    reviewers = [filling.second_editor(world), filling.second_editor(world, login="third")]
    ref = filling.in_review(world)
    outcomes: list[object] = []

    def approve(actor: Actor) -> None:
        try:
            outcomes.append(
                actions.approve(actor=actor, adjustment_id=ref.id, at=world.at, version=ref.version)
            )
        except Refusal as refusal:
            outcomes.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=approve, args=(one,)) for one in reviewers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(one).__name__ for one in outcomes) == ["AdjustmentRef", "Conflict"]
    assert fetch_all("SELECT count(*) FROM power_edition") == [(1,)]
