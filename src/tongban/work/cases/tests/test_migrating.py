"""Running cases are moved to a newer edition (在办件换版): looked at first, in batches, never to the applicant's harm."""

import copy
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import world as worlds
from tests.world import FORM, GUIDE, World

from tongban.base.errors import Conflict, Forbidden, NotFound
from tongban.base.ledger import queries as ledger
from tongban.base.outbox import actions as outbox
from tongban.offers.catalogue.rules.guide import Guide
from tongban.standards.text import Message
from tongban.work.cases import actions, jobs, queries
from tongban.work.cases.actions import migrating
from tongban.work.cases.models import Case, Migration
from tongban.work.cases.queries.migrating import packed, unpacked
from tongban.work.cases.rules.carrying import answers, carry
from tongban.work.cases.rules.clock import Dates
from tongban.work.cases.rules.migrating import MigrationState, Standing, longer, reasons
from tongban.work.cases.rules.moves import State

LATER = worlds.AT + timedelta(days=1)
LIMITS: dict[str, Any] = {"statutory_days": 20, "promised_days": 5}


def changed(**elements: Any) -> dict[str, Any]:
    """A new edition's elements: the shop's name is asked otherwise, the free words no longer."""
    form = copy.deepcopy(GUIDE["form"])
    first, second = form["sections"]  # type: ignore[index] # the guide of the tests
    first["fields"][0] |= {"label": "招牌名称"}
    second["fields"] = [field for field in second["fields"] if field["key"] != "words"]
    return {"form": form, **elements}


def newer(world: World, **elements: Any) -> uuid.UUID:
    return worlds.publish_edition(world.editor, world.item_id, starts_on=LATER.date(), **changed(**elements))


def run(world: World, migration: uuid.UUID, at: Any = LATER) -> int:
    """What the worker does: batch after batch until nothing is left; how many batches."""
    batches = 0
    while True:
        batches += 1
        after = Migration.objects.get(pk=migration).after
        if not actions.further(actor=world.editor, migration_id=migration, after=after, at=at):
            return batches


def looked(world: World) -> uuid.UUID:
    found = actions.plan_migration(actor=world.editor, edition_id=world.edition_id, at=LATER)
    run(world, found)
    return found


def moved(world: World) -> uuid.UUID:
    found = looked(world)
    actions.confirm_migration(actor=world.editor, migration_id=found, at=LATER)
    run(world, found)
    return found


def why(world: World, migration: uuid.UUID) -> list[str]:
    return [
        str(text) % text.params if isinstance(text, Message) else text
        for one in queries.staying(migration, page=1, size=100)
        for text in one.why
    ]


# --- by rule, without a database ---------------------------------------------------------------------------------------


OLD = Guide.model_validate(GUIDE)


def judged(new: Guide, *, form: dict[str, object] | None = None, **told: Any) -> list[str]:
    carried = carry(OLD, new, form=form or FORM, kept={}, attached={"report", "lease"}, running=True)
    after = told.pop("after", Dates())
    standing = Standing(
        **{
            "state": State.SUBMITTED,
            "attached": frozenset({"report", "lease"}),
            "demanded": (),
            "committed": False,
            "commitment_stays": False,
            "dates": Dates(),
        }
        | told
    )
    return [said(text) for text in reasons(OLD, new, standing, carried, after, on=date(2026, 11, 3))]


def said(text: str) -> str:
    if not isinstance(text, Message):
        return text
    return str(text) % {
        name: said(part) if isinstance(part, str) else part for name, part in text.params.items()
    }


def edition(**elements: Any) -> Guide:
    return Guide.model_validate(GUIDE | elements)


def test_nothing_keeps_a_case_from_an_edition_that_asks_no_more():
    assert judged(Guide.model_validate(GUIDE | changed())) == []


def test_a_case_stays_where_it_would_lack_something():
    form = copy.deepcopy(GUIDE["form"])
    form["sections"][0]["fields"].append({"key": "brand", "label": "字号"})  # type: ignore[index] # as above
    form["sections"][0]["fields"][0] |= {"max_length": 2}  # type: ignore[index] # as above
    material = {"key": "permit", "name": "房屋证明"}
    new = edition(form=form, materials=[*GUIDE["materials"], material])  # type: ignore[misc] # as above
    assert judged(new) == [
        "“店名”：不再符合要求，需要重填",
        "“字号”：新要求",
        "“房屋证明”：新要求",
    ]


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"promised_days": 6}, ["“承诺期限”：从 5 天变成 6 天，换版会晚"]),
        ({"statutory_days": 25}, ["“法定期限”：从 20 天变成 25 天，换版会晚"]),
        ({"reply_days": 6}, ["“答复期限”：从 5 天变成 6 天，换版会晚"]),
        ({"delivery_days": 11}, ["“送达期限”：从 10 天变成 11 天，换版会晚"]),
        ({"extension_days": 11}, ["新版可以延长得更久"]),
        ({"promised_days": 3, "statutory_days": 10, "reply_days": 3}, []),
        ({"statutory_unit": "day"}, []),
    ],
)
def test_nobody_waits_longer_because_of_a_change_of_edition(limits, expected):
    assert [said(text) for text in longer(OLD, edition(limits=LIMITS | limits))] == expected


def test_working_days_instead_of_all_days_are_longer():
    every_day = edition(limits=LIMITS | {"statutory_unit": "day"})
    assert [said(text) for text in longer(every_day, OLD)] == ["“法定期限”：从 20 天变成 20 天，换版会晚"]


def test_no_date_becomes_later_and_none_has_passed_by_moving():
    before = Dates(act_by=date(2026, 11, 9), due_on=date(2026, 12, 1))
    later = Dates(act_by=date(2026, 11, 9), due_on=date(2026, 12, 2))
    assert judged(OLD, dates=before, after=later) == ["“法定到期日”：会从 2026-12-01 推迟到 2026-12-02"]
    passed = Dates(act_by=date(2026, 11, 2), due_on=date(2026, 12, 1))
    assert judged(OLD, dates=before, after=passed) == [
        "“下一步的最后一天”：会从 2026-11-09 提前到 2026-11-02，已经过了"
    ]
    earlier = Dates(act_by=date(2026, 11, 6), due_on=date(2026, 11, 20))
    assert judged(OLD, dates=before, after=earlier) == []


def test_what_others_said_on_the_old_terms_is_not_put_under_the_new_ones():
    joint = edition(
        departments=[{"key": "fire", "organ": worlds.OTHER_ORGAN_CODE, "name": "消防", "days": 5}]
    )
    assert judged(joint) == ["新版可以延长得更久"]
    assert judged(joint, state=State.ACCEPTED) == [
        "已经分送联办部门，新版的联办部门或者它们的期限不同",
        "新版可以延长得更久",
    ]
    assert judged(OLD, state=State.EXAMINED) == ["审查意见是按原来的版本作出的"]
    assert judged(OLD, state=State.PRE_REVIEW) == ["正在预审，新版没有预审"]
    assert judged(OLD, committed=True) == ["申请人承诺的是原来的文字，新版的告知承诺书不同"]
    assert judged(OLD, committed=True, commitment_stays=True) == []
    assert judged(OLD, demanded={"field:gone"}) == ["申请人正在按告知书补正，新版没有其中的一项"]
    assert judged(OLD, demanded={"field:address", "material:report"}) == []


def test_a_material_that_may_follow_later_is_not_asked_of_who_was_not_told_at_acceptance():
    later = edition(
        materials=[*GUIDE["materials"], {"key": "photo", "name": "照片", "requirement": "later"}]  # type: ignore[misc] # as above
    )
    assert judged(later) == []
    assert judged(later, state=State.ACCEPTED) == ["“照片”：新版要后补这份材料，受理时没有告诉申请人"]


def test_reasons_survive_being_kept():
    text = Message(
        "“%(label)s”：%(why)s", {"label": "期限", "why": Message("到 %(new)s", {"new": date(2026, 1, 2)})}
    )
    assert said(unpacked(packed(text))) == said(text)
    assert unpacked(packed("审查")) == "审查"


# --- with cases ----------------------------------------------------------------------------------------------------------


def test_looking_moves_nothing_and_tells_who_could_and_who_could_not(world):
    cases = [worlds.submitted(world), worlds.accepted(world), worlds.examined(world)]
    worlds.draft_filled(world)
    worlds.closed(world)
    newer(world)
    found = looked(world)
    view = queries.migration(world.editor, found)
    assert (view.state, view.total, view.moved, view.left) == (MigrationState.READY, 3, 2, 1)
    assert why(world, found) == ["审查意见是按原来的版本作出的"]
    assert {case.edition_id for case in Case.objects.filter(pk__in=[c.id for c in cases])} == {
        world.edition_id
    }


def test_what_is_confirmed_is_moved_with_everything_that_it_holds(world):
    case = worlds.accepted(world)
    before = queries.one(world.applicant, case.id)
    new = newer(world, limits=LIMITS | {"promised_days": 4})
    worlds.examined(world)
    found = moved(world)
    after = queries.one(world.applicant, case.id)
    assert after.edition.id == new
    assert answers(after.form, after.kept) == answers(before.form, before.kept)
    assert after.attachments == before.attachments
    assert after.version == before.version + 1
    assert (after.state, after.number, after.clock) == (before.state, before.number, before.clock)
    assert before.promised_on is not None
    assert after.promised_on is not None
    assert after.promised_on < before.promised_on
    assert after.due_on == before.due_on
    view = queries.migration(world.editor, found)
    assert (view.state, view.moved, view.left) == (MigrationState.DONE, 1, 1)
    last = ledger.acts_of(f"case:{case.id}")[-1]
    assert (last.act, last.data["edition_id"]) == ("cases.migrate", str(new))
    assert [*queries.against_ledger()] == []
    assert [*ledger.verify()] == []
    # It goes on from there as any case does.
    actions.examine(actor=world.reviewer, case_id=case.id, opinion="符合条件。", at=LATER)
    actions.grant(actor=world.decider, case_id=case.id, note="", at=LATER)
    assert [*queries.against_ledger()] == []


def test_an_answer_that_is_no_longer_asked_stays_in_the_file_and_comes_back(world):
    draft = worlds.draft_filled(world)
    actions.save(actor=world.applicant, case_id=draft.id, values={"words": "下午在店里"}, at=world.at)
    actions.submit(actor=world.applicant, case_id=draft.id, at=world.at)
    second = newer(world)
    moved(world)
    row = Case.objects.get(pk=draft.id)
    assert row.kept == {"words": "下午在店里"}
    assert "words" not in row.form
    third = worlds.publish_edition(world.editor, world.item_id, starts_on=(LATER + timedelta(days=1)).date())
    at = LATER + timedelta(days=1)
    back = actions.plan_migration(actor=world.editor, edition_id=second, at=at)
    run(world, back, at)
    actions.confirm_migration(actor=world.editor, migration_id=back, at=at)
    run(world, back, at)
    row = Case.objects.get(pk=draft.id)
    assert (row.edition_id, row.kept) == (third, {})
    assert row.form == FORM | {"words": "下午在店里"}
    assert [*queries.against_ledger()] == []


def test_what_changed_since_the_look_is_seen_when_it_is_moved(world):
    case = worlds.accepted(world)
    newer(world)
    found = looked(world)
    assert queries.migration(world.editor, found).moved == 1
    actions.examine(actor=world.reviewer, case_id=case.id, opinion="符合条件。", at=LATER)
    actions.confirm_migration(actor=world.editor, migration_id=found, at=LATER)
    run(world, found)
    assert queries.migration(world.editor, found).moved == 0
    assert Case.objects.get(pk=case.id).edition_id == world.edition_id


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrating, "BATCH", 2)


def test_it_goes_on_where_the_last_batch_ended_and_a_batch_called_for_twice_is_done_once(
    world, small_batches
):
    cases = [worlds.submitted(world) for _ in range(5)]
    newer(world)
    found = looked(world)
    actions.confirm_migration(actor=world.editor, migration_id=found, at=LATER)
    assert actions.further(actor=world.editor, migration_id=found, after=None, at=LATER)
    assert not actions.further(actor=world.editor, migration_id=found, after=None, at=LATER), "the same again"
    assert queries.migration(world.editor, found).moved == 2
    run(world, found)
    assert queries.migration(world.editor, found).moved == 5
    for case in cases:
        acts = [act.act for act in ledger.acts_of(f"case:{case.id}")]
        assert acts.count("cases.migrate") == 1
    assert [*queries.against_ledger()] == []


def test_a_stopped_one_moves_no_further_and_can_be_begun_anew(world, small_batches):
    for _ in range(3):
        worlds.submitted(world)
    newer(world)
    found = looked(world)
    actions.confirm_migration(actor=world.editor, migration_id=found, at=LATER)
    actions.further(actor=world.editor, migration_id=found, after=None, at=LATER)
    actions.cancel_migration(actor=world.editor, migration_id=found, at=LATER)
    actions.cancel_migration(actor=world.editor, migration_id=found, at=LATER)
    after = Migration.objects.get(pk=found).after
    assert not actions.further(actor=world.editor, migration_id=found, after=after, at=LATER)
    assert Case.objects.filter(edition_id=world.edition_id).count() == 1
    again = moved(world)
    assert (
        queries.migration(world.editor, again).moved,
        Case.objects.filter(edition_id=world.edition_id).count(),
    ) == (1, 0)


def test_one_edition_is_moved_once_at_a_time_and_only_to_a_newer_one(world):
    worlds.submitted(world)
    with pytest.raises(Conflict):
        actions.plan_migration(actor=world.editor, edition_id=world.edition_id, at=world.at)
    newer(world)
    found = actions.plan_migration(actor=world.editor, edition_id=world.edition_id, at=LATER, key="plan-123")
    same = actions.plan_migration(actor=world.editor, edition_id=world.edition_id, at=LATER, key="plan-123")
    assert same == found
    with pytest.raises(Conflict) as refusal:
        actions.plan_migration(actor=world.editor, edition_id=world.edition_id, at=LATER)
    assert refusal.value.rule == "cases.migration"
    with pytest.raises(Conflict):
        actions.confirm_migration(actor=world.editor, migration_id=found, at=LATER)
    newer_still = worlds.publish_edition(
        world.editor, world.item_id, starts_on=(LATER + timedelta(days=1)).date()
    )
    assert newer_still
    run(world, found)
    with pytest.raises(Conflict):
        actions.confirm_migration(actor=world.editor, migration_id=found, at=LATER + timedelta(days=1))


def test_only_editors_of_the_organ_move_cases_and_see_it(world):
    worlds.submitted(world)
    newer(world)
    for actor in (world.clerk, world.decider, world.applicant, world.other_clerk):
        with pytest.raises(Forbidden):
            actions.plan_migration(actor=actor, edition_id=world.edition_id, at=LATER)
    found = looked(world)
    for actor in (world.clerk, world.applicant, world.other_clerk):
        with pytest.raises(NotFound):
            queries.migration(actor, found)
        for act in (actions.confirm_migration, actions.cancel_migration, actions.resume_migration):
            with pytest.raises(NotFound):
                act(actor=actor, migration_id=found, at=LATER)


def test_a_supplement_moves_with_what_is_asked_and_may_be_answered_afterwards(world):
    case = worlds.supplement(world)
    new = newer(world)
    moved(world)
    assert Case.objects.get(pk=case.id).edition_id == new
    assert not actions.save(
        actor=world.applicant, case_id=case.id, values={"address": "海口市龙华区滨海大道1号2号"}, at=LATER
    )
    assert actions.resubmit(actor=world.applicant, case_id=case.id, at=LATER).state is State.SUBMITTED
    assert [*queries.against_ledger()] == []


def test_a_batch_takes_as_many_statements_whatever_it_holds(world):
    def statements(number: int) -> int:
        for _ in range(number):
            worlds.submitted(world)
        at = LATER + timedelta(days=number)
        old = Case.objects.latest("id").edition_id
        worlds.publish_edition(world.editor, world.item_id, starts_on=at.date(), **changed())
        found = actions.plan_migration(actor=world.editor, edition_id=old, at=at)
        run(world, found, at)
        actions.confirm_migration(actor=world.editor, migration_id=found, at=at)
        with CaptureQueriesContext(connection) as asked:
            run(world, found, at)
        assert Migration.objects.get(pk=found).moved == number
        return len(asked)

    few = statements(1)
    Case.objects.all().update(state=State.WITHDRAWN)
    assert statements(6) == few


def test_each_batch_calls_for_the_next_one(world, small_batches):
    for _ in range(3):
        worlds.submitted(world)
    newer(world)
    found = actions.plan_migration(actor=world.editor, edition_id=world.edition_id, at=LATER)
    names = ("cases.plan_migration", "cases.look_further")
    followups = dict.fromkeys(names, ("migrate_further",))
    called: list[dict[str, Any]] = []
    rounds = done = 0
    while outbox.relay(followups, lambda _job, _event, payload: called.append(dict(payload))):
        for payload in called[done:]:
            jobs.migrate_further(0, **payload)
            jobs.migrate_further(0, **payload)  # given back after a crash, it finds its work done
        rounds, done = rounds + (len(called) > done), len(called)
    view = queries.migration(world.editor, found)
    assert (view.state, view.moved, rounds) == (MigrationState.READY, 3, 2)
